"""The factory's process: who may have a data directory, what a kill leaves behind, what outlives a restart.

Lines carry running numbers from one sender, so "stored once, in order, and no other" is a comparison of lists.
"""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import Any

import psutil
import pytest

from syslogger.errors import ExitCode
from syslogger.lock import lock_folder
from tests.cli.program import run
from tests.e2e.factories import DataDirectory, engine, is_alive, wait_for_ends
from tests.support import deadline, free_udp_port, wait_until
from tests.support_engine import (
    LOOPBACK,
    WAIT_SECONDS,
    Load,
    integrity,
    left_open,
    minute_sums,
    numbered,
    send,
    stored_numbers,
    suspend,
)

RATE = 10_000
LARGE_BUFFER = {"receive_buffer_bytes": 64 << 20}  # seconds of it, in which nobody reads
RESTART_SECONDS = 60.0  # an engine's start takes one; the machine may be busy


def mode(path: Path) -> int:
    """The permissions of a file."""
    return path.stat().st_mode & 0o777


def balance(directory: DataDirectory, name: str = "main") -> tuple[int, int]:
    """What the ledger of an engine's day files leaves open: in flight or unexplained, and received but not settled."""
    sums, settings = minute_sums(directory.settings(name)), directory.settings(name)
    settled = sum(sums[key] for key in ("stored", "refused", "empty", "paused", "no_space", "abandoned"))
    return left_open(settings), sums["received"] - settled


# -- who may have the directory ----------------------------------------------------------------------------------------


def test_a_second_factory_is_refused(tmp_path: Path) -> None:
    """It ends with `bind` and names the first one's process, which goes on; so does one whose port is taken."""
    other = DataDirectory(tmp_path / "other")
    with DataDirectory(tmp_path / "one") as directory:
        first = directory.start()
        other.write(ROOT_SAVED_DATA_DIRECTORY=str(directory.root))
        same_root = run("factory", "--config", other.config, cwd=tmp_path)
        other.write(INTERFACE_FACTORY_PORT=directory.port)
        same_port = run("factory", "--config", other.config, cwd=tmp_path)
        assert directory.ask(lambda factory: factory.list_engines()) == []

        assert same_root.returncode == same_port.returncode == ExitCode.BIND
        assert f"process {first.process.pid}" in same_root.stderr
        assert f"127.0.0.1:{directory.port} cannot be bound" in same_port.stderr
        assert "INTERFACE_FACTORY_PORT" in same_port.stderr
        assert "Traceback" not in same_root.stderr + same_port.stderr
        assert directory.end() == ExitCode.OK


def test_the_control_files_are_private(tmp_path: Path) -> None:
    """Folder 0700, files and sockets in it 0600, whatever the umask is; the next factory has the same token."""
    before = os.umask(0)
    try:
        with DataDirectory(tmp_path / "one", engine()) as directory:
            directory.start()
            control = directory.root / "_control"
            names = {path.name: mode(path) for path in control.iterdir()}
            token = (control / "factory.token").read_text()
            directory.end()
            directory.start()
            kept = (control / "factory.token").read_text()
            directory.end()
    finally:
        os.umask(before)

    assert mode(control) == 0o700
    assert {"factory.db", "factory.db-wal", "factory.token", "factory.lock", "keeper.lock", "main.tail"} <= names.keys()
    assert {name: found for name, found in names.items() if found != 0o600} == {}
    assert token == kept
    assert len(token.strip()) >= 32


def test_only_this_machine_is_answered(tmp_path: Path) -> None:
    """The factory listens on 127.0.0.1 and nowhere else, nor does any process of it listen for TCP."""
    with DataDirectory(tmp_path / "one", engine()) as directory:
        factory = directory.start()
        pids = {"factory": factory.process.pid, **directory.all_processes()}
        found = {role: listens(pid) for role, pid in pids.items()}
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", directory.port), WAIT_SECONDS).close()
        directory.end()

    assert found.pop("factory") == [(LOOPBACK, directory.port)]
    assert {role: ports for role, ports in found.items() if ports} == {}


def listens(pid: int) -> list[tuple[str, int]]:
    """Where a process listens for TCP."""
    connections = psutil.Process(pid).net_connections("tcp")
    return [tuple(each.laddr) for each in connections if each.status == psutil.CONN_LISTEN]


