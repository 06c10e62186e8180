"""The table of senders: exact in total, bounded in size, and the busiest stay whatever a million others do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger import senders
from syslogger.senders import CAPACITY, COUNTED, KEPT, LINE_ENDS, LOOKED_AT, SAMPLE_BYTES, SAMPLES, TABLE_BYTES, Senders

NAMES = ("received", "stored", "refused", "dropped", "bytes")


def table(memory: bytearray | None = None) -> Senders:
    """A table in memory of its own."""
    return Senders(memoryview(memory if memory is not None else bytearray(TABLE_BYTES)))


def keys_of(addresses: np.ndarray) -> np.ndarray:
    """Numbers as addresses, uint8 (n, 16)."""
    keys = np.zeros((len(addresses), 2), ">u8")
    keys[:, 1] = addresses
    return keys.view(np.uint8)


def key_of(address: int) -> bytes:
    """One of them, as bytes."""
    return address.to_bytes(16, "big")


def rows_of(which: Senders) -> tuple[dict[bytes, dict[str, object]], dict[str, int]]:
    """The kept addresses by key, and the rest; no writer is at work."""
    found = which.rows()
    assert found is not None
    rows, other = found
    return {_bytes(row["key"]): row for row in rows}, other


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value


def totals(which: Senders) -> list[int]:
    """Received, stored and refused of all, kept or let go."""
    kept, other = rows_of(which)
    return [other[name] + sum(int(str(row[name])) for row in kept.values()) for name in NAMES]


@dataclass(slots=True)
class Asked:
    """Gives a text and remembers for whom."""

    length: int = 9
    places: list[int] = field(default_factory=list)

    def __call__(self, place: int) -> list[bytes]:
        self.places.append(place)
        return [b"%d|" % place + b"x" * self.length]


REFUSED_ONCE = np.array([[1, 0, 1, 0, 9]], np.uint32)


def say(which: Senders, address: int, *texts: bytes, seen: int = 0) -> None:
    """An address says something and is refused."""
    which.add(keys_of(np.array([address])), REFUSED_ONCE * len(texts), seen, lambda _: texts)


def samples_of(which: Senders, address: int) -> object:
    """What is kept of what it said."""
    return rows_of(which)[0][key_of(address)]["samples"]


def add_all(which: Senders, addresses: np.ndarray, each: tuple[int, ...], seen: int = 0) -> None:
    """Add the same counts to every address; those left out are 0."""
    counts = [*each, *[0] * (len(NAMES) - len(each))]
    which.add(keys_of(addresses), np.tile(np.array(counts, np.uint32), (len(addresses), 1)), seen, Asked())


# -- small ------------------------------------------------------------------------------------------------------------


def test_counts_of_an_address_add_up() -> None:
    """Received, stored and refused are sums, `last_seen` is the last time, others are untouched."""
    known = table()
    add_all(known, np.array([1, 2]), (3, 2, 1, 1, 90), seen=10)
    add_all(known, np.array([2]), (5, 5, 0, 2, 7), seen=20)
    rows, other = rows_of(known)

    assert {key: [row[name] for name in (*NAMES, "last_seen")] for key, row in rows.items()} == {
        key_of(1): [3, 2, 1, 1, 90, 10],
        key_of(2): [8, 7, 1, 3, 97, 20],
    }
    assert other == dict.fromkeys(NAMES, 0)


def test_the_first_moment_stays() -> None:
    """`first_seen` is when an address came into the table; one that was let go begins anew."""
    known = table()
    for seen in (10, 20, 30):
        add_all(known, np.array([1]), (5, 5), seen=seen)
    add_all(known, np.arange(2, CAPACITY + 100), (1, 1), seen=40)
    add_all(known, np.array([1, 2]), (1, 1), seen=50)
    rows, _ = rows_of(known)

    assert [(rows[key_of(each)]["first_seen"], rows[key_of(each)]["last_seen"]) for each in (1, 2)] == [
        (10, 50),
        (50, 50),
    ]


def test_a_sample_is_cut_and_only_the_refused_are_asked() -> None:
    """Of a refused message at most 512 bytes are kept; nobody else is asked for one."""
    known, asked = table(), Asked(length=2_000)
    counts = np.array([[1, 1, 0, 0, 9], [1, 0, 1, 0, 9]], np.uint32)
    known.add(keys_of(np.array([1, 2])), counts, 0, asked)

    assert asked.places == [1]
    assert samples_of(known, 1) == []
    assert samples_of(known, 2) == [b"1|" + b"x" * (SAMPLE_BYTES - 2)]


def test_the_first_three_different_texts_are_kept() -> None:
    """In order, each once, whether they come together or one by one; then nobody asks any more."""
    known = table()
    say(known, 1, b"one", b"one", b"two", b"one", b"three", b"four")
    for text in (b"one", b"two", b"two", b"three", b"four"):
        say(known, 2, text)

    assert samples_of(known, 1) == samples_of(known, 2) == [b"one", b"two", b"three"]
    asked = Asked()
    known.add(keys_of(np.array([1, 2])), np.tile(REFUSED_ONCE, (2, 1)), 0, asked)
    assert asked.places == []


def test_who_says_the_same_for_ever_is_asked_ever_less() -> None:
    """A few times at first, then whenever the messages have doubled; what is new by then is still found."""
    known, asked = table(), Asked()
    for _ in range(1_000):
        known.add(keys_of(np.array([1])), REFUSED_ONCE, 0, asked)

    assert len(asked.places) == LOOKED_AT + len([16, 32, 64, 128, 256, 512])
    say(known, 1, *[b"something else"] * 24)
    assert samples_of(known, 1) == [b"0|" + b"x" * 9, b"something else"]


@pytest.mark.parametrize("nothing", [b"", b"\n", b"\0\r\n"])
def test_a_message_of_nothing_is_no_sample(nothing: bytes) -> None:
    """However many of them came, the first text after them is taken; line ends make no other text of it."""
    known = table()
    for text in (*[nothing] * 50, b"something\n", b"something", nothing, b"later"):
        say(known, 1, text)

    assert samples_of(known, 1) == [b"something"]


def test_a_place_that_is_used_again_holds_nothing_of_the_former() -> None:
    """After others were let go, a new address has its own counts and no old samples."""
    known = table()
    add_all(known, np.arange(CAPACITY), (1, 0, 1))
    add_all(known, np.arange(CAPACITY, CAPACITY + 100), (1, 1, 0))
    rows, other = rows_of(known)

    assert len(rows) < CAPACITY
    assert [rows[key_of(CAPACITY + place)]["samples"] for place in range(100)] == [[]] * 100
    assert {rows[key_of(CAPACITY + place)]["refused"] for place in range(100)} == {0}
    assert other["received"] == CAPACITY + 100 - len(rows)


def test_more_addresses_than_the_table_holds_in_one_call() -> None:
    """A batch larger than the whole table is taken in parts, each text that of its own address."""
    known, many = table(), 3 * CAPACITY
    counts = np.tile(np.array([1, 0, 1, 0, 9], np.uint32), (many, 1))
    known.add(keys_of(np.arange(many)), counts, 0, lambda place: [b"%d" % place])
    rows, _ = rows_of(known)

    assert totals(known) == [many, 0, many, 0, 9 * many]
    assert all(row["samples"] == [b"%d" % int.from_bytes(key, "big")] for key, row in rows.items())


# -- a reader beside the writer, and after it -------------------------------------------------------------------------


def test_a_table_that_moves_is_not_shown() -> None:
    """While the writer adds, a reader gets nothing; afterwards everything."""
    memory = bytearray(TABLE_BYTES)
    known, reader = table(memory), table(memory)
    seen: list[object] = []

    def look(_: int) -> list[bytes]:
        seen.append(reader.rows())
        return [b"x"]

    known.add(keys_of(np.array([1])), REFUSED_ONCE, 0, look)

    assert seen == [None]
    assert totals(reader) == [1, 0, 1, 0, 9]


def test_a_successor_of_a_writer_that_died_in_the_middle_goes_on() -> None:
    """What another writer left half done hides the table until the next addition, and no longer."""
    memory = bytearray(TABLE_BYTES)

    def die(_: int) -> list[bytes]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        table(memory).add(keys_of(np.array([1])), REFUSED_ONCE, 0, die)
    assert table(memory).rows() is None
    successor = table(memory)
    add_all(successor, np.array([1, 2]), (1, 1, 0))

    assert totals(successor) == [3, 2, 1, 0, 9]
    assert totals(table(memory)) == [3, 2, 1, 0, 9]


# -- properties -------------------------------------------------------------------------------------------------------

batches = st.lists(
    st.dictionaries(st.integers(0, 40), st.tuples(*[st.integers(0, 5)] * COUNTED), min_size=1, max_size=30), max_size=12
)


@given(batches)
@settings(max_examples=60)
def test_totals_are_exact_in_a_table_that_is_always_too_small(added: list[dict[int, tuple[int, ...]]]) -> None:
    """Kept and other together are what was added, nobody has more than his own, and there are never more than fit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(senders, "CAPACITY", 8)
        patch.setattr(senders, "KEPT", 2)
        known, expected = table(), Counter[bytes]()
        for batch in added:
            counts = np.array(list(batch.values()), np.uint32)
            known.add(keys_of(np.array(list(batch))), counts, 0, Asked())
            expected.update({key_of(address): received for address, (received, *_) in batch.items()})
            rows, _ = rows_of(known)

            assert len(rows) <= 8
            assert all(int(str(row["received"])) <= expected[key] for key, row in rows.items())
    sums = np.array([each for batch in added for each in batch.values()]).reshape(-1, COUNTED).sum(axis=0)

    assert totals(known) == sums.tolist()


