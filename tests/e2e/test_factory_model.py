"""A factory against a model: up to six engines are created, edited, paused, killed and deleted in any order.

Rules
- The processes are real. The model is what an operator may rely on: which engines there are, which of them run, their
  titles, reasons to pause and edits that wait for a restart, the numbers they were sent.
- After each step factory and model agree within a deadline, nobody runs who should not, and a few numbered lines are
  sent to an engine that runs. Each is a row once, or counted as paused.
- What was sent just before an owner of a socket was killed may lie in the kernel, and is gone with the socket: such
  lines are stored once or not at all. Lines sent before a child is killed are all stored.
- Shrinking would take an hour; the failing steps are printed as they were.
"""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from interfaces.errors import NotFound, Refused
from syslogger.errors import ConfigError
from tests.e2e.factories import DataDirectory, descriptors, engine
from tests.support import Holdings, leaks_since, wait_until
from tests.support_engine import LOOPBACK, WAIT_SECONDS, balanced, integrity, minute_sums, numbered, send, stored_numbers

EXAMPLES, STEPS = 4, 30
LINES = 5
MOST_KILLS = 5  # an engine that dies eight times within a minute has failed, as it should
NAMES = tuple(f"engine_{letter}" for letter in "abcdef")

some_engine = st.integers(0, len(NAMES) - 1)
any_reason = st.sampled_from(["operator", "maintenance"])


@dataclass
class Books:
    """What was sent to the engines of one name, which keep their folder over a deletion."""

    log_class: str
    next_number: int = 0
    stored: set[int] = field(default_factory=set)
    perhaps: set[int] = field(default_factory=set)
    paused_least: int = 0
    paused_most: int = 0


@dataclass
class Model:
    """What one engine should be. in_force: the workers that its bridge was started with."""

    entry: dict[str, Any]
    desired: bool
    autostart: bool
    runs: bool
    title: str = ""
    workers: int = 1
    in_force: int = 1
    paused: set[str] = field(default_factory=set)
    kills: int = 0

    def started(self) -> None:
        """A bridge was started with the settings as they are."""
        self.runs, self.in_force = True, self.workers

    @property
    def status(self) -> dict[str, Any]:
        """What its status is to say."""
        known = {"title": self.title, "wanted": "running" if self.runs else "stopped", "needs_restart": []}
        if not self.runs:
            return known | {"state": "stopped"}
        known["needs_restart"] = [] if self.workers == self.in_force else ["workers"]
        return known | {"state": "paused" if self.paused else "running", "pause_reasons": sorted(self.paused)}

    @property
    def process_count(self) -> int:
        """Bridge, receiver, writer and workers."""
        return 3 + self.in_force if self.runs else 0


