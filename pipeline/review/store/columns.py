"""What the desk's tables share."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData()
"""All tables of the desk, once `tables` and `before` are imported."""
Id = BigInteger().with_variant(Integer, "sqlite")
"""A number that names a row."""
