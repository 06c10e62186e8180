"""What pieces add up to, against counting one message at a time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from syslogger.ledger import Counts
from syslogger.piece import Piece
from syslogger.storage.day import MINUTE_US
from syslogger.storage.tally import BYTES, DROPPED, RECEIVED, REFUSED, ROWS, Tally

NAMES = ["office", "home"]
OWNERS = [0, 1, 0, -1, -1]  # of five addresses: whose they are

# the address, the severity if any, the length, seconds behind the start, whether it is dropped
MESSAGE = st.tuples(
    st.integers(0, 4), st.one_of(st.none(), st.integers(0, 7)), st.integers(1, 65_535),
    st.sampled_from([0, 0, 0, 30, 60, 3_600]), st.booleans(),
)  # fmt: skip
Message = tuple[int, int | None, int, int, bool]


def key(address: int) -> bytes:
    """Its 16 bytes; the last one is NUL for address 0, and must not be lost."""
    return bytes(15) + bytes([address])


def is_row(message: Message) -> bool:
    """Whether it is stored."""
    return OWNERS[message[0]] >= 0 and not message[4]


def piece_of(messages: list[Message]) -> tuple[Piece, np.ndarray]:
    """A piece as a worker makes it of these messages, and the stamps of its rows."""
    addresses = sorted({address for address, *_ in messages})
    rows = [message for message in messages if is_row(message)]
    with_rows = sorted({address for address, *_ in rows})
    counts = np.zeros((len(addresses), 7), np.uint32)
    for message in messages:
        place = addresses.index(message[0])
        counts[place, [0, 1 if is_row(message) else 3 if message[4] else 2]] += 1
        counts[place, 6] = OWNERS[message[0]] + 1
    clients = pa.array([OWNERS[address] for address, *_ in rows], pa.int32())
    senders = pa.array([with_rows.index(address) for address, *_ in rows], pa.int32())
    table = pa.record_batch(
        {
            "client": pa.DictionaryArray.from_arrays(clients, pa.array(NAMES)),
            "log_sender_ip": pa.DictionaryArray.from_arrays(senders, pa.array(map(str, with_rows), pa.string())),
            "severity": pa.array([severity for _, severity, *_ in rows], pa.uint8()),
        }
    )
    lengths = np.array([length for _, _, length, *_ in rows], np.uint32)
    keys = np.frombuffer(b"".join(map(key, addresses)), np.uint8).reshape(-1, 16)
    stamps = np.array([seconds * 1_000_000 for *_, seconds, _ in rows], np.int64)
    return Piece(0, 1, table, Counts(), keys, counts, lengths), stamps


@given(st.lists(st.lists(MESSAGE, min_size=1, max_size=12), min_size=1, max_size=4), st.sampled_from([0, 1, 70]))
def test_any_pieces(pieces: list[list[Message]], booking: int) -> None:
    """Rows and bytes by the minute of their stamp, everything else by the minute that is booked."""
    severities: Counter[tuple[int, ...]] = Counter()
    senders: Counter[tuple[object, ...]] = Counter()
    made = Tally()
    for messages in pieces:
        made.take(*piece_of(messages), booking)
        for message in messages:
            address, severity, length, seconds, dropped = message
            pair, minute = (["office", "home", ""][OWNERS[address]], key(address)), seconds * 1_000_000 // MINUTE_US
            senders[booking, pair, RECEIVED] += 1
            if is_row(message):
                severities[minute, 8 if severity is None else severity, ROWS] += 1
                severities[minute, 8 if severity is None else severity, BYTES] += length
                senders[minute, pair, ROWS] += 1
                senders[minute, pair, BYTES] += length
            else:
                senders[booking, pair, DROPPED if dropped else REFUSED] += 1

    pairs = list(made.pairs)
    found = {
        (minute, pairs[place], what): number
        for minute, sums in made.minutes()
        for (place, what), number in np.ndenumerate(sums)
    }
    assert {each: number for each, number in found.items() if number} == senders
    assert {(*each[:2], what): each[2 + what] for each in made.severities() for what in (ROWS, BYTES)} == severities
