"""Single values of a configuration, and what must fit together; whole files are in tests/corpus/config."""

from __future__ import annotations

import re
import sys
import warnings
import zoneinfo
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger import checks
from syslogger.checks import RESERVED_FIELDS, class_findings, columns_of, engine_findings, file_findings, path_text
from syslogger.errors import UnfitError, shown

CHECKS: list[Callable[[object], object]] = [
    checks.whole_number(1, 9, "a number"),
    checks.truth,
    checks.name(1, 40),
    checks.pattern,
    checks.label(1, "a client name"),
    checks.label(0, "a title"),
    checks.client_range,
    checks.listen_address,
    checks.origin,
    checks.directory,
    checks.time_zone,
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("check", CHECKS)
@given(value=JSON_VALUES)
def test_a_check_passes_or_says_what_is_wrong(check: Callable[[object], object], value: object) -> None:
    """Whatever JSON holds is taken or refused with one printable line; nothing else is ever raised."""
    sentence = "x"
    try:
        check(value)
    except UnfitError as error:
        sentence = str(error)

    assert sentence
    assert sentence.isprintable()


@pytest.mark.parametrize("value", [1, 5, 9])
def test_both_ends_of_a_range_are_in_it(value: int) -> None:
    """A number from least to most is taken as it is."""
    assert checks.whole_number(1, 9, "a number")(value) == value


@pytest.mark.parametrize("value", [0, 10, True, 1.0, "1", None, float("nan")])
def test_what_is_no_number_of_the_range_is_refused(value: object) -> None:
    """Numbers outside, and what only converts to a number, are refused with the same right one."""
    with pytest.raises(UnfitError) as caught:
        checks.whole_number(1, 9, "a number from 1 to 9")(value)

    assert caught.value.right == "a number from 1 to 9"


@pytest.mark.parametrize("word", ["a", "a_1", "a" * 40, "select"])
def test_a_name_is_taken(word: str) -> None:
    """Lower-case letters, digits and underscores after a letter are a name."""
    assert checks.name(1, 40)(word) == word


@pytest.mark.parametrize("word", ["", "A", "1a", "_a", "a-b", "a b", "a\n", "é", "aé", "a" * 41, None])
def test_what_is_no_name_is_refused(word: object) -> None:
    """Anything that would need quoting in SQL, in a path or in a URL is no name."""
    with pytest.raises(UnfitError, match="a letter a-z first"):
        checks.name(1, 40)(word)


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("x" * 2_001, "the pattern has 2,001 characters"),
        ("", "no group 1"),
        ("(?:x)", "no group 1"),
        ("(?=x)", "no group 1"),
        ("ab(c", "unterminated subpattern at position 2"),
        ("(x)\n[a", "unterminated character set at position 4"),
        ("(x){1,99999999999}", "does not compile"),
        ("(?L)(x)", "does not compile"),
        ("(a)\\2", "invalid group reference 2 at position 4"),
        ("(x)\ud800", "half a surrogate pair at position 3"),
        (7, "not text"),
    ],
)
def test_a_pattern_that_cannot_run_is_refused(source: object, wrong: str) -> None:
    """A pattern must compile and have a group 1, and the message says where it does not."""
    with pytest.raises(UnfitError) as caught:
        checks.pattern(source)

    assert wrong in caught.value.wrong


