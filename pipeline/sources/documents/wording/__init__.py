"""Wording: from a paragraph to recommendations, recommending States and responses."""
