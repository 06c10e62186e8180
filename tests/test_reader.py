"""LogReader: answers from processes of its own, in parallel, cancelled, in time, and gone with their owner."""

from __future__ import annotations

import asyncio
import stat
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from syslogger import LogReader, SysloggerError, TimeLimitError
from syslogger.asking import ANSWERS
from syslogger.errors import QueryError
from syslogger.query.answers import Cut
from syslogger.query.cursor import CursorError
from syslogger.query.model import Contains, Query, Regex
from syslogger.query.questions import Context, Histogram, Row, Rows
from syslogger.reader import MOST_WAITING
from tests.support import deadline, wait_until
from tests.support_reader import (
    ENDLESS,
    TRAP,
    WAIT_SECONDS,
    gone,
    lines_of,
    make_day,
    numbered,
    oldest,
    processes,
    wait_for_work,
    warm,
)


def test_rows_one_row_and_the_rows_around_it(tmp_path: Path) -> None:
    """A page, the row with an id of it, and its neighbours; a row that is not there is None."""
    make_day(tmp_path, numbered(50))
    with warm(tmp_path) as reader:
        page = reader.ask(oldest(7, where=Contains(field="original_log", value="line 2")))
        second = page.rows[1]
        alone = reader.ask(Row(id=second["id"]))
        around = reader.ask(Context(id=second["id"], before=2, after=1))
        missing = reader.ask(Row(id=second["id"] + "000"))

    assert lines_of(page.rows) == ["line 2", *(f"line 2{digit}" for digit in range(6))]
    assert page.searched.partitions == page.searched.searched == 1
    assert alone.row is not None
    assert alone.row["original_log"] == "line 20"
    assert lines_of([*around.before, *around.after]) == ["line 18", "line 19", "line 21"]
    assert missing.row is None


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_every_kind_of_question_is_answered(tmp_path: Path, kind: type[Any]) -> None:
    """Each crosses with its time range and comes back as an answer of its own kind."""
    make_day(tmp_path, numbered(5))
    given = {"query": Query(since="-36500d"), "id": "word.main.2026-11-20.1", "field": "client", "fields": ("client",)}
    question = kind(**{name: value for name, value in given.items() if name in kind.model_fields})
    if "step" in kind.model_fields:
        question = question.model_copy(update={"query": Query(since="2026-11-20", until="2026-11-21"), "step": "1h"})
    with LogReader(tmp_path, time_zone="Europe/Vienna") as reader:
        assert type(reader.ask(question)) is ANSWERS[kind]


def test_a_query_error_is_the_askers(tmp_path: Path) -> None:
    """What is wrong with a query is said by the owner where it can be, else by the process, as the same error."""
    make_day(tmp_path, numbered(5))
    with LogReader(tmp_path, time_zone="UTC") as reader:
        with pytest.raises(QueryError):
            reader.ask(Rows(query=Query(since="the day before")))
        assert processes() == []
        with pytest.raises(QueryError, match="steps of 1s"):
            reader.ask(Histogram(query=Query(since="-36500d"), step="1s"))


def test_any_text_crosses(tmp_path: Path) -> None:
    """What a log line may hold comes back as it was stored."""
    hostile = ["\x00\x1b[31m", "\u202e\u2028\U0010ffff", 'say "hi"\\', "\r\n\t", ""]
    make_day(tmp_path, hostile)
    with warm(tmp_path) as reader:
        assert lines_of(reader.ask(oldest()).rows) == hostile


def test_pages_of_a_relative_range_belong_together(tmp_path: Path) -> None:
    """The second page of `-36500d` goes on in the range of the first, and another question does not take its cursor."""
    make_day(tmp_path, numbered(10))
    asked = oldest(4, since="-36500d")
    with warm(tmp_path) as reader:
        pages = [reader.ask(asked)]
        while pages[-1].after is not None:
            pages.append(reader.ask(asked.model_copy(update={"after": pages[-1].after})))
        with pytest.raises(CursorError):
            reader.ask(oldest(4, since="-36501d").model_copy(update={"after": pages[0].after}))

    assert [lines_of(page.rows) for page in pages] == [numbered(10)[:4], numbered(10)[4:8], numbered(10)[8:]]
    assert len({page.searched.since for page in pages}) == 1
    assert pages[0].searched.since is not None


