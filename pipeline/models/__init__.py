"""Models: features, base models, stacking, calibration, and the bundle that predicts. Computes only."""
