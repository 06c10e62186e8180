"""Questions about engines as a whole (their days, their ledger), narrowed to those that somebody sees wholly.

Such a question has no condition on rows, so the scope becomes its list of engines. The answer is asked for without the
scope then: what is narrowed here must not be narrowed by a condition once more, which a ledger refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from api.scope import EVERYTHING
from syslogger.query.model import Query

if TYPE_CHECKING:
    from api.acting import Acting


def seen_of(acting: Acting, wanted: Sequence[str]) -> tuple[str, ...] | None:
    """Of the wanted engines (none: all) those that are seen wholly; `()` is all of them, None is not one."""
    scope = acting.caller.scope
    if not scope.limited:
        return tuple(wanted)
    seen = tuple(name for name in (wanted or scope.engines) if name in scope.engines)
    return seen or None


async def ask_of_engines(acting: Acting, question: Any, engines: tuple[str, ...]) -> Any:
    """The answer, of these engines; `()`: of all. Raises what `Services.ask` raises."""
    query: Query = question.query.model_copy(update={"engines": engines})
    caller = replace(acting.caller, scope=EVERYTHING)
    return await acting.services.ask(question.model_copy(update={"query": query}), caller)


async def engines_with_clients(acting: Acting) -> tuple[str, ...]:
    """The engines of which this person sees clients and no more. Raises SysloggerError."""
    scope = acting.caller.scope
    if not scope.clients:
        return ()
    async with acting.asking() as factory:
        found = await factory.list_engines()
    return tuple(
        each["engine"]
        for each in found
        if not scope.sees_engine(each["engine"])
        and any(client["name"] in scope.clients for client in each["settings"]["clients"])
    )


def is_unknown(client: str, sender: str) -> bool:
    """Whether a line of figures is that of a sender who is no client, for whom there is a right of its own."""
    return not client and bool(sender)
