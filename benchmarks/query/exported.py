"""The CSV export of everything, by the command line as a user would: rows a second, memory of its processes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

SAMPLE_SECONDS = 0.1


def export_csv(root: Path) -> dict[str, Any]:
    """Export every row under the root into a file beside it; the file is removed. Prints and returns the figures."""
    target = root / "export.csv"
    words = [sys.executable, "-m", "syslogger", "export", "", str(target), "--format", "csv", "--data", str(root)]
    began, greatest = time.monotonic(), 0
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while not _ended(process):
            greatest = max(greatest, _greatest_rss(process.pid))
        said = process.stderr.read() if process.stderr else ""
    seconds = time.monotonic() - began
    if process.returncode:
        raise RuntimeError(f"the export failed: {said}")
    rows = json.loads(target.with_name("export.csv.manifest.json").read_text())["rows"]
    size = target.stat().st_size
    target.unlink()
    print(f"\nexport  {rows:,} rows, {size / 1e9:.2f} GB of CSV in {seconds:.1f} s with start and end of the command:")
    print(f"        {rows / seconds:,.0f} rows/s, {greatest / 1e6:,.0f} MB RSS of the larger of its processes")
    return {"rows": rows, "bytes": size, "seconds": seconds, "rss_bytes": greatest}


def _ended(process: subprocess.Popen[str]) -> bool:
    try:
        process.wait(SAMPLE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _greatest_rss(pid: int) -> int:
    """Of a process and its children; 0 when it has ended."""
    try:
        process = psutil.Process(pid)
        return max(int(each.memory_info().rss) for each in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0
