"""Models: features, base models, stacking, calibration, and the bundle that predicts.

Nothing here reads or writes files.
"""
