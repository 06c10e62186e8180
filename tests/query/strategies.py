"""Rows and conditions that often meet: made of the same few texts, nasty ones among them.

`rows()` makes a day's rows by the names of `COLUMNS`; `conditions()` makes what can be asked of them. What the fields
called `_ip` hold is what `extract.address` leaves there.
"""

from __future__ import annotations

from hypothesis import strategies as st

from syslogger.query import model

COLUMNS = {
    "id": "INTEGER",
    "received_at": "INTEGER",
    "client": "TEXT",
    "log_sender_ip": "TEXT",
    "facility": "INTEGER",
    "severity": "INTEGER",
    "word": "TEXT",
    "number_text": "TEXT",
    "place": "TEXT",
    "user_ip": "TEXT",
    "user_port": "INTEGER",
    "original_log": "TEXT",
}
CONSTANTS = {"class": "routers", "engine": "main_1", "day": "2026-03-29"}

# Letters whose casefold is ASCII or longer than they are, a letter only when composed, what SQL patterns are made of,
# borders of UTF-8 and UTF-16, line ends, and a NUL as our writer and as another may have left it.
SNIPPETS = (
    *"abkKsSiI09_ .-:'\"%\\*?[]^$\n\r\t",
    *("ß", "ẞ", "ſ", "\u212a", "İ", "ı", "ﬁ", "é", "e\u0301", "\u0345", "ς", "Σ", "ǆ", "٣", "½", "\u200d"),
    *("\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff", "😀", "\\x00", "\0", "\x7f", "\x80"),
    *("login failed", "Login", "FAILED", "ss", "SS", "fi", "kiss", "user-01", "10.4.", "->", "://", "x" * 300),
)
NUMBERS = ("0", "-0", "+5", "5", "05", "-5", "514", "65535", "9" * 18, "9" * 19, "-" + "9" * 18, "1e3", "5 ", "٣")
ADDRESSES = (
    *("10.4.0.1", "10.0.0.0", "10.255.255.255", "10.4.0.128", "10.40.0.1", "9.255.255.255", "0.0.0.0", "1.2.3.4"),
    *("127.0.0.1", "128.0.0.1", "192.168.1.1", "255.255.255.255", "172.16.5.4", "172.32.0.1", "100.64.0.9"),
    *("::", "::1", "2001:db8::1", "2001:DB8:0::1", "::ffff:10.4.0.1", "fe80::1", "64:ff9b::10.4.0.1", "10::1", "1::"),
)
LEADING_ZEROS = ("010.4.0.1", "10.04.0.1", "10.4.0.01", "00.0.0.0", "001.2.3.4")
ODD_ADDRESSES = (
    *("10.4.0", "10.4.0.1.2", "10.4.0.256", "10.4.0.1:80", "10.4.0.1\0", " 10.4.0.1", "10.4..1", "10.4.0.", ".4.0.1"),
    *(
        "10.4.0.1/32",
        "fe80::1%eth0",
        "[::1]",
        "10.4.0.٣",
        "1234.1.1.1",
        "10.4.0.0x1",
        "300.1.1.1",
        "10.4.0.260",
        "",
        "a",
    ),
)
NETWORKS = (
    *("10.0.0.0/8", "10.4.0.0/14", "10.4.0.0/16", "10.4.0.0/24", "10.4.0.128/25", "10.4.0.1/32", "0.0.0.0/0"),
    *("0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/5", "172.16.0.0/12", "100.64.0.0/10", "10.4.0.0/31", "1.0.0.0/8"),
    *("::/0", "2001:db8::/32", "::ffff:0:0/96", "fe80::/10", "::1/128", "10::/16"),
)
PATTERNS = (
    *("fail", "FAIL", "(?i)fail", "(?i)kiss", "(?i:login) failed", "^a", "a$", r"a\Z", r"\bs+\b", "s{2,}", "(ab|ba)k"),
    *("login( failed)?", r"user-\d+", "", "^$", r"\w\W\w", "[^a]", ".", r"(?s).\Z", r"(\w)\1", "(?<=a)b", "(?!a)b"),
    *(
        "fi",
        "(?i)fi",
        "ß",
        "(?i)ß",
        "(?i)ss",
        r"10\.4\.",
        "x{300}",
        "(?:log)(?:in)+",
        r"(?a)\bé",
        r"\s",
        "\\\\x00",
        "%",
    ),
    *("(?m)^s", "(?x) login \\ # so\n failed", "(?:kis)+s", "-->?", "\0", "login (?=failed)", "(login)failed|kiss"),
)

