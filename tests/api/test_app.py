"""The app over a real socket: alive, ready, its document, and what it says where it is not ready."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.permissions import Role
from tests.api.serving import Serving, serve, told
from tests.interfaces.serving import resting


def test_it_is_alive(tmp_path: Path) -> None:
    """Whoever asks is told so, with an id for the request."""

    async def life(here: Serving) -> None:
        async with here.client().get("/healthz") as got:
            assert (200, {"status": "ok"}) == (got.status, await got.json())
            assert got.headers["X-Request-ID"]

    serve(tmp_path, life)


def test_without_a_factory_it_is_not_ready(tmp_path: Path) -> None:
    """The status says what is missing, in words and nothing else."""

    async def life(here: Serving) -> None:
        expected = {"status": "not_ready", "factory": False, "data": True, "database": True}
        assert (503, expected) == await told(here.client().get("/readyz"))

    serve(tmp_path, life)


def test_with_a_factory_it_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything answers: 200."""
    monkeypatch.setattr("api.readiness.FACTORY_SECONDS", 60.0)

    async def life(here: Serving) -> None:
        status, said = await told(here.client().get("/readyz"))
        assert (200, "ready") == (status, said["status"])

    serve(tmp_path, life, factory=True, engines=[resting()])


def test_the_document_names_the_right_of_each_route(tmp_path: Path) -> None:
    """Each operation says its least role or that it is open, has a summary, and tells errors in our form."""

    async def life(here: Serving) -> None:
        _, document = await told(here.client().get("/api/v1/openapi.json"))
        operations = [each for path in document["paths"].values() for each in path.values()]
        assert operations
        for each in operations:
            assert each.get("x-open") or Role(each["x-least-role"])
            assert each["summary"]
            assert {"400", "429"} <= each["responses"].keys()
        assert {"bearer", "cookie"} == document["components"]["securitySchemes"].keys()
        assert "HTTPValidationError" not in document["components"]["schemas"]

    serve(tmp_path, life)
