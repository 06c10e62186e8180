r"""What every command prints through: log text made harmless, JSON lines, columns.

Rules:
- Log text is hostile in a terminal: it may move the cursor, change the title, reorder what stands beside it. Whatever
  can do that is shown as a visible escape. Everything else, in any script, is left as it is.
- A JSON line is one line of printable characters: the same characters are written as `\uXXXX` inside their strings, so
  a JSON reader gets the exact text and a terminal gets nothing to obey.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

# C0, DEL, C1; the line and paragraph separators; bidirectional embeddings, overrides and isolates; lone surrogates,
# which no encoding can write (a file name that is not UTF-8 holds them).
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def escape(text: str) -> str:
    r"""The text with every control character written as a visible escape (`\x1b`, `\u202e`, `\n`)."""
    return _HARMFUL.sub(_visible, text)


# Beyond ASCII always `\u…`: `\x85` is how the engine writes a byte that was not UTF-8, U+0085 is something else.
def _visible(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or (f"\\x{ord(character):02x}" if character < "\x80" else _unicode_escape(match))


def _unicode_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def json_line(value: object) -> str:
    """One value as one line of JSON without a control character and without the line's end.

    Bytes (a day file that somebody else wrote may hold them) are shown as text with backslash escapes.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_shown)
    return _HARMFUL.sub(_unicode_escape, text)


def _shown(value: object) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows of equal length as lines of aligned columns, two spaces apart; the last column is not padded."""
    table = [[escape(cell) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)][:-1]
    return ["  ".join([*map(str.ljust, row, widths), row[-1]]).rstrip() for row in table]
