"""FILE: whole or not at all, gone on with after any interruption, its manifest beside it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from syslogger.errors import LockError, StoreError
from syslogger.query.exports import Chunk, ExportBound, ExportPlace, ExportRequest, Format, Manifest
from syslogger.storage import export_file
from syslogger.storage.export_file import ExportFile, manifest_of
from tests.storage.disks import SmallDisk, can_mount, small_disk
from tests.support import wait_until

REQUEST = ExportRequest(format=Format.RAW)
BOUND = ExportBound(last_ids={"a.main.2026-11-20": 3}, columns={"original_log": "TEXT"})


def chunk(total: int, data: bytes, *, whole: bool = False, request: ExportRequest = REQUEST, **more: object) -> Chunk:
    """A chunk whose end is `total` bytes from the beginning."""
    place = ExportPlace.model_validate(
        {"query": request.asked_as, "since": None, "until": None, "bound": BOUND, "rows": total, "bytes": total}
        | {"whole": whole, **more}
    )
    return Chunk(data, total, place.encoded(), 0)


@contextmanager
def interrupted(path: Path, *, request: ExportRequest = REQUEST) -> Iterator[None]:
    """`one ` was written, then the attempt ended."""
    with ExportFile(path, request) as file:
        file.write(chunk(4, b"one ", request=request))
    yield


def finished(path: Path, *, request: ExportRequest = REQUEST, force: bool = False) -> Manifest:
    """The attempt that writes what is missing of `one two`."""
    with ExportFile(path, request, force=force) as file:
        if file.after is None:
            file.write(chunk(4, b"one ", request=request))
        file.write(chunk(7, b"two", whole=True, request=request))
        return file.finish("1.2.3")


def test_a_file_is_named_when_it_is_whole(tmp_path: Path) -> None:
    """Until then there is only FILE.partial; behind that FILE and its manifest, for nobody else's eyes."""
    path = tmp_path / "out.log"
    with interrupted(path):
        assert sorted(each.name for each in tmp_path.iterdir()) == ["out.log.partial", "out.log.partial.json"]

    manifest = finished(path)

    assert path.read_bytes() == b"one two"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.log", "out.log.manifest.json"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}
    assert json.loads(manifest_of(path).read_bytes()) == manifest.model_dump(mode="json")
    assert manifest.sha256 == hashlib.sha256(b"one two").hexdigest()
    assert (manifest.rows, manifest.bytes, manifest.version) == (7, 7, "1.2.3")
    assert manifest.bound["last_ids"] == {"a.main.2026-11-20": 3}
    assert manifest.started <= manifest.finished


def test_an_attempt_goes_on_where_the_last_one_was(tmp_path: Path) -> None:
    """It says from where, and how much is there."""
    path = tmp_path / "out.log"
    with interrupted(path), ExportFile(path, REQUEST) as file:
        assert (file.after, file.bytes, file.rows) == (chunk(4, b"").after, 4, 4)


def test_what_no_place_counts_is_cut_off(tmp_path: Path) -> None:
    """Bytes behind the place that was saved are of nobody: a killed attempt left them."""
    path = tmp_path / "out.log"
    with interrupted(path):
        path.with_name("out.log.partial").write_bytes(b"one half a line")

    assert finished(path).sha256 == hashlib.sha256(b"one two").hexdigest()
    assert path.read_bytes() == b"one two"


@pytest.mark.parametrize("left", [b"", b"on", None])
def test_a_file_that_is_shorter_than_its_place_is_begun_anew(tmp_path: Path, left: bytes | None) -> None:
    """So is one of which only the place, or only the bytes are left."""
    path = tmp_path / "out.log"
    with interrupted(path):
        partial = path.with_name("out.log.partial")
        if left is None:
            path.with_name("out.log.partial.json").unlink()
        else:
            partial.write_bytes(left)

    with ExportFile(path, REQUEST) as file:
        assert (file.after, file.bytes) == (None, 0)
    finished(path)
    assert path.read_bytes() == b"one two"


