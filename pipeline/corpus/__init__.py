"""Texts and vocabularies: what a recommendation is, its columns, States, tags, splits. Computes only."""
