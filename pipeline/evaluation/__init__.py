"""Measuring: metrics with intervals, behaviour tests, suspected label errors, published statistics.

Nothing here reads or writes files.
"""
