"""Day files taken home: a sealed one byte for byte, a live one as a new file of the same schema."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from syslogger.errors import StoreError
from syslogger.query.exports import ExportRequest, Format
from syslogger.query.model import Order, Query
from syslogger.storage import day_copy
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.copy_file import copied_to
from syslogger.storage.day_copy import copying, described, is_sealed
from syslogger.storage.export import exported
from syslogger.storage.export_file import hash_of
from tests.storage.disks import DISKS, SmallDisk
from tests.storage.exporting import DAY, NASTY, append, chunks, data, note_runs, store
from tests.storage.making import partition, us
from tests.storage.plain import ask, change

NOON = us("2026-11-20T12:00:00")
REQUEST = ExportRequest(format=Format.DB, days=(f"a/main/{DAY}",))
EVERYTHING = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"


def live(root: Path, rows: int = 40) -> Path:
    """A day that is not sealed: nasty lines, a clock that stepped back."""
    lines = [f"{NASTY[number % len(NASTY)]} {number}" for number in range(rows)]
    stamps = [NOON + number - 7 * (number == rows // 2) for number in range(rows)]
    return store(root, "a/main", stamps, lines=lines)


def sealed(root: Path) -> Path:
    """A day as the keeper leaves it."""
    path = live(root)
    change(path, "PRAGMA journal_mode = DELETE")
    path.chmod(0o444)
    return path


def rows_of(path: Path) -> list[list[object]]:
    """Every row, as plain `sqlite3` reads it."""
    return ask(path, "SELECT * FROM entries ORDER BY id")


def never(_rows: int, _greatest: int) -> None:
    """Nobody listens."""


def test_a_sealed_day_is_taken_byte_for_byte(tmp_path: Path) -> None:
    """From the beginning, and from any place on."""
    path = sealed(tmp_path)
    whole = path.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(day_copy, "PIECE_BYTES", 100_000)
        found = chunks(tmp_path, REQUEST)

        assert b"".join(chunk.data for chunk in found) == whole
        assert data(tmp_path, REQUEST, found[1].after) == whole[200_000:]
        assert data(tmp_path, REQUEST, found[-1].after) == b""
    assert found[-1].rows == 40


def test_a_sealed_day_that_changed_is_told(tmp_path: Path) -> None:
    """What was given is of another file then."""
    path = sealed(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(day_copy, "PIECE_BYTES", 100_000)
        running = exported(Catalogue(tmp_path), REQUEST)
        first = next(running)
        os.utime(path, ns=(1, 1))

        with pytest.raises(StoreError, match=r"a\.main\.2026-11-20 was changed"):
            list(running)
        with pytest.raises(StoreError, match=r"a\.main\.2026-11-20 was changed"):
            data(tmp_path, REQUEST, first.after)


def test_a_live_day_becomes_a_file_of_its_own(tmp_path: Path) -> None:
    """Same tables, views and rows, without a WAL, for nobody else's eyes; a LogReader's code reads it as a day."""
    path, copy = live(tmp_path), tmp_path / "copy" / "a" / "main" / f"{DAY}.db"
    copy.parent.mkdir(parents=True)

    *_, (rows, greatest) = copying(path, copy)

    assert (rows, greatest) == (40, 40)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [each.name for each in copy.parent.iterdir()] == [copy.name]
    assert ask(copy, EVERYTHING) == ask(path, EVERYTHING)
    for (table,) in ask(path, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        assert ask(copy, f"SELECT * FROM {table}") == ask(path, f"SELECT * FROM {table}")
    assert ask(copy, "PRAGMA integrity_check") == [["ok"]]
    request = ExportRequest(format=Format.JSONL, query=Query(order=Order.OLDEST))
    assert data(tmp_path / "copy", request) == data(tmp_path, request.model_copy(update={"days": REQUEST.days}))


def test_what_comes_later_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledger and rows are of one moment, whatever is written between two ranges, and whoever is interrupted."""
    monkeypatch.setattr(day_copy, "COPIED_ROWS", 16)
    path, copy = live(tmp_path), tmp_path / "copy.db"
    before = rows_of(path)
    running = copying(path, copy)
    assert next(running) == (16, 40)
    with partition(path) as opened:
        append(opened.database, [NOON + 99], None)
        note_runs(opened.database)
        opened.advance(9, 0, 9, NOON + 99, NOON + 99)
        opened.database.execute("INSERT INTO clock_steps VALUES (1, 2, 3)")
        opened.database.commit()
    running.close()

    assert [rows for rows, _ in copying(path, copy)] == [32, 40, 40]
    assert rows_of(copy) == before
    assert ask(copy, "SELECT * FROM clock_steps") == []
    assert ask(copy, "SELECT greatest_received_at FROM partition") == [[NOON + 39]]


