"""What crosses between a LogReader and its processes: errors as themselves, cursors of the question as it was asked."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import orjson
import pytest

from syslogger.asking import answered, crossing, encoded, heard, told
from syslogger.errors import QueryError, StoreError, SysloggerError
from syslogger.query.answers import RowsAnswer, Searched
from syslogger.query.cursor import Cursor, CursorError
from syslogger.query.model import Query
from syslogger.query.questions import Count, Histogram, Row, Rows

UTC = ZoneInfo("UTC")
NOW = 1_795_132_800_000_000
MINUTE = 60_000_000


class WornError(StoreError):
    """A kind that the other side does not know."""


@pytest.mark.parametrize(
    "error",
    [
        SysloggerError("no"),
        StoreError("the disk"),
        CursorError("another's"),
        QueryError("a comma: is; wrong", 7, ("word", "(")),
    ],
)
def test_an_error_crosses_as_itself(error: SysloggerError) -> None:
    """Type, words and everything it holds are the same on the other side."""
    found = heard(orjson.loads(orjson.dumps(told(error))))

    assert (type(found), str(found), found.exit_code) == (type(error), str(error), error.exit_code)
    assert vars(found) == vars(error)


def test_an_unknown_error_crosses_as_what_it_is_a_kind_of() -> None:
    """Its words are kept."""
    found = heard(told(WornError("worn out")))

    assert (type(found), str(found)) == (StoreError, "worn out")


def test_a_question_crosses_with_numbers_and_a_zone() -> None:
    """Relative times become numbers, a histogram gets the zone; what has no time range is left as it is."""
    query = Query(since="-1m")

    assert crossing(Count(query=query), NOW, UTC).query.since == NOW - MINUTE
    assert crossing(Histogram(query=query), NOW, UTC).time_zone == "UTC"
    assert crossing(Histogram(query=query, time_zone="Europe/Vienna"), NOW, UTC).time_zone == "Europe/Vienna"
    assert crossing(Row(id="x"), NOW, UTC) == Row(id="x")


def test_a_cursor_is_of_the_question_as_it_was_asked() -> None:
    """A later page keeps the first one's range, through any number of crossings, and no other question takes it."""
    asked, after = Rows(query=Query(since="-1m")), None
    for later in range(3):
        question = asked.model_copy(update={"after": after})
        crossed = Rows.model_validate_json(encoded(crossing(question, NOW + later * MINUTE, UTC)))
        assert crossed.query.since == NOW - MINUTE
        place = Cursor(
            query=crossed.query.digest, since=NOW - MINUTE, until=None, key=(NOW, "a", "b", "c", 1), bound={"a.b.c": 9}
        )
        assert crossed.after is None or crossed.after == place.encoded()
        told_as = RowsAnswer(rows=[], after=place.encoded(), searched=Searched())
        after = answered(question, crossed, told_as.model_dump_json().encode()).after
    with pytest.raises(CursorError):
        crossing(Rows(query=Query(since="-2m"), after=after), NOW, UTC)
