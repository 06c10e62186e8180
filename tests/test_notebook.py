"""The clock's verdict as a keeper lives with it: over steps, kills, boots and an operator's word."""

from __future__ import annotations

from pathlib import Path

import pytest

from syslogger.control import control_folder
from syslogger.errors import StoreError
from syslogger.events import EventKind
from syslogger.notebook import BOOT_ID, Clock
from syslogger.storage.notes import NAME
from tests.keeping import DAY_US, HOUR_US, NOON_US, Hands, Heard, ages, finished, kept, make_day


def test_a_clock_in_doubt_deletes_nothing(tmp_path: Path) -> None:
    """A step forward while it runs is told once, holds every run, and is over when an operator says so."""
    for age in range(31):
        make_day(tmp_path, age)
    hands, heard = Hands(), Heard()
    with kept(tmp_path, hands, heard) as keeping:
        finished(keeping.retention())
        hands.wall += 10 * DAY_US
        keeping.notebook.observe()
        hands.pass_by(HOUR_US)
        told = finished(keeping.retention())
        assert "retention waits (10 days are due by this clock): the clock stepped forward by 240.0 hours" in told
        assert ages(tmp_path) == [*range(31)]
        assert "goes on" in keeping.notebook.confirm()
        finished(keeping.retention())

    assert ages(tmp_path) == [*range(21)]
    assert heard.kinds()[1:3] == [EventKind.RETENTION_WAITS, EventKind.CLOCK_CONFIRMED]


def test_a_doubt_survives_kill_and_boot(tmp_path: Path) -> None:
    """The wait is on the disk before anything else happens; a step back ends with an operator only."""
    make_day(tmp_path, 0)
    make_day(tmp_path, 40)
    hands = Hands()
    with kept(tmp_path, hands) as keeping:
        hands.wall -= 2 * HOUR_US
        keeping.notebook.observe()
        # no word more: it is killed
    hands.reboot(HOUR_US)
    hands.pass_by(5 * DAY_US)
    with kept(tmp_path, hands) as keeping:
        assert keeping.notebook.waits.startswith("the clock stepped back by 2.0 hours")
        assert "retention waits" in finished(keeping.retention())


def test_a_wrong_clock_that_stays_costs_few_days(tmp_path: Path) -> None:
    """After 24 steady hours retention goes on by a clock ten years ahead, and takes two days and then one a run."""
    for age in range(100):
        make_day(tmp_path, age)
    hands = Hands()
    with kept(tmp_path, hands, auto_delete_days=100) as keeping:
        finished(keeping.retention())
        hands.wall += 3_650 * DAY_US
        keeping.notebook.observe()
        for _ in range(24):
            hands.pass_by(HOUR_US)
            keeping.notebook.observe()
        finished(keeping.retention())
        assert ages(tmp_path) == [*range(98)]
        hands.pass_by(HOUR_US)
        finished(keeping.retention())

    assert ages(tmp_path) == [*range(97)]


def test_old_data_and_a_new_keeper(tmp_path: Path) -> None:
    """Without notes a clock that is over a day ahead of the newest row waits; a confirmed one goes by the limits."""
    for age in range(20, 60):
        make_day(tmp_path, age)
    with kept(tmp_path, Hands()) as keeping:
        assert "retention waits" in finished(keeping.retention())
        keeping.notebook.confirm()
        finished(keeping.retention())

    assert ages(tmp_path) == [*range(20, 31)]


def test_rows_of_the_future_wait_once(tmp_path: Path) -> None:
    """They stop the first keeper; once an operator has looked, later ones go on, and the rows stay."""
    make_day(tmp_path, 0)
    make_day(tmp_path, -400)
    hands = Hands()
    with kept(tmp_path, hands) as keeping:
        assert keeping.notebook.waits.startswith("the clock stepped back")
        keeping.notebook.confirm()
    hands.reboot(HOUR_US)
    with kept(tmp_path, hands) as keeping:
        assert keeping.notebook.waits == ""
        finished(keeping.retention())

    assert ages(tmp_path) == [-400, 0]


def test_nothing_in_doubt_is_nothing_to_confirm(tmp_path: Path) -> None:
    """The answer says so, and no event does."""
    heard = Heard()
    with kept(tmp_path, Hands(), heard) as keeping:
        assert keeping.notebook.confirm() == "the clock was not in doubt: nothing waits for it"
    assert heard.events == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"verdict": {}}', b'{"verdict": 1, "limits": null}'])
def test_notes_that_cannot_be_understood_stop_the_keeper(tmp_path: Path, content: bytes) -> None:
    """To guess would be to delete: the error says what to do, and the lock is free again."""
    (control_folder(tmp_path) / NAME).write_bytes(content)
    for _ in range(2):
        with (
            pytest.raises(StoreError, match=r"keeper\.json cannot be used .*move the file away"),
            kept(tmp_path, Hands()),
        ):
            pass


def test_notes_are_the_owners_alone(tmp_path: Path) -> None:
    """Notes and lock are 0600 in a folder that is 0700."""
    with kept(tmp_path, Hands()):
        folder = tmp_path / "_control"
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (folder, *folder.iterdir())}

    assert modes == {"_control": "0o700", NAME: "0o600", "keeper.lock": "0o600"}


def test_the_clocks_of_this_machine() -> None:
    """Both run, in microseconds, and the boot has a name."""
    clock = Clock()

    assert clock.wall_us() > NOON_US // 2
    assert 0 < clock.steady_us() < clock.wall_us()
    assert clock.boot() == BOOT_ID.read_text().strip()
