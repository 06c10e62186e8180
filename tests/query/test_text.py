"""The text form: what people type, the way there and back for every condition, errors where they are."""

from __future__ import annotations

import pickle
import re
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.errors import ExitCode, QueryError
from syslogger.query.model import (
    MOST_CONDITIONS,
    MOST_DEPTH,
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
    Query,
    Regex,
    SeverityAtLeast,
    walk,
)
from syslogger.query.text import MOST_TEXT_CHARACTERS, normalised, parse, printed

A, B, C = (Phrase(text=letter) for letter in "abc")


def equals(value: int | str, field: str = "f") -> Equals:
    """A value of a field."""
    return Equals(field=field, value=value)


def all_of(*conditions: Condition) -> And:
    """Every one of them."""
    return And(conditions=conditions)


def any_of(*conditions: Condition) -> Or:
    """One of them."""
    return Or(conditions=conditions)


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
    """Ten thousand characters of nesting are read or refused in well under a second, without recursion."""
    began = time.process_time()
    with suppress(QueryError):
        parse(text)

    assert time.process_time() - began < 1


def test_a_usual_query_takes_no_time() -> None:
    """Under 2 ms, the best of ten."""
    text = 'pppoe:abc* destination_ip:10.0.0.0/8 -severity:debug "login failed"'
    best = min(timed(lambda: parse(text)) for _ in range(10))

    assert best < 0.002


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    began = time.process_time()
    work()
    return time.process_time() - began


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


def test_people_type_less_than_conditions_may_hold() -> None:
    """A text of more than 10,000 characters is refused unless it was printed."""
    large = OneOf(field="f", values=("x" * 2000,) * 6)
    text = printed(large)

    assert len(text) > MOST_TEXT_CHARACTERS
    assert parse(text, most_characters=len(text)) == large
    with pytest.raises(QueryError, match="too long"):
        parse(text)
