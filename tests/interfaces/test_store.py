"""factory.db: what was put in comes out, over closing and killing; versions, migrations, bounds, troubles."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfaces import store as store_module
from interfaces.records import EngineRecord, Source, Taken
from interfaces.store import Store
from syslogger.config import LogClass
from syslogger.errors import StoreError
from syslogger.settings import EngineConfig
from tests.cli.program import environment

RECORD = EngineRecord(engine=EngineConfig(name="main", class_name="word", port=5140), created_at=1, source=Source.FILE)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)


def word(pattern: str = r"(\w+)", name: str = "word") -> LogClass:
    """A class of one field."""
    return LogClass.model_validate({"name": name, "fields": {"first": pattern}})


TAKEN = Taken(log_classes=(word(),), engines=(RECORD.engine,))


def test_what_is_put_in_comes_out_of_a_new_store(tmp_path: Path) -> None:
    """Engines, versions and the file survive closing; the file is its owner's alone."""
    path = tmp_path / "factory.db"
    stopped = RECORD.model_copy(update={"autostart": False, "paused": ("operator",)})
    with Store(path) as store:
        assert store.taken() is None
        store.put_engines([RECORD])
        store.put_engines([stopped])
        store.add_versions([word()], 5, "anna", Source.API)
        store.take(TAKEN, 7)
    with Store(path) as store:
        assert store.engines() == [stopped]
        (version,) = store.classes()
        assert (version.log_class, version.version, version.at, version.author) == (word(), 1, 5, "anna")
        assert store.taken() == TAKEN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@given(st.lists(st.tuples(NAMES, st.sampled_from(["(a)", "(b)", "(ü)"])), max_size=12))
def test_versions_count_by_class(made: list[tuple[str, str]]) -> None:
    """The n-th version of a class has the number n; the newest is the class; classes keep the order they came in."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "factory.db") as store:
        for name, pattern in made:
            store.add_versions([word(pattern, name)], 1, "anna", Source.CLI)
        newest = dict(made)
        assert {each.log_class.name: each.log_class.fields[0].pattern for each in store.classes()} == newest
        assert [each.log_class.name for each in store.classes()] == list(newest)
        for name in newest:
            patterns = [pattern for other, pattern in made if other == name]
            versions = store.versions(name)
            assert [each.version for each in versions] == list(range(1, len(patterns) + 1))
            assert [each.log_class.fields[0].pattern for each in versions] == patterns
            assert [store.version(name, each.version) for each in versions] == versions
            assert store.version(name, len(patterns) + 1) is None


def test_a_removed_class_goes_on_counting(tmp_path: Path) -> None:
    """Its versions stay; the next class of that name is not its first version again."""
    with Store(tmp_path / "factory.db") as store:
        store.add_versions([word()], 1, "anna", Source.FILE)
        store.remove_class("word")
        assert store.classes() == []
        store.add_versions([word("(b)")], 2, "anna", Source.FILE)
        assert [each.version for each in store.classes()] == [2]


def test_one_file_is_taken_over_at_a_time(tmp_path: Path) -> None:
    """However often the file is reloaded, only the last one lies there."""
    with Store(tmp_path / "factory.db") as store:
        for at in range(3):
            store.take(TAKEN.model_copy(update={"engines": ()}), at)
        store.take(TAKEN, 3)
        assert store.taken() == TAKEN
    with closing(sqlite3.connect(tmp_path / "factory.db")) as database:
        assert database.execute("SELECT count(*) FROM taken_file").fetchone() == (1,)


def test_the_file_is_made_private_again(tmp_path: Path) -> None:
    """Whatever mode it got meanwhile; and a link to somewhere else is not followed."""
    path = tmp_path / "factory.db"
    Store(path).close()
    path.chmod(0o644)
    Store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with pytest.raises(StoreError, match=r"link\.db"):
        Store(link)


def test_a_transaction_is_whole_or_nothing(tmp_path: Path) -> None:
    """What raises in the block takes back everything that was done in it."""

    def break_off(store: Store) -> None:
        with store.transaction():
            store.put_engines([RECORD])
            store.take(TAKEN, 1)
            raise ValueError

    with Store(tmp_path / "factory.db") as store:
        with pytest.raises(ValueError):  # noqa: PT011 it is ours, two lines above
            break_off(store)
        assert (store.engines(), store.taken()) == ([], None)


def test_events_are_the_newest_of_each_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They come newest first, page by page; of each engine old ones give way, whatever the others do."""
    monkeypatch.setattr(store_module, "EVENTS_KEPT", 10)
    monkeypatch.setattr(store_module, "SWEEP_EVERY", 5)
    with Store(tmp_path / "factory.db") as store:
        store.note_event("quiet", {"event": "ready", "at": 0, "message": "\udc80"})
        for number in range(100):
            store.note_event("loud", {"event": "warning", "at": number, "message": ""})
        (quiet,) = store.events("quiet", 100)
        assert quiet["message"] == "\udc80"
        loud = store.events("loud", 100)
        assert 10 <= len(loud) < 15
        assert [each["at"] for each in loud] == list(range(99, 99 - len(loud), -1))
        assert store.events("loud", 100, before=loud[3]["id"]) == loud[4:]
        assert [each["at"] for each in store.events(None, 3)] == [99, 98, 97]


