"""How full the data directory's file system is, and whether to go on storing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BELOW_PERCENT = 5.0  # so far below the limit the disk must be to store again: no switching to and fro


def used_percent(path: Path) -> float:
    """Used space as df(1) counts it: what is left for an ordinary user, of what is used and left. Raises OSError."""
    found = os.statvfs(path)
    used = found.f_blocks - found.f_bfree
    return 100.0 * used / (used + found.f_bavail) if used + found.f_bavail else 0.0


def must_pause(percent: float, limit_percent: float, *, paused: bool) -> bool:
    """Whether storing rests: above the limit, until it is five points below; a limit of 100 is none."""
    return percent > (limit_percent - BELOW_PERCENT if paused else limit_percent)
