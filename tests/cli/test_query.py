"""`syslogger query`, the real program over day files that are being written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import psutil
import pytest

from syslogger.cli.query import Asked, command, question_of
from syslogger.errors import ExitCode
from syslogger.query.model import Order, Phrase, Query
from syslogger.query.questions import Follow, LedgerHistory, Rows
from tests.cli.program import Program, environment, run
from tests.cli.written import Written, written_days
from tests.support import deadline

FIRST = "2026-11-20 12:00:00.000 word/main office local0.info log_sender_ip=10.0.0.1 number=1 | line 1 of main"

# behind many a's and a `!` Python's `re` tries for ages
TRAP = "a" * 60 + "!"


@pytest.fixture
def days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Two engines with three rows each, and their writer; the program's clock is in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    with written_days(tmp_path) as made:
        made.add("main", 3)
        made.add("other", 3)
        yield made


def query(days: Written, *words: str) -> subprocess.CompletedProcess[str]:
    """One question."""
    return run("query", "--data", days.root, *words, cwd=days.root)


def test_rows_are_shown_newest_first(days: Written) -> None:
    """Rows are a line each, the newest first, and stderr says how far it looked."""
    done = query(days, "line", "--engine", "main")

    assert (0, "searched 1 of 1 days\n") == (done.returncode, done.stderr)
    assert ["3", "2", "1"] == [line.split("| line ")[1][0] for line in done.stdout.splitlines()]
    assert FIRST == done.stdout.splitlines()[-1]


def test_a_page_ends_with_the_cursor_of_the_next(days: Written) -> None:
    """The cursor that a page names gives the rest of the same query."""
    first = query(days, "--limit", "4", "--oldest", "--json")
    *rows, last = map(json.loads, first.stdout.splitlines())
    second = query(days, "--limit", "4", "--oldest", "--json", "--after", last["after"])
    *others, end = map(json.loads, second.stdout.splitlines())

    assert (4, 2, None) == (len(rows), len(others), end["after"])
    assert len({row["id"] for row in rows + others}) == 6
    assert last["after"] in first.stderr


def test_hostile_text_is_harmless(days: Written) -> None:
    """Control characters of a line reach the terminal as visible escapes."""
    days.add_line("main", "a\x1b[2Jb\u202e")
    done = query(days, "--limit", "1", "--since", "2026-11-20")

    assert "\\x1b[2Jb\\u202e" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--count"], ["6"]),
        (["line", "--count", "--at-most", "2"], ["at least 3"]),
        (["number:2", "--count"], ["2"]),
        (["--values", "number", "--prefix", "2"], ["value  rows", "2      2"]),
        (
            ["--facets", "engine", "--top", "5"],
            ["engine, 2 values", "  main   3", "  other  3", "", "6 rows looked at"],
        ),
        (["--histogram", "1d"], ["2026-11-20 00:00:00+00:00  6  " + "█" * 50]),
        (
            ["--histogram=1d", "--by", "engine"],
            ["time                       main  other  all", "2026-11-20 00:00:00+00:00  3     3      6"],
        ),
    ],
)
def test_each_question_has_its_answer(days: Written, words: list[str], expected: list[str]) -> None:
    """One question each: the answer for people."""
    done = query(days, *words)

    assert (0, expected) == (done.returncode, done.stdout.splitlines())


@pytest.mark.parametrize("words", ["--fields", "--senders", "--ledger 1d", "--ledger 1d --by sender"])
def test_tables_have_the_same_answer_in_json(days: Written, words: str) -> None:
    """Tables are shown, and `--json` gives the same answer as one object."""
    shown, as_json = query(days, *words.split()), query(days, *words.split(), "--json")

    assert (0, 0, "") == (shown.returncode, as_json.returncode, as_json.stderr.replace("searched 2 of 2 days\n", ""))
    assert len(shown.stdout.splitlines()) >= 1
    assert isinstance(json.loads(as_json.stdout), dict)


def test_a_row_and_what_is_around_it(days: Written) -> None:
    """`--ids` shows ids; `--row` gives that row whole, `--context` what its engine stored around it."""
    listed = query(days, "number:2", "--engine", "main", "--ids")
    row_id = listed.stdout.split()[0]
    row = query(days, "--row", row_id, "--json")
    context = query(days, "--context", row_id)

    assert row_id == "word.main.2026-11-20.2"
    assert json.loads(row.stdout)["original_log"] == "line 2 of main"
    assert ["  ", "> ", "  "] == [line[:2] for line in context.stdout.splitlines()]


def test_a_row_that_is_not_there(days: Written) -> None:
    """Asked for a row that nobody has, it says so and fails."""
    done = query(days, "--row", "word.main.2026-11-20.99")

    assert (ExitCode.FAILED, "", "there is no such row, or not any more\n") == (
        done.returncode,
        done.stdout,
        done.stderr,
    )


def test_a_mistake_is_shown_where_it_is(days: Written) -> None:
    """A query that cannot be read: the sentence, the text, a caret under the place."""
    done = query(days, "a (b")
    said = done.stderr.splitlines()

    assert (ExitCode.CONFIG, "") == (done.returncode, done.stdout)
    assert said[0].startswith("syslogger: ")
    assert ["  a (b", "    ^"] == said[1:]


def test_a_field_that_nobody_has(days: Written) -> None:
    """A name that no day has is named, with the nearest one that there is."""
    done = query(days, "numbr:1")

    assert (0, "") == (done.returncode, done.stdout)
    assert "no day has a field 'numbr': is it 'number'?" in done.stderr


def test_a_damaged_day_is_named(days: Written) -> None:
    """What cannot be read is said on stderr, and the other days answer."""
    broken = days.root / "word" / "broken" / "2026-11-20.db"
    broken.parent.mkdir()
    broken.write_bytes(b"no database at all" * 100)
    done = query(days, "--limit", "2")

    assert (0, 2) == (done.returncode, len(done.stdout.splitlines()))
    assert "broken" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--count", "--fields"], "exclude each other"),
        (["--histogram", "often"], "step"),
        (["--count", "--after", "x"], "--after says nothing to --count: it goes with rows or --follow"),
        (["--columns", "Not A Field"], "columns"),
        (["--ledger", "--by", "moon"], "by engine or by sender"),
        (["--config", "F"], "exclude each other"),
        (["--zone", "Europe/Vienne"], "'Europe/Vienne' is no time zone known here; did you mean 'Europe/Vienna'?"),
        (["--since", "gestern"], "gestern"),
        (["--after", "nonsense"], "no cursor"),
    ],
)
def test_a_command_line_that_makes_no_sense(days: Written, words: list[str], said: str) -> None:
    """Each mistake is refused with a sentence and without a traceback."""
    done = query(days, *words)

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--prefix 2", "--prefix says nothing to rows: it goes with --values"),
        ("--at-most 2", "--at-most says nothing to rows: it goes with --count"),
        ("--same-sender", "--same-sender says nothing to rows: it goes with --context"),
        ("--around 0", "--around says nothing to rows: it goes with --context"),
        ("--by engine", "--by says nothing to rows: it goes with --histogram or --ledger"),
        ("--count --by engine", "--by says nothing to --count"),
        ("--top 5", "it goes with --histogram, --facets, --values, --senders or --ledger"),
        ("--histogram --top 5", "--top says nothing to --histogram alone: it goes with --by FIELD"),
        ("--ledger --by engine --top 5", "--top says nothing to --ledger alone: it goes with --by sender"),
        ("--count --ids", "--ids says nothing to --count: it goes with rows, --follow or --context"),
        ("--follow --limit 5", "--limit says nothing to --follow: it goes with rows"),
        ("--follow --oldest", "--oldest says nothing to --follow: it goes with rows"),
        ("--count --limit 100", "--limit says nothing to --count: it goes with rows"),
        ("--facets client --columns client", "--columns says nothing to --facets: it goes with rows or --follow"),
        ("--row word.main.2026-11-20.1 --since -1h", "--since says nothing to --row"),
        ("--context word.main.2026-11-20.1 --engine main", "--engine says nothing to --context"),
        ("error --row word.main.2026-11-20.1", "a QUERY says nothing to --row"),
    ],
)
def test_an_option_without_its_question_is_refused(words: str, said: str) -> None:
    """What would be passed over in silence is a mistake, and the sentence says with what it goes."""
    with pytest.raises(click.UsageError) as refused:
        command.main([*words.split(), "--data", "."], standalone_mode=False)

    assert said in refused.value.message
    assert refused.value.exit_code == ExitCode.CONFIG


@pytest.mark.parametrize(
    "words",
    [
        "a --limit 5 --oldest --ids --columns client",
        "a --follow --ids --columns client --since -1h",
        "a --count --at-most 1",
        "--values client --prefix a --top 5",
        "--facets client --top 5",
        "--histogram 1h --by client --top 5",
        "--ledger 1h --by sender --top 5",
        "--ledger --by engine",
        "--senders --top 5",
        "--context word.main.2026-11-20.1 --same-sender --around 0 --ids",
    ],
)
def test_an_option_with_its_question_is_taken(words: str) -> None:
    """Every option goes with what it is for."""
    context = command.make_context("query", words.split())
    given = {name: value for name, value in context.params.items() if name in Asked.__dataclass_fields__}

    assert question_of(Asked(**given))


def test_the_clock_of_a_histogram(days: Written) -> None:
    """Steps and `--since` are those of the zone that is named; of the configuration's where there is one."""
    there = {
        "ROOT_SAVED_DATA_DIRECTORY": ".",
        "TIME_ZONE": "Asia/Kathmandu",
        "ENGINE_CLASSES": {"word": {"number": "(1)"}},
    }
    (days.root / "GLOBAL_CONFIG.json").write_text(json.dumps(there))
    asked = ("--histogram=1d", "--since", "2026-11-20")

    assert query(days, *asked).stdout.startswith("2026-11-20 00:00:00+00:00  6  ")
    assert query(days, *asked, "--zone", "America/New_York").stdout.startswith("2026-11-20 00:00:00-05:00  6  ")
    configured = run("query", *asked, cwd=days.root)
    assert configured.stdout.startswith("2026-11-20 00:00:00+05:45  6  "), configured.stderr


