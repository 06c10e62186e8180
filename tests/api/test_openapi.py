"""The whole document, asked by schemathesis: no fault of ours, and no answer that the document does not have.

Every role asks, and nobody: first with the document's own examples, which name an engine and a class that are there,
then with every boundary, wrong type and missing part (its `coverage` phase), then with what is made up. Who asks holds
a token, so that no sign-out ends it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.run import PhaseName

from api.permissions import Role
from tests.api.made_logs import make_logs
from tests.api.serving import Serving, serve, told
from tests.api.walking import walked
from tests.interfaces.serving import engine

EXAMPLES = 5  # of each route, beside those of the document; 20 found nothing that 5 do not
OTHERS = 60
CLASSES = {"mikrotik": {"user": r"user=(\w+)"}}
HISTORY = "/api/v1/searches/history"
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# Whether made-up data is accepted or refused is the routes' own tests' business.
NOT_HERE = (
    "positive_data_acceptance",
    "negative_data_rejection",
    "use_after_free",
    "ensure_resource_availability",
    "missing_required_header",
    "ignored_auth",
    "allow_header_conformance",  # it knows one path of the document, where a URL fits two: /classes/try is a name, too
)


@dataclass
class Asked:
    """How many answers had which status, and what was wrong with which."""

    statuses: Counter[int] = field(default_factory=Counter)
    labels: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def look_at(self, event: events.ScenarioFinished) -> None:
        """Add the answers of one route."""
        found = (each.response for each in event.recorder.interactions.values())
        self.statuses.update(each.status_code for each in found if each is not None)
        if event.phase is PhaseName.COVERAGE and event.status is not Status.SKIP:
            self.labels.add(event.recorder.label)
        for case, checks in event.recorder.checks.items():
            label = event.recorder.cases[case].value.operation.label
            failed = (each.failure_info for each in checks if each.status is not Status.SUCCESS)
            self.wrong += [f"{label}: {each.failure}\n{each.code_sample}" for each in failed if each is not None]


def ask_all(url: str, document: dict[str, Any], headers: dict[str, str]) -> Asked:
    """Ask every route; blocks."""
    asked = Asked()
    for part, phases in ((document, ("examples", "fuzzing")), (bounded(document), ("coverage",))):
        config = SchemathesisConfig.from_dict(
            {
                "base-url": url,
                "headers": headers,
                "seed": 1,
                "generation": {"max-examples": EXAMPLES, "database": "none", "with-security-parameters": False},
                "phases": {name: {"enabled": name in phases} for name in PHASES},
                "checks": {
                    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
                    **{name: {"enabled": False} for name in NOT_HERE},
                },
                # it fits /searches/{search_id}, too: what that has beside is no wrong method but a wrong number
                "operations": [{"include-path": HISTORY, "checks": {"unsupported_method": {"enabled": False}}}],
            }
        )
        for event in from_schema(schemathesis.openapi.from_dict(part, config=config)).execute():
            if isinstance(event, events.ScenarioFinished):
                asked.look_at(event)
            elif isinstance(event, events.NonFatalError | events.FatalError):
                asked.wrong.append(repr(event))
    return asked


def bounded(document: dict[str, Any]) -> dict[str, Any]:
    """The document for the coverage phase, which sends every combination.

    Of conditions that nest these are 21,900 for each of the ten routes that take a query. Here a condition has no other
    in it but a comparison, and only one of the routes takes all kinds of them: 550 there, 70 at each of the others.
    What nests is made up in the phase before, and attacked in test_attacks and test_logs.
    """
    found = deepcopy(document)
    schemas = found["components"]["schemas"]
    leaf = {"$ref": "#/components/schemas/Equals"}
    schemas["Not"]["properties"]["condition"] = leaf
    for name in ("And", "Or"):
        schemas[name]["properties"]["conditions"]["items"] = leaf
    schemas["EveryQuery"] = deepcopy(schemas["Query"])
    schemas["RowsAsked"]["properties"]["query"] = {"$ref": "#/components/schemas/EveryQuery"}
    schemas["Query"]["properties"]["where"] = {"anyOf": [leaf, {"type": "null"}]}
    return found


@pytest.mark.timeout(900)  # with two busy cores it takes three
@pytest.mark.parametrize("role", [None, *Role])
def test_the_document_is_true(tmp_path: Path, role: Role | None) -> None:
    """Of every route, whatever is sent: a documented status with a body of the documented form, and never a 500."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        headers = {} if role is None else await told_apart(here, role)
        asked = await asyncio.to_thread(ask_all, here.url, here.app.openapi(), headers)
        assert asked.wrong == []
        assert asked.statuses[401] < asked.statuses.total() / 10 or role is None
        assert asked.labels == {each.name for each in walked()}
        assert asked.statuses.total() > 3_000
        async with here.client(headers, origin=False).get("/api/v1/auth/me") as got:
            assert got.status == (401 if role is None else 200)
        assert (await told(here.client().get("/healthz")))[0] == 200

    serve(tmp_path, life, factory=True, engines=[{**engine(), "class": "mikrotik"}], keys={"ENGINE_CLASSES": CLASSES})


async def told_apart(here: Serving, role: Role) -> dict[str, str]:
    """Somebody whose number, and whose token's, is none of those that are made up: they take others away."""
    for number in range(OTHERS):
        await here.token(await here.user(Role.VIEWER, name=f"other-{number}"))
    return {"Authorization": f"Bearer {await here.token(await here.user(role, name='asks'))}"}