def test_a_live_day_can_be_given_as_bytes(tmp_path: Path) -> None:
    """The copy is made in a scratch folder first, and nothing is left there; it is not gone on with."""
    live(tmp_path / "root")
    (tmp_path / "scratch").mkdir()
    request = REQUEST.model_copy(update={"scratch": tmp_path / "scratch"})

    found = chunks(tmp_path / "root", request)
    (tmp_path / "copy.db").write_bytes(b"".join(chunk.data for chunk in found))

    assert rows_of(tmp_path / "copy.db") == rows_of(tmp_path / "root" / "a" / "main" / f"{DAY}.db")
    assert list((tmp_path / "scratch").iterdir()) == []
    with pytest.raises(StoreError, match="begun anew"):
        data(tmp_path / "root", request, found[0].after)


def test_a_copy_becomes_a_file_with_a_manifest(tmp_path: Path) -> None:
    """Its name comes last; the hash is of what lies there; another export's rest is not touched without force."""
    path, target = live(tmp_path), tmp_path / "out.db"
    other = REQUEST.model_copy(update={"days": ("a/main/2026-11-19",)})
    (tmp_path / "out.db.partial.json").write_text('{"copy": "another"}')
    with pytest.raises(StoreError, match="another export"):
        copied_to(path, target, REQUEST, "1", tell=never)

    manifest = copied_to(path, target, REQUEST, "1", force=True, tell=never)

    assert manifest.sha256 == hash_of(target)
    assert (manifest.rows, manifest.bytes) == (40, target.stat().st_size)
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["out.db", "out.db.manifest.json"]
    with pytest.raises(StoreError, match="--force"):
        copied_to(path, target, other, "1", tell=never)


@pytest.mark.parametrize("kind", DISKS)
def test_a_full_disk_is_the_one_of_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """It is named, with what to do there; nothing is said of deleting days, and the copy goes on when there is room."""
    path = store(tmp_path / "data", "a/main", range(NOON, NOON + 512), lines=["x" * 1_000] * 512)
    with DISKS[kind][1](tmp_path / "disk") as folder:
        full = FullCopy(monkeypatch) if kind == "pages" else SmallDisk(folder, monkeypatch)
        copy = folder / "copy.db"
        full.fill()
        with pytest.raises(StoreError, match="free space there") as caught:
            list(copying(path, copy))
        full.free()

        assert str(caught.value).startswith(f"{copy} lies on a disk that is full: ")
        assert "delete" not in str(caught.value)
        assert list(copying(path, copy))[-1] == (512, 512)
        assert rows_of(copy) == rows_of(path)


class FullCopy:
    """Copies that must not grow once they have their tables."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def fill(self) -> None:
        """No more pages."""
        take = day_copy._Copy.take

        def limited(copy: day_copy._Copy, last_id: int, greatest: int) -> int:
            used = copy._rows("PRAGMA main.page_count")[0][0]
            copy._rows(f"PRAGMA main.max_page_count = {used}")
            return take(copy, last_id, greatest)

        self._patch.setattr(day_copy._Copy, "take", limited)

    def free(self) -> None:
        """As many as anybody wants."""
        self._patch.undo()


def test_a_scratch_disk_that_is_full_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no copy can be made, the folder for it is what has to be seen to."""
    live(tmp_path / "root")

    def full(*, dir: Path) -> None:  # noqa: A002 as the library calls it
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(dir))

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    scratch = tmp_path / "scratch"
    with pytest.raises(StoreError, match=f"{scratch} lies on a disk that is full: free space there"):
        data(tmp_path / "root", REQUEST.model_copy(update={"scratch": scratch}))


def test_days_that_cannot_be_taken_are_told(tmp_path: Path) -> None:
    """One that is not there, one that was never completed, one that is no database."""
    with pytest.raises(StoreError, match="no stored day"):
        data(tmp_path, REQUEST)
    path = tmp_path / "a" / "main" / f"{DAY}.db"
    path.parent.mkdir(parents=True)
    path.touch()
    with pytest.raises(StoreError, match="never completed"):
        described(path)
    path.write_bytes(b"nonsense" * 9_000)
    with pytest.raises(StoreError, match="no SQLite file"):
        described(path)


def test_a_damaged_page_is_named(tmp_path: Path) -> None:
    """A live day whose pages cannot be read does not become a file."""
    path = store(tmp_path, "a/main", range(NOON, NOON + 512), lines=["x" * 1_000] * 512)
    raw = bytearray(path.read_bytes())
    raw[-3 * 65_536 : -2 * 65_536] = b"\xa5" * 65_536
    path.write_bytes(raw)

    with pytest.raises(StoreError, match=rf"{DAY}\.db: is damaged"):
        copied_to(path, tmp_path / "out.db", REQUEST, "1", tell=never)
    assert not (tmp_path / "out.db").exists()


def test_sealed_is_what_nobody_writes(tmp_path: Path) -> None:
    """The mode says so, and that there is no WAL."""
    assert not is_sealed(described(live(tmp_path)))
    (tmp_path / "a" / "main" / f"{DAY}.db").chmod(0o444)
    assert is_sealed(described(tmp_path / "a" / "main" / f"{DAY}.db"))
