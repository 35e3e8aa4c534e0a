"""Pages: the lines of a PDF or Word document, with place, numbering and running heads."""
