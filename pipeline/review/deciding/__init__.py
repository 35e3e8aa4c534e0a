"""Deciding: the queue, one item as a person sees it, decisions and their history."""
