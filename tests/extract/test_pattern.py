"""Pattern: both roads give what `re.search` gives.

The reference is Python's `re` itself, on cases of ours (tests/corpus/regex), on collected expressions and log lines
where they are at hand (a folder beside the repository), and on patterns and texts that hypothesis makes.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from syslogger.extract.pattern import Pattern, Road, compile_pattern, probe

OURS = Path(__file__).parents[1] / "corpus" / "regex"
COLLECTED = Path(__file__).parents[2] / ".." / "shared" / "corpora"
HANG_CPU_SECONDS = 0.1
HANGS_PER_PATTERN = 3

SHIPPED = {
    "pppoe": r"in:<pppoe-([A-Za-z\d]+)>",
    "router_identity": r"\d{1,2}:\d{1,2}:\d{1,2}\s+(\w+)",
    "user_ip": r"(\d{1,3}(?:\.\d{1,3}){3}:\d+)",
    "destination_ip": r"->(\d{1,3}(?:\.\d{1,3}){3}:\d+)",
    "nat_ip": r"->(\d{1,3}(?:\.\d{1,3}){3}:\d+)\)",
}
LINE = (
    "<134> 01:02:05 T8Y45jGZY prerouting: in:<pppoe-RRWLkNYEZ> out:(unknown 0), connection-state:established,snat "
    "proto TCP (ACK,FIN,PSH), 73.181.232.17:34921->176.13.130.56:13878, "
    "NAT (73.181.232.17:34921->95.110.59.28:11384)->176.13.130.56:13878, len 946"
)


class Hang(Exception):  # noqa: N818 - not an error of ours: `re` backtracks without end
    """Python's `re` did not answer in time."""


@contextmanager
def hang_timer() -> Iterator[None]:
    """Interrupt `re` after a while of processor time; this timer is not the one that pytest's own timeout uses."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANG_CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def jsonl(path: Path) -> list[dict[str, Any]]:
    """The records of a file; none when it is not at hand."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def column_text(text: str) -> str | None:
    """The text as it would come to the column road, None when it would not come there."""
    text = text.rstrip("\n\r\0").replace("\0", "\\x00")
    return text if text and text.isascii() else None


def run_column(pattern: Pattern, texts: Sequence[str]) -> list[str | None]:
    """What the column road says, given the texts as the engine gives them."""
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
    return frame.select(pattern.expression("text")).to_series().to_list()


def searched(pattern: Pattern, texts: Sequence[str]) -> list[tuple[str, str | None]]:
    """Each text with what `re` says, without those for which `re` takes too long."""
    found: list[tuple[str, str | None]] = []
    hangs = 0
    for text in texts:
        try:
            with hang_timer():
                found.append((text, pattern.search(text)))
        except Hang:
            hangs += 1
            if hangs == HANGS_PER_PATTERN:
                break
    return found


def assert_same(pattern: Pattern, texts: Sequence[str]) -> int:
    """Both roads agree on `texts` if the pattern takes the column; answers how many were compared."""
    pattern = probe(pattern)
    if pattern.road is Road.RE:
        return 0
    found = searched(pattern, texts)
    assert run_column(pattern, [text for text, _ in found]) == [value for _, value in found]
    return len(found)


def compile_any(source: str) -> Pattern:
    """A collected expression: group 1, or the whole match where it has no group."""
    try:
        return compile_pattern(source)
    except IndexError:
        return compile_pattern(source, 0)


# ---------------------------------------------------------------------------------------------- one pattern


def test_shipped_class_runs_column_wise() -> None:
    """Every pattern of the shipped class takes the column, and finds in a line what it is there for."""
    values = {name: run_column(compile_pattern(source), [LINE]) for name, source in SHIPPED.items()}

    assert values == {
        "pppoe": ["RRWLkNYEZ"],
        "router_identity": ["T8Y45jGZY"],
        "user_ip": ["73.181.232.17:34921"],
        "destination_ip": ["176.13.130.56:13878"],
        "nat_ip": ["95.110.59.28:11384"],
    }


