"""The network of an ensemble: trained with transformers, shipped as ONNX, run without torch."""
