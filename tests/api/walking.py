"""The routes of the API as its document has them, and how to ask each so that nothing comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.app import create_app
from api.permissions import Access, Family
from api.settings import ApiSettings

# What stands for a part of a path where nothing in particular is meant; none of them is there.
NOTHING = {"name": "nowhere", "field": "nothing", "job": "999", "version": "999", "id": "0" * 32}
# Parameters without which a request is not looked at.
NEEDED = {"client": "nobody", "confirm": "nowhere", "data": "keep", "field": "client", "fields": "client"}
SINCE = {"since": "2026-11-01"}
DAY, STRANGER = "2026-11-20", "127.0.0.99"
PATTERN = {"name": "word", "fields": {"number": "number ([0-9]+)"}}


@dataclass(frozen=True)
class Walked:
    """A route, and its right; None: it is open to all."""

    method: str
    path: str
    family: Family | None
    access: Access | None
    operation: dict[str, Any]

    @property
    def name(self) -> str:
        """Method and path, as a person calls it."""
        return f"{self.method} {self.path}"

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters of its URL behind the path."""
        return tuple(each["name"] for each in self.operation.get("parameters", ()) if each["in"] == "query")

    @property
    def params(self) -> dict[str, str]:
        """Those without which it is refused as no request of ours."""
        asked = (each for each in self.operation.get("parameters", ()) if each["in"] == "query")
        return {each["name"]: NEEDED[each["name"]] for each in asked if each.get("required")}

    def filled(self, **parts: str) -> str:
        """The path with its parts, those of NOTHING where none is given."""
        return re.sub(r"\{(\w+)\}", lambda found: parts.get(found[1], NOTHING.get(found[1], "999")), self.path)


def document() -> dict[str, Any]:
    """The document, of an app that is never started."""
    settings = ApiSettings(root=Path(), host="127.0.0.1", port=3000, factory_port=3100, time_zone="UTC")
    return create_app(settings).openapi()


def walked() -> Iterator[Walked]:
    """Every route of the document."""
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            family, access = operation.get("x-family"), operation.get("x-access")
            yield Walked(
                method.upper(), path, Family(family) if family else None, Access(access) if access else None, operation
            )


def bodies(engine: str, client: str) -> dict[str, dict[str, Any]]:
    """For each route that wants a body one that it can do something with, about an engine and a client."""
    query = {"query": {"engines": [engine], "since": "2026-11-01"}}
    sees = {"where": {"op": "one_of", "field": "client", "values": [client]}}
    changes = {"changes": {"title": "another"}}
    return {
        "POST /api/v1/classes/try": {**PATTERN, "engine": engine},
        "POST /api/v1/classes/validate": PATTERN,
        "PUT /api/v1/classes/{name}": {"fields": PATTERN["fields"]},
        "POST /api/v1/classes/{name}/rollback": {"version": 1},
        "POST /api/v1/engines": {"engine": {"name": engine, "class": "word", "port": 5140}},
        "PATCH /api/v1/engines/{name}": changes,
        "POST /api/v1/engines/{name}/effects": changes,
        "POST /api/v1/engines/{name}/pause": {"reason": "rest"},
        "POST /api/v1/engines/{name}/resume": {"reason": "rest"},
        "POST /api/v1/engines/{name}/test-line": {"line": "number 1"},
        "POST /api/v1/engines/{name}/clients": {"address": "10.1.0.0/16", "name": client},
        "PUT /api/v1/engines/{name}/clients": {"address": "10.1.0.0/16"},
        "POST /api/v1/engines/{name}/unknown-senders/allow": {"address": STRANGER},
        "POST /api/v1/engines/{name}/unknown-senders/ignore": {"address": STRANGER},
        "POST /api/v1/exports": query,
        "POST /api/v1/jobs": {"kind": "seal", "class": "word", "engine": engine, "days": [DAY]},
        "POST /api/v1/logs/count": query,
        "POST /api/v1/logs/histogram": {"query": {**query["query"], **sees}, "by": "client"},
        "POST /api/v1/logs/facets": {**query, "fields": ["client", "engine", "class", "log_sender_ip"]},
        "POST /api/v1/logs/fields": query,
        "POST /api/v1/logs/values": {"query": {**query["query"], **sees}, "field": "client"},
        "POST /api/v1/logs/query": {"query": {**query["query"], **sees}},
        "POST /api/v1/logs/parse": query,
        "POST /api/v1/searches": {"name": f"of {client}", **query},
        "POST /api/v1/system/config/validate": {"text": "{}"},
    }


def wanted(route: Walked, engine: str, client: str) -> Iterator[dict[str, str]]:
    """Parameters of a URL that a route takes, about an engine and a client; one after the other, and then together."""
    values = {
        "engine": engine,
        "client": client,
        "q": f"client:{client} OR engine:{engine} OR at-{engine}-of-{client}",
        "by": "sender" if "ledger" in route.path else "client",
        "fields": "client,engine,class,log_sender_ip,number",
        "field": "client",
        "prefix": client[:2],
        "confirm": engine,
        **SINCE,
    }
    params = {name: value for name, value in values.items() if name in route.names}
    yield route.params
    for name, value in params.items():
        yield {**route.params, name: value}
    yield {**route.params, **params}
