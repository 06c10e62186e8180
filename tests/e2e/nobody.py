"""An engine without root's rights, also where the tests run as root and the interpreter lies in root's home.

The launcher imports everything while it may still read it, becomes `nobody`, and is the bridge from then on.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.launcher import launch_through

NOBODY = 65_534
PRELUDE = f"""
import ctypes, encodings.ascii, encodings.idna, os, zoneinfo
from adbc_driver_sqlite import dbapi
zone = zoneinfo.ZoneInfo("UTC")
dbapi.connect(":memory:").close()  # loads the driver
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: /proc/self belongs to us again
"""


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that any user may look into; pytest's own lie below one that only its user may."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def give_to_nobody(folder: Path) -> None:
    """Let `nobody` write there, if there is a difference."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)


def start_as_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines that are started from now on run as `nobody`; `folder` takes the launcher."""
    launch_through(folder, monkeypatch, PRELUDE)
