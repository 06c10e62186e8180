"""The client against the real interface: every operation, every error, and factories that are not there."""

from __future__ import annotations

import asyncio
import inspect
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from interfaces import client
from interfaces.client import TOKEN_FILE, FactoryClient, FactoryConnection
from interfaces.errors import BadRequest, NotFound, Refused, TooLarge, Unauthorized, Unavailable, UnknownOperation
from interfaces.operations import OPERATIONS
from syslogger.control import control_folder
from syslogger.errors import ConfigError, EngineDiedError, Problem
from tests.support import deadline, wait_until
from tests.support_interface import SECONDS, TOKEN, Book, Interface, engine, interface

FIELDS = {"user": "user=(\\w+)"}
T = TypeVar("T")
ANSWERS: dict[str, tuple[Callable[[FactoryClient], Awaitable[object]], object]] = {
    "engines.list": (lambda factory: factory.list_engines(), []),
    "engines.create": (lambda factory: factory.create_engine(engine(), autostart=False), {}),
    "engines.edit": (lambda factory: factory.edit_engine("main", {"port": 5141}, autostart=True, restart=True), {}),
    "engines.effects": (lambda factory: factory.engine_effects("main", {"port": 5141}), {}),
    "engines.delete": (lambda factory: factory.delete_engine("main", confirm="main", data="keep"), {}),
    "engines.start": (lambda factory: factory.start_engine("main"), {}),
    "engines.stop": (lambda factory: factory.stop_engine("main"), {}),
    "engines.restart": (lambda factory: factory.restart_engine("main"), {}),
    "engines.pause": (lambda factory: factory.pause_engine("main", "upkeep"), {}),
    "engines.resume": (lambda factory: factory.resume_engine("main", "upkeep"), {}),
    "engines.status": (lambda factory: factory.engine_status("main"), {}),
    "engines.release_field": (lambda factory: factory.release_field("main", "user"), None),
    "engines.test_line": (lambda factory: factory.test_line("main", "hello"), {}),
    "engines.events": (lambda factory: factory.events("main", limit=5, before=7), []),
    "clients.list": (lambda factory: factory.list_clients("main"), []),
    "clients.add": (lambda factory: factory.add_client("main", "10.0.0.0/8", "ten"), []),
    "clients.edit": (lambda factory: factory.edit_client("main", "ten", "10.1.0.0/16"), []),
    "clients.remove": (lambda factory: factory.remove_client("main", "ten"), []),
    "senders.unknown": (lambda factory: factory.unknown_senders("main"), []),
    "senders.ignored": (lambda factory: factory.ignored_senders("main"), ["203.0.113.7"]),
    "senders.allow": (lambda factory: factory.allow_sender("main", "203.0.113.7"), []),
    "senders.ignore": (lambda factory: factory.ignore_sender("main", "203.0.113.7"), None),
    "classes.list": (lambda factory: factory.list_classes(), []),
    "classes.get": (lambda factory: factory.get_class("web", 2), {}),
    "classes.versions": (lambda factory: factory.class_versions("web"), []),
    "classes.validate": (lambda factory: factory.validate_class("web", FIELDS), {}),
    "classes.try": (lambda factory: factory.try_class("web", FIELDS, ["user=anna"]), {}),
    "classes.change": (lambda factory: factory.change_class("web", FIELDS), {}),
    "classes.rollback": (lambda factory: factory.roll_back_class("web", 1), {}),
    "classes.remove": (lambda factory: factory.remove_class("web"), None),
    "config.reload": (lambda factory: factory.reload_config(), []),
    "config.export": (lambda factory: factory.export_config(), {}),
    "config.settings": (lambda factory: factory.settings(), {}),
    "status.factory": (lambda factory: factory.factory_status(), {}),
    "status.processes": (lambda factory: factory.processes(), []),
    "days.forecast": (lambda factory: factory.forecast(), {}),
    "jobs.list": (lambda factory: factory.list_jobs(), []),
    "jobs.start": (lambda factory: factory.start_job("delete_days", class_name="web", engine="main", days="all"), {}),
    "jobs.get": (lambda factory: factory.get_job("0f3a"), {}),
    "jobs.cancel": (lambda factory: factory.cancel_job("0f3a"), {}),
    "clock.confirm": (lambda factory: factory.confirm_clock(), "the clock is right"),
}


