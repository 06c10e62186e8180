"""Conditions in few words, for tables of what people type."""

from __future__ import annotations

from syslogger.query.model import And, Condition, Equals, Or, Phrase

A, B, C = (Phrase(text=letter) for letter in "abc")


def equals(value: int | str, field: str = "f") -> Equals:
    """A value of a field."""
    return Equals(field=field, value=value)


def all_of(*conditions: Condition) -> And:
    """Every one of them."""
    return And(conditions=conditions)


def any_of(*conditions: Condition) -> Or:
    """One of them."""
    return Or(conditions=conditions)
