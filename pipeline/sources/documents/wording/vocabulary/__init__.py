"""The words that the grammar of recommendations is made of, in English, French and Spanish."""
