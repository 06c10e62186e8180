"""The habits of the house: small files and functions, processes that say where they run, tests that say what they hold.

Only what a tool does not already check stands here; ruff and mypy hold the rest.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imports import modules_below

ROOT = Path(__file__).resolve().parents[1]
MODULES = modules_below(ROOT / "syslogger") | modules_below(ROOT / "interfaces") | modules_below(ROOT / "api")
TESTS = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tests").rglob("test_*.py"))}

MOST_LINES_A_FILE = 400
MANY_LINES_A_FUNCTION = 40
PROCESSES = (
    "syslogger.bridge",
    "syslogger.inputs.udp",
    "syslogger.keeper",
    "syslogger.reading",
    "syslogger.storage.writer",
    "syslogger.worker",
    "api.live.sieve",
    "interfaces.factory",
    "interfaces.probe_line",
    "interfaces.run",
    "interfaces.trial",
    "api.server",
)
FOUR_LINES = ("Runs in", "Reads", "Writes", "Ends when")
UNFINISHED = re.compile(r"\b(?:pytest\.skip|pytest\.importorskip|mark\.skip|mark\.skipif|mark\.xfail|pytest\.xfail)\b")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From `def` to the last line, docstring included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def is_one_sentence(docstring: str | None) -> bool:
    """One paragraph that begins like a sentence and ends like one."""
    text = (docstring or "").strip()
    return "\n\n" not in text and re.match(r"[A-Z0-9`\"'(\\]", text) is not None and text[-1] in ".?!"


def test_no_file_has_two_rooms_in_it() -> None:
    """A file of more than 400 lines is two files."""
    lengths = {name: len(module.path.read_text(encoding="utf-8").splitlines()) for name, module in MODULES.items()}

    assert len(lengths) >= 40
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_A_FILE} == {}


def test_nine_functions_in_ten_fit_a_screen() -> None:
    """At most one function in ten has 40 lines or more, and half of all have at most twelve."""
    lengths = sorted(lines_of(function) for module in MODULES.values() for function in functions(module.tree))

    assert len(lengths) >= 200
    assert lengths[len(lengths) * 9 // 10] < MANY_LINES_A_FUNCTION
    assert lengths[len(lengths) // 2] <= 12


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_says_where_it_is(name: str) -> None:
    """A module that runs in a process of its own opens with Runs in, Reads, Writes and Ends when, in this order."""
    docstring = ast.get_docstring(MODULES[name].tree) or ""
    starts = [words for line in docstring.splitlines() for words in FOUR_LINES if line.startswith(words)]

    assert starts[:4] == list(FOUR_LINES)


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_states_its_expectation(path: Path) -> None:
    """Each test function has a docstring of one sentence."""
    tests = [function for function in functions(TESTS[path]) if function.name.startswith("test_")]

    assert tests != []
    assert [test.name for test in tests if not is_one_sentence(ast.get_docstring(test))] == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_sleeps_or_is_skipped(path: Path) -> None:
    """Tests wait for a condition with a deadline, and all of them run."""
    found = [ast.unparse(node) for node in ast.walk(TESTS[path]) if isinstance(node, ast.Attribute)]

    assert [text for text in found if text == "time.sleep" or UNFINISHED.search(text)] == []


def test_the_tests_were_found() -> None:
    """A walk that saw next to no test would hold nothing."""
    assert len(TESTS) >= 25


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("It does.", True),
        ("It goes on\nin a second line.", True),
        (None, False),
        ("", False),
        ("it does.", False),
        ("No end", False),
        ("One.\n\nAnd more.", False),
    ],
)
def test_what_counts_as_one_sentence(docstring: str | None, expected: bool) -> None:
    """One paragraph, a beginning and an end."""
    assert is_one_sentence(docstring) is expected
