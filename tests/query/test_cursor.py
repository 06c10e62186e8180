"""Cursors: they come back as they were, and nothing else passes for one."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.query.cursor import Cursor, CursorError, decoded

DIGEST = "0123456789abcdef"
NUMBERS = st.integers(-(2**62), 2**62)
CURSORS = st.builds(
    Cursor,
    query=st.just(DIGEST),
    since=st.none() | NUMBERS,
    until=st.none() | NUMBERS,
    key=st.tuples(NUMBERS, st.text(max_size=5), st.text(max_size=5), st.text(max_size=5), NUMBERS),
    included=st.booleans(),
    bound=st.dictionaries(st.text(max_size=5), NUMBERS, max_size=4),
)


@given(CURSORS)
def test_a_cursor_comes_back_as_it_was(cursor: Cursor) -> None:
    """Encoded and decoded it is the same, and its word needs no quoting in a URL."""
    word = cursor.encoded()

    assert decoded(word, DIGEST) == cursor
    assert word.replace("-", "").replace("_", "").isalnum()


@given(CURSORS)
def test_a_cursor_of_another_query_is_refused(cursor: Cursor) -> None:
    """It is an error that says so."""
    with pytest.raises(CursorError, match="another query"):
        decoded(cursor.encoded(), "f" * 16)


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_no_other_word_is_a_cursor(word: str) -> None:
    """Whatever else is given is an error of ours."""
    with pytest.raises(CursorError):
        decoded(word, DIGEST)


def test_a_bomb_is_refused() -> None:
    """A small word that would become many megabytes is not unpacked."""
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * (64 << 20))).decode().rstrip("=")

    with pytest.raises(CursorError):
        decoded(bomb, DIGEST)


def test_another_version_is_refused() -> None:
    """A cursor that a later program made is not misread."""
    word = base64.urlsafe_b64encode(zlib.compress(b'{"version":2}')).decode().rstrip("=")

    with pytest.raises(CursorError, match="version"):
        decoded(word, DIGEST)
