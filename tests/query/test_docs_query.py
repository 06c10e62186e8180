"""The page about queries: its examples work, its errors are the real ones, its grammar has the real names."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lark import Lark

from syslogger.errors import QueryError
from syslogger.query.model import MOST_CHARACTERS, MOST_CONDITIONS, MOST_DEPTH, MOST_VALUES
from syslogger.query.text import MOST_TEXT_CHARACTERS, parse, printed
from syslogger.query.text_values import FACILITIES, NUMBERS, SEVERITIES
from syslogger.query.times import MOST_BORDERS, resolve, steps

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "query.md").read_text(encoding="utf-8")
UTC = ZoneInfo("UTC")


def table(head: str) -> list[list[str]]:
    """The code in the cells of each row of the table that begins so."""
    body = PAGE[PAGE.index(head) :].split("\n\n")[0].splitlines()[2:]
    return [re.findall(r"`((?:[^`\\]|\\.)*)`", line.replace(r"\|", "|")) for line in body]


TYPED = [row[0] for row in table("| typed | finds |")]
MISTAKES = [(row[0], row[1]) for row in table("| typed | right |")]
MOMENTS = [code for row in table("| moment | is |") for code in row if len(code) > 2]
STEPS = [code for row in table("| step | begins |") for code in row]


def test_the_examples_were_found() -> None:
    """A page without tables would hold nothing."""
    assert (len(TYPED) >= 30, len(MISTAKES) >= 10, len(MOMENTS) >= 9, len(STEPS) >= 8) == (True,) * 4


@pytest.mark.parametrize("text", TYPED)
def test_every_example_is_read(text: str) -> None:
    """Each example is a condition that is printed as it was typed, but for quotes."""
    assert printed(parse(text)).strip('"') == text.strip('"')


@pytest.mark.parametrize(("text", "right"), MISTAKES)
def test_every_mistake_is_answered_with_the_right_form(text: str, right: str) -> None:
    """The error names what the page says."""
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert right in str(caught.value)


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_moment_is_one(moment: str) -> None:
    """Each form of a moment is understood; an offset has one before it."""
    whole = f"2026-11-20T14:30{moment}" if moment in {"+02:00", "-0530"} else moment

    assert isinstance(resolve(whole, 0, UTC), int)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_one(step: str) -> None:
    """Each step of the table cuts an hour."""
    assert len(steps(0, 3_600_000_000, step, UTC)) >= 2


def test_the_grammar_on_the_page_is_the_grammar() -> None:
    """Every rule and terminal of query.lark is defined in the EBNF, which uses nothing that it does not define."""
    grammar = files("syslogger.query").joinpath("query.lark").read_text(encoding="utf-8")
    ebnf = PAGE[PAGE.index("```ebnf") :].split("```")[1]
    defined = set(re.findall(r"^(\w+) +=", ebnf, re.MULTILINE))
    plain = re.sub(r"\?[^?]*\?|\"[^\"]*\"|'[^']*'", " ", ebnf.removeprefix("ebnf"))

    assert names_of(grammar) <= defined
    assert set(re.findall(r"\w+", plain)) == defined
    assert names_of(grammar) == defined - {"inner", "bare", "escape", "end", "letter", "digit"}


def names_of(grammar: str) -> set[str]:
    """Rules and terminals, without what only lark sees: helpers of its own, and the `_` of what it leaves out."""
    parser = Lark(grammar, parser="lalr")
    rules = {str(rule.origin.name) for rule in parser.rules}
    return {name.lstrip("_") for name in rules | {terminal.name for terminal in parser.terminals} if "__" not in name}


def test_the_limits_and_names_on_the_page_are_the_real_ones() -> None:
    """The numbers of the page are those of the code, and its severities and facilities, too."""
    limits = PAGE[PAGE.index("**Limits.**") :].split("\n\n")[0]

    assert re.findall(r"[0-9,]*[0-9]", limits) == [
        f"{most:,}" for most in (MOST_TEXT_CHARACTERS, MOST_CHARACTERS, MOST_VALUES, MOST_CONDITIONS, MOST_DEPTH)
    ]
    assert f"at most {MOST_BORDERS:,} borders" in PAGE
    words = set(re.findall(r"\w+", PAGE))
    assert set(SEVERITIES) | set(NUMBERS["severity"]) <= words
    assert set(FACILITIES) - words <= {f"local{number}" for number in range(1, 7)}
