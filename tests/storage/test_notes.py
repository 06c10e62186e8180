"""The keeper's notes: what was saved is what is loaded, whole, whatever happens in between."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.errors import StoreError
from syslogger.storage.notes import NAME, Notes, load, save
from syslogger.storage.retention import Limits
from syslogger.storage.verdict import ClockVerdict, Wait, Why

stamp = st.integers(-(1 << 60), 1 << 60)
name = st.from_regex(r"[a-z][a-z0-9_]{0,29}", fullmatch=True)
verdicts = st.builds(
    ClockVerdict,
    stamp,
    stamp,
    stamp,
    st.none() | stamp,
    st.none() | st.builds(Wait, st.sampled_from(Why), stamp, stamp, stamp),
    st.none() | st.tuples(stamp, stamp),
)
limits = st.builds(Limits, st.integers(2, 36_500), st.dictionaries(st.tuples(name, name), st.integers(2, 36_500)))
NOTES = Notes(ClockVerdict(7), Limits(30, {("word", "main"): 5}), "a-boot", 9)


@given(st.builds(Notes, verdicts, st.none() | limits, st.uuids().map(str), stamp))
def test_what_was_saved_is_loaded(notes: Notes) -> None:
    """Every verdict, wait and limit comes back as it was, and so does their absence."""
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder), notes)

        assert load(Path(folder)) == notes


def test_without_a_file_there_are_no_notes(tmp_path: Path) -> None:
    """The first keeper of a root finds none."""
    assert load(tmp_path) is None


def test_the_old_notes_stay_until_the_new_ones_are_whole(tmp_path: Path) -> None:
    """A file that cannot be written, or half of one that a kill left, changes nothing; the file is 0600."""
    save(tmp_path, NOTES)
    (tmp_path / f"{NAME}.new").mkdir()
    with pytest.raises(StoreError, match=r"keeper\.json: Is a directory"):
        save(tmp_path, Notes(ClockVerdict(8), None, "b", 1))
    assert load(tmp_path) == NOTES

    (tmp_path / f"{NAME}.new").rmdir()
    (tmp_path / f"{NAME}.new").write_bytes(b'{"verd')
    assert load(tmp_path) == NOTES
    later = Notes(ClockVerdict(8), None, "b", 1)
    save(tmp_path, later)
    assert load(tmp_path) == later
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


def test_notes_that_nobody_may_read_are_named(tmp_path: Path) -> None:
    """The error says which file, and why."""
    (tmp_path / NAME).mkdir()
    with pytest.raises(StoreError, match=r"keeper\.json cannot be used \(Is a directory\)"):
        load(tmp_path)
