"""UPR labelling pipeline: action categories and issue tags for UPR recommendations."""

__version__ = "1.0.0"
