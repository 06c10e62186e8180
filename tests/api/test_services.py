"""Asking stored days and the factory through the API's services: narrowed, noted, and given up with its caller."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.requests import ClientDisconnect, Request

from api.identity import Caller
from api.permissions import Role
from api.scope import EVERYTHING, Scope
from api.services import while_connected
from api.store import audit
from interfaces.errors import Unavailable
from syslogger.query.model import Phrase, Query
from syslogger.query.questions import Count, Days, Rows
from tests.api.serving import Serving, serve
from tests.interfaces.serving import resting
from tests.storage.made_days import DaySpec, make_root
from tests.storage.making import interval


def caller(scope: Scope = EVERYTHING) -> Caller:
    """An analyst."""
    return Caller(1, "anna", Role.ANALYST, scope, "token", 7, "192.0.2.1")


def days(root: Path) -> None:
    """Three rows of one engine, two of another."""
    start = interval().start
    rows = [{"received_at": start + number, "original_log": "login"} for number in range(3)]
    make_root(root, [DaySpec(rows, engine="main"), DaySpec(rows[:2], engine="edge")])


def test_a_question_is_answered_within_the_scope(tmp_path: Path) -> None:
    """Whoever sees one engine gets its rows, and its days alone are looked at."""

    async def life(here: Serving) -> None:
        await asyncio.to_thread(days, here.root)
        for who, rows, partitions in ((caller(), 5, 2), (caller(Scope(engines=("edge",))), 2, 1)):
            assert rows == (await here.services.ask(Count(query=Query()), who)).count
            found = await here.services.ask(Rows(query=Query()), who)
            assert (rows, partitions) == (len(found.rows), found.searched.partitions)
        clients = caller(Scope(clients=("nobody",)))
        assert 0 == (await here.services.ask(Count(query=Query()), clients)).count

    serve(tmp_path, life)


def test_a_search_stands_in_the_audit(tmp_path: Path) -> None:
    """Who searched what, from where; the next page of it and a list of days are no search."""

    async def life(here: Serving) -> None:
        await asyncio.to_thread(days, here.root)
        query = Query(where=Phrase(text="login"), limit=2)
        first = await here.services.ask(Rows(query=query), caller())
        await here.services.ask(Rows(query=query, after=first.after), caller())
        await here.services.ask(Days(), caller())
        (noted,) = await audit.listed(here.services.store, audit.Filter())
        assert ("logs.rows", "anna", "token", 7) == (noted.action, noted.user_name, noted.kind, noted.key_id)
        assert "192.0.2.1" == noted.address
        assert "login" in str(noted.details)

    serve(tmp_path, life)


def test_work_is_given_up_when_its_caller_goes() -> None:
    """The work is cancelled, not left behind; without that its result is the answer."""

    async def life() -> None:
        gone, ended = asyncio.Event(), asyncio.Event()

        async def receive() -> dict[str, str]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def work(seconds: float) -> int:
            try:
                await asyncio.sleep(seconds)
            finally:
                ended.set()
            return 1

        request = Request({"type": "http", "headers": []}, receive)
        assert 1 == await while_connected(request, work(0.0))
        ended.clear()
        working = asyncio.create_task(while_connected(request, work(60.0)))
        await asyncio.sleep(0)
        gone.set()
        with pytest.raises(ClientDisconnect):
            await working
        assert ended.is_set()

    asyncio.run(life())


def test_the_factory_is_asked_in_the_name_of_the_person(tmp_path: Path) -> None:
    """Its events say who; two people share the connections and not the name."""

    async def life(here: Serving) -> None:
        for name in ("anna", "berta"):
            person = Caller(1, name, Role.OPERATOR, EVERYTHING, "token", 1, "127.0.0.1")
            factory = here.services.factory(person)
            assert factory is here.services.factory(person)
            await factory.edit_engine("main", {"title": f"of {name}"})
        told = str(await here.services.factory(person).events("main"))
        assert "api:anna" in told or "anna" in told
        assert "berta" in told

    serve(tmp_path, life, factory=True, engines=[resting()])


def test_without_a_factory_that_is_said(tmp_path: Path) -> None:
    """There is no token to read: unavailable, with what to do."""

    async def life(here: Serving) -> None:
        with pytest.raises(Unavailable, match="syslogger run"):
            here.services.factory(caller())

    serve(tmp_path, life)
