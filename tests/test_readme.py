"""The README names everything a user can meet, and nothing in it has gone out of date.

Names come from the program itself: commands from the entry points, keys from the models, codes, reasons and ledger keys
from their enums. What is new is missing here until it is written there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from syslogger.config import RESERVED_FIELDS, BatchingConfig, Config, EngineConfig, LimitsConfig, ReceiveConfig
from syslogger.errors import ExitCode
from syslogger.ledger import DropReason, Ledger

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHIPPED = json.loads((ROOT / "GLOBAL_CONFIG.json").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "benchmarks").rglob("*.md"))]

LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Folders of one machine. Lines of the corpora may hold any path: they are other people's logs.
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|farm|tmp/v|opt/wheels|opt/pypi)(?=/)")
NOT_OURS = {"LOG_DATABASE", "build", "dist", "__pycache__", "node_modules"}
OURS_ALTHOUGH_HIDDEN = {".ci", ".editorconfig", ".gitignore"}


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of one language."""
    return [code for name, code in FENCE.findall(text) if name == language]


def keys_of(model: type[Config | EngineConfig]) -> list[str]:
    """The JSON keys of a model: the alias where there is one."""
    return [str(field.validation_alias or name) for name, field in model.model_fields.items()]


def text_files(folder: Path) -> Iterator[Path]:
    """What a checkout holds as text, without what the program and the tools make."""
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") and path.name not in OURS_ALTHOUGH_HIDDEN
        if hidden or path.name in NOT_OURS or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from text_files(path)
        else:
            yield path


@pytest.mark.parametrize("name", PROJECT["entry-points"]["syslogger.commands"])
def test_it_names_every_command(name: str) -> None:
    """Each sub-command has a row in the table of commands."""
    assert re.search(rf"^\| `syslogger {name}\b", README, re.MULTILINE)


@pytest.mark.parametrize("key", sorted({*keys_of(Config), *SHIPPED}))
def test_it_names_every_configuration_key(key: str) -> None:
    """Each top-level key has a row, and the shipped file shows it."""
    assert f"\n| `{key}` |" in README
    assert key in SHIPPED


@pytest.mark.parametrize("key", keys_of(EngineConfig))
def test_it_names_every_key_of_an_engine(key: str) -> None:
    """Each key of an engine has a row, and the shipped engine shows it."""
    assert f"\n| `{key}` |" in README
    assert key in SHIPPED["ENGINES"][0]


@pytest.mark.parametrize(
    ("key", "default"),
    [
        (f"{section}.{name}", field.default)
        for section, model in (("RECEIVE", ReceiveConfig), ("BATCHING", BatchingConfig), ("LIMITS", LimitsConfig))
        for name, field in model.model_fields.items()
    ],
)
def test_it_names_every_setting_with_its_default(key: str, default: object) -> None:
    """Each receive and batching setting has a row with the default that the program and the shipped file have."""
    section, name = key.split(".")

    assert f"\n| `{key}` | `{default}` |" in README
    assert SHIPPED[section][name] == default


@pytest.mark.parametrize("key", [key for key, value in SHIPPED.items() if isinstance(value, int | str)])
def test_it_has_the_defaults_of_the_shipped_file(key: str) -> None:
    """A number or text in the shipped file is the default, and the README says the same."""
    field = next(field for field in Config.model_fields.values() if field.validation_alias == key)

    assert str(field.default) == str(SHIPPED[key])
    assert f"\n| `{key}` | `{SHIPPED[key]}` |" in README


@pytest.mark.parametrize("code", ExitCode)
def test_it_names_every_exit_code(code: ExitCode) -> None:
    """Each code has a row with its number and its word."""
    assert f"\n| {code.value} | {code.name.lower()} |" in README


@pytest.mark.parametrize("key", Ledger().as_json())
def test_it_names_every_key_of_the_ledger(key: str) -> None:
    """Each key of the ledger has a row that says what it counts."""
    assert f"\n| `{key}` |" in README


@pytest.mark.parametrize("reason", DropReason)
def test_it_names_every_reason_for_a_drop(reason: DropReason) -> None:
    """Each reason has a row."""
    assert f"\n| `{reason.value}` |" in README


def test_it_names_the_reserved_fields() -> None:
    """Names that a class may not use are listed."""
    taken = README.partition("These names are\n  taken:")[2].partition(".")[0]

    assert len(RESERVED_FIELDS) >= 15
    assert [name for name in RESERVED_FIELDS if not re.search(rf"\b{name}\b", taken)] == []


def test_programs_in_code_blocks_exist() -> None:
    """A command that starts with ./ or lies in .venv/bin is one that a checkout has, or that the setup makes."""
    commands = [word for code in blocks(README, "sh") for word in re.findall(r"^(?:sudo )?(\S+)", code, re.MULTILINE)]
    local = [command for command in commands if command.startswith("./")]
    made = [command.rpartition("/")[2] for command in commands if command.startswith(".venv/bin/")]

    assert "./start.sh" in local
    assert [command for command in local if not os.access(ROOT / command, os.X_OK)] == []
    assert set(made) <= set(PROJECT["scripts"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to another page or to a heading of the same page leads to one that exists."""
    text = page.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    links: list[tuple[str, str]] = LINK.findall(text)

    assert [file for file, _ in links if file and not (page.parent / file).exists()] == []
    assert [heading for file, heading in links if not file and heading not in headings] == []


def test_every_decision_is_listed() -> None:
    """The index of decisions has each page, and each page the five parts."""
    folder = ROOT / "docs" / "decisions"
    pages = sorted(folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text(encoding="utf-8")
    parts = ("**Context.**", "**Pain.**", "**Decision.**", "**Refused.**", "**Measurement")

    assert len(pages) >= 6
    assert [page.name for page in pages if f"({page.name})" not in index] == []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert [part for part in parts if part not in text] == [], page.name


def test_no_file_has_a_path_of_one_machine() -> None:
    """What is true only where it was written is in no file of the checkout."""
    files = [path for path in text_files(ROOT) if "corpus" not in path.parts]
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in files}

    assert len(texts) >= 80
    assert [str(path) for path, text in texts.items() if MACHINE.search(text)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("see /" + "root/x", True), ("a/root/x", False), ("/" + "work/main", True), ("/var/root/", False)],
)
def test_a_path_of_one_machine_is_recognised(text: str, found: bool) -> None:
    """A path counts from the root of the file system only."""
    assert bool(MACHINE.search(text)) is found


def test_the_library_example_runs(tmp_path: Path) -> None:
    """The program in the README starts an engine, stores one row and says so."""
    (program,) = blocks(README, "python")
    path = tmp_path / "example.py"
    path.write_text(program, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(path)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )

    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "1"
    assert len(list(tmp_path.glob("LOG_DATABASE/sshd/main/*.db"))) >= 1
