"""The audit: who did what, filtered, exported without formulas, never edited."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from api.permissions import Role
from api.scope import Scope
from api.store import audit
from api.store.audit import Entry
from tests.api.serving import Serving, serve, told

AUDIT, EXPORT = "/api/v1/audit", "/api/v1/audit/export"


async def noted(here: Serving, *entries: Entry) -> None:
    """Keep these entries."""
    async with here.services.store.write() as connection:
        for entry in entries:
            await audit.add(connection, entry)


async def text_of(answering: Any) -> tuple[str, str]:
    """The text of a file and how it is called."""
    async with answering as got:
        assert got.status == 200
        return (await got.read()).decode(), got.headers["Content-Disposition"]


def test_what_people_do_is_there(tmp_path: Path) -> None:
    """Changes of users, tokens and sessions, with who did it, by what, from where, and no secret."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        body = {"name": "anna", "password": "seven-green-bottles", "role": "analyst"}
        _, user = await told(admin.post("/api/v1/users", json=body))
        await told(admin.patch(f"/api/v1/users/{user['id']}", json={"role": "operator", "phone": "112 112"}))
        _, token = await told(admin.post("/api/v1/tokens", json={"name": "x"}))
        await told(admin.delete(f"/api/v1/tokens/{token['id']}"))
        sign_in = {"name": "anna", "password": "seven-green-bottles"}
        await told(here.client().post("/api/v1/auth/login", json=sign_in))
        await told(admin.delete(f"/api/v1/users/{user['id']}"))
        _, page = await told(admin.get(AUDIT))
        entries = page["entries"]
        actions = ["users.removed", "auth.sign_in", "tokens.revoked", "tokens.made", "users.changed", "users.made"]
        assert actions == [entry["action"] for entry in entries]
        changed = entries[4]
        assert ("boss", "session", "127.0.0.1") == (changed["user_name"], changed["kind"], changed["address"])
        assert {"role": ["analyst", "operator"], "contact": ["phone"]} == changed["details"]
        assert "anna" == entries[1]["user_name"], "the row outlives the user"
        for secret in ("seven-green-bottles", token["token"], "argon2", "112 112"):
            assert secret not in json.dumps(entries)

    serve(tmp_path, life)


def test_it_is_filtered_and_paged(tmp_path: Path) -> None:
    """By user, action or family, target, address and time; pages join without a gap."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        some = [Entry(f"logs.{number % 2}", user_name="anna", target=f"day {number}") for number in range(10)]
        await noted(here, *some, Entry("logs_other", user_name="bert", address="192.0.2.1"))

        async def asked(**words: Any) -> list[str]:
            status, page = await told(admin.get(AUDIT, params=words))
            assert status == 200, page
            return [entry["target"] or entry["user_name"] for entry in page["entries"]]

        assert 10 == len(await asked(user="anna"))
        assert 5 == len(await asked(action="logs.1"))
        assert 10 == len(await asked(action="logs."))
        assert ["day 7"] == await asked(target="y 7")
        assert ["bert"] == await asked(address="192.0.2.1")
        assert [] == await asked(until=1_000)
        assert 11 == len(await asked(since=1_000))
        for words in ({"user": "' OR 1=1 --"}, {"target": "%"}, {"action": "_"}, {"user": "a\x00"}):
            assert [] == await asked(**words)
        found: list[int] = []
        before: int | None = None
        while True:
            cursor = {} if before is None else {"before": before}
            _, page = await told(admin.get(AUDIT, params={"limit": 4, **cursor}))
            found += [entry["id"] for entry in page["entries"]]
            before = page["before"]
            if before is None:
                break
        assert list(range(11, 0, -1)) == found
        for bad in ({"limit": 0}, {"limit": 1_001}, {"before": 1 << 63}, {"since": -1}, {"user": "x" * 201}):
            assert 422 == (await told(admin.get(AUDIT, params=bad)))[0]

    serve(tmp_path, life)


def test_its_export_calculates_nothing(tmp_path: Path) -> None:
    """CSV has a quote before what a spreadsheet would calculate; JSONL has it as it is; both are noted."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        evil = ['=cmd|" /C calc"!A0', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", 'a"b,c\nd', "plain"]
        await noted(here, *[Entry("x", target=text, details={"at": 1}) for text in evil])
        text, name = await text_of(admin.get(EXPORT))
        assert 'attachment; filename="audit.csv"' == name
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        targets = [row[head.index("target")] for row in rows]
        assert [f"'{text}" for text in evil[:6]] + evil[6:] == targets[: len(evil)]
        assert '{"at":1}' == rows[0][head.index("details")]
        text, _ = await text_of(admin.get(EXPORT, params={"format": "jsonl", "action": "x"}))
        assert evil == [json.loads(line)["target"] for line in text.splitlines()]
        _, page = await told(admin.get(AUDIT, params={"action": "audit.exported"}))
        assert ["jsonl", "csv"] == [entry["target"] for entry in page["entries"]]
        assert 422 == (await told(admin.get(EXPORT, params={"format": "xlsx"})))[0]
        async with admin.head(EXPORT) as got:
            assert (200, b"", "text/csv") == (got.status, await got.read(), got.content_type)
        assert page == (await told(admin.get(AUDIT, params={"action": "audit.exported"})))[1]

    serve(tmp_path, life)


def test_a_long_one_is_exported_whole(tmp_path: Path) -> None:
    """More than a page of rows, each once, in order."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        await noted(here, *[Entry("x", target=str(number)) for number in range(2_500)])
        text, _ = await text_of(admin.get(EXPORT, params={"format": "jsonl", "action": "x"}))
        assert [str(number) for number in range(2_500)] == [json.loads(line)["target"] for line in text.splitlines()]

    serve(tmp_path, life)


def test_it_is_never_edited(tmp_path: Path) -> None:
    """The file refuses it, and there is no route for it."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        await noted(here, Entry("x"))
        for sql in ("UPDATE audit SET user_name = 'nobody'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="never edited"):
                async with here.services.store.write() as connection:
                    await connection.execute(sql)
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            async with admin.request(method, AUDIT) as got:
                assert got.status == 405
        assert 1 == len(await here.services.store.read("SELECT * FROM audit"))

    serve(tmp_path, life)


def test_only_admins_without_a_scope_read_it(tmp_path: Path) -> None:
    """It shows what everybody does."""

    async def life(here: Serving) -> None:
        for role, scope in ((Role.OPERATOR, Scope()), (Role.VIEWER, Scope()), (Role.ADMIN, Scope(engines=("a",)))):
            browser = await here.as_role(role, scope)
            for path in (AUDIT, EXPORT):
                assert 403 == (await told(browser.get(path)))[0]
        assert 401 == (await told(here.client().get(EXPORT)))[0]

    serve(tmp_path, life)
