"""Statistics of a release: shares corrected for model errors, quality of labels, and their charts."""
