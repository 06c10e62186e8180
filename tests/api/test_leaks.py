"""Leaks: whoever sees a part learns nothing of the rest, by no route, parameter, header or refusal.

Two ways to look at it. Asked for nothing in particular, no answer has a word of what is hidden. Asked for what is
hidden by its name, the answer is that to a name that nobody has: who asks cannot tell them apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from api.permissions import Access, Role
from api.scope import Scope
from tests.api.neighbours import HIDDEN, engines, old_days, settle
from tests.api.serving import Serving, serve
from tests.api.walking import DAY, Walked, bodies, walked, wanted

SIGNS_OUT = "POST /api/v1/auth/logout"
# What reads goes first: writes of one's own engine change what there is to be seen.
ROUTES = tuple(
    sorted(
        (each for each in walked() if each.family is not None and each.name != SIGNS_OUT),
        key=lambda each: each.access is Access.WRITE,
    )
)
API = "/api/v1"
# A name that nobody has, for each that somebody may not know; as long, so that places and lengths tell nothing either.
TWINS = {"south": "nouth", "quiet": "nuiet", "oldone": "nldone", "sven": "zven", "quentin": "zuentin", "olga": "zlga"}
# What differs from one answer to the next, whoever asks; a fresh export waits or runs as the ones before it leave room.
DIFFERS = re.compile(
    r'"(?:request_id|id|now|created_at|changed_at|at|expires_at|since|until|file_name|nanoseconds_per_line)":'
    r' ?"?[\w.:-]*|"content-length": "\d+"|"state":"(?:waiting|running)"',
    re.IGNORECASE,
)


async def said(client: aiohttp.ClientSession, route: Walked, path: str, params: Any, body: Any) -> str:
    """Everything that an answer is: status, headers, text."""
    async with client.request(route.method, path, params=params, json=body) as got:
        assert got.status < 500, (route.name, params, await got.text())
        heads = {name: value for name, value in got.headers.items() if name not in ("X-Request-ID", "Date")}
        return f"{got.status} {json.dumps(heads)} {(await got.read()).decode(errors='replace')}"


def hidden_in(text: str, words: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """The words that are in a text, but for what whoever asked has said himself."""
    for each in known:
        text = text.replace(each, "")
    return [word for word in words if word in text]


def bare(text: str) -> str:
    """An answer without what differs from one to the next."""
    return DIFFERS.sub("", text)


@pytest.mark.timeout(900)  # with two busy cores it takes minutes
@pytest.mark.parametrize("scope", HIDDEN)
def test_no_answer_has_a_word_of_others(tmp_path: Path, scope: Scope) -> None:
    """Every route, asked for nothing in particular or for what is one's own, is silent about everything else."""
    old_days(tmp_path / "logs")

    async def life(here: Serving) -> None:
        made = await settle(here)
        for role in (Role.VIEWER, Role.ANALYST, Role.ADMIN):
            somebody = await here.as_role(role, scope)
            for route in ROUTES:
                body = bodies("north", "nora").get(route.name)
                for path, params in of_ones_own(route, made):
                    text = await said(somebody, route, path, params, body)
                    assert hidden_in(text, HIDDEN[scope], ("north", "nora")) == [], (route.name, params, text)

    serve(tmp_path, life, factory=True, engines=engines())


def of_ones_own(route: Walked, made: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Paths and parameters about north and nora; the last ones with what an admin has made, whoever asks."""
    for params in wanted(route, "north", "nora"):
        yield route.filled(name="north"), params
    if "{" in route.path:
        yield route.filled(name="word"), route.params
        yield route.filled(**made), route.params


@pytest.mark.timeout(900)  # with two busy cores it takes minutes
@pytest.mark.parametrize("scope", HIDDEN)
def test_what_is_hidden_is_as_if_it_were_not(tmp_path: Path, scope: Scope) -> None:
    """Whoever asks for an engine, client or row of others by name gets the answer to a name that nobody has."""
    old_days(tmp_path / "logs")

    async def life(here: Serving) -> None:
        await settle(here)
        somebody = await here.as_role(Role.ADMIN, scope)
        for engine, client in (("south", "sven"), ("quiet", "quentin"), ("oldone", "olga")):
            if engine not in HIDDEN[scope]:
                continue  # it is the client that is hidden, and rows tell of it
            for real, twin in zip(named(engine, client), named(TWINS[engine], TWINS[client]), strict=True):
                answers = [bare(await said(somebody, *asked)) for asked in (real, twin)]
                same = answers[1].replace(TWINS[client], client).replace(TWINS[engine], engine)
                assert answers[0] == same, real[1:]
                assert hidden_in(answers[0], HIDDEN[scope], (engine, client, "paper")) == [], (real[1:], answers[0])

    serve(tmp_path, life, factory=True, engines=engines())


def named(engine: str, client: str) -> Iterator[tuple[Walked, str, dict[str, str], dict[str, Any] | None]]:
    """Every request that has the name of an engine or a client in it; what a class is called is no secret."""
    for route in (each for each in ROUTES if "/classes/{name}" not in each.path):
        body = bodies(engine, client).get(route.name)
        for params in wanted(route, engine, client):
            for row in (f"word.{engine}.{DAY}.1", f"paper.{engine}.{DAY}.1"):
                asked = (route.filled(name=engine, id=row), params, body)
                if any(name in repr(asked) for name in (engine, client)) and ("{id}" in route.path or "word" in row):
                    yield route, *asked
