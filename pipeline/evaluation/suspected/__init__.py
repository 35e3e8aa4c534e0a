"""Codes of the corpus that may be slips: found, put into words, and what they would change.

`find` compares codes with the probabilities of models that had not seen them; `reasons` says why in words and
makes the table; `figures` counts which published statistics would change. Nothing here decides: people look.
"""
