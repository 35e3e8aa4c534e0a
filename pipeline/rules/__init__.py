"""The codebook's rules as a labeller: a baseline, a base model of ensembles, and a source of evidence.

Nothing here reads or writes files.
"""
