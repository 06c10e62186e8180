"""Operations on engines, with real engines: made, changed, run, paused, tried and let go; and what is refused."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import psutil
import pytest

from interfaces.errors import BadRequest, NotFound, Refused, Unavailable
from interfaces.managed import NotRunningError
from interfaces.store import Store
from syslogger.errors import BindError, ConfigError, SysloggerError
from tests.cli.engines import stored
from tests.interfaces.serving import Serving, engine, resting, serve, until, write_file
from tests.keeping import make_day, slow_keepers
from tests.support_engine import balanced, suspend

SLOW = {"number": "number ([0-9]+)", "slow": "((?:a|aa)+)+(?=!)"}


def test_the_life_of_an_engine(tmp_path: Path) -> None:
    """Created, tried, changed live and by a restart, stopped, deleted; its name goes on with its folder."""
    made = engine()

    async def life(here: Serving) -> None:
        created = await here.ask("engines.create", engine=made)
        assert (created["state"], created["wanted"], created["continues"]) == ("running", "running", False)
        answer = await here.ask("engines.test_line", name="main", line="number 1, and \u00e9")
        assert (answer["row"]["number"], answer["row"]["original_log"]) == ("1", "number 1, and \u00e9")

        changes = {"title": "Routers", "workers": 2}
        expected = {"live": ["title"], "restart": ["workers"]}
        assert await here.ask("engines.effects", name="main", changes=changes) == expected
        assert (await here.status())["title"] == ""
        assert await here.ask("engines.edit", name="main", changes=changes) == expected
        status = await here.status()
        assert (status["title"], status["needs_restart"], len(status["processes"])) == ("Routers", ["workers"], 4)
        in_force = await here.ask("engines.edit", name="main", changes={"keep_original": False}, restart=True)
        assert (set(in_force["live"]), in_force["restart"]) == ({"keep_original", "workers"}, [])
        status = await here.status()
        assert (status["needs_restart"], len(status["processes"])) == ([], 5)
        assert await here.ask("engines.edit", name="main") == {"live": [], "restart": []}

        await here.send(2, 3)
        await here.ledger_has(stored=2)
        assert (await here.ask("engines.edit", name="main", changes={"workers": 1}))["restart"] == ["workers"]
        ledger = await here.ask("engines.stop", name="main")
        assert balanced(ledger)
        status = await here.status()
        assert (status["state"], status["needs_restart"]) == ("stopped", [])
        deleted = await here.ask("engines.delete", name="main", confirm="main", data="keep")
        assert deleted == {"deleted": "main", "ledger": {}, "job": None}
        with pytest.raises(NotFound, match="no engine"):
            await here.status()

        again = await here.ask("engines.create", engine={**made, "running": False})
        assert (again["continues"], again["state"]) == (True, "stopped")
        assert (await here.ask("engines.start", name="main"))["state"] == "running"
        await here.send(4)
        await here.ledger_has(stored=1)
        deleted = await here.ask("engines.delete", name="main", confirm="main", data="keep")
        assert deleted["ledger"]["stored"] == 1
        assert {"engine_created", "engine_edited", "engine_deleted", "ready", "stopped"} <= set(here.kinds("main"))

    serve(write_file(tmp_path), life)
    assert len(stored(tmp_path, "main")) == 4


def test_names_and_classes_are_for_life(tmp_path: Path) -> None:
    """A name is taken once under a root, and keeps its class beyond the engine's end, over a factory's restart too."""
    classes = {"word": {"number": "([0-9]+)"}, "other": {"about": "(a)"}}
    path = write_file(tmp_path, resting(), ENGINE_CLASSES=classes)

    async def first(here: Serving) -> None:
        with pytest.raises(Refused, match="there is an engine main already; take another name") as refused:
            await here.ask("engines.create", engine=resting("main", **{"class": "other"}))
        assert refused.value.field == "engine.name"
        await here.ask("engines.delete", name="main", confirm="main", data="keep")

    async def second(here: Serving) -> None:
        with pytest.raises(Refused, match="its name keeps the class; take another name, or class word"):
            await here.ask("engines.create", engine=resting("main", **{"class": "other"}))
        assert await here.ask("engines.list") == []
        answer = await here.ask("engines.create", engine=resting(title="again"))
        assert (answer["continues"], answer["settings"]["title"], answer["source"]) == (True, "again", "cli")
        assert not (await here.ask("engines.create", engine=resting("more")))["continues"]

    serve(path, first)
    serve(path, second)


def test_what_is_wrong_changes_nothing(tmp_path: Path) -> None:
    """A request that does not fit, with itself or with the rest, is refused whole, says what to do, and is no event."""
    taken = resting()

    async def life(here: Serving) -> None:
        for wrong in (
            {"port": taken["port"]},
            {"class": "words"},
            {"clients": [{"name": "one", "address": "10.0.0.1"}, {"name": "one", "address": "10.0.0.2"}]},
            {"addresses": ["300.0.0.1"]},
            {"port": 0},
        ):
            with pytest.raises((ConfigError, BadRequest)) as refused:
                await here.ask("engines.create", engine=resting("second", **wrong))
            assert isinstance(refused.value, ConfigError | BadRequest)
            assert refused.value.problems
            assert all(each.wrong and each.right for each in refused.value.problems)
        for changes in ({"name": "other"}, {"class": "word"}, {"running": True}, {"title": "two\nlines"}):
            with pytest.raises(BadRequest):
                await here.ask("engines.edit", name="main", changes=changes)
        for confirm, data in (("mian", "keep"), ("main", "perhaps")):
            with pytest.raises(BadRequest):
                await here.ask("engines.delete", name="main", confirm=confirm, data=data)
        with pytest.raises(NotFound, match="did you mean 'main'"):
            await here.ask("engines.start", name="mian")
        assert [each["engine"] for each in await here.ask("engines.list")] == ["main"]
        assert here.kinds("main") == here.kinds("second") == []

    serve(write_file(tmp_path, taken), life)


def test_what_needs_an_engine_that_runs(tmp_path: Path) -> None:
    """Pause, resume, release and a test line are refused by one that rests; editing it needs no restart."""

    async def life(here: Serving) -> None:
        for operation, fields in (
            ("engines.pause", {}),
            ("engines.resume", {}),
            ("engines.release_field", {"field": "number"}),
        ):
            with pytest.raises(NotRunningError, match=r"does not run .*: start it first"):
                await here.ask(operation, name="main", **fields)
        with pytest.raises(Refused, match="stopped and stores nothing; start it first"):
            await here.ask("engines.test_line", name="main", line="number 1")
        assert await here.ask("engines.stop", name="main") == {}
        changes = {"title": "A", "workers": 2}
        for operation in ("engines.effects", "engines.edit"):
            found = await here.ask(operation, name="main", changes=changes)
            assert (set(found["live"]), found["restart"]) == ({"title", "workers"}, [])
        (listed,) = await here.ask("engines.list")
        assert (listed["settings"]["workers"], listed["state"], listed["needs_restart"]) == (2, "stopped", [])

    serve(write_file(tmp_path, resting()), life)


def test_pauses_are_a_set_and_outlive_a_restart(tmp_path: Path) -> None:
    """It stores again when the last reason is gone; meanwhile datagrams are counted; a restart forgets no reason."""

    async def life(here: Serving) -> None:
        await here.ask("engines.pause", name="main")
        paused = await here.ask("engines.pause", name="main", reason="maintenance")
        assert paused == {"state": "paused", "pause_reasons": ["maintenance", "operator"]}
        await here.send(1, 2)

        async def dropped() -> bool:
            return bool((await here.status())["ledger"]["dropped"]["paused"] == 2)

        await until(dropped, "two datagrams are dropped")
        with pytest.raises(Refused, match="resume it first"):
            await here.ask("engines.test_line", name="main", line="number 1")
        assert (await here.ask("engines.restart", name="main"))["state"] == "paused"

    async def later(here: Serving) -> None:
        assert (await here.status())["pause_reasons"] == ["maintenance", "operator"]
        assert (await here.ask("engines.resume", name="main"))["pause_reasons"] == ["maintenance"]
        resumed = await here.ask("engines.resume", name="main", reason="maintenance")
        assert resumed == {"state": "running", "pause_reasons": []}
        await here.send(3)
        await here.ledger_has(stored=1)

    path = write_file(tmp_path, engine())
    serve(path, life)
    serve(path, later)


def test_what_an_operator_wants_outlives_the_factory(tmp_path: Path) -> None:
    """What was stopped stays stopped, what ran runs, and what is not to start by itself does not."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.bind(("::", 0))
        path = write_file(tmp_path, engine("runs"), engine("rests"), resting("manual", port=other.getsockname()[1]))

        async def first(here: Serving) -> None:
            await here.ask("engines.stop", name="rests")
            await here.ask("engines.edit", name="manual", autostart=False)
            with pytest.raises(BindError, match="in use"):
                await here.ask("engines.start", name="manual")
            status = await here.status("manual")
            assert (status["state"], status["wanted"]) == ("failed", "running")
            assert "in use" in status["why"]

        serve(path, first)

    async def second(here: Serving) -> None:
        states = {each["engine"]: (each["state"], each["autostart"]) for each in await here.ask("engines.list")}
        assert states == {"runs": ("running", True), "rests": ("stopped", True), "manual": ("stopped", False)}
        wanted = {each["engine"]: each["settings"]["running"] for each in await here.ask("engines.list")}
        assert wanted == {"runs": True, "rests": False, "manual": True}

    serve(path, second)


