"""Suspected label errors: codes of the corpus that may be wrong, why, and which statistics would change.

`finding` compares codes with out-of-fold probabilities (confident learning); `reasons` explains each
suspicion in words and makes the table; `published` counts which published statistics would change. Nothing is
corrected here: people decide.
"""
