"""One look at everything that health judges: the engines, the keeper, the forecast, stored days, lost datagrams.

What cannot be asked now is left out and is a finding of its own; so health answers most when something is broken.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from api.health_findings import Finding, Seen, Severity, findings
from api.narrowing import ask_of_engines
from interfaces.client import FactoryClient
from interfaces.errors import NotFound
from syslogger.errors import SysloggerError
from syslogger.query.answers import DaysAnswer, LedgerAnswer
from syslogger.query.model import Query
from syslogger.query.questions import Days, LedgerHistory

if TYPE_CHECKING:
    from api.acting import Acting

AT_ONCE = 8  # of the engines' status; the factory answers 64 requests at a time, to everybody
LATELY = "-15m"

Statuses = dict[str, dict[str, Any]]


async def statuses(factory: FactoryClient, wanted: Callable[[str], bool] = bool) -> Statuses:
    """The status of every wanted engine by name, but of one that is deleted meanwhile. Raises SysloggerError."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def status_of(name: str) -> dict[str, Any] | None:
        async with turns:
            try:
                return await factory.engine_status(name)
            except NotFound:
                return None

    names = [each["engine"] for each in await factory.list_engines() if wanted(each["engine"])]
    found = await asyncio.gather(*map(status_of, names))
    return {name: status for name, status in zip(names, found, strict=True) if status is not None}


async def health(acting: Acting) -> list[Finding]:
    """What was found, worst first. The whole machine: for those without a scope."""
    try:
        async with acting.asking() as factory:
            engines, about = await asyncio.gather(statuses(factory), factory.factory_status())
    except SysloggerError as error:
        fix = "see whether `syslogger factory` runs, and what its log says"
        return [_unknown("factory_down", Severity.ERROR, f"the factory does not answer: {error}", fix)]
    troubles: list[Finding] = []
    forecast, settings = await _tried(troubles, "the forecast", factory.forecast()), await factory.settings()
    days: DaysAnswer | None = await _tried(troubles, "the stored days", ask_of_engines(acting, Days(), ()))
    lately = LedgerHistory(query=Query(since=LATELY))
    ledger: LedgerAnswer | None = await _tried(troubles, "the ledger's history", ask_of_engines(acting, lately, ()))
    seen = Seen(
        now=time.time(),
        engines=engines,
        keeper=about["keeper"],
        forecast=forecast or {},
        settings=settings,
        days=days.days if days else (),
        dropped=_dropped(ledger),
    )
    return [*findings(seen), *troubles]


async def _tried(troubles: list[Finding], what: str, asking: Any) -> Any:
    try:
        return await asking
    except SysloggerError as error:
        troubles.append(_unknown("not_known", Severity.WARNING, f"{what} cannot be told: {error}", "ask again"))
        return None


def _dropped(ledger: LedgerAnswer | None) -> dict[str, int]:
    if ledger is None:
        return {}
    return {each.engine.partition("/")[2]: sum(each.counts["kernel_dropped"]) for each in ledger.series}


def _unknown(code: str, severity: Severity, message: str, fix: str) -> Finding:
    return Finding(code=code, severity=severity, engine="", message=message, fix=fix)