@pytest.fixture
def door() -> Iterator[Interface]:
    """An interface before an empty book."""
    with interface() as running:
        yield running


def asked(door: Interface, question: Callable[[FactoryClient], Awaitable[T]], token: str = TOKEN) -> T:
    """The answer to one question."""
    return asyncio.run(of_port(door.port, question, token))


async def of_port(port: int, question: Callable[[FactoryClient], Awaitable[T]], token: str = TOKEN) -> T:
    """The answer to one question at a port."""
    async with FactoryClient(port, token, "api:jürgen") as factory:
        return await question(factory)


@pytest.mark.parametrize("operation", ANSWERS)
def test_each_method_asks_for_its_operation(door: Interface, operation: str) -> None:
    """Each method sends a request that its operation takes, in the name of its caller, and returns the answer."""
    method, answer = ANSWERS[operation]
    door.book.answer = answer

    result = asked(door, method)

    [(name, request, caller)] = door.book.asked
    assert (operation, OPERATIONS[operation].request) == (name, type(request))
    assert ("jürgen", "api") == (caller.author, caller.source)
    if operation not in ("engines.create", "engines.list"):  # those the book answers itself
        assert answer == result


def test_every_operation_has_its_method() -> None:
    """No operation is left without a method, and no method is there that is not tried above."""
    methods = {
        name
        for name, method in inspect.getmembers(FactoryClient, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }

    assert OPERATIONS.keys() - {"docs"} == ANSWERS.keys()
    assert len(ANSWERS) + len({"documentation", "call"}) == len(methods)


def test_an_operation_can_be_asked_for_by_its_name(door: Interface) -> None:
    """What is spelled out is asked for, and a slip is told before anything is sent."""
    assert [] == asked(door, lambda factory: factory.call("engines.list", {}))
    with pytest.raises(UnknownOperation, match=r"engines\.list"):
        asked(door, lambda factory: factory.call("engines.lits", {}))
    assert 1 == len(door.book.asked)


def test_the_documentation_is_an_answer_too(door: Interface) -> None:
    """The client reads what can be asked."""
    assert len(OPERATIONS) == len(asked(door, lambda factory: factory.documentation())["operations"])


def test_requests_on_one_connection_do_not_wait(door: Interface) -> None:
    """A thousand one after the other, each with a wait of 40 ms for an acknowledgement, would take 40 seconds."""

    async def often(factory: FactoryClient) -> None:
        for _ in range(1_000):
            await factory.list_engines()

    with deadline(30.0):
        asked(door, often)


def test_errors_keep_their_types(door: Interface) -> None:
    """What the factory raises is raised here, with its field and its hint."""
    with pytest.raises(NotFound) as missing:
        asked(door, lambda factory: factory.start_engine("nobody"))
    with pytest.raises(BadRequest) as bad:
        asked(door, lambda factory: factory.start_engine("x"))
    asked(door, lambda factory: factory.create_engine(engine()))
    with pytest.raises(Refused, match="already; another name"):
        asked(door, lambda factory: factory.create_engine(engine()))

    assert ("name", "engines.list shows them") == (missing.value.field, missing.value.hint)
    assert ["name"] == [each.path for each in bad.value.problems]


@pytest.mark.parametrize(
    "error", [ConfigError([Problem("port", "it is taken", "another")]), EngineDiedError("it died")]
)
def test_errors_of_the_engine_keep_theirs(door: Interface, error: Exception) -> None:
    """An error of the library is the same error behind the interface."""
    door.book.raises = error
    with pytest.raises(type(error)) as raised:
        asked(door, lambda factory: factory.list_engines())

    assert str(error) == str(raised.value)


def test_a_wrong_token_is_told(door: Interface) -> None:
    """Neither an operation nor the stream is open to a wrong token, and the token is in no error."""

    async def watch(factory: FactoryClient) -> None:
        await anext(factory.stream())

    for question in (lambda factory: factory.list_engines(), watch):
        with pytest.raises(Unauthorized) as refused:
            asked(door, question, token="another")
        assert "another" not in str(refused.value)


def test_what_is_too_large_is_not_even_sent(door: Interface) -> None:
    """A request over a megabyte is refused here, as it would be there."""
    with pytest.raises(TooLarge):
        asked(door, lambda factory: factory.try_class("web", FIELDS, ["x" * 60_000] * 20))
    assert [] == door.book.asked


# -- factories that are not there --------------------------------------------------------------------------------------


def test_nobody_is_there(tmp_path: Path) -> None:
    """Without a factory the error says how to start one: no token, no listener, a listener that hangs up."""
    with pytest.raises(Unavailable, match="syslogger run"):
        FactoryClient.from_root(tmp_path, 3100, "cli:anna")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        for question in (FactoryClient.list_engines, first):
            with pytest.raises(Unavailable, match="syslogger run"):
                asyncio.run(of_port(port, question))


async def first(factory: FactoryClient) -> object:
    """The first message of the stream."""
    return await anext(factory.stream())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "syslogger run"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "no factory"),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"answer": {}}', "no factory"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "no factory"),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy", "too many connections"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "syslogger run"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", "syslogger run"),
    ],
)
def test_something_else_has_the_port(said: bytes, words: str) -> None:
    """What answers and is no factory is Unavailable, whatever it says."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_once, args=(listener, said))
        thread.start()
        try:
            with pytest.raises(Unavailable, match=words):
                asyncio.run(of_port(listener.getsockname()[1], FactoryClient.list_engines))
        finally:
            thread.join(SECONDS)


def answer_once(listener: socket.socket, said: bytes) -> None:
    """Read one request, say this and hang up."""
    connection, _ = listener.accept()
    with connection:
        heard = b""
        while b"\r\n\r\n{}" not in heard:
            heard += connection.recv(1 << 16)
        connection.sendall(said)


def test_no_answer_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A factory that is asked and silent is given up in time, and the error says that it may be done still."""
    monkeypatch.setattr(client, "operation_of", lambda _: Patience())
    book = Book(held=asyncio.Event())
    with interface(book) as door:
        with deadline(SECONDS), pytest.raises(Unavailable, match="it may be done still"):
            asked(door, lambda factory: factory.list_engines())
        assert book.held is not None
        door.soon(book.held.set)


