"""/metrics: what Prometheus reads, and who may."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from api.metrics import exposition
from api.permissions import Role
from api.routers.metrics import PASSED_ON, is_direct
from api.scope import Scope
from tests.api.serving import Serving, serve, told
from tests.api.test_engines import stored
from tests.cli.engines import send
from tests.interfaces.serving import engine, resting
from tests.support_engine import numbered


def test_a_scrape_of_real_engines(tmp_path: Path) -> None:
    """Counters, states and processes of an engine that runs, the state of one that does not; no senders' addresses."""

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        send((await told(viewer.get("/api/v1/engines/main")))[1]["port"], numbered(range(3)))
        await stored(viewer, 3)
        async with here.client(origin=False).get("/metrics") as got:
            text = await got.text()
            assert (200, True) == (got.status, got.headers["Content-Type"].startswith("text/plain"))
        found = samples(text)
        assert 3.0 == found["syslogger_messages_stored_total", "main"]
        assert 0.0 == found["syslogger_messages_unexplained", "main"]
        assert 1.0 == found["syslogger_engine_state", "main", "running"]
        assert 1.0 == found["syslogger_engine_state", "side", "stopped"]
        assert 3.0 == found["syslogger_client_messages", "main", "loopback"]
        assert 3.0 == found["syslogger_field_hits_total", "main", "number"]
        assert found["syslogger_process_resident_bytes", "main", "writer"] > 0
        assert "127.0.0.1" not in text

    serve(tmp_path, life, factory=True, engines=[engine(), resting("side")])


def samples(text: str) -> dict[tuple[str, ...], float]:
    """The samples of a scrape by name and labels, that of the engine first."""
    every = [each for family in text_string_to_metric_families(text) for each in family.samples]
    return {(each.name, *_ordered(each.labels)): each.value for each in every}


def _ordered(labels: dict[str, str]) -> list[str]:
    return [labels[name] for name in sorted(labels, key=lambda name: (name != "engine", name))]


def test_who_may_scrape(tmp_path: Path) -> None:
    """This machine without a proxy between, or a token of somebody without a scope; nobody else."""

    async def life(here: Serving) -> None:
        async def status(session: aiohttp.ClientSession, **headers: str) -> int:
            async with session.get("/metrics", headers=headers) as got:
                return got.status

        stranger = here.client(origin=False)
        assert 200 == await status(stranger)
        for name in PASSED_ON:
            assert 401 == await status(stranger, **{name: "203.0.113.7"}), name
        assert 401 == await status(stranger, authorization="Bearer slg_wrong")
        assert 200 == await status(await here.as_program(Role.VIEWER), via="1.1 proxy")
        assert 403 == await status(await here.as_program(Role.ADMIN, Scope(engines=("main",))))

    proxies = (ip_network("127.0.0.0/8"),)
    serve(tmp_path, life, factory=True, engines=[resting()], trusted_proxies=proxies)


@pytest.mark.parametrize(
    ("peer", "direct"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.168.1.5", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_only_loopback_is_this_machine(peer: str, direct: bool) -> None:
    """Also where a socket of both families tells the address in its long form."""
    scope = {"type": "http", "headers": [], "client": ("127.0.0.1", 1), "state": {"peer": (peer, 1)}}
    assert direct == is_direct(Request(scope))


def test_without_a_factory_there_is_no_scrape(tmp_path: Path) -> None:
    """503 in our form: a scrape that says 0 of everything would be a lie."""

    async def life(here: Serving) -> None:
        status, said = await told(here.client(origin=False).get("/metrics"))
        assert (503, "unavailable") == (status, said["code"])

    serve(tmp_path, life)


def test_names_cannot_break_the_text() -> None:
    """A client's name with quotes, backslashes and line ends is one label of one sample."""
    ledger: dict[str, Any] = dict.fromkeys(
        (
            "offered",
            "kernel_dropped",
            "received",
            "stored",
            "refused",
            "empty",
            "truncated",
            "in_flight",
            "unexplained",
        ),
        1,
    )
    name = 'a"} 1\nevil_total{x="\\'
    client = {"name": name, "received": 1, "bytes": 2, "last_seen": 3_000_000}
    status = {
        "state": "running",
        "since": 1.0,
        "restarts": 2,
        "ledger": {**ledger, "dropped": {"paused": 4}},
        "ring": {"slots": 16, "depth": 1},
        "clients": [client],
        "processes": [],
        "fields": [{"field": "user", "hits": 5, "parked": {"why": "slow"}}],
    }
    found = samples(exposition({"main": status}, "0.1").decode())
    assert 1.0 == found["syslogger_client_messages", "main", name]
    assert 3.0 == found["syslogger_client_last_seen_seconds", "main", name]
    assert 4.0 == found["syslogger_messages_dropped_total", "main", "paused"]
    assert 1.0 == found["syslogger_field_parked", "main", "user"]
    assert not [each for each in found if "evil" in each[0]]
