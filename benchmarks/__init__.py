"""Benchmarks: commands that print figures, never tests with a time limit."""
