"""Statistics of the desk: progress, agreement of readers, and how often the model was overruled."""
