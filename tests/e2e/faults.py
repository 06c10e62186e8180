"""A disk that fails on demand: a library preloaded into an engine refuses or delays what SQLite asks of the kernel.

Rules
- SQLite is the real one, as is the engine; `shim/faulty_disk.c` stands between it and the C library's `pwrite64`,
  `fsync`, `ftruncate64` and `open64`, which ADBC's SQLite, although it is linked in, calls by name.
- A fault is switched on and off in a file that both sides have mapped. It counts the calls that it struck, so that a
  test can tell that it has tested something.
- The library is preloaded by `exec` alone: the test's own process has the machine's disk.
"""

from __future__ import annotations

import mmap
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntFlag
from pathlib import Path
from typing import Self

import pytest

from tests.support import wait_until

SOURCE = Path(__file__).parent / "shim" / "faulty_disk.c"
LEFT, SPARED, STRUCK, ERROR, MILLISECONDS, OPERATIONS, FILES, PERCENT, WORDS = range(9)
EVER = -1
STRIKE_SECONDS = 60.0


class Does(IntFlag):
    """What is done to a file; the numbers stand in the C source, too."""

    WRITE = 1
    SYNC = 2
    TRUNCATE = 4
    OPEN = 8


class File(IntFlag):
    """SQLite's files of a day."""

    DAY = 1
    WAL = 2
    SHM = 4
    JOURNAL = 8


ANYTHING = Does.WRITE | Does.SYNC | Does.TRUNCATE | Does.OPEN
ANY_FILE = File.DAY | File.WAL | File.SHM | File.JOURNAL


def compile_shim(folder: Path) -> Path:
    """The library, made by the system's C compiler; it needs a second."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler is not None, "a C compiler is missing: apt-get install gcc libc6-dev"
    library = folder / "faulty_disk.so"
    flags = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([compiler, *flags, "-o", library, SOURCE], check=True)
    return library


class FaultyDisk:
    """What lies below `below` for engines started while the monkeypatch holds; `folder` takes the control file."""

    def __init__(self, library: Path, folder: Path, below: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = folder / "faulty_disk"
        path.write_bytes(bytes(8 * WORDS))
        with path.open("r+b") as file:
            self._mapped = mmap.mmap(file.fileno(), 8 * WORDS)
        self._words = memoryview(self._mapped).cast("q")
        preloaded = os.environ.get("LD_PRELOAD", "")  # a bent clock
        monkeypatch.setenv("LD_PRELOAD", f"{library} {preloaded}".strip())
        monkeypatch.setenv("FAULTY_DISK_CONTROL", str(path))
        monkeypatch.setenv("FAULTY_DISK_BELOW", str(below.resolve()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._words.release()
        self._mapped.close()

    @property
    def struck(self) -> int:
        """How many calls were refused or delayed since the last fault was switched on."""
        return self._words[STRUCK]

    def fail(
        self, error: int, does: Does, files: File, *, calls: int = EVER, spare: int = 0, percent: int = 50
    ) -> None:
        """From now on refuse these calls with `error`: so many of them, and not the first `spare` ones.

        A write leaves `percent` of its bytes behind all the same.
        """
        self._switch({ERROR: error, OPERATIONS: does, FILES: files, SPARED: spare, PERCENT: percent}, calls)

    def slow(self, milliseconds: int, does: Does, files: File) -> None:
        """From now on let each of these calls take so much longer."""
        self._switch({MILLISECONDS: milliseconds, OPERATIONS: does, FILES: files}, EVER)

    def heal(self) -> None:
        """Nothing is wrong any more."""
        self._words[LEFT] = 0

    def wait_for_strikes(self, count: int = 1) -> None:
        """Wait until so many calls were struck."""
        wait_until(lambda: self.struck >= count, STRIKE_SECONDS, f"{count} call(s) were struck")

    @contextmanager
    def failing(self, error: int, does: Does, files: File) -> Iterator[Self]:
        """Refuse these calls until the block ends."""
        self.fail(error, does, files)
        try:
            yield self
        finally:
            self.heal()

    def _switch(self, words: dict[int, int], calls: int) -> None:
        self.heal()
        for place in range(WORDS):
            self._words[place] = int(words.get(place, 0))
        self._words[LEFT] = calls  # the last one switches it on
