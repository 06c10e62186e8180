"""Clients and unknown senders of engines that run: who may send changes at once, and no socket is closed for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from interfaces.errors import BadRequest, NotFound, Refused
from interfaces.trial import rates_of
from syslogger.config import LogClass
from syslogger.errors import ConfigError
from tests.interfaces.serving import WORD, Serving, engine, resting, serve, write_file
from tests.support_engine import balanced, numbered, query
from tests.support_engine import send as send_from

ONE = {"name": "one", "address": "127.0.0.1"}
TWO = {"name": "two", "address": "127.0.0.2"}
OTHER = {"about": "of (about)", "first": "^(line)"}


def inode(port: int) -> str:
    """Which socket it is that has a port (/proc/net/udp6)."""
    rows = [line.split() for line in Path("/proc/net/udp6").read_text("ascii").splitlines()[1:]]
    return next(row[9] for row in rows if row[1].endswith(f":{port:04X}"))


async def send(here: Serving, source: str, *numbers: int) -> None:
    """Send lines with these numbers from an address."""
    send_from((await here.status())["port"], *numbered(numbers), source=source)


def test_clients_of_a_running_engine(tmp_path: Path) -> None:
    """Added, renamed, removed: each is in force at once on the same socket, and nothing that was sent is missing."""

    async def life(here: Serving) -> None:
        port = (await here.status())["port"]
        socket = inode(port)
        await send(here, "127.0.0.2", 0)
        await here.ledger_has(refused=1)
        assert await here.ask("clients.add", engine="main", client=TWO) == [ONE, TWO]
        await send(here, "127.0.0.2", 1)
        await send(here, "127.0.0.1", 2)
        await here.ledger_has(stored=2)
        renamed = {"name": "three", "address": "127.0.0.2"}
        assert await here.ask("clients.edit", engine="main", name="two", client=renamed) == [ONE, renamed]
        await send(here, "127.0.0.2", 3)
        await here.ledger_has(stored=3)
        assert await here.ask("clients.remove", engine="main", name="one") == [renamed]
        await send(here, "127.0.0.1", 4)
        await here.ledger_has(refused=2)
        (listed,) = await here.ask("clients.list", engine="main")
        assert (listed["name"], listed["address"], listed["received"]) == ("three", "127.0.0.2", 3)
        assert listed["last_seen"] > 0
        assert inode(port) == socket
        rows = query(here.registry.engine("main").settings, "SELECT client, number FROM entries ORDER BY number")
        assert rows == [("two", "1"), ("one", "2"), ("three", "3")]
        assert balanced(await here.ask("engines.stop", name="main"))
        assert await here.ask("clients.list", engine="main") == [renamed]

    serve(write_file(tmp_path, engine(clients=[ONE])), life)


def test_a_name_with_rows_of_another_range_is_refused_whole(tmp_path: Path) -> None:
    """What the engine refuses is kept nowhere: the old clients are in force and listed."""
    moved = {"name": "one", "address": "127.0.0.0/8"}

    async def life(here: Serving) -> None:
        await send(here, "127.0.0.1", 1)
        await here.ledger_has(stored=1)
        digest = (await here.status())["config_digest"]
        with pytest.raises(ConfigError, match=r"cannot stand for 127\.0\.0\.0/8; give .* another name"):
            await here.ask("clients.edit", engine="main", name="one", client=moved)
        await send(here, "127.0.0.2", 2)
        await here.ledger_has(refused=1, stored=1)
        await send(here, "127.0.0.1", 3)
        await here.ledger_has(stored=2)
        assert (await here.status())["config_digest"] == digest
        await here.ask("engines.stop", name="main")
        assert await here.ask("clients.list", engine="main") == [ONE]
        assert "engine_edited" not in here.kinds("main")

    serve(write_file(tmp_path, engine(clients=[ONE])), life)


def test_wrong_clients_change_nothing(tmp_path: Path) -> None:
    """A name or a range twice, a wrong range, an unknown name or engine: refused, with what to do."""

    async def life(here: Serving) -> None:
        for client in ({"name": "one", "address": "10.0.0.1"}, {"name": "again", "address": "127.0.0.1"}):
            with pytest.raises(ConfigError) as refused:
                await here.ask("clients.add", engine="main", client=client)
            assert refused.value.problems[0].right
        for wrong in ({"name": "x", "address": "10.0.0.0/99"}, {"name": "x"}, {"address": "10.0.0.1", "port": 1}):
            with pytest.raises(BadRequest):
                await here.ask("clients.add", engine="main", client=wrong)
        for operation, fields in (("clients.remove", {}), ("clients.edit", {"client": TWO})):
            with pytest.raises(NotFound, match="did you mean 'one'"):
                await here.ask(operation, engine="main", name="onee", **fields)
        with pytest.raises(NotFound, match="no engine"):
            await here.ask("clients.list", engine="nobody")
        assert await here.ask("clients.list", engine="main") == [ONE]
        unnamed = await here.ask("clients.add", engine="main", client={"address": "10.0.0.0/8"})
        assert unnamed[1] == {"name": "10.0.0.0/8", "address": "10.0.0.0/8"}

    serve(write_file(tmp_path, resting(clients=[ONE])), life)


def test_unknown_senders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are listed with samples and what each class finds in them; one becomes a client, one is not shown again."""
    path = write_file(tmp_path, engine(clients=[ONE]), ENGINE_CLASSES={"word": WORD, "other": OTHER})

    async def unknown(here: Serving) -> dict[str, dict[str, Any]]:
        return {each["address"]: each for each in await here.ask("senders.unknown", engine="main")}

    async def life(here: Serving) -> None:
        assert await unknown(here) == {}
        await send(here, "127.0.0.2", 7, 8)
        await send(here, "127.0.0.3", 9)
        await here.ledger_has(refused=3)
        found = await unknown(here)
        assert {address: each["refused"] for address, each in found.items()} == {"127.0.0.2": 2, "127.0.0.3": 1}
        assert [each.encode() for each in found["127.0.0.2"]["samples"]] == numbered((7, 8))
        assert 0 < found["127.0.0.2"]["first_seen"] <= found["127.0.0.2"]["last_seen"]
        assert found["127.0.0.2"]["hit_rates"] == {"word": 1.0, "other": 0.5}
        refused = (await here.status())["refused_senders"]  # which goes to whoever watches, every second
        assert [False, False] == ["samples" in each for each in refused]

        with pytest.raises(ConfigError):
            await here.ask("senders.allow", engine="main", client={"name": "one", "address": "127.0.0.2"})
        assert await here.ask("senders.allow", engine="main", client=TWO) == [ONE, TWO]
        await send(here, "127.0.0.2", 10)
        await here.ledger_has(stored=1)
        assert (await here.ask("senders.ignore", engine="main", address="127.0.0.3"))["ignored"] == ["127.0.0.3"]
        assert await unknown(here) == {}
        assert await here.ask("senders.ignored", engine="main") == ["127.0.0.3"]
        again = await here.ask("senders.ignore", engine="main", address="127.0.0.3", ignore=False)
        assert (again, set(await unknown(here))) == ({"ignored": []}, {"127.0.0.3"})
        await here.ask("senders.ignore", engine="main", address="127.0.0.3")
        monkeypatch.setattr("interfaces.client_service.MOST_IGNORED", 1)
        with pytest.raises(Refused, match="are ignored already"):
            await here.ask("senders.ignore", engine="main", address="127.0.0.4")
        assert (await here.told("sender_allowed", "main"))["address"] == "127.0.0.2"
        assert (await here.told("sender_ignored", "main"))["author"] == "anna"

    async def later(here: Serving) -> None:
        await send(here, "127.0.0.3", 11)
        await here.ledger_has(refused=1)
        assert await unknown(here) == {}
        assert await here.ask("senders.ignored", engine="main") == ["127.0.0.3"]

    serve(path, life)
    serve(path, later)


