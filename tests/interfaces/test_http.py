"""The interface over real sockets: who is answered, what is read, how every refusal is told, and that it stays up."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interfaces import http
from interfaces.errors import Refused
from interfaces.http import make_app
from interfaces.operations import OPERATIONS
from syslogger.errors import BindError, ConfigError, EngineDiedError, LockError, Problem, StoreError, SysloggerError
from tests.support import wait_until
from tests.support_interface import SECONDS, TOKEN, Book, Interface, code_of, engine, head, interface, raw


@pytest.fixture
def door() -> Iterator[Interface]:
    """An interface before an empty book."""
    with interface() as running:
        yield running


# -- who is answered ---------------------------------------------------------------------------------------------------


def test_a_request_reaches_the_service(door: Interface) -> None:
    """An engine that is created is listed, and the service knows who asked."""
    status, headers, content = door.ask("engines.create", {"engine": engine()})

    assert (200, {"name": "main", "port": 5140, "autostart": True}) == (status, content["answer"])
    assert ("application/json", "no-store") == (headers["content-type"], headers["cache-control"])
    assert ["main"] == [each["name"] for each in door.ask("engines.list")[2]["answer"]]
    assert ("anna", "cli") == (door.book.asked[0][2].author, door.book.asked[0][2].source)


@pytest.mark.parametrize(
    "said", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xe4"]
)
def test_without_the_token_nothing_is_told(door: Interface, said: str | None) -> None:
    """Without the right token there is one sentence, where the token lies, and no documentation."""
    for path in ("/", "/v1/engines.list", "/v1/nothing"):
        status, headers, content = door.ask("", method="POST", path=path, headers={"Authorization": said})

        assert (401, "Bearer") == (status, headers["www-authenticate"])
        assert ["error"] == list(content)
        assert "_control/factory.token" in content["error"]["hint"]
    assert [] == door.book.asked


@pytest.mark.parametrize("host", ["example.net", "127.0.0.1", "127.0.0.1:1", "localhost.example.net:{port}", ""])
def test_another_name_for_this_host_is_refused(door: Interface, host: str) -> None:
    """A page whose name was turned to this machine is refused, whatever token it has."""
    reply = door.ask("engines.list", headers={"Host": host.format(port=door.port)})

    assert (403, "forbidden") == code_of(reply)


@pytest.mark.parametrize("host", ["localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}", "127.0.0.1:{port}"])
def test_every_name_of_loopback_is_answered(door: Interface, host: str) -> None:
    """The names of this machine with the port of the interface are its own."""
    assert 200 == door.ask("engines.list", headers={"Host": host.format(port=door.port)})[0]


@pytest.mark.parametrize("header", ["Origin", "Sec-Fetch-Site"])
def test_a_browser_is_refused(door: Interface, header: str) -> None:
    """What only a browser sends is refused."""
    assert (403, "forbidden") == code_of(door.ask("engines.list", headers={header: "null"}))


def test_two_hosts_are_refused(door: Interface) -> None:
    """Of two Host headers neither counts."""
    answer = raw(door, head(door, "Host: example.net", "Content-Length: 0", "Connection: close") + b"\r\n")

    assert b" 403 " in answer.partition(b"\r\n")[0] or b" 400 " in answer.partition(b"\r\n")[0]


@pytest.mark.parametrize("peer", ["10.0.0.7", "192.168.1.4", "2001:db8::1", None])
def test_another_machine_is_refused(peer: str | None) -> None:
    """Were it ever bound elsewhere, nobody from there is answered."""
    sent: list[dict[str, object]] = []

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = [(b"host", b"127.0.0.1:3100"), (b"authorization", f"Bearer {TOKEN}".encode())]
    scope = {"type": "http", "method": "POST", "path": "/v1/engines.list", "query_string": b"", "headers": headers}
    client = None if peer is None else (peer, 40_000)
    asyncio.run(make_app(Book(), TOKEN)({**scope, "client": client, "server": ("127.0.0.1", 3100)}, receive, send))  # type: ignore[arg-type] # this test is the server

    assert 403 == sent[0]["status"]


# -- what is read ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/v1/engines.lost", (404, "unknown_operation")),
        ("POST", "/v1/", (404, "unknown_operation")),
        ("POST", "/v2/engines.list", (404, "unknown_operation")),
        ("POST", "/v1/engines.list/", (404, "unknown_operation")),
        ("POST", "/../etc/passwd", (404, "unknown_operation")),
        ("GET", "/v1/engines.list", (405, "wrong_method")),
        ("DELETE", "/v1/engines.list", (405, "wrong_method")),
        ("OPTIONS", "/v1/engines.list", (405, "wrong_method")),
        ("POST", "/", (405, "wrong_method")),
        ("POST", "/v1/stream", (404, "unknown_operation")),
        ("PROPFIND", "/v1/engines.list", (405, "wrong_method")),
    ],
)
def test_what_is_not_known_gets_the_documentation(
    door: Interface, method: str, path: str, expected: tuple[int, str]
) -> None:
    """Unknown paths, methods and operations are told so, with every operation beside it."""
    reply = door.ask("", method=method, path=path)

    assert expected == code_of(reply)
    assert list(OPERATIONS) == [each["operation"] for each in reply[2]["documentation"]["operations"]]
    assert reply[2]["error"]["hint"]


def test_what_was_probably_meant_is_said(door: Interface) -> None:
    """A slip in an operation's name is recognised, and a wrong method told the right one."""
    assert "'engines.list'" in door.ask("engines.lits")[2]["error"]["hint"]
    assert "POST" == door.ask("engines.list", method="PUT")[1]["allow"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/v1/docs")])
def test_the_documentation_can_be_asked_for(door: Interface, method: str, path: str) -> None:
    """It is the answer to GET / and to the operation docs."""
    status, _, content = door.ask("", method=method, path=path)

    assert 200 == status
    assert len(OPERATIONS) == len(content["answer"]["operations"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "no JSON"),
        (b"[]", "does not fit"),
        (b"5", "does not fit"),
        (b'"name"', "does not fit"),
        (b"null", "does not fit"),
        (b'{"name": NaN}', "no JSON"),
        (b'{"name": "\xff"}', "no JSON"),
        (b'\xef\xbb\xbf{"name": "main"}', "no JSON"),
        (b'{"name": "main", "name": "other"}', "more than once"),
        (b"[" * 100_000, "no JSON"),
        (b"[" * 1_000 + b"]" * 1_000, "nested"),
        (b'{"name": "main"} {}', "no JSON"),
        (b'{"name": ' + b"9" * 100_000 + b"}", "no JSON"),
        (b'{"name": ' + b"9" * 40 + b"}", "is not a name"),
    ],
)
def test_a_body_that_is_no_request(door: Interface, body: bytes, words: str) -> None:
    """What is no JSON object of the operation is a bad request that says why, with the documentation."""
    reply = door.ask("engines.start", body)

    assert (400, "bad_request") == code_of(reply)
    assert words in reply[2]["error"]["message"]
    assert "documentation" in reply[2]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Encoding": "gzip"},
        {"X-Syslogger-Author": None},
        {"X-Syslogger-Author": "anna"},
        {"X-Syslogger-Author": "file:anna"},
        {"X-Syslogger-Author": "cli:"},
        {"X-Syslogger-Author": "cli:%0a"},
        {"X-Syslogger-Author": "cli:%ff"},
        {"X-Syslogger-Author": "cli:" + "a" * 101},
    ],
)
def test_a_head_that_does_not_do(door: Interface, headers: dict[str, str | None]) -> None:
    """Other contents than JSON are not read, and nothing is changed for nobody."""
    assert (400, "bad_request") == code_of(door.ask("engines.start", {"name": "main"}, headers=headers))
    assert [] == door.book.asked


