"""The factory's state: taken over once, edited one at a time, kept before it is true, and told."""

from __future__ import annotations

import asyncio
import logging
import socket
from functools import partial
from pathlib import Path

import pytest

from interfaces.errors import NotFound
from interfaces.managed import Managed
from interfaces.records import Source
from interfaces.registry import BY_FILE, FACTORY, Author
from interfaces.store import Store
from syslogger.config import Config, ConfigError, EngineSettings, LogClass
from syslogger.errors import StoreError, SysloggerError
from syslogger.events import EventKind
from tests.interfaces.serving import LONGER, WORD, Serving, engine, resting, serve, serving, write_file

ANNA = Author("anna", Source.API)


def titled(here: Serving, title: str, name: str = "main") -> Config:
    """The configuration with another title of an engine."""
    engine = here.registry.record(name).engine
    return here.registry.with_engine(engine.model_copy(update={"title": title}))


def test_the_file_is_taken_over_once(tmp_path: Path) -> None:
    """At the first start everything comes from the file; later a changed file is reported and changes nothing."""
    path = write_file(tmp_path, resting("main", title="first"))

    async def first(here: Serving) -> None:
        record, version = here.registry.record("main"), here.registry.version("word")
        assert (record.engine.title, record.source, record.autostart) == ("first", Source.FILE, True)
        assert (version.version, version.author, version.source) == (1, BY_FILE.name, Source.FILE)
        assert here.heard == []

    async def second(here: Serving) -> None:
        assert here.registry.record("main").engine.title == "first"
        assert list(here.registry.engines) == ["main"]
        assert here.registry.version("word").version == 1
        told = await here.told(EventKind.CONFIG_REPORTED)
        assert "syslogger config reload" in told["message"]

    serve(path, first)
    write_file(tmp_path, resting("main", title="second"), resting("more"), ENGINE_CLASSES={"word": LONGER})
    serve(path, second)


def test_one_edit_at_a_time(tmp_path: Path) -> None:
    """Edits that come together are done one after the other: none of them is lost."""

    async def life(here: Serving) -> None:
        clients = [{"name": f"n{number}", "address": f"10.0.0.{number}"} for number in range(20)]
        await asyncio.gather(*(here.ask("clients.add", engine="main", client=each) for each in clients))
        listed = await here.ask("clients.list", engine="main")
        assert sorted(each["name"] for each in listed) == sorted(each["name"] for each in clients)
        stored = await here.registry.in_store(Store.engines)
        assert stored[0].engine == here.registry.held.config.engines[0]

    serve(write_file(tmp_path, resting(clients=[])), life)


def test_what_is_kept_is_what_is_in_force(tmp_path: Path) -> None:
    """After edits of every sort another factory of the directory begins with exactly this state."""
    states: list[object] = []

    async def life(here: Serving) -> None:
        registry = here.registry
        async with registry.editing:
            assert await registry.apply(titled(here, "A"), ANNA) == {"main": {"live": ["title"], "restart": []}}
            await registry.apply(registry.with_class(LogClass.model_validate({"name": "word", "fields": LONGER})), ANNA)
            record = registry.record("main")
            await registry.keep_record(record.model_copy(update={"paused": ("night",), "ignored": ("10.0.0.1",)}))
            await registry.forget("gone", ANNA)
        assert registry.engine("main").paused == frozenset()
        states.append((registry.held.config, registry.held.records, registry.held.versions, registry.held.taken))

    async def later(here: Serving) -> None:
        held = here.registry.held
        assert (held.config, held.records, held.versions, held.taken) == states[0]
        assert held.gone == {"gone": "word"}
        assert here.registry.engine("main").paused == {"night"}
        assert here.registry.version("word").author == "anna"

    path = write_file(tmp_path, resting(), resting("gone"))
    serve(path, life)
    serve(path, later)


def test_what_does_not_fit_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    """A state that breaks a rule of the file never comes to be: not at engines, not in the store, not as an event."""
    main, second = resting(), resting("second")

    async def life(here: Serving) -> None:
        clash = here.registry.record("second").engine.model_copy(update={"port": main["port"]})
        with pytest.raises(ConfigError, match="is used by"):
            here.registry.with_engine(clash)
        with pytest.raises(NotFound, match="did you mean 'second'"):
            here.registry.engine("secnd")
        with pytest.raises(NotFound, match="there is: word"):
            here.registry.version("quite_another")
        assert here.heard == []

    serve(write_file(tmp_path, main, second), life)