def test_places_are_saved_as_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is killed between two of them loses no more than what lies between."""
    monkeypatch.setattr(export_file, "SAVED_BYTES", 4)
    path = tmp_path / "out.log"
    with ExportFile(path, REQUEST) as file:
        file.write(chunk(4, b"one "))
        note = path.with_name("out.log.partial.json")
        wait_until(note.exists, 60, "no place is saved")  # a thread does it
        saved = json.loads(note.read_bytes())["after"]
        file.write(chunk(6, b"tw"))

        assert saved == chunk(4, b"").after
        assert json.loads(note.read_bytes())["after"] == saved


def test_an_attempt_that_got_nothing_leaves_nothing(tmp_path: Path) -> None:
    """A question that was refused is no export to go on with."""
    with pytest.raises(StoreError, match="no such day"), ExportFile(tmp_path / "out.log", REQUEST):
        raise StoreError("no such day")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    """But with force; a folder never is; one that came meanwhile neither, and the export is not lost."""
    path = tmp_path / "out.log"
    path.write_bytes(b"mine")
    with pytest.raises(StoreError, match="--force"):
        ExportFile(path, REQUEST)
    with pytest.raises(StoreError, match="there already"):
        ExportFile(tmp_path, REQUEST, force=True)

    finished(path, force=True)
    assert path.read_bytes() == b"one two"

    other = tmp_path / "other.log"
    with ExportFile(other, REQUEST) as file:
        file.write(chunk(7, b"one two", whole=True))
        other.write_bytes(b"mine")
        with pytest.raises(StoreError, match="--force"):
            file.finish("1")
    assert other.read_bytes() == b"mine"
    assert other.with_name("other.log.partial").read_bytes() == b"one two"


def test_another_request_does_not_go_on_with_it(tmp_path: Path) -> None:
    """It says what is in its way, and takes it away when told to."""
    path = tmp_path / "out.log"
    other = ExportRequest(format=Format.CSV)
    with interrupted(path):
        with pytest.raises(StoreError, match="another export"):
            ExportFile(path, other)
        assert path.with_name("out.log.partial").read_bytes() == b"one "

    with ExportFile(path, other, force=True) as file:
        assert file.after is None


def test_only_one_writes_a_file(tmp_path: Path) -> None:
    """The second one is told that there is a first."""
    with ExportFile(tmp_path / "out.log", REQUEST), pytest.raises(LockError, match="another export"):
        ExportFile(tmp_path / "out.log", REQUEST)


def test_damage_is_looked_at_again(tmp_path: Path) -> None:
    """An attempt that found a damaged day is begun anew, for it may be repaired; not when such are to be left out."""
    path = tmp_path / "out.log"
    with ExportFile(path, REQUEST) as file:
        file.write(chunk(7, b"one two", whole=True, damaged={"a.main.2026-11-20": "why"}))

    skipping = REQUEST.model_copy(update={"skip_damaged": True})
    with ExportFile(path, skipping) as file:
        assert file.bytes == 7
        assert file.finish("1").damaged == {"a.main.2026-11-20": "why"}
    with ExportFile(tmp_path / "two.log", REQUEST) as file:
        file.write(chunk(7, b"one two", whole=True, damaged={"a.main.2026-11-20": "why"}))
    with ExportFile(tmp_path / "two.log", REQUEST) as file:
        assert file.bytes == 0


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Nothing is written through a link that lies where FILE.partial belongs."""
    (tmp_path / "out.log.partial").symlink_to(tmp_path / "target")

    with pytest.raises(StoreError, match=r"out\.log\.partial"):
        ExportFile(tmp_path / "out.log", REQUEST)
    assert not (tmp_path / "target").exists()


@contextmanager
def refusing(folder: Path) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """A folder whose file system refuses every write while it is told to be full."""
    folder.mkdir()

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @contextmanager
    def full() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "write", refuse)
            yield

    yield full


@contextmanager
def filled(folder: Path) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """A small file system that can be filled to its last byte."""
    with small_disk(folder), pytest.MonkeyPatch.context() as patch:
        small = SmallDisk(folder, patch)

        @contextmanager
        def full() -> Iterator[None]:
            small.fill()
            yield
            small.free()

        yield full


@pytest.mark.parametrize("disk", [refusing, *([filled] if can_mount() else [])])
def test_a_full_disk_costs_nothing(
    tmp_path: Path, disk: Callable[[Path], AbstractContextManager[Callable[[], AbstractContextManager[None]]]]
) -> None:
    """The error says what to do; FILE is not there; with room again it goes on where it was."""
    path = tmp_path / "disk" / "out.log"
    with disk(path.parent) as full:
        with ExportFile(path, REQUEST) as file:
            file.write(chunk(4, b"one "))
        with full(), pytest.raises(StoreError, match="disk is full"), ExportFile(path, REQUEST) as file:
            file.write(chunk(1 << 20, bytes(1 << 20)))
        assert not path.exists()

        assert finished(path).bytes == 7
        assert path.read_bytes() == b"one two"
