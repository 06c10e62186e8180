"""Exports: everything that matches, in order, the same bytes however often it was interrupted."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.errors import StoreError, SysloggerError
from syslogger.query.cursor import CursorError
from syslogger.query.exports import ExportRequest, Format
from syslogger.query.model import Contains, Order, Query
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.export import exported
from tests.storage.exporting import DAY, NASTY, chunks, data, place, store, windows_of
from tests.storage.making import log_class, us
from tests.storage.plain import change

NOON = us("2026-11-20T12:00:00")
SECOND = 1_000_000
LINES = (Format.CSV, Format.JSONL, Format.RAW, Format.PARQUET)
ENGINES = ("a/edge", "a/main", "b/main")


def asked(form: Format = Format.JSONL, **query: object) -> ExportRequest:
    """A request for rows, the oldest first."""
    return ExportRequest(format=form, query=Query.model_validate({"order": Order.OLDEST, **query}))


def objects(found: bytes) -> list[dict[str, object]]:
    """The rows of JSON lines."""
    return [json.loads(line) for line in found.splitlines()]


def read(form: Format, found: bytes) -> list[str]:
    """The lines of an export whose first column they are."""
    match form:
        case Format.CSV:
            return [row[0] for row in csv.reader(io.StringIO(found.decode(), newline=""))][1:]
        case Format.JSONL:
            return [str(json.loads(line)["original_log"]) for line in found.decode().split("\n")[:-1]]
        case Format.PARQUET:
            return list(pq.read_table(io.BytesIO(found))["original_log"].to_pylist())
        case _:
            return list(NASTY) if found.decode() == "".join(f"{line}\n" for line in NASTY) else []


def several(root: Path) -> None:
    """Two classes, three engines, two days, stamps that are alike, a clock that stepped back, a late row."""
    store(root, "a/main", [NOON, NOON, NOON + 5, NOON - 3, NOON + 1, NOON + 9], number=[None, "1", "2", "", "4", "5"])
    store(root, "a/main", [NOON + 4, NOON + 86_400 * SECOND], day="2026-11-21")
    store(root, "a/edge", [NOON, NOON + 2, NOON + 5], zone="Asia/Kolkata")
    kind = log_class(user_ip="([0-9.]+:[0-9]+)")
    store(
        root,
        "b/main",
        [NOON, NOON + 5, NOON + 5],
        fields=kind,
        user_ip=["1.2.3.4", None, "5.6.7.8"],
        user_port=[1, None, 2],
    )


# -- what comes out ---------------------------------------------------------------------------------------------------


@given(
    st.dictionaries(st.sampled_from(ENGINES), st.lists(st.integers(0, 6), max_size=9), min_size=1),
    st.sampled_from(Order),
    st.sampled_from((1, 2, 8)),
)
@settings(max_examples=15)
def test_rows_are_in_the_order_of_their_keys(stamps: dict[str, list[int]], order: Order, rows: int) -> None:
    """By stamp, class, engine, day and id, forwards or backwards, however the clocks stepped and windows lie."""
    with tempfile.TemporaryDirectory() as folder, windows_of(rows):
        for name, each in stamps.items():
            store(Path(folder), name, [NOON + stamp for stamp in each])
        found = [row["id"] for row in objects(data(Path(folder), asked(order=order)))]

    keys = [(stamp, *name.split("/"), row_id) for name, each in stamps.items() for row_id, stamp in enumerate(each, 1)]
    keys.sort(reverse=order is Order.NEWEST)
    assert found == [f"{owner}.{engine}.{DAY}.{row_id}" for _, owner, engine, row_id in keys]


def test_columns_are_those_of_all_days(tmp_path: Path) -> None:
    """The known ones first, then every field, the line at the end; what a row has not is null."""
    several(tmp_path)

    rows = objects(data(tmp_path, asked()))

    assert list(rows[0]) == [
        "id", "time", "class", "engine", "client", "log_sender_ip", "facility", "severity", "number", "user_ip",
        "user_port", "original_log",
    ]  # fmt: skip
    assert [row["user_port"] for row in rows if row["class"] == "b"] == [1, None, 2]
    assert {row["user_port"] for row in rows if row["class"] == "a"} == {None}
    assert len(rows) == 14


def test_times_are_of_the_clock_of_the_day(tmp_path: Path) -> None:
    """ISO 8601 with the offset of the day's zone, microseconds always."""
    several(tmp_path)

    found = {row["engine"]: row["time"] for row in objects(data(tmp_path, asked(until=NOON + 1, classes=("a",))))}

    assert found == {"main": "2026-11-20T12:00:00.000000+00:00", "edge": "2026-11-20T17:30:00.000000+05:30"}


