"""Fetching exports: parts of their bytes, also while they are made, after a restart, and of who may not any more."""

from __future__ import annotations

import hashlib
from pathlib import Path

import aiohttp
import orjson
import pytest

from api.errors import ApiError
from api.exports import fetching
from api.exports.fetching import Part, part_of
from api.permissions import Role
from tests.api.exporting import API, MAIN, Gate, begun, data_of, export_of, make_many
from tests.api.made_logs import make_logs
from tests.api.serving import Serving, serve, told, until
from tests.storage.made_days import DaySpec, make_root
from tests.storage.making import us
from tests.support_reader import cpu_seconds, processes


def test_a_part_of_the_bytes(tmp_path: Path) -> None:
    """Bytes come from any place on, by `after` and by `Range`; behind the end there are none."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export = await export_of(analyst, **MAIN)
        path, whole = f"{API}/{export['id']}/data", await data_of(analyst, export["id"])
        assert whole[7:] == await data_of(analyst, export["id"], after=7)
        assert b"" == await data_of(analyst, export["id"], after=len(whole))
        async with analyst.get(path, headers={"Range": "bytes=5-9"}) as got:
            assert (206, whole[5:10]) == (got.status, await got.read())
            assert f"bytes 5-9/{len(whole)}" == got.headers["Content-Range"]
        async with analyst.get(path, headers={"Range": f"bytes={len(whole)}-"}) as got:
            assert 416 == got.status
        status, said = await told(analyst.get(path, params={"after": len(whole) + 1}))
        assert (416, "range") == (status, said["code"])
        rows = await here.services.store.read("SELECT details FROM audit WHERE action = 'exports.fetched' ORDER BY id")
        assert [0, 7, len(whole), 5] == [orjson.loads(each["details"])["after"] for each in rows]

    serve(tmp_path, life)


def test_what_a_range_means() -> None:
    """One range of a file that is whole is taken; all else is answered with everything from `after` on."""
    assert Part(2, 10, is_range=True) == part_of(10, 0, "bytes=2-")
    assert Part(2, 5, is_range=True) == part_of(10, 0, "bytes=2-4")
    assert Part(2, 10, is_range=True) == part_of(10, 0, "bytes=2-99")
    for header in ("bytes=-5", "bytes=1-2,4-5", "lines=1-2", "bytes=٢-", None):
        assert Part(0, 10) == part_of(10, 0, header)
    assert Part(4, None) == part_of(None, 4, "bytes=2-")
    for header in ("bytes=10-", "bytes=5-4"):
        with pytest.raises(ApiError, match="10 bytes"):
            part_of(10, 0, header)


def test_only_the_head(tmp_path: Path) -> None:
    """HEAD tells of the bytes what GET tells, whatever part is asked for, and is no fetching."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export = await export_of(analyst, **MAIN)
        path = f"{API}/{export['id']}/data"
        async with analyst.head(path, headers={"Range": "bytes=5-9"}) as got:
            head, body = got, await got.read()
        assert (200, b"", str(export["bytes"])) == (head.status, body, head.headers["Content-Length"])
        assert [] == await here.services.store.read("SELECT * FROM audit WHERE action = 'exports.fetched'")
        async with analyst.get(path) as got:
            for name in ("ETag", "Content-Length", "Content-Type", "Content-Disposition", "Accept-Ranges"):
                assert got.headers[name] == head.headers[name]
        async with analyst.head(f"{API}/{'0' * 32}/data") as got:
            assert 404 == got.status

    serve(tmp_path, life)


# -- while it is made --------------------------------------------------------------------------------------------------


