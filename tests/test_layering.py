"""Who may import whom, as docs/architecture.md says it; the rules are the table below.

What lies in shared memory (`shared`, `piece`, `senders`) counts as part of the ring, what checks a configuration
(`checks`, `rawconfig`) as part of `config`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.imports import Module, modules_below, parse, reachable, within

ROOT = Path(__file__).resolve().parents[1]
MODULES = modules_below(ROOT / "syslogger") | modules_below(ROOT / "interfaces") | modules_below(ROOT / "api")

LEAVES = (
    "syslogger.errors",
    "syslogger.batch",
    "syslogger.ledger",
    "syslogger.arrow",
    "syslogger.events",
    "syslogger.lifecycle",
)
PURE = (
    "syslogger.config",
    "syslogger.settings",
    "syslogger.changes",
    "syslogger.checks",
    "syslogger.rawconfig",
    "syslogger.clients",
    "syslogger.extract",
    "syslogger.query",
    "syslogger.storage.day",
    "syslogger.storage.retention",
    "syslogger.storage.surplus",
    "syslogger.storage.outlook",
    "syslogger.storage.rollup_sql",
    "syslogger.storage.verdict",
)
RING = ("syslogger.ring", "syslogger.slots", "syslogger.shared", "syslogger.piece", "syslogger.senders")
ROOMS = ("syslogger.inputs", "syslogger.extract", "syslogger.storage", "syslogger.detection")
WIRING = (
    "syslogger.bridge",
    "syslogger.keeper",
    "syslogger.keeping",
    "syslogger.notebook",
    "syslogger.sealer",
    "syslogger.thinning",
    "syslogger.lines",
    "syslogger.asking",
    "syslogger.reader",
    "syslogger.reader_process",
    "syslogger.reading",
    "syslogger.status",
    "syslogger.engine",
    "syslogger.cli",
    "syslogger.bench",
    "syslogger.__main__",
)

SQLITE = ("sqlite3", "adbc_driver_sqlite", "adbc_driver_manager")
PROCESSES = ("multiprocessing", "subprocess", "concurrent")
# What loads in a process that must stay small and quick to start.
LIGHT = (
    "syslogger.errors",
    "syslogger.ledger",
    "syslogger.events",
    "syslogger.lifecycle",
    "syslogger.changes",
    "syslogger.settings",
    "syslogger.config",
    "syslogger.checks",
    "syslogger.rawconfig",
    "syslogger.clients",
    "syslogger.query.model",
    "syslogger.query.words",
    "syslogger.query.cursor",
    "syslogger.query.questions",
    "syslogger.query.answers",
    "syslogger.query.exports",
    "syslogger.query.text",
    "syslogger.query.text_values",
    "syslogger.query.misread",
    "syslogger.query.printed",
    "syslogger.query.normal",
    "syslogger.query.times",
    "syslogger.storage.day",
    "syslogger.inputs",
    "syslogger.control",
    "syslogger.engine",
    "syslogger.keeper",
    "syslogger.lines",
    "syslogger.parcels",
    "syslogger.asking",
    "syslogger.reader",
    "syslogger.reader_process",
    "syslogger.cli",
    "syslogger.__main__",
    "interfaces",
)
READS_THE_ENVIRONMENT = ("syslogger.config", "syslogger.__main__", "syslogger.cli")


@dataclass(frozen=True)
class Rule:
    """The modules in `of` import nothing that lies in `never`, except what lies in `but`."""

    of: tuple[str, ...]
    never: tuple[str, ...]
    but: tuple[str, ...] = ()

    def broken_by(self, module: Module) -> list[str]:
        """Each forbidden import of the module, with its line."""
        return [
            f"{module.name}:{found.line} imports {found.name}"
            for found in module.imports
            if within(found.name, *self.never) and not within(found.name, *self.but)
        ]

    def covers(self, module: Module) -> bool:
        """True when the rule speaks of this module."""
        return within(module.name, *self.of)


RULES = {
    "leaves import nothing of ours": Rule(LEAVES, ("syslogger",)),
    "pure modules touch no operating system": Rule(PURE, ("socket", "time", "mmap", "fcntl", *SQLITE, *PROCESSES)),
    "the control folder, frames and parcels know nothing of ours": Rule(
        ("syslogger.control", "syslogger.frames", "syslogger.parcels"), ("syslogger",)
    ),
    "the tail's reader knows nothing of the engine": Rule(
        ("syslogger.tail",), ("syslogger",), ("syslogger.control", "syslogger.errors", "syslogger.frames")
    ),
    "pure modules import only pure ones": Rule(PURE, ("syslogger",), (*LEAVES, *PURE)),
    "inputs know sockets only": Rule(("syslogger.inputs",), (*SQLITE, *PROCESSES)),
    "storage knows files only": Rule(
        ("syslogger.storage",),
        ("socket", *PROCESSES),
        ("concurrent.futures.Future", "concurrent.futures.ThreadPoolExecutor"),
    ),
    "the ring knows memory only": Rule(RING, ("socket", *SQLITE, *PROCESSES)),
    "the ring knows no room": Rule(RING, (*ROOMS, *WIRING)),
    "rooms do not know who wires them": Rule(ROOMS, WIRING),
    "nothing imports the control and web planes": Rule(("syslogger",), ("interfaces", "api", "fastapi", "starlette")),
    "the control plane asks engines and never touches their data": Rule(("interfaces",), (*RING, *ROOMS[::2])),
    "what a reload makes of the file is pure": Rule(
        ("interfaces.takeover",), ("os", "socket", "asyncio", "sqlite3", "time")
    ),
    "the control plane knows no web plane": Rule(("interfaces",), ("api", "fastapi")),
    "the web plane reads days through the reader and acts through the factory": Rule(
        ("api",),
        ("syslogger.storage", "syslogger.inputs", *RING, "syslogger.engine", "syslogger.keeper", "adbc_driver_sqlite"),
        ("syslogger.storage.export_file",),
    ),
    "of the control plane the web plane knows the client and what servers share": Rule(
        ("api",),
        ("interfaces",),
        ("interfaces.client", "interfaces.errors", "interfaces.request_head", "interfaces.run"),
    ),
    "routes know no SQLite": Rule(("api.routers",), ("sqlite3", "aiosqlite")),
    "the web plane answers without a client library of its own": Rule(("api",), ("httpx", "requests", "certifi")),
    "the engine does not know its command line": Rule(
        ("syslogger.bridge", "syslogger.engine", "syslogger.process", "syslogger.worker"),
        ("syslogger.cli", "syslogger.bench", "syslogger.__main__", "click", "rich"),
    ),
} | {
    f"{room} does not know the other rooms": Rule((room,), tuple(other for other in ROOMS if other != room))
    for room in ROOMS[:3]
}


@pytest.mark.parametrize("words", RULES)
def test_imports_follow_the_table(words: str) -> None:
    """No module imports what its room must not know."""
    covered = [module for module in MODULES.values() if RULES[words].covers(module)]

    assert covered != []
    assert [breach for module in covered for breach in RULES[words].broken_by(module)] == []


def test_the_whole_tree_was_read() -> None:
    """A walk that found next to nothing would hold no rule at all."""
    assert len(MODULES) >= 40
    assert {"syslogger.errors", "syslogger.extract.pattern", "syslogger.inputs.udp"} <= MODULES.keys()


@pytest.mark.parametrize("words", RULES)
def test_a_breach_of_the_table_is_found(words: str) -> None:
    """Each rule reports an import of each thing it forbids."""
    rule = RULES[words]
    for name in rule.never:
        breach = parse(f"{rule.of[-1]}.new", f"def later():\n    from {name} import something")

        assert rule.covers(breach)
        assert rule.broken_by(breach) == [f"{breach.name}:2 imports {name}.something"]


@pytest.mark.parametrize("name", sorted(name for name in MODULES if within(name, *LIGHT)))
def test_light_modules_do_not_load_polars(name: str) -> None:
    """A process that never sees a column does not pay for the column engine, nor for Arrow."""
    loaded = reachable(name, MODULES, at_load=True)

    assert sorted(other for other in loaded if within(other, "polars", "pyarrow")) == []


def test_the_writer_never_meets_a_second_sqlite() -> None:
    """ADBC carries its own SQLite: were `sqlite3` to open the same file, closing it would drop the writer's locks."""
    assert "sqlite3" not in reachable("syslogger.storage.writer", MODULES, at_load=False)


