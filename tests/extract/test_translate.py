"""translate: what is written for the column engine, what is refused and why; no engine is needed to see that."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from importlib import import_module
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syslogger.extract import translate as translate_module
from syslogger.extract.translate import UNROLL_CHARACTERS, Translation, _Refusal, _translate_tree, translate

_constants: Any = import_module("re._constants")
_parser: Any = import_module("re._parser")

# Every character that means something in a pattern, and a few that mean only themselves.
PATTERN_CHARACTERS = "()[]{}|*+?\\^$.:=!<>#&~-,Pimsxautx0123 dswbABDZSWéK\n\x00"


def capturing_groups(rust: str) -> int:
    """How many groups of a Rust text capture: opening brackets, neither escaped, in a class, nor followed by `?`."""
    bare = re.sub(r"\\.|\[(?:[^\]\\]|\\.)*\]", "", rust, flags=re.DOTALL)
    return len(re.findall(r"\((?!\?)", bare))


def rust_of(pattern: str, group: int = 1) -> str:
    """The Rust text of a pattern that has to have one."""
    done = translate(pattern, group)
    assert done.rust is not None, done.why
    return done.rust


@pytest.mark.parametrize(
    ("pattern", "rust"),
    [
        (r"\d", "[0-9]"),
        (r"\w", "[0-9A-Z_a-z]"),
        (r"\s", r"[\x09-\x0D\x1C- ]"),
        (r"(?a)\s", r"[\x09-\x0D ]"),
        (".", r"[\x00-\x09\x0B-\x7F]"),
        ("(?s).", r"[\x00-\x7F]"),
        ("[^]]", r"[\x00-\\\^-\x7F]"),
        ("[[a]", r"[\[a]"),
        ("[a&&b]", r"[\&ab]"),
        (r"\<", "<"),
        (r"\.", r"\."),
        ("\t", r"\x09"),
        ("(?i)k", "[Kk]"),
        ("(?i)\u0131", "[Ii]"),
        ("(?i:k)k", "(?:[Kk])k"),
        ("(?i)(?-i:k)k", "(?:k)[Kk]"),
        ("é", r"[^\x00-\x{10FFFF}]"),
        ("[^é]", r"[\x00-\x7F]"),
        (r"[^\s\S]", r"[^\x00-\x{10FFFF}]"),
    ],
)
def test_one_character(pattern: str, rust: str) -> None:
    """A node of one character becomes the ASCII characters that Python takes it for."""
    assert rust_of(pattern, 0) == rust


@pytest.mark.parametrize(
    ("pattern", "rust"),
    [
        ("^a", r"\Aa"),
        (r"\Aa", r"\Aa"),
        ("a$", r"a\z"),
        (r"a\Z", r"a\z"),
        ("(?m)^a$", "(?m:^)a(?m:$)"),
        (r"(?m)\Aa\Z", r"\Aa\z"),
        (r"\ba\B", r"(?-u:\b)a(?-u:\B)"),
    ],
)
def test_position(pattern: str, rust: str) -> None:
    """A position is written so that it means the same on texts that are not empty and do not end in a line feed."""
    assert rust_of(pattern, 0) == rust


@pytest.mark.parametrize(
    ("pattern", "rust"),
    [
        ("a?b*c+", "a?b*c+"),
        ("a??b*?c+?", "a??b*?c+?"),
        ("a{2}b{2,}c{,2}d{1,2}?", "a{2}b{2,}c{0,2}d{1,2}?"),
        ("(?:ab)+", "(?:ab)+"),
        ("(?:a{2}){,3}", "(?:a{2}){0,3}"),
        ("(?:a?){1}", "a?"),
        ("ab|cd|", "(?:ab|cd|)"),
        ("ab|ac", "a[bc]"),
        ("a{x}", r"a\{x\}"),
    ],
)
def test_repeats_and_alternatives(pattern: str, rust: str) -> None:
    """Repeats keep their bounds and their greed, alternatives their order."""
    assert rust_of(pattern, 0) == rust


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a)(?=b)", "ahead or behind"),
        ("(a)(?!b)", "ahead or behind"),
        ("(?<=a)(b)", "ahead or behind"),
        ("(?<!a)(b)", "ahead or behind"),
        ("(?!)(b)", "ahead or behind"),
        ("(?>a)(b)", "atomic"),
        ("(a++)b", "possessive"),
        ("(a?+)b", "possessive"),
        ("(a{1,2}+)b", "possessive"),
        (r"(a)\1", "refers back"),
        ("(?P<x>a)(?P=x)", "refers back"),
        ("(a)?(?(1)b|c)", "took part"),
        ("(a*)*", "can be empty"),
        ("(a|)+", "can be empty"),
        ("(?:^|b?){2}(a)", "can be empty"),
        (r"(?:\b)+(a)", "can be empty"),
        ("(?:(?:a*)?){3,}?(b)", "can be empty"),
        (r"(?a:(\S))A", "between ASCII and Unicode"),
        (r"(?a)(?u:(\S))A", "between ASCII and Unicode"),
        ("(?:x(?:y(?=z))+)(a)", "ahead or behind"),
        ("a", "no group 1"),
    ],
)
def test_refusal(pattern: str, why: str) -> None:
    """What means something else to the column engine, or nothing, goes through `re`, and the sentence says why."""
    done = translate(pattern)

    assert done.rust is None
    assert done.why.startswith("goes through `re`: ")
    assert why in done.why


def test_unknown_flag_is_refused() -> None:
    """A flag that this module has never heard of is refused, whatever it may mean."""
    tree = _parser.parse("(a)")
    tree.state.flags |= 1 << 20

    with pytest.raises(_Refusal, match="flag"):
        _translate_tree(tree, 1)


def test_unknown_construct_is_refused() -> None:
    """A node of a later Python is refused instead of guessed at."""
    tree = _parser.parse("(a)")
    tree.data.append((_constants.SUCCESS, None))

    with pytest.raises(_Refusal, match="SUCCESS"):
        _translate_tree(tree, 1)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(a+)", Translation("(?:a+)", "", 0, 0, 0)),
        ("ab(c+)d", Translation("ab(?:c+)d", "", 0, 2, 1)),
        (r"^\d{2}(?:xy|zw)(c+)$", Translation(r"\A[0-9]{2}(?:xy|zw)(?:c+)\z", "", 0, 4, 0)),
        ("(a(b)(?P<n>c))d", Translation("(?:a(?:b)(?:c))d", "", 0, 0, 1)),
        ("a+(b)", Translation("a+(b)", "", 1, 0, 0)),
        ("(?:ab|c)(b)", Translation("(?:ab|c)(b)", "", 1, 0, 0)),
        ("(?:(a)|b)", Translation("(?:(a)|b)", "", 1, 0, 0)),
        ("(a)?b", Translation("(?:(a))?b", "", 1, 0, 0)),
        ("(?i:(a))b", Translation("(?:([Aa]))b", "", 1, 0, 0)),
    ],
)
def test_bare(pattern: str, expected: Translation) -> None:
    """With fixed widths on both sides nothing captures and the match is cut; else the wanted group alone captures."""
    done = translate(pattern)

    assert (expected.rust, expected.group, expected.lead, expected.tail) == (
        done.rust,
        done.group,
        done.lead,
        done.tail,
    )


@pytest.mark.parametrize(
    ("pattern", "rust"),
    [
        (r"(a)(?:\.b){3}", r"(?:a)\.b\.b\.b"),
        (r"(a)(?:\.b){3}?c", r"(?:a)\.b\.b\.bc"),
        ("(a)(?:(b)c){2}d", "(?:a)(?:b)c(?:b)cd"),
        ("(?:(a)b){2}", "(?:(a)b){2}"),
        ("(a)(?:bc){9}", "(?:a)(?:bc){9}"),
        ("(a)(?:bc){2,3}", "(a)(?:bc){2,3}"),
        ("(a)b{3}", "(?:a)b{3}"),
        ("(a)(?:b|cd){2}", "(a)(?:b|cd)(?:b|cd)"),
    ],
)
def test_unroll(pattern: str, rust: str) -> None:
    """A short exact repeat of more than one character is written out, unless the wanted group is in it."""
    assert translate(pattern).rust == rust


def test_unroll_is_bounded() -> None:
    """Nested exact repeats do not grow the text beyond the bound of one."""
    assert len(rust_of("(x)" + "(?:" * 8 + "ab" + "){8}" * 8)) < 3 * UNROLL_CHARACTERS


@pytest.mark.parametrize(
    ("pattern", "rust", "tail"),
    [
        (r"(\d+).*", "(?:[0-9]+)", 0),
        (r"(\d)(?: x)?(?P<n>y)*?", "(?:[0-9])", 0),
        (r"(\d),.*", "(?:[0-9]),", 1),
        (r"(\d),+", "([0-9]),+", 0),
        (r"(\d)(?:,(?=x))?", "(?:[0-9])", 0),
        (r"(\d).*$", r"([0-9])[\x00-\x09\x0B-\x7F]*\z", 0),
        (r".*(\d)", r"[\x00-\x09\x0B-\x7F]*([0-9])", 0),
    ],
)
def test_tail(pattern: str, rust: str, tail: int) -> None:
    """What may always match nothing is left out behind the wanted group, and only there."""
    done = translate(pattern)

    assert (rust, tail) == (done.rust, done.tail)


def test_group_zero_keeps_its_tail() -> None:
    """The whole match includes what stands behind the groups."""
    assert rust_of("(a)b*", 0) == "(?:a)b*"


@given(st.text(PATTERN_CHARACTERS, max_size=24), st.integers(0, 3))
@example("(?t)(a)", 1)
@example("(a){4294967294}", 1)
@example("(" * 98 + "a" + ")" * 98, 3)
def test_never_raises_where_python_compiles(pattern: str, group: int) -> None:
    """Whatever `re.compile` accepts has a translation or a reason, and at most one group captures."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            re.compile(pattern)
        except (re.error, OverflowError):
            return

    done = translate(pattern, group)

    assert done.why
    if done.rust is not None:
        assert capturing_groups(done.rust) == done.group
        assert done.rust.isascii()


