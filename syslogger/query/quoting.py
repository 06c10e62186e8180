"""Quoting: a name as SQL takes it, whatever characters it has."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A column's or a table's name for SQL."""
    return '"' + name.replace('"', '""') + '"'
