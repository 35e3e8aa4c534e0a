"""The pages on which single recommendations are read: at States and issues, in search and comparison."""
