"""Conditions as text: every one comes back, in its one form, short and harmless."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.errors import QueryError
from syslogger.query.model import (
    And,
    Between,
    Condition,
    Contains,
    Equals,
    InNetwork,
    Missing,
    Not,
    OneOf,
    Or,
    Phrase,
    Prefix,
    Regex,
    SeverityAtLeast,
)
from syslogger.query.text import MOST_TEXT_CHARACTERS, normalised, parse, printed
from tests.query.typed import A, B, C, all_of, any_of, equals

names = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True) | st.sampled_from(
    ["sender", "log_sender_ip", "severity", "facility", "original_log", "class", "x" * 64]
)
hard = st.sampled_from(
    [
        *(
            "",
            "*",
            "a*",
            "*a*",
            "AND",
            "OR",
            "NOT",
            "-a",
            "a b",
            '"',
            "\\",
            "a\\",
            "1..2",
            "..",
            ">=5",
            "<x>",
            "80",
            "-0",
        ),
        *(
            "007",
            "10.0.0.0/8",
            "/re/",
            "/",
            "(",
            ")",
            "f:x",
            "a=b",
            "!",
            "\n",
            "\x00\x1b[31m",
            "\u202e",
            "\u00a0",
            "aa:bb",
        ),
        *(
            "debug",
            "local0",
            "8",
            "24",
            "9223372036854775808",
            "\\n",
            "\\u{41}",
            "é\u0301",
            "\U0001f600",
            "٣",
            "a,b",
            "x" * 2000,
        ),
    ]
)
texts = hard | st.text(st.characters(codec="utf-8"), max_size=20) | st.text('ab*"\\/().:-<>=!, \n19', max_size=10)
wholes = st.integers(-(2**63), 2**63 - 1) | st.integers(-1, 30)
values = texts | wholes


def is_regex(text: str) -> bool:
    """Whether Python takes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            re.compile(text)
        except (re.error, RecursionError, OverflowError):
            return False
    return True


def quiet_regex(field: str, pattern: str) -> Regex:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Regex(field=field, pattern=pattern)


patterns = (
    st.sampled_from([r"\/", r"a\\/b", "/", r"[/\]]+", r"\\\/", "a\nb", "(?i)x", ""])
    | st.text('ab/\\|.*+?[]()" ', max_size=8).filter(is_regex)
    | texts.filter(is_regex)
)
networks = st.ip_addresses(network="10.0.0.0/8").map(str) | st.sampled_from(
    ["0.0.0.0/0", "10.0.0.0/8", "::/0", "2001:db8::/32", "fe80::1", "192.168.0.0/255.255.0.0"]
)
leaves: st.SearchStrategy[Any] = st.one_of(
    st.builds(Equals, field=names, value=values),
    st.builds(Prefix, field=names, value=texts),
    st.builds(Contains, field=names, value=texts),
    st.builds(OneOf, field=names, values=st.lists(values, min_size=1, max_size=5).map(tuple)),
    st.builds(InNetwork, field=names, network=networks),
    st.builds(Between, field=names, least=wholes, greatest=st.none() | wholes),
    st.builds(Between, field=names, least=st.none(), greatest=wholes),
    st.builds(Missing, field=names),
    st.builds(Phrase, text=texts.filter(bool)),
    st.builds(quiet_regex, field=names, pattern=patterns),
    st.builds(SeverityAtLeast, severity=st.integers(0, 7)),
)
conditions: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, condition=inner),
        st.builds(And, conditions=st.lists(inner, min_size=1, max_size=4).map(tuple)),
        st.builds(Or, conditions=st.lists(inner, min_size=1, max_size=4).map(tuple)),
    ),
    max_leaves=12,
)


@given(condition=conditions)
@settings(max_examples=200, deadline=None)
def test_every_condition_comes_back(condition: Condition) -> None:
    """What is printed is read as the same in its one form, and printed the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = normalised(condition)
        text = printed(condition)

        assert parse(text, most_characters=len(text)) == expected
        assert normalised(expected) == expected
        assert printed(expected) == text


@given(leaf=leaves)
@settings(max_examples=300, deadline=None)
def test_every_leaf_comes_back(leaf: Condition) -> None:
    """The same for each kind of condition alone, where a failure is short."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = printed(leaf)

        assert parse(text) == normalised(leaf)


def test_the_one_form() -> None:
    """Nested ANDs dissolve, one of one and not-not vanish, decimal texts are numbers, slashes need no backslash."""
    double = Not(condition=Not(condition=And(conditions=(B, any_of(C)))))

    assert normalised(all_of(A, double)) == all_of(A, B, C)
    assert normalised(any_of(all_of(A), any_of(B, C))) == any_of(A, B, C)
    assert normalised(equals("80")) == equals(80)
    assert normalised(equals("9223372036854775808")) == equals("9223372036854775808")
    assert normalised(OneOf(field="f", values=("1", "01", "-0"))) == OneOf(field="f", values=(1, "01", "-0"))
    assert normalised(Regex(pattern=r"\/\\/")) == Regex(pattern=r"/\\/")


def test_what_is_printed_is_short_and_harmless() -> None:
    """Quotes only where they are needed; what a terminal would obey is written in hex."""
    assert printed(parse('f:"abc" -g:"x"* "word" (h:(1 "2"))')) == "f:abc -g:x* word h:(1 2)"
    assert printed(Phrase(text="\x1b[31m\u202e")) == r'"\u{1b}[31m\u{202e}"'
    assert printed(parse("severity:7 facility:0")) == "severity:debug facility:kern"


def test_people_type_less_than_conditions_may_hold() -> None:
    """A text of more than 10,000 characters is refused unless it was printed."""
    large = OneOf(field="f", values=("x" * 2000,) * 6)
    text = printed(large)

    assert len(text) > MOST_TEXT_CHARACTERS
    assert parse(text, most_characters=len(text)) == large
    with pytest.raises(QueryError, match="too long"):
        parse(text)
