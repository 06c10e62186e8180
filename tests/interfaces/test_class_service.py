"""Classes: their versions, and what a change of one does to the engines that use it while they run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from interfaces.errors import BadRequest, NotFound, Refused
from interfaces.managed import Managed
from interfaces.registry import BY_FILE
from syslogger.config import EngineSettings
from syslogger.errors import ConfigError, SysloggerError
from tests.interfaces.serving import LONGER, WORD, Serving, engine, resting, serve, write_file
from tests.support_engine import query

COUNTED = {"number": "number ([0-9]+)", "count_port": "count ([0-9]+)"}


def word(fields: dict[str, str]) -> dict[str, Any]:
    """A request's class `word` with these fields."""
    return {"class": {"name": "word", "fields": fields}}


def test_a_change_reaches_engines_that_run(tmp_path: Path) -> None:
    """Both engines fill the new column from then on, in today's file; going back is a newer version of old patterns."""
    path = write_file(tmp_path, engine("left"), engine("right"), resting("rest"))

    async def life(here: Serving) -> None:
        for name in ("left", "right"):
            await here.ask("engines.test_line", name=name, line="number 1 about a")
        changed = await here.ask("classes.change", word(LONGER))
        assert (changed["version"], changed["author"], changed["source"]) == (2, "anna", "cli")
        assert changed["engines"] == ["left", "rest", "right"]
        for name in ("left", "right"):
            row = (await here.ask("engines.test_line", name=name, line="number 2 about a"))["row"]
            assert (row["number"], row["about"]) == ("2", "a")
        back = await here.ask("classes.rollback", name="word", version=1)
        assert (back["version"], back["fields"]) == (3, WORD)
        row = (await here.ask("engines.test_line", name="left", line="number 3 about a"))["row"]
        assert (row["number"], row.get("about")) == ("3", None)
        assert (await here.told("class_rolled_back"))["version"] == 1
        assert (await here.told("class_version_added"))["version"] == 3
        assert {"class_changed"} <= set(here.kinds("left")) & set(here.kinds("right"))

        settings = here.registry.engine("left").settings
        assert query(settings, "SELECT number, about FROM entries ORDER BY id") == [
            ("1", None),
            ("2", "a"),
            ("3", None),
        ]
        versions = query(settings, "SELECT patterns FROM class_versions ORDER BY version")
        assert [list(orjson.loads(patterns)) for (patterns,) in versions] == [list(WORD), list(LONGER), list(WORD)]

    serve(path, life)


