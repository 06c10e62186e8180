"""The system: the machine, the product, its health, its configuration.

What tells of the whole machine is for people without a scope; the product's version and time zone are for everyone.
"""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from pydantic import Field

from api.acting import Acting, Actor
from api.engine_asked import Asked
from api.engine_bodies import ProcessBody, Told
from api.errors import ProblemBody
from api.health_findings import Finding, Severity
from api.health_look import health
from api.host import HostBody, host
from api.licences import LicenceBody, licences
from api.permissions import Access, Family
from api.routing import family_router, route
from syslogger.__main__ import version
from syslogger.config import Config, parse
from syslogger.errors import ConfigError

router = family_router("system")

_EVERYONE, _HOST = (Family.AUTH, Access.READ), (Family.HOST, Access.READ)


class AboutBody(Told):
    """The product. now: us since the epoch; time_zone: where days begin, as the configuration says."""

    name: str
    version: str
    time_zone: str
    now: int


@route(router, "GET", "/system/about", *_EVERYONE, summary="Version and time zone of the product")
async def about(acting: Actor) -> AboutBody:
    """The time zone is that of the API's start."""
    zone = acting.services.settings.time_zone
    return AboutBody(name="Syslogger", version=version(), time_zone=zone, now=time.time_ns() // 1_000)


@route(router, "GET", "/system/licences", *_EVERYONE, summary="What it is made of, and under which licences")
async def all_licences() -> list[LicenceBody]:
    """As the installed distributions say it of themselves."""
    return list(await asyncio.to_thread(licences))


@route(router, "GET", "/system/host", *_HOST, summary="The machine: processor, load, memory, disks with our share")
async def the_host(acting: Actor) -> HostBody:
    """At this moment; `cpu_percent` since the last look."""
    async with acting.asking() as factory:
        processes, forecast = await asyncio.gather(factory.processes(), factory.forecast())
    memory = sum(each["rss_bytes"] for each in processes)
    stored = sum(each["stored_bytes"] for each in forecast["engines"])
    return await asyncio.to_thread(host, acting.services.settings.root, memory, stored)


@route(router, "GET", "/system/processes", *_HOST, summary="Every process of factory, keeper and engines")
async def processes(acting: Actor) -> list[ProcessBody]:
    """What each uses."""
    async with acting.asking() as factory:
        return [ProcessBody.model_validate(each) for each in await factory.processes()]


class HealthBody(Told):
    """worst: of the findings, null where there is none."""

    worst: Severity | None
    findings: list[Finding]


@route(router, "GET", "/system/health", *_HOST, summary="What should be looked at, and what to do about it")
async def findings(acting: Actor) -> HealthBody:
    """Worst first. It answers also when the factory does not: that is a finding."""
    found = await health(acting)
    return HealthBody(worst=found[0].severity if found else None, findings=found)


# -- configuration -----------------------------------------------------------------------------------------------------


class ConfigBody(Told):
    """The present state in the form of the file; there are no secrets in it."""

    config: dict[str, Any]


class FileAsked(Asked):
    """A configuration file's text."""

    text: Annotated[
        str, Field(max_length=1 << 20, examples=['{"ENGINE_CLASSES": {"word": {"user": "user=(\\\\w+)"}}}'])
    ]


class CheckedBody(Told):
    """Whether a factory could use it; every problem with its path."""

    valid: bool
    problems: list[ProblemBody]


class ReloadLine(Told):
    """One difference between the file and what runs, and what became of it."""

    path: str
    outcome: str
    message: str


@route(
    router, "GET", "/system/config", Family.CONFIG, Access.READ, summary="The present state, as the file would say it"
)
async def config(acting: Actor) -> ConfigBody:
    """Engines and classes as they are now, whatever the file says."""
    async with acting.asking() as factory:
        return ConfigBody(config=await factory.export_config())


@route(
    router, "POST", "/system/config/validate", Family.CONFIG, Access.READ, summary="Check a configuration file's text"
)
async def validate(acting: Actor, asked: FileAsked) -> CheckedBody:
    """Nothing is changed, and nothing is read but the text."""
    problems = await asyncio.to_thread(_problems, acting, asked.text)
    return CheckedBody(valid=not problems, problems=problems)


def _problems(acting: Acting, text: str) -> list[ProblemBody]:
    try:
        parsed: Config = parse(text.encode("utf-8", "surrogatepass"), acting.services.settings.root)
    except ConfigError as error:
        return [ProblemBody(path=each.path, wrong=each.wrong, right=each.right) for each in error.problems]
    del parsed  # that it can be made is all that was asked
    return []


@route(
    router,
    "POST",
    "/system/config/reload",
    Family.CONFIG,
    Access.WRITE,
    summary="Take over what changed in the file",
    also=(409,),
)
async def reload(acting: Actor) -> list[ReloadLine]:
    """A line for each difference; a file that cannot be used changes nothing."""
    async with acting.changing("config.reload") as factory:
        return [ReloadLine.model_validate(each) for each in await factory.reload_config()]
