"""What the rollups of a day file must be: counted one row at a time from its entries, by the contract's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

Ask = Callable[[str], list[tuple[Any, ...]]]
Sums = dict[tuple[Any, ...], tuple[int, int]]
Found = dict[tuple[Any, ...], Counter[str]]

NAMES = ("rows", "bytes", "received", "refused", "dropped")
_ENTRIES = "SELECT received_at / 60000000, severity, client, log_sender_ip, substr(number, -9) FROM entries"
_SENDERS = (
    "SELECT minute, coalesce(client, ''), coalesce(sender, ''), {} FROM rollup_senders"
    " LEFT JOIN rollup_pairs USING (pair)"
)


def by_severity(ask: Ask, lengths: Mapping[int, int]) -> Sums:
    """(minute, severity): rows and bytes of the entries. lengths: of the datagram of each number."""
    return _grouped(
        ((minute, 8 if severity is None else severity), lengths[int(number)])
        for minute, severity, _, _, number in ask(_ENTRIES)
    )


def by_pair(ask: Ask, lengths: Mapping[int, int]) -> Sums:
    """(minute, client, sender): rows and bytes of the entries."""
    return _grouped(
        ((minute, client, sender), lengths[int(number)]) for minute, _, client, sender, number in ask(_ENTRIES)
    )


def _grouped(rows: Any) -> Sums:
    sums: Sums = {}
    for key, length in rows:
        many, size = sums.get(key, (0, 0))
        sums[key] = (many + 1, size + length)
    return sums


def senders(ask: Ask) -> dict[tuple[Any, ...], Counter[str]]:
    """(minute, client, sender): its sums as they stand there; what has no name is with all others, ('', '')."""
    found: dict[tuple[Any, ...], Counter[str]] = {}
    for minute, client, sender, *numbers in ask(_SENDERS.format(", ".join(NAMES))):
        found.setdefault((minute, client, sender), Counter()).update(dict(zip(NAMES, numbers, strict=True)))
    return found


def totals(found: Found) -> Counter[str]:
    """All minutes and pairs together."""
    return sum(found.values(), Counter())


def assert_true(ask: Ask, lengths: Mapping[int, int]) -> None:
    """The rollups are what the entries say, and the rest is what the ledger says."""
    severities = {
        (minute, severity): (rows, size) for minute, severity, rows, size in ask("SELECT * FROM rollup_severity")
    }
    assert severities == by_severity(ask, lengths)
    found = senders(ask)
    _assert_pairs(ask, found, by_pair(ask, lengths))
    assert totals(found)["bytes"] == sum(size for _, size in severities.values())
    _assert_settled(ask, found)
    _assert_runs(ask)


def _assert_pairs(ask: Ask, found: Found, truth: Sums) -> None:
    assert totals(found)["rows"] == sum(rows for rows, _ in truth.values())
    complete = ask("SELECT client, sender FROM rollup_pairs WHERE complete AND pair != 0")
    for pair in complete:
        said = {key: (sums["rows"], sums["bytes"]) for key, sums in found.items() if key[1:] == pair and sums["rows"]}
        assert said == {key: sums for key, sums in truth.items() if key[1:] == pair}
    named = {(client, sender) for _, client, sender in found}
    if not any(sums["rows"] for key, sums in found.items() if key[1:] == ("", "")):
        assert {key[1:] for key in truth} <= named & set(complete)


def _assert_settled(ask: Ask, found: Found) -> None:
    """By minute: refused and dropped are the ledger's, and all that was settled was received from somebody."""
    ledger = ask("SELECT minute, stored, refused, empty, json_extract(dropped, '$.paused') FROM ledger")
    for minute, stored, refused, empty, paused in ledger:
        settled = totals({key: sums for key, sums in found.items() if key[0] == minute})
        assert (settled["refused"], settled["dropped"]) == (refused, paused)
        assert settled["received"] == stored + refused + empty + paused
    minutes = {minute for minute, *_ in ledger}
    assert {key[0] for key, sums in found.items() if sums["received"]} <= minutes


def _assert_runs(ask: Ask) -> None:
    behind = "SELECT id, received_at < lag(received_at) OVER (ORDER BY id) AS lower FROM entries"
    assert ask("SELECT first_id FROM runs ORDER BY 1") == ask(f"SELECT id FROM ({behind}) WHERE lower ORDER BY 1")
