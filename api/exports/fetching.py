"""Fetching: the bytes of an export from any place on, followed while it is made, and what of it is asked for.

Rules
- A connection reads the file at its own pace; what is not made yet is waited for. The rest comes from the same place
  on in another connection, also behind a restart: the bytes before it are the same.
- A day file is given when it is whole: the copy of a day that is written may begin anew.
- Who reads for long is looked at again and again: signed out, or with other rights, they get nothing more. The
  connection ends without its last chunk then, which no client takes for the end of the file.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import ClientDisconnect

from api.errors import ApiError
from api.exports import spool
from api.exports.making import Exports
from api.store import exports as kept
from api.store.connection import Store
from syslogger.errors import StoreError
from syslogger.query.exports import Format

PIECE_BYTES = 256 << 10
LOOK_SECONDS = 10.0

_RANGE = re.compile(r"bytes=([0-9]{1,18})-([0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Part:
    """Which bytes of a file are asked for: from `first` on, before `end` (None: to its end, wherever that is)."""

    first: int
    end: int | None
    is_range: bool = False


def part_of(size: int | None, after: int, range_header: str | None) -> Part:
    """What is asked for of a file of this size, None while it is made. Raises ApiError (416).

    A `Range` of several parts, and one of a file that is still made, is answered with all, as HTTP allows.
    """
    found = _RANGE.fullmatch(range_header or "") if size is not None and not after else None
    if found is None:
        if size is not None and after > size:
            raise _beyond(size, "query.after")
        return Part(after, size)
    assert size is not None
    first, last = int(found[1]), int(found[2] or size)
    if first >= size or last < first:
        raise _beyond(size, "header.Range")
    return Part(first, min(last + 1, size), is_range=True)


def _beyond(size: int, field: str) -> ApiError:
    headers = {"Content-Range": f"bytes */{size}"}
    return ApiError(416, "range", f"the file has {size:,} bytes", field=field, hint="ask for less", headers=headers)


class Fetch:
    """One connection that reads one export."""

    def __init__(self, exports: Exports, store: Store, export_id: str, check: Callable[[], Awaitable[object]]) -> None:
        """check: raises ApiError when the reader may not read it any more."""
        self._exports, self._store, self._id, self._check = exports, store, export_id, check
        self._looked_at = time.monotonic()

    async def pieces(self, part: Part) -> AsyncIterator[bytes]:
        """The bytes. Raises ClientDisconnect to cut the connection."""
        descriptor, place = -1, part.first
        with self._exports.reading(self._id):
            try:
                while part.end is None or place < part.end:
                    there, ended = await self._there()
                    end = there if part.end is None else min(there, part.end)
                    if place < end:
                        descriptor = self._opened() if descriptor < 0 else descriptor
                        piece = await asyncio.to_thread(os.pread, descriptor, min(PIECE_BYTES, end - place), place)
                        if not piece:
                            raise ClientDisconnect  # somebody has taken the file away
                        place += len(piece)
                        yield piece
                    elif ended:
                        break
                    await self._look(wait=place >= end)
                await kept.touch(self._store, self._id)
            except StoreError as error:
                raise ClientDisconnect from error
            finally:
                if descriptor >= 0:
                    os.close(descriptor)

    async def _there(self) -> tuple[int, bool]:
        """How many bytes can be read, and whether there will be no more."""
        making = self._exports.of(self._id)
        if making is not None:
            return 0 if making.export.request.format is Format.DB else making.bytes, False
        export = await kept.by_id(self._store, self._id)
        if export is None or export.state != "done":
            raise ClientDisconnect
        return export.bytes, True

    def _opened(self) -> int:
        for path in (spool.partial_of(self._exports.folder, self._id), spool.file_of(self._exports.folder, self._id)):
            try:
                return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            except FileNotFoundError:
                continue
        raise ClientDisconnect

    async def _look(self, *, wait: bool) -> None:
        making = self._exports.of(self._id)
        if wait and making is not None:
            await making.moved(LOOK_SECONDS)
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        await kept.touch(self._store, self._id)
        try:
            await self._check()
        except ApiError as error:
            raise ClientDisconnect from error
