"""The literal that SQL looks for before a pattern: it must be in everything that the pattern finds."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.query.literal import Literal, sure_literal

PIECES = (
    *("abc", "(abc)", "(?:bcd)?", "(?:ab|ba)", "c*", "(?:abc)+", "(?:ab){2}", "(?:ab){0,2}", "[ab]", ".", r"\b", "^"),
    *(
        "a{3}",
        "b+?",
        "(?=abc)",
        "(?!bc)",
        "(?i:abc)",
        "(?P<x>abc)(?P=x)",
        "é",
        "\\*",
        "(a(b(c)))",
        "x{0}",
        "(?>abc)",
        "a++",
    ),
)


def compiled(pattern: str) -> re.Pattern[str] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(pattern)
        except re.error:
            return None


PATTERNS = (
    st.tuples(st.sampled_from(("", "(?i)", "(?s)", "(?x)")), st.lists(st.sampled_from(PIECES), min_size=1, max_size=6))
    .map(lambda made: made[0] + "".join(made[1]))
    .filter(lambda pattern: compiled(pattern) is not None)
)


@given(pattern=PATTERNS, data=st.data())
@settings(max_examples=300, deadline=None)
def test_what_a_pattern_finds_has_its_literal(pattern: str, data: st.DataObject) -> None:
    """Any text with a match has the literal: as it is, or, when it is folded, in ASCII of any case or beyond ASCII."""
    text = data.draw(st.text("abcABC*é.", max_size=6) | st.from_regex(pattern))
    literal, match = sure_literal(pattern), re.search(pattern, text)

    if literal is None or match is None:
        return
    found = match[0]
    assert literal.text in found or (literal.folded and (literal.text.lower() in found.lower() or not found.isascii()))


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        ("login failed", Literal("login failed", folded=False)),
        ("(?i)Login", Literal("Login", folded=True)),
        (r"^\d+ (sshd)\[\d+\]: fa", Literal(" sshd[", folded=False)),
        ("a(bc)+d", Literal("abc", folded=False)),
        (r"ab\bcd", Literal("abcd", folded=False)),
        ("a(bcd)?e", None),
        ("abc|abd", None),
        ("(?i:abc)", None),
        ("ab.cd", None),
        ("", None),
    ],
)
def test_the_longest_literal_is_taken(pattern: str, literal: Literal | None) -> None:
    """What stands in the open is joined across groups; what may be missing or else is none."""
    assert sure_literal(pattern) == literal
