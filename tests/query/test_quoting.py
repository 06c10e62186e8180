"""Names in SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from syslogger.query.quoting import quoted


@pytest.mark.parametrize("name", ["plain", "select", 'a"b', '"', "a b;--", "ümlaut"])
def test_any_name_is_a_name(name: str) -> None:
    """Words of SQL, blanks and quotes are part of the name, and a quote inside is doubled."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE {quoted(name)} ({quoted(name)} TEXT)")
        found = connection.execute(f"SELECT {quoted(name)} FROM {quoted(name)}").description

    assert [column[0] for column in found] == [name]
    assert quoted('a"b') == '"a""b"'