def test_a_change_that_cannot_be_taken_back_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal is what the caller hears; the engine that is left with the change says so in an event."""
    change, asked = Managed.change, list[str]()

    async def stubborn(self: Managed, settings: EngineSettings) -> dict[str, list[str]]:
        asked.append(self.name)
        if len(asked) > 1:
            raise SysloggerError(f"{self.name} does not want to")
        return await change(self, settings)

    async def life(here: Serving) -> None:
        monkeypatch.setattr(Managed, "change", stubborn)
        with pytest.raises(SysloggerError, match="right does not want to"):
            await here.ask("classes.change", {"class": {"name": "word", "fields": LONGER}})
        assert asked == ["left", "right", "left"]
        assert "restart this engine" in (await here.told(EventKind.WARNING, "left"))["message"]
        assert here.registry.version("word").log_class.fields[0].pattern == WORD["number"]
        monkeypatch.undo()

    serve(write_file(tmp_path, resting("left"), resting("right")), life)


def test_one_that_cannot_start_holds_nobody_up(tmp_path: Path) -> None:
    """Of the engines that are to run those that can do; why another does not is its status and an event."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.bind(("::", 0))
        path = write_file(tmp_path, engine("held", port=other.getsockname()[1]), engine("runs"))

        async def life(here: Serving) -> None:
            assert (await here.status("runs"))["state"] == "running"
            assert (await here.status("held"))["state"] == "failed"
            assert "in use" in (await here.told(EventKind.FAILED, "held"))["message"]

        serve(path, life)


def test_closing_drains_every_engine(tmp_path: Path) -> None:
    """The last events are kept: each engine's end with its ledger is read back by the next factory."""

    async def life(here: Serving) -> None:
        for name in ("left", "right"):
            await here.send(1, 2, name=name)
            await here.ledger_has(name, received=2)

    async def later(here: Serving) -> None:
        for name in ("left", "right"):
            (newest,) = await here.ask("engines.events", name=name, limit=1)
            assert newest["event"] == "stopped"
            assert (newest["ledger"]["stored"], newest["ledger"]["unexplained"]) == (2, 0)

    path = write_file(tmp_path, engine("left"), engine("right"))
    serve(path, life)

    async def without_starting() -> None:
        async with serving(path, start=False) as here:
            await later(here)

    asyncio.run(without_starting())


def test_events_come_in_order_with_their_numbers(tmp_path: Path) -> None:
    """Whoever tells them, from whatever thread: each is kept and heard once, under one number."""

    async def life(here: Serving) -> None:
        tell = partial(here.registry.tell, "main")
        events = [{"event": EventKind.WARNING, "at": number, "message": str(number)} for number in range(50)]
        await asyncio.gather(*(asyncio.to_thread(tell, event) for event in events[:25]))
        for event in events[25:]:
            tell(event)
        here.registry.note(FACTORY, EventKind.READY, "the last one", more=1)
        last = await here.told(EventKind.READY)
        assert (last["more"], last["message"]) == (1, "the last one")
        numbers = [each["id"] for each in here.heard]
        assert numbers == sorted(set(numbers))
        assert sorted(int(each["message"]) for each in here.heard[:-1]) == list(range(50))
        kept = await here.ask("engines.events", limit=100)
        assert kept == [{**each, "event": str(each["event"])} for each in reversed(here.heard)]

    serve(write_file(tmp_path, resting()), life)


def test_an_event_that_cannot_be_kept_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It has no number then, the log says why, and the next one is kept again."""

    def full(*_: object, **__: object) -> int:
        raise StoreError("no room on the disk")

    async def life(here: Serving) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(Store, "note_event", full)
            here.registry.note(FACTORY, EventKind.WARNING, "unkept")
            assert (await here.told(EventKind.WARNING))["id"] is None
        here.registry.note(FACTORY, EventKind.READY, "kept")
        assert (await here.told(EventKind.READY))["id"] > 0

    with caplog.at_level(logging.ERROR, "syslogger.interfaces"):
        serve(write_file(tmp_path), life)
    assert "no room on the disk" in caplog.text