@pytest.mark.parametrize("source", ["(x)", "(?P<word>x)", "()", "(" + "x" * 1_998 + ")", "([[:alpha:]])", "(a||b)"])
def test_a_pattern_with_a_group_is_taken(source: str) -> None:
    """Named and empty groups count, 2,000 characters are allowed, and a FutureWarning of `re` is no problem."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert checks.pattern(source) == source


def test_a_pattern_nested_too_deep_is_refused() -> None:
    """Where `re` runs out of stack the pattern is refused, not the program."""
    source = "(" * 999 + ")" * 999
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    try:
        with pytest.raises(UnfitError, match="nested too deep"):
            checks.pattern(source)
    finally:
        sys.setrecursionlimit(limit)
        re.purge()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Argentina/Buenos_Aires"])
def test_a_time_zone_has_an_iana_name(zone: str) -> None:
    """Names that zoneinfo reads are taken."""
    assert checks.time_zone(zone) == zone


@pytest.mark.parametrize(
    "zone",
    ["", "Europe", "Europe/", "../UTC", "/etc/localtime", "right/UTC", "localtime", "CET-1CEST", "a\0b", "x" * 999],
)
def test_a_folder_a_path_or_a_rule_is_no_time_zone(zone: str) -> None:
    """What zoneinfo chokes on, and what is no portable name, is refused like any wrong name."""
    with pytest.raises(UnfitError, match="no time zone known here"):
        checks.time_zone(zone)


@pytest.mark.parametrize(("typed", "meant"), [("europe/berlin", "Europe/Berlin"), ("Europe/Berln", "Europe/Berlin")])
def test_a_time_zone_nearly_right_is_proposed(typed: str, meant: str) -> None:
    """A slip in the name is answered with the name."""
    with pytest.raises(UnfitError) as caught:
        checks.time_zone(typed)

    assert caught.value.right == f"did you mean {meant!r}?"


def test_every_zone_of_the_machine_is_taken() -> None:
    """No available IANA name is refused by our own rules."""
    names = zoneinfo.available_timezones() - {"localtime", "Factory", "posixrules"}

    assert len(names) > 400
    assert [name for name in sorted(names) if not checks.is_time_zone(name)] == []


def test_a_path_is_text() -> None:
    """A Path of the library is as good as text; a NUL, which no file system takes, is not."""
    assert checks.directory(Path("a/b")) == "a/b"
    with pytest.raises(UnfitError):
        checks.directory("a\0b")


def test_origins_may_be_one_text() -> None:
    """A text is a list of one, an empty text is none, anything else is left to the shape."""
    assert [checks.origins(value) for value in ("*", "", ["*"], None)] == [["*"], [], ["*"], None]


def test_an_address_field_makes_two_columns() -> None:
    """An x_ip is a text and the number of its port; other names are text alone."""
    assert columns_of("user_ip") == (("user_ip", "TEXT"), ("user_port", "INTEGER"))
    assert columns_of("ip") == (("ip", "TEXT"),)
    assert columns_of("user_port") == (("user_port", "TEXT"),)


@pytest.mark.parametrize("field", sorted(RESERVED_FIELDS))
def test_a_reserved_field_gets_a_proposal(field: str) -> None:
    """Each reserved name is named, and what is proposed would be accepted."""
    (found,) = class_findings("firewall", [field])

    assert (found.where, found.right) == ((field,), f"call the field 'firewall_{field}'")
    assert repr(field) in found.wrong
    assert list(class_findings("firewall", [f"firewall_{field}"])) == []


def test_a_proposal_is_a_name() -> None:
    """With the longest class name the proposal is cut to forty characters."""
    (found,) = class_findings("a" * 40, ["original_log"])
    proposal = found.right.split("'")[1]

    assert checks.name(1, 40)(proposal) == "a" * 27 + "_original_log"


def test_the_reserved_names_are_what_is_needed() -> None:
    """The fifteen names of the day file, the header and the index, and four that queries know without a column."""
    assert len(RESERVED_FIELDS) == 19
    assert {"class", "engine", "day", "sender"} < RESERVED_FIELDS
    assert {"log_sender_ip", "time", "date", "id", "client", "facility", "event_time"} < RESERVED_FIELDS


@given(st.lists(st.from_regex(r"\A[a-c](_ip|_port)?\Z"), unique=True, max_size=9))
def test_columns_of_a_good_class_are_unique(fields: list[str]) -> None:
    """A class makes a column twice exactly when the checks say so."""
    columns = [column for field in fields for column, _ in columns_of(field)]

    assert (len(set(columns)) < len(columns)) == (list(class_findings("c", fields)) != [])


def test_a_class_has_at_most_two_hundred_fields() -> None:
    """Two hundred fields are taken and one more is not."""
    names = [f"f{i}" for i in range(201)]

    assert list(class_findings("c", names[:200])) == []
    assert [found.wrong for found in class_findings("c", names)] == ["the class has 201 fields"]


@given(JSON_VALUES)
def test_cross_checks_step_over_any_shape(value: object) -> None:
    """The cross checks find what they can in any JSON, and never raise."""
    engine = {"name": value, "class": value, "port": value, "addresses": value, "clients": [value, {"address": value}]}
    data = {"ENGINE_CLASSES": value, "ENGINES": [value, engine], "FAST_API_SERVER_PORT": value}

    assert isinstance([*file_findings(data), *file_findings({"ENGINES": value}), *engine_findings(engine)], list)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ((), "$"),
        (("ENGINES", 0, "clients", 2, "address"), "ENGINES[0].clients[2].address"),
        (("ENGINE_CLASSES", "bad name"), 'ENGINE_CLASSES["bad name"]'),
        (("", "\x1b\u202e"), '[""]["\\u001b\\u202e"]'),
    ],
)
def test_a_place_is_a_json_path(where: tuple[str | int, ...], text: str) -> None:
    """Plain keys stand behind dots, others are quoted and escaped, the file itself is `$`."""
    assert path_text(where) == text


@given(JSON_VALUES)
def test_a_shown_value_is_one_short_line(value: object) -> None:
    """No value of a file can put a control character or a page of text into a message."""
    text = shown(value)

    assert text.isprintable()
    assert len(text) <= 1_000
