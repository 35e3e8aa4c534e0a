"""A small transformer with two heads: learned with torch, shipped as ONNX, run without torch."""
