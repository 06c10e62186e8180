"""docs/licences.md says what the lock files install, and nothing with a licence that binds our users runs."""

from __future__ import annotations

import re
import shutil
from email.message import Message
from pathlib import Path

import pytest

from scripts import licences

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that holds what the script reads and writes."""
    (tmp_path / "docs").mkdir()
    for name in (licences.RUNTIME_LOCK, licences.DEVELOPMENT_LOCK, str(licences.PAGE)):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def about(**fields: str | list[str]) -> Message:
    """Metadata of a distribution: each keyword is a header, `_` stands for `-`."""
    message = Message()
    for name, values in fields.items():
        for value in [values] if isinstance(values, str) else values:
            message[name.replace("_", "-")] = value
    return message


def test_the_page_is_what_the_lock_files_say() -> None:
    """The page in the repository is the one that the script would write now."""
    assert licences.problem(ROOT) is None


def test_every_locked_distribution_is_on_the_page() -> None:
    """Each pin of the development lock, which holds all others, has a row with its version."""
    pins = licences.locked(ROOT / licences.DEVELOPMENT_LOCK)
    text = (ROOT / licences.PAGE).read_text(encoding="utf-8")

    assert len(pins) > 20
    assert [name for name, version in pins.items() if f"| {name} | {version} |" not in text] == []


def test_the_development_lock_holds_the_runtime_lock() -> None:
    """What tests run with is what users run with."""
    runtime = licences.locked(ROOT / licences.RUNTIME_LOCK)
    development = licences.locked(ROOT / licences.DEVELOPMENT_LOCK)

    assert len(runtime) > 10
    assert runtime.items() <= development.items()


def test_nothing_that_runs_binds_our_users() -> None:
    """No distribution of the runtime lock is under a licence of the GPL family."""
    rows = [licences.row_of(*pin) for pin in licences.locked(ROOT / licences.RUNTIME_LOCK).items()]

    assert [row.name for row in rows if re.search(r"GPL|GNU", row.licence)] == []


def test_every_pin_of_a_lock_has_hashes_and_no_index() -> None:
    """A lock says what is installed, bit by bit, and leaves it to the machine where it comes from."""
    for name in (licences.RUNTIME_LOCK, licences.DEVELOPMENT_LOCK):
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.split(r"^(?=[a-z0-9][a-z0-9._-]*==)", text, flags=re.MULTILINE)[1:]

        assert len(pins) == len(licences.locked(ROOT / name))
        assert [pin.split("==")[0] for pin in pins if "--hash=sha256:" not in pin] == []
        assert re.findall(r"--(?:extra-)?index-url|--find-links|--trusted-host|://", text) == []


def test_writing_and_checking_agree(checkout: Path) -> None:
    """What the script writes, its check accepts."""
    (checkout / licences.PAGE).unlink()

    assert licences.main(["--root", str(checkout)]) == 0
    assert licences.main(["--root", str(checkout), "--check"]) == 0


def test_a_stale_page_is_found(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that differs by one word fails the check, and the message says what to run."""
    path = checkout / licences.PAGE
    path.write_text(path.read_text(encoding="utf-8").replace("| MIT |", "| ISC |", 1), encoding="utf-8")

    assert licences.main(["--root", str(checkout), "--check"]) == 1
    assert "run: python scripts/licences.py" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("pin", "words"),
    [
        ("no-such-distribution==1.0", "no-such-distribution is in the lock but not installed"),
        ("click==0.1", "the lock says 0.1"),
    ],
)
def test_a_lock_that_is_not_installed_is_an_error(
    checkout: Path, capsys: pytest.CaptureFixture[str], pin: str, words: str
) -> None:
    """A pin that the environment does not have is named, with what to run."""
    lock = checkout / licences.RUNTIME_LOCK
    lock.write_text(f"{pin} \\\n    --hash=sha256:00\n", encoding="utf-8")

    assert licences.main(["--root", str(checkout), "--check"]) == 1
    message = capsys.readouterr().err
    assert words in message
    assert "./test.sh --setup" in message


@pytest.mark.parametrize(
    ("message", "licence"),
    [
        (about(License_Expression="MIT", License="other"), "MIT"),
        (about(Classifier=["Topic :: Logging", "License :: OSI Approved :: BSD License"], License="x"), "BSD License"),
        (about(License="Apache-2.0"), "Apache-2.0"),
    ],
)
def test_the_most_exact_words_win(message: Message, licence: str) -> None:
    """An SPDX expression is taken before classifiers, and those before free text."""
    assert licences.licence_of(message) == licence


@pytest.mark.parametrize("message", [about(Name="x"), about(Name="x", License="Permission is\nhereby granted")])
def test_a_distribution_without_a_licence_is_an_error(message: Message) -> None:
    """No licence, or a whole text instead of its name, is said and not guessed."""
    with pytest.raises(licences.LicenceError, match="x names no licence"):
        licences.licence_of(message)
