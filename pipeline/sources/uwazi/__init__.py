"""Uwazi: its entities as records, its API, and the full download of a template."""
