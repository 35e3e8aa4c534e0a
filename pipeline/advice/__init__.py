"""For those who draft: recommendations on the same matter, and what would make a draft specific."""