def test_a_parked_field_is_released(tmp_path: Path) -> None:
    """A field whose pattern took too long is parked with its line, and comes back by an operator's action."""
    path = write_file(tmp_path, engine(), ENGINE_CLASSES={"word": SLOW}, LIMITS={"pattern_cpu_milliseconds": 100})

    async def parked(here: Serving) -> list[Any]:
        return [each["parked"] for each in (await here.status())["fields"] if each["parked"]]

    async def life(here: Serving) -> None:
        with pytest.raises(Exception, match="not parked"):
            await here.ask("engines.release_field", name="main", field="slow")
        await here.ask("engines.test_line", name="main", line="number 1")
        await here.send()
        row = (await here.ask("engines.test_line", name="main", line="number 2 " + "a" * 60))["row"]
        assert (row["number"], row["slow"]) == ("2", None)
        assert (await here.told("field_parked", "main"))["field"] == "slow"
        assert [each["line"] for each in await parked(here)] == ["number 2 " + "a" * 60]
        assert await here.ask("engines.release_field", name="main", field="slow") == {"field": "slow"}
        assert await parked(here) == []
        assert (await here.ask("engines.test_line", name="main", line="aa!"))["row"]["slow"] == "aa"

    serve(path, life)


def test_events_are_read_back(tmp_path: Path) -> None:
    """Newest first, a page at a time, of one engine or of all, also of a deleted one; an unknown name is refused."""

    async def life(here: Serving) -> None:
        for title in ("one", "two", "three"):
            await here.ask("engines.edit", name="main", changes={"title": title})
        await here.ask("engines.create", engine=resting("second"))
        await here.ask("engines.delete", name="main", confirm="main", data="keep")
        await here.told("engine_deleted", "main")

        newest = await here.ask("engines.events", name="main", limit=2)
        assert [each["event"] for each in newest] == ["engine_deleted", "engine_edited"]
        assert newest[0]["author"] == "anna"
        rest = await here.ask("engines.events", name="main", before=newest[-1]["id"])
        assert [each["event"] for each in rest] == ["engine_edited", "engine_edited"]
        everything = await here.ask("engines.events")
        assert {each["engine"] for each in everything} == {"main", "second"}
        assert all({"id", "event", "at", "message"} <= each.keys() for each in everything)
        with pytest.raises(NotFound):
            await here.ask("engines.events", name="nobody")

    serve(write_file(tmp_path, resting()), life)


