"""Measuring: metrics with intervals, behaviour tests, suspected label errors, published statistics. Computes
only.
"""
