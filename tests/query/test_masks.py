"""Masks: a leaf over a column and over one text, against the plainest reading of the leaf."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.query import model
from syslogger.query.masks import column_test, text_test
from tests.query.naive import has_phrase, value_holds
from tests.query.strategies import ANY_TEXT, LEAVES, PATTERNS, WORDS

COLUMN = st.lists(st.none() | ANY_TEXT, max_size=20)
OF_ONE_FIELD = (model.Missing, model.SeverityAtLeast, model.Phrase)


def mask(leaf: model.Leaf, texts: list[str | None]) -> list[bool]:
    answers: list[bool] = column_test(leaf)(pl.Series(texts, dtype=pl.String)).tolist()
    return answers


@given(texts=COLUMN, leaf=LEAVES.filter(lambda leaf: not isinstance(leaf, OF_ONE_FIELD)))
@settings(max_examples=200, deadline=None)
def test_a_leaf_means_the_same_over_a_column_and_over_a_text(texts: list[str | None], leaf: model.Leaf) -> None:
    """Each text of a column and each text alone is judged as the leaf reads."""
    holds, expected = text_test(leaf), [value_holds(leaf, text) for text in texts]

    assert mask(leaf, texts) == expected
    assert [text is not None and holds(text) for text in texts] == expected


@given(texts=COLUMN, pattern=st.sampled_from(PATTERNS))
@settings(max_examples=200, deadline=None)
def test_a_pattern_finds_what_re_finds(texts: list[str | None], pattern: str) -> None:
    """Whatever road a pattern takes, and whatever the texts are, the answer is that of `re.search`."""
    leaf = model.Regex(pattern=pattern)

    assert mask(leaf, texts) == [value_holds(leaf, text) for text in texts]


@given(texts=COLUMN, phrase=WORDS)
@settings(max_examples=200, deadline=None)
def test_a_phrase_is_found_where_it_stands(texts: list[str | None], phrase: str) -> None:
    """Words are whole and in any case, separators as they are, over plain lines and over others."""
    found = [has_phrase(phrase, text) for text in texts]
    leaf = model.Phrase(text=phrase)

    assert mask(leaf, texts) == found
    assert [text is not None and text_test(leaf)(text) for text in texts] == found


@pytest.mark.parametrize(
    ("phrase", "line", "found"),
    [
        ("login", "user LOGIN.", True),
        ("login", "relogin", False),
        ("login", "login_2", False),
        ("login", "logine\u0301", False),
        ("login", "login\u0301", True),
        ("login -> ok", "Login -> OK!", True),
        ("login -> ok", "login  -> ok", False),
        (": ok", "it: ok", True),
        ("[x]", "a[x]b", True),
        ("strasse", "STRAßE", True),
        ("straße", "STRASSE", True),
        ("kiss", "\u212aiſs", True),
        ("b", "ßß b", True),
        ("login", "é relogin", False),
        ("login", "é login_2", False),
        ("login", "é relogin login", True),
        ("- a", "é -- a", True),
        ("a.b", "axb", False),
        ("a\\d", "a1", False),
    ],
)
def test_phrases_that_are_easily_misread(phrase: str, line: str, found: bool) -> None:
    """A phrase in plain ASCII and beyond it is found in lines of both kinds, and is no pattern."""
    assert mask(model.Phrase(text=phrase), [line, None]) == [found, False]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a$", "a\n", True),
        (r"a\Z", "a\n", False),
        ("^$", "", True),
        ("^$", "\n", True),
        (r"\B", "", value_holds(model.Regex(pattern=r"\B"), "")),
        ("a.b", "a\0b", True),
        ("(?i)k", "\u212a", True),
        (r"\w", "é", True),
        ("[[:alpha:]]", "a]", True),
        (r"(a)\1", "aa", True),
    ],
)
def test_patterns_on_texts_that_the_column_engine_reads_otherwise(pattern: str, text: str, found: bool) -> None:
    """Line ends, empty texts, NULs and letters beyond ASCII are read as Python reads them."""
    assert mask(model.Regex.model_construct(pattern=pattern), [text]) == [found]


def test_no_rows_and_no_values_are_no_trouble() -> None:
    """An empty column and one of missing values have no match."""
    for leaf in (model.Phrase(text="a"), model.Regex(pattern="a"), model.Between(field="a", least=1)):
        assert mask(leaf, []) == []
        assert mask(leaf, [None, None]) == [False, False]
