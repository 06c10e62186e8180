"""An engine without root's rights, also where the tests run as root and the interpreter lies in root's home.

The launcher imports everything while it may still read it, becomes `nobody`, and is the bridge from then on.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65_534
REPOSITORY = Path(__file__).parents[2]
LAUNCHER = f"""#!{sys.executable}
import ctypes, encodings.ascii, encodings.idna, os, sys, zoneinfo
zone = zoneinfo.ZoneInfo("UTC")
sys.path.insert(0, {str(REPOSITORY)!r})
from adbc_driver_sqlite import dbapi
from syslogger import bridge
dbapi.connect(":memory:").close()  # loads the driver
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: /proc/self belongs to us again
del sys.argv[1:3]  # -m syslogger.bridge
bridge.main()
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
    launcher = folder / "python"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(launcher))
