"""A test line: one real datagram to an engine, and the row that it became.

Runs in     a process of its own, started by `sent`: Arrow stays out of the factory
Reads       one JSON object on stdin (`root`, `engine`, `source`, `targets`, `line`), the engine's tail
Writes      the row as one JSON line to stdout, or nothing
Ends when   the row has come, or the time is over

The sender is an address of loopback that nobody else uses, so the row is known by it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from syslogger.clients import ClientTable
from syslogger.config import EngineSettings
from syslogger.engine import CHILD_ENVIRONMENT
from syslogger.errors import SysloggerError

WAIT_SECONDS = 5.0
Row = dict[str, Any]


def source_for(settings: EngineSettings) -> str:
    """An address of loopback that may send to this engine. Raises SysloggerError where none may."""
    table = ClientTable([(client.name, client.address) for client in settings.engine.clients])
    candidates = [".".join(["127", *(str(1 + secrets.randbelow(254)) for _ in range(3))]), "127.0.0.1"]
    if ":" in target_for(settings):
        candidates = ["::1"]
    texts = [each if ":" in each else f"::ffff:{each}" for each in candidates]
    keys = b"".join(socket.inet_pton(socket.AF_INET6, each) for each in texts)
    decided = table.decide(np.frombuffer(keys, np.uint8).reshape(-1, 16)).tolist()
    for address, client in zip(candidates, decided, strict=True):
        if client >= 0:
            return address
    raise SysloggerError(
        f"no client of this engine includes loopback: add {candidates[-1]}, or send from a client's machine"
    )


def target_for(settings: EngineSettings) -> str:
    """Where the engine listens; of IPv6 only where it listens on nothing else."""
    listening = settings.engine.addresses or ("127.0.0.1",)
    target = next((each for each in listening if ":" not in each), listening[0])
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(target, target)


async def sent(settings: EngineSettings, port: int, line: str) -> Row | None:
    """The row that a line became; None when none came within five seconds.

    Raises SysloggerError where no address of loopback may send.
    """
    asked = {
        "root": str(settings.root),
        "engine": settings.engine.name,
        "source": source_for(settings),
        "target": target_for(settings),
        "port": port,
        "line": line,
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "interfaces.probe_line"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | CHILD_ENVIRONMENT,
    )
    answer, _ = await child.communicate(orjson.dumps(asked))
    row: Row | None = orjson.loads(answer) if answer else None
    return row


def main() -> None:
    """Do what stdin asks for."""
    from syslogger.tail import LiveTail

    asked = orjson.loads(sys.stdin.buffer.read())
    with LiveTail(Path(asked["root"]), asked["engine"]) as tail:
        # the writer lets readers in before it commits what comes later: one datagram is enough
        family = socket.AF_INET6 if ":" in asked["target"] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.bind((asked["source"], 0))
            sender.sendto(asked["line"].encode("utf-8", "surrogatepass"), (asked["target"], asked["port"]))
        deadline = time.monotonic() + WAIT_SECONDS
        while (left := deadline - time.monotonic()) > 0 and not tail.ended:
            batch = tail.poll(left)
            rows = [] if batch is None else [row for row in batch.rows() if row["log_sender_ip"] == asked["source"]]
            if rows:
                sys.stdout.buffer.write(orjson.dumps(rows[0], default=str))
                return


if __name__ == "__main__":
    main()
