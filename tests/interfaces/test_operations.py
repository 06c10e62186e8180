"""The table of operations and the models of requests: examples that hold, problems that are told, nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfaces.errors import BadRequest, UnknownOperation
from interfaces.operations import OPERATIONS, operation_of, request_of
from interfaces.requests import (
    AddClient,
    CreateEngine,
    EditEngine,
    EngineChanges,
    StartJob,
    WholeClass,
)
from syslogger.errors import ExitCode
from syslogger.settings import ClientConfig, EngineConfig

ENGINE = {"name": "main", "class": "mikrotik", "port": 5140}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def problems(operation: str, data: object) -> dict[str, tuple[str, str]]:
    """What is wrong with a request: (wrong, right) by path."""
    with pytest.raises(BadRequest) as refused:
        request_of(OPERATIONS[operation], data)
    return {each.path: (each.wrong, each.right) for each in refused.value.problems}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_example_is_a_request(name: str) -> None:
    """The example of each operation passes its own model, and an unknown field beside it does not."""
    operation = OPERATIONS[name]

    assert isinstance(request_of(operation, dict(operation.example)), operation.request)
    assert "unheard_of" in problems(name, {**operation.example, "unheard_of": 1})


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_described(name: str) -> None:
    """Each has a sentence, says what it answers, and has the name it is listed under."""
    operation = OPERATIONS[name]

    assert name == operation.name
    assert operation.summary[0].isupper()
    assert operation.summary.endswith(".")
    assert operation.answer


@given(st.sampled_from(sorted(OPERATIONS)), st.data())
def test_anything_is_a_request_or_a_bad_one(name: str, data: st.DataObject) -> None:
    """Whatever JSON comes, it is a request or a BadRequest whose problems have paths and say what would be right."""
    example = OPERATIONS[name].example
    keys = st.sampled_from([*example, "name"]) | st.text(max_size=8)
    sent: Any = data.draw(JSON | st.dictionaries(keys, JSON | st.sampled_from([*example.values(), 0]), max_size=5))
    refused = None
    try:
        request_of(OPERATIONS[name], sent)
    except BadRequest as error:
        refused = error
    for each in refused.problems if refused else ():
        assert each.path
        assert each.wrong
        assert each.right
    assert refused is None or (refused.problems[0].path, refused.problems[0].right) == (refused.field, refused.hint)


def test_an_unknown_operation_says_what_was_meant() -> None:
    """A slip is recognised; what is like nothing is told where the list is."""
    with pytest.raises(UnknownOperation, match=r"did you mean 'engines\.start'"):
        operation_of("engine.start")
    with pytest.raises(UnknownOperation, match="lists every operation"):
        operation_of("#")


def test_who_changes_something_has_to_say_so() -> None:
    """Whatever only looks is marked so, and nothing that changes is."""
    looks = {name for name, operation in OPERATIONS.items() if not operation.changes}
    verbs = {"list", "effects", "status", "events", "unknown", "ignored", "get", "versions", "validate", "try", "docs"}

    assert looks == {
        name
        for name in OPERATIONS
        if name.rpartition(".")[2] in {*verbs, "export", "settings", "factory", "processes", "forecast"}
    }


# -- engines -----------------------------------------------------------------------------------------------------------


def test_an_engine_has_the_form_of_the_file() -> None:
    """What is created is what the same object in ENGINES would be, defaults filled in."""
    request = request_of(OPERATIONS["engines.create"], {"engine": ENGINE})

    assert isinstance(request, CreateEngine)
    assert EngineConfig(name="main", class_name="mikrotik", port=5140) == request.engine
    assert request.autostart


@pytest.mark.parametrize(
    ("more", "path", "wrong"),
    [
        ({"port": 0}, "engine.port", "0 is out of range"),
        ({"port": "5140"}, "engine.port", "'5140' is not a whole number"),
        ({"name": "abc"}, "engine.name", "'abc' is too short"),
        ({"name": "../x"}, "engine.name", "'../x' is not a name"),
        ({"title": "\n"}, "engine.title", "'\\n' is not a title"),
        ({"addresses": ["::", "::1"]}, "engine.addresses[1]", "'::1' and '::' cannot both be listened on"),
        ({"clients": 5}, "engine.clients", "5 does not fit here"),
        ({"clients": [5]}, "engine.clients[0]", "5 does not fit here"),
        ({"clients": [{}]}, "engine.clients[0].address", "the field is missing"),
        ({"class_name": "mikrotik"}, "engine.class_name", "the field is unknown"),
        ({"running": 1}, "engine.running", "1 is neither true nor false"),
    ],
)
def test_a_wrong_engine_is_told_where(more: dict[str, object], path: str, wrong: str) -> None:
    """Each problem of an engine has its path in the request, in the words of the file's checks."""
    assert wrong == problems("engines.create", {"engine": {**ENGINE, **more}})[path][0]


def test_a_range_twice_is_told_once() -> None:
    """What does not fit together is found beside what is wrong by itself."""
    clients = [{"address": "10.0.0.0/8"}, {"address": "10.*", "name": "ten"}]
    found = problems("engines.create", {"engine": {**ENGINE, "clients": clients}, "autostart": "yes"})

    assert ["autostart", "engine.clients[1].address"] == sorted(found)


