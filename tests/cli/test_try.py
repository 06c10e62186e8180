"""`syslogger try`: what the production extraction makes of lines, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from syslogger.cli import try_
from syslogger.config import Field, LogClass
from tests.cli.program import REPOSITORY, run

CONFIG = REPOSITORY / "GLOBAL_CONFIG.json"
LINE = (
    b"<134> 01:02:05 T8Y45jGZY prerouting: in:<pppoe-RRWLkNYEZ> out:(unknown 0), connection-state:established,snat "
    b"proto TCP (ACK,FIN,PSH), 73.181.232.17:34921->176.13.130.56:13878, NAT (73.181.232.17:34921->95.110.59.28:11384)"
    b"->176.13.130.56:13878, len 946"
)
FIELDS = ["pppoe", "router_identity", "user_ip", "destination_ip", "nat_ip"]


def test_table_and_values(tmp_path: Path) -> None:
    """Lines from a file: counts, a row for each field, the values of the first lines, escaped."""
    (tmp_path / "lines.log").write_bytes(LINE + b"\n\nin:<\x1b>\n")
    done = run("try", "--class", "mikrotik", "--config", CONFIG, "lines.log", cwd=tmp_path)
    lines = done.stdout.splitlines()

    assert (0, "") == (done.returncode, done.stderr)
    assert "3 lines, 1 empty, 0 truncated" == lines[0]
    assert [["pppoe", "1", "33.3%"], ["router_identity", "1", "33.3%"]] == [line.split()[:3] for line in lines[3:5]]
    assert lines[-1] == "nothing found"
    assert "pppoe=RRWLkNYEZ router_identity=T8Y45jGZY user_ip=73.181.232.17 user_port=34921" in done.stdout


def test_values_are_escaped(tmp_path: Path) -> None:
    """What a sender put into a field cannot act on the terminal, as text or as JSON."""
    (tmp_path / "config.json").write_text('{"ENGINE_CLASSES": {"any": {"all": "(.*)"}}}')
    text, as_json = (
        run("try", "--class", "any", "--config", "config.json", *options, cwd=tmp_path, stdin=b"\x1b[2J\xc2\x9b").stdout
        for options in ([], ["--json"])
    )

    assert "all=\\x1b[2J\\u009b\n" in text
    assert not {"\x1b", "\x9b"} & {*text, *as_json}
    assert "\x1b[2J\x9b" == json.loads(as_json)["rows"][0]["all"]


def test_json(tmp_path: Path) -> None:
    """`--json` from stdin is one object with the same figures and the exact values."""
    done = run("try", "--class", "mikrotik", "--config", CONFIG, "--json", cwd=tmp_path, stdin=LINE)
    answer = json.loads(done.stdout)

    assert (1, 0, 0) == (answer["lines"], answer["empty"], answer["truncated"])
    assert FIELDS == [field["name"] for field in answer["fields"]]
    assert all(field["hits"] == 1 == field["hit_rate"] for field in answer["fields"])
    assert all(field["nanoseconds_per_line"] > 0 and field["road"] and field["why"] for field in answer["fields"])
    (row,) = answer["rows"]
    assert {"nat_ip": "95.110.59.28", "nat_port": 11384, "facility": 16, "severity": 6}.items() <= row.items()


def test_limit_bounds_the_values_not_the_counts(tmp_path: Path) -> None:
    """`--limit` says of how many lines the values are shown; all lines are counted."""
    lines = b"\n".join([LINE] * 5)
    done = run("try", "--class", "mikrotik", "--config", CONFIG, "--limit", "2", "--json", cwd=tmp_path, stdin=lines)
    answer = json.loads(done.stdout)

    assert (5, 2) == (answer["lines"], len(answer["rows"]))


def test_unknown_class_names_those_there_are(tmp_path: Path) -> None:
    """A class that the configuration does not have is a usage error with the list."""
    done = run("try", "--class", "micro", "--config", CONFIG, cwd=tmp_path)

    assert 2 == done.returncode
    assert "no class 'micro' in ENGINE_CLASSES; there is: mikrotik" in done.stderr


def test_file_that_is_not_there(tmp_path: Path) -> None:
    """A file that cannot be opened is a usage error."""
    done = run("try", "--class", "mikrotik", "--config", CONFIG, "nowhere.log", cwd=tmp_path)

    assert 2 == done.returncode
    assert "nowhere.log" in done.stderr


def test_nothing_to_try(tmp_path: Path) -> None:
    """An empty input is no error."""
    done = run("try", "--class", "mikrotik", "--config", CONFIG, cwd=tmp_path)

    assert (0, "0 lines, 0 empty, 0 truncated\n") == (done.returncode, done.stdout)


def test_batches_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines over several batches are counted and measured as one input."""
    monkeypatch.setattr(try_, "BATCH_LINES", 2)
    log_class = LogClass(name="web", fields=(Field(name="number", pattern="([0-9]+)"),))
    summary = try_.tried(log_class, [b"a1\n", b"b\n", b"\n", b"c2\n", b"x" * 30 + b"3"], limit=4, most_bytes=20)

    assert (5, 1, 1) == (summary.lines, summary.empty, summary.truncated)
    (field,) = summary.fields
    assert (2, 0.4) == (field.hits, field.hit_rate)
    assert 0 < field.nanoseconds_per_line
    assert ["1", None, "2", None] == [row["number"] for row in summary.rows]
