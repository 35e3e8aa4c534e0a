"""Checks of a release that need nothing but its folder."""
