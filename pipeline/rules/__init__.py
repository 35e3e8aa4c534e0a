"""The codebook's rules: baseline, second opinion beside the model, and readable evidence. Computes only."""
