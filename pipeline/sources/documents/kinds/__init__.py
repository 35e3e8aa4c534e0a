"""Kinds of session documents: Working Group reports, addenda, and lists of OHCHR."""
