"""Secrets of the API: made once, private, and another one when a command says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.secrets import SIGNING_KEY, Secret, write_private
from syslogger.errors import StoreError


def test_it_is_made_once_and_private(tmp_path: Path) -> None:
    """The first who asks makes it, later ones read it; nobody but its owner does."""
    first, second = Secret(tmp_path, SIGNING_KEY), Secret(tmp_path, SIGNING_KEY)

    assert first.value == second.value == first.value
    assert len(first.value) >= 64
    assert 0o600 == first.path.stat().st_mode & 0o777
    assert 0o700 == first.path.parent.stat().st_mode & 0o777
    assert [SIGNING_KEY] == [path.name for path in first.path.parent.iterdir()]


def test_a_new_one_is_seen_by_whoever_runs(tmp_path: Path) -> None:
    """A process that has read the old one reads the new one at its next request."""
    running = Secret(tmp_path, SIGNING_KEY)
    before = running.value
    after = Secret(tmp_path, SIGNING_KEY).renew()

    assert before != after
    assert after == running.value


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    """Nothing is ever signed with nothing."""
    secret = Secret(tmp_path, SIGNING_KEY)
    secret.path.parent.mkdir(parents=True)
    secret.path.write_text("\n")

    assert len(secret.value) >= 64


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A folder in its place is an error with the path and what to do."""
    secret = Secret(tmp_path, SIGNING_KEY)
    secret.path.mkdir(parents=True)
    with pytest.raises(StoreError, match=r"secret\.key.*chown"):
        _ = secret.value


def test_a_private_file_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """What cannot be put in its place leaves nothing beside it."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_private(tmp_path / "taken", "text")

    assert ["taken"] == [path.name for path in tmp_path.iterdir()]