def test_events_do_not_gather_over_many_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A factory that never lives to its first sweep keeps no more than one that does."""
    monkeypatch.setattr(store_module, "EVENTS_KEPT", 3)
    for number in range(10):
        with Store(tmp_path / "factory.db") as store:
            store.note_event("main", {"event": "ready", "at": number, "message": ""})
    with Store(tmp_path / "factory.db") as store:
        assert [each["at"] for each in store.events("main", 100)] == [9, 8, 7]


def test_a_kill_leaves_what_was_said_to_be_done(tmp_path: Path) -> None:
    """A process that is killed right after a call has that call in the file."""
    path = tmp_path / "factory.db"
    code = (
        "import os, signal, sys; from pathlib import Path; from interfaces.store import Store\n"
        "store = Store(Path(sys.argv[1])); store.note_event('', {'at': 3}); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, path], env=environment(), check=False)
    with Store(path) as store:
        assert [each["at"] for each in store.events("", 10)] == [3]


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    """It is left as it is, and the error says what to do."""
    path = tmp_path / "factory.db"
    Store(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="start the newer program"):
        Store(path)


def test_an_older_file_is_copied_and_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A further step of the schema keeps what is there, and the copy beside it is the file as it was."""
    path = tmp_path / "factory.db"
    with Store(path) as store:
        store.put_engines([RECORD])
    steps = [*store_module.migrations(), "CREATE TABLE more (x);"]
    monkeypatch.setattr(store_module, "migrations", lambda: steps)
    with Store(path) as store:
        assert store.engines() == [RECORD]
    with closing(sqlite3.connect(path)) as now, closing(sqlite3.connect(f"{path}.version-1")) as before:
        assert now.execute("PRAGMA user_version").fetchone() == (2,)
        assert now.execute("SELECT count(*) FROM more").fetchone() == (0,)
        assert before.execute("PRAGMA user_version").fetchone() == (1,)
        assert before.execute("SELECT count(*) FROM engines").fetchone() == (1,)
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of a step or nothing of it; the program of before can go on with the file."""
    path = tmp_path / "factory.db"
    with Store(path) as store:
        store.put_engines([RECORD])
    with monkeypatch.context() as broken:
        steps = [*store_module.migrations(), "CREATE TABLE more (x); CREATE TABLE more (x);"]
        broken.setattr(store_module, "migrations", lambda: steps)
        with pytest.raises(StoreError, match="already exists"):
            Store(path)
    with Store(path) as store:
        assert store.engines() == [RECORD]


def test_what_another_program_kept_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    """A pattern or an engine that this program does not take is no traceback, and everything else can still be read."""
    path = tmp_path / "factory.db"
    with Store(path) as store:
        store.add_versions([word()], 1, "anna", Source.CLI)
        store.put_engines([RECORD])
    with closing(sqlite3.connect(path)) as database, database:
        database.execute('UPDATE class_versions SET fields = \'[["first", "("]]\'')
        database.execute("UPDATE engines SET record = '{}'")
    with Store(path) as store:
        with pytest.raises(StoreError, match="start the one that wrote it"):
            store.classes()
        with pytest.raises(StoreError, match="start the one that wrote it"):
            store.engines()
        assert store.events(None, 1) == []


def test_what_is_no_database_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    """Rubbish, and a folder that cannot be written: a sentence and never a traceback of SQLite's."""
    path = tmp_path / "factory.db"
    path.write_bytes(b"rubbish" * 1_000)
    with pytest.raises(StoreError, match="not a database"):
        Store(path)
    with pytest.raises(StoreError, match="owner"):
        Store(tmp_path / "nowhere" / "factory.db")