class Patience:
    """An operation that nobody waits long for."""

    answer_seconds = 1.0


def test_a_token_that_cannot_be_read(tmp_path: Path) -> None:
    """A token file that is none is told with what to do."""
    (control_folder(tmp_path) / TOKEN_FILE).mkdir()
    with pytest.raises(Unauthorized, match="be the user"):
        FactoryClient.from_root(tmp_path, 3100, "cli:anna")


# -- the stream and the synchronous face -------------------------------------------------------------------------------


def test_the_stream_ends_with_the_factory(door: Interface) -> None:
    """Messages come as they are told, and the iterator ends when the factory does."""

    async def watch(factory: FactoryClient) -> list[str]:
        kinds = []
        async for message in factory.stream():
            kinds.append(message["type"])
            door.soon(door.book.broadcast.close)
        return kinds

    with telling(door):
        assert {"status"} == set(asked(door, watch))


def test_a_silent_stream_is_given_up(door: Interface, monkeypatch: pytest.MonkeyPatch) -> None:
    """A factory tells its status every second; without a word for long it is Unavailable."""
    monkeypatch.setattr(client, "SILENCE_SECONDS", 0.2)
    with pytest.raises(Unavailable, match="silent"):
        asked(door, first)


class telling:  # noqa: N801 it reads as a statement
    """A status as soon as somebody watches."""

    def __init__(self, door: Interface) -> None:
        self._door = door
        self._thread = threading.Thread(target=self._tell)

    def _tell(self) -> None:
        broadcast = self._door.book.broadcast
        wait_until(lambda: broadcast.subscriptions, SECONDS, "somebody watches")
        self._door.soon(broadcast.status, {"main": {"state": "running"}})

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join(SECONDS)


def test_a_shell_asks_without_a_loop(door: Interface, tmp_path: Path) -> None:
    """The synchronous face reads the token, asks in the name of the user, streams, and raises the same errors."""
    (control_folder(tmp_path) / TOKEN_FILE).write_text(TOKEN + "\n", "ascii")
    with FactoryConnection.from_root(tmp_path, door.port) as connection:
        created = connection.run(lambda factory: factory.create_engine(engine()))
        with pytest.raises(NotFound):
            connection.run(lambda factory: factory.start_engine("nobody"))
        with telling(door):
            message = next(iter(connection.stream()))

    assert "main" == created["name"]
    assert {"type": "status", "engines": {"main": {"state": "running"}}, "skipped": 0} == message
    assert ("cli", client.user_name()) == (door.book.asked[0][2].source, door.book.asked[0][2].author)
