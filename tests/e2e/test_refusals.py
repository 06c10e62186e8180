"""What an engine needs and does not get: it says so in a sentence, ends with a word, and disturbs nobody."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from syslogger.errors import BindError, ConfigError, ExitCode, LockError, StoreError, SysloggerError
from tests.e2e.nobody import give_to_nobody, open_folder, start_as_nobody
from tests.support_engine import WatchedEngine, day_files, numbered, query, send, settings, stored_numbers

MOST_BUFFER_BYTES = (1 << 30) - 1


def refusal(engine: WatchedEngine) -> SysloggerError:
    """The error with which it does not start."""
    with pytest.raises(SysloggerError) as caught:
        engine.start()
    assert engine.wait() == caught.value.exit_code
    assert [] == engine.trouble()
    return caught.value


def test_folder_without_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data directory that the user may not write is named, with what to do about it; given to him, it works."""
    with open_folder() as folder:
        start_as_nobody(folder, monkeypatch)
        data = folder / "data"
        data.mkdir(mode=0o555)
        engine_settings = settings(data)
        error = refusal(WatchedEngine(engine_settings))
        assert [] == list(data.iterdir())
        data.chmod(0o755)
        give_to_nobody(data)
        with WatchedEngine(engine_settings) as engine:
            send(engine.port, *numbered([0]))
            engine.wait_for(stored=1)
            assert Path(f"/proc/{engine.pid}").stat().st_uid == data.stat().st_uid
        assert [0] == stored_numbers(engine_settings)

    assert (StoreError, ExitCode.WRITE) == (type(error), error.exit_code)
    assert str(data) in str(error)
    assert "give the engine's user the directory" in str(error)


@pytest.mark.parametrize("name", [".lock", "2026-03-05.db"])
def test_file_of_another_user(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One file that the user may not open, in a folder that he may write, is named as well."""
    with open_folder() as folder:
        start_as_nobody(folder, monkeypatch)
        engine_settings = settings(folder / "data")
        engine_settings.folder.mkdir(parents=True)
        for each in (engine_settings.folder, *list(engine_settings.folder.parents)[:2]):
            give_to_nobody(each)
        file = engine_settings.folder / name
        file.write_bytes(b"x")
        file.chmod(0)
        error = refusal(WatchedEngine(engine_settings))

    assert (StoreError, True) == (type(error), str(file) in str(error))


def most_buffer_bytes() -> int:
    """What a socket without special rights is granted at most, as it would ask for it (net.core.rmem_max)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MOST_BUFFER_BYTES)
        return probe.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2


def test_buffer_that_the_kernel_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the right to force it, the receive buffer is cut: status and a warning have the sysctl line."""
    most = most_buffer_bytes()
    asked = min(2 * most, MOST_BUFFER_BYTES)
    advice = f"sysctl -w net.core.rmem_max={asked}" if asked > most else None
    with open_folder() as folder:
        start_as_nobody(folder, monkeypatch)
        data = folder / "data"
        data.mkdir()
        give_to_nobody(data)
        with WatchedEngine(settings(data, receive={"receive_buffer_bytes": asked})) as engine:
            cut = engine.status()["buffer"]
        warnings = [event["message"] for event in engine.of_kind("warning")]
        with WatchedEngine(settings(data, receive={"receive_buffer_bytes": min(most, 65_536)})) as engine:
            whole = engine.status()["buffer"]

    assert {"sockets": 1, "asked_bytes": asked, "granted_bytes": 2 * most, "advice": advice} == cut
    assert [advice] == [advice for message in warnings if advice and advice in message] or advice is None
    assert (2 * min(most, 65_536), None) == (whole["granted_bytes"], whole["advice"])
    assert [] == engine.trouble()


@pytest.mark.parametrize(("sockets", "shares"), [(1, False), (4, True)])
def test_port_in_use(tmp_path: Path, sockets: int, shares: bool) -> None:
    """Another program on the port is found, even one that would share it; the message names port and remedy."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        if shares:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("::", 0))
        port = other.getsockname()[1]
        error = refusal(WatchedEngine(settings(tmp_path, port=port, receive={"sockets": sockets})))

    assert (BindError, ExitCode.BIND) == (type(error), error.exit_code)
    assert f"UDP port {port} of all addresses is in use" in str(error)
    assert f"ss -ulpn 'sport = :{port}'" in str(error)


def test_address_that_is_not_ours(tmp_path: Path) -> None:
    """An address of another machine cannot be bound, and the message names it."""
    error = refusal(WatchedEngine(settings(tmp_path, addresses=["203.0.113.9"])))

    assert (BindError, True) == (type(error), "203.0.113.9" in str(error))


def test_two_engines_on_one_folder(tmp_path: Path) -> None:
    """The second one names the holder and ends; the first one stores on; then the folder is free again."""
    engine_settings = settings(tmp_path)
    with WatchedEngine(engine_settings) as first:
        send(first.port, *numbered([0]))
        error = refusal(WatchedEngine(engine_settings))
        send(first.port, *numbered([1]))
        first.wait_for(stored=2)
        assert f"process {first.pid}" in str(error)
    with WatchedEngine(engine_settings) as second:
        send(second.port, *numbered([2]))
        second.wait_for(stored=1)

    assert (LockError, ExitCode.BIND) == (type(error), error.exit_code)
    assert str(engine_settings.folder) in str(error)
    assert [0, 1, 2] == stored_numbers(engine_settings)


def test_client_name_with_rows_of_another_range(tmp_path: Path) -> None:
    """A name that has rows is never given to another range; a name without rows may move."""
    before = settings(tmp_path, clients=[("router", "127.0.0.1"), ("spare", "10.0.0.1")])
    with WatchedEngine(before) as engine:
        send(engine.port, *numbered([0]))
        engine.wait_for(stored=1)
    error = refusal(WatchedEngine(settings(tmp_path, clients=[("router", "127.0.0.0/8")])))
    with WatchedEngine(settings(tmp_path, clients=[("router", "127.0.0.1"), ("spare", "127.0.0.2")])) as engine:
        send(engine.port, *numbered([1]), source="127.0.0.2")
        engine.wait_for(stored=1)

    assert (ConfigError, ExitCode.CONFIG) == (type(error), error.exit_code)
    assert all(word in str(error) for word in ("'router'", "127.0.0.1", "127.0.0.0/8"))
    rows = query(before, "SELECT client, log_sender_ip FROM entries ORDER BY id")
    assert [("router", "127.0.0.1"), ("spare", "127.0.0.2")] == rows


def test_day_file_of_a_newer_program(tmp_path: Path) -> None:
    """A day file with a newer format is not touched: the message names the file and both versions."""
    engine_settings = settings(tmp_path)
    with WatchedEngine(engine_settings):
        pass
    (path,) = day_files(engine_settings)
    raise_format(path)
    error = refusal(WatchedEngine(engine_settings))

    assert (StoreError, ExitCode.WRITE) == (type(error), error.exit_code)
    assert all(word in str(error) for word in (str(path), "newer", "99"))


def raise_format(path: Path) -> None:
    """Make a day file one of the future; its engine has ended."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE partition SET format_version = 99")
        connection.commit()
