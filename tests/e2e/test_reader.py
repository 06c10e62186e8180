"""Reader processes under fire: killed, orphaned, short of memory, without rights, beside an engine that writes."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from syslogger import LogReader, ReaderDiedError, SysloggerError
from syslogger.query.model import Order, Query, Regex
from syslogger.query.questions import Rows
from tests import support_reader as readers
from tests.cli.program import environment
from tests.e2e.launcher import REPOSITORY, launch_through
from tests.e2e.nobody import PRELUDE, open_folder
from tests.support import wait_until
from tests.support_engine import Load, Sender, WatchedEngine, balanced, numbered, settings

RATE = 20_000
SPARE_BYTES = 8 << 20
MOST_WAL_BYTES = 192 << 20  # the file grows to more than 200 MiB meanwhile
# Checkpoints come so often that a reader's snapshot can be in the way of a few, and the writer waits for a slow disk.
OFTEN = """
from syslogger.storage import checkpoint
checkpoint.START_BYTES, checkpoint.FEW_BYTES, checkpoint.WAIT_BYTES = 8 << 20, 2 << 20, 24 << 20
"""
OWNER = """
import sys
from pathlib import Path
from syslogger.query.questions import Rows
from tests.support_reader import ENDLESS, WAIT_SECONDS, cpu_seconds, processes, warm
from tests.support import wait_until
with warm(Path(sys.argv[1]), 2) as reader:
    before = max(map(cpu_seconds, processes()))
    reader.submit(Rows(query=ENDLESS), timeout_seconds=10.0)
    wait_until(lambda: max(map(cpu_seconds, processes())) > before + 0.5, WAIT_SECONDS, "one of them hangs")
    print(*[process.pid for process in processes()], flush=True)
    sys.stdin.read()
