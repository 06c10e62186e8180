"""A factory against its model: up to six engines are created, edited, paused, killed and deleted in any order.

Rules
- The processes are real. After each step factory and model agree within a deadline, those processes run that should and
  no other, and a few numbered lines are sent to an engine that runs: each becomes a row once, or is counted as paused.
- All steps are one rule. As a rule each, hypothesis left about half of them out of an example: in 25 examples of 30
  steps two bridges were killed.
- Shrinking would take an hour; the failing steps are printed as they were.
"""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from interfaces.client import FactoryClient
from interfaces.errors import NotFound, Refused
from syslogger.errors import ConfigError
from tests.e2e.factories import DataDirectory, descriptors, engine
from tests.e2e.factory_model import Books, Model
from tests.support import Holdings, bytes_in_kernel, leaks_since, wait_until
from tests.support_engine import LOOPBACK, WAIT_SECONDS, balanced, send

EXAMPLES, STEPS = 6, 30
MOST_KILLS = 5  # an engine that dies eight times within a minute has failed, as it should
MOST_KEEPER_KILLS = 2  # each successor waits twice as long
NAMES = tuple(f"engine_{letter}" for letter in "abcdef")
CHILDREN = ("receiver", "worker0", "writer")
EVERY_STEP = (
    *("edit_what_is_live", "edit_what_needs_a_restart", "edit_wrongly", "pause", "resume", "start", "stop", "restart"),
    *("create", "create", "delete", "kill_a_bridge", "kill_a_child", "kill_the_keeper"),
    *("edit_what_is_live", "replace_the_factory", "replace_the_factory"),
)