def test_deleting_the_data_too(tmp_path: Path) -> None:
    """The engine drains, and a job of the keeper's takes its folder away."""

    async def life(here: Serving) -> None:
        await here.send(1, 2, 3)
        await here.ledger_has(stored=3)
        answer = await here.ask("engines.delete", name="main", confirm="main", data="delete")
        assert (answer["ledger"]["stored"], answer["job"]["kind"]) == (3, "delete_engine")

        async def done() -> bool:
            return bool((await here.ask("jobs.get", id=answer["job"]["id"]))["state"] == "done")

        await until(done, "the job is done")
        assert not (here.root / "word" / "main").exists()
        assert "anna asked for" in (await here.told("day_deleted", "main"))["message"]
        newest = await here.ask("engines.events", name="main", limit=2)
        assert "day_deleted" in {each["event"] for each in newest}

    serve(write_file(tmp_path, engine()), life, keeper=True)


def test_deleting_one_that_never_ran(tmp_path: Path) -> None:
    """Without data there is nothing for a job; without a keeper nothing is begun when the data is to go, too."""

    async def without(here: Serving) -> None:
        with pytest.raises(Unavailable):
            await here.ask("engines.delete", name="main", confirm="main", data="delete")
        assert [each["engine"] for each in await here.ask("engines.list")] == ["main"]

    async def life(here: Serving) -> None:
        answer = await here.ask("engines.delete", name="main", confirm="main", data="delete")
        assert answer == {"deleted": "main", "ledger": {}, "job": None}

    path = write_file(tmp_path, resting())
    serve(path, without)
    serve(path, life, keeper=True)