def test_changes_are_those_of_an_engine() -> None:
    """Everything of an engine can be changed but its name and class, which are fixed, and whether it runs."""
    assert EngineConfig.model_fields.keys() - EngineChanges.LEFT_OUT == EngineChanges.model_fields.keys()


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "port": st.integers(1, 65_535),
            "title": st.sampled_from(["", "the routers"]),
            "workers": st.none() | st.integers(1, 64),
            "keep_original": st.booleans(),
            "auto_delete_days": st.none() | st.integers(2, 36_500),
            "auto_delete_bytes": st.none() | st.integers(1 << 20, 1 << 50),
            "addresses": st.sampled_from([[], ["127.0.0.1"]]),
            "clients": st.sampled_from([[], [{"address": "10.0.0.0/8"}]]),
        },
    )
)
def test_what_is_sent_is_changed_and_nothing_else(changes: dict[str, object]) -> None:
    """An edited engine is the engine with the sent keys, as if the file had said so."""
    before = {**ENGINE, "title": "before", "workers": 3, "clients": [{"address": "::1"}]}
    request = request_of(OPERATIONS["engines.edit"], {"name": "main", "changes": changes})

    assert isinstance(request, EditEngine)
    assert request.changes.applied_to(EngineConfig.model_validate(before)) == EngineConfig.model_validate(
        {**before, **changes}
    )


@pytest.mark.parametrize("key", ["name", "class", "running"])
def test_what_is_fixed_cannot_be_sent(key: str) -> None:
    """A name, a class and whether it runs are no changes."""
    wrong, right = problems("engines.edit", {"name": "main", "changes": {key: "x"}})[f"changes.{key}"]

    assert "the field is unknown" == wrong
    assert "title" in right


def test_a_deletion_is_typed_twice() -> None:
    """Without the same name once more, and without saying what becomes of the data, nothing is deleted."""
    assert ["confirm"] == list(problems("engines.delete", {"name": "main", "confirm": "mane", "data": "keep"}))
    assert ["data"] == list(problems("engines.delete", {"name": "main", "confirm": "main", "data": "burn"}))
    assert "data" in problems("engines.delete", {"name": "main", "confirm": "main"})


@pytest.mark.parametrize("reason", ["no_space", "", "a b", 5, None])
def test_a_reason_is_a_name(reason: object) -> None:
    """A reason to pause is a name, and not the engine's own."""
    assert ["reason"] == list(problems("engines.pause", {"name": "main", "reason": reason}))


@pytest.mark.parametrize("line", ["x" * 65_001, "ä" * 32_501, 5, None, "\ud800"])
def test_a_line_fits_into_a_datagram(line: object) -> None:
    """A test line is text that one datagram can hold."""
    assert ["line"] == list(problems("engines.test_line", {"name": "main", "line": line}))


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_a_client_without_a_name_is_called_by_its_range() -> None:
    """A client has the form of the file."""
    request = request_of(OPERATIONS["clients.add"], {"engine": "main", "client": {"address": "10.*"}})

    assert isinstance(request, AddClient)
    assert ClientConfig(address="10.*", name="10.*") == request.client


def test_a_class_is_an_object_of_patterns() -> None:
    """A class has the form of the file, the order of its fields included."""
    request = request_of(OPERATIONS["classes.change"], {"class": {"name": "web", "fields": {"b": "(b)", "a": "(a)"}}})

    assert isinstance(request, WholeClass)
    assert ["b", "a"] == [field.name for field in request.log_class.fields]


@pytest.mark.parametrize(
    ("fields", "path", "wrong"),
    [
        ({"user": "("}, "class.fields.user", "does not compile"),
        ({"user": "user"}, "class.fields.user", "has no group 1"),
        ({"user": 5}, "class.fields.user", "5 is not text"),
        ({"User": "(u)"}, "class.fields.User", "is not a name"),
        ({"id": "(i)"}, "class.fields.id", "reserved"),
        ([], "class.fields", "a list is not an object"),
        ([{"name": "user", "pattern": "(u)"}], "class.fields", "a list is not an object"),
        (None, "class.fields", "does not fit"),
    ],
)
def test_a_wrong_class_is_told_where(fields: object, path: str, wrong: str) -> None:
    """Each problem of a class has the name of its field for a path."""
    assert wrong in problems("classes.validate", {"class": {"name": "web", "fields": fields}})[path][0]


@pytest.mark.parametrize("lines", [[], ["x"] * 1_001, "x", None, [5]])
def test_lines_to_try_are_a_list(lines: object) -> None:
    """One line to a thousand can be tried."""
    found = problems("classes.try", {"class": {"name": "web", "fields": {"a": "(a)"}}, "lines": lines})

    assert {"lines", "lines[0]"} & found.keys()


@pytest.mark.parametrize("days", [[], "some", ["2026-02-30"], ["../x"], ["2026-1-1"], [5], 5, {"a": 1}, ["20260101"]])
def test_days_are_dates(days: object) -> None:
    """Days are a list of dates as their files are called, or all of them."""
    assert ["days"] == list(problems("jobs.start", {"kind": "delete_days", "days": days}))


def test_a_job_gets_what_was_sent() -> None:
    """The keeper is told what was sent, under its own names, and nothing that was not."""
    sent = {"kind": "delete_days", "class": "web", "engine": "main", "days": ["2026-01-31"]}
    request = request_of(OPERATIONS["jobs.start"], sent)
    every = request_of(OPERATIONS["jobs.start"], {"kind": "retention", "days": "all"})

    assert isinstance(request, StartJob)
    assert isinstance(every, StartJob)
    assert {"class_name": "web", "engine": "main", "days": ("2026-01-31",)} == request.parameters
    assert {"days": "all"} == every.parameters


def test_a_bad_request_ends_a_command_as_a_bad_file_does() -> None:
    """The exit code of a command that asked for something impossible is `config`; it prints a line a problem."""
    with pytest.raises(BadRequest) as refused:
        request_of(OPERATIONS["engines.start"], {"name": "x", "extra": 1})

    assert ExitCode.CONFIG == refused.value.exit_code
    assert ["name", "extra"] == [line.partition(":")[0] for line in str(refused.value).splitlines()]
