"""Reading and writing of all files of the project. Writes are atomic: whole or not at all."""
