"""Configuration files whole: the shipped one, good and bad ones of the corpus, and what becomes of them.

In the corpus, tests/corpus/config, a `good_*.json` loads and a `bad_*.json` has exactly the problems of the `.txt`
beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger import config
from syslogger.config import (
    DEFAULT_CLIENTS,
    BatchingConfig,
    Config,
    ConfigError,
    EngineConfig,
    EngineSettings,
    ReceiveConfig,
)
from syslogger.errors import ExitCode

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "GLOBAL_CONFIG.json"
CORPUS = sorted((ROOT / "tests" / "corpus" / "config").glob("*.json"))
GOOD = [path for path in CORPUS if path.name.startswith("good_")]
BAD = [path for path in CORPUS if path.name.startswith("bad_")]

LINE = (
    "<134> 01:02:05 T8Y45jGZY prerouting: in:<pppoe-RRWLkNYEZ> out:(unknown 0), connection-state:established,snat proto"
    " TCP (ACK,FIN,PSH), 73.181.232.17:34921->176.13.130.56:13878, NAT (73.181.232.17:34921->95.110.59.28:11384)->"
    "176.13.130.56:13878, len 946"
)


def loaded(text: str, folder: Path = Path("/etc/syslogger")) -> Config:
    """The configuration of a file with this text."""
    return config.parse(text.encode(), folder)


def problems(text: str) -> list[str]:
    """The problems of a file with this text, one line each."""
    with pytest.raises(ConfigError) as caught:
        loaded(text)
    return str(caught.value).splitlines()


def corpus(name: str) -> Config:
    """A good file of the corpus."""
    return config.load(ROOT / "tests" / "corpus" / "config" / name)


def test_the_corpus_is_there() -> None:
    """Without files the tests over files would hold nothing."""
    assert len(GOOD) >= 4
    assert len(BAD) >= 10


@pytest.mark.parametrize("path", [SHIPPED, *GOOD], ids=lambda path: path.name)
def test_a_good_file_loads(path: Path) -> None:
    """A good file loads, and each engine's settings cross a process boundary unchanged."""
    found = config.load(path)

    assert found.root.is_absolute()
    for engine in found.engines:
        settings = found.engine_settings(engine)
        assert EngineSettings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_bad_file_has_all_its_problems(path: Path) -> None:
    """Every problem is reported at once, in the order of the file, with its path, what is wrong and what is right."""
    with pytest.raises(ConfigError) as caught:
        config.load(path)

    assert str(caught.value).splitlines() == path.with_suffix(".txt").read_text("utf-8").splitlines()
    assert caught.value.exit_code is ExitCode.CONFIG


def test_the_shipped_file_says_the_defaults() -> None:
    """The shipped file has every key, and taking out those with a default changes nothing but the engines."""
    shipped = config.load(SHIPPED)
    raw = json.loads(SHIPPED.read_text("utf-8"))
    bare = config.parse(json.dumps({"ENGINE_CLASSES": raw["ENGINE_CLASSES"]}).encode(), ROOT)

    assert raw.keys() == {str(field.validation_alias) for field in Config.model_fields.values()}
    assert raw["RECEIVE"].keys() == ReceiveConfig.model_fields.keys()
    assert raw["BATCHING"].keys() == BatchingConfig.model_fields.keys()
    assert bare == shipped.model_copy(update={"engines": ()})
    assert bare.engines == ()


def test_the_defaults_are_those_of_the_issue() -> None:
    """Ports, folder, expirations, days and the rest have the values that the documentation names."""
    found = loaded('{"ENGINE_CLASSES": {}}')

    assert (found.fast_api_server_port, found.interface_factory_port) == (3000, 3100)
    assert (found.fast_api_server_host, found.trusted_proxies) == ("127.0.0.1", ())
    assert found.root == Path("/etc/syslogger/LOG_DATABASE")
    assert (found.token_expiration_minutes, found.download_token_expiration_minutes) == (3600, 60)
    assert (found.auto_delete_days, found.space_percentage_to_stop, found.allowed_origins) == (180, 90, ())
    assert found.time_zone == config.system_time_zone()
    assert found.receive.model_dump() == {
        "max_message_bytes": 8192,
        "receive_buffer_bytes": 67108864,
        "sockets": 1,
        "nap_microseconds": 1000,
    }
    assert found.batching.model_dump() == {
        "flush_milliseconds": 100,
        "ring_slots": 16,
        "commit_batches": 6,
        "drain_seconds": 30,
    }


def test_the_shipped_engine_listens_for_the_private_ranges() -> None:
    """The shipped engine is `main` on UDP 5140 with the default clients and nothing else set."""
    (engine,) = config.load(SHIPPED).engines

    assert engine == EngineConfig.model_validate({"name": "main", "class": "mikrotik", "port": 5140})
    assert engine.clients == DEFAULT_CLIENTS
    assert {client.address for client in DEFAULT_CLIENTS} == {
        "127.0.0.0/8",
        "::1",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    }


def test_the_shipped_class_reads_its_lines() -> None:
    """Every field of the class `mikrotik` finds its value in the line that the documentation shows."""
    found = {field.name: re.search(field.pattern, LINE) for field in config.load(SHIPPED).classes["mikrotik"].fields}

    assert {name: match and match[1] for name, match in found.items()} == {
        "pppoe": "RRWLkNYEZ",
        "router_identity": "T8Y45jGZY",
        "user_ip": "73.181.232.17:34921",
        "destination_ip": "176.13.130.56:13878",
        "nat_ip": "95.110.59.28:11384",
    }