texts = st.sampled_from([b"", b"\n", b"a", b"b", b"b\n", b"c", b"\xff\x1b[31m", b"d" * 600])
said = st.lists(st.dictionaries(st.integers(0, 40), st.lists(texts, min_size=1, max_size=5), min_size=1), max_size=25)


@given(said, st.booleans())
@settings(max_examples=100)
def test_samples_are_of_what_an_address_said(added: list[dict[int, list[bytes]]], is_small: bool) -> None:
    """At most three, each once, never another's; in a table with room for all, of few messages the first three."""
    with pytest.MonkeyPatch.context() as patch:
        if is_small:
            patch.setattr(senders, "CAPACITY", 8)
            patch.setattr(senders, "KEPT", 2)
        known, heard = table(), dict[bytes, list[bytes]]()
        for batch in added:
            lines, counts = list(batch.values()), REFUSED_ONCE * np.array([[len(each)] for each in batch.values()])
            known.add(keys_of(np.array(list(batch))), counts.astype(np.uint32), 0, lines.__getitem__)
            for address, mine in batch.items():
                heard.setdefault(key_of(address), []).extend(mine)
            rows, _ = rows_of(known)
            for key, row in rows.items():
                cut = [text[:SAMPLE_BYTES].rstrip(LINE_ENDS) for text in heard[key]]
                different = list(dict.fromkeys(text for text in cut if text))
                samples = row["samples"]
                assert isinstance(samples, list)
                assert is_small or samples == [text for text in different if text in samples]
                assert len(set(samples)) == len(samples) <= SAMPLES
                assert set(samples) <= set(different)
                if not is_small:
                    assert samples[:1] == different[:1]
                    assert len(cut) > LOOKED_AT or samples == different[:SAMPLES]


def test_a_million_addresses() -> None:
    """Totals stay exact, the busy stay with exact counts and their samples, and memory does not grow."""
    random = np.random.default_rng(1)
    known = table()
    busy = np.arange(KEPT)
    strangers = random.integers(1 << 32, 1 << 63, 1_000_000, np.uint64)
    parts = np.array_split(strangers, 100)
    sizes = []
    for part in parts:
        add_all(known, np.unique(part), (1, 0, 1))
        add_all(known, busy, (20, 15, 5))
        sizes.append(psutil.Process().memory_info().rss)
    rows, _ = rows_of(known)
    unique = sum(len(np.unique(part)) for part in parts)

    assert totals(known) == [100 * KEPT * 20 + unique, 100 * KEPT * 15, 100 * KEPT * 5 + unique, 0, 0]
    assert [[rows[key_of(address)][name] for name in NAMES] for address in range(KEPT)] == [
        [2_000, 1_500, 500, 0, 0]
    ] * KEPT
    assert all(rows[key_of(address)]["samples"] for address in range(KEPT))
    assert len(rows) <= CAPACITY
    assert sizes[-1] - sizes[10] < 8 << 20
