"""Words and phrases against the plainest reading of their definition."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.query.words import CutPhrase, words

TEXT = st.text(st.sampled_from("abAB_0 .-ßſKẞsS\u0301éÉİi̇\n"), max_size=12)


def has_phrase(phrase: str, line: str) -> bool:
    """Every place of the line and every length: equal under casefold, and no word cut at an end."""
    borders = {
        0,
        len(line),
        *(place for place in range(1, len(line)) if not (_word(line[place - 1]) and _word(line[place]))),
    }
    if not re.search(r"\w", phrase):
        return phrase in line
    cuts = sorted(
        {0, len(phrase)}
        | {m.start() for m in re.finditer(r"\w+", phrase)}
        | {m.end() for m in re.finditer(r"\w+", phrase)}
    )
    pieces = [phrase[a:b] for a, b in pairwise(cuts)]
    return any(_fits(pieces, line, start, borders) for start in range(len(line) + 1))


def _fits(pieces: list[str], line: str, place: int, borders: set[int]) -> bool:
    if not pieces:
        return True
    piece, rest = pieces[0], pieces[1:]
    if not _word(piece[0]):
        return line.startswith(piece, place) and _fits(rest, line, place + len(piece), borders)
    ends = [end for end in range(place + 1, len(line) + 1) if line[place:end].casefold() == piece.casefold()]
    whole = [end for end in ends if {place, end} <= borders and all(map(_word, line[place:end]))]
    return any(_fits(rest, line, end, borders) for end in whole)


def _word(character: str) -> bool:
    return re.match(r"\w", character) is not None


@given(TEXT.filter(bool), TEXT)
def test_a_phrase_is_found_as_its_definition_says(phrase: str, line: str) -> None:
    """The cut phrase and the search over every place agree."""
    assert CutPhrase.of(phrase).is_in(line) is has_phrase(phrase, line)


@pytest.mark.parametrize(
    ("phrase", "line", "found"),
    [
        ("login failed", "sshd: LOGIN failed.", True),
        ("login failed", "login  failed", False),
        ("login", "logins", False),
        ("login", "relogin", False),
        ("login", "re-login", True),
        ("straße", "STRASSE 1", True),
        ("strasse", "Straße", True),
        ("->", "a->b", True),
        ("(a", "f(A)", True),
        ("(a", "f((a", True),
        ("a)", "a )", False),
        ("10.1.2.3", "from 10.1.2.3:80", True),
        ("10.1.2.3", "from 10.1.2.30", False),
        ("a b", "a b", True),
        ("a b a c", "a b a b a c", True),
    ],
)
def test_what_a_phrase_means(phrase: str, line: str, found: bool) -> None:
    """Whole words, whatever their case, with exactly these characters between."""
    assert CutPhrase.of(phrase).is_in(line) is found


def test_the_words_of_a_line() -> None:
    """Maximal runs of letters, digits and `_`, casefolded."""
    assert words("In:ether1, Größe=5_x ") == {"in", "ether1", "grösse", "5_x"}