def test_a_field_that_changed_its_type_is_text(tmp_path: Path) -> None:
    """A number in one day and a text in another is a text in all rows, and one alone is what it was."""
    store(tmp_path, "a/main", [NOON], fields=log_class(user_ip="([0-9.]+:[0-9]+)"), user_port=[80])
    assert objects(data(tmp_path, asked(columns=("user_port",)))) == [{"user_port": 80}]

    store(tmp_path, "a/main", [NOON + 1], day="2026-11-21", fields=log_class(user_port="port (.+)"), user_port=["x"])

    assert objects(data(tmp_path, asked(columns=("user_port",)))) == [{"user_port": "80"}, {"user_port": "x"}]


def test_a_query_chooses_rows_and_columns(tmp_path: Path) -> None:
    """Time range, condition and engine; the columns that were asked for, in that order."""
    several(tmp_path)
    shown = ("received_at", "day", "number")
    query: dict[str, Any] = {"since": NOON, "until": NOON + 5, "engines": ("a/main",), "columns": shown}

    found = objects(data(tmp_path, asked(**query, where=Contains(field="original_log", value="row"))))

    assert [tuple(row.values()) for row in found] == [
        (NOON, DAY, None), (NOON, DAY, "1"), (NOON + 1, DAY, "4"), (NOON + 4, "2026-11-21", None),
    ]  # fmt: skip


def test_whole_days_can_be_named(tmp_path: Path) -> None:
    """Only rows of their files, late ones too; a day that is not there is an error."""
    several(tmp_path)
    request = ExportRequest(format=Format.JSONL, days=("a/main/2026-11-21",))

    assert [row["id"] for row in objects(data(tmp_path, request))] == ["a.main.2026-11-21.1", "a.main.2026-11-21.2"]
    with pytest.raises(StoreError, match="no stored day a/main/2026-11-01"):
        data(tmp_path, request.model_copy(update={"days": ("a/main/2026-11-01",)}))


def test_a_column_that_no_day_has_is_an_error(tmp_path: Path) -> None:
    """It is named, with those there are; `sender` is `log_sender_ip`."""
    several(tmp_path)

    assert objects(data(tmp_path, asked(columns=("sender",), until=NOON))) == [{"log_sender_ip": "10.0.0.1"}]
    with pytest.raises(SysloggerError, match=r"column usr_port; there is: .*user_port"):
        data(tmp_path, asked(columns=("usr_port",)))


def test_nothing_is_a_file_as_well(tmp_path: Path) -> None:
    """Without a row there are a header, no lines, a Parquet file without rows."""
    assert data(tmp_path, asked(Format.CSV)).startswith(b"id,time,class")
    assert data(tmp_path, asked(Format.JSONL)) == b""
    assert pq.read_table(io.BytesIO(data(tmp_path, asked(Format.PARQUET)))).num_rows == 0


@pytest.mark.parametrize("form", [Format.CSV, Format.JSONL, Format.PARQUET, Format.RAW])
def test_hostile_lines_are_taken_home_as_they_are(tmp_path: Path, form: Format) -> None:
    """Quotes, line ends, formulas, bidirectional characters: readers of each format give the very texts."""
    store(tmp_path, "a/main", range(NOON, NOON + len(NASTY)), lines=NASTY)
    found = data(tmp_path, asked(form, columns=() if form is Format.RAW else ("original_log", "class")))

    assert read(form, found) == list(NASTY)


def test_parquet_has_moments(tmp_path: Path) -> None:
    """`time` is an instant, to the microsecond."""
    several(tmp_path)

    table = pq.read_table(io.BytesIO(data(tmp_path, asked(Format.PARQUET))))

    assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]"
    assert table["time"].cast("int64").to_pylist()[:2] == [NOON - 3, NOON]


