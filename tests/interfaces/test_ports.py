"""A port that somebody has is refused beforehand, whatever the family; a free one is left free."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from interfaces.errors import Refused
from interfaces.ports import refuse_taken
from syslogger.settings import EngineConfig


def engine(port: int, *addresses: str) -> EngineConfig:
    """An engine on a port."""
    return EngineConfig(name="main", class_name="word", port=port, addresses=addresses)


@pytest.mark.parametrize("taken", ["0.0.0.0", "127.0.0.1", "::", "::1"])
def test_a_taken_port(taken: str) -> None:
    """Any socket on any address of the machine has it; the error names the port and says what to do."""
    family = socket.AF_INET6 if ":" in taken else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as other:
        other.bind((taken, 0))
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=f":{port} cannot be bound") as refused:
            refuse_taken(engine(port))
    assert (refused.value.field, refused.value.hint) == ("port", "take another port, or end what has this one")
    refuse_taken(engine(port))
    refuse_taken(engine(port))


def test_other_addresses_do_not_matter() -> None:
    """Two engines may share a port on different addresses."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as other:
        other.bind(("127.0.0.2", 0))
        port = other.getsockname()[1]
        refuse_taken(engine(port, "127.0.0.3", "::1"))
        with pytest.raises(Refused, match=r"127\.0\.0\.2"):
            refuse_taken(engine(port, "127.0.0.3", "127.0.0.2"))


def test_an_address_that_is_not_ours() -> None:
    """It is refused, too, and named."""
    with pytest.raises(Refused, match=r"192\.0\.2\.1"):
        refuse_taken(engine(5_140, "192.0.2.1"))
