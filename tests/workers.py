"""A worker in this process, batches for it, and the rows that the contract wants, one message at a time."""

from __future__ import annotations

import dataclasses
from ipaddress import ip_address
from typing import Any

import numpy as np
from hypothesis import strategies as st

from syslogger.batch import V4_MAPPED, Batch
from syslogger.clients import ClientTable
from syslogger.extract.log_class import Extractor
from syslogger.piece import Answer
from syslogger.ring import Ring
from syslogger.slots import Geometry
from syslogger.worker import Equipment, Worker
from tests.batches import MESSAGES, batch_of, endpoint_of, messages_of, priority_of, stored_in, text_of, value_of

PATTERNS = {"user_ip": r"(\S{1,30}:\d+)", "word": r"(\w+)", "behind": r"(?<=-)(.)"}
CLIENTS = ClientTable(
    [("home", "192.168.0.0/16"), ("router", "192.168.1.1"), ("six", "2001:db8::/32"), ("others", "10.0.0.0/8")]
)
# Whose messages they are; None is refused.
SENDERS = {
    "192.168.1.1": "router",
    "192.168.1.2": "home",
    "192.168.200.1": "home",
    "2001:db8::1": "six",
    "2001:db8:ffff::1": "six",
    "10.9.8.7": "others",
    "9.9.9.9": None,
    "2001:db9::1": None,
    "::c0a8:101": None,
}
GEOMETRY = Geometry(
    slots=2,
    rows=64,
    message_bytes=8_192,
    stride=8_256,
    body_bytes=5 << 16,
    workers=1,
    fields=3,
    sockets=1,
)


def key_of(address: str) -> bytes:
    """The 16 bytes in which an address comes from the socket."""
    packed = ip_address(address).packed
    return packed if len(packed) == 16 else V4_MAPPED + packed


def batch_from(drawn: list[tuple[bytes, str, bool]]) -> Batch:
    """Messages, their senders, and whether they were cut, as a batch in used memory."""
    batch = batch_of([message for message, _, _ in drawn], senders=[key_of(sender) for _, sender, _ in drawn])
    return dataclasses.replace(batch, truncated=np.array([cut for _, _, cut in drawn]))


def new_worker(ring: Ring, *, keep_original: bool = True) -> Worker:
    """A worker of this ring, with the fields and clients above."""
    return Worker(ring, 0, Equipment(Extractor(list(PATTERNS.items())), CLIENTS, keep_original))


RING = Ring(GEOMETRY)
WORKER = new_worker(RING)


def rows_of(batch: Batch) -> list[dict[str, Any]]:
    """The rows that the contract wants for a batch."""
    rows = []
    for row, message in enumerate(messages_of(batch)):
        text, sender = text_of(message), sender_of(batch, row)
        if not text or SENDERS[sender] is None:
            continue
        facility, severity = priority_of(text)
        value = value_of(PATTERNS["user_ip"], text)
        address, port = (None, None) if value is None else endpoint_of(value)
        rows.append(
            {
                "received_at": int(batch.received_at[row]),
                "client": SENDERS[sender],
                "log_sender_ip": sender,
                "facility": facility,
                "severity": severity,
                "user_ip": address,
                "user_port": port,
                "word": value_of(PATTERNS["word"], text),
                "behind": value_of(PATTERNS["behind"], text),
                "original_log": text,
            }
        )
    return rows


def sender_of(batch: Batch, row: int) -> str:
    """The sender's address as text."""
    address = ip_address(batch.senders[row].tobytes())
    mapped = address.ipv4_mapped if address.version == 6 else None
    return str(mapped or address)


def answered_rows(batch: Batch, answer: Answer) -> list[dict[str, Any]]:
    """The rows of an answer, the original lines through its views."""
    rows: list[dict[str, Any]] = answer.fields.to_pylist()
    if answer.views is None:
        return rows
    originals = stored_in(batch, answer.views, answer.side)
    return [{**row, "original_log": text} for row, text in zip(rows, originals, strict=True)]


DRAWN = st.lists(st.tuples(MESSAGES, st.sampled_from(sorted(SENDERS)), st.booleans()), min_size=1, max_size=12)
