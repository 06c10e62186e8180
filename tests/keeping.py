"""Data directories for the keeper's tests: days by their age, a clock that a test sets, events as they come."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from syslogger.events import EventKind
from syslogger.keeper_settings import KeeperSettings
from syslogger.keeping import Keeping
from syslogger.notebook import Clock
from syslogger.storage.day_names import stored_days
from syslogger.storage.jobs import Work
from tests.storage.past import past_day

TODAY = date(2026, 11, 20)
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
NOON_US = round(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()) * 1_000_000
ROOT = Path(__file__).resolve().parents[1]
# a writer of the real kind: another process, ADBC's SQLite; it stays until its stdin closes
WRITER = """
import sys
from pathlib import Path
from tests.storage.making import entries, interval, partition
from datetime import date
path, stamps = Path(sys.argv[1]), [int(stamp) for stamp in sys.argv[2:]]
path.parent.mkdir(parents=True, exist_ok=True)
with partition(path, interval(date.fromisoformat(path.stem))) as made:
    made.database.ingest("entries", entries(stamps))
    made.advance(1, 0, 1, min(stamps), max(stamps))
    made.database.commit()
    print("written", flush=True)
    sys.stdin.read()
"""


def make_day(root: Path, age_days: int, *, owner: str = "word/main", today: date = TODAY) -> Path:
    """A closed day file, so many days before `today`, whose only row is of its first minute."""
    day = today - timedelta(days=age_days)
    return past_day(root / owner / f"{day}.db", 1, senders=1, page_bytes=4_096)


@contextmanager
def writer(path: Path, *stamps: int) -> Iterator[subprocess.Popen[str]]:
    """A process that has written rows with these stamps and has the file open for the block."""
    command = [sys.executable, "-c", WRITER, str(path), *map(str, stamps)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        yield process
        process.communicate(timeout=60)


SLOW_KEEPER = """#!{python}
import runpy, sys, threading
sys.path.insert(0, {repository!r})
from syslogger.storage import days
delete = days.delete
def delete_slowly(path):
    delete(path)
    threading.Event().wait(0.4)
days.delete = delete_slowly
name = sys.argv[2]
del sys.argv[1:3]  # -m {{name}}
runpy.run_module(name, run_name="__main__", alter_sys=True)
"""


def slow_keepers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keepers that are started from now on take time for each day that they delete; `folder` takes the launcher."""
    launcher = folder / "python"
    launcher.write_text(SLOW_KEEPER.format(python=sys.executable, repository=str(ROOT)))
    launcher.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(launcher))


def ages(root: Path, today: date = TODAY) -> list[int]:
    """How old the days are that are stored."""
    return sorted((today - stored.day).days for stored in stored_days(root))


@dataclass
class Hands:
    """The clocks of a machine; a test moves them."""

    wall: int = NOON_US
    steady: int = 0
    boot: str = "first"

    def clock(self) -> Clock:
        """The clock that shows them."""
        return Clock(lambda: self.wall, lambda: self.steady, lambda: self.boot)

    def pass_by(self, passed_us: int) -> None:
        """Time goes by."""
        self.wall += passed_us
        self.steady += passed_us

    def reboot(self, off_us: int) -> None:
        """The machine was off, and its steady clock begins anew."""
        self.wall += off_us
        self.steady, self.boot = 0, self.boot + "+"


@dataclass
class Heard:
    """Events as they were told."""

    events: list[tuple[EventKind, str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, kind: EventKind, message: str, **details: Any) -> None:
        """Something has happened."""
        self.events.append((kind, message, details))

    def kinds(self) -> list[EventKind]:
        """The kinds, in order."""
        return [kind for kind, _, _ in self.events]


@contextmanager
def kept(root: Path, hands: Hands, heard: Heard | None = None, **settings: Any) -> Iterator[Keeping]:
    """A data directory that is held for the block."""
    made = KeeperSettings.model_validate({"root": root, "time_zone": "UTC", "auto_delete_days": 30, **settings})
    keeping = Keeping(made, heard or Heard(), hands.clock())
    keeping.open()
    try:
        yield keeping
    finally:
        keeping.close()


def finished(work: Work) -> str:
    """What a job says when it has done everything."""
    while True:
        try:
            next(work)
        except StopIteration as ended:
            return str(ended.value)
