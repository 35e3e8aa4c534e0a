"""Recommendations that a State received again in a later review: comparing them, and threads of them."""