@pytest.mark.parametrize("case", jsonl(OURS / "cases.jsonl"), ids=lambda case: f"{case['about']}: {case['text']!a:.30}")
def test_case(case: dict[str, Any]) -> None:
    """The case's value comes out on every road that is open, and the road is the one that the case names."""
    pattern = probe(compile_pattern(case["pattern"], case["group"]))

    assert pattern.road.value == case["road"], pattern.why
    assert pattern.search(case["text"]) == case["value"]
    if pattern.road is Road.COLUMN:
        assert run_column(pattern, [case["text"]]) == [case["value"]]


def test_null_text_stays_null() -> None:
    """A row without a text has no value."""
    frame = pl.DataFrame({"text": pl.Series([None, "ab"], dtype=pl.String)})

    assert frame.select(compile_pattern("a(b)").expression("text")).to_series().to_list() == [None, "b"]


def test_non_ascii_text_goes_through_search() -> None:
    """`search` has Python's Unicode meaning: an Arabic digit is a digit."""
    assert compile_pattern(r"n=(\d+)").search("n=٣٤") == "٣٤"


def test_expression_of_the_other_road_is_an_error() -> None:
    """A pattern on the road RE has no expression, and the error says why."""
    pattern = compile_pattern(r"(a)(?=b)")

    assert pattern.road is Road.RE
    with pytest.raises(ValueError, match="goes through `re`: it looks ahead"):
        pattern.expression("text")


def test_missing_group() -> None:
    """A group that the pattern does not have is told before anything runs."""
    with pytest.raises(IndexError, match="no group 1"):
        compile_pattern("abc")


def test_not_a_pattern() -> None:
    """What is no regular expression is told as `re` tells it."""
    with pytest.raises(re.error, match="unterminated"):
        compile_pattern("(a")


def test_python_warnings_are_kept_quiet() -> None:
    """A pattern that Python warns about compiles without the warning (which would be an error here)."""
    assert compile_pattern("([[a]]+)").search("x[a]]y") == "a]]"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("([0-9]{1,1000}){100}", "size limit"),
        ("(" * 90 + "a" + ")+b" * 90, "nest"),
    ],
)
def test_probe_finds_what_the_engine_refuses(source: str, why: str) -> None:
    """A pattern beyond the engine's limits goes through `re`, with the engine's reason in one line."""
    pattern = compile_pattern(source)
    probed = probe(pattern)

    assert (pattern.road, probed.road) == (Road.COLUMN, Road.RE)
    assert probed.why.startswith("goes through `re`: the column engine refused it: ")
    assert why in probed.why
    assert "\n" not in probed.why
    assert (pattern.source, pattern.regex) == (probed.source, probed.regex)


@pytest.mark.parametrize("source", ["a(b)", "(a)(?=b)"])
def test_probe_leaves_the_others_alone(source: str) -> None:
    """A pattern that the engine takes, and one that needs no engine, come back as they were."""
    pattern = compile_pattern(source)

    assert probe(pattern) is pattern