def test_processes_answer_beside_each_other(tmp_path: Path) -> None:
    """While one process is at an endless question, the other one answers; each is started once and is nice."""
    make_day(tmp_path, [TRAP])
    with warm(tmp_path, 2) as reader:
        before = processes()
        hanging = reader.submit(Rows(query=ENDLESS))
        answers = [reader.ask(oldest()) for _ in range(10)]
        assert not hanging.done()
        assert [process.nice() for process in before] == [10, 10]
        assert processes() == before
        hanging.cancel()

    assert [lines_of(answer.rows) for answer in answers] == [[TRAP]] * 10


def test_a_queued_question_is_taken_back(tmp_path: Path) -> None:
    """It is cancelled at once, whatever the process does, and makes room in the queue."""
    make_day(tmp_path, [TRAP])
    with warm(tmp_path) as reader:
        (process,) = processes()
        hanging = reader.submit(Rows(query=ENDLESS))
        wait_for_work(process)
        waiting = [reader.submit(oldest()) for _ in range(MOST_WAITING)]
        with pytest.raises(SysloggerError, match="ask again in a moment"):
            reader.submit(oldest())
        assert waiting[0].cancel()
        assert waiting[0].cancelled()
        last = reader.submit(oldest())
        assert not hanging.done()
        hanging.cancel()
        assert lines_of(last.result(WAIT_SECONDS).rows) == [TRAP]
        with pytest.raises(CancelledError):
            hanging.result(WAIT_SECONDS)
        assert len([one for one in waiting if not one.cancelled() and one.result(WAIT_SECONDS)]) == MOST_WAITING - 1


def test_a_running_question_is_cancelled_and_its_process_goes_on(tmp_path: Path) -> None:
    """Between two windows the process notices, and answers the next question itself."""
    make_day(tmp_path, [f"line {10**8 + number}" for number in range(400_000)])
    slow = Rows(query=Query(where=Regex(pattern=r"(?=l)line (?:[0-9]+)+x")))  # it takes seconds, a window takes none
    with warm(tmp_path) as reader:
        (process,) = processes()
        running = reader.submit(slow)
        wait_for_work(process, 0.5)
        with deadline(WAIT_SECONDS):
            assert running.cancel()
            with pytest.raises(CancelledError):
                running.result(WAIT_SECONDS)
        assert len(reader.ask(oldest(3)).rows) == 3
        assert not running.cancel()


def test_a_cancelled_task_of_asyncio_ends_the_work(tmp_path: Path) -> None:
    """The future can be awaited; when its task gives up, the hanging process is killed."""
    make_day(tmp_path, [TRAP])

    async def gives_up(reader: LogReader) -> None:
        rows = await asyncio.wrap_future(reader.submit(oldest()))
        assert lines_of(rows.rows) == [TRAP]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await asyncio.wrap_future(reader.submit(Rows(query=ENDLESS)))

    with warm(tmp_path) as reader:
        (process,) = processes()
        asyncio.run(gives_up(reader))
        wait_until(gone(process.pid), WAIT_SECONDS, "the hanging process is gone")


def test_a_question_that_hangs_is_given_up(tmp_path: Path) -> None:
    """After its time its process is killed; the error says what to do, and the next question is answered."""
    make_day(tmp_path, [TRAP])
    with warm(tmp_path) as reader:
        (process,) = processes()
        with pytest.raises(TimeLimitError, match="regular expression"):
            reader.ask(Rows(query=ENDLESS), timeout_seconds=2.0)
        assert gone(process.pid)()
        assert lines_of(reader.ask(oldest()).rows) == [TRAP]


