"""Stages: one verb, one file, one `run()`, one command. Stages meet only in files; they never import each
other.
"""
