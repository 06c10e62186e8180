"""A stand-in for the interpreter that engines are started with: some lines of Python, then the bridge as ever."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def launch_through(folder: Path, monkeypatch: pytest.MonkeyPatch, prelude: str) -> None:
    """Engines that are started from now on run `prelude` first; `folder` takes the script."""
    launcher = folder / "python"
    launcher.write_text(f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from syslogger import bridge
{prelude}
del sys.argv[1:3]  # -m syslogger.bridge
bridge.main()
""")
    launcher.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(launcher))