def test_an_existing_fast_logger_file_loads_unchanged() -> None:
    """The nine keys of the older program keep name and meaning; a single origin is a list of one."""
    found = corpus("good_fast_logger.json")

    assert found.allowed_origins == ("*",)
    assert (found.token_expiration_minutes, found.download_token_expiration_minutes) == (1440, 5)
    assert list(found.classes) == ["router", "empty"]
    assert found.classes["router"].columns == (
        ("user", "TEXT"),
        ("source_ip", "TEXT"),
        ("source_port", "INTEGER"),
        ("action", "TEXT"),
    )


def test_everything_can_be_set() -> None:
    """Each key of a full file arrives under its attribute, classes and fields in their order."""
    found = corpus("good_everything.json")
    edge, core, last = found.engines

    assert found.time_zone == "Asia/Kathmandu"
    assert found.root == ROOT / "tests" / "corpus" / "data" / "logs"
    assert list(found.classes) == ["z_first", "a_second"]
    assert [field.name for field in found.classes["z_first"].fields] == ["b_ip", "a", "b", "a_port", "rowid"]
    assert (found.receive.max_message_bytes, found.batching.drain_seconds) == (65535, 1)
    assert (edge.keep_original, edge.workers, edge.auto_delete_days, edge.running) == (False, 64, 2, False)
    assert edge.addresses == ("192.0.2.1", "192.0.2.2", "2001:db8::1")
    assert [client.name for client in edge.clients] == [
        "Büro Ost",
        "10.1.2.3",
        "::ffff:10.0.0.0/104",
        "everybody",
        "::/0",
    ]
    assert core.clients == ()
    assert last.clients == DEFAULT_CLIENTS


def test_relative_paths_start_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory does not matter, neither for the file's own path nor for what stands in it."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "c.json").write_text('{"ENGINE_CLASSES": {}, "ROOT_SAVED_DATA_DIRECTORY": "../data"}')
    monkeypatch.chdir(tmp_path)

    assert config.load(Path("etc/c.json")).root == tmp_path / "data"
    assert loaded('{"ENGINE_CLASSES": {}, "ROOT_SAVED_DATA_DIRECTORY": "/var/log/x"}').root == Path("/var/log/x")


def missing(folder: Path) -> Path:
    """No file at all."""
    return folder / "none.json"


def too_large(folder: Path) -> Path:
    """A file of one byte more than is read."""
    path = folder / "large.json"
    with path.open("wb") as file:
        file.truncate(config.MAX_FILE_BYTES + 1)
    return path


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (missing, "No such file or directory"),
        (lambda folder: folder, "Is a directory"),
        (too_large, "larger than 8 MiB"),
        (lambda folder: folder / "a\0b", "null byte"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(make: Callable[[Path], Path], reason: str, tmp_path: Path) -> None:
    """What the system refuses is told as a problem of the file, not as a traceback."""
    with pytest.raises(ConfigError) as caught:
        config.load(make(tmp_path))

    (problem,) = caught.value.problems
    assert problem.path == "$"
    assert reason in problem.wrong


def test_kinds_of_problems_do_not_hide_each_other() -> None:
    """A slip of JSON, a wrong value and a collision are reported together, once each, in the order of the file."""
    text = """{
        "ENGINES": [{"name": "main", "class": "c", "port": 3000, "port": 3000, "workers": "many"}],
        "ENGINE_CLASSES": {"c": {"time": "(", "x": "(x)"}},
        "AUTO_DELETE": 1
    }"""

    assert [line.partition(":")[0] for line in problems(text)] == [
        "ENGINES[0].port",
        "ENGINES[0].port",
        "ENGINES[0].workers",
        "ENGINE_CLASSES.c.time",
        "ENGINE_CLASSES.c.time",
        "AUTO_DELETE",
    ]


def test_the_names_of_our_attributes_are_no_keys() -> None:
    """A file cannot use the Python names that its keys have inside."""
    assert problems('{"ENGINE_CLASSES": {}, "receive": {}, "root": "/x"}') == [
        "receive: the key is unknown; did you mean 'RECEIVE'?",
        problems('{"ENGINE_CLASSES": {}, "root": 1}')[0],
    ]


def pointers(node: Any, where: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value in a JSON document."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [where, *(place for key, child in children for place in pointers(child, (*where, key)))]


EVERYTHING = json.loads((ROOT / "tests" / "corpus" / "config" / "good_everything.json").read_text("utf-8"))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text() | st.just("name"), inner, max_size=2),
    max_leaves=4,
)


def replaced(node: Any, where: tuple[Any, ...], value: Any) -> Any:
    """The document with another value at one place; a place that is there no more changes nothing."""
    if not where:
        return value
    if isinstance(node, dict):
        return {**node, where[0]: replaced(node.get(where[0]), where[1:], value)}
    if isinstance(node, list):
        return [replaced(child, where[1:], value) if i == where[0] else child for i, child in enumerate(node)]
    return node


@given(
    st.lists(st.tuples(st.sampled_from(pointers(EVERYTHING)), JSON_VALUES), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["RECEIVE", "ENGINES", "x", "\x1b"]), JSON_VALUES, max_size=1),
)
def test_any_file_loads_or_has_problems(changes: list[tuple[tuple[Any, ...], Any]], more: dict[str, Any]) -> None:
    """Whatever is put in place of a value, the file loads, or each problem is told once in one printable line."""
    document: Any = {**EVERYTHING, **more}
    for where, value in changes:
        document = replaced(document, where, value)

    try:
        lines = [loaded(json.dumps(document)).digest + ": ; "]
    except ConfigError as error:
        lines = [str(problem) for problem in error.problems]

    assert lines != []
    assert len(set(lines)) == len(lines)
    assert all(line.isprintable() and ": " in line and "; " in line for line in lines)
