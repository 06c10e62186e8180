"""Shared memory as named numpy arrays: one memfd, mapped before the fork, so that every child sees it at one address.

A memfd has no name in any file system: nothing is left behind by a killed process, and no `/dev/shm` limit applies.
Pages are taken only when they are first touched (memfd_create(2)).
"""

from __future__ import annotations

import math
import mmap
import os
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

CACHE_LINE_BYTES = 64
PAGE_BYTES = mmap.PAGESIZE

Layout = dict[str, tuple[type[np.generic] | np.dtype, tuple[int, ...]]]


def layout_bytes(layout: Mapping[str, tuple[type[np.generic] | np.dtype, tuple[int, ...]]]) -> int:
    """The room the arrays of a layout take, each on a cache line of its own."""
    return sum(_array_bytes(np.dtype(dtype), shape) for dtype, shape in layout.values())


def place(
    memory: memoryview, layout: Mapping[str, tuple[type[np.generic] | np.dtype, tuple[int, ...]]], offset: int = 0
) -> dict[str, np.ndarray]:
    """The arrays of a layout as views of `memory`, one behind the other from `offset` on."""
    arrays = {}
    for name, (dtype, shape) in layout.items():
        count = math.prod(shape)
        arrays[name] = np.frombuffer(memory, dtype, count, offset).reshape(shape)
        offset += _array_bytes(np.dtype(dtype), shape)
    return arrays


def shared_memory(name: str, size: int) -> mmap.mmap:
    """Zeroed shared memory of `size` bytes; raises OSError when the system has no room for the mapping."""
    descriptor = os.memfd_create(f"syslogger-{name}", os.MFD_CLOEXEC)
    try:
        os.ftruncate(descriptor, size)
        return mmap.mmap(descriptor, size, mmap.MAP_SHARED)
    finally:
        os.close(descriptor)


def address_of(array: np.ndarray) -> int:
    """The address of an array's first byte."""
    return int(array.__array_interface__["data"][0])


def _array_bytes(dtype: np.dtype, shape: tuple[int, ...]) -> int:
    return -(-dtype.itemsize * math.prod(shape) // CACHE_LINE_BYTES) * CACHE_LINE_BYTES