def test_rows_without_a_line_are_counted(tmp_path: Path) -> None:
    """`raw` cannot show them, and says how many there were."""
    store(tmp_path, "a/main", [NOON, NOON + 1, NOON + 2], lines=["one", None, "three"])
    request = asked(Format.RAW)

    found = chunks(tmp_path, request)

    assert b"".join(chunk.data for chunk in found) == b"one\nthree\n"
    assert (place(found[-1], request).rows, place(found[-1], request).left_out) == (2, 1)


def test_long_lines_make_small_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held at a time is bounded by bytes, too; the rows are the same."""
    store(tmp_path, "a/main", range(NOON, NOON + 64), lines=["x" * 1_000] * 64)
    whole = data(tmp_path, asked())
    monkeypatch.setattr("syslogger.storage.merging.MOST_BYTES", 8_000)

    found = chunks(tmp_path, asked())

    assert b"".join(chunk.data for chunk in found) == whole
    assert max(chunk.data.count(b"\n") for chunk in found) == 8


# -- one moment, and going on -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("form", LINES)
def test_an_export_goes_on_from_any_place(tmp_path: Path, form: Format, order: Order) -> None:
    """Behind each chunk the rest is the rest of the same bytes, and rows and bytes are counted on."""
    several(tmp_path)
    request = asked(form, order=order)
    with windows_of(2):
        found = chunks(tmp_path, request)
        whole = b"".join(chunk.data for chunk in found)
        given = accumulate(len(chunk.data) for chunk in found)
        rests = [(bytes_, chunks(tmp_path, request, chunk.after)) for bytes_, chunk in zip(given, found, strict=True)]

    assert len(found) > 5
    assert [b"".join(chunk.data for chunk in rest) for _, rest in rests] == [whole[bytes_:] for bytes_, _ in rests]
    ends = [place(rest[-1], request) for _, rest in rests if rest]
    assert {(end.rows, end.bytes, end.whole) for end in ends} == {(14, len(whole), True)}


@pytest.mark.parametrize("form", LINES)
def test_what_comes_later_is_not_in_it(tmp_path: Path, form: Format) -> None:
    """The bound is of the first chunk: later rows, days, engines and columns change nothing, interrupted or not."""
    several(tmp_path)
    with windows_of(2):
        whole = data(tmp_path, asked(form))
        running = exported(Catalogue(tmp_path), asked(form))
        first = next(running)
        store(tmp_path, "a/main", [NOON + 1, NOON + 20])
        store(tmp_path, "a/aaa", [NOON + 1])
        store(tmp_path, "a/edge", [NOON + 2], fields=log_class(number="(n)", fresh="(f)"), fresh=["f"])

        assert first.data + b"".join(chunk.data for chunk in running) == whole
        assert first.data + data(tmp_path, asked(form), first.after) == whole
        assert data(tmp_path, asked(form)) != whole


def test_a_place_keeps_the_time_range_it_was_resolved_to(tmp_path: Path) -> None:
    """The request's digest is of what was asked; a later end of the range does not widen it."""
    several(tmp_path)
    request = asked(until=NOON + 2).model_copy(update={"digest": "asked"})
    later = asked(until=NOON + 9).model_copy(update={"digest": "asked"})
    with windows_of(1):
        first, *rest = chunks(tmp_path, request)

        assert data(tmp_path, later, first.after) == b"".join(chunk.data for chunk in rest)


def test_a_place_belongs_to_its_request(tmp_path: Path) -> None:
    """Another query, format or option is an error; leaving out damaged days can be decided later."""
    several(tmp_path)
    word = chunks(tmp_path, asked())[-1].after

    assert data(tmp_path, asked().model_copy(update={"skip_damaged": True}), word) == b""
    for other in (asked(Format.CSV), asked(until=5)):
        with pytest.raises(CursorError, match="another query"):
            data(tmp_path, other, word)


def test_parquet_is_not_mixed(tmp_path: Path) -> None:
    """When what was given is not what would be given now, going on is an error."""
    path = store(tmp_path, "a/main", range(NOON, NOON + 8))
    with windows_of(1):
        found = chunks(tmp_path, asked(Format.PARQUET))
        word = place(found[-2], asked(Format.PARQUET)).model_copy(update={"bytes_digest": "0" * 64}).encoded()

        with pytest.raises(StoreError, match="begin the export anew"):
            data(tmp_path, asked(Format.PARQUET), word)
    assert path.exists()