class FactoryMachine(RuleBasedStateMachine):
    """One example: a data directory from its first factory to the end of its last one."""

    def __init__(self) -> None:
        super().__init__()
        self.engines: dict[str, Model] = {}
        self.books: dict[str, Books] = {}
        self.ports: set[int] = set()
        self.steps = self.keeper_kills = 0
        self.before = Holdings.now()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="factory")))
            self.directory = stack.enter_context(DataDirectory(folder))
            self.directory.start()
            self.keeper()
            self.at_rest = descriptors(self.factory_pid)
            self.stack = stack.pop_all()

    @initialize()
    def three_engines(self) -> None:
        """Something to begin with."""
        for name, log_class in zip(NAMES[:3], ("word", "term", "word"), strict=True):
            self._create(name, log_class, running=True)

    @rule(step=st.sampled_from(EVERY_STEP), data=st.data())
    def do(self, step: str, data: st.DataObject) -> None:
        """One step; one that has nothing to work on does nothing."""
        self.draw = data.draw
        getattr(self, step)()

    def some_engine(self, *, running: bool = False) -> tuple[str, Model] | None:
        """One of the engines, or of those that run; None where there is none."""
        names = sorted(name for name, model in self.engines.items() if model.runs or not running)
        if not names:
            return None
        name = self.draw(st.sampled_from(names), label="engine")
        return name, self.engines[name]

    # -- existence -----------------------------------------------------------------------------------------------------

    def create(self) -> None:
        """An engine of any name and class."""
        name = self.draw(st.sampled_from(NAMES), label="name")
        log_class = self.draw(st.sampled_from(["word", "term"]), label="class")
        self._create(name, log_class, running=self.draw(st.booleans(), label="running"))

    def _create(self, name: str, log_class: str, *, running: bool) -> None:
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
        self.engines[name] = Model(entry["port"], desired=running, runs=running)
        self.ports.add(entry["port"])

    def delete(self) -> None:
        """It is gone and not found any more; its days stay, or a job deletes them."""
        if (found := self.some_engine()) is None:
            return
        name = found[0]
        choices: list[Literal["keep", "delete"]] = ["keep", "delete"]
        data = self.draw(st.sampled_from(choices), label="data")
        answer = self.directory.ask(lambda factory: factory.delete_engine(name, confirm=name, data=data))
        del self.engines[name]
        with pytest.raises(NotFound):
            self.directory.ask(lambda factory: factory.pause_engine(name))
        if data == "delete" and answer["job"] is not None:  # one that never ran has no days
            job = answer["job"]["id"]
            wait_until(lambda: self.job_state(job) == "done", WAIT_SECONDS, f"the days of {name} are deleted")
        if data == "delete":
            assert not self.directory.settings(name, self.books[name].log_class).folder.exists()
            self.books[name] = Books(self.books[name].log_class)

    def job_state(self, job: str) -> str:
        """Where a job is."""
        return str(self.directory.ask(lambda factory: factory.get_job(job))["state"])

    # -- running -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """It is wanted from now on."""
        if (found := self.some_engine()) is None:
            return
        name, model = found
        self.directory.ask(lambda factory: factory.start_engine(name))
        model.desired = True
        if not model.runs:
            model.started()

    def stop(self) -> None:
        """It is not wanted any more."""
        if (found := self.some_engine()) is None:
            return
        name, model = found
        ledger = self.directory.ask(lambda factory: factory.stop_engine(name))
        assert bool(ledger) == model.runs
        assert not ledger or balanced(ledger)
        model.desired = model.runs = False

    def restart(self) -> None:
        """What waited for a restart is in force."""
        if (found := self.some_engine()) is None:
            return
        name, model = found
        self.directory.ask(lambda factory: factory.restart_engine(name))
        model.desired = True
        model.started()

    def pause(self) -> None:
        """One more reason to store nothing; an engine that does not run refuses."""
        if (found := self.some_engine()) is None:
            return
        (name, model), reason = found, self.reason()
        if not model.runs:
            with pytest.raises(Refused):
                self.directory.ask(lambda factory: factory.pause_engine(name, reason))
            return
        self.settle(name)
        self.directory.ask(lambda factory: factory.pause_engine(name, reason))
        model.paused.add(reason)

    def resume(self) -> None:
        """One reason less; it runs again when none is left."""
        if (found := self.some_engine(running=True)) is None:
            return
        (name, model), reason = found, self.reason()
        self.settle(name)
        self.directory.ask(lambda factory: factory.resume_engine(name, reason))
        model.paused.discard(reason)

    def settle(self, name: str) -> None:
        """Wait until all that was sent to an engine has its fate: it is that of the moment at which it is looked at."""

        def nothing_waits() -> bool:
            port = self.engines[name].port
            return not bytes_in_kernel(port) and not self.directory.status(name)["ledger"]["in_flight"]

        wait_until(nothing_waits, WAIT_SECONDS, f"nothing waits in {name}")

    def reason(self) -> str:
        """Why to pause, or to pause no more."""
        return self.draw(st.sampled_from(["operator", "maintenance"]), label="reason")

    # -- editing -------------------------------------------------------------------------------------------------------

    def edit_what_is_live(self) -> None:
        """A title is in force at once, and whether the next factory starts the engine is kept."""
        if (found := self.some_engine()) is None:
            return
        name, model = found
        title = self.draw(st.text("aä✓", max_size=5), label="title")
        autostart = self.draw(st.sampled_from([None, False, True]), label="autostart")
        self.directory.ask(lambda factory: factory.edit_engine(name, {"title": title}, autostart=autostart))
        model.title = title
        model.autostart = model.autostart if autostart is None else autostart

    def edit_what_needs_a_restart(self) -> None:
        """The number of workers waits for a restart, or has it now."""
        if (found := self.some_engine()) is None:
            return
        name, model = found
        workers = self.draw(st.integers(1, 2), label="workers")
        now = self.draw(st.booleans(), label="restart")
        self.directory.ask(lambda factory: factory.edit_engine(name, {"workers": workers}, restart=now))
        model.workers = workers
        if now and model.runs:
            model.started()

    def edit_wrongly(self) -> None:
        """A port that another engine has is refused, and nothing is changed."""
        if (found := self.some_engine()) is None:
            return
        name = found[0]
        others = [model.port for other, model in self.engines.items() if other != name]
        if not others:
            return
        changes = {"port": others[0], "title": "no"}
        with pytest.raises((ConfigError, Refused)):  # the one knows the other engine, the other its socket
            self.directory.ask(lambda factory: factory.edit_engine(name, changes))

    # -- dying ---------------------------------------------------------------------------------------------------------

    def kill_a_bridge(self) -> None:
        """The engine runs again by itself, with the settings as they are."""
        self.kill("bridge")

    def kill_a_child(self) -> None:
        """It is replaced, and nothing is lost."""
        self.kill(self.draw(st.sampled_from(CHILDREN), label="role"))

    def kill(self, role: str) -> None:
        """Kill a process of an engine just after something was sent to it."""
        if (found := self.some_engine(running=True)) is None or found[1].kills >= MOST_KILLS:
            return
        name, model = found
        model.kills += 1
        before = self.directory.processes(name)[role]
        self.send(name, sure=role != "bridge")
        os.kill(before, signal.SIGKILL)
        if role == "bridge":
            model.started()
        wait_until(lambda: self.replaced(name, role, before), WAIT_SECONDS, f"{role} of {name} is replaced")

    def replaced(self, name: str, role: str, before: int) -> bool:
        """Whether a role has another process."""
        return self.directory.processes(name).get(role, before) != before

    def kill_the_keeper(self) -> None:
        """It runs again by itself."""
        if self.keeper_kills < MOST_KEEPER_KILLS:
            self.keeper_kills += 1
            os.kill(self.keeper(), signal.SIGKILL)

    def keeper(self) -> int:
        """The keeper's process, as soon as there is one."""
        found: dict[str, int] = {}

        def is_there() -> bool:
            found.update(self.directory.all_processes())
            return "None.keeper" in found

        wait_until(is_there, WAIT_SECONDS, "there is a keeper")
        return found["None.keeper"]

    def replace_the_factory(self) -> None:
        """The next one starts those that are to run, whether the last one was asked to end or was killed."""
        regular = self.draw(st.booleans(), label="regular")
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

    @property
    def factory_pid(self) -> int:
        """The factory's process."""
        assert self.directory.factory is not None
        return self.directory.factory.process.pid

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
            books = self.books[name]
            self.send(name, sure=True)
            settings = self.directory.settings(name, books.log_class)
            wait_until(lambda: books.settled(settings), WAIT_SECONDS, f"{name} has settled {books}")

    def send(self, name: str, *, sure: bool) -> None:
        """A few lines. sure: nothing happens to the owners of the engine's socket before they are read."""
        model = self.engines[name]
        send(model.port, *self.books[name].lines(paused=bool(model.paused), sure=sure))

    def only_those_run(self) -> bool:
        """Whether the processes below this one are the factory and those that it lists, as many as the model says."""
        listed = self.directory.all_processes()
        running = {pid for pid, _ in Holdings.now().children - self.before.children}
        expected = 1 + sum(model.process_count for model in self.engines.values())
        return len(listed) == expected and running == {self.factory_pid, *listed.values()}

    def still_open(self) -> Counter[str]:
        """What the factory holds and did not hold when it had no engines."""
        return descriptors(self.factory_pid) - self.at_rest

    # -- the end -------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """With its engines stopped the factory holds what it held at first; ended, it leaves nothing."""
        with self.stack:
            if self.directory.factory is None:
                return
            for each in self.directory.ask(lambda factory: factory.list_engines()):
                self.directory.ask(partial(FactoryClient.stop_engine, name=each["engine"]))
            self.keeper()
            wait_until(lambda: not self.still_open(), WAIT_SECONDS, "the factory holds what it held at first")
            assert self.directory.end() == 0
            for name, books in self.books.items():
                books.check(self.directory.settings(name, books.log_class))
            assert leaks_since(self.before) == []
            for port in self.ports:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    probe.bind((LOOPBACK, port))


@pytest.mark.timeout(900)  # with two busy cores it takes minutes
def test_any_order_of_steps() -> None:
    """Whatever is done in whatever order, engines are what the model says, and no line is lost or stored twice."""
    run_state_machine_as_test(
        FactoryMachine,
        settings=hypothesis_settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=tuple(HealthCheck),
        ),
    )
