"""Trying classes in a child: what comes back, and that no pattern holds anybody up."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import orjson
import psutil
import pytest

from interfaces.errors import Refused
from interfaces.trial import rates_of, tried
from syslogger.config import LogClass
from tests.support import deadline

WORD = LogClass.model_validate({"name": "word", "fields": {"number": "number ([0-9]+)", "about": "about (a)"}})
OTHER = LogClass.model_validate({"name": "other", "fields": {"first_ip": "from ([0-9.]+)"}})
ENDLESS = LogClass.model_validate({"name": "endless", "fields": {"slow": "((?:a|aa)+)+(?=!)"}})
LINES = ["<13>number 5 about a", "number 6 from 300.0.0.1", "", "from 10.0.0.7 \u00fc"]


def test_each_class_is_tried_on_each_line() -> None:
    """Values as they would be stored, hits, costs where they were asked for, and the part that each line gave."""
    word, other = asyncio.run(tried([WORD, OTHER], LINES, measure=False))
    assert word["line_rates"] == [1.0, 0.5, None, 0.0]
    assert other["line_rates"] == [0.0, 0.0, None, 1.0]
    assert word["empty"] == 1
    assert [each["number"] for each in word["rows"]] == ["5", "6", None]
    assert [each["first_ip"] for each in other["rows"]] == [None, None, "10.0.0.7"]
    assert [(each["name"], each["hits"]) for each in word["fields"]] == [("number", 2), ("about", 1)]
    assert {each["nanoseconds_per_line"] for each in word["fields"]} == {0.0}


def test_costs_are_measured() -> None:
    """A field has a cost above zero where it was asked for."""
    (word,) = asyncio.run(tried([WORD], LINES[:1], measure=True))
    assert all(each["nanoseconds_per_line"] > 0 for each in word["fields"])


def test_a_pattern_that_never_ends_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before it is kept, what comes behind it is missing, and its process is gone."""
    monkeypatch.setattr("interfaces.trial.TRIAL_SECONDS", 8)  # enough for the first class on any machine

    with deadline(60):
        results = asyncio.run(tried([WORD, ENDLESS, OTHER], ["a" * 80], measure=False))
    assert [each["line_rates"] for each in results] == [[0.0]]
    assert not [each for each in psutil.Process().children() if "interfaces.trial" in each.cmdline()]


def test_what_is_too_large_to_be_shown_is_refused() -> None:
    """A few lines and many fields can make a hundred megabytes: nobody gets them, and it says what to do."""
    fields = {f"field{number}": "(.*)" for number in range(40)}
    large = LogClass.model_validate({"name": "large", "fields": fields})
    with pytest.raises(Refused, match="larger than 16 MiB; try fewer lines"):
        asyncio.run(tried([large], ["x" * 60_000] * 10, measure=False))
    assert asyncio.run(rates_of([large], ["x" * 60_000] * 10)) == [[1.0] * 10]


def test_one_whose_factory_died_ends_by_itself() -> None:
    """It has a limit of CPU time of its own: nobody else would end it."""
    asked = {"classes": [ENDLESS.model_dump(mode="json")], "lines": ["a" * 80], "measure": False, "rates_only": True}
    script = "import interfaces.trial as trial\ntrial.TRIAL_SECONDS = 1\ntrial.main()"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, input=orjson.dumps(asked), capture_output=True, timeout=60, check=False)
    assert done.returncode < 0
    assert done.stdout == b""