def test_progress_is_told_in_ids(tmp_path: Path) -> None:
    """`left` falls to nothing, also where nothing matches; windows end at multiples of their size."""
    store(tmp_path, "a/main", range(NOON, NOON + 16))
    with windows_of(4):
        found = chunks(tmp_path, asked(where=Contains(field="original_log", value="row 15")))

    assert [chunk.left for chunk in found] == [13, 9, 5, 1, 0]
    assert [chunk.rows for chunk in found] == [0, 0, 0, 0, 1]


# -- what goes wrong --------------------------------------------------------------------------------------------------


def broken(path: Path) -> None:
    """Overwrite a page of a closed day among its last ones."""
    raw, size = bytearray(path.read_bytes()), 65_536
    at = len(raw) - 3 * size
    raw[at : at + size] = b"\xa5" * size
    path.write_bytes(raw)


def long_day(root: Path, name: str) -> Path:
    """A day of several pages."""
    return store(root, name, range(NOON, NOON + 512), lines=[f"{number:04} {'x' * 1_000}" for number in range(512)])


@pytest.mark.parametrize("form", LINES)
def test_a_damaged_day_is_named_at_the_end(tmp_path: Path, form: Format) -> None:
    """Everything else is given first, then the export fails; it need not, and interrupted it gives the same bytes."""
    broken(long_day(tmp_path, "a/main"))
    long_day(tmp_path, "b/main")
    request = asked(form).model_copy(update={"skip_damaged": True})
    with windows_of(64):
        found = chunks(tmp_path, request)
        whole = b"".join(chunk.data for chunk in found)
        rests = [data(tmp_path, request, chunk.after) for chunk in found]
        given: list[bytes] = []
        with pytest.raises(StoreError, match=r"a\.main\.2026-11-20: .*is damaged"):
            given.extend(chunk.data for chunk in exported(Catalogue(tmp_path), asked(form)))

    assert list(place(found[-1], request).damaged) == ["a.main.2026-11-20"]
    assert b"".join(given) == whole
    assert rests == [whole[at:] for at in accumulate(len(chunk.data) for chunk in found)]
    assert 512 <= place(found[-1], request).rows < 1_024


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """A day that cannot be opened at all is no reason to give less of the others."""
    store(tmp_path, "a/main", [NOON])
    (tmp_path / "a" / "main" / "2026-11-19.db").write_bytes(b"nonsense" * 1_000)
    request = asked(columns=("original_log",)).model_copy(update={"skip_damaged": True})

    found = chunks(tmp_path, request)

    assert objects(found[-1].data) == [{"original_log": "row 0"}]
    assert list(place(found[-1], request).damaged) == ["a.main.2026-11-19"]


def test_text_that_is_none_is_damage(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 in a text column are told, not passed on."""
    path = store(tmp_path, "a/main", [NOON])
    change(path, "UPDATE entries SET original_log = CAST(x'ff41' AS TEXT)")

    with pytest.raises(StoreError, match=r"a\.main.*is damaged"):
        data(tmp_path, asked(Format.RAW))


@pytest.mark.parametrize("form", [Format.JSONL, Format.PARQUET])
def test_a_day_that_was_deleted_is_named(tmp_path: Path, form: Format) -> None:
    """In the middle, and when it goes on; one that was made anew is another day."""
    several(tmp_path)
    gone = tmp_path / "a" / "main" / "2026-11-21.db"
    with windows_of(1):
        running = exported(Catalogue(tmp_path), asked(form))
        first = next(running)
        gone.unlink()

        with pytest.raises(StoreError, match=r"a\.main\.2026-11-21 was deleted"):
            list(running)
        with pytest.raises(StoreError, match=r"a\.main\.2026-11-21 was deleted"):
            data(tmp_path, asked(form), first.after)
        store(tmp_path, "a/main", [NOON + 4], day="2026-11-21")
        with pytest.raises(StoreError, match=r"a\.main\.2026-11-21 was deleted"):
            data(tmp_path, asked(form), first.after)


@pytest.mark.parametrize("stamps", [[-(2**63)], [2**62]])
def test_a_stamp_beyond_any_calendar_is_told(tmp_path: Path, stamps: Sequence[int]) -> None:
    """Its day fails with a sentence."""
    store(tmp_path, "a/main", stamps)

    with pytest.raises(StoreError, match="beyond any calendar"):
        data(tmp_path, asked())
