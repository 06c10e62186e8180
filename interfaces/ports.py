"""Whether an engine could listen where it is told to, asked before anything is changed."""

from __future__ import annotations

import errno
import socket
from contextlib import closing

from interfaces.errors import Refused
from syslogger.config import EngineConfig


def refuse_taken(engine: EngineConfig) -> None:
    """Raises Refused when the port is taken on one of the engine's addresses, or not ours to take."""
    for address in engine.addresses or ("::", "0.0.0.0"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            with closing(socket.socket(family, socket.SOCK_DGRAM)) as probe:
                if family is socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind((address, engine.port))
        except OSError as error:
            if not engine.addresses and family is socket.AF_INET6 and _absent(error):
                continue  # a machine without IPv6 listens on IPv4 alone
            shown = f"[{address}]" if ":" in address else address
            why = f"{shown}:{engine.port} cannot be bound: {error.strerror}"
            raise Refused(why, field="port", hint="take another port, or end what has this one") from error


def _absent(error: OSError) -> bool:
    return error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)
