"""Health: what somebody should look at, worst first, each with what to do about it.

Pure: one look at everything (`Seen`) in, findings out. A finding's `code` is a word for programs, its `fix` a sentence
or a command for people. A figure that is not known finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from syslogger.query.answers import DayRow

SOON_DAYS = 7
NEAR_PERCENT = 5.0  # so far below SPACE_PERCENTAGE_TO_STOP it is time to act
SILENT_SECONDS = 3_600
SHOWN_CLIENTS = 20

Status = Mapping[str, Any]


class Severity(StrEnum):
    """How bad it is: logs are lost or nothing runs; they will be; worth a look."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Finding(BaseModel):
    """One thing to look at. engine: "" for the whole machine."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "receive_buffer",
                    "severity": "warning",
                    "engine": "main",
                    "message": "engine main asked for a receive buffer of 67,108,864 bytes and was given 212,992",
                    "fix": "sysctl -w net.core.rmem_max=67108864 …",
                }
            ]
        }
    )

    code: str
    severity: Severity
    engine: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at everything. now: s since the epoch; dropped: datagrams the kernel dropped lately, by engine."""

    now: float
    engines: Mapping[str, Status] = field(default_factory=dict)
    keeper: Mapping[str, Any] = field(default_factory=dict)
    forecast: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    days: Iterable[DayRow] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


def findings(seen: Seen) -> list[Finding]:
    """What was found, worst first."""
    found = [*_of_keeper(seen), *_of_disk(seen), *_of_days(seen)]
    if not seen.engines:
        fix = "make one: on the page Engines, or `syslogger engines create`"
        found.append(_notice("no_engine", "", "there is no engine, so nothing is received", fix))
    for name, status in seen.engines.items():
        found += [*_of_state(name, status), *_of_receiving(name, status, seen.dropped.get(name, 0))]
        found += [*_of_fields(name, status), *_of_clients(name, status, seen.now)]
    order = list(Severity)
    return sorted(found, key=lambda each: order.index(each.severity))


def _error(code: str, engine: str, message: str, fix: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, engine=engine, message=message, fix=fix)


def _warning(code: str, engine: str, message: str, fix: str) -> Finding:
    return Finding(code=code, severity=Severity.WARNING, engine=engine, message=message, fix=fix)


def _notice(code: str, engine: str, message: str, fix: str) -> Finding:
    return Finding(code=code, severity=Severity.NOTICE, engine=engine, message=message, fix=fix)


# -- engines -----------------------------------------------------------------------------------------------------------


def _of_state(name: str, status: Status) -> Iterator[Finding]:
    state, why = status["state"], status["why"] or "it does not say why"
    if state == "failed":
        yield _error("engine_failed", name, f"engine {name} has failed: {why}", "do what it says, then start it")
    elif state == "degraded":
        yield _warning("engine_degraded", name, f"engine {name} is degraded: {why}", "look at its events")
    elif state == "paused":
        yield _warning("engine_paused", name, f"engine {name} stores nothing: {why}", "resume it")
    elif state == "stopped" and status["wanted"] == "running":
        yield _error("engine_stopped", name, f"engine {name} does not run, and is to run", "start it")
    if status["needs_restart"]:
        waiting = ", ".join(status["needs_restart"])
        yield _notice("needs_restart", name, f"changes of engine {name} wait for a restart: {waiting}", "restart it")
    if (status.get("ledger") or {}).get("unexplained"):
        count = status["ledger"]["unexplained"]
        message = f"the ledger of engine {name} does not explain {count:,} messages"
        yield _error("unexplained", name, message, "this is a defect: report it with the engine's status and events")


def _of_receiving(name: str, status: Status, dropped: int) -> Iterator[Finding]:
    buffer = status.get("buffer") or {}
    if advice := buffer.get("advice"):
        asked, granted = buffer["asked_bytes"], buffer["granted_bytes"] // 2  # Linux tells twice what it gives
        message = f"engine {name} asked for a receive buffer of {asked:,} bytes and was given {granted:,}"
        lasting = advice.removeprefix("sysctl -w ")
        fix = f"{advice} (for ever: `{lasting}` in /etc/sysctl.d/90-syslogger.conf), then restart the engine"
        yield _warning("receive_buffer", name, message, fix)
    if dropped:
        message = f"the kernel dropped {dropped:,} datagrams for engine {name} in the last 15 minutes"
        fix = "a larger receive buffer, more workers, or senders spread over several engines"
        yield _error("kernel_drops", name, message, fix)


def _of_fields(name: str, status: Status) -> Iterator[Finding]:
    for each in status.get("fields") or ():
        if each["parked"]:
            message = f"field {each['field']} of engine {name} is not searched: {each['parked']['why']}"
            fix = "make its pattern simpler (nested repetitions are the usual reason), or release the field"
            yield _warning("field_parked", name, message, fix)


def _of_clients(name: str, status: Status, now: float) -> Iterator[Finding]:
    clients = status.get("clients") or ()
    silent = [each for each in clients if each["last_seen"] and now - each["last_seen"] / 1e6 > SILENT_SECONDS]
    for each in silent[:SHOWN_CLIENTS]:
        hours = (now - each["last_seen"] / 1e6) / 3_600
        message = f"client {each['name']} of engine {name} has sent nothing for {hours:,.1f} hours"
        fix = f"see whether {each['address']} still logs to port {status['port']}"
        yield _notice("client_silent", name, message, fix)


# -- what is stored ----------------------------------------------------------------------------------------------------


def _of_keeper(seen: Seen) -> Iterator[Finding]:
    if seen.keeper and seen.keeper.get("pid") is None:
        message = f"the keeper of stored days does not run: {seen.keeper.get('why')}"
        yield _error("keeper_down", "", message, "it is started again by itself; else look at the factory's log")
    if waits := seen.keeper.get("waits"):
        fix = "when the machine's clock is right, confirm it (POST /api/v1/clock/confirm)"
        yield _warning("clock_in_doubt", "", f"retention waits: {waits}", fix)
    for job in seen.keeper.get("jobs") or ():
        if job["state"] == "failed":
            yield _warning("job_failed", "", f"job {job['kind']} has failed: {job['message']}", "start it again")


def _of_disk(seen: Seen) -> Iterator[Finding]:
    fix = "free some space, keep fewer days (AUTO_DELETE_DAYS), or bound them (auto_delete_bytes)"
    total, stop = seen.forecast.get("total_bytes"), seen.settings.get("SPACE_PERCENTAGE_TO_STOP")
    if total and stop is not None and stop < 100:
        used = 100.0 - 100.0 * seen.forecast["free_bytes"] / total
        message = f"the disk is {used:.1f} % full; at {stop} % (SPACE_PERCENTAGE_TO_STOP) nothing is stored any more"
        if used > stop:
            yield _error("disk_full", "", message, fix)
        elif used > stop - NEAR_PERCENT:
            yield _warning("disk_near_full", "", message, fix)
    for word, on, days in (
        ("stops_on", "storing stops", "stops_in_days"),
        ("full_on", "the disk is full", "full_in_days"),
    ):
        ahead = seen.forecast.get(days)
        if ahead is not None and ahead <= SOON_DAYS:
            message = f"at the pace of the last days {on} on {seen.forecast[word]}"
            yield _warning("disk_forecast", "", message, fix)
            return


def _of_days(seen: Seen) -> Iterator[Finding]:
    for day in seen.days:
        if day.state == "damaged":
            fix = "restore its file from a backup, or delete the day (a job `delete_days`)"
            yield _error("day_damaged", day.engine, f"day {day.name} cannot be read: {day.trouble}", fix)
