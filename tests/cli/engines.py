"""Engines that the command line runs: their configuration, datagrams to them, and the rows they stored."""

from __future__ import annotations

import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

LINES = [f"<134>number {number} of some".encode() for number in range(1_000)]


def configuration(folder: Path, *engines: dict[str, Any]) -> Path:
    """A configuration with the class `word` and these engines; its data lies in `folder/logs`."""
    path = folder / "GLOBAL_CONFIG.json"
    classes = {"word": {"number": "number ([0-9]+)"}}
    shape = {"ENGINE_CLASSES": classes, "ENGINES": engines, "ROOT_SAVED_DATA_DIRECTORY": "logs"}
    path.write_text(json.dumps(shape))
    return path


def send(port: int, lines: list[bytes] = LINES) -> None:
    """Sends each line as a datagram over loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for line in lines:
            sender.sendto(line, ("127.0.0.1", port))


def stored(folder: Path, engine: str) -> list[str | None]:
    """The original lines in the engine's day files, in order."""
    rows: list[str | None] = []
    for path in sorted((folder / "logs" / "word" / engine).glob("*.db")):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            rows += [row[0] for row in connection.execute("select original_log from entries order by id")]
    return rows


def balanced(ledger: dict[str, Any]) -> bool:
    """Whether both equations of the ledger hold and nothing is left to explain."""
    settled = ledger["stored"] + ledger["refused"] + ledger["empty"] + sum(ledger["dropped"].values())
    return bool(
        ledger["offered"] == ledger["kernel_dropped"] + ledger["received"]
        and ledger["received"] == settled + ledger["in_flight"]
        and ledger["unexplained"] == 0
    )