def test_compiling_leaves_the_process_fit_to_fork() -> None:
    """A process that compiled patterns and made expressions can fork, and the child can run them."""
    code = f"""
import os, signal, sys
import polars as pl
from syslogger.extract.pattern import compile_pattern
patterns = [compile_pattern(source) for source in {list(SHIPPED.values())!r}]
expressions = [pattern.expression("text").alias(str(i)) for i, pattern in enumerate(patterns)]
child = os.fork()
if child == 0:
    signal.alarm(30)
    os._exit(0 if pl.DataFrame({{"text": [{LINE!r}]}}).select(expressions).width == 5 else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False).returncode == 0


# ---------------------------------------------------------------------------------------------- collected expressions


@cache
def log_lines() -> tuple[str, ...]:
    """Lines for the column road: those of the collected expressions' cases, of other programs' logs, and ours."""
    lines = [case["line"] for case in jsonl(COLLECTED / "regex" / "cases.jsonl")]
    lines += [record["line"] for record in jsonl(COLLECTED / "logs" / "sc4s_vendor_messages.jsonl")]
    for path in sorted((COLLECTED / "logs" / "lnav").glob("*.log")):
        lines += path.read_text("utf-8", "backslashreplace").split("\n")[:12]
    lines += [case["text"] for case in jsonl(OURS / "cases.jsonl")] + [LINE, f"{LINE}\n{LINE}"]
    return tuple(dict.fromkeys(text for text in map(column_text, lines) if text))


def expressions() -> list[dict[str, Any]]:
    """Ours, and the collected expressions that this Python compiles."""
    ours = {case["pattern"]: {"name": f"ours: {case['about']}"} for case in jsonl(OURS / "cases.jsonl")}
    found = [{"regex": source, **record} for source, record in ours.items()]
    collected = jsonl(COLLECTED / "regex" / "regexes.jsonl")
    return found + [
        record for record in collected if sys.version_info >= tuple(map(int, record["min_python"].split(".")))
    ]


@cache
def cases_of() -> dict[str, list[dict[str, Any]]]:
    """The collected cases by the name of their expression."""
    cases: dict[str, list[dict[str, Any]]] = {}
    for case in jsonl(COLLECTED / "regex" / "cases.jsonl"):
        cases.setdefault(case["regex"], []).append(case)
    return cases


def value_on_its_road(pattern: Pattern, line: str) -> str | None:
    """The value of one line as the engine would find it: on the column when pattern and line may go there."""
    text = column_text(line)
    if pattern.road is Road.RE or text is None:
        return pattern.search(line)
    return run_column(pattern, [text])[0]


@pytest.mark.parametrize("record", expressions(), ids=lambda record: record["name"])
def test_expression_on_log_lines(record: dict[str, Any]) -> None:
    """An expression gives on the column what it gives through `re`, on every line at hand."""
    pattern = compile_any(record["regex"])
    compared = assert_same(pattern, log_lines())

    assert (compared > 0) == (probe(pattern).road is Road.COLUMN)


@pytest.mark.parametrize("record", expressions(), ids=lambda record: record["name"])
def test_expression_finds_what_its_authors_expect(record: dict[str, Any]) -> None:
    """The value that the authors of an expression expect from a line comes out on the road that is taken."""
    pattern = probe(compile_any(record["regex"]))
    first_group = {number: name for name, number in pattern.regex.groupindex.items()}.get(1, "")
    field = record.get("groups", {}).get(first_group)
    for case in cases_of().get(record["name"], []):
        value = value_on_its_road(pattern, case["line"])
        assert case["match"] or value is None
        if value is not None and field and pattern.group:
            assert value == case["expect"][field]


REDOS = jsonl(OURS / "redos.jsonl") + jsonl(COLLECTED / "regex" / "redos.jsonl")


@pytest.mark.parametrize("record", REDOS, ids=lambda record: record["id"])
def test_catastrophic_expression(record: dict[str, Any]) -> None:
    """An expression made to hang `re` is refused or answers on the column, and says what `re` says where that ends."""
    pattern = probe(compile_any(record["regex"]))

    assert pattern.why
    if pattern.road is Road.COLUMN:
        value = run_column(pattern, [record["line"]])[0]
        assert (value is not None) == record["expect"]["match"]
        assert all(value == known for _, known in searched(pattern, [record["line"]]))


# ---------------------------------------------------------------------------------------------- made-up expressions

# What constructs treat differently: words, digits, case (k and s fold beyond ASCII), all kinds of space, controls.
CHARACTERS = "aabbc_AKks019 \t\n\n\r\x0b\x1c\x1f\x1b\x7f-->.:,[]\\"
ATOMS = st.sampled_from(
    [
        *["a", "b", "c", "k", "1", " ", "_", "-", r"\.", r"\n", r"\\", r"\[", "->"],
        *[".", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S"],
        *["[ab]", "[^a]", "[^\\n]", "[a-c_]", r"[\s\d]", r"[^\S\n]", r"[\w.-]", "[]a]", "[k-s]"],
        *["é", "[^é]", "[a-ÿ]", "(?i:a)", "(?i:[j-l])", "(?i:\u017f)", "(?i:\u0131)", "(?s:.)", "(?-i:k)", "(?a:.)"],
    ]
)
POSITIONS = st.sampled_from(["^", "$", r"\b", r"\B", r"\A", r"\Z", "(?m:^)", "(?m:$)"])
REPEATS = st.sampled_from(["?", "*", "+", "{2}", "{1,2}", "{2,}", "{,2}", "{3}", "{1}", "{0}"])
FLAGS = st.sampled_from(["", "", "", "(?i)", "(?s)", "(?m)", "(?im)", "(?is)", "(?a)", "(?x)"])


def joined(parts: Sequence[str]) -> str:
    """One part after the other."""
    return "".join(parts)


def larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of smaller ones: sequences, alternatives, groups, repeats, flags for a part."""
    wrap: Callable[[str], st.SearchStrategy[str]] = lambda form: st.builds(form.format, smaller)  # noqa: E731
    repeated = st.one_of(wrap("(?:{})"), wrap("({})"), ATOMS.filter(lambda atom: atom != "->"))
    return st.one_of(
        st.lists(smaller, min_size=2, max_size=3).map(joined),
        st.lists(st.one_of(smaller, st.just("")), min_size=2, max_size=3).map("|".join).map("(?:{})".format),
        wrap("({})"),
        wrap("(?i:{})"),
        wrap("(?s-i:{})"),
        st.tuples(repeated, REPEATS, st.sampled_from(["", "", "?"])).map(joined),
    )


