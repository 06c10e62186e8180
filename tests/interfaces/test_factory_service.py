"""Operations on the factory: its status, every process, jobs on stored days, the clock."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from interfaces.errors import BadRequest, NotFound, Unavailable
from syslogger.errors import SysloggerError
from syslogger.storage.days import is_sealed
from tests.interfaces.serving import Serving, engine, resting, serve, until, write_file
from tests.keeping import make_day, slow_keepers


def test_status_and_processes(tmp_path: Path) -> None:
    """The factory in short, and every process of it with what it uses: factory, keeper, bridge and children."""

    async def life(here: Serving) -> None:
        status = await here.ask("status.factory")
        assert (status["pid"], status["root"], status["port"]) == (os.getpid(), str(here.root), 3_100)
        assert {each["engine"]: each["state"] for each in status["engines"]} == {"main": "running", "rest": "stopped"}
        assert status["keeper"]["jobs"] is not None
        processes = await here.ask("status.processes")
        roles = [(each["engine"], each["role"]) for each in processes]
        assert roles[:2] == [(None, "factory"), (None, "keeper")]
        assert {role for name, role in roles if name == "main"} == {"bridge", "receiver", "worker0", "writer"}
        assert len({each["pid"] for each in processes}) == len(processes) == 6
        assert all(each["rss_bytes"] > 0 and each["cpu_seconds"] >= 0 for each in processes)

    serve(write_file(tmp_path, engine(), resting("rest")), life, keeper=True)


def test_jobs(tmp_path: Path) -> None:
    """Started, listed, looked at; what cannot be started is refused in the keeper's words, a wrong request in ours."""
    root = tmp_path / "logs"
    for age in (1, 2, 3):
        make_day(root, age)
    doomed = "2026-11-17"

    async def life(here: Serving) -> None:
        asked = {"kind": "delete_days", "class": "word", "engine": "main", "days": [doomed]}
        job = await here.ask("jobs.start", asked)
        assert (job["kind"], job["total"]) == ("delete_days", 0)
        over = await ended(here, job["id"])
        assert (over["state"], over["done"], over["total"]) == ("done", 1, 1)
        assert not (root / "word" / "main" / f"{doomed}.db").exists()
        assert "anna" in (await here.told("day_deleted", "main"))["message"]
        assert job["id"] in {each["id"] for each in await here.ask("jobs.list")}
        everything = await here.ask("jobs.start", {**asked, "days": "all"})
        assert (await ended(here, everything["id"]))["done"] == 2
        retention = await here.ask("jobs.start", kind="retention")
        assert (await ended(here, retention["id"]))["state"] == "done"

        for wrong in ({**asked, "days": [doomed]}, {"kind": "compress"}, {"kind": "delete_days"}):
            with pytest.raises(SysloggerError, match=r"no day|there is no job|cannot be started"):
                await here.ask("jobs.start", wrong)
        for days in ("yesterday", ["2026-02-30"], []):
            with pytest.raises(BadRequest):
                await here.ask("jobs.start", {**asked, "days": days})
        with pytest.raises(SysloggerError, match="waits or runs"):
            await here.ask("jobs.cancel", id=job["id"])
        with pytest.raises(NotFound, match=r"jobs\.list shows"):
            await here.ask("jobs.get", id="0f3a9c51b2d4")

    serve(write_file(tmp_path), life, keeper=True)


def test_a_job_is_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job is stopped between two days: it says so, and what it has not come to stays."""
    slow_keepers(tmp_path, monkeypatch)
    for age in range(2, 200):
        make_day(tmp_path / "logs", age)

    async def life(here: Serving) -> None:
        asked = {"kind": "delete_days", "class": "word", "engine": "main", "days": "all"}
        first, second = await here.ask("jobs.start", asked), await here.ask("jobs.start", asked)
        assert (await here.ask("jobs.cancel", id=second["id"]))["state"] == "cancelled"
        await until(lambda: has_begun(here, first["id"]), "the first day is deleted")
        await here.ask("jobs.cancel", id=first["id"])
        over = await ended(here, first["id"])
        assert (over["state"], over["total"]) == ("cancelled", 198)
        left = len(list((here.root / "word" / "main").glob("*.db")))
        assert left == 198 - over["done"] > 0
        assert isinstance(await here.ask("clock.confirm"), str)

    serve(write_file(tmp_path), life, keeper=True)


def test_days_are_sealed_and_foretold(tmp_path: Path) -> None:
    """A job seals a day that is over, whatever the keeper has sealed by itself; the forecast is of real files."""
    days = [make_day(tmp_path / "logs", age, today=datetime.now(UTC).date()) for age in (0, 1, 2)]

    async def life(here: Serving) -> None:
        asked = {"kind": "seal", "class": "word", "engine": "main", "days": [days[2].stem]}
        over = await ended(here, (await here.ask("jobs.start", asked))["id"])
        assert (over["state"], over["message"]) == ("done", "sealed 1 of 1 days")
        assert (await ended(here, (await here.ask("jobs.start", {"kind": "seal"}))["id"]))["state"] == "done"
        assert is_sealed(days[2])
        found = await here.ask("days.forecast")
        assert found["total_bytes"] > found["free_bytes"] > 0
        assert [each["engine"] for each in found["engines"]] == ["main"]

    serve(write_file(tmp_path), life, keeper=True)


def test_without_a_keeper(tmp_path: Path) -> None:
    """Jobs and the clock are unavailable and say why; the factory's status goes on."""

    async def life(here: Serving) -> None:
        for operation, fields in (
            ("days.forecast", {}),
            ("jobs.list", {}),
            ("jobs.start", {"kind": "retention"}),
            ("jobs.cancel", {"id": "0f3a9c51b2d4"}),
            ("clock.confirm", {}),
        ):
            with pytest.raises(Unavailable, match="does not run: it was not started; try again"):
                await here.ask(operation, fields)
        assert (await here.ask("status.factory"))["keeper"]["pid"] is None
        assert [each["role"] for each in await here.ask("status.processes")] == ["factory"]

    serve(write_file(tmp_path), life)


async def has_begun(here: Serving, job: str) -> bool:
    """Whether it has come to its first day."""
    return bool((await here.ask("jobs.get", id=job))["done"])


async def ended(here: Serving, job: str) -> dict[str, Any]:
    """Wait for the end of a job."""

    async def is_over() -> bool:
        return (await here.ask("jobs.get", id=job))["state"] not in ("queued", "running")

    await until(is_over, "the job has ended")
    found: dict[str, Any] = await here.ask("jobs.get", id=job)
    return found
