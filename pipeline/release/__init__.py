"""Parts of a release: its tables and statistics (core), and how it is written, found and checked.

Core: `columns`, `assembly`, `changes`, `correction`, `figures`, `quality`, `card`, `descriptors`,
    `uwazi_import`.
Edges: `folder`, `files`, `database`, `workbook`, `pages`, `checks`.
"""