def test_who_only_looks_need_not_say_who(door: Interface) -> None:
    """An operation that changes nothing is answered without an author; a name may be of any script."""
    assert 200 == door.ask("engines.list", headers={"X-Syslogger-Author": None})[0]
    door.ask("engines.list", headers={"X-Syslogger-Author": "api:J%C3%BCrgen"})

    assert ["unknown", "Jürgen"] == [caller.author for _, _, caller in door.book.asked]


def test_every_problem_of_a_request_is_told(door: Interface) -> None:
    """All problems come with their paths and what would be right; the first one speaks."""
    wrong = engine(port=70_000, clients=[{"address": "10.0.0.1/8"}], addres=["::"])
    error = door.ask("engines.create", {"engine": wrong, "extra": 1})[2]["error"]

    assert ["engine.port", "engine.clients[0].address", "engine.addres", "extra"] == [
        each["path"] for each in error["problems"]
    ]
    assert ("engine.port", "a port from 1 to 65535") == (error["field"], error["hint"])
    assert "did you mean 'addresses'?" == error["problems"][2]["right"]


def test_an_empty_body_is_an_empty_object(door: Interface) -> None:
    """An operation without fields can be asked for without a body."""
    assert 200 == door.ask("engines.list", b"", headers={"Content-Type": None})[0]


