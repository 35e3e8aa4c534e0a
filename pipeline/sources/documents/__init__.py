"""Session documents: Working Group reports, addenda, OHCHR lists; PDF, DOCX and XLSX in, records out."""
