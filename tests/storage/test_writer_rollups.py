"""The writer's rollups are what its entries say, after any batches, clocks, deaths and disks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from syslogger.batch import V4_MAPPED
from syslogger.ledger import DropReason
from syslogger.ring import Ring, cursor
from syslogger.storage import folding, rollups
from syslogger.storage import writer as module
from syslogger.storage.database import Database
from syslogger.storage.rollups import Rollups
from tests.rings import ROWS
from tests.storage.disks import DISKS, full_disk
from tests.storage.making import settings, us
from tests.storage.rollup_truth import assert_true, senders, totals
from tests.storage.test_writer_trouble import dying_at
from tests.storage.writing import Engine, engine

SECOND = 1_000_000
MINUTE = 60 * SECOND
NOON = us("2026-11-20T12:00")
CLIENTS = (("office", "10.0.0.0/8"), ("home", "192.168.0.0/16"), ("six", "2001:db8::/32"))
ADDRESSES = [V4_MAPPED + bytes(last) for last in ((10, 0, 0, 1), (10, 0, 0, 2), (192, 168, 1, 1), (9, 9, 9, 9))]
ADDRESSES += [bytes.fromhex("20010db8") + bytes(11) + b"\1", bytes.fromhex("20010db9") + bytes(12)]
PRIORITIES = (b"<134>", b"<131>", b"<13>", b"", b"<999>")


class Sending:
    """Batches of numbered messages, and how long each was."""

    def __init__(self, made: Engine) -> None:
        self.made, self.lengths = made, dict[int, int]()

    def batch(self, sequence: int, chosen: list[tuple[int, int, int, bool]], stamps: list[int]) -> None:
        """Each message: its sender's place, its priority's, how many bytes more than it needs, whether it is empty."""
        sent = []
        for sender, priority, more, empty in chosen:
            number = len(self.lengths)
            text = b"\n" * more if empty else b"%snumber %d%s\n" % (PRIORITIES[priority], number, b"." * more)
            self.lengths[number] = len(text)
            sent.append((text, ADDRESSES[sender]))
        self.made.datagrams(sequence, sent, stamps)

    def holds(self) -> None:
        """The files say the truth; no writer has them open."""
        for path in self.made.files():
            assert_true(lambda sql, path=path: self.made.query_one(path, sql), self.lengths)  # type: ignore[misc]


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon."""
    monkeypatch.setattr(module, "_now_us", lambda: NOON)


@contextmanager
def sending(path: Path, **options: int) -> Iterator[Sending]:
    """An engine with three clients."""
    with engine(settings(path, clients=CLIENTS), **options) as made:
        yield Sending(made)


def every_one(many: int = ROWS) -> list[tuple[int, int, int, bool]]:
    """A batch in which senders and severities are mixed."""
    return [(row % len(ADDRESSES), row % len(PRIORITIES), row, row == 5) for row in range(many)]


