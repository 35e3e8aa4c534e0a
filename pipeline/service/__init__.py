"""The HTTP interface for other programs: `upr serve`."""
