"""Pieces of a release: what it holds (core), and how it is written, found and checked (edges).

Core: `columns`, `assembly`, `changes`, `correction`, `figures`, `quality`, `card`, `descriptors`,
    `uwazi_import`.
Edges: `folder`, `files`, `database`, `workbook`, `pages`, `checks`.
"""
