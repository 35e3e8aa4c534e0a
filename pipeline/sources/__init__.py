"""Readers: one file an origin. Every reader gives `Record`s; `standard` turns them into the one table's
columns.
"""