def test_only_the_front_doors_read_the_environment() -> None:
    """Configuration crosses as one frozen object: nobody else looks at the environment or at configuration files."""
    others = [module for module in MODULES.values() if not within(module.name, *READS_THE_ENVIRONMENT)]

    assert len(others) >= 15
    assert [breach for module in others for breach in configuration_reads(module)] == []


def configuration_reads(module: Module) -> list[str]:
    """Each place where a module reads the environment or names a configuration file."""
    nodes = [node for node in ast.walk(module.tree) if isinstance(node, ast.expr)]
    unread = {id(inner) for node in nodes for inner in _not_reading(node)}
    reads = [node for node in nodes if _names_configuration(node) or (_is_environment(node) and id(node) not in unread)]
    return [f"{module.name}:{node.lineno} {ast.unparse(node)}" for node in reads]


def _not_reading(node: ast.expr) -> list[ast.expr]:
    # os.environ["POLARS_MAX_THREADS"] = "1" tells a library something.
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        return [node.value]
    # os.environ | {"POLARS_MAX_THREADS": "1"} hands it on to a child, whole and unread.
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [node.left]
    return []


def _is_environment(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in {"environ", "environb", "getenv", "getenvb"}


def _names_configuration(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "GLOBAL_CONFIG.json"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import sqlite3", "sqlite3"),
        ("def f():\n    import sqlite3", "sqlite3"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sqlite3", "sqlite3"),
        ("try:\n    from syslogger.storage import day\nexcept ImportError:\n    raise", "syslogger.storage.day"),
        ("from ..storage import day", "syslogger.storage.day"),
        ("from . import gelf", "syslogger.inputs.gelf"),
    ],
)
def test_an_import_is_found_wherever_it_stands(text: str, name: str) -> None:
    """In a function, for types only, in a branch, relative: the walk sees it."""
    assert name in parse("syslogger.inputs.udp", text).names()


def test_what_is_loaded_goes_through_packages_and_other_modules() -> None:
    """A module loads what its package loads and what its imports load, and not what a function imports later."""
    modules = {
        module.name: module
        for module in (
            parse("syslogger", "import syslogger.engine", Path("__init__.py")),
            parse("syslogger.engine", "import polars\ndef late():\n    import sqlite3"),
            parse("syslogger.errors", "import enum"),
        )
    }

    assert {"enum", "polars"} <= reachable("syslogger.errors", modules, at_load=True)
    assert "sqlite3" not in reachable("syslogger.errors", modules, at_load=True)
    assert "sqlite3" in reachable("syslogger.errors", modules, at_load=False)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("import os\nos.environ['A'] = '1'", 0),
        ("import os\nenvironment = os.environ | {'A': '1'}", 0),
        ("import os\nprint(os.environ['A'])", 1),
        ("import os\nos.environ.setdefault('A', '1')", 1),
        ("from os import getenv\ngetenv('A')", 1),
        ("open('GLOBAL_CONFIG.json')", 1),
    ],
)
def test_reading_the_environment_is_found(text: str, count: int) -> None:
    """Every way to read is found; telling a library or handing it on to a child is not reading."""
    assert len(configuration_reads(parse("syslogger.ring", text))) == count
