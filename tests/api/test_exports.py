"""Exports over the API: made, followed, resumed, cut short, kept for a while, and what a scope leaves of them."""

from __future__ import annotations

import csv
import hashlib
import io
import threading
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from api.errors import ApiError
from api.exports import fetching, spool
from api.exports.fetching import Part, part_of
from api.permissions import Role
from api.scope import Scope
from api.store import exports as kept
from tests.api.made_logs import MAIN_ROWS, NOT_OF_BRANCH, OF_SIDE, make_logs
from tests.api.serving import Serving, serve, told, until
from tests.storage.exporting import store
from tests.storage.made_days import DaySpec, make_root
from tests.storage.making import us

API = "/api/v1/exports"
MAIN = {"query": {"engines": ["main"]}}


async def _made(client: aiohttp.ClientSession, **body: Any) -> dict[str, Any]:
    """An export, waited for until it has ended."""
    status, made = await told(client.post(API, json=body))
    assert 201 == status, made
    path = f"{API}/{made['id']}"

    async def has_ended() -> bool:
        return (await told(client.get(path)))[1]["state"] in ("done", "failed")

    await until(has_ended, "the export ends")
    found: dict[str, Any] = (await told(client.get(path)))[1]
    return found


async def _data(client: aiohttp.ClientSession, export_id: str, **params: Any) -> bytes:
    async with client.get(f"{API}/{export_id}/data", params=params) as got:
        assert 200 == got.status, await got.text()
        return await got.read()


def test_each_format(tmp_path: Path) -> None:
    """Every format is made, its manifest is that of its bytes, and its file has a safe name."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        for form, ending in (("csv", "csv"), ("jsonl", "jsonl"), ("parquet", "parquet"), ("raw", "log")):
            export = await _made(analyst, **MAIN, format=form, name='a"b\r\nX: y/../z')
            assert ("done", 100.0, MAIN_ROWS) == (export["state"], export["percent"], export["rows"])
            async with analyst.get(f"{API}/{export['id']}/data") as got:
                data = await got.read()
                assert f'attachment; filename="a_b_X_y_.._z.{ending}"' == got.headers["Content-Disposition"]
                assert str(len(data)) == got.headers["Content-Length"]
            _, manifest = await told(analyst.get(f"{API}/{export['id']}/manifest"))
            assert hashlib.sha256(data).hexdigest() == manifest["sha256"]
            assert (len(data), MAIN_ROWS, ["main"]) == (
                manifest["bytes"],
                manifest["rows"],
                manifest["request"]["query"]["engines"],
            )
        mode = [path.stat().st_mode & 0o777 for path in (here.root / "_control" / "exports").iterdir()]
        assert {0o600} == set(mode)
        assert 0o700 == (here.root / "_control" / "exports").stat().st_mode & 0o777

    serve(tmp_path, life)


def test_a_text_chooses_and_a_spreadsheet_calculates_nothing(tmp_path: Path) -> None:
    """A text is a query as well; a CSV is safe for spreadsheets unless that is not wanted."""
    rows = [{"received_at": us("2026-11-20T12:00:00"), "original_log": f"={number}+1 x"} for number in range(3)]
    make_root(tmp_path / "logs", [DaySpec(rows)])

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        for more, expected in (({}, "'=0+1 x"), ({"formula_safe": False}, "=0+1 x")):
            export = await _made(analyst, q="original_log:*0+1*", query={"columns": ["original_log"]}, **more)
            found = list(csv.reader(io.StringIO((await _data(analyst, export["id"])).decode())))
            assert [["original_log"], [expected]] == found

    serve(tmp_path, life)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"q": "client:("}, 400, "query"),
        ({"q": "a", "query": {"where": {"op": "phrase", "text": "b"}}}, 422, "invalid"),
        ({"query": {"since": "the other day"}}, 400, "query"),
        ({"format": "exe"}, 422, "invalid"),
        ({"format": "jsonl", "bom": True}, 422, "invalid"),
        ({"format": "raw", "query": {"columns": ["client"]}}, 422, "invalid"),
        ({"days": ["../../etc/passwd"]}, 422, "invalid"),
        ({"scratch": "/etc"}, 422, "invalid"),
    ],
)
def test_what_cannot_be_exported(tmp_path: Path, body: dict[str, Any], status: int, code: str) -> None:
    """What is no request is refused before anything is made."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        got, said = await told(analyst.post(API, json=body))
        assert (status, code) == (got, said["code"])
        assert [] == (await told(analyst.get(API)))[1]

    serve(tmp_path, life)


