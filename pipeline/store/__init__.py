"""Every file of the project is read and written here: whole or not at all."""
