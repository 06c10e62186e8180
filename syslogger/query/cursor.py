"""Cursor: where a page ended, as an opaque word that belongs to one query.

It holds its version, the digest of the query, the time range as it was resolved, the key of a row and the greatest ids
that the first page saw of days that are still written: so pages are of one moment, whatever arrives between them.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Literal, Self

import orjson
from pydantic import ValidationError

from syslogger.errors import ExitCode, SysloggerError
from syslogger.query.model import Frozen

MOST_CHARACTERS = 100_000
_MOST_BYTES = 1 << 20


class CursorError(SysloggerError):
    """A cursor that is none, or another query's."""

    exit_code = ExitCode.CONFIG


class Word(Frozen):
    """What is written as a word of `[A-Za-z0-9_-]`. query: the digest of the query it belongs to."""

    version: Literal[1] = 1
    query: str
    since: int | None
    until: int | None

    def encoded(self) -> str:
        """The word."""
        return base64.urlsafe_b64encode(zlib.compress(orjson.dumps(self.model_dump()))).decode().rstrip("=")

    @classmethod
    def decoded(cls, word: str, digest: str) -> Self:
        """What is behind a word, for the query with this digest. Raises CursorError."""
        try:
            found = cls.model_validate(orjson.loads(_inflated(word)))
        except (binascii.Error, zlib.error, ValueError, ValidationError) as error:
            raise CursorError("this is no cursor of this version: ask without one, from the beginning") from error
        if found.query != digest:
            raise CursorError("this cursor is of another query: give it with the query it came from, or ask without")
        return found


class Cursor(Word):
    """A place in the answer to a query; key: (received_at, class, engine, day, id).

    included: the row of the key was not given yet, otherwise it was the last one that was.
    """

    key: tuple[int, str, str, str, int]
    included: bool = False
    bound: dict[str, int]


class Place(Word):
    """How far a query was followed: the last id of each day, by its name, that was looked at."""

    looked_at: dict[str, int]


def decoded(word: str, digest: str) -> Cursor:
    """The cursor behind a word, for the query with this digest. Raises CursorError."""
    return Cursor.decoded(word, digest)


def _inflated(word: str) -> bytes:
    if len(word) > MOST_CHARACTERS:
        raise ValueError("too long")
    inflater = zlib.decompressobj()
    data = inflater.decompress(base64.b64decode(word + "=" * (-len(word) % 4), b"-_", validate=True), _MOST_BYTES)
    if not inflater.eof or inflater.unused_data:
        raise ValueError("cut, or too long")
    return data
