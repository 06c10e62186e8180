"""The configuration file, read again while the factory runs: each key's answer, and what may not be overwritten."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from syslogger.config import ConfigError, parse
from tests.interfaces.serving import LONGER, WORD, Serving, engine, resting, serve, write_file

OTHER = {"about": "(a)"}


async def reload(here: Serving) -> dict[str, str]:
    """What the reload says, path to outcome; every line has a sentence."""
    lines = await here.ask("config.reload")
    assert all(each["message"] for each in lines)
    paths = [each["path"] for each in lines]
    assert len(paths) == len(set(paths))
    return {each["path"]: each["outcome"] for each in lines}


def test_engines_follow_the_file_while_they_run(tmp_path: Path) -> None:
    """Live keys apply at once, others wait, one more engine is created and runs, and what was edited here stays."""
    main, gone = engine(), resting("gone")
    path = write_file(tmp_path, main, gone)

    async def life(here: Serving) -> None:
        assert await reload(here) == {}
        pid = (await here.status())["processes"][0]["pid"]
        await here.ask("engines.edit", name="main", changes={"keep_original": False})
        more, other = {**main, "title": "Routers", "workers": 2}, engine("more", **{"class": "fresh"})
        classes = {"word": LONGER, "fresh": OTHER}
        limits = {"pattern_cpu_milliseconds": 500}
        write_file(tmp_path, more, other, ENGINE_CLASSES=classes, LIMITS=limits, AUTO_DELETE_DAYS=90)
        assert await reload(here) == {
            "ENGINE_CLASSES.word": "applied",
            "ENGINE_CLASSES.fresh": "applied",
            "ENGINES.main.title": "applied",
            "ENGINES.main.workers": "needs_restart",
            "ENGINES.more": "applied",
            "ENGINES.gone": "reported",
            "LIMITS.pattern_cpu_milliseconds": "applied",
            "AUTO_DELETE_DAYS": "applied",
        }
        status = await here.status()
        assert (status["title"], status["needs_restart"], status["processes"][0]["pid"]) == (
            "Routers",
            ["workers"],
            pid,
        )
        assert not status["settings"]["keep_original"]
        row = (await here.ask("engines.test_line", name="main", line="number 1 about a"))["row"]
        assert (row["about"], row["original_log"]) == ("a", None)
        assert ((await here.status("more"))["state"], (await here.status("more"))["source"]) == ("running", "file")
        assert (await here.ask("classes.get", name="word"))["source"] == "file"
        assert (await here.status("gone"))["state"] == "stopped"
        assert here.kinds("").count("config_taken_over") == 7
        assert here.kinds("").count("config_reported") == 1

        write_file(tmp_path, {**more, "running": False}, other, ENGINE_CLASSES=classes, LIMITS=limits)
        assert (await reload(here))["ENGINES.main.running"] == "applied"
        status = await here.status()
        assert (status["state"], status["settings"]["running"]) == ("stopped", False)

    serve(path, life)


def test_an_edit_made_here_wins_where_the_file_is_as_it_was(tmp_path: Path) -> None:
    """A class unchanged in the file keeps its version from here, one changed there becomes a newer one."""
    path = write_file(tmp_path, resting())

    async def life(here: Serving) -> None:
        await here.ask("classes.change", {"class": {"name": "word", "fields": LONGER}})
        await here.ask("engines.edit", name="main", changes={"title": "from here"})
        assert await reload(here) == {}
        assert (await here.ask("classes.get", name="word"))["fields"] == LONGER
        write_file(tmp_path, resting(port=1), ENGINE_CLASSES={"word": {**WORD, "more": "(m)"}})
        assert await reload(here) == {"ENGINE_CLASSES.word": "applied", "ENGINES.main.port": "needs_restart"}
        newest = await here.ask("classes.get", name="word")
        assert (newest["version"], list(newest["fields"]), newest["source"]) == (3, ["number", "more"], "file")
        assert (await here.status())["title"] == "from here"

    async def after_a_restart(here: Serving) -> None:
        assert (await here.status())["title"] == "from here"
        assert (await here.ask("classes.get", name="word"))["version"] == 3
        await here.ask("classes.change", {"class": {"name": "word", "fields": LONGER}})
        assert await reload(here) == {}
        assert (await here.ask("classes.get", name="word"))["fields"] == LONGER

    serve(path, life)
    serve(path, after_a_restart)


def test_what_is_gone_from_the_file(tmp_path: Path) -> None:
    """A class in use is refused, one without engines goes; an engine is reported each time, and never deleted."""
    path = write_file(tmp_path, resting(), ENGINE_CLASSES={"word": WORD, "spare": OTHER})

    async def life(here: Serving) -> None:
        write_file(tmp_path, ENGINE_CLASSES={"other": OTHER})
        expected = {"ENGINE_CLASSES.word": "refused", "ENGINES.main": "reported"}
        assert await reload(here) == {
            **expected,
            "ENGINE_CLASSES.other": "applied",
            "ENGINE_CLASSES.spare": "applied",
        }
        assert {each["name"] for each in await here.ask("classes.list")} == {"word", "other"}
        assert await reload(here) == expected
        assert [each["engine"] for each in await here.ask("engines.list")] == ["main"]

    serve(path, life)


def test_every_other_key_has_an_answer(tmp_path: Path) -> None:
    """Each says whether it is in force, or what has to be restarted for it."""
    main = resting()
    path = write_file(tmp_path, main)
    changed: dict[str, Any] = {
        "FAST_API_SERVER_HOST": ("0.0.0.0", "needs_restart"),
        "FAST_API_SERVER_PORT": (3_001, "needs_restart"),
        "INTERFACE_FACTORY_PORT": (3_101, "needs_restart"),
        "ROOT_SAVED_DATA_DIRECTORY": ("elsewhere", "needs_restart"),
        "TOKEN_EXPIRATION": (60, "needs_restart"),
        "DOWNLOAD_TOKEN_EXPIRATION": (61, "needs_restart"),
        "AUTO_DELETE_DAYS": (90, "applied"),
        "SPACE_PERCENTAGE_TO_STOP": (80, "applied"),
        "FAST_API_ALLOWED_ORIGIN": (["https://logs.example.net"], "needs_restart"),
        "TRUSTED_PROXIES": (["192.0.2.1"], "needs_restart"),
        "TIME_ZONE": ("Europe/Berlin", "needs_restart"),
    }

    async def life(here: Serving) -> None:
        write_file(tmp_path, main, **{key: value for key, (value, _) in changed.items()})
        assert await reload(here) == {key: outcome for key, (_, outcome) in changed.items()}
        settings = await here.ask("config.settings")
        assert "ENGINES" not in settings
        assert "ENGINE_CLASSES" not in settings
        assert (settings["AUTO_DELETE_DAYS"], settings["ROOT_SAVED_DATA_DIRECTORY"]) == (90, str(here.root))
        assert here.registry.engine("main").settings.limits.space_percentage_to_stop == 80
        assert not (tmp_path / "elsewhere").exists()
        assert await here.ask("engines.edit", name="main", changes={"auto_delete_days": 5})

    serve(path, life, keeper=True)


def test_a_file_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    """No JSON, a wrong value or a file that is gone: refused whole with every problem, and the state is as it was."""
    path = write_file(tmp_path, resting())

    async def life(here: Serving) -> None:
        before = await here.ask("config.export")
        too_early = {"ENGINE_CLASSES": {"word": {"number": "(["}}, "AUTO_DELETE_DAYS": 1}
        for text in ("{", json.dumps(too_early)):
            path.write_text(text)
            with pytest.raises(ConfigError) as refused:
                await here.ask("config.reload")
            assert all(each.path and each.right for each in refused.value.problems)
        path.unlink()
        with pytest.raises(ConfigError):
            await here.ask("config.reload")
        assert await here.ask("config.export") == before

    serve(path, life)


def test_one_engine_that_refuses_the_file_takes_all_back(tmp_path: Path) -> None:
    """A client's name moved to another range in the file is refused by the engine, and nothing else is taken over."""
    main = engine(clients=[{"name": "one", "address": "127.0.0.1"}])
    path = write_file(tmp_path, main)

    async def life(here: Serving) -> None:
        await here.send(1)
        await here.ledger_has(stored=1)
        before = await here.ask("config.export")
        moved = {**main, "clients": [{"name": "one", "address": "127.0.0.0/8"}], "title": "new"}
        write_file(tmp_path, moved, ENGINE_CLASSES={"word": LONGER}, AUTO_DELETE_DAYS=90)
        with pytest.raises(ConfigError, match="cannot stand for"):
            await here.ask("config.reload")
        assert await here.ask("config.export") == before
        assert (await here.status())["title"] == ""
        write_file(tmp_path, {**main, "title": "new"})
        assert await reload(here) == {"ENGINES.main.title": "applied"}

    serve(path, life)


