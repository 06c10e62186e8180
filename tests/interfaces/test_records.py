"""Records: what is kept is what comes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from interfaces.records import ClassVersion, EngineRecord, Source, Taken
from syslogger.config import ClientConfig, LogClass
from syslogger.settings import EngineConfig

TIMES = st.integers(0, (1 << 63) - 1)
WORDS = st.text(st.characters(categories=("L", "N")), max_size=100)
RANGES = [("one", "10.0.0.1"), ("all", "0.0.0.0/0"), ("::/0", "::/0")]
CLIENTS = st.lists(st.sampled_from(RANGES), unique=True).map(
    lambda pairs: tuple(ClientConfig(name=name, address=address) for name, address in pairs)
)
ENGINES = st.builds(
    EngineConfig,
    name=st.from_regex(r"[a-z][a-z0-9_]{3,29}", fullmatch=True),
    class_name=st.just("word"),
    port=st.integers(1, 65_535),
    title=WORDS,
    addresses=st.sampled_from([(), ("::1",), ("127.0.0.1", "::")]),
    clients=CLIENTS,
    keep_original=st.booleans(),
    workers=st.none() | st.integers(1, 64),
    auto_delete_days=st.none() | st.integers(2, 36_500),
    auto_delete_bytes=st.none() | st.integers(1 << 20, 1 << 50),
    running=st.booleans(),
)
RECORDS = st.builds(
    EngineRecord,
    engine=ENGINES,
    autostart=st.booleans(),
    paused=st.lists(WORDS, max_size=3).map(tuple),
    ignored=st.lists(WORDS, max_size=3).map(tuple),
    created_at=TIMES,
    deleted_at=st.none() | TIMES,
    source=st.sampled_from(Source),
)
WORD = LogClass.model_validate({"name": "word", "fields": {"second": r"(\d+)", "first": r"(\w+)"}})


@given(RECORDS)
def test_an_engine_comes_back_from_json(record: EngineRecord) -> None:
    """Every key of it, whatever it holds."""
    assert EngineRecord.model_validate_json(record.model_dump_json()) == record
    assert record.name == record.engine.name


@given(st.lists(ENGINES, max_size=3))
def test_what_was_taken_over_comes_back_from_json(engines: list[EngineConfig]) -> None:
    """Classes keep the order of their fields, which is that of their columns."""
    taken = Taken(log_classes=(WORD,), engines=tuple(engines))
    assert Taken.model_validate_json(taken.model_dump_json()) == taken
    assert [field.name for field in taken.log_classes[0].fields] == ["second", "first"]


def test_versions_of_the_same_patterns_have_one_digest() -> None:
    """A rollback is a new version with the digest of an old one; nothing of a version can be changed afterwards."""
    first = ClassVersion(log_class=WORD, version=1, at=1, author="GLOBAL_CONFIG.json", source=Source.FILE)
    third = ClassVersion(log_class=WORD, version=3, at=9, author="anna", source=Source.API)
    assert first.digest == third.digest == WORD.digest
    with pytest.raises(ValidationError):
        third.version = 2
