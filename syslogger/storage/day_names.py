"""Which day files there are: only names and sizes are looked at, no file is opened.

Apart from `storage.days`, for processes that read days through ADBC and never load `sqlite3`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from syslogger.errors import StoreError
from syslogger.storage.retention import StoredDay

SUFFIX = ".db"
SIDECARS = ("-wal", "-shm")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def stored_days(root: Path) -> list[StoredDay]:
    """Every day file under the root, by class, engine and day; only names are looked at. Raises StoreError."""
    return [
        StoredDay(class_name, engine, day, path, _size(path))
        for class_name in _folders(root)
        for engine in _folders(root / class_name)
        for day, path in _day_files(root / class_name / engine)
    ]


def _folders(folder: Path) -> list[str]:
    return sorted(entry.name for entry in entries_of(folder) if is_name(entry.name) and entry.is_dir())


def _day_files(folder: Path) -> Iterator[tuple[date, Path]]:
    for entry in sorted(entries_of(folder), key=lambda entry: entry.name):
        stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122 a DirEntry's name is no path
        if suffix == SUFFIX and (day := as_day(stem)) is not None:
            yield day, folder / entry.name


def is_name(text: str) -> bool:
    """Whether a class or an engine can be called so."""
    return _NAME.fullmatch(text) is not None


def as_day(text: str) -> date | None:
    """The date that `YYYY-MM-DD` spells; None for anything else."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def entries_of(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder; nothing where there is none. Raises StoreError."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise trouble_of(folder, error) from error


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in files_of(path) if each.exists())


def files_of(path: Path) -> list[Path]:
    """A day file and what SQLite may put beside it."""
    return [path, *(path.with_name(path.name + ending) for ending in SIDECARS)]


def trouble_of(path: Path, error: Exception) -> StoreError:
    """What a failure means to an operator."""
    said = error.strerror if isinstance(error, OSError) else str(error)
    return StoreError(f"{path}: {said}: the user of Syslogger needs to read and write it (chown), or it is damaged")
