"""String views: 16 bytes a value over memory that is there already (Arrow columnar format, variable-size binary view).

A view is a length, then for 12 bytes or fewer the value itself, zero padded, else its first four bytes, the number of
the buffer it lies in, and where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import numpy as np

INLINE_BYTES = 12


def string_views(views: np.ndarray, *buffers: pa.Buffer, valid: pa.Buffer | None = None) -> pa.Array:
    """A string_view array of `views` (uint32 (n, 4)) over `buffers`, without a copy; `valid`: bits, None if all are."""
    return pa.Array.from_buffers(pa.string_view(), len(views), [valid, pa.py_buffer(views), *buffers])