COMMON = ("a", "s", "k", "fi", "ss", "K", "ß", " ", "_", "-", "login", "Login failed", "é", "\0")
PIECES = st.sampled_from(COMMON) | st.sampled_from(SNIPPETS)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
LINES = TEXTS.map(lambda text: text or "-")
ANY_TEXT = TEXTS | st.sampled_from(NUMBERS) | st.sampled_from(ADDRESSES) | st.sampled_from(LEADING_ZEROS)
INTEGERS = st.sampled_from((0, 1, 5, -5, 10, 514, 65535, 2**63 - 1, -(2**63))) | st.integers(0, 20)
SENT = st.sampled_from(ADDRESSES + LEADING_ZEROS)
CELLS: dict[str, st.SearchStrategy[str | int | None]] = {
    "received_at": INTEGERS,
    "client": st.sampled_from(("north", "south", "")),
    "log_sender_ip": st.sampled_from(ADDRESSES),
    "facility": st.none() | st.integers(0, 23),
    "severity": st.none() | st.integers(0, 7),
    "word": st.none() | TEXTS,
    "number_text": st.none() | st.sampled_from(NUMBERS) | TEXTS,
    "place": st.none() | st.sampled_from(ADDRESSES + LEADING_ZEROS + ODD_ADDRESSES),
    "user_ip": st.none() | SENT,
    "user_port": st.none() | INTEGERS,
    "original_log": LINES,
}

FIELDS = st.sampled_from((*COLUMNS, *CONSTANTS, "nowhere"))
VALUES = ANY_TEXT | INTEGERS | st.sampled_from(tuple(CONSTANTS.values()))
SHORT = st.lists(PIECES, max_size=2).map("".join)
WORDS = st.lists(PIECES, min_size=1, max_size=2).map("".join)
PARTS = SHORT | st.sampled_from(("10", "10.4", "5", "-", "rout", "2026"))
ENDS = st.none() | INTEGERS | st.sampled_from((10**18 - 1, -(10**18) + 1))
Rows = list[dict[str, str | int | None]]


def _values(name: str) -> st.SearchStrategy[str | int]:
    """What a field may be equal to: what it may hold, as often as not."""
    cells = CELLS.get(name, st.integers(1, 12))
    return cells.map(lambda value: "" if value is None else value) | VALUES


def _between(field: str, least: int | None, greatest: int | None) -> model.Between:
    return model.Between(field=field, least=0 if least is greatest is None else least, greatest=greatest)


LEAVES: st.SearchStrategy[model.Condition] = st.one_of(
    FIELDS.flatmap(lambda name: st.builds(model.Equals, field=st.just(name), value=_values(name))),
    FIELDS.flatmap(
        lambda name: st.builds(
            model.OneOf, field=st.just(name), values=st.lists(_values(name), min_size=1, max_size=5).map(tuple)
        )
    ),
    st.builds(model.Prefix, field=FIELDS, value=PARTS),
    st.builds(model.Contains, field=FIELDS, value=PARTS),
    st.builds(model.InNetwork, field=st.sampled_from(("place", "user_ip", "log_sender_ip")) | FIELDS,
              network=st.sampled_from(NETWORKS)),
    st.builds(_between, st.sampled_from(("number_text", "user_port")) | FIELDS, ENDS, ENDS),
    st.builds(model.Missing, field=FIELDS),
    st.builds(model.Phrase, text=WORDS),
    st.builds(model.Phrase, text=TEXTS.filter(bool)),
    st.builds(model.Regex, field=st.just(model.ORIGINAL) | FIELDS, pattern=st.sampled_from(PATTERNS)),
    st.builds(model.SeverityAtLeast, severity=st.integers(0, 7)),
)  # fmt: skip


def conditions() -> st.SearchStrategy[model.Condition]:
    """Conditions of every kind, one in another."""
    return st.recursive(LEAVES, _over, max_leaves=6)


def _over(inner: st.SearchStrategy[model.Condition]) -> st.SearchStrategy[model.Condition]:
    several = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return (
        st.builds(model.And, conditions=several)
        | st.builds(model.Or, conditions=several)
        | st.builds(model.Not, condition=inner)
    )


def rows(most: int = 12) -> st.SearchStrategy[Rows]:
    """Rows of a day, with their ids."""
    return st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=most).map(
        lambda made: [{"id": place, **row} for place, row in enumerate(made, 1)]
    )
