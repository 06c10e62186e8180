"""Copy file: a live day becomes FILE, a day file of its own, whole or not at all; a copy that was interrupted goes on.

Like `storage.export_file`, but FILE.partial is a database from the beginning, and says itself how far it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import orjson

from syslogger.errors import StoreError
from syslogger.query.exports import ExportRequest, Manifest
from syslogger.storage.day_copy import copying, described
from syslogger.storage.export_file import hash_of, manifest_of, now, replace, told, unwanted
from syslogger.storage.notes import sync_folder

Tell = Callable[[int, int], None]


def copied_to(
    source: Path, target: Path, request: ExportRequest, version: str, *, force: bool = False, tell: Tell
) -> Manifest:
    """Copy a day; `tell` hears how many rows are there, and how many will be. Raises StoreError, OSError."""
    unwanted(target, force=force)
    partial, note = (target.with_name(target.name + ending) for ending in (".partial", ".partial.json"))
    started = _begun(partial, note, request, force=force)
    rows = 0
    try:
        for rows, greatest in copying(source, partial):
            tell(rows, greatest)
    except FileNotFoundError as error:
        raise StoreError(f"{source} was deleted: there is nothing to take") from error
    day = described(partial)
    manifest = Manifest(
        request=told(request), bound={"last_ids": {day.name: rows}}, rows=rows, bytes=partial.stat().st_size,
        sha256=hash_of(partial), started=started, finished=now(), version=version,
    )  # fmt: skip
    descriptor = os.open(partial, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unwanted(target, force=force)
    replace(manifest_of(target), manifest.model_dump(mode="json"))
    partial.rename(target)
    note.unlink()
    sync_folder(target.parent)
    return manifest


def _begun(partial: Path, note: Path, request: ExportRequest, *, force: bool) -> str:
    """When this copy was begun; what another one left is removed, if it may be. Raises StoreError."""
    try:
        saved = orjson.loads(note.read_bytes())
    except (FileNotFoundError, ValueError):
        saved = {}
    if saved.get("copy") == request.asked_as and partial.exists():
        return str(saved["started"])
    if saved and not force:
        raise StoreError(f"{partial} was left by another export: delete it, or give that up with --force")
    for each in (partial, partial.with_name(partial.name + "-journal")):
        each.unlink(missing_ok=True)
    started = now()
    replace(note, {"copy": request.asked_as, "started": started})
    return started