MESSAGE = st.tuples(
    st.integers(0, len(ADDRESSES) - 1), st.integers(0, len(PRIORITIES) - 1), st.integers(0, 30), st.booleans()
)
STEPS = st.sampled_from([0, 0, 1, SECOND, 45 * SECOND, MINUTE, -SECOND // 2, -2 * SECOND, -3 * MINUTE])
BATCH = st.lists(st.tuples(MESSAGE, STEPS), min_size=1, max_size=ROWS)
WHAT = st.sampled_from(["go on", "go on", "pause", "minute", "reopen", "another writer"])


@hypothesis(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(batches=st.lists(st.tuples(BATCH, WHAT), min_size=1, max_size=8))
def test_any_batches(batches: list[tuple[list[tuple[tuple[int, int, int, bool], int]], str]]) -> None:
    """Whoever sends what, at whatever stamps, with pauses, minutes, files opened anew and writers that take over."""
    stamp, now = NOON, [NOON]
    with (
        tempfile.TemporaryDirectory() as path,
        pytest.MonkeyPatch.context() as patch,
        sending(Path(path)) as sent,
    ):
        patch.setattr(module, "_now_us", lambda: now[0])
        writer = sent.made.writer()
        for sequence, (batch, what) in enumerate(batches, 1):
            sent.made.ring.pause_for(DropReason.PAUSED if what == "pause" else None)
            now[0] += MINUTE if what == "minute" else 0
            stamps = [stamp := stamp + step for _, step in batch]
            sent.batch(sequence, [message for message, _ in batch], stamps)
            sent.made.settle(writer, cursor(sequence + 1))
            if what == "reopen":
                writer._come_back()
            if what == "another writer":
                writer = sent.made.writer()
        sent.made.last()
        writer.run()
        sent.holds()


POINTS: list[tuple[type, str, bool]] = [
    (Database, "ingest", True),
    (Rollups, "add", False),
    (Rollups, "add", True),
    (Database, "commit", False),
    (Database, "commit", True),
    (Ring, "flip", False),
    (Ring, "flip", True),
]


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize(("owner", "name", "behind"), POINTS)
def test_a_writer_that_dies(tmp_path: Path, owner: type, name: str, behind: bool, call: int) -> None:
    """Wherever it is killed in one of its transactions, its successor adds what is missing and nothing twice."""
    with sending(tmp_path) as sent:
        writer = sent.made.writer()
        sent.batch(1, every_one(), [NOON + row * 20 * SECOND for row in range(ROWS)])
        sent.made.settle(writer, cursor(2))
        for sequence in (2, 3):
            sent.batch(sequence, every_one(), [NOON] * ROWS)
        with dying_at(owner, name, behind=behind, call=call):
            sent.made.settle(writer, cursor(4))
            sent.batch(4, every_one(), [NOON] * ROWS)
            sent.made.settle(writer, cursor(5))
        writer = sent.made.writer()
        sent.made.last()
        writer.run()
        sent.holds()


@pytest.mark.parametrize("kind", DISKS)
def test_a_disk_that_was_full(kind: str, tmp_path: Path) -> None:
    """What was counted in a transaction that failed is counted once, when it is stored at last."""
    with full_disk(kind, tmp_path) as (made, disk):
        writer = made.writer()
        made.batch(1, [NOON] * 4)
        made.settle(writer, cursor(2))
        disk.fill()
        for sequence in (2, 3):
            made.batch(sequence, [NOON] * 4)
        made.turn_until(writer, lambda: writer._trouble is not None)
        disk.free()
        made.settle(writer, cursor(4))
        made.last()
        writer.run()

        [path] = made.files()
        assert_true(lambda sql: made.query_one(path, sql), dict.fromkeys(made.numbers, 100))


def test_a_commit_that_only_seemed_to_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is asked, so nothing is added twice."""
    commit: Callable[[Database], None] = Database.commit

    def failing(database: Database) -> None:
        commit(database)
        monkeypatch.undo()
        monkeypatch.setattr(module, "_now_us", lambda: NOON)
        raise OSError(5, "Input/output error")

    with sending(tmp_path) as sent:
        writer = sent.made.writer()
        sent.batch(1, every_one(), [NOON] * ROWS)
        monkeypatch.setattr(Database, "commit", failing)
        sent.made.settle(writer, cursor(2))
        sent.batch(2, every_one(), [NOON] * ROWS)
        sent.made.settle(writer, cursor(3))
        sent.made.last()
        writer.run()
        sent.holds()


@pytest.mark.parametrize("step_rows", [1, 7, 8_192])
def test_spoofed_senders_stay_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step_rows: int) -> None:
    """However many addresses come, so many have names, and the sums are true: of all, and of who is complete."""
    monkeypatch.setattr(folding, "STEP_ROWS", step_rows)
    monkeypatch.setattr(rollups, "MOST_PAIRS", 12)
    monkeypatch.setattr(rollups, "KEPT_PAIRS", 4)
    monkeypatch.setattr(rollups, "ADMITTED_CLIENTS", 4)
    monkeypatch.setattr(rollups, "ADMITTED_STRANGERS", 2)
    monkeypatch.setattr(rollups, "FOLD_MINUTES", 0)
    with sending(tmp_path) as sent:
        writer = sent.made.writer()
        for sequence in range(1, 31):
            spoofed = [V4_MAPPED + bytes((10 if row % 2 else 9, 1, sequence, row)) for row in range(ROWS - 1)]
            messages = [(b"number %d" % (len(sent.lengths) + row), key) for row, key in enumerate(spoofed)]
            messages.append((b"number %d" % (len(sent.lengths) + len(messages)), ADDRESSES[0]))
            sent.lengths |= {len(sent.lengths) + row: len(text) for row, (text, _) in enumerate(messages)}
            sent.made.datagrams(sequence, messages, [NOON] * ROWS)
            sent.made.settle(writer, cursor(sequence + 1))
        sent.made.last()
        writer.run()

        sent.holds()
        [path] = sent.made.files()
        found = senders(lambda sql: sent.made.query_one(path, sql))
        assert len({key[1:] for key in found}) <= 12
        assert found[NOON // MINUTE, "office", "10.0.0.1"]["rows"] == 30
        assert totals(found)["received"] == 30 * ROWS
