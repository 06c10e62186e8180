"""The server under the interface, and how much it takes: connections, heads and bodies have their seconds and bytes."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from interfaces import bodies, request_head
from interfaces.server import listening
from syslogger.errors import BindError
from tests.support_interface import SECONDS, Interface, head, interface, raw


@pytest.fixture
def door() -> Iterator[Interface]:
    """An interface before an empty book."""
    with interface() as running:
        yield running


def is_answered(connection: socket.socket) -> bool:
    """Whether a list of no engines comes, read to its end."""
    heard = b""
    while not heard.endswith(b'{"answer":[]}') and (more := connection.recv(1 << 16)):
        heard += more
    return heard.startswith(b"HTTP/1.1 200 ") and heard.endswith(b'{"answer":[]}')


def wait_for_the_end_of_a_head(door: Interface) -> None:
    """Return when a head that was begun now has had its time."""
    with socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as another:
        assert b"" == another.recv(1)


def test_it_is_bound_to_loopback_alone(door: Interface) -> None:
    """The socket has the address 127.0.0.1, and a port that is taken is told with what to do."""
    with listening(0) as other:
        assert "127.0.0.1" == other.getsockname()[0]
    with pytest.raises(BindError, match="INTERFACE_FACTORY_PORT"):
        listening(door.port)


def test_a_body_of_a_megabyte_is_read(door: Interface) -> None:
    """The limit itself is allowed, spaces and all."""
    assert 200 == door.ask("engines.list", b"{" + b" " * ((1 << 20) - 2) + b"}")[0]


def test_a_larger_body_is_refused_before_it_is_sent(door: Interface) -> None:
    """Who announces more than a megabyte is refused without a byte of it being read."""
    answer = raw(door, head(door, "Content-Length: 1048577") + b"\r\n")

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"too_large"' in answer
    assert [] == door.book.asked


def test_a_larger_body_in_chunks_is_refused(door: Interface) -> None:
    """Who does not announce it is refused as soon as it is too much, without its end."""
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    answer = raw(door, head(door, "Transfer-Encoding: chunked") + b"\r\n" + chunk * 17)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert [] == door.book.asked


def test_a_slow_body_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not come whole in its time is refused."""
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.2)
    with interface() as door, socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as connection:
        connection.sendall(head(door, "Content-Length: 5") + b"\r\n{")

        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))

        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b'"too_slow"' in answer


def test_a_connection_without_a_head_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever connects and does not ask is not waited for."""
    monkeypatch.setattr(request_head, "HEAD_SECONDS", 0.2)
    with interface() as door, socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as connection:
        connection.sendall(b"POST /v1/engines.list HTTP/1.1\r\nHost: ")

        assert b"" == connection.recv(1 << 16)


def test_a_later_head_has_its_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a connection that was answered already, a head that stays unfinished is not waited for either."""
    monkeypatch.setattr(request_head, "HEAD_SECONDS", 2.0)
    with interface() as door, socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as connection:
        connection.sendall(head(door, "Content-Length: 0") + b"\r\n")
        assert is_answered(connection)
        connection.sendall(b"POST /v1/engines.list HTTP/1.1\r\nHost: ")

        assert b"" == connection.recv(1 << 16)


def test_a_connection_may_be_idle_between_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a head does not run while a body is read, an answer is made, or nothing is asked."""
    monkeypatch.setattr(request_head, "HEAD_SECONDS", 1.5)
    with interface() as door, socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as connection:
        for _ in range(2):
            connection.sendall(head(door, "Content-Length: 2") + b"\r\n")
            wait_for_the_end_of_a_head(door)
            connection.sendall(b"{}")
            assert is_answered(connection)
            wait_for_the_end_of_a_head(door)


@pytest.mark.parametrize("field", [b"X-Long: ", b"X: y\r\n"])
def test_a_head_without_an_end_is_cut_off(door: Interface, field: bytes) -> None:
    """A head that grows beyond its bytes is refused, be it one long header or many short ones."""
    sent = head(door) + field * (1 + (1 << 17) // len(field))
    with socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as connection:
        connection.sendall(sent)
        answer = connection.recv(1 << 16)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert [] == door.book.asked


def test_what_is_no_http_gets_a_sentence(door: Interface) -> None:
    """Bytes of another protocol are answered in the form of every error."""
    answer = raw(door, b"\x16\x03\x01\x02\x00\x01")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert "bad_request" == json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"]