NODES = st.recursive(st.one_of(ATOMS, ATOMS, ATOMS, POSITIONS), larger, max_leaves=8)
EXPRESSIONS = st.one_of(
    st.tuples(FLAGS, NODES, NODES).map(joined),
    # the shape of most patterns: something, the wanted group, something
    st.tuples(FLAGS, NODES, NODES.map("({})".format), NODES).map(joined),
    # the wanted group inside of a repeat: which iteration counts
    st.tuples(FLAGS, st.builds("(?:{}({}){})".format, NODES, NODES, NODES), REPEATS, NODES).map(joined),
)
SHORT_TEXTS = st.text(CHARACTERS, min_size=1, max_size=40)
LONG_TEXTS = st.builds(lambda text, end: (text * 8192)[:8192] + end, SHORT_TEXTS, SHORT_TEXTS)
TEXTS = st.lists(st.one_of(SHORT_TEXTS, SHORT_TEXTS, SHORT_TEXTS, LONG_TEXTS), min_size=1, max_size=12)


def compile_made(source: str) -> Pattern:
    """A made-up expression; one that is none (two repeats in a row, say) is not an example."""
    try:
        return compile_any(source)
    except re.error:
        assume(False)
        raise


@settings(max_examples=800, deadline=None)
@given(EXPRESSIONS, TEXTS)
@example(r"(?i)(?:(a)|k)*?(?:\B)b", ["Kab", "aab", "kKkb"])
@example(r"(?m)^(\S*)$", ["a\n\nb", "\n\na"])
@example(r"(?a:(\S)A)", ["\x1fA"])
def test_made_up_expression(source: str, texts: list[str]) -> None:
    """Whatever the expression and the texts, the column says what `re` says."""
    known = [text for text in map(column_text, texts) if text]
    assume(known)

    assert_same(compile_made(source), known)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(sorted(SHIPPED.values())), min_size=1, max_size=1), st.data())
def test_shipped_class_on_broken_lines(sources: list[str], data: st.DataObject) -> None:
    """Lines that are nearly right (cut, repeated, with characters changed) give the same on both roads."""
    start, stop = sorted(data.draw(st.tuples(st.integers(0, len(LINE)), st.integers(0, len(LINE)))))
    noise = data.draw(st.text("0123456789.:->)( in<pe", max_size=30))
    texts = [LINE[start:] + noise, noise + LINE[:stop], LINE[:start] + noise + LINE[stop:], noise * 20]
    known = [text for text in map(column_text, texts) if text]

    assert assert_same(compile_pattern(sources[0]), known) == len(known)


def test_hang_timer_interrupts_re() -> None:
    """The timer that these tests rely on does stop a search that would not end."""
    with warnings.catch_warnings(), pytest.raises(Hang), hang_timer():
        re.search(r"(a+)+$", "a" * 64 + "b")
