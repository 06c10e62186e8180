"""Exports over the API: every format, how long they are kept, whose they are; `test_fetching` has the bytes."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from api.exports import spool
from api.permissions import Role
from api.scope import Scope
from api.store import exports as kept
from tests.api.exporting import API, MAIN, data_of, export_of
from tests.api.made_logs import MAIN_ROWS, NOT_OF_BRANCH, OF_SIDE, make_logs
from tests.api.serving import Serving, serve, told
from tests.storage.made_days import DaySpec, make_root
from tests.storage.making import us


def test_each_format(tmp_path: Path) -> None:
    """Every format is made, its manifest is that of its bytes, and its file has a safe name."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        for form, ending in (("csv", "csv"), ("jsonl", "jsonl"), ("parquet", "parquet"), ("raw", "log")):
            export = await export_of(analyst, **MAIN, format=form, name='a"b\r\nX: y/../z')
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
            export = await export_of(analyst, q="original_log:*0+1*", query={"columns": ["original_log"]}, **more)
            found = list(csv.reader(io.StringIO((await data_of(analyst, export["id"])).decode())))
            assert [["original_log"], [expected]] == found

    serve(tmp_path, life)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"q": "client:("}, 400, "query"),
        ({"q": "a", "query": {"where": {"op": "phrase", "text": "b"}}}, 422, "invalid"),
        ({"query": {"since": "the other day"}}, 400, "time_range"),
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
            export = await export_of(scoped, **body)
            assert ("done", rows) == (export["state"], export["rows"]), export
            data = (await data_of(scoped, export["id"])).decode()
            _, manifest = await told(scoped.get(f"{API}/{export['id']}/manifest"))
            told_of_it = f"{data}{export['error']}{manifest['damaged']}"
            assert [] == [word for word in hidden if word in told_of_it], (body, told_of_it)
        wrong: list[dict[str, Any]] = [{"query": {"columns": ["nowhere"]}}, {"days": ["paper/side/2026-11-19"]}]
        for body in wrong:
            export = await export_of(scoped, **body)
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
        export = await export_of(anna, **MAIN)
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
        export = await export_of(operator, **body)
        assert ("done", MAIN_ROWS) == (export["state"], export["rows"])
        assert (await data_of(operator, export["id"])).startswith(b"SQLite format 3")

    serve(tmp_path, life)


# -- limits ------------------------------------------------------------------------------------------------------------


def test_a_day_that_cannot_be_read(tmp_path: Path) -> None:
    """It makes an export fail and is named, unless it may be left out; the manifest names it then."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        failed = await export_of(analyst)
        assert ("failed", True) == (failed["state"], "paper.side.2026-11-19" in failed["error"])
        assert str(here.root) not in failed["error"]
        for path in ("data", "manifest"):
            status, said = await told(analyst.get(f"{API}/{failed['id']}/{path}"))
            assert (409, "failed") == (status, said["code"])
        done = await export_of(analyst, skip_damaged=True)
        _, manifest = await told(analyst.get(f"{API}/{done['id']}/manifest"))
        assert ["paper.side.2026-11-19"] == list(manifest["damaged"])

    serve(tmp_path, life)


def test_so_many_of_a_person_and_room_for_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than a person may have is refused, and so is every one while the disk is nearly full."""
    assert 20 == kept.MOST_OF_A_USER
    monkeypatch.setattr(kept, "MOST_OF_A_USER", 2)  # each costs a process

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        made = [await export_of(analyst) for _ in range(2)]
        status, said = await told(analyst.post(API, json={}))
        assert (409, "too_many_exports") == (status, said["code"])
        async with analyst.delete(f"{API}/{made[0]['id']}") as got:
            assert 204 == got.status
        monkeypatch.setattr(spool, "LEAST_FREE", 1.1)
        status, said = await told(analyst.post(API, json={}))
        assert (503, "no_room") == (status, said["code"])
        monkeypatch.setattr(spool, "LEAST_FREE", 0.0)
        assert "done" == (await export_of(analyst))["state"]

    serve(tmp_path, life)


def test_what_nobody_fetches_is_deleted(tmp_path: Path) -> None:
    """An export that was not read for so long is gone, and so is a file that is nobody's."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        export = await export_of(analyst)
        folder = here.root / "_control" / "exports"
        (folder / "0123.partial").write_bytes(b"left by somebody")
        await here.app.state.exports.look()
        assert [] == list(folder.iterdir())
        assert 404 == (await told(analyst.get(f"{API}/{export['id']}")))[0]

    serve(tmp_path, life, download_token_expiration_minutes=0)
