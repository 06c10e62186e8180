"""What classes find in samples: nothing is tried twice, nothing is remembered that is not shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interfaces import sample_rates
from interfaces.sample_rates import Rates, SampleRates
from syslogger.config import LogClass

Trial = tuple[tuple[str, ...], tuple[str, ...]]


def class_of(name: str, pattern: str = "(x)") -> LogClass:
    """A class of one field."""
    return LogClass.model_validate({"name": name, "fields": {"field": pattern}})


WORD, OTHER, SLOW = class_of("word"), class_of("other"), class_of("slow")


@dataclass(slots=True)
class Trials:
    """In place of the process: the part of a sample that is found is its length / 10; `slow` never comes to an end."""

    asked: list[Trial] = field(default_factory=list)
    endless: tuple[str, ...] = ("slow",)

    async def __call__(self, classes: Sequence[LogClass], lines: Sequence[str]) -> list[list[float | None]]:
        self.asked.append((tuple(each.name for each in classes), tuple(lines)))
        await asyncio.sleep(0)
        names = [each.name for each in classes]
        done = next((place for place, name in enumerate(names) if name in self.endless), len(names))
        return [[len(line) / 10 if line.strip() else None for line in lines]] * done


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> Trials:
    """No process is started."""
    made = Trials()
    monkeypatch.setattr(sample_rates, "rates_of", made)
    return made


async def ask(rates: SampleRates, classes: Sequence[LogClass], *senders: Sequence[str]) -> list[Rates]:
    """The rates of senders with these samples."""
    return await rates.of(lambda: classes, senders)


def test_the_mean_of_what_is_found(trials: Trials) -> None:
    """Over all samples of a sender; without a sample there is nothing, and a sample of nothing counts for nothing."""
    found = asyncio.run(ask(SampleRates(), [WORD, OTHER], ["xx", "xxxx"], [], ["\t", "x"], ["\t"]))

    assert found == [
        {"word": pytest.approx(0.3), "other": pytest.approx(0.3)},
        {},
        {"word": 0.1, "other": 0.1},
        {"word": None, "other": None},
    ]
    assert trials.asked == [(("word", "other"), ("xx", "xxxx", "\t", "x"))]


def test_what_was_tried_is_not_tried_again(trials: Trials) -> None:
    """A second question starts nothing; a new sample, or a class that changed, is all that is tried."""

    async def life() -> None:
        rates = SampleRates()
        first = await ask(rates, [WORD, OTHER], ["a", "bb"], ["\t"])
        assert await ask(rates, [WORD, OTHER], ["a", "bb"], ["\t"]) == first
        assert len(trials.asked) == 1
        await ask(rates, [WORD, OTHER], ["a", "bb"], ["ccc", "a"])
        await ask(rates, [WORD, class_of("other", "(y)")], ["a"])
        assert trials.asked[1:] == [(("word", "other"), ("ccc",)), (("other",), ("a",))]

    asyncio.run(life())


def test_only_what_is_shown_is_remembered(trials: Trials) -> None:
    """A sample that was away for one answer, and a class that was, are tried again."""

    async def life() -> None:
        rates = SampleRates()
        for classes, sample in (([WORD], "a"), ([WORD], "b"), ([OTHER], "b"), ([WORD], "b")):
            await ask(rates, classes, [sample])
        assert trials.asked == [
            ((each,), (sample,)) for each, sample in zip(["word", "word", "other", "word"], "abbb", strict=True)
        ]

    asyncio.run(life())


def test_what_took_too_long_is_tried_again_behind_the_others(trials: Trials) -> None:
    """It has no rate; next time the classes that had no turn come first, and what is known is left alone."""

    async def life() -> None:
        rates = SampleRates()
        assert await ask(rates, [SLOW, WORD], ["aa"]) == [{"slow": None, "word": None}]
        assert await ask(rates, [SLOW, WORD], ["aa"]) == [{"slow": None, "word": 0.2}]
        trials.endless = ()
        assert await ask(rates, [SLOW, WORD], ["aa"]) == [{"slow": 0.2, "word": 0.2}]
        assert await ask(rates, [SLOW, WORD], ["aa"]) == [{"slow": 0.2, "word": 0.2}]
        assert [names for names, _ in trials.asked] == [("slow", "word"), ("word",), ("slow",), ("slow",)]

    asyncio.run(life())


def test_who_comes_meanwhile_waits(trials: Trials) -> None:
    """Many at a time start one process."""

    async def life() -> None:
        rates = SampleRates()
        found = await asyncio.gather(*(ask(rates, [WORD], ["aa"]) for _ in range(5)))
        assert found == [[{"word": 0.2}]] * 5
        assert len(trials.asked) == 1

    asyncio.run(life())


def test_one_that_gives_up_holds_nobody_up(trials: Trials) -> None:
    """A question that is called off in the middle leaves the turn to the next."""

    async def life() -> None:
        rates = SampleRates()
        gone = asyncio.create_task(ask(rates, [WORD], ["aa"]))
        await asyncio.sleep(0)
        assert trials.asked
        gone.cancel()
        assert await ask(rates, [WORD], ["aa"]) == [{"word": 0.2}]

    asyncio.run(life())


samples = st.lists(st.sampled_from(["", "\t", "a", "bb", "ccc"]), max_size=3)
questions = st.tuples(st.lists(st.sampled_from([WORD, OTHER]), unique=True), st.lists(samples, max_size=4))


@given(st.lists(questions, max_size=8))
@settings(max_examples=100)
def test_what_is_remembered_is_what_would_be_found(asked: list[tuple[list[LogClass], list[list[str]]]]) -> None:
    """Whatever was asked before, the answer is that of somebody who remembers nothing."""

    async def life() -> None:
        rates = SampleRates()
        for classes, senders in asked:
            assert await ask(rates, classes, *senders) == await ask(SampleRates(), classes, *senders)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample_rates, "rates_of", Trials())
        asyncio.run(life())
