"""The UDP sockets of an engine: which addresses and ports they have, and what the kernel grants them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from syslogger.errors import BindError
from syslogger.inputs.udp import BoundSocket, bind
from tests.support_engine import LOOPBACK, send

BUFFER_BYTES = 1 << 20
MESSAGE_BYTES = 512
UNPRIVILEGED_START = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
PRIVILEGED_PORTS = [UNPRIVILEGED_START - 1] if UNPRIVILEGED_START > 1 else []


@contextmanager
def sockets_of(*arguments: object) -> Iterator[list[BoundSocket]]:
    """What `bind` gives, closed behind the block."""
    bound = bind(*arguments)  # type: ignore[arg-type]
    try:
        yield bound
    finally:
        for each in bound:
            os.close(each.descriptor)


@contextmanager
def without_rights() -> Iterator[None]:
    """The block runs as `nobody` where the tests run as root."""
    rights = os.geteuid() == 0
    if rights:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if rights:
            os.seteuid(0)


def heard(bound: Sequence[BoundSocket]) -> list[bytes]:
    """What lies in these sockets, the first one's first."""
    messages = []
    for each in bound:
        with socket.socket(fileno=os.dup(each.descriptor)) as receiver:
            while True:
                try:
                    messages.append(receiver.recv(MESSAGE_BYTES, socket.MSG_DONTWAIT))
                except BlockingIOError:
                    break
    return messages


def test_one_socket_takes_both_families() -> None:
    """Without addresses one dual-stack socket hears IPv4 and IPv6, on a free port that it names."""
    with sockets_of(0, (), 1, BUFFER_BYTES) as bound:
        send(bound[0].port, b"four")
        send(bound[0].port, b"six", source="::1")

        assert [b"four", b"six"] == heard(bound)


def test_sockets_share_a_port() -> None:
    """Four sockets have one port, and what is sent to it reaches exactly one of them."""
    with sockets_of(0, (), 4, BUFFER_BYTES) as bound:
        sent = [f"127.0.0.{host}".encode() for host in range(1, 60)]
        for source in sent:
            send(bound[0].port, source, source=source.decode())

        assert [bound[0].port] * 4 == [each.port for each in bound]
        assert sorted(sent) == sorted(heard(bound))
        assert all(len(heard([each])) < len(sent) for each in bound)


def test_only_the_given_addresses() -> None:
    """An engine that listens on 127.0.0.2 and ::1 hears neither 127.0.0.1 nor anybody twice."""
    with sockets_of(0, ("127.0.0.2", "::1"), 1, BUFFER_BYTES) as bound:
        port = bound[0].port
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"not for us", (LOOPBACK, port))
            sender.sendto(b"four", ("127.0.0.2", port))
        send(port, b"six", source="::1")

        assert [b"four", b"six"] == heard(bound)


def test_all_addresses_of_each_family_beside_each_other() -> None:
    """`0.0.0.0` and `::`, both named, are two sockets on one port."""
    with sockets_of(0, ("0.0.0.0", "::"), 1, BUFFER_BYTES) as bound:
        send(bound[0].port, b"four")
        send(bound[0].port, b"six", source="::1")

        assert [[b"four"], [b"six"]] == [heard([each]) for each in bound]


@pytest.mark.parametrize("sockets", [1, 3])
@pytest.mark.parametrize("address", [(), ("127.0.0.1",), ("::1",)])
def test_port_of_another_program_is_found(sockets: int, address: tuple[str, ...]) -> None:
    """A port that somebody else shares with SO_REUSEPORT is in use all the same; nothing stays open."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("::", 0))
        port = other.getsockname()[1]
        with pytest.raises(BindError, match=f"port {port} of .* is in use by another program: stop it"):
            bind(port, address, sockets, BUFFER_BYTES)


def test_sockets_bound_before_the_failure_are_closed() -> None:
    """When the second address cannot be bound, the first one's port is free again."""
    with pytest.raises(BindError, match=r"UDP port (\d+) of 203\.0\.113\.9 cannot be bound") as caught:
        bind(0, (LOOPBACK, "203.0.113.9"), 1, BUFFER_BYTES)
    port = int(str(caught.value).split()[2])
    with sockets_of(port, (LOOPBACK,), 1, BUFFER_BYTES):
        assert port > 0


@pytest.mark.parametrize("port", PRIVILEGED_PORTS)
def test_port_that_needs_root(port: int) -> None:
    """Without the right to a low port the message says what gives it."""
    with without_rights(), pytest.raises(BindError, match=f"port {port} .*need root or CAP_NET_BIND_SERVICE"):
        bind(port, (), 1, BUFFER_BYTES)


def test_buffer_is_granted_or_advice_given() -> None:
    """Asked and granted are told; a cut buffer comes with the line that repairs it, a whole one without."""
    with without_rights(), sockets_of(0, (), 1, 4_096) as small, sockets_of(0, (), 1, (1 << 30) - 1) as large:
        assert (4_096, 8_192, None) == (small[0].asked_bytes, small[0].granted_bytes, small[0].advice())
        whole = large[0].granted_bytes == 2 * large[0].asked_bytes
        assert large[0].advice() == (None if whole else "sysctl -w net.core.rmem_max=1073741823")
