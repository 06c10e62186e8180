"""Quarantine: fields whose pattern took too long are not searched until somebody releases or edits them.

They lie in a file beside the day files, `.parked.json`, so that they stay parked over a restart. An entry counts as
long as the field has the pattern it was parked for: an edited pattern is a new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from pathlib import Path

    from syslogger.config import LogClass

NAME = ".parked.json"
LINE_BYTES = 512
KEYS = {"pattern", "line", "since", "why"}

Parked = dict[str, dict[str, Any]]


class Quarantine:
    """The parked fields of one engine. Each has `pattern`, `line` (the one it was at), `since` and `why`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._parked = self._load()

    def parked(self, log_class: LogClass) -> Parked:
        """Those of them that have still the pattern they were parked for."""
        patterns = {field.name: field.pattern for field in log_class.fields}
        return {name: entry for name, entry in self._parked.items() if patterns.get(name) == entry["pattern"]}

    def park(self, field: str, pattern: str, line: bytes, since: float, why: str) -> None:
        """Park a field. Raises OSError when that cannot be written down; it is parked all the same."""
        shown = line[:LINE_BYTES].decode("utf-8", "backslashreplace")
        self._parked[field] = {"pattern": pattern, "line": shown, "since": since, "why": why}
        self._save()

    def release(self, field: str) -> bool:
        """Take a field out; False when it was not in. Raises OSError as `park` does."""
        if self._parked.pop(field, None) is None:
            return False
        self._save()
        return True

    def _load(self) -> Parked:
        try:
            loaded = orjson.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except orjson.JSONDecodeError:
            return {}  # a damaged note must not keep an engine from starting: the pattern would only be parked again
        entries = loaded.items() if isinstance(loaded, dict) else ()
        return {name: entry for name, entry in entries if isinstance(entry, dict) and entry.keys() >= KEYS}

    def _save(self) -> None:
        written = self._path.with_suffix(".new")
        written.write_bytes(orjson.dumps(self._parked, option=orjson.OPT_INDENT_2))
        written.replace(self._path)