def test_an_answer_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer whose time is over says so; asked again with its cursor it goes on, and nothing is lost or double."""
    monkeypatch.setattr("syslogger.reader_process.GRACE_SECONDS", WAIT_SECONDS)
    make_day(tmp_path, numbered(200_000))
    question = oldest(10_000, where=Regex(pattern="(?=l)line [0-9]+77$"))
    lines, after, seconds, cuts = list[str](), None, 0.01, list[Cut | None]()
    with warm(tmp_path) as reader:
        while not cuts or after is not None:
            page = reader.ask(question.model_copy(update={"after": after}), timeout_seconds=seconds)
            seconds = seconds if page.rows else 2 * seconds
            lines, after = lines + lines_of(page.rows), page.after
            cuts.append(page.searched.cut)

    assert lines == [line for line in numbered(200_000) if line.endswith("77") and line != "line 77"]
    assert Cut.DEADLINE in cuts
    assert cuts[-1] is None


def test_fifty_threads_ask(tmp_path: Path) -> None:
    """Everyone gets the answer to his own question."""
    make_day(tmp_path, numbered(50))

    def ask(number: int) -> list[str]:
        return lines_of(reader.ask(oldest(where=Regex(pattern=f"^line {number}$"))).rows)

    with warm(tmp_path, 2) as reader, ThreadPoolExecutor(50) as threads:
        found = list(threads.map(ask, range(50)))

    assert found == [[line] for line in numbered(50)]


def test_closing_gives_up_what_is_asked(tmp_path: Path) -> None:
    """Questions that run and wait are cancelled at once, processes end, and nobody asks any more."""
    make_day(tmp_path, [TRAP])
    with warm(tmp_path, 2) as reader:
        asked = [reader.submit(Rows(query=ENDLESS)) for _ in range(5)]
        for process in processes():
            wait_for_work(process)
        with deadline(20):
            reader.close()
        assert processes() == []
        for pending in asked:
            with pytest.raises(CancelledError):
                pending.result(0)
        with pytest.raises(SysloggerError, match="closed"):
            reader.submit(oldest())
        reader.close()


def test_closing_while_others_ask(tmp_path: Path) -> None:
    """Threads that keep asking get an answer, a cancellation or a refusal, and none of them hangs."""
    make_day(tmp_path, numbered(10))
    ended: list[type[Exception]] = []

    def keep_asking() -> None:
        try:
            while True:
                assert len(reader.ask(oldest()).rows) == 10
        except (CancelledError, SysloggerError) as error:
            ended.append(type(error))

    with warm(tmp_path, 2) as reader:
        threads = [threading.Thread(target=keep_asking) for _ in range(8)]
        for thread in threads:
            thread.start()
        reader.ask(oldest())
        reader.close()
        for thread in threads:
            thread.join(WAIT_SECONDS)

    assert len(ended) == 8


def test_a_day_that_is_deleted_or_damaged_meanwhile(tmp_path: Path) -> None:
    """A deleted day is not there any more, a damaged one is named, and the others answer."""
    good, bad, old = (make_day(tmp_path, numbered(3), owner=f"word/{name}") for name in ("good", "bad", "old"))
    with warm(tmp_path) as reader:
        assert len(reader.ask(oldest()).rows) == 9
        bad.write_bytes(b"rubbish" * 100_000)
        old.unlink()
        page = reader.ask(oldest())

    assert {row["engine"] for row in page.rows} == {"good"}
    assert [name for name in page.searched.damaged if "bad" in name] == list(page.searched.damaged)
    assert page.searched.partitions == 2
    assert good.exists()


def test_no_day_file_stays_open(tmp_path: Path) -> None:
    """Between two questions a process holds none: the keeper seals and deletes days."""
    path = make_day(tmp_path, numbered(3))
    with warm(tmp_path) as reader:
        reader.ask(oldest())
        (process,) = processes()
        assert [file.path for file in process.open_files() if Path(file.path).parent == path.parent] == []


def test_an_error_of_the_process_is_the_askers(tmp_path: Path) -> None:
    """What cannot be asked is refused with the words for it, and the process goes on."""
    make_day(tmp_path, numbered(3))
    with warm(tmp_path) as reader:
        before = processes()
        with pytest.raises(SysloggerError, match="take it from an answer"):
            reader.ask(Row(id="nonsense"))
        assert len(reader.ask(oldest()).rows) == 3
        assert processes() == before


def test_no_root(tmp_path: Path) -> None:
    """A root that is not there has no rows."""
    with LogReader(tmp_path / "nowhere") as reader:
        assert reader.ask(oldest()).rows == []


def test_nothing_is_written(tmp_path: Path) -> None:
    """A folder that nobody may write to can be read, and looks the same afterwards."""
    path = make_day(tmp_path, numbered(3))
    before = {each: each.stat().st_mtime_ns for each in path.parent.iterdir()}
    path.chmod(stat.S_IRUSR)
    path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with warm(tmp_path) as reader:
        assert len(reader.ask(oldest()).rows) == 3
    path.parent.chmod(0o700)

    assert {each: each.stat().st_mtime_ns for each in path.parent.iterdir()} == before


def test_processes_end_when_nobody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle process is memory for nothing; the next question starts a new one."""
    monkeypatch.setattr("syslogger.reader.IDLE_SECONDS", 0.2)
    make_day(tmp_path, numbered(3))
    with LogReader(tmp_path, time_zone="UTC") as reader:
        reader.ask(oldest())
        wait_until(lambda: processes() == [], WAIT_SECONDS, "the idle process has ended")
        assert len(reader.ask(oldest()).rows) == 3


