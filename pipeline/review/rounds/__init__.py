"""Rounds: what people are asked to do with an import, by when, and how far they are."""
