"""Searches of one person: so many at once, so many wait, and what a question may ask."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from api.errors import ApiError
from api.identity import Caller
from api.permissions import Role
from api.scans import LEAST_WAITING, Scans
from api.scope import Scope
from api.services import NO_ENGINE, narrowed
from syslogger.query.model import OneOf, Query
from syslogger.query.questions import Context, Days, Fields, Row, Rows

CORES = 2


def caller(scope: Scope) -> Caller:
    """An analyst."""
    return Caller(1, "anna", Role.ANALYST, scope, "token", 1, "127.0.0.1")


def test_only_so_many_run_at_once() -> None:
    """With two cores two of a person's searches run, and all of them come to their turn."""

    async def life() -> None:
        scans, running, most = Scans(CORES), 0, 0

        async def search() -> None:
            nonlocal running, most
            async with scans.turn(1):
                running += 1
                most = max(most, running)
                await asyncio.sleep(0)
                running -= 1

        await asyncio.gather(*(search() for _ in range(LEAST_WAITING)))
        assert (CORES, 0) == (most, running)

    asyncio.run(life())


def test_too_many_are_refused_and_others_are_not() -> None:
    """One person who fills his queue is told to wait; another one searches at once."""

    async def life() -> None:
        scans, ending = Scans(CORES), asyncio.Event()

        async def search(user_id: int) -> None:
            async with scans.turn(user_id):
                await ending.wait()

        tasks = [asyncio.create_task(search(1)) for _ in range(CORES + LEAST_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(ApiError) as refused:
            await search(1)
        assert (429, {"Retry-After": "1"}) == (refused.value.status, refused.value.headers)
        tasks.append(asyncio.create_task(search(2)))
        await asyncio.sleep(0)
        ending.set()
        await asyncio.gather(*tasks)

    asyncio.run(life())


def test_a_search_that_is_given_up_makes_room() -> None:
    """Cancelled while it waits or while it runs, its place is free again."""

    async def life() -> None:
        scans, ending = Scans(1), asyncio.Event()

        async def search() -> None:
            async with scans.turn(1):
                await ending.wait()

        for _ in range(3):
            tasks = [asyncio.create_task(search()) for _ in range(1 + LEAST_WAITING)]
            await asyncio.sleep(0)
            for task in reversed(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        ending.set()
        await search()

    asyncio.run(life())


def test_a_scope_becomes_part_of_the_question() -> None:
    """What is asked with a scope has its condition and opens its engines' days; without one it is as it was."""
    question = Rows(query=Query())
    asked = narrowed(question, caller(Scope(engines=("main",))))

    assert OneOf(field="engine", values=("main",)) == asked.query.where
    assert ("main",) == asked.query.engines
    assert question is narrowed(question, caller(Scope()))


@pytest.mark.parametrize(
    ("scope", "wanted", "opened"),
    [
        (Scope(engines=("main", "edge")), (), ("main", "edge")),
        (Scope(engines=("main",)), ("word/main", "edge"), ("word/main",)),
        (Scope(engines=("main",)), ("edge",), NO_ENGINE),
        (Scope(engines=("main",), clients=("office",)), (), ()),
        (Scope(clients=("office",)), ("edge",), ("edge",)),
    ],
)
def test_only_the_days_of_ones_engines_are_opened(
    scope: Scope, wanted: tuple[str, ...], opened: tuple[str, ...]
) -> None:
    """Where clients are seen in every engine the condition alone decides."""
    asked = narrowed(Rows(query=Query(engines=wanted)), caller(scope))

    assert opened == asked.query.engines
    assert asked.query.where is not None


@pytest.mark.parametrize(
    "question", [Row(id="word.main.2026-01-31.1"), Context(id="x"), Days(), Fields(query=Query())], ids=lambda q: q.kind
)
def test_what_cannot_be_narrowed_is_refused_unless_it_is_looked_at(question: Any) -> None:
    """Forgetting to hold it against the scope fails closed."""
    limited = caller(Scope(engines=("main",)))
    with pytest.raises(ApiError, match="scope"):
        narrowed(question, limited)

    assert question is narrowed(question, limited, looked_at=True)
    assert question is narrowed(question, caller(Scope()))
