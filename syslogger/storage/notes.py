"""Notes: what a keeper must know when it starts again, in `<root>/_control/keeper.json`.

The clock's verdict, the limits in force when retention last ran, and the steady clock at the last observation with the
boot it belongs to (its zero is the boot). The file is replaced whole, 0600, and is on the disk when `save` returns.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from syslogger.errors import StoreError
from syslogger.storage.retention import Limits
from syslogger.storage.verdict import ClockVerdict

NAME = "keeper.json"

_VERDICT = TypeAdapter(ClockVerdict)


@dataclass(frozen=True, slots=True)
class Notes:
    """What is kept; `limits` is None before the first run."""

    verdict: ClockVerdict
    limits: Limits | None
    boot: str
    steady_us: int


def load(folder: Path) -> Notes | None:
    """The notes in the control folder; None when there are none. Raises StoreError when they cannot be understood."""
    path = folder / NAME
    try:
        return _notes(orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        why = error.strerror if isinstance(error, OSError) else "a keeper writes it otherwise"
        raise StoreError(
            f"{path} cannot be used ({why}): look at the clock, then move the file away; retention begins anew"
        ) from error


def save(folder: Path, notes: Notes) -> None:
    """Replace the notes. Raises StoreError; the old ones are whole then."""
    path, fresh = folder / NAME, folder / f"{NAME}.new"
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)  # one that lay there keeps its mode otherwise
            file.write(orjson.dumps(_plain(notes)))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        sync_folder(folder)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}: the disk needs a little room, and its user the rights") from error


def sync_folder(folder: Path) -> None:
    """See that names made, changed or removed in a folder are on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(notes: Notes) -> Mapping[str, Any]:
    limits = notes.limits
    engines = None if limits is None else [[*owner, days] for owner, days in sorted(limits.engines.items())]
    kept = None if limits is None else {"default_days": limits.default_days, "engines": engines}
    return {"verdict": asdict(notes.verdict), "limits": kept, "boot": notes.boot, "steady_us": notes.steady_us}


def _notes(raw: dict[str, Any]) -> Notes:
    verdict, limits = _VERDICT.validate_python(raw["verdict"]), raw["limits"]
    if limits is not None:
        engines = {(str(owner), str(engine)): int(days) for owner, engine, days in limits["engines"]}
        limits = Limits(int(limits["default_days"]), engines)
    return Notes(verdict, limits, str(raw["boot"]), int(raw["steady_us"]))
