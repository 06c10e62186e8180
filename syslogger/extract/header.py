"""The PRI part of a message: `<0>` to `<191>`, facility * 8 + severity.

RFC 3164 section 4.1.1, RFC 5424 section 6.2.1; its digits are those of ASCII.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from syslogger.batch import Batch

GREATEST_PRI = 191
LONGEST_PRI = 5


def priority(batch: Batch, rows: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""The PRI (uint8) of the messages at `rows`, and where there is none (bool): no `^<(\d{1,3})>`, or above 191."""
    head = batch.data[:, :LONGEST_PRI] if len(rows) == batch.count else batch.data[rows, :LONGEST_PRI]
    first = np.ascontiguousarray(head.T)
    if lengths.min(initial=LONGEST_PRI) < LONGEST_PRI:
        first[np.arange(LONGEST_PRI)[:, None] >= lengths] = 0
    digit = first - np.uint8(ord("0"))
    is_digit, closes = digit <= 9, first == ord(">")
    value = np.zeros(len(rows), np.uint16)
    open_ = first[0] == ord("<")
    found = np.zeros(len(rows), np.bool_)
    for place in (1, 2, 3):
        open_ = open_ & is_digit[place]
        value = np.where(open_, value * np.uint16(10) + digit[place], value)
        found |= open_ & closes[place + 1]
    return value.astype(np.uint8), ~found | (value > GREATEST_PRI)