def test_a_configuration_that_cannot_be_used(tmp_path: Path) -> None:
    """Every problem is said at once, with its place in the file, and nothing is made."""
    bad = engine("abc", "nothing", port=70_000, colour="red")
    broken = {"word": {"number": "number ([0-9]+"}}
    with DataDirectory(tmp_path / "one", bad, AUTO_DELETE_DAYS=0, ENGINE_CLASSES=broken) as directory:
        ended = run("factory", "--config", directory.config, cwd=tmp_path)

    assert ended.returncode == ExitCode.CONFIG
    places = ["AUTO_DELETE_DAYS", "ENGINE_CLASSES.word.number"]
    places += [f"ENGINES[0].{key}" for key in ("name", "class", "port", "colour")]
    assert [place for place in places if f"{place}: " not in ended.stderr] == []
    assert "Traceback" not in ended.stderr
    assert not directory.root.exists()


# -- kills -------------------------------------------------------------------------------------------------------------


def test_a_killed_factory(tmp_path: Path) -> None:
    """Its engines store what they have received and end; the next one starts those that are to run, as they were."""
    entries = {name: engine(name) for name in ("main", "idle", "resting", "manual")}
    with DataDirectory(tmp_path / "one", *entries.values(), RECEIVE=LARGE_BUFFER) as directory:
        directory.start()
        directory.ask(lambda factory: factory.stop_engine("idle"))
        directory.ask(lambda factory: factory.pause_engine("resting", "maintenance"))
        directory.ask(lambda factory: factory.edit_engine("manual", autostart=False))
        send(entries["resting"]["port"], *numbered(range(10)))
        directory.wait_for_count(10, "received", "resting")
        pids = directory.all_processes()
        with Load(entries["main"]["port"], RATE) as load:
            load.wait_for(RATE)
            directory.kill()
            wait_for_ends(pids)
        numbers = stored_numbers(directory.settings())
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > RATE // 2
        assert balance(directory) == (0, 0)
        assert minute_sums(directory.settings("resting"))["paused"] == 10

        directory.start()
        assert directory.status()["state"] == "running"
        assert (directory.status("idle")["state"], directory.status("idle")["wanted"]) == ("stopped", "stopped")
        assert directory.status("manual")["state"] == "stopped"
        assert directory.wait_for("resting", state="paused")["pause_reasons"] == ["maintenance"]
        send(entries["main"]["port"], *numbered([len(numbers)]))
        directory.wait_for_count(1)
        assert directory.end() == ExitCode.OK
        assert stored_numbers(directory.settings()) == [*numbers, len(numbers)]
        assert stored_numbers(directory.settings("resting")) == []
        assert {*integrity(directory.settings()), *integrity(directory.settings("resting"))} == {"ok"}


def test_a_folder_that_is_held_is_waited_for(tmp_path: Path) -> None:
    """While processes of a run before have an engine's folder it is starting, and others run; then it runs, too."""
    with DataDirectory(tmp_path / "one", engine(), engine("other")) as directory:
        folder = directory.settings().folder
        folder.mkdir(parents=True)
        held = lock_folder(folder)
        directory.launch()
        directory.connect()
        directory.wait_for("other", state="running")
        directory.wait_for(state="starting", why="processes of its last run still store what they had received")
        os.close(held)
        directory.wait_for(state="running")
        assert directory.end() == ExitCode.OK


