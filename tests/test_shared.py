"""Shared memory: arrays that do not touch each other, in memory that has no name and outlives a fork."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.shared import CACHE_LINE_BYTES, PAGE_BYTES, Layout, address_of, layout_bytes, place, shared_memory
from tests.support import Holdings, leaks_since

ROOT = Path(__file__).resolve().parents[1]

shapes = st.lists(st.integers(0, 9), min_size=1, max_size=3).map(tuple)
layouts = st.dictionaries(
    st.text("abcdefgh", min_size=1),
    st.tuples(st.sampled_from([np.uint8, np.uint16, np.int64, np.float64]), shapes),
    max_size=6,
)


def filled(layout: Layout, value: int) -> dict[str, np.ndarray]:
    """The arrays of a layout in memory of their own, every element `value`."""
    arrays = place(memoryview(bytearray(layout_bytes(layout))), layout)
    for array in arrays.values():
        array[...] = value
    return arrays


@given(layouts)
def test_arrays_have_their_shape_and_touch_no_other(layout: Layout) -> None:
    """Each array has the type and shape of its layout, and writing one changes no other."""
    for written in layout:
        arrays = filled(layout, 0)
        arrays[written][...] = 1

        assert {name: (array.dtype.type, array.shape) for name, array in arrays.items()} == layout
        assert [name for name, array in arrays.items() if array.any()] == [written] * bool(arrays[written].size)


@given(layouts)
def test_every_array_begins_on_a_cache_line(layout: Layout) -> None:
    """Words of two writers never share a cache line, and the layout's size is a whole number of lines."""
    memory = np.zeros(max(1, layout_bytes(layout)), np.uint8)
    arrays = [array for array in place(memoryview(memory.data), layout).values() if array.size]

    assert [(address_of(array) - address_of(memory)) % CACHE_LINE_BYTES for array in arrays] == [0] * len(arrays)
    assert layout_bytes(layout) % CACHE_LINE_BYTES == 0


def test_layouts_follow_each_other_from_an_offset() -> None:
    """A second layout behind the first lies in the same memory and leaves the first alone."""
    first: Layout = {"a": (np.uint8, (3,))}
    second: Layout = {"b": (np.uint64, (2,))}
    memory = memoryview(bytearray(layout_bytes(first) + layout_bytes(second)))
    a, b = place(memory, first)["a"], place(memory, second, layout_bytes(first))["b"]
    b[:] = 2**64 - 1

    assert a.tolist() == [0, 0, 0]
    assert bytes(memory[CACHE_LINE_BYTES : CACHE_LINE_BYTES + 16]) == b"\xff" * 16


def test_memory_is_zeroed_and_gone_when_it_is_closed() -> None:
    """It holds zeros, is called after us in the process's map, and closing it leaves nothing."""
    before = Holdings.now()
    memory = shared_memory("words", 3 * PAGE_BYTES)

    assert memory[:] == bytes(3 * PAGE_BYTES)
    assert "/memfd:syslogger-words" in Path("/proc/self/maps").read_text(encoding="utf-8")
    memory.close()
    assert leaks_since(before) == []


def test_pages_are_taken_when_touched() -> None:
    """A gigabyte that nobody writes costs next to nothing."""
    before = psutil.Process().memory_info().rss
    memory = shared_memory("large", 1 << 30)
    memory[1 << 29] = 1

    assert psutil.Process().memory_info().rss - before < 32 << 20
    memory.close()


def test_memory_that_cannot_be_had_is_an_error_and_leaves_nothing() -> None:
    """More than the address space holds raises OSError, and the descriptor is closed."""
    before = Holdings.now()
    with pytest.raises(OSError, match="memory"):
        shared_memory("huge", 1 << 50)

    assert leaks_since(before) == []


def test_processes_forked_afterwards_share_it() -> None:
    """What a child writes, its parent reads at the same address."""
    program = """
import os, numpy as np
from syslogger.shared import place, shared_memory, address_of
words = place(memoryview(shared_memory("words", 4096)), {"words": (np.uint64, (2,))})["words"]
child = os.fork()
if child == 0:
    words[:] = 7, address_of(words)
    os._exit(0)
os.waitpid(child, 0)
assert words.tolist() == [7, address_of(words)], words
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, b"")
