"""Tables of a release: their columns, how they are put together, and what changed since the last one."""