"""


def start_as_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reader processes that are started from now on run as `nobody`; `folder` takes the launcher."""
    launcher = folder / "python"
    launcher.write_text(f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from syslogger import reading
{PRELUDE}
del sys.argv[1:3]  # -m syslogger.reading
reading.main()
""")
    launcher.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(launcher))


def test_a_killed_process_costs_its_question_nothing(tmp_path: Path) -> None:
    """Its question is asked once more, in a new process, and answered; one beside it does not notice."""
    readers.make_day(tmp_path, readers.numbered(300_000))
    question = readers.oldest(10_000, where=Regex(pattern="(?=l)line [0-9]+77$"))
    with readers.warm(tmp_path) as reader:
        (process,) = readers.processes()
        pending = reader.submit(question)
        readers.wait_for_work(process, 0.05)
        process.kill()
        found = readers.lines_of(pending.result(readers.WAIT_SECONDS).rows)
        assert readers.processes() != [process]

    assert found == [line for line in readers.numbered(300_000) if line.endswith("77") and line != "line 77"]


def test_a_question_that_kills_every_process(tmp_path: Path) -> None:
    """It is given up when the second one has died of it, says how, and the next question is answered."""
    readers.make_day(tmp_path, [readers.TRAP])
    with readers.warm(tmp_path) as reader:
        pending = reader.submit(Rows(query=readers.ENDLESS))
        for _ in range(2):
            wait_until(readers.processes, readers.WAIT_SECONDS, "there is a process")
            (process,) = readers.processes()
            readers.wait_for_work(process, 1.0)
            process.kill()
            wait_until(readers.gone(process.pid), readers.WAIT_SECONDS, "it has died")
        with pytest.raises(ReaderDiedError, match="killed by SIGKILL"):
            pending.result(readers.WAIT_SECONDS)
        assert readers.lines_of(reader.ask(readers.oldest()).rows) == [readers.TRAP]


def test_orphans_end(tmp_path: Path) -> None:
    """When their owner is killed, idle processes end at once, and those that hang when the kernel's alarm comes."""
    readers.make_day(tmp_path, [readers.TRAP])
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pids = [int(word) for word in owner.stdout.readline().split()]
        owner.kill()
    assert len(pids) == 2
    for pid in pids:
        wait_until(readers.gone(pid), readers.WAIT_SECONDS, f"process {pid} has ended")


def words_of(reader: LogReader, question: Rows) -> str:
    """What it says of days it could not read, or of itself."""
    try:
        return str(reader.ask(question).searched.damaged)
    except SysloggerError as error:
        return str(error)


def test_a_question_that_needs_too_much_memory(tmp_path: Path) -> None:
    """Whoever asks is told that memory is what was missing, and the next question is answered by the same process."""
    readers.make_day(tmp_path, ["x" * 20_000] * 8_000)
    with readers.warm(tmp_path) as reader:
        reader.ask(readers.oldest(1))  # libraries start their threads
        (process,) = readers.processes()
        most = process.memory_info().data + SPARE_BYTES
        resource.prlimit(process.pid, resource.RLIMIT_DATA, (most, most))
        assert "memory" in words_of(reader, readers.oldest(10_000))
        assert len(reader.ask(readers.oldest(1)).rows) == 1
        assert readers.processes() == [process]


def test_a_day_without_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that may not be read is named, and the others answer."""
    with open_folder() as root:
        for engine in ("open", "closed"):
            path = readers.make_day(root, readers.numbered(3), owner=f"word/{engine}")
            path.chmod(0o644 if engine == "open" else 0)
            path.parent.chmod(0o755)
        start_as_nobody(root, monkeypatch)
        with LogReader(root, time_zone="UTC") as reader:
            page = reader.ask(readers.oldest())

    assert {row["engine"] for row in page.rows} == {"open"}
    assert len(page.searched.damaged) == 1
    assert "closed" in next(iter(page.searched.damaged))


class WideLoad(Load):
    """Lines of a kilobyte, so that seconds are enough to fill many a WAL."""

    def _run(self) -> None:
        due = time.monotonic()
        with Sender(self._port) as sender:
            while not self._done.wait(max(0.0, due - time.monotonic())):
                lines = numbered(range(self.sent, self.sent + self._burst))
                self.sent += sender.send(*(line + b"x" * 1_000 for line in lines))
                due += self.BURST_SECONDS


@contextmanager
def engines_launched_through(folder: Path, prelude: str) -> Iterator[None]:
    """Engines that are started in the block run these lines first; readers were started before."""
    with pytest.MonkeyPatch.context() as patch:
        launch_through(folder, patch, prelude)
        yield


def test_beside_a_live_engine(tmp_path: Path) -> None:
    """Two askers without a pause see more and more rows, whole and in order; the WAL stays bounded, nothing is lost."""
    counts: list[int] = []
    done = threading.Event()
    walls: list[int] = []
    question = Rows(query=Query(order=Order.NEWEST, limit=1_000, where=Regex(pattern="(?=n)number [0-9]*9,")))

    def keep_asking() -> None:
        while not done.is_set():
            answer = reader.ask(question)
            ids = [int(row["id"].rpartition(".")[2]) for row in answer.rows]
            assert ids == sorted(set(ids), reverse=True)
            counts.append(ids[0] if ids else 0)

    made = settings(tmp_path)
    with (
        readers.warm(tmp_path, 2) as reader,
        engines_launched_through(tmp_path, OFTEN),
        WatchedEngine(made) as engine,
    ):
        threads = [threading.Thread(target=keep_asking) for _ in range(2)]
        with WideLoad(engine.port, RATE) as load:
            for thread in threads:
                thread.start()
            for count in range(RATE, 10 * RATE, RATE // 4):
                load.wait_for(count)
                walls += [path.stat().st_size for path in made.folder.glob("*.db-wal")]
            wait_until(lambda: len(counts) > 10 and max(counts) > RATE, readers.WAIT_SECONDS, "both see more and more")
        done.set()
        for thread in threads:
            thread.join(readers.WAIT_SECONDS)
        ledger = engine.stop()

    # who is not scheduled for seconds leaves it to the kernel's buffer, which then may be full
    assert (ledger["offered"], ledger["stored"]) == (load.sent, ledger["received"])
    assert balanced(ledger)
    assert max(walls) < MOST_WAL_BYTES


def test_a_stopped_process_is_overdue(tmp_path: Path) -> None:
    """One that the operator has stopped is killed when its time is over; nobody waits for it for ever."""
    readers.make_day(tmp_path, readers.numbered(3))
    with readers.warm(tmp_path) as reader:
        (process,) = readers.processes()
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: process.status() == psutil.STATUS_STOPPED, readers.WAIT_SECONDS, "it is stopped")
        with pytest.raises(SysloggerError, match="longer than its time"):
            reader.ask(readers.oldest(), timeout_seconds=0.2)
        assert len(reader.ask(readers.oldest()).rows) == 3