def test_a_part_of_the_bytes(tmp_path: Path) -> None:
    """Bytes come from any place on, by `after` and by `Range`; behind the end there are none."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export = await _made(analyst, **MAIN)
        path, whole = f"{API}/{export['id']}/data", await _data(analyst, export["id"])
        assert whole[7:] == await _data(analyst, export["id"], after=7)
        assert b"" == await _data(analyst, export["id"], after=len(whole))
        async with analyst.get(path, headers={"Range": "bytes=5-9"}) as got:
            assert (206, whole[5:10]) == (got.status, await got.read())
            assert f"bytes 5-9/{len(whole)}" == got.headers["Content-Range"]
        async with analyst.get(path, headers={"Range": f"bytes={len(whole)}-"}) as got:
            assert 416 == got.status
        status, said = await told(analyst.get(path, params={"after": len(whole) + 1}))
        assert (416, "range") == (status, said["code"])

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


# -- while it is made --------------------------------------------------------------------------------------------------


class Gate:
    """Holds every export before it writes another part, until it is opened or the API ends."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._open = threading.Event()
        self.here: Serving | None = None
        patch.setattr(spool, "check_room", self._pass)
        self.parts = 0

    def open(self) -> None:
        """Let everything pass."""
        self._open.set()

    def _pass(self, _: Path) -> None:
        if threading.current_thread() is threading.main_thread():
            return  # it is asked for
        self.parts += 1
        while self.parts > 2 and not self._open.wait(0.02):
            if self.here is not None and self.here.app.state.exports.closing:
                return


def make_many(root: Path, rows: int = 300_000) -> None:
    """A day whose export has several parts."""
    start = us("2026-11-20T00:00:00")
    store(root, "word/main", range(start, start + rows), lines=[f"line {number} of many" for number in range(rows)])


async def _begun(client: aiohttp.ClientSession, gate: Gate, **body: Any) -> str:
    """The id of an export that is held in its midst."""
    status, made = await told(client.post(API, json=body))
    assert 201 == status, made

    async def has_begun() -> bool:
        return gate.parts > 2

    await until(has_begun, "two parts are written")
    found: str = made["id"]
    return found


def test_an_export_is_followed_while_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who fetches it early gets what is there and then the rest; its progress is told meanwhile."""
    make_many(tmp_path / "logs")
    gate = Gate(monkeypatch)

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export_id = await _begun(analyst, gate, format="jsonl")
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
    begun: list[tuple[str, bytes]] = []

    async def before(here: Serving) -> None:
        gate.here = here
        analyst = await here.as_role(Role.ANALYST)
        export_id = await _begun(analyst, gate, format=form)
        size = (await told(analyst.get(f"{API}/{export_id}")))[1]["bytes"]
        async with analyst.get(f"{API}/{export_id}/data") as got:
            begun.append((export_id, await got.content.readexactly(size)))

    async def after(here: Serving) -> None:
        gate.open()
        analyst = await here.as_role(Role.ANALYST)
        [(export_id, first)] = begun
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
        export_id = await _begun(analyst, gate)
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


def test_who_signs_out_gets_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is fetching is cut when its session ends."""
    make_many(tmp_path / "logs")
    gate = Gate(monkeypatch)
    monkeypatch.setattr(fetching, "LOOK_SECONDS", 0.05)

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export_id = await _begun(analyst, gate)
        async with analyst.get(f"{API}/{export_id}/data") as got:
            await got.content.readany()
            async with analyst.post("/api/v1/auth/logout") as out:
                assert out.status in (200, 204)
            with pytest.raises(aiohttp.ClientPayloadError):
                await got.read()
        gate.open()

    serve(tmp_path, life)


