"""Stages: each is one verb, one file, one `run()` and one command.

Stages exchange data in files only; they never import each other.
"""
