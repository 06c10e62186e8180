"""The text form: what people type, errors where they are, texts that are meant to hurt."""

from __future__ import annotations

import pickle
import time
import warnings
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.errors import ExitCode, QueryError
from syslogger.query.model import (
    MOST_CONDITIONS,
    MOST_DEPTH,
    Between,
    Condition,
    Contains,
    InNetwork,
    Missing,
    Not,
    OneOf,
    Phrase,
    Prefix,
    Query,
    Regex,
    SeverityAtLeast,
    walk,
)
from syslogger.query.text import parse, printed
from tests.query.typed import A, B, C, all_of, any_of, equals

TYPED: list[tuple[str, Condition]] = [
    ("login", Phrase(text="login")),
    ("10.1.2.3", Phrase(text="10.1.2.3")),
    ("a-b", Phrase(text="a-b")),
    ("->", Phrase(text="->")),
    ("12:30:45", Phrase(text="12:30:45")),
    ("%ASA-6-302013:", Phrase(text="%ASA-6-302013:")),
    ("aa:bb:cc:dd:ee:ff", Phrase(text="aa:bb:cc:dd:ee:ff")),
    ("fe80::1", Phrase(text="fe80::1")),
    ('"login failed"', Phrase(text="login failed")),
    (r'"a \"b\" \\ \n\u{1F600}"', Phrase(text='a "b" \\ \n\U0001f600')),
    (r"a\ b\(c\)", Phrase(text="a b(c)")),
    ('"AND"', Phrase(text="AND")),
    ("/log(in|out) failed/", Regex(pattern="log(in|out) failed")),
    (r"/a\/b\\/", Regex(pattern=r"a/b\\")),
    ("a b", all_of(A, B)),
    ("a AND b", all_of(A, B)),
    ("a OR b c", any_of(A, all_of(B, C))),
    ("a (b OR c)", all_of(A, any_of(B, C))),
    ("((a) (b (c)))", all_of(A, B, C)),
    ("a and b or c", all_of(A, Phrase(text="and"), B, Phrase(text="or"), C)),
    ("-a", Not(condition=A)),
    ("NOT a b", all_of(Not(condition=A), B)),
    ("-(a b)", Not(condition=all_of(A, B))),
    ("--a", A),
    ("f:abc", equals("abc")),
    ("src:fe80::1", equals("fe80::1", "src")),
    ("f:::1", Phrase(text="f:::1")),
    ('f:"::1"', equals("::1")),
    ("f:80", equals(80)),
    ('f:"80"', equals(80)),
    ("f:-5", equals(-5)),
    ("f:080", equals("080")),
    ("f:AND", equals("AND")),
    (r"f:a\*b", equals("a*b")),
    (r"f:1\..2", equals("1..2")),
    ('f:""', equals("")),
    ("f:ether1/2", equals("ether1/2")),
    ('f:"10.0.0.0/8"', equals("10.0.0.0/8")),
    ("sender:10.0.0.1", equals("10.0.0.1", "log_sender_ip")),
    ("class:mikrotik", equals("mikrotik", "class")),
    ("f:abc*", Prefix(field="f", value="abc")),
    ("f:10.1.*", Prefix(field="f", value="10.1.")),
    (r"f:a\**", Prefix(field="f", value="a*")),
    ('f:"a b"*', Prefix(field="f", value="a b")),
    ("f:*abc*", Contains(field="f", value="abc")),
    ('f:*"a b"*', Contains(field="f", value="a b")),
    ("f:*", Not(condition=Missing(field="f"))),
    ("-f:*", Missing(field="f")),
    ('f:(a b "c d" 5)', OneOf(field="f", values=("a", "b", "c d", 5))),
    ("f:(a)", OneOf(field="f", values=("a",))),
    ("f:10.0.0.0/8", InNetwork(field="f", network="10.0.0.0/8")),
    ("f:2001:db8::/32", InNetwork(field="f", network="2001:db8::/32")),
    ("f:10.0.0.0/255.0.0.0", InNetwork(field="f", network="10.0.0.0/8")),
    ("f:1000..2000", Between(field="f", least=1000, greatest=2000)),
    ("f:-5..", Between(field="f", least=-5)),
    ("f:..5", Between(field="f", greatest=5)),
    ("f:>=1000", Between(field="f", least=1000)),
    ("f:>1000", Between(field="f", least=1001)),
    ("f:<=1000", Between(field="f", greatest=1000)),
    ("f:<1000", Between(field="f", greatest=999)),
    ("f:/a b/", Regex(field="f", pattern="a b")),
    ("severity:>=warning", SeverityAtLeast(severity=4)),
    ("severity:>=WARN", SeverityAtLeast(severity=4)),
    ("severity:>=3", SeverityAtLeast(severity=3)),
    ("severity:debug", equals(7, "severity")),
    ("severity:error", equals(3, "severity")),
    ("severity:(panic critical)", OneOf(field="severity", values=(0, 2))),
    ("severity:4..7", Between(field="severity", least=4, greatest=7)),
    ("facility:local7", equals(23, "facility")),
    ("facility:16", equals(16, "facility")),
    ("facility:>=16", Between(field="facility", least=16)),
    (
        'pppoe:abc* destination_ip:10.0.0.0/8 -severity:debug "login failed"',
        all_of(
            Prefix(field="pppoe", value="abc"),
            InNetwork(field="destination_ip", network="10.0.0.0/8"),
            Not(condition=equals(7, "severity")),
            Phrase(text="login failed"),
        ),
    ),
]


