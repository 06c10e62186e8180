"""Store: `factory.db`, what outlives the factory: engines, versions of classes, the file taken over, events.

Rules
- Every method is one transaction, on the disk when it returns (synchronous=FULL); `transaction` makes several calls
  one. One thread at a time.
- The schema grows by numbered files of SQL, forward only; before an older file is changed a copy is made beside it.
- Nobody but its owner reads the file or its copies (0600).
- Of each engine the newest 10,000 events are kept; up to 499 more may lie there until the next sweep. An engine's first
  event after the opening sweeps too, so that a factory which ends often does not gather them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from interfaces.records import ClassVersion, EngineRecord, Source, Taken
from syslogger.config import LogClass
from syslogger.errors import StoreError

EVENTS_KEPT, SWEEP_EVERY = 10_000, 500

Event = dict[str, Any]


def migrations() -> list[str]:
    """The SQL of each version of the schema, in order."""
    folder = resources.files("interfaces") / "schema"
    return [
        path.read_text("utf-8")
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".sql")
    ]


class Store:
    """The open file. Raises StoreError when it cannot be read or written, or is of a newer version."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._since_sweep: dict[str, int] = {}
        try:
            _make_private(path)
            with ExitStack() as opened:
                db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10.0)
                self._db = opened.enter_context(closing(db))
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=FULL")
                self._migrate()
                opened.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"{path}: {error}: its owner needs to read and write it, and the disk some room"
            ) from error

    def close(self) -> None:
        """Close it."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- engines -------------------------------------------------------------------------------------------------------

    def engines(self) -> list[EngineRecord]:
        """Every engine, deleted ones too, by name."""
        rows = self._rows("SELECT record FROM engines ORDER BY name")
        with self._fitting():
            return [EngineRecord.model_validate_json(record) for (record,) in rows]

    def put_engines(self, records: Iterable[EngineRecord]) -> None:
        """Keep these engines as they are now."""
        rows = [(record.name, record.model_dump_json(by_alias=True)) for record in records]
        self._write("INSERT OR REPLACE INTO engines VALUES (?, ?)", rows)

    # -- classes -------------------------------------------------------------------------------------------------------

    def classes(self) -> list[ClassVersion]:
        """The classes as they are, in the order in which they came."""
        return self._versions(
            "SELECT v.* FROM classes c JOIN class_versions v ON v.class = c.name AND v.version = c.version"
            " ORDER BY c.place"
        )

    def versions(self, name: str) -> list[ClassVersion]:
        """Every version of a class, oldest first."""
        return self._versions("SELECT * FROM class_versions WHERE class = ? ORDER BY version", name)

    def version(self, name: str, number: int) -> ClassVersion | None:
        """One version of a class; None where there is none of that number."""
        found = self._versions("SELECT * FROM class_versions WHERE class = ? AND version = ?", name, number)
        return found[0] if found else None

    def add_versions(self, classes: Iterable[LogClass], at: int, author: str, source: Source) -> list[ClassVersion]:
        """Make these the classes of their names, each as its next version."""
        added = []
        with self.transaction():
            for log_class in classes:
                name = log_class.name
                newest = "SELECT coalesce(max(version), 0) FROM class_versions WHERE class = ?"
                version = self._rows(newest, name)[0][0] + 1
                fields = json.dumps([[field.name, field.pattern] for field in log_class.fields], ensure_ascii=True)
                row = (name, version, fields, log_class.digest, at, author, source)
                self._db.execute("INSERT INTO class_versions VALUES (?, ?, ?, ?, ?, ?, ?)", row)
                self._db.execute(
                    "INSERT INTO classes VALUES (?1, (SELECT coalesce(max(place), 0) + 1 FROM classes), ?2)"
                    " ON CONFLICT (name) DO UPDATE SET version = ?2",
                    (name, version),
                )
                added.append(ClassVersion(log_class=log_class, version=version, at=at, author=author, source=source))
        return added

    def remove_class(self, name: str) -> None:
        """The class is none any more; its versions stay."""
        self._write("DELETE FROM classes WHERE name = ?", [(name,)])

    def _versions(self, sql: str, *values: object) -> list[ClassVersion]:
        rows = self._rows(sql, *values)
        with self._fitting():
            return [
                ClassVersion(
                    log_class=LogClass.model_validate({"name": name, "fields": dict(json.loads(fields))}),
                    version=version,
                    at=at,
                    author=author,
                    source=Source(source),
                )
                for name, version, fields, _, at, author, source in rows
            ]

    # -- the configuration file ----------------------------------------------------------------------------------------

    def taken(self) -> Taken | None:
        """What was last taken over from the file; None before the first start."""
        rows = self._rows("SELECT taken FROM taken_file")
        with self._fitting():
            return Taken.model_validate_json(rows[0][0]) if rows else None

    def take(self, taken: Taken, at: int) -> None:
        """Note what was taken over."""
        self._write("INSERT OR REPLACE INTO taken_file VALUES (1, ?, ?)", [(at, taken.model_dump_json())])

    # -- events --------------------------------------------------------------------------------------------------------

    def note_event(self, engine: str, event: Event) -> int:
        """Keep an event of an engine ("" for those of the factory itself); returns its number."""
        count = self._since_sweep.get(engine, SWEEP_EVERY - 1) + 1
        self._since_sweep[engine] = count % SWEEP_EVERY
        with self.transaction():
            row = (engine, event["at"], json.dumps(event))
            number = self._db.execute("INSERT INTO events (engine, at, event) VALUES (?, ?, ?)", row).lastrowid
            if count >= SWEEP_EVERY:
                self._db.execute(
                    "DELETE FROM events WHERE engine = ?1 AND id <="
                    " (SELECT id FROM events WHERE engine = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                    (engine, EVENTS_KEPT),
                )
        return int(number or 0)

    def events(self, engine: str | None, limit: int, before: int | None = None) -> list[Event]:
        """Events, newest first, each with its number under `id`; of one engine, or of all."""
        before = 1 << 62 if before is None else before
        if engine is None:
            rows = self._rows(
                "SELECT id, engine, event FROM events WHERE id < ? ORDER BY id DESC LIMIT ?", before, limit
            )
        else:
            of_one = "SELECT id, engine, event FROM events WHERE engine = ? AND id < ? ORDER BY id DESC LIMIT ?"
            rows = self._rows(of_one, engine, before, limit)
        return [{"id": number, "engine": owner, **json.loads(event)} for number, owner, event in rows]

    # -- inside --------------------------------------------------------------------------------------------------------

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _write(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        with self.transaction():
            self._db.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything in the block becomes true at its end, or nothing of it. Raises StoreError."""
        if self._db.in_transaction:
            yield
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._trouble(error) from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _trouble(self, error: sqlite3.Error) -> StoreError:
        return StoreError(
            f"{self._path}: {error}: nothing was changed; give the disk some room, or its owner the rights"
        )

    @contextmanager
    def _fitting(self) -> Iterator[None]:
        """What was kept by another version of the program, or on another Python, may be none of ours any more."""
        try:
            yield
        except ValidationError as error:
            raise StoreError(
                f"{self._path} holds what this program does not take: start the one that wrote it\n{error}"
            ) from error

    def _migrate(self) -> None:
        steps = migrations()
        ((version,),) = self._db.execute("PRAGMA user_version").fetchall()
        if version > len(steps):
            raise StoreError(
                f"{self._path} is of version {version}, this program knows {len(steps)}: start the newer program"
            )
        if 0 < version < len(steps):
            beside = self._path.with_name(f"{self._path.name}.version-{version}")
            _make_private(beside)
            with closing(sqlite3.connect(beside)) as copy:
                self._db.backup(copy)
        for number, sql in enumerate(steps[version:], version + 1):
            self._db.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")


def _make_private(path: Path) -> None:
    # SQLite gives its -wal and -shm the mode of the file itself
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