def test_a_killed_bridge_under_load(tmp_path: Path) -> None:
    """It runs again by itself; what it had received is stored once and in order, and the day's ledger balances."""
    with DataDirectory(tmp_path / "one", engine(), engine("other")) as directory:
        factory = directory.start()
        untouched = directory.processes("other")
        with Load(directory.status()["port"], RATE) as load:
            for kill in (1, 2):
                load.wait_for(load.sent + RATE // 2)
                pids = directory.processes()
                with deadline(RESTART_SECONDS):
                    os.kill(pids["bridge"], signal.SIGKILL)
                    directory.wait_for(state="running", restarts=kill, last_exit="killed by SIGKILL")
                wait_for_ends(pids)
                load.wait_for(load.sent + RATE // 2)
        directory.wait_for_status(settled, "main", "everything received is settled")
        assert directory.processes("other") == untouched
        assert [event["engine"] for event in factory.events("engine_restarted")] == ["main"] * 2
        assert directory.end() == ExitCode.OK

    numbers = stored_numbers(directory.settings())
    assert numbers == sorted(set(numbers))
    assert len(numbers) > RATE
    assert balance(directory) == (0, 0)
    assert minute_sums(directory.settings())["stored"] == len(numbers)
    assert integrity(directory.settings()) == {"ok"}


def settled(status: dict[str, Any]) -> bool:
    """Whether nothing is on its way through an engine."""
    return bool(status["ledger"]["received"] > 0 and status["ledger"]["in_flight"] == 0)


def test_a_killed_keeper_is_replaced(tmp_path: Path) -> None:
    """The keeper of stored days runs again by itself, and engines do not notice."""
    with DataDirectory(tmp_path / "one", engine()) as directory:
        directory.start()
        before = directory.all_processes()
        os.kill(before["None.keeper"], signal.SIGKILL)
        after = dict(before)

        def is_replaced() -> bool:
            after.clear()
            after.update(directory.all_processes())
            return after.keys() == before.keys() and after["None.keeper"] != before["None.keeper"]

        wait_until(is_replaced, WAIT_SECONDS, "there is another keeper")
        directory.end()

    assert {role for role in before if before[role] != after[role]} == {"None.keeper"}


# -- ends and starts ---------------------------------------------------------------------------------------------------


def test_a_regular_end(tmp_path: Path) -> None:
    """SIGTERM drains every engine: what lies in their sockets is stored, nothing runs on, and the code is 0."""
    entries = [engine(name) for name in ("first", "second")]
    with DataDirectory(tmp_path / "one", *entries) as directory:
        factory = directory.start()
        pids = directory.all_processes()
        standing = [suspend(directory.processes(each["name"])["receiver"]) for each in entries]
        for each in entries:
            send(each["port"], *numbered(range(500)))
        factory.signal(signal.SIGTERM)
        for receiver in standing:
            receiver.resume()
        assert directory.end() == ExitCode.OK
        assert not any(map(is_alive, pids.values()))

    stopped = {event["engine"]: event["ledger"]["stored"] for event in factory.events("stopped")}
    assert stopped == {"first": 500, "second": 500}
    assert factory.errors == []
    for each in entries:
        assert stored_numbers(directory.settings(each["name"])) == list(range(500))
        assert balance(directory, each["name"]) == (0, 0)


def test_a_port_in_use(tmp_path: Path) -> None:
    """That engine has failed and says why; the others run; started again when the port is free, it runs too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOOPBACK, free_udp_port()))
        port = taken.getsockname()[1]
        with DataDirectory(tmp_path / "one", engine(), engine("late", port=port)) as directory:
            directory.start()
            late = directory.status("late")
            assert (late["state"], late["wanted"]) == ("failed", "running")
            assert f"UDP port {port} of {LOOPBACK} is in use" in late["why"]
            assert directory.status()["state"] == "running"
            taken.close()
            assert directory.ask(lambda factory: factory.start_engine("late"))["state"] == "running"
            assert directory.end() == ExitCode.OK


def test_the_factory_s_own_state_is_the_truth(tmp_path: Path) -> None:
    """After the first start an edit made here outlives a restart, whatever the file says; that it differs is said."""
    entry = engine(title="of the file")
    with DataDirectory(tmp_path / "one", entry) as directory:
        directory.start()
        directory.ask(lambda factory: factory.edit_engine("main", {"title": "of an operator"}))
        directory.ask(lambda factory: factory.create_engine(engine("added", running=False)))
        directory.end()
        directory.write(entry | {"title": "of another file"}, engine("unheard"))
        factory = directory.start()
        kept = {each["engine"]: each["title"] for each in directory.ask(lambda each: each.list_engines())}
        exported = directory.ask(lambda each: each.export_config())
        wait_until(lambda: factory.events("config_reported"), WAIT_SECONDS, "the difference is reported")
        directory.end()

    assert kept == {"main": "of an operator", "added": ""}
    assert [each["name"] for each in exported["ENGINES"]] == sorted(kept, key=list(kept).index)
    assert [event["engine"] for event in factory.events("config_reported")] == [""]


def test_a_killed_factory_with_a_stopped_process_below_it(tmp_path: Path) -> None:
    """The kernel sends SIGHUP to an orphaned group that has a stopped process: the engine stores all the same."""
    with DataDirectory(tmp_path / "one", engine()) as directory:
        directory.start()
        pids = directory.processes()
        suspend(pids["writer"])
        send(directory.status()["port"], *numbered(range(1_000)))
        directory.wait_for_count(1_000, "received")
        directory.kill()
        wait_for_ends(pids)

    assert stored_numbers(directory.settings()) == list(range(1_000))
    assert minute_sums(directory.settings())["received"] == 1_000
