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
    first = batch.data[rows, :LONGEST_PRI].astype(np.int16)
    first[np.arange(LONGEST_PRI) >= lengths[:, None]] = 0
    digit = first - ord("0")
    is_digit, closes = (digit >= 0) & (digit <= 9), first == ord(">")
    value = np.zeros(len(rows), np.int16)
    open_ = first[:, 0] == ord("<")
    found = np.zeros(len(rows), np.bool_)
    for place in (1, 2, 3):
        open_ = open_ & is_digit[:, place]
        value = np.where(open_, value * 10 + digit[:, place], value)
        found |= open_ & closes[:, place + 1]
    return value.astype(np.uint8), ~found | (value > GREATEST_PRI)
