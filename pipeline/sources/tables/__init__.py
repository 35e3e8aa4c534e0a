"""Tables as people have them: delimited text, workbooks, Parquet, JSON lines, plain text."""
