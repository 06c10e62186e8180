"""Parked fields: written down, for the pattern they were parked for, and read again by the next start."""

from __future__ import annotations

from pathlib import Path

import pytest

from syslogger.config import Field, LogClass
from syslogger.quarantine import LINE_BYTES, NAME, Quarantine

SLOW = LogClass(name="one", fields=(Field(name="slow", pattern="(a+)+$"), Field(name="other", pattern="(b)")))
EDITED = LogClass(name="one", fields=(Field(name="slow", pattern="(a+)$"),))


def parked(folder: Path, line: bytes = b"aaaa!") -> Quarantine:
    """A quarantine with the field `slow` in it."""
    made = Quarantine(folder)
    made.park("slow", "(a+)+$", line, 12.5, "it took too long")
    return made


def test_it_outlives_a_restart(tmp_path: Path) -> None:
    """What was parked is parked for whoever reads the folder next, with line, time and reason."""
    entry = {"pattern": "(a+)+$", "line": "aaaa!", "since": 12.5, "why": "it took too long"}

    assert parked(tmp_path).parked(SLOW) == {"slow": entry}
    assert Quarantine(tmp_path).parked(SLOW) == {"slow": entry}


def test_an_edited_pattern_is_free(tmp_path: Path) -> None:
    """Another pattern of the same field is not parked, and the old one still is when it comes back."""
    made = parked(tmp_path)

    assert made.parked(EDITED) == {}
    assert made.parked(SLOW).keys() == {"slow"}


def test_a_released_field_stays_released(tmp_path: Path) -> None:
    """A release is written down, too; releasing what is not parked changes nothing."""
    made = parked(tmp_path)

    assert made.release("slow")
    assert not made.release("slow")
    assert made.parked(SLOW) == Quarantine(tmp_path).parked(SLOW) == {}


def test_a_line_is_cut_and_any_bytes_are_text(tmp_path: Path) -> None:
    """The line is at most so many bytes, and bytes that are not UTF-8 are escaped."""
    entry = parked(tmp_path, b"\xff\0" + b"a" * 9_999).parked(SLOW)["slow"]

    assert entry["line"] == "\\xff\0" + "a" * (LINE_BYTES - 2)


@pytest.mark.parametrize("damaged", [b"", b"{", b"\xff", b"[]", b'{"slow": 1}', b'{"slow": {"pattern": "(a+)+$"}}'])
def test_a_damaged_note_parks_nothing(tmp_path: Path, damaged: bytes) -> None:
    """A file that cannot be understood must not keep an engine from starting."""
    (tmp_path / NAME).write_bytes(damaged)

    assert Quarantine(tmp_path).parked(SLOW) == {}


def test_what_cannot_be_written_down_is_parked_all_the_same(tmp_path: Path) -> None:
    """Without its folder a note fails, and the field is parked in this process."""
    made = Quarantine(tmp_path / "gone")
    with pytest.raises(OSError, match="gone"):
        made.park("slow", "(a+)+$", b"", 0.0, "why")

    assert made.parked(SLOW).keys() == {"slow"}
