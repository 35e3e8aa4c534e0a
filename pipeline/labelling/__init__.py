"""Batches of rows labelled by one model, in several processes."""
