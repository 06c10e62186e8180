"""Plain `sqlite3` on day files, always in a process of its own.

This process writes through ADBC, which brings another SQLite: were both to open one file, closing it in one would drop
the locks of the other. So whatever tests want to see through `sqlite3` is asked from a child.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ANSWER_SECONDS = 60.0

_ASK = """
import json, sqlite3, sys
path, write, *statements = sys.argv[1:]
connection = sqlite3.connect(path) if write else sqlite3.connect(f"file:{path}?mode=ro", uri=True)
rows = [connection.execute(each).fetchall() for each in statements]
connection.commit()
connection.close()
print(json.dumps(rows[-1]))
"""

_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
connection.close()
"""


def ask(path: Path, *statements: str) -> list[list[Any]]:
    """The rows of the last statement, read in another process, read-only; the path must need no quoting."""
    return _run(path, "", *statements)


def change(path: Path, *statements: str) -> None:
    """Statements committed by another process."""
    _run(path, "write", *statements)


def _run(path: Path, write: str, *statements: str) -> list[list[Any]]:
    command = [sys.executable, "-c", _ASK, str(path), write, *statements]
    done = subprocess.run(command, capture_output=True, timeout=ANSWER_SECONDS)
    assert done.returncode == 0, done.stderr.decode()
    rows: list[list[Any]] = json.loads(done.stdout)
    return rows


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    """While the block runs, another process holds the write lock of the file."""
    command = [sys.executable, "-c", _HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.communicate(timeout=ANSWER_SECONDS)