@pytest.mark.parametrize(("text", "condition"), TYPED, ids=[text for text, _ in TYPED])
def test_what_people_type(text: str, condition: Condition) -> None:
    """Each form is its condition, and what is printed of it is the same again."""
    assert parse(text) == condition
    assert parse(printed(condition)) == condition


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_an_empty_text_is_every_row(text: str) -> None:
    """No text, no condition; and back."""
    assert parse(text) is None
    assert printed(None) == ""


WRONG: list[tuple[str, int, str]] = [
    ("a f:", 2, "f:*"),
    ("f: x", 0, "no value"),
    ("f:()", 3, "before this )"),
    ("f:(", 2, "not closed"),
    ("severity:>warning", 9, "severity:>=warning"),
    ("severity:<=4", 9, "severity:>=warning"),
    ("severity:>loud", 10, "emerg alert crit"),
    ("severity:loud", 9, "emerg alert crit"),
    ("severity:8", 9, "0 to 7"),
    ("severity:warn*", 9, "severity:warning"),
    ("severity:(err loud)", 14, "'loud'"),
    ("facility:24", 9, "0 to 23"),
    ("field=value", 0, "field:value"),
    ("field!=value", 0, "-field:value"),
    ("port>=5", 0, "port:>=5"),
    ("f:=5", 2, "f:5"),
    ("f:!x", 2, "-f:x"),
    ("f:!=x", 2, "-f:x"),
    ("f:<abc>", 3, 'f:"<abc>"'),
    ("f:>99999999999999999999", 3, "64 bits"),
    ("f:>9223372036854775807", 2, "less than"),
    ("f:a..b", 2, 'f:"a..b"'),
    ("f:..", 2, "f:1000..2000"),
    ("f:10.0.0.1/8", 2, "f:10.0.0.0/8"),
    ("f:10.0.0.0/99", 11, 'f:"10.0.0.0/99"'),
    ("f:a*b", 3, "f:/a.*b/"),
    ("f:*b", 2, "f:begin*"),
    ("f:**", 2, "f:begin*"),
    ("f:(a, b)", 4, "without commas"),
    ("f:(a OR b)", 5, "without OR"),
    ("f:(a*)", 3, "f:a OR f:a*"),
    ("path:/var/log", 5, 'path:"/var/log"'),
    ("http://x/y", 5, 'http:"//x/y"'),
    ("/var/log", 0, '"/var/log"'),
    ("a /b", 2, "ends with a slash"),
    ("err*", 0, "original_log:*err*"),
    ('"err"*', 0, 'field:"err"*'),
    ('*"err"', 0, 'field:"err"*'),
    ("Severity:debug", 0, "severity:"),
    ("_x:1", 0, "x:"),
    ("x" * 65 + ":1", 66, "64 characters"),
    ("OR a", 0, "between two"),
    ("a OR OR b", 5, "between two"),
    ("a OR", 4, "ends where"),
    ("NOT", 3, "ends where"),
    ("- a", 0, "-word"),
    ("!a", 0, "-a"),
    ("a && b", 2, "AND"),
    ("a || b", 2, "OR"),
    ("(a (b", 3, "not closed"),
    ("a)", 1, "closes nothing"),
    ("()", 1, "before this )"),
    ('a "b c', 2, "not closed"),
    ('"a"b', 3, "blank"),
    ('a"b"', 1, "quotes inside"),
    ("f(x)", 1, "parenthesis inside"),
    ("a\\", 1, "backslash"),
    (r'"C:\Users"', 3, r"\\"),
    (r'"\u{d800}"', 1, "no such character"),
    (r'"\u{110000}"', 1, "no such character"),
    ('a ""', 2, "nothing between"),
    ("/a(b/", 2, "unterminated"),
    (r"f:/\/*+*+/", 7, "multiple repeat"),
    ("/" + "(" * 900 + ")" * 900 + "/", 1, "too deep"),
    ("a \ud800", 2, "UTF-8"),
    ("x" * 2001, 0, "2,000 characters"),
    ("f:" + "x" * 2001, 2, "2,000 characters"),
    ("x " * 5001, 10_000, "10,000 characters"),
    ("x " * 500, 998, "too many"),
    ("f:(" + "1 " * 1001 + ")", 2003, "1,000 values"),
]