def test_a_process_that_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that dies before it is ready is started once more, then the question fails and says how it ended."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    with LogReader(tmp_path) as reader, pytest.raises(SysloggerError, match=r"failed \(1\)"):
        reader.ask(oldest())


def test_a_machine_without_room_for_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the system starts no process, the question fails with a sentence, and a later one is answered."""
    make_day(tmp_path, numbered(3))
    with LogReader(tmp_path, time_zone="UTC") as reader:
        with monkeypatch.context() as patched:
            patched.setattr("sys.executable", str(tmp_path / "nonexistent"))
            with pytest.raises(SysloggerError, match="cannot be started"):
                reader.ask(oldest())
        assert len(reader.ask(oldest()).rows) == 3


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 1e300])
def test_any_time_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """No time at all is a cut answer with a cursor, and endless time is a day."""
    monkeypatch.setattr("syslogger.reader_process.GRACE_SECONDS", WAIT_SECONDS)
    make_day(tmp_path, numbered(3))
    with warm(tmp_path) as reader:
        answer = reader.ask(oldest(), timeout_seconds=seconds)

    assert (answer.searched.cut, answer.after is None) == ((None, True) if seconds > 0 else (Cut.DEADLINE, False))


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../../etc/passwd", "", "America"])
def test_no_such_zone(tmp_path: Path, zone: str) -> None:
    """A time zone that nobody knows is refused before anything is started."""
    with pytest.raises(QueryError, match="no time zone"):
        LogReader(tmp_path, time_zone=zone)
    with LogReader(tmp_path) as reader, pytest.raises(QueryError, match="no time zone"):
        reader.submit(Histogram(query=Query(), time_zone=zone))


def test_a_text_that_no_line_can_have(tmp_path: Path) -> None:
    """Half a character is refused with a sentence."""
    with LogReader(tmp_path) as reader, pytest.raises(SysloggerError, match="UTF-8"):
        reader.submit(Rows(query=Query().model_copy(update={"engines": ("\ud800",)})))
