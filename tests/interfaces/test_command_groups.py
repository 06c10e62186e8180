"""Commands made from the table of operations: whatever can be asked can be typed, and what is typed is what is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from interfaces.command_groups import group
from interfaces.operations import OPERATIONS, request_of
from syslogger.errors import ExitCode

FAMILIES = ("engines", "clients", "senders", "classes", "config", "jobs", "clock")
TYPED = [name for name in OPERATIONS if name.partition(".")[0] in FAMILIES]


class Asked:
    """Stands where the factory is asked: keeps the operation and the request."""

    def __init__(self) -> None:
        self.operation, self.request, self.config, self.as_json = "", dict[str, Any](), Path(), False

    def __call__(self, config: Path, operation: str, request: dict[str, Any], as_json: bool) -> None:
        """Keep what would be asked."""
        self.operation, self.request, self.config, self.as_json = operation, request, config, as_json


def typed(*words: str, stdin: str = "") -> Asked:
    """What a command line asks for."""
    asked = Asked()
    made = group(words[0], asked)
    result = CliRunner().invoke(made, words[1:], input=stdin, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    assert result.return_value == ExitCode.OK
    return asked


def words_of(example: Mapping[str, Any], first: str, above: str = "--") -> Iterator[str]:
    """The options for an example, but the one that is an argument."""
    for name, value in example.items():
        option = above + name.replace("_", "-")
        if name == "fields":
            yield from (word for field, pattern in value.items() for word in ("--field", f"{field}={pattern}"))
        elif isinstance(value, Mapping):
            also = {key for key, other in example.items() if key != first and not isinstance(other, Mapping)}
            for inner, each in value.items():
                yield from words_of({inner: each}, first, f"--{name}-" if inner in also else "--")
        elif isinstance(value, list):
            for each in value:
                yield from (option, json.dumps(each) if isinstance(each, dict) else str(each))
        elif isinstance(value, bool):
            yield option if value else f"--no-{name}"
        elif name != first:
            yield from (option, str(value))


@pytest.mark.parametrize("name", TYPED)
def test_every_example_can_be_typed(name: str) -> None:
    """The command of each operation sends its example, when it is typed as an operator would."""
    operation, (family, _, command) = OPERATIONS[name], name.partition(".")
    made = group(family, Asked()).commands[command.replace("_", "-")]
    arguments = [each for each in made.params if isinstance(each, click.Argument)]
    example = {key: value for key, value in operation.example.items() if key != "lines"}
    lines = operation.example.get("lines", [])
    first = str(arguments[0].metavar).lower() if arguments else ""
    values = list(_named(example, first))[:1]
    stdin = "".join(f"{line}\n" for line in lines)
    asked = typed(family, command.replace("_", "-"), *words_of(example, first), "--", *values, stdin=stdin)
    assert asked.operation == name
    assert asked.request == operation.example
    assert request_of(operation, asked.request)


def _named(example: Mapping[str, Any], name: str) -> Iterator[str]:
    for key, value in example.items():
        if key == name and not isinstance(value, Mapping):
            yield str(value)
        elif isinstance(value, Mapping):
            yield from _named(value, name)


def test_only_what_was_typed_is_sent() -> None:
    """What was left out has the factory's default; a list is an option that is repeated, an object in it is JSON."""
    assert typed("engines", "edit", "main").request == {"name": "main"}
    assert typed("engines", "list").request == {}
    assert typed("engines", "events").request == {}
    changes = ("--title", "", "--no-keep-original", "--addresses", "::1", "--addresses", "10.0.0.1")
    client = {"name": "one", "address": "10.0.0.0/8"}
    asked = typed("engines", "edit", "main", *changes, "--clients", json.dumps(client), "--restart")
    assert asked.request == {
        "name": "main",
        "changes": {"title": "", "keep_original": False, "addresses": ["::1", "10.0.0.1"], "clients": [client]},
        "restart": True,
    }