def test_followed_rows_come_once_and_the_cursor_resumes(days: Written) -> None:
    """Rows of both engines come as they are stored; Ctrl-C gives a cursor, and what is stored since comes then."""
    words = ("query", "line", "--follow", "--since", "2026-11-20", "--json", "--data", days.root)
    with Program(*words, cwd=days.root) as program:
        program.wait_for(lambda: len(program.lines) == 6, "the rows that are there")
        days.add("other", 2)
        days.add("main", 1)
        days.add("third", 1)
        program.wait_for(lambda: len(program.lines) == 10, "the rows stored since")
        program.signal(signal.SIGINT)
        assert 130 == program.finish()
        first = [json.loads(line)["id"] for line in program.lines]
        cursor = program.errors[-1].rpartition("--after ")[2]
    days.add("main", 2)
    with Program(*words, "--after", cursor, cwd=days.root) as program:
        program.wait_for(lambda: len(program.lines) == 2, "the rows stored since the cursor")
        program.signal(signal.SIGINT)
        assert 130 == program.finish()
        second = [json.loads(line)["id"] for line in program.lines]

    assert "Traceback" not in "\n".join(program.errors)
    assert (12, sorted(days.ids)) == (len(first + second), sorted(first + second))


def test_follow_ends_when_nobody_reads(days: Written) -> None:
    """`--follow | head -1` ends by itself, although no further row comes."""
    words = "query --follow --since 2026-11-20 --data ."
    command = f"set -o pipefail; {sys.executable} -m syslogger {words} | head -1"
    with deadline(60):
        done = subprocess.run(
            ["bash", "-c", command], cwd=days.root, env=environment(), capture_output=True, text=True, timeout=60
        )

    assert (141, f"{FIRST}\n", "") == (done.returncode, done.stdout, done.stderr)