class FactoryMachine(RuleBasedStateMachine):
    """One example: a data directory from its first factory to the end of its last one."""

    def __init__(self) -> None:
        super().__init__()
        self.engines: dict[str, Model] = {}
        self.books: dict[str, Books] = {}
        self.ports: set[int] = set()
        self.steps = 0
        self.before = Holdings.now()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="factory")))
            self.directory = stack.enter_context(DataDirectory(folder))
            self.directory.start()
            self.at_rest = descriptors(self.factory_pid)
            self.stack = stack.pop_all()

    @property
    def factory_pid(self) -> int:
        """The factory's process."""
        assert self.directory.factory is not None
        return self.directory.factory.process.pid

    def chosen(self, place: int) -> tuple[str, Model]:
        """One of the engines."""
        name = sorted(self.engines)[place % len(self.engines)]
        return name, self.engines[name]

    # -- steps ---------------------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from(NAMES))
    def ask_for_one_that_may_not_be_there(self, name: str) -> None:
        """An engine that does not exist is not found, whatever is asked of it."""
        if name not in self.engines:
            with pytest.raises(NotFound):
                self.directory.ask(lambda factory: factory.pause_engine(name))

    @rule(name=st.sampled_from(NAMES), log_class=st.sampled_from(["word", "term"]), running=st.booleans())
    def create(self, name: str, log_class: str, running: bool) -> None:
        """A name that is taken is refused; one that was deleted comes back only with its class."""
        entry = engine(name, log_class, running=running)
        known = self.books.get(name)
        if name in self.engines or (known is not None and known.log_class != log_class):
            with pytest.raises(Refused):
                self.directory.ask(lambda factory: factory.create_engine(entry))
            return
        answer = self.directory.ask(lambda factory: factory.create_engine(entry))
        assert answer["continues"] == (known is not None)
        self.books.setdefault(name, Books(log_class))
        self.engines[name] = Model(entry, desired=running, autostart=True, runs=running)
        self.ports.add(entry["port"])

    @precondition(lambda self: self.engines)
    @rule(place=some_engine)
    def start(self, place: int) -> None:
        """It is wanted from now on."""
        name, model = self.chosen(place)
        self.directory.ask(lambda factory: factory.start_engine(name))
        model.desired = True
        if not model.runs:
            model.started()

    @precondition(lambda self: self.engines)
    @rule(place=some_engine)
    def stop(self, place: int) -> None:
        """It is not wanted any more."""
        name, model = self.chosen(place)
        ledger = self.directory.ask(lambda factory: factory.stop_engine(name))
        assert bool(ledger) == model.runs
        assert not ledger or balanced(ledger)
        model.desired = model.runs = False

    @precondition(lambda self: self.engines)
    @rule(place=some_engine)
    def restart(self, place: int) -> None:
        """What waited for a restart is in force."""
        name, model = self.chosen(place)
        self.directory.ask(lambda factory: factory.restart_engine(name))
        model.desired = True
        model.started()

    @precondition(lambda self: self.engines)
    @rule(place=some_engine, title=st.text("aä✓ ", max_size=5), autostart=st.none() | st.booleans())
    def edit_what_is_live(self, place: int, title: str, autostart: bool | None) -> None:
        """A title is in force at once, and whether the next factory starts the engine is kept."""
        name, model = self.chosen(place)
        self.directory.ask(lambda factory: factory.edit_engine(name, {"title": title}, autostart=autostart))
        model.title = title
        model.autostart = model.autostart if autostart is None else autostart

    @precondition(lambda self: self.engines)
    @rule(place=some_engine, workers=st.integers(1, 2), now=st.booleans())
    def edit_what_needs_a_restart(self, place: int, workers: int, now: bool) -> None:
        """The number of workers waits for a restart, or has it now."""
        name, model = self.chosen(place)
        edits = {"workers": workers}
        self.directory.ask(lambda factory: factory.edit_engine(name, edits, restart=now))
        model.workers = workers
        if now and model.runs:
            model.started()

    @precondition(lambda self: len(self.engines) > 1)
    @rule(place=some_engine)
    def edit_wrongly(self, place: int) -> None:
        """A port that another engine has is refused, and nothing is changed."""
        name, _ = self.chosen(place)
        _, other = self.chosen(place + 1)
        edits = {"port": other.entry["port"], "title": "wrong"}
        with pytest.raises(ConfigError):
            self.directory.ask(lambda factory: factory.edit_engine(name, edits))

    @precondition(lambda self: self.engines)
    @rule(place=some_engine, reason=any_reason)
    def pause(self, place: int, reason: str) -> None:
        """One more reason to store nothing; an engine that does not run refuses."""
        name, model = self.chosen(place)
        if not model.runs:
            with pytest.raises(Refused):
                self.directory.ask(lambda factory: factory.pause_engine(name, reason))
            return
        self.directory.ask(lambda factory: factory.pause_engine(name, reason))
        model.paused.add(reason)

    @precondition(lambda self: any(model.paused and model.runs for model in self.engines.values()))
    @rule(place=some_engine, reason=any_reason)
    def resume(self, place: int, reason: str) -> None:
        """One reason less; it runs again when none is left."""
        paused = sorted(name for name, model in self.engines.items() if model.paused and model.runs)
        name = paused[place % len(paused)]
        self.directory.ask(lambda factory: factory.resume_engine(name, reason))
        self.engines[name].paused.discard(reason)

    @precondition(lambda self: self.engines)
    @rule(place=some_engine, with_data=st.booleans())
    def delete(self, place: int, with_data: bool) -> None:
        """It is gone; its days stay, or a job deletes them."""
        name, _ = self.chosen(place)
        data = "delete" if with_data else "keep"
        answer = self.directory.ask(lambda factory: factory.delete_engine(name, confirm=name, data=data))
        del self.engines[name]
        if with_data:
            job = answer["job"]["id"]
            wait_until(lambda: self.job_state(job) == "done", WAIT_SECONDS, f"the days of {name} are deleted")
            self.books[name] = Books(self.books[name].log_class)

    def job_state(self, job: str) -> str:
        """Where a job is."""
        return str(self.directory.ask(lambda factory: factory.get_job(job))["state"])

    @precondition(lambda self: any(model.runs for model in self.engines.values()))
    @rule(place=some_engine, role=st.sampled_from(["bridge", "receiver", "worker0", "writer"]))
    def kill(self, place: int, role: str) -> None:
        """It runs again by itself; a child's death loses nothing."""
        running = sorted(name for name, model in self.engines.items() if model.runs)
        name = running[place % len(running)]
        if self.engines[name].kills >= MOST_KILLS:
            return
        self.engines[name].kills += 1
        before = self.directory.processes(name)
        self.send(name, sure=role != "bridge")
        os.kill(before[role], signal.SIGKILL)
        if role == "bridge":
            self.engines[name].started()
        wait_until(lambda: self.replaced(name, role, before[role]), WAIT_SECONDS, f"{role} of {name} is replaced")

    def replaced(self, name: str, role: str, before: int) -> bool:
        """Whether a role has another process."""
        return self.directory.processes(name).get(role, before) != before

    @rule()
    def kill_the_keeper(self) -> None:
        """It runs again by itself."""
        os.kill(self.keeper(), signal.SIGKILL)

    def keeper(self) -> int:
        """The keeper's process, as soon as there is one."""
        found: dict[str, int] = {}

        def is_there() -> bool:
            found.update(self.directory.all_processes())
            return "None.keeper" in found

        wait_until(is_there, WAIT_SECONDS, "there is a keeper")
        return found["None.keeper"]

    @rule(regular=st.booleans())
    def replace_the_factory(self, regular: bool) -> None:
        """The next one starts those that are to run, whether the last one was asked to end or was killed."""
        for name in [name for name, model in self.engines.items() if model.runs]:
            self.send(name, sure=regular)
        if regular:
            assert self.directory.end() == 0
        else:
            self.directory.kill()
        self.directory.start()
        for model in self.engines.values():
            model.runs = False
            if model.desired and model.autostart:
                model.started()

    # -- what holds after each step ------------------------------------------------------------------------------------

    @invariant()
    def factory_and_model_agree(self) -> None:
        """Names, states, titles, reasons, processes; and lines sent now arrive."""
        listed = self.directory.ask(lambda factory: factory.list_engines())
        assert sorted(each["engine"] for each in listed) == sorted(self.engines)
        for name, model in self.engines.items():
            status = self.directory.wait_for(name, **model.status)
            assert not model.runs or balanced(status["ledger"]), status["ledger"]
        wait_until(self.only_those_run, WAIT_SECONDS, "those processes run that should, and no other")
        running = sorted(name for name, model in self.engines.items() if model.runs)
        self.steps += 1
        if running:
            name = running[self.steps % len(running)]
            self.send(name, sure=True)
            self.wait_for_lines(name)

    def only_those_run(self) -> bool:
        """Whether the processes below this one are the factory and those that it lists, as many as the model says."""
        listed = self.directory.all_processes()
        running = {pid for pid, _ in Holdings.now().children - self.before.children}
        expected = 1 + sum(model.process_count for model in self.engines.values())
        return len(listed) == expected and running == {self.factory_pid, *listed.values()}

    # -- load ----------------------------------------------------------------------------------------------------------

    def send(self, name: str, *, sure: bool) -> None:
        """A few lines with new numbers; the books say what is to become of them."""
        model, books = self.engines[name], self.books[name]
        numbers = range(books.next_number, books.next_number + LINES)
        books.next_number += LINES
        send(model.entry["port"], *numbered(numbers))
        if model.paused:
            books.paused_most += LINES
            books.paused_least += LINES if sure else 0
        else:
            (books.stored if sure else books.perhaps).update(numbers)

    def wait_for_lines(self, name: str) -> None:
        """Wait until what was surely received of an engine is settled."""
        books = self.books[name]
        settings = self.directory.settings(name, books.log_class)

        def settled() -> bool:
            return books.stored <= set(stored_numbers(settings)) and (
                minute_sums(settings).get("paused", 0) >= books.paused_least
            )

        wait_until(settled, WAIT_SECONDS, f"{name}: {books}")

    def check(self, name: str) -> None:
        """Every line of an engine is stored once or counted."""
        books = self.books[name]
        settings = self.directory.settings(name, books.log_class)
        numbers, sums = stored_numbers(settings), minute_sums(settings)
        assert sorted(set(numbers)) == sorted(numbers)
        assert books.stored <= set(numbers) <= books.stored | books.perhaps
        if sums:
            settled = sums["stored"] + sums["paused"] + sums["abandoned"]
            assert (sums["received"], len(numbers), 0) == (settled, sums["stored"], sums["unexplained"])
            assert books.paused_least <= sums["paused"] <= books.paused_most
            assert integrity(settings) == {"ok"}

    # -- the end -------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """With its engines stopped the factory holds what it held at first; ended, it leaves nothing."""
        with self.stack:
            if self.directory.factory is None:
                return
            for name in self.engines:
                self.directory.ask(lambda factory, name=name: factory.stop_engine(name))
            self.keeper()
            wait_until(lambda: descriptors(self.factory_pid) == self.at_rest, WAIT_SECONDS, f"{self.at_rest} are open")
            assert self.directory.end() == 0
            for name in self.books:
                self.check(name)
            assert leaks_since(self.before) == []
            for port in self.ports:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    probe.bind((LOOPBACK, port))


def test_any_order_of_steps() -> None:
    """Whatever is done in whatever order, engines are what the model says, and no line is lost or stored twice."""
    run_state_machine_as_test(
        FactoryMachine,
        settings=hypothesis_settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=tuple(HealthCheck),
        ),
    )
