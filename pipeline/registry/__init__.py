"""All code that uses MLflow: runs, the model registry, the packaged model, and which model is in use."""