def test_options_become_the_question() -> None:
    """The words of a command line are the typed question."""
    page = question_of(Asked(text="failed", since="-15m", columns="client, severity", oldest=True, limit=7))
    follow = question_of(Asked(follow=True))
    ledger = question_of(Asked(ledger="auto", by="sender", top=3))

    assert page == Rows(
        query=Query(
            since="-15m", where=Phrase(text="failed"), columns=("client", "severity"), order=Order.OLDEST, limit=7
        )
    )
    assert isinstance(follow, Follow)
    assert follow.query.since == "now"
    assert ledger == LedgerHistory(query=Query(), by="sender", top=3)


def test_ctrl_c_ends_a_search_at_once(days: Written) -> None:
    """A search that would take for ever ends with the first Ctrl-C, and so does the process that was at it."""
    days.add_line("main", TRAP)
    with Program("query", "/(?=a)(a+)+$/", "--data", days.root, cwd=days.root) as program:
        searching = psutil.Process(program.process.pid)
        program.wait_for(lambda: any(_works(child) for child in searching.children()), "the search")
        program.signal(signal.SIGINT)
        with deadline(20):
            assert 130 == program.finish()

    assert "Traceback" not in "\n".join(program.errors)


def _works(process: psutil.Process) -> bool:
    """Two seconds of CPU: more than it takes to start."""
    return bool(process.cpu_times().user > 2.0)