def test_numbers_and_null() -> None:
    """Digits are a number where one is wanted and text elsewhere; null takes a setting of its own away."""
    asked = typed("engines", "edit", "main", "--port", "5141", "--title", "12", "--auto-delete-days", "null")
    assert asked.request["changes"] == {"port": 5141, "title": "12", "auto_delete_days": None}
    assert typed("engines", "edit", "main", "--port", "many").request["changes"] == {"port": "many"}
    assert typed("clients", "remove", "main", "--name", "443").request["name"] == "443"


def test_what_only_looks_like_a_number() -> None:
    """Digits of another script, too many of them or a lone sign are sent as typed; the factory says what is wrong."""
    for text in ("\u00b2", "\u0663", "--5", "-", "9" * 5_000):
        assert typed("engines", "edit", "main", f"--port={text}").request["changes"] == {"port": text}
    assert typed("engines", "edit", "main", "--port=-5").request["changes"] == {"port": -5}


def test_days_are_typed_one_by_one_or_all() -> None:
    """Dates are an option that is repeated; the word all is all of them."""
    start = ("jobs", "start", "delete_days", "--class", "word", "--engine", "main")
    assert typed(*start, "--days", "2026-01-30", "--days", "2026-01-31").request["days"] == ["2026-01-30", "2026-01-31"]
    assert typed(*start, "--days", "all").request["days"] == "all"
    assert typed("clients", "edit", "main", "--name", "old", "--client-name", "new", "--address", "::1").request == {
        "engine": "main",
        "name": "old",
        "client": {"name": "new", "address": "::1"},
    }


def test_lines_that_are_no_utf8(tmp_path: Path) -> None:
    """What a file holds is tried as an engine would show it; no byte of it ends the command."""
    path = tmp_path / "lines"
    path.write_bytes(b"one \xff\ntwo\n")
    asked = typed("classes", "try", "word", "--field", "a=(a)", "--lines", str(path))
    assert asked.request["lines"] == ["one \\xff", "two"]


def test_patterns_and_lines() -> None:
    """Patterns keep their order and their equals signs; lines come from a file or from stdin, without their ends."""
    patterns = ("--field", "user=user=(\\w+)", "--field", "about=(a)")
    asked = typed("classes", "change", "word", *patterns)
    assert list(asked.request["class"]["fields"].items()) == [("user", "user=(\\w+)"), ("about", "(a)")]
    asked = typed("classes", "try", "word", *patterns, stdin="one \n\ntwo")
    assert asked.request["lines"] == ["one ", "", "two"]


def test_a_slip_is_told() -> None:
    """What click or these commands cannot read is a usage error that names the option, and nothing is asked."""
    for words, wrong in (
        (("classes", "change", "word", "--field", "user"), "NAME=PATTERN"),
        (("classes", "change", "word", "--field", "a=(a)", "--field", "a=(b)"), "given twice"),
        (("engines", "edit", "main", "--clients", "{"), "no JSON"),
        (("engines", "edit"), "name"),
        (("engines", "edit", "main", "--prot", "1"), "--prot"),
        (("engines", "explode"), "explode"),
        (("engines", "delete", "main", "--data", "keep"), "confirm"),
    ):
        with pytest.raises(click.UsageError, match=wrong):
            typed(*words)


def test_the_options_of_every_command(tmp_path: Path) -> None:
    """Each takes the configuration and --json, and its help says what it answers."""
    asked = typed("jobs", "list", "--json", "--config", str(tmp_path / "other.json"))
    assert (asked.as_json, asked.config) == (True, tmp_path / "other.json")
    for family in FAMILIES:
        for command in group(family, Asked()).commands.values():
            assert {"config", "as_json"} <= {str(each.name) for each in command.params}
            assert "Answers " in str(command.help)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_text_is_sent_as_it_is(text: str) -> None:
    """Whatever a line or a title holds, the shell's word is what the factory gets."""
    assert typed("engines", "test-line", "main", f"--line={text}").request["line"] == text
    assert typed("engines", "edit", "main", f"--title={text}").request["changes"]["title"] == text