@pytest.mark.parametrize("opening", ["(", "(?:a|", "(?i:", "(?:b"])
@pytest.mark.parametrize("closing", [")", ")+"])
def test_deep_nesting(opening: str, closing: str) -> None:
    """However deep a pattern is nested that Python still compiles, it has a translation or a reason."""
    compiled = refused = 0
    for depth in range(20, 1000, 20):
        pattern = "(x)" + opening * depth + "a" + closing * depth
        try:
            re.compile(pattern)
        except RecursionError:
            break
        compiled += 1
        refused += translate(pattern).rust is None

    assert compiled > 3
    assert refused < compiled


def test_not_a_pattern() -> None:
    """What is no regular expression is the caller's error, told as `re` tells it."""
    with pytest.raises(re.error, match="unterminated"):
        translate("(a")


def test_python_warnings_are_kept_quiet() -> None:
    """A pattern that Python warns about is translated without the warning (which would be an error here)."""
    assert rust_of("([[a]]+)") == r"(?:[\[a]\]+)"


def test_import_is_light() -> None:
    """The module is for processes that fork, so it brings neither Polars nor Arrow nor NumPy by itself."""
    code = f"""
import runpy, sys
runpy.run_path({translate_module.__file__!r})
sys.exit(bool({{'polars', 'pyarrow', 'numpy'}} & set(sys.modules)))
"""

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
