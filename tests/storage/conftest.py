"""What the library under the day files keeps once per process."""

from __future__ import annotations

from contextlib import closing

import pytest
from adbc_driver_sqlite import dbapi


@pytest.fixture(autouse=True)
def completions_have_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second is for people who type; a busy machine may need more for a few rows."""
    monkeypatch.setattr("syslogger.storage.facets.COMPLETION_SECONDS", 60.0)


@pytest.fixture(scope="session", autouse=True)
def adbc_has_its_pipe() -> None:
    """The first call opens a pipe that the process keeps; no test shall be blamed for it."""
    with closing(dbapi.connect()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SELECT 1")
