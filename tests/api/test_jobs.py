"""Jobs over the API: started, followed, cancelled, by operators without a scope; the clock confirmed."""

from __future__ import annotations

from pathlib import Path

from api.permissions import Role
from api.scope import Scope
from tests.api.serving import Serving, serve, told, until
from tests.keeping import make_day

API = "/api/v1/jobs"
DOOMED = "2026-11-17"


def test_a_job_from_start_to_end(tmp_path: Path) -> None:
    """It is queued, it is done, the day is gone, and the audit has who asked for it."""
    for age in (1, 2, 3):
        make_day(tmp_path / "logs", age)

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        asked = {"kind": "delete_days", "class": "word", "engine": "main", "days": [DOOMED]}
        status, job = await told(operator.post(API, json=asked))
        assert (202, "delete_days") == (status, job["kind"])

        async def is_done() -> bool:
            return bool((await told(operator.get(f"{API}/{job['id']}")))[1]["state"] == "done")

        await until(is_done, "the job is done")
        _, found = await told(operator.get("/api/v1/days"))
        assert ["2026-11-19", "2026-11-18"] == [each["day"] for each in found["days"]]
        assert job["id"] in {each["id"] for each in (await told(operator.get(API)))[1]}
        status, said = await told(operator.post(f"{API}/{job['id']}/cancel"))
        assert (409, "refused") == (status, said["code"])
        status, said = await told(operator.post("/api/v1/clock/confirm"))
        assert (200, True) == (status, "clock" in said["message"])
        rows = await here.services.store.read("SELECT action, target FROM audit WHERE action LIKE '%.%' ORDER BY id")
        noted = [(row["action"], row["target"]) for row in rows if row["action"].split(".")[0] in ("jobs", "clock")]
        assert [("jobs.delete_days", "main"), ("jobs.cancel", job["id"]), ("clock.confirm", "")] == noted

    serve(tmp_path, life, factory=True)


def test_what_is_no_job(tmp_path: Path) -> None:
    """A kind, a day, an engine or an id that is not there is refused with its place; so are viewers and scopes."""

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        assert 200 == (await told(operator.get(API)))[0]
        days = {"kind": "delete_days", "class": "word", "engine": "main"}
        for wrong, status in (
            ({"kind": "format_disk"}, 422),
            ({**days, "days": ["2026-02-30"]}, 400),
            ({**days, "days": [DOOMED]}, 409),
            ({"kind": "delete_engine", "class": "../..", "engine": "main"}, 400),
            ({"kind": "delete_engine", "class": "word", "engine": "gone"}, 409),
        ):
            assert status == (await told(operator.post(API, json=wrong)))[0], wrong
        assert 404 == (await told(operator.get(f"{API}/0f3a9c51b2d4")))[0]
        for other in (await here.as_role(Role.ANALYST), await here.as_role(Role.ADMIN, Scope(engines=("main",)))):
            assert 403 == (await told(other.get(API)))[0]
            assert 403 == (await told(other.post("/api/v1/clock/confirm")))[0]

    serve(tmp_path, life, factory=True)
