"""Several stages in one run, with a state of their own on disk."""