@pytest.mark.parametrize(("text", "position", "right"), WRONG, ids=[text[:30] for text, _, _ in WRONG])
def test_what_is_wrong_is_said_where_it_is(text: str, position: int, right: str) -> None:
    """The error stands at the character and says what would be right."""
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert caught.value.position == position
    assert right in str(caught.value)
    assert len(str(caught.value)) < 600


def nested(levels: int) -> str:
    """And in Or in And …: as deep as it has levels."""
    return "".join("(x " if level % 2 else "(x OR " for level in range(levels - 1)) + "x" + ")" * (levels - 1)


def test_the_deepest_and_no_deeper() -> None:
    """What the model allows is read, one level more is an error and not a crash."""
    assert max(depth for depth, _ in walk(parse(nested(MOST_DEPTH)))) == MOST_DEPTH
    Query(where=parse(nested(MOST_DEPTH)))
    with pytest.raises(QueryError, match="deep"):
        parse(nested(MOST_DEPTH + 1))


def test_the_most_conditions_and_no_more() -> None:
    """499 words are 500 conditions with the AND around them; parentheses are none."""
    assert len(list(walk(parse("(((x)) " * 499 + ")" * 499)))) == MOST_CONDITIONS
    with pytest.raises(QueryError, match="too many"):
        parse("(((x)) " * 500 + ")" * 500)
    with pytest.raises(QueryError, match="too many"):
        parse("f:* " * 250)


@pytest.mark.parametrize(
    "text", ["(" * 10_000, "(" * 4_999 + "a" + ")" * 4_999, "-" * 9_999 + "a", "-(" * 4_000, '"' * 9_999, "\\" * 9_999]
)
def test_a_malicious_text_takes_no_time(text: str) -> None:
    """Ten thousand characters of nesting are read or refused in well under five seconds, without recursion."""
    began = time.process_time()
    with suppress(QueryError):
        parse(text)

    assert time.process_time() - began < 5


def test_a_usual_query_takes_no_time() -> None:
    """Under 10 ms, the best of ten: an eightieth of that on an idle machine."""
    text = 'pppoe:abc* destination_ip:10.0.0.0/8 -severity:debug "login failed"'
    best = min(timed(lambda: parse(text)) for _ in range(10))

    assert best < 0.01


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    began = time.process_time()
    work()
    return time.process_time() - began


pieces = st.sampled_from(
    [
        *(
            "a",
            "f:",
            "severity:",
            "-",
            "(",
            ")",
            '"',
            "*",
            "/",
            "\\",
            " ",
            "OR ",
            "AND",
            "NOT ",
            "10.0.0.0/8",
            "..",
            ">=",
        ),
        "=",
    ]
)


@given(text=st.text(max_size=40) | st.lists(pieces, max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_nothing_but_a_query_error_comes_out(text: str) -> None:
    """Any text is a condition that comes back when it is printed, or an error at one of its characters or its end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            condition = parse(text)
        except QueryError as error:
            assert_helpful(error, text)
        else:
            assert parse(printed(condition)) == condition


def assert_helpful(error: QueryError, text: str) -> None:
    """It lies in the text and can be drawn."""
    assert 0 <= error.position <= len(text)
    line, caret = error.drawn(text).split("\n")
    assert line.isprintable()
    assert caret.strip() == "^"


def test_an_error_can_be_drawn() -> None:
    """A caret under the character, also behind wide ones, in a long text, and of one with control characters."""
    error = QueryError("wrong", 4)

    assert error.drawn("abc def") == "abc def\n    ^"
    assert error.drawn("日本\x1b def") == "日本. def\n      ^"
    line, caret = QueryError("wrong", 500).drawn("x" * 500 + "!" + "y" * 500).split("\n")
    assert line[len(caret) - 1] == "!"
    assert len(line) == 80


def test_an_error_comes_whole_out_of_another_process() -> None:
    """Message, position and hints survive pickling; its exit code is the one of a wrong input."""
    error = pickle.loads(pickle.dumps(QueryError("wrong; do this", 4, ("a word",))))

    assert (str(error), error.position, error.expected) == ("wrong; do this", 4, ("a word",))
    assert error.exit_code == ExitCode.CONFIG