def test_an_engine_of_the_file_that_cannot_start(tmp_path: Path) -> None:
    """It is created and its line says why it does not run; the rest of the file is taken over."""
    path = write_file(tmp_path)

    async def life(here: Serving) -> None:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
            other.bind(("::", 0))
            write_file(tmp_path, engine(port=other.getsockname()[1]), AUTO_DELETE_DAYS=90)
            lines = await here.ask("config.reload")
        (told,) = [each for each in lines if each["outcome"] == "refused"]
        assert told["path"] == "ENGINES.main"
        assert "in use" in told["message"]
        assert (await here.status())["state"] == "failed"
        assert (await here.ask("config.settings"))["AUTO_DELETE_DAYS"] == 90

    serve(path, life)


def test_export_is_the_state_in_the_form_of_the_file(tmp_path: Path) -> None:
    """Read as a file it is the same state again, with edits from here and what is to run; the file is not touched."""
    path = write_file(tmp_path, resting())
    text = path.read_bytes()

    async def life(here: Serving) -> None:
        await here.ask("classes.change", {"class": {"name": "word", "fields": LONGER}})
        await here.ask("engines.create", engine=resting("more", clients=[], addresses=["127.0.0.1"], title="M\u00fcll"))
        exported = await here.ask("config.export")
        assert parse(json.dumps(exported).encode(), tmp_path) == here.registry.held.config
        assert [each["name"] for each in exported["ENGINES"]] == ["main", "more"]
        assert list(exported["ENGINE_CLASSES"]["word"]) == list(LONGER)
        path.write_text(json.dumps(exported))
        assert set((await reload(here)).values()) <= {"applied"}
        assert await here.ask("config.export") == exported
        path.write_bytes(text)

    serve(path, life)
    assert path.read_bytes() == text
