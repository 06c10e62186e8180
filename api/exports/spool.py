"""Spool: the files in `_control/exports/`, and one export written into its own, in a thread.

Strategy: the bytes go into a file rather than straight to who asked, so that a connection that breaks costs nobody a
second search, and a slow reader does not hold an export's process. The file is `ExportFile`'s, which goes on where it
was: what it made before a restart stays, byte for byte.

Rules
- The folder is 0700, its files 0600; names are made here, nothing that was sent is in one.
- Below 5 % of free space nothing is begun, and what is made fails: engines store into the same disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from concurrent.futures import CancelledError
from contextlib import closing, suppress
from pathlib import Path
from typing import cast

from api.errors import ApiError
from api.store.exports import Export
from syslogger.control import control_folder
from syslogger.errors import ReaderDiedError, StoreError
from syslogger.query.exports import Chunk, Format, Manifest
from syslogger.reader import LogReader
from syslogger.storage.export_file import ExportFile, manifest_of

FOLDER = "exports"
LEAST_FREE = 0.05
PART_SECONDS = 60.0  # for one window of rows; a pattern that needs longer would keep others' exports waiting
ATTEMPTS = 3

Tell = Callable[[int, int, int | None], None]


class UnwantedError(Exception):
    """Nobody waits for it any more, or the API ends."""


def spool_of(root: Path) -> Path:
    """The folder, made if it is not there. Raises StoreError."""
    try:
        folder = control_folder(root) / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise StoreError(f"the folder for exports cannot be made: {error.strerror}: correct its owner") from error
    return folder


def file_of(folder: Path, export_id: str) -> Path:
    """The file when it is whole."""
    return folder / export_id


def partial_of(folder: Path, export_id: str) -> Path:
    """The file while it is made."""
    return folder / f"{export_id}.partial"


def manifest(folder: Path, export_id: str) -> Manifest | None:
    """What is in a file that is whole; None: it is not there, or not whole."""
    path = file_of(folder, export_id)
    try:
        return Manifest.model_validate_json(manifest_of(path).read_bytes()) if path.exists() else None
    except (OSError, ValueError):
        return None


def ids_in(folder: Path) -> set[str]:
    """The exports of which there are files."""
    return {path.name.partition(".")[0] for path in folder.iterdir()}


def delete(folder: Path, export_id: str) -> None:
    """Delete every file of an export."""
    for path in folder.glob(f"{export_id}*"):
        with suppress(FileNotFoundError):
            path.unlink()


def check_room(folder: Path) -> None:
    """Raise ApiError (503) when the disk is nearly full."""
    found = shutil.disk_usage(folder)
    if found.free < found.total * LEAST_FREE:
        hint = "delete exports, or free space; engines come first"
        raise ApiError(
            503, "no_room", f"less than {LEAST_FREE:.0%} of the disk is free: nothing is exported", hint=hint
        )


def write(
    reader: LogReader, folder: Path, export: Export, version: str, tell: Tell, is_unwanted: Callable[[], bool]
) -> Manifest:
    """Make the file, or go on with it. tell: rows, bytes, ids still to be looked at (None: not known).

    Raises SysloggerError, UnwantedError; then it can be gone on with.
    """
    try:
        for _ in range(ATTEMPTS - 1):
            with suppress(ReaderDiedError):
                return _attempt(reader, folder, export, version, tell, is_unwanted)
        return _attempt(reader, folder, export, version, tell, is_unwanted)
    except CancelledError:
        raise UnwantedError from None


def _attempt(
    reader: LogReader, folder: Path, export: Export, version: str, tell: Tell, is_unwanted: Callable[[], bool]
) -> Manifest:
    if export.request.format is Format.DB:
        delete(folder, export.id)  # the copy of a day that is written is of one moment: it is never gone on with
    with ExportFile(file_of(folder, export.id), export.request) as file:
        tell(file.rows, file.bytes, None)
        chunks = cast("Generator[Chunk]", reader.export(export.request, file.after, PART_SECONDS, is_unwanted))
        with closing(chunks):
            for chunk in chunks:
                if is_unwanted():
                    raise UnwantedError
                check_room(folder)
                file.write(chunk)
                tell(file.rows, file.bytes, chunk.left)
        return file.finish(version)