def test_an_export_is_followed_while_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who fetches it early gets what is there and then the rest; its progress is told meanwhile."""
    make_many(tmp_path / "logs")
    gate = Gate(monkeypatch)

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export_id = await begun(analyst, gate, format="jsonl")
        _, export = await told(analyst.get(f"{API}/{export_id}"))
        assert ("running", None) == (export["state"], export["expires_at"])
        assert 0 < export["percent"] < 100
        assert 0 < export["rows"] < 300_000
        status, said = await told(analyst.get(f"{API}/{export_id}/manifest"))
        assert (409, "not_done") == (status, said["code"])
        async with analyst.get(f"{API}/{export_id}/data") as got:
            first = await got.content.readexactly(export["bytes"])
            gate.open()
            whole = first + await got.read()
        _, manifest = await told(analyst.get(f"{API}/{export_id}/manifest"))
        assert (300_000, hashlib.sha256(whole).hexdigest()) == (manifest["rows"], manifest["sha256"])

    serve(tmp_path, life)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_export_goes_on_after_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """An API that is restarted goes on with it; what was fetched before is the beginning of the same bytes."""
    make_many(tmp_path / "logs")
    gate = Gate(monkeypatch)
    fetched: list[tuple[str, bytes]] = []

    async def before(here: Serving) -> None:
        gate.here = here
        analyst = await here.as_role(Role.ANALYST)
        export_id = await begun(analyst, gate, format=form)
        size = (await told(analyst.get(f"{API}/{export_id}")))[1]["bytes"]
        async with analyst.get(f"{API}/{export_id}/data") as got:
            fetched.append((export_id, await got.content.readexactly(size)))

    async def after(here: Serving) -> None:
        gate.open()
        analyst = await here.as_role(Role.ANALYST)
        [(export_id, first)] = fetched
        async with analyst.get(f"{API}/{export_id}/data", params={"after": len(first)}) as got:
            rest = await got.read()
        assert rest
        _, manifest = await told(analyst.get(f"{API}/{export_id}/manifest"))
        assert hashlib.sha256(first + rest).hexdigest() == manifest["sha256"]

    serve(tmp_path, before)
    serve(tmp_path, after)


def test_an_export_is_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled export is gone with its files, and whoever fetches it is cut off."""
    make_many(tmp_path / "logs")
    gate = Gate(monkeypatch)

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export_id = await begun(analyst, gate)
        async with analyst.get(f"{API}/{export_id}/data") as got:
            await got.content.readany()
            async with analyst.delete(f"{API}/{export_id}") as deleted:
                assert 204 == deleted.status
            gate.open()
            with pytest.raises(aiohttp.ClientPayloadError):
                await got.read()
        assert 404 == (await told(analyst.get(f"{API}/{export_id}")))[0]

        async def is_swept() -> bool:
            return not list((here.root / "_control" / "exports").iterdir())

        await until(is_swept, "its files are deleted")

    serve(tmp_path, life)


def test_a_part_that_takes_long_is_given_up_at_once(tmp_path: Path) -> None:
    """Cancelled in the midst of a part that may take a minute, an export has let go of its process in seconds."""
    row = {"received_at": us("2026-11-20T12:00:00"), "original_log": "a" * 60 + "!"}
    make_root(tmp_path / "logs", [DaySpec([row])])
    where = {"op": "regex", "field": "original_log", "pattern": "^(?=(a+)+$)"}

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        _, made = await told(analyst.post(API, json={"query": {"where": where}}))

        async def is_at_work() -> bool:
            return sum(map(cpu_seconds, processes())) > 2  # it takes less to start

        await until(is_at_work, "a part is made")
        async with analyst.delete(f"{API}/{made['id']}") as deleted:
            assert 204 == deleted.status

        async def is_over() -> bool:
            return not processes()

        await until(is_over, "its process has ended", 30.0)

    serve(tmp_path, life)


def test_who_signs_out_gets_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is fetching is cut when its session ends."""
    make_many(tmp_path / "logs")
    gate = Gate(monkeypatch)
    monkeypatch.setattr(fetching, "LOOK_SECONDS", 0.05)

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export_id = await begun(analyst, gate)
        async with analyst.get(f"{API}/{export_id}/data") as got:
            await got.content.readany()
            async with analyst.post("/api/v1/auth/logout") as out:
                assert out.status in (200, 204)
            with pytest.raises(aiohttp.ClientPayloadError):
                await got.read()
        gate.open()

    serve(tmp_path, life)
