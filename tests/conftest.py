"""Held for every test: it leaves no process, no descriptor, no memfd and no signal handler behind."""

from __future__ import annotations

import os
from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import settings

from tests.support import Holdings, adopt_orphans, leaks_since, wait_past_midnight

# A busy machine is no finding, so examples have no deadline; the continuous integration repeats the same examples.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("house")


def pytest_configure() -> None:
    """Let orphans come to this process before any test starts one."""
    adopt_orphans()
    # The first query opens three descriptors that the process keeps; no test shall be blamed for them.
    pl.select(pl.lit("a").str.extract("(a)"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Begin no test that the day's end would meet: what it made for today would be yesterday's."""
    wait_past_midnight()


@pytest.fixture(autouse=True)
def leaves_nothing_behind() -> Iterator[None]:
    """Fail the test that leaves something behind, and name what."""
    before = Holdings.now()
    yield
    problems = leaks_since(before)
    assert problems == [], "the test left behind:\n" + "\n".join(problems)
