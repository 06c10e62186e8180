"""Parcels between a reader process and its owner: whole, one at a time, and an end that is seen."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.parcels import Head, Parcels

HEADS = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 63) - 1) | st.text())


@contextmanager
def pair() -> Iterator[tuple[Parcels, Parcels]]:
    """Two ends of a socket."""
    one, other = socket.socketpair()
    with one, other:
        yield Parcels(one), Parcels(other)


@given(st.lists(st.tuples(HEADS, st.binary(max_size=2_000)), max_size=5))
def test_what_is_sent_is_received(parcels: list[tuple[Head, bytes]]) -> None:
    """Heads and bodies come whole, in order, whatever is in them."""
    with pair() as (one, other):
        for head, body in parcels:
            one.send(head, body)
        assert [other.receive() for _ in parcels] == parcels


def test_a_body_that_is_larger_than_the_socket() -> None:
    """It comes whole while the other side still speaks."""
    body = bytes(range(256)) * 20_000
    with pair() as (one, other):
        speaker = threading.Thread(target=one.send, args=({"a": 1}, body))
        speaker.start()
        assert other.receive() == ({"a": 1}, body)
        speaker.join()


def test_the_next_one_stays_in_the_socket() -> None:
    """Whoever has received one parcel can see that there is another, and that there is none."""
    with pair() as (one, other):
        one.send({"number": 1}, b"x")
        one.send({"number": 2})
        assert other.receive() == ({"number": 1}, b"x")
        assert select.select([other.socket], [], [], 0)[0] == [other.socket]
        assert other.receive() == ({"number": 2}, b"")
        assert select.select([other.socket], [], [], 0)[0] == []


@pytest.mark.parametrize("heard", [b"", b"\x02", b"\x02\0\0\0\0\0\0\0{", b"\x02\0\0\0\x05\0\0\0{}abc"])
def test_the_end_is_seen(heard: bytes) -> None:
    """When the other side is gone, between two parcels or within one, there is none."""
    with pair() as (one, other):
        one.socket.sendall(heard)
        one.socket.close()
        assert other.receive() is None


def test_an_end_with_unread_words() -> None:
    """Who goes away without having read everything is gone just the same, and cannot be spoken to."""
    with pair() as (one, other):
        other.send({})
        one.socket.close()
        assert other.receive() is None
        with pytest.raises(OSError, match="pipe"):
            other.send({})


def test_waiting_can_be_given_up() -> None:
    """`wait` is called before each read, and what it raises ends the waiting."""

    def give_up() -> None:
        raise TimeoutError

    one, other = socket.socketpair()
    with one, other, pytest.raises(TimeoutError):
        Parcels(other, give_up).receive()