def test_rates_are_over_all_samples_and_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second question starts no process, a class that has changed does; a stranger's bytes break nothing."""
    asked: list[tuple[list[str], list[str]]] = []

    async def counted(classes: Sequence[LogClass], lines: Sequence[str]) -> list[list[float | None]]:
        asked.append(([each.name for each in classes], list(lines)))
        return await rates_of(classes, lines)

    monkeypatch.setattr("interfaces.sample_rates.rates_of", counted)

    async def life(here: Serving) -> None:
        port = (await here.status())["port"]
        send_from(port, b"number 5", b"\xff\xc3(\x1b[31m\0</script>" + b"x" * 600, b"\n", source="127.0.0.2")
        await here.ledger_has(refused=3)
        (sender,) = await here.ask("senders.unknown", engine="main")
        assert sender["samples"] == ["number 5", "\\xff\\xc3(\x1b[31m\0</script>" + "x" * 494]
        assert sender["hit_rates"] == {"word": 0.5, "other": 0.0}
        assert (await here.ask("senders.unknown", engine="main")) == [sender]
        assert asked == [(["word", "other"], sender["samples"])]
        await here.ask("classes.change", **{"class": {"name": "other", "fields": {"about": "(number)"}}})
        (sender,) = await here.ask("senders.unknown", engine="main")
        assert sender["hit_rates"] == {"word": 0.5, "other": 0.5}
        assert asked[1:] == [(["other"], sender["samples"])]

    path = write_file(tmp_path, engine(clients=[ONE]), ENGINE_CLASSES={"word": WORD, "other": OTHER})
    serve(path, life)


def test_samples_whose_patterns_never_end(tmp_path: Path) -> None:
    """The senders are shown all the same; classes that were not reached within the time have no rate."""
    classes = {"word": WORD, "slow": {"slow": "((?:a|aa)+)+(?=!)"}}

    async def life(here: Serving) -> None:
        send_from((await here.status())["port"], b"number 5 " + b"a" * 80)
        await here.ledger_has(refused=1)
        (sender,) = await here.ask("senders.unknown", engine="main")
        assert sender["hit_rates"] == {"word": 1.0, "slow": None}

    serve(write_file(tmp_path, engine(clients=[TWO]), ENGINE_CLASSES=classes), life)


def test_a_resting_engine_has_no_senders(tmp_path: Path) -> None:
    """Nobody was refused by one that does not run."""

    async def life(here: Serving) -> None:
        assert await here.ask("senders.unknown", engine="main") == []
        assert await here.ask("senders.ignored", engine="main") == []
        with pytest.raises(NotFound, match="no engine"):
            await here.ask("senders.ignored", engine="nobody")

    serve(write_file(tmp_path, resting()), life)
