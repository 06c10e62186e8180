"""JSON lines between two processes: whole, in order, and an end that is seen."""

from __future__ import annotations

import socket
import threading

import pytest

from syslogger.errors import (
    ConfigError,
    EngineDiedError,
    ExitCode,
    LockError,
    Problem,
    StoreError,
    SysloggerError,
)
from syslogger.lines import READ_BYTES, Lines, Message, as_error, error_of


def pair() -> tuple[Lines, Lines]:
    """Two ends of a socket."""
    one, other = socket.socketpair()
    return Lines(one), Lines(other)


def test_messages_arrive_whole_and_in_order() -> None:
    """One that is longer than a read, several in one read; an event has the time it was said at."""
    one, other = pair()
    texts = ["x" * (3 * READ_BYTES), "a\nb", ""]
    speaker = threading.Thread(target=lambda: [one.say({"event": "x", "text": text}) for text in texts])
    speaker.start()
    heard: list[Message] = []
    while len(heard) < len(texts):
        heard += other.hear() or []
    speaker.join()

    assert [message["text"] for message in heard] == texts
    assert all(message["at"] > 1_600_000_000_000_000 for message in heard)
    one.socket.close()
    other.socket.close()


def test_threads_do_not_cut_into_each_other() -> None:
    """Lines of two threads that are longer than the socket's buffer stay lines."""
    one, other = pair()
    speakers = [threading.Thread(target=one.say, args=({"who": who, "text": who * 500_000},)) for who in "ab"]
    for speaker in speakers:
        speaker.start()
    heard: list[Message] = []
    while len(heard) < 2:
        heard += other.hear() or []
    for speaker in speakers:
        speaker.join()

    assert sorted(message["who"] for message in heard) == ["a", "b"]
    assert all(message["text"] == message["who"] * 500_000 for message in heard)
    one.socket.close()
    other.socket.close()


def test_the_end_is_seen_on_both_sides() -> None:
    """Who hears gets None, also when words of his own were never read; who speaks is told that nobody hears."""
    one, other = pair()
    assert other.say({"unread": True})
    one.socket.close()

    assert other.hear() is None
    assert not other.say({})
    other.socket.close()


@pytest.mark.parametrize(
    "error",
    [
        LockError("process 7 keeps it"),
        StoreError("the disk is full"),
        SysloggerError("no such job"),
        ConfigError([Problem("root", "it moved", "start another one")]),
    ],
)
def test_an_error_crosses_as_itself(error: SysloggerError) -> None:
    """Type, words and exit code are the same on the other side."""
    found = error_of(as_error(error), SysloggerError)

    assert (type(found), str(found), found.exit_code) == (type(error), str(error), error.exit_code)


def test_an_exit_code_without_a_type_is_what_the_asker_says() -> None:
    """A process that ended is another thing than a question refused."""
    message = {"message": "gone", "exit_code": int(ExitCode.FAILED)}

    assert isinstance(error_of(message, EngineDiedError), EngineDiedError)