def test_too_many_at_once_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit requests are refused at once with a time to come back; those before are answered."""
    monkeypatch.setattr(http, "REQUESTS_AT_ONCE", 3)
    book = Book(held=asyncio.Event())
    with interface(book) as door, ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(door.ask, "engines.list") for _ in range(3)]
        wait_until(lambda: book.waiting == 3, SECONDS, "three requests are under way")

        refused = door.ask("engines.list")
        assert book.held is not None
        door.soon(book.held.set)

        assert ((503, "unavailable"), "1") == (code_of(refused), refused[1]["retry-after"])
        assert [200] * 3 == [each.result(SECONDS)[0] for each in asked]
        assert 200 == door.ask("engines.list")[0]


# -- what the service refuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ConfigError([Problem("clients[1].name", "it is there twice", "another name")]), 422, "config"),
        (Refused("it runs", hint="stop it"), 409, "refused"),
        (SysloggerError("no such field"), 409, "refused"),
        (BindError("the port is taken"), 409, "bind"),
        (LockError("another one has it"), 409, "locked"),
        (StoreError("the disk is full"), 503, "store"),
        (EngineDiedError("it ended"), 503, "engine_died"),
    ],
)
def test_errors_of_the_service_are_told(error: SysloggerError, status: int, code: str) -> None:
    """Each error has its status, its code and its sentence."""
    with interface(Book(raises=error)) as door:
        reply = door.ask("engines.list")

    assert (status, code) == code_of(reply)
    assert str(error).partition(";")[0] in reply[2]["error"]["message"]


def test_an_unknown_engine_is_not_found(door: Interface) -> None:
    """An engine that is not there is told so, with the field and what to do."""
    reply = door.ask("engines.start", {"name": "nobody"})

    assert (404, "not_found") == code_of(reply)
    assert ("name", "engines.list shows them") == (reply[2]["error"]["field"], reply[2]["error"]["hint"])


@pytest.mark.parametrize("defect", [KeyError("secret"), RecursionError("secret"), AssertionError("secret")])
def test_a_defect_is_told_under_a_number(defect: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """The caller gets a number and no word of the exception; the log has both; the next request is answered."""
    with caplog.at_level(logging.ERROR), interface(Book(raises=defect)) as door:
        reply = door.ask("engines.list")
        door.book.raises = None

        assert (500, "internal") == code_of(reply)
        assert "secret" not in json.dumps(reply[2])
        assert "Traceback" not in json.dumps(reply[2])
        assert 200 == door.ask("engines.list")[0]
    number = reply[2]["error"]["message"].rpartition(" ")[2]
    assert number in caplog.text
    assert "secret" in caplog.text
    assert TOKEN not in caplog.text


def test_an_answer_that_is_no_json_is_a_defect(caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be written as JSON is a defect like any other."""
    with interface(Book(answer="\ud800")) as door:
        assert (500, "internal") == code_of(door.ask("engines.stop", {"name": "main"}))


# -- whatever comes ----------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def long_running() -> Iterator[Interface]:
    """One interface for many examples."""
    with interface(Book(answer=0)) as running:
        yield running


def is_expected(status: int) -> bool:
    """Whether a stranger may cause this status."""
    return status < 500 or status == 503


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operation=st.sampled_from(sorted(OPERATIONS)), data=st.data())
def test_any_json_is_answered(long_running: Interface, operation: str, data: st.DataObject) -> None:
    """Any JSON, in the place of a field too, gets an answer that is no defect."""
    names = list(OPERATIONS[operation].example) or ["name"]
    keys = st.sampled_from(names) | st.text(max_size=8)
    body = data.draw(st.dictionaries(keys, JSON, max_size=5) | JSON, label="body")

    assert is_expected(long_running.ask(operation, body)[0])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operation=st.sampled_from(sorted(OPERATIONS)), body=st.binary(max_size=200))
def test_any_bytes_for_a_body_are_answered(long_running: Interface, operation: str, body: bytes) -> None:
    """Any bytes get an answer that is no defect."""
    assert is_expected(long_running.ask(operation, body)[0])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=300), before=st.sampled_from([b"", b"POST ", b"GET / HTTP/1.1\r\n"]))
def test_any_bytes_on_a_connection_leave_it_up(long_running: Interface, data: bytes, before: bytes) -> None:
    """Whatever comes on a connection, it is closed, and the next one is answered."""
    answer = raw(long_running, before + data)

    assert not answer or is_expected(int(answer.split(b" ", 2)[1]))
    assert 200 == long_running.ask("docs")[0]