def test_one_engine_that_refuses_takes_all_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class is as it was at every engine and in the store, and the next change is version 2."""
    path = write_file(tmp_path, engine("left"), resting("right"))
    change = Managed.change

    async def refuse(self: Managed, settings: EngineSettings) -> dict[str, list[str]]:
        if self.name == "right" and len(settings.log_class.fields) == len(LONGER):
            raise SysloggerError("right does not want it")
        return await change(self, settings)

    async def life(here: Serving) -> None:
        digest = (await here.status("left"))["config_digest"]
        with monkeypatch.context() as patched:
            patched.setattr(Managed, "change", refuse)
            with pytest.raises(SysloggerError, match="right does not want it"):
                await here.ask("classes.change", word(LONGER))
        assert (await here.status("left"))["config_digest"] == digest
        (kept,) = await here.ask("classes.list")
        assert (kept["version"], kept["fields"], kept["engines"]) == (1, WORD, ["left", "right"])
        row = (await here.ask("engines.test_line", name="left", line="number 1 about a"))["row"]
        assert "about" not in row or row["about"] is None
        assert (await here.ask("classes.change", word(COUNTED)))["version"] == 2

    serve(path, life)


def test_versions(tmp_path: Path) -> None:
    """Numbered from 1, with digest, time, author and source; the same again is none, and none is lost by a removal."""

    async def life(here: Serving) -> None:
        (first,) = await here.ask("classes.versions", name="word")
        assert (first["version"], first["author"], first["source"]) == (1, BY_FILE.name, "file")
        second = await here.ask("classes.change", word(COUNTED))
        assert second["columns"] == ["number", "count_port"]
        assert (await here.ask("classes.change", word(COUNTED)))["version"] == 2
        both = await here.ask("classes.versions", name="word")
        assert [each["version"] for each in both] == [1, 2]
        assert both[0]["digest"] != both[1]["digest"]
        assert both[0]["at"] < both[1]["at"]
        assert (await here.ask("classes.get", name="word"))["fields"] == COUNTED
        assert (await here.ask("classes.get", name="word", version=1))["fields"] == WORD
        with pytest.raises(NotFound, match="no version 3; there are 1 to 2"):
            await here.ask("classes.rollback", name="word", version=3)
        with pytest.raises(Refused, match="nothing is to be done"):
            await here.ask("classes.rollback", name="word", version=2)
        assert await here.ask("classes.remove", name="word") == {"name": "word"}
        assert len(await here.ask("classes.versions", name="word")) == 2
        assert (await here.ask("classes.change", word(WORD)))["version"] == 3

    async def later(here: Serving) -> None:
        assert [each["version"] for each in await here.ask("classes.versions", name="word")] == [1, 2, 3]

    path = write_file(tmp_path)
    serve(path, life)
    serve(path, later)


def test_validating_changes_nothing(tmp_path: Path) -> None:
    """A class that would do is told with its columns, one that would not with every problem; neither is kept."""

    async def life(here: Serving) -> None:
        assert await here.ask("classes.validate", word(WORD)) == {"columns": ["number"], "changes": False}
        assert (await here.ask("classes.validate", word(COUNTED)))["changes"]
        assert (await here.ask("classes.validate", {"class": {"name": "fresh", "fields": WORD}}))["changes"]
        with pytest.raises(BadRequest) as refused:
            await here.ask("classes.validate", word({"number": "([", "id": "(a)", "plain": "no group"}))
        assert {each.path for each in refused.value.problems} == {
            "class.fields.number",
            "class.fields.id",
            "class.fields.plain",
        }
        (kept,) = await here.ask("classes.list")
        assert kept["version"] == 1

    serve(write_file(tmp_path), life)


def test_removing(tmp_path: Path) -> None:
    """Refused while an engine uses it, even one that rests; an unknown one is not found."""

    async def life(here: Serving) -> None:
        with pytest.raises(Refused, match="class word is used; delete main first"):
            await here.ask("classes.remove", name="word")
        with pytest.raises(NotFound, match="did you mean 'word'"):
            await here.ask("classes.remove", name="wort")
        await here.ask("engines.delete", name="main", confirm="main", data="keep")
        await here.ask("classes.remove", name="word")
        assert await here.ask("classes.list") == []
        with pytest.raises(NotFound):
            await here.ask("classes.rollback", name="word", version=1)
        with pytest.raises(ConfigError, match="no class of ENGINE_CLASSES"):
            await here.ask("engines.create", engine=resting())

    serve(write_file(tmp_path, resting()), life)


def test_trying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a class makes of lines is shown; a pattern that never ends is killed, and the factory goes on answering."""
    endless = {"number": "number ([0-9]+)", "slow": "((?:a|aa)+)+(?=!)"}

    async def life(here: Serving) -> None:
        lines = ["<13>number 5", "nothing", ""]
        found = await here.ask("classes.try", word(COUNTED), lines=lines)
        assert (found["rows"][0]["number"], found["rows"][0]["severity"], found["empty"]) == ("5", 5, 1)
        assert [(each["name"], each["hits"]) for each in found["fields"]] == [("number", 1), ("count_port", 0)]
        assert all({"road", "why", "hit_rate", "nanoseconds_per_line"} <= each.keys() for each in found["fields"])
        monkeypatch.setattr("interfaces.trial.TRIAL_SECONDS", 2)
        monkeypatch.setattr("interfaces.class_service.TRIAL_SECONDS", 2)
        with pytest.raises(Refused, match="longer than 2 seconds; simplify the pattern"):
            await here.ask("classes.try", word(endless), lines=["a" * 80])
        with pytest.raises(BadRequest, match="1,001 lines"):
            await here.ask("classes.try", word(WORD), lines=["a"] * 1_001)
        assert len(await here.ask("classes.versions", name="word")) == 1

    serve(write_file(tmp_path), life)