def test_days_that_are_being_deleted_are_nothing_to_go_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name comes back when the job that takes its days away has ended: it would take the new ones, too."""
    slow_keepers(tmp_path, monkeypatch)
    for age in range(2, 30):
        make_day(tmp_path / "logs", age)

    async def life(here: Serving) -> None:
        deleted = await here.ask("engines.delete", name="main", confirm="main", data="delete")
        with pytest.raises(Refused, match=f"wait for job {deleted['job']['id']}, or cancel it"):
            await here.ask("engines.create", engine=resting())

        async def comes_back() -> bool:
            return bool((await here.ask("jobs.get", id=deleted["job"]["id"]))["state"] == "done")

        await until(comes_back, "the job is done")
        assert (await here.ask("engines.create", engine=resting()))["continues"]

    serve(write_file(tmp_path, resting()), life, keeper=True)


def test_a_slow_drain_holds_nobody_else_up(tmp_path: Path) -> None:
    """While one engine is deleted, which may take as long as its drain, the others are edited."""
    path = write_file(tmp_path, engine(), resting("other"), BATCHING={"drain_seconds": 60})

    async def life(here: Serving) -> None:
        writer = next(each["pid"] for each in (await here.status())["processes"] if each["role"] == "writer")
        process = suspend(writer)
        await here.send(1)
        deleting = asyncio.create_task(here.ask("engines.delete", name="main", confirm="main", data="keep"))
        await here.told("draining", "main")
        async with asyncio.timeout(25.0):
            await here.ask("engines.edit", name="other", changes={"title": "edited"})
        assert not deleting.done()
        process.resume()
        assert (await deleting)["ledger"]["stored"] == 1

    serve(path, life)


def test_a_deleted_engine_is_not_started_by_whoever_came_before(tmp_path: Path) -> None:
    """A restart that waits behind the deletion is refused, and no process is left."""

    async def life(here: Serving) -> None:
        restart = here.ask("engines.restart", name="main")
        delete = here.ask("engines.delete", name="main", confirm="main", data="keep")
        answers: list[object] = await asyncio.gather(restart, delete, return_exceptions=True)
        assert isinstance(answers[0], SysloggerError | dict)
        assert isinstance(answers[1], dict)
        assert not psutil.Process().children(recursive=True)

    serve(write_file(tmp_path, engine()), life)


def test_a_problem_names_the_engine(tmp_path: Path) -> None:
    """Not its place in a list that nobody who asks has seen."""
    main = resting()

    async def life(here: Serving) -> None:
        with pytest.raises(ConfigError) as refused:
            await here.ask("engines.create", engine=resting("second", port=main["port"]))
        (problem,) = refused.value.problems
        assert (problem.path, "ENGINES.main.port" in problem.wrong) == ("ENGINES.second.port", True)

    serve(write_file(tmp_path, main), life)


def test_a_store_that_cannot_be_written_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be kept is not in force either: the running engine goes back to what it was."""

    async def life(here: Serving) -> None:
        digest = (await here.status())["config_digest"]
        with monkeypatch.context() as broken:
            broken.setattr(Store, "put_engines", no_room)
            with pytest.raises(Exception, match="no room"):
                await here.ask("engines.edit", name="main", changes={"title": "New", "keep_original": False})
        status = await here.status()
        assert (status["title"], status["config_digest"]) == ("", digest)
        assert status["settings"]["keep_original"]

    serve(write_file(tmp_path, engine()), life)


def no_room(*_: object) -> None:
    """A store whose disk is full."""
    from syslogger.errors import StoreError

    raise StoreError("no room on the disk")
