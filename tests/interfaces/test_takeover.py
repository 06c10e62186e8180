"""What a reload makes of the file and of what was edited elsewhere: each row of the table, and what always holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfaces.records import Taken
from interfaces.takeover import Outcome, Reload, in_file_form, reload, taken_from, with_parts
from syslogger.config import Config, ConfigError, parse

ROOT = Path("/var/lib/syslogger")


def config(
    classes: dict[str, str] | None = None,
    engines: list[dict[str, Any]] | None = None,
    keys: dict[str, object] | None = None,
) -> Config:
    """A configuration; each class has one field with that pattern."""
    fields = {name: {"first": pattern} for name, pattern in (classes or {"word": r"(\w+)"}).items()}
    return parse(json.dumps({"ENGINE_CLASSES": fields, "ENGINES": engines or [], **(keys or {})}).encode(), ROOT)


def engine(name: str = "main", port: int = 5140, class_name: str = "word", **keys: Any) -> dict[str, Any]:
    """An entry of ENGINES."""
    return {"name": name, "class": class_name, "port": port, **keys}


def told(result: Reload) -> dict[str, str]:
    """The outcomes by path."""
    return {line.path: str(line.outcome) for line in result.lines}


def patterns(of: Config) -> dict[str, str]:
    """The pattern of each class."""
    return {each.name: each.fields[0].pattern for each in of.log_classes}


A, B, C = ({"word": pattern} for pattern in ("(a)", "(b)", "(c)"))
AND_MORE = {"more": "(m)"}


@pytest.mark.parametrize(
    ("taken", "file", "held", "outcome", "left"),
    [
        pytest.param(A, A, A, {}, A, id="nothing changed"),
        pytest.param(A, B, A, {"word": "applied"}, B, id="changed in the file"),
        pytest.param(A, A, C, {}, C, id="edited elsewhere"),
        pytest.param(A, B, C, {"word": "applied"}, B, id="changed in the file, edited elsewhere"),
        pytest.param(A, B, B, {}, B, id="changed alike on both sides"),
        pytest.param(A, A | AND_MORE, A, {"more": "applied"}, A | AND_MORE, id="new in the file"),
        pytest.param(A, A | AND_MORE, A | {"more": "(x)"}, {"more": "refused"}, A | {"more": "(x)"}, id="made twice"),
        pytest.param(A, A | AND_MORE, A | AND_MORE, {}, A | AND_MORE, id="made alike on both sides"),
        pytest.param(A | AND_MORE, A, A | AND_MORE, {"more": "applied"}, A, id="gone from the file"),
        pytest.param(A | AND_MORE, A, A, {}, A, id="gone on both sides"),
        pytest.param(A, A, A | AND_MORE, {}, A | AND_MORE, id="made elsewhere"),
    ],
)
def test_classes(
    taken: dict[str, str], file: dict[str, str], held: dict[str, str], outcome: dict[str, str], left: dict[str, str]
) -> None:
    """What changed in the file wins, what did not is left alone, what collides is refused."""
    result = reload(taken_from(config(taken)), config(file), config(held), {})
    assert told(result) == {f"ENGINE_CLASSES.{name}": word for name, word in outcome.items()}
    assert patterns(result.config) == left


def test_a_class_in_use_is_not_removed() -> None:
    """It stays while an engine uses it, and each reload says so, until the engine is gone."""
    taken = config(A | AND_MORE, [engine(class_name="more")])
    first = reload(taken_from(taken), config(A), taken, {})
    assert told(first) == {"ENGINE_CLASSES.more": "refused", "ENGINES.main": "reported"}
    assert "engine main uses" in first.lines[0].message
    again = reload(first.taken, config(A), first.config, {})
    assert told(again) == told(first)
    without = with_parts(first.config, first.config.log_classes, [])
    assert told(reload(again.taken, config(A), without, {})) == {"ENGINE_CLASSES.more": "applied"}


MAIN = engine()


@pytest.mark.parametrize(
    ("taken", "file", "held", "outcome"),
    [
        pytest.param([MAIN], [MAIN], [engine(title="Here")], {}, id="edited elsewhere"),
        pytest.param([], [MAIN], [], {"main": "applied"}, id="new in the file"),
        pytest.param([], [MAIN], [engine(port=1514)], {"main": "refused"}, id="made twice"),
        pytest.param([], [MAIN], [MAIN], {}, id="made alike on both sides"),
        pytest.param([MAIN], [], [MAIN], {"main": "reported"}, id="gone from the file"),
        pytest.param([MAIN], [], [], {}, id="gone on both sides"),
        pytest.param([MAIN], [MAIN], [], {"main": "reported"}, id="deleted elsewhere"),
        pytest.param([MAIN], [engine(title="There")], [MAIN], {"main.title": "applied"}, id="live key"),
        pytest.param(
            [MAIN], [engine(port=1514)], [MAIN], {"main.port": "needs_restart"}, id="key that needs a restart"
        ),
        pytest.param([MAIN], [engine(class_name="more")], [MAIN], {"main.class": "refused"}, id="fixed key"),
    ],
)
def test_engines(
    taken: list[dict[str, Any]], file: list[dict[str, Any]], held: list[dict[str, Any]], outcome: dict[str, str]
) -> None:
    """Engines follow the same rule, key by key; one that is gone from the file is reported, never deleted."""
    both = A | AND_MORE
    result = reload(taken_from(config(both, taken)), config(both, file), config(both, held), {})
    assert told(result) == {f"ENGINES.{path}": word for path, word in outcome.items()}
    assert {each["name"] for each in held} <= {each.name for each in result.config.engines}


def test_keys_of_an_engine_are_taken_one_by_one() -> None:
    """A title from the file and a port from elsewhere both hold."""
    result = reload(
        taken_from(config(engines=[MAIN])),
        config(engines=[engine(title="There")]),
        config(engines=[engine(port=1514)]),
        {},
    )
    (left,) = result.config.engines
    assert (left.title, left.port) == ("There", 1514)


def test_the_name_of_a_deleted_engine_comes_back_with_its_class_only() -> None:
    """Then it goes on with its folder, and the answer says so; with another class it is refused."""
    both = config(A | AND_MORE)
    again = reload(taken_from(both), config(A | AND_MORE, [MAIN]), both, {"main": "word"})
    assert "goes on with the folder" in again.lines[0].message
    other = reload(taken_from(both), config(A | AND_MORE, [MAIN]), both, {"main": "more"})
    assert told(other) == {"ENGINES.main": "refused"}
    assert other.config.engines == ()


@pytest.mark.parametrize(
    ("key", "value", "path", "outcome", "of"),
    [
        ("AUTO_DELETE_DAYS", 9, "AUTO_DELETE_DAYS", Outcome.APPLIED, "in force"),
        ("SPACE_PERCENTAGE_TO_STOP", 9, "SPACE_PERCENTAGE_TO_STOP", Outcome.APPLIED, "in force"),
        ("TIME_ZONE", "Asia/Tokyo", "TIME_ZONE", Outcome.NEEDS_RESTART, "every engine"),
        ("FAST_API_SERVER_PORT", 9, "FAST_API_SERVER_PORT", Outcome.NEEDS_RESTART, "the web server"),
        ("INTERFACE_FACTORY_PORT", 9, "INTERFACE_FACTORY_PORT", Outcome.NEEDS_RESTART, "the factory"),
        ("ROOT_SAVED_DATA_DIRECTORY", "x", "ROOT_SAVED_DATA_DIRECTORY", Outcome.NEEDS_RESTART, "the factory"),
        ("RECEIVE", {"sockets": 2}, "RECEIVE.sockets", Outcome.NEEDS_RESTART, "every engine"),
        ("BATCHING", {"drain_seconds": 9}, "BATCHING.drain_seconds", Outcome.APPLIED, "in force"),
        ("LIMITS", {"silent_seconds": 9}, "LIMITS.silent_seconds", Outcome.APPLIED, "in force"),
    ],
)
def test_every_other_key(key: str, value: object, path: str, outcome: Outcome, of: str) -> None:
    """Each difference has one line: in force, or which restart it needs; another root is never used meanwhile."""
    held = config(keys={"TIME_ZONE": "UTC"})
    result = reload(taken_from(held), config(keys={"TIME_ZONE": "UTC", key: value}), held, {})
    ((line),) = result.lines
    assert (line.path, line.outcome) == (path, outcome)
    assert of in line.message
    assert result.config.root == held.root


def test_what_does_not_fit_together_is_refused_whole() -> None:
    """A port that an engine made elsewhere has: the error names it."""
    held = config(engines=[engine("other", 514)])
    with pytest.raises(ConfigError, match="514"):
        reload(taken_from(config()), config(engines=[engine("main", 514)]), held, {})


PATTERNS = st.dictionaries(st.sampled_from(["ab", "cd", "ef"]), st.sampled_from(["(1)", "(2)", "(3)"]), min_size=1)
ENGINES = st.lists(
    st.builds(
        lambda name, title: {"name": name, "class": "word", "port": 5000 + int(name[-1]), "title": title},
        st.sampled_from(["eng1", "eng2", "eng3"]),
        st.sampled_from(["", "x", "y"]),
    ),
    unique_by=lambda each: each["name"],
    max_size=3,
)
CONFIGS = st.builds(lambda classes, engines: config(classes | A, engines), PATTERNS, ENGINES)


@given(CONFIGS, CONFIGS, CONFIGS)
def test_a_second_reload_changes_nothing(taken: Config, file: Config, held: Config) -> None:
    """The state is the same afterwards, and only what is refused or reported is said again."""
    first = reload(taken_from(taken), file, held, {})
    second = reload(first.taken, file, first.config, {})
    assert (second.config, second.taken) == (first.config, first.taken)
    assert not [line for line in second.lines if line.outcome is Outcome.APPLIED]


@given(CONFIGS, CONFIGS)
def test_an_edit_made_elsewhere_survives_an_unchanged_file(file: Config, held: Config) -> None:
    """A file that is as it was changes nothing at all."""
    assert reload(taken_from(file), file, held, {}).config == held


@given(CONFIGS)
def test_an_export_is_the_state(held: Config) -> None:
    """Read as a file it is the same configuration, its classes and fields in the same order."""
    assert parse(json.dumps(in_file_form(held)).encode(), ROOT) == held


def test_taken_is_what_the_file_says() -> None:
    """The first start takes over every class and every engine."""
    file = config(A | AND_MORE, [MAIN])
    assert taken_from(file) == Taken(log_classes=file.log_classes, engines=file.engines)
