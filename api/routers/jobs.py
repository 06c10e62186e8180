"""Jobs on stored days: what the keeper does, does next and has done; start one, cancel one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import ConfigDict, Field

from api.acting import Actor
from api.engine_asked import Asked, ClassName, EngineName
from api.engine_bodies import Told
from api.permissions import Access, Family
from api.routing import family_router, route

MOST_DAYS = 10_000

router = family_router("jobs")

_READ, _WRITE = (Family.JOBS, Access.READ), (Family.JOBS, Access.WRITE)
Day = Annotated[str, Field(max_length=100, json_schema_extra={"format": "date"}, examples=["2026-01-31"])]
JobId = Annotated[
    str, Path(max_length=100, json_schema_extra={"pattern": "^[0-9a-z]{1,40}$"}, examples=["0f3a9c51b2d4"])
]


class JobAsked(Asked):
    """retention and seal need nothing more; the others a class and an engine, and `delete_days` its days."""

    kind: Annotated[Literal["retention", "seal", "delete_days", "delete_engine"], Field(examples=["retention"])]
    class_name: ClassName | None = Field(None, alias="class")
    engine: EngineName | None = None
    days: Literal["all"] | Annotated[list[Day], Field(min_length=1, max_length=MOST_DAYS)] | None = None


class JobBody(Told):
    """A job. done, total: days; started, ended: us since the epoch; message: what it did, or why it did not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0f3a9c51b2d4",
                    "kind": "delete_days",
                    "parameters": {"engine": "main"},
                    "state": "running",
                    "done": 3,
                    "total": 12,
                    "started": 1_795_170_600_000_000,
                    "ended": None,
                    "message": "",
                }
            ]
        }
    )

    id: str
    kind: str
    parameters: dict[str, Any]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int
    started: int | None
    ended: int | None
    message: str


@route(router, "GET", "/jobs", *_READ, summary="Every job that waits, runs, or has ended lately")
async def jobs(acting: Actor) -> list[JobBody]:
    """In the order in which they run."""
    async with acting.asking() as factory:
        return [JobBody.model_validate(each) for each in await factory.list_jobs()]


@route(router, "POST", "/jobs", *_WRITE, status=202, summary="Start a job", also=(404, 409))
async def start(acting: Actor, asked: JobAsked) -> JobBody:
    """It waits for those before it."""
    sent = asked.sent()
    async with acting.changing(f"jobs.{asked.kind}", asked.engine or "", **sent) as factory:
        made = await factory.start_job(asked.kind, class_name=asked.class_name, engine=asked.engine, days=asked.days)
        return JobBody.model_validate(made)


@route(router, "GET", "/jobs/{job}", *_READ, summary="One job", also=(404,))
async def job(acting: Actor, job: JobId) -> JobBody:
    """How far it is."""
    async with acting.asking() as factory:
        return JobBody.model_validate(await factory.get_job(job))


@route(router, "POST", "/jobs/{job}/cancel", *_WRITE, summary="Cancel a job", also=(404, 409))
async def cancel(acting: Actor, job: JobId) -> JobBody:
    """One that runs ends after the day it is at."""
    async with acting.changing("jobs.cancel", job) as factory:
        return JobBody.model_validate(await factory.cancel_job(job))


class ConfirmedBody(Told):
    """What that changes."""

    message: str


@route(router, "POST", "/clock/confirm", *_WRITE, summary="Say that the machine's clock is right", also=(409,))
async def confirm_clock(acting: Actor) -> ConfirmedBody:
    """Retention waits while the clock is in doubt, for a wrong one would make every day look old."""
    async with acting.changing("clock.confirm") as factory:
        return ConfirmedBody(message=await factory.confirm_clock())
