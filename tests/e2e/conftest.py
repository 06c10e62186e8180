"""What end-to-end tests ask for by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.clock import BentClock, forget_the_dead


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BentClock]:
    """A clock for the engines of this test."""
    forget_the_dead()
    yield BentClock(tmp_path, monkeypatch)
    forget_the_dead()