# -- whose it is -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "hidden", "rows"),
    [
        (Scope(engines=("main",)), OF_SIDE, MAIN_ROWS),
        (Scope(clients=("branch",)), NOT_OF_BRANCH, MAIN_ROWS // 2),
        (Scope(clients=("nobody",)), (*NOT_OF_BRANCH, "number", "main"), 0),
    ],
)
def test_an_export_holds_what_its_owner_sees(tmp_path: Path, scope: Scope, hidden: tuple[str, ...], rows: int) -> None:
    """Neither rows, columns, days nor errors of what is others' come out, whatever is asked for."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        scoped = await here.as_role(Role.ANALYST, scope)
        asked: list[dict[str, Any]] = [
            {},
            {"query": {"classes": ["paper", "word"]}},
            {"format": "jsonl", "q": "says OR iban:*"},
        ]
        for body in asked:
            export = await _made(scoped, **body)
            assert ("done", rows) == (export["state"], export["rows"]), export
            data = (await _data(scoped, export["id"])).decode()
            _, manifest = await told(scoped.get(f"{API}/{export['id']}/manifest"))
            told_of_it = f"{data}{export['error']}{manifest['damaged']}"
            assert [] == [word for word in hidden if word in told_of_it], (body, told_of_it)
        wrong: list[dict[str, Any]] = [{"query": {"columns": ["nowhere"]}}, {"days": ["paper/side/2026-11-19"]}]
        for body in wrong:
            export = await _made(scoped, **body)
            error = export["error"].replace("paper/side/2026-11-19", "")  # what was asked for by name
            assert [] == [word for word in hidden if word in error], (body, error)
        assert 403 == (await told(scoped.post(API, json={"format": "db", "days": ["word/main/2026-11-20"]})))[0]

    serve(tmp_path, life)


def test_an_export_is_its_owners(tmp_path: Path) -> None:
    """It is not there for others, nor for its owner when he sees less than he did, nor for a token that does."""
    make_logs(tmp_path / "logs")
    less = Scope(engines=("main",))

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST, name="anna")
        anna = await here.signed_in(user)
        export = await _made(anna, **MAIN)
        token = await here.token(user, scope=less)
        program = here.client({"Authorization": f"Bearer {token}"}, origin=False)
        others = (program, await here.as_role(Role.ADMIN), await here.as_role(Role.ANALYST, name="otto"))
        for client in others:
            for path in ("", "/data", "/manifest"):
                assert 404 == (await told(client.get(f"{API}/{export['id']}{path}")))[0]
            assert 404 == (await told(client.delete(f"{API}/{export['id']}")))[0]
            assert [] == (await told(client.get(API)))[1]
        async with here.services.store.write() as connection:
            scope = (less.model_dump_json(), user.id)
            await connection.execute("UPDATE users SET scope = ?, limited = 1 WHERE id = ?", scope)
        assert 404 == (await told(anna.get(f"{API}/{export['id']}/data")))[0]

    serve(tmp_path, life)


def test_a_day_file_wants_its_own_right(tmp_path: Path) -> None:
    """A day file is for operators who see everything; they get a database."""
    make_logs(tmp_path / "logs")
    body = {"format": "db", "days": ["word/main/2026-11-20"]}

    async def life(here: Serving) -> None:
        assert 403 == (await told((await here.as_role(Role.ANALYST)).post(API, json=body)))[0]
        assert (
            403 == (await told((await here.as_role(Role.OPERATOR, Scope(engines=("main",)))).post(API, json=body)))[0]
        )
        operator = await here.as_role(Role.OPERATOR)
        export = await _made(operator, **body)
        assert ("done", MAIN_ROWS) == (export["state"], export["rows"])
        assert (await _data(operator, export["id"])).startswith(b"SQLite format 3")

    serve(tmp_path, life)


# -- limits ------------------------------------------------------------------------------------------------------------


def test_a_day_that_cannot_be_read(tmp_path: Path) -> None:
    """It makes an export fail and is named, unless it may be left out; the manifest names it then."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        failed = await _made(analyst)
        assert ("failed", True) == (failed["state"], "paper.side.2026-11-19" in failed["error"])
        assert str(here.root) not in failed["error"]
        for path in ("data", "manifest"):
            status, said = await told(analyst.get(f"{API}/{failed['id']}/{path}"))
            assert (409, "failed") == (status, said["code"])
        done = await _made(analyst, skip_damaged=True)
        _, manifest = await told(analyst.get(f"{API}/{done['id']}/manifest"))
        assert ["paper.side.2026-11-19"] == list(manifest["damaged"])

    serve(tmp_path, life)


def test_so_many_of_a_person_and_room_for_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than a person may have is refused, and so is every one while the disk is nearly full."""
    assert 20 == kept.MOST_OF_A_USER
    monkeypatch.setattr(kept, "MOST_OF_A_USER", 2)  # each costs a process

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        made = [await _made(analyst) for _ in range(2)]
        status, said = await told(analyst.post(API, json={}))
        assert (409, "too_many_exports") == (status, said["code"])
        async with analyst.delete(f"{API}/{made[0]['id']}") as got:
            assert 204 == got.status
        monkeypatch.setattr(spool, "LEAST_FREE", 1.1)
        status, said = await told(analyst.post(API, json={}))
        assert (503, "no_room") == (status, said["code"])
        monkeypatch.setattr(spool, "LEAST_FREE", 0.0)
        assert "done" == (await _made(analyst))["state"]

    serve(tmp_path, life)


def test_what_nobody_fetches_is_deleted(tmp_path: Path) -> None:
    """An export that was not read for so long is gone, and so is a file that is nobody's."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export = await _made(analyst)
        folder = here.root / "_control" / "exports"
        (folder / "0123.partial").write_bytes(b"left by somebody")
        await here.app.state.exports.look()
        assert [] == list(folder.iterdir())
        assert 404 == (await told(analyst.get(f"{API}/{export['id']}")))[0]

    serve(tmp_path, life, download_token_expiration_minutes=0)
