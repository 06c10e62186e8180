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
from syslogger.config import Config, ConfigError, EngineConfig, LogClass, load, parse

ROOT, REPOSITORY = Path("/var/lib/syslogger"), Path(__file__).parents[2]


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
        pytest.param(A | AND_MORE, A | AND_MORE, A, {"more": "reported"}, A, id="removed elsewhere"),
        pytest.param(A | AND_MORE, A | {"more": "(x)"}, A, {"more": "applied"}, A | {"more": "(x)"}, id="comes back"),
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


def test_what_was_taken_over_may_be_edited_again() -> None:
    """A title from the file that was changed here afterwards is not the file's any more; engines keep their places."""
    two = engine("two2", 2)
    before, file = config(engines=[MAIN, two]), config(engines=[engine(title="There"), two])
    first = reload(taken_from(before), file, before, {})
    assert first.config == file
    here = config(engines=[engine(title="Here"), two])
    again = reload(first.taken, file, here, {})
    assert (told(again), again.config) == ({}, here)


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
        (
            "DELETE_OLDEST_BELOW_FREE_PERCENTAGE",
            9,
            "DELETE_OLDEST_BELOW_FREE_PERCENTAGE",
            Outcome.APPLIED,
            "in force",
        ),
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


@pytest.mark.parametrize(
    ("taken", "file", "held"),
    [
        pytest.param([], [engine(port=514)], [engine("other", 514)], id="created"),
        pytest.param([MAIN], [engine(port=514)], [MAIN, engine("other", 514)], id="edited"),
    ],
)
def test_an_engine_that_does_not_fit_is_refused_alone(
    taken: list[dict[str, Any]], file: list[dict[str, Any]], held: list[dict[str, Any]]
) -> None:
    """A port that an engine made elsewhere has: it is named, the rest of the file is taken over, and the next reload
    speaks of it again."""
    new = engine("fits", 1514)
    result = reload(taken_from(config(engines=taken)), config(engines=[*file, new]), config(engines=held), {})
    assert told(result) == {"ENGINES.main": "refused", "ENGINES.fits": "applied"}
    assert "port 514 is used by engine other" in next(line.message for line in result.lines if "main" in line.path)
    assert result.config.engines == config(engines=[*held, new]).engines
    again = reload(result.taken, config(engines=[*file, new]), result.config, {})
    assert told(again) == {"ENGINES.main": "refused"}


def test_ports_may_change_places() -> None:
    """What fits once all is done is no collision on the way there."""
    one, two = [engine("one1", 1), engine("two2", 2)], [engine("one1", 2), engine("two2", 1)]
    result = reload(taken_from(config(engines=one)), config(engines=two), config(engines=one), {})
    assert told(result) == {"ENGINES.one1.port": "needs_restart", "ENGINES.two2.port": "needs_restart"}
    assert result.config == config(engines=two)


def test_an_engine_of_a_refused_class_is_refused() -> None:
    """It would otherwise write into a class that the file does not mean; so is one whose class was removed here."""
    file = config(A | AND_MORE, [engine(class_name="more")])
    other = reload(taken_from(config(A)), file, config(A | {"more": "(x)"}), {})
    assert told(other) == {"ENGINE_CLASSES.more": "refused", "ENGINES.main": "refused"}
    removed = reload(taken_from(config(A | AND_MORE)), file, config(A), {})
    assert told(removed) == {"ENGINE_CLASSES.more": "reported", "ENGINES.main": "refused"}
    assert removed.config.engines == other.config.engines == ()


def test_keys_that_do_not_fit_are_refused_whole() -> None:
    """A port of the factory that an engine made elsewhere has is no engine's fault, even of one edited beside it."""
    taken, file = config(engines=[MAIN]), config(engines=[engine(title="There")], keys={"INTERFACE_FACTORY_PORT": 514})
    with pytest.raises(ConfigError, match="514"):
        reload(taken_from(taken), file, config(engines=[engine(port=514)]), {})


PATTERNS = st.dictionaries(st.sampled_from(["ab", "cd", "ef"]), st.sampled_from(["(1)", "(2)", "(3)"]), min_size=1)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Configurations that collide with each other in names, ports and classes."""
    classes = draw(PATTERNS) | A
    names = draw(st.lists(st.sampled_from(["eng1", "eng2", "eng3"]), unique=True))
    ports = draw(st.permutations(range(5000, 5004)))
    made = [
        engine(name, port, draw(st.sampled_from(sorted(classes))), title=draw(st.sampled_from(["", "x", "y"])))
        for name, port in zip(names, ports, strict=False)
    ]
    return config(classes, made)


def by_name(taken: Taken) -> tuple[dict[str, LogClass], dict[str, EngineConfig]]:
    """What was taken over, whatever its order."""
    return {each.name: each for each in taken.log_classes}, {each.name: each for each in taken.engines}


@given(configs(), configs(), configs(), st.dictionaries(st.sampled_from(["eng1", "eng2"]), st.just("word")))
def test_a_second_reload_changes_nothing(taken: Config, file: Config, held: Config, gone: dict[str, str]) -> None:
    """The state is the same afterwards, and what is refused or reported, nothing else, is said again."""
    first = reload(taken_from(taken), file, held, gone)
    second = reload(first.taken, file, first.config, gone)
    assert (second.config, second.taken) == (first.config, first.taken)
    again = {line.path for line in first.lines if line.outcome in {Outcome.REFUSED, Outcome.REPORTED}}
    assert {line.path for line in second.lines} == again
    if not again:
        assert by_name(first.taken) == by_name(taken_from(file))


@given(configs(), configs(), configs())
def test_an_edit_made_elsewhere_survives_what_does_not_touch_it(taken: Config, file: Config, held: Config) -> None:
    """Classes and engines that the file does not change, or does not know, are what they were; no engine goes."""
    after = reload(taken_from(taken), file, held, {}).config
    for name, log_class in held.classes.items():
        if file.classes.get(name) == taken.classes.get(name):
            assert after.classes[name] == log_class
    was, now, wanted = ({each.name: each for each in of.engines} for of in (taken, after, file))
    for each in held.engines:
        if each.name not in wanted or wanted[each.name] == was.get(each.name):
            assert now[each.name] == each
        assert now[each.name].class_name == each.class_name
    assert list(now)[: len(held.engines)] == [each.name for each in held.engines]


@given(configs(), configs())
def test_an_unchanged_file_changes_nothing(file: Config, held: Config) -> None:
    """However much was edited elsewhere."""
    assert reload(taken_from(file), file, held, {}).config == held


@given(configs())
def test_an_export_is_the_state(held: Config) -> None:
    """Read as a file it is the same configuration, its classes and fields in the same order."""
    assert parse(json.dumps(in_file_form(held)).encode(), ROOT) == held


def test_an_export_looks_like_the_file_that_is_shipped() -> None:
    """The same keys in the same order, and the same values but for the directory and time zone as they are here."""
    shipped = json.loads((REPOSITORY / "GLOBAL_CONFIG.json").read_bytes())
    exported = in_file_form(load(REPOSITORY / "GLOBAL_CONFIG.json"))
    assert list(exported) == list(shipped)
    here = ("ROOT_SAVED_DATA_DIRECTORY", "TIME_ZONE")
    assert exported == shipped | {key: exported[key] for key in here}


def test_taken_is_what_the_file_says() -> None:
    """The first start takes over every class and every engine."""
    file = config(A | AND_MORE, [MAIN])
    assert taken_from(file) == Taken(log_classes=file.log_classes, engines=file.engines)
