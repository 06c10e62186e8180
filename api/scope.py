"""Scope: which engines or clients a person sees. It is made part of every query, so no answer can hold more.

engines and clients add up: who has both sees all of these engines, and these clients in every engine. Neither: all.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Setting

from syslogger.query.model import And, Condition, Frozen, OneOf, Or, Query

MOST_NAMES = 500
Name = Annotated[str, Setting(min_length=1, max_length=200)]


class Scope(Frozen):
    """engines: names; clients: names of allowed senders."""

    engines: Annotated[tuple[Name, ...], Setting(max_length=MOST_NAMES)] = ()
    clients: Annotated[tuple[Name, ...], Setting(max_length=MOST_NAMES)] = ()

    @property
    def limited(self) -> bool:
        """Whether there is anything that this person does not see."""
        return bool(self.engines or self.clients)

    @property
    def condition(self) -> Condition | None:
        """What a row must fulfil to be seen; None: nothing."""
        parts: list[Condition] = []
        if self.engines:
            parts.append(OneOf(field="engine", values=self.engines))
        if self.clients:
            parts.append(OneOf(field="client", values=self.clients))
        return Or(conditions=tuple(parts)) if len(parts) > 1 else parts[0] if parts else None

    def covers(self, other: Scope) -> bool:
        """Whether whoever sees this sees all that is named there."""
        if not self.limited or not other.limited:
            return not self.limited
        return set(other.engines) <= set(self.engines) and set(other.clients) <= set(self.clients)

    def narrowed(self, query: Query) -> Query:
        """The query, of what this person sees."""
        condition = self.condition
        if condition is None:
            return query
        where = condition if query.where is None else And(conditions=(condition, query.where))
        return Query.model_validate(query.model_copy(update={"where": where}).model_dump())

    def sees_engine(self, name: str) -> bool:
        """Whether the whole engine is seen: its status, its ledger, its settings."""
        return not self.limited or name in self.engines

    def sees_client(self, engine: str, client: str) -> bool:
        """Whether what this client sends to this engine is seen."""
        return self.sees_engine(engine) or client in self.clients


EVERYTHING = Scope()
