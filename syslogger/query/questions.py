"""Questions: everything that can be asked of stored days."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field as Setting

from syslogger.query.model import MOST_ROWS, FieldName, Frozen, Query, Text

MOST_CONTEXT = 1_000
Step = Annotated[str, Setting(pattern=r"^[0-9]{1,6}(s|m|h|d|w|mo)$")]
GlobalId = Annotated[str, Setting(max_length=200)]


class Rows(Frozen):
    """A page of rows; after: the cursor of the page before.

    digest: of the query as it was asked, where its time range has been resolved since: cursors belong to that.
    """

    kind: Literal["rows"] = "rows"
    query: Query
    after: str | None = None
    digest: str = ""

    @property
    def asked_as(self) -> str:
        """The digest that its cursors carry."""
        return self.digest or self.query.digest


class Follow(Frozen):
    """The rows that were stored since the last answer, oldest first; after: its cursor. `order` says nothing here."""

    kind: Literal["follow"] = "follow"
    query: Query
    after: str | None = None


class Row(Frozen):
    """One row by its global id, `<class>.<engine>.<YYYY-MM-DD>.<id>`."""

    kind: Literal["row"] = "row"
    id: GlobalId


class Context(Frozen):
    """The rows around one, of its engine; same_sender: only those of its sender."""

    kind: Literal["context"] = "context"
    id: GlobalId
    before: Annotated[int, Setting(ge=0, le=MOST_CONTEXT)] = 10
    after: Annotated[int, Setting(ge=0, le=MOST_CONTEXT)] = 10
    same_sender: bool = False


class Count(Frozen):
    """How many rows; at_most: stop there and say `at least`."""

    kind: Literal["count"] = "count"
    query: Query
    at_most: Annotated[int, Setting(ge=1)] | None = None


class Histogram(Frozen):
    """How many rows in each step of a time zone's clock; by: a field, whose `top` busiest values are shown apart."""

    kind: Literal["histogram"] = "histogram"
    query: Query
    step: Step | None = None
    time_zone: str | None = None
    by: FieldName | None = None
    top: Annotated[int, Setting(ge=1, le=50)] = 8


class Facets(Frozen):
    """The most frequent values of fields; most_rows: how many matching rows are looked at, the first in the order."""

    kind: Literal["facets"] = "facets"
    query: Query
    fields: Annotated[tuple[FieldName, ...], Setting(min_length=1, max_length=50)]
    top: Annotated[int, Setting(ge=1, le=1_000)] = 10
    most_rows: Annotated[int, Setting(ge=1)] = 2_000_000


class Values(Frozen):
    """Distinct values of a field that begin with a text, the most frequent first, for completion."""

    kind: Literal["values"] = "values"
    query: Query
    field: FieldName
    prefix: Text = ""
    most: Annotated[int, Setting(ge=1, le=1_000)] = 20


class Fields(Frozen):
    """The fields of the days a query covers."""

    kind: Literal["fields"] = "fields"
    query: Query


class LedgerHistory(Frozen):
    """The ledger by step, of each engine, or of each of the busiest senders (`top`), from the minutes kept."""

    kind: Literal["ledger"] = "ledger"
    query: Query
    step: Step | None = None
    time_zone: str | None = None
    by: Literal["engine", "sender"] = "engine"
    top: Annotated[int, Setting(ge=1, le=1_000)] = 20


class Senders(Frozen):
    """Rows and bytes of each client and sender, the busiest first."""

    kind: Literal["senders"] = "senders"
    query: Query
    most: Annotated[int, Setting(ge=1, le=MOST_ROWS)] = 100


class Days(Frozen):
    """The days there are: rows, bytes, state."""

    kind: Literal["days"] = "days"
    query: Query = Query()


Question = Annotated[
    Rows | Follow | Row | Context | Count | Histogram | Facets | Values | Fields | LedgerHistory | Senders | Days,
    Setting(discriminator="kind"),
]
