"""A real factory is asked everything in every wrong way: it refuses in sentences, goes on, and leaves nobody behind."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from interfaces.client import FactoryClient
from interfaces.errors import Internal
from interfaces.operations import OPERATIONS
from syslogger.errors import ExitCode, SysloggerError
from tests.e2e.factories import DataDirectory, engine

REQUESTS = 600
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 3, 65_536, 10**18, 1.5, "", "main", "word", "a" * 50, "é\u0000\u202e", "../x", "'; --"),
    *("127.0.0.1", "::1", "10.0.0.0/8", "all", "2026-01-01", "keep", "delete", [], {}, ["x"], {"a": 1}, "(a+)+$", "("),
)


def spoilt(value: Any, chance: random.Random) -> Any:
    """A request with some of its parts replaced, left out or added to."""
    if chance.random() < 0.25:
        return chance.choice(VALUES)
    if isinstance(value, Mapping):
        kept = {key: each for key, each in value.items() if chance.random() > 0.1}
        spoilt_ones = {key: spoilt(each, chance) if chance.random() < 0.4 else each for key, each in kept.items()}
        return spoilt_ones | ({"more": 1} if chance.random() < 0.1 else {})
    if isinstance(value, list | tuple):
        return [spoilt(each, chance) for each in value]
    return value


@pytest.mark.timeout(900)  # with two busy cores it takes minutes
def test_whatever_is_asked(tmp_path: Path) -> None:
    """No request is answered with a defect, the factory answers afterwards, and ends well."""
    chance = random.Random(20261121)
    answered, refused = set[str](), dict[str, str]()

    async def ask_wrongly(factory: FactoryClient) -> None:
        for _ in range(REQUESTS):
            operation = chance.choice(list(OPERATIONS.values()))
            fields = spoilt(dict(operation.example), chance)
            try:
                await factory.call(operation.name, fields if isinstance(fields, dict) else {"fields": fields})
                answered.add(operation.name)
            except Internal as error:
                raise AssertionError(f"{operation.name} {fields}: {error}") from error
            except SysloggerError as error:
                refused[operation.name] = str(error)

    with DataDirectory(tmp_path / "one", engine()) as directory:
        directory.start()
        directory.ask(ask_wrongly)
        assert directory.ask(lambda factory: factory.factory_status())["pid"]
        factory = directory.factory
        assert factory is not None
        assert directory.end() == ExitCode.OK
        assert [line for line in factory.errors if "defect" in line or "Traceback" in line] == []
    assert len(answered) > len(OPERATIONS) // 3  # the engine may be deleted early
    assert all(refused.values())
    assert refused.keys() >= OPERATIONS.keys() - {"docs"} - answered
