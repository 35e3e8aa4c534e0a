"""Checks of a release: what anyone with the folder alone can hold it to."""
