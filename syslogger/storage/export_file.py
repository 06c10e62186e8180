"""Export file: chunks become FILE, whole or not at all, and what was interrupted goes on.

    FILE.partial        the bytes so far
    FILE.partial.json   the place they belong to, replaced whole every 64 MiB and at the end of every attempt
    FILE, FILE.manifest.json

Rules
1. The bytes are on the disk before a place that counts them is. What lies behind a place is cut off. A thread sees to
   that every 64 MiB, so that writing goes on while the disk works.
2. FILE gets its name when it is whole and its manifest lies beside it.
3. Logs are personal data: every file is 0600.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import orjson
from pydantic import ValidationError

from syslogger.errors import LockError, StoreError
from syslogger.query.cursor import CursorError
from syslogger.query.exports import Chunk, ExportPlace, ExportRequest, Manifest
from syslogger.query.model import Frozen
from syslogger.storage.notes import sync_folder

SAVED_BYTES = 64 << 20
_READ_BYTES = 1 << 20


class Saved(Frozen):
    """FILE.partial.json: where an export is. after: the word of its place; started: ISO 8601."""

    after: str
    started: str


class ExportFile:
    """FILE while it is exported. `after`: the place to go on from, None to begin; `rows`, `bytes`: what is there.

    One process at a time; closed behind a `with` block, and gone on with later if it is not whole by then.
    """

    def __init__(self, path: Path, request: ExportRequest, *, force: bool = False) -> None:
        """Open it. force: replaces FILE, and what another request left. Raises StoreError, LockError."""
        self.path, self._request, self._force = path, request, force
        self.partial, self._note = path.with_name(path.name + ".partial"), path.with_name(path.name + ".partial.json")
        self._saving: Future[None] | None = None
        self._saver = ThreadPoolExecutor(1)  # its thread begins with the first place
        unwanted(path, force=force)
        with self._telling():
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._descriptor = os.open(self.partial, flags, 0o600)
        try:
            with self._telling():
                self._lock()
                os.fchmod(self._descriptor, 0o600)
                self._go_on(self._saved())
        except BaseException:  # whatever it was goes on; only the open file must not stay behind
            os.close(self._descriptor)
            raise

    def _lock(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockError(f"{self.partial} is written by another export: wait for its end") from error

    def _saved(self) -> Saved | None:
        """What an earlier attempt left; None when nothing of it can be used. Raises StoreError: it is another's."""
        try:
            saved = Saved.model_validate(orjson.loads(self._note.read_bytes()))
            place = ExportPlace.decoded(saved.after, self._request.asked_as)
        except FileNotFoundError:
            return None
        except (ValueError, ValidationError, CursorError) as error:
            if self._force:
                return None
            raise StoreError(
                f"{self.partial} was left by another export: delete it, or give that up with --force"
            ) from error
        is_there = os.fstat(self._descriptor).st_size >= place.bytes
        is_wanted = self._request.skip_damaged or not place.damaged  # else it is tried again: it may be repaired
        return saved if is_there and is_wanted else None

    def _go_on(self, saved: Saved | None) -> None:
        """Cut off what lies behind the place, and hash what lies before it."""
        self.after = None if saved is None else saved.after
        self._started = now() if saved is None else saved.started
        self._hash = hashlib.sha256()
        self.bytes = self.rows = 0
        if self.after is not None:
            place = self._place()
            self.bytes, self.rows = place.bytes, place.rows
        os.ftruncate(self._descriptor, self.bytes)
        while data := os.read(self._descriptor, _READ_BYTES):
            self._hash.update(data)
        self._unsaved = 0

    def _place(self) -> ExportPlace:
        assert self.after is not None
        return ExportPlace.decoded(self.after, self._request.asked_as)

    def write(self, chunk: Chunk) -> None:
        """The next chunk. Raises StoreError; what the last place counts is safe then."""
        with self._telling():
            view = memoryview(chunk.data)
            while view:
                view = view[os.write(self._descriptor, view) :]
            self._hash.update(chunk.data)
            self.after, self.rows = chunk.after, chunk.rows
            self.bytes += len(chunk.data)
            self._unsaved += len(chunk.data)
            if self._unsaved >= SAVED_BYTES:
                self._save()

    def _save(self) -> None:
        """Begin to make the present place safe, once the one before is. Raises OSError: that one could not be."""
        self._settle()
        assert self.after is not None
        self._saving = self._saver.submit(self._make_safe, self.after)
        self._unsaved = 0

    def _settle(self) -> None:
        if self._saving is not None:
            saving, self._saving = self._saving, None
            saving.result()

    def _make_safe(self, after: str) -> None:
        os.fdatasync(self._descriptor)
        replace(self._note, {"after": after, "started": self._started})

    def finish(self, version: str) -> Manifest:
        """Give it its name, its manifest beside it. Raises StoreError."""
        place = self._place()
        manifest = Manifest(
            request=told(self._request),
            bound=place.bound.model_dump(mode="json"),
            rows=place.rows,
            bytes=self.bytes,
            sha256=self._hash.hexdigest(),
            started=self._started,
            finished=now(),
            version=version,
            left_out=place.left_out,
            damaged=place.damaged,
        )
        with self._telling():
            self._save()
            self._settle()
            unwanted(self.path, force=self._force)
            replace(manifest_of(self.path), manifest.model_dump(mode="json"))
            self.partial.rename(self.path)
            self._note.unlink()
            sync_folder(self.path.parent)
        return manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # an interrupted one keeps its place where there is room for that; else the one before is kept
        with suppress(OSError):
            if self.after is None:
                self.partial.unlink()  # nothing came
            elif self.partial.exists() and self._unsaved:
                self._save()
            self._settle()
        self._saver.shutdown()
        os.close(self._descriptor)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise trouble(self.partial, error) from error


def unwanted(path: Path, *, force: bool) -> None:
    """Refuse to replace a file. Raises StoreError."""
    if path.is_dir() or (path.exists() and not force):
        raise StoreError(f"{path} is there already: choose another name, or replace it with --force")


def told(request: ExportRequest) -> dict[str, Any]:
    """A request as its manifest tells it."""
    return request.model_dump(mode="json", exclude={"digest", "scratch", "kind"})


def manifest_of(path: Path) -> Path:
    """Where the manifest of an exported file lies."""
    return path.with_name(path.name + ".manifest.json")


def hash_of(path: Path, tell: Callable[[int], Any] = lambda _: None) -> str:
    """The SHA-256 of a file; `tell` hears how many bytes were read. Raises OSError."""
    found, total = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(_READ_BYTES):
            found.update(data)
            total += len(data)
            tell(total)
    return found.hexdigest()


def trouble(path: Path, error: OSError) -> StoreError:
    """What a failure means to whoever exports."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(f"{path}: the disk is full: free space and export again, it goes on where it was")
    return StoreError(f"{path}: {error.strerror}: choose a folder that can be written to")


def replace(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file anew, at once and on the disk. Raises OSError."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(descriptor)
    fresh.rename(path)
    sync_folder(path.parent)


def now() -> str:
    """ISO 8601 with offset, to the second."""
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")
