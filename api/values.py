"""Values: what completes a text that is being typed, of what a person sees.

For `class`, `engine`, `day` and `client` the reader answers from what day files say of themselves, whatever the
condition. Where that is more than a person sees, the values are counted in rows instead.
"""

from __future__ import annotations

from api.searching import Searching
from syslogger.query.answers import FacetsAnswer, ValuesAnswer
from syslogger.query.model import And, Prefix
from syslogger.query.questions import Facets, Values

OF_FILES = frozenset({"class", "engine", "day", "client"})
_LOOKED_AT = 200_000  # as many as the reader looks at for a completion


async def values_seen(searching: Searching, asked: Values) -> ValuesAnswer:
    """The values. Raises what `Searching.ask` raises."""
    if not searching.scope.clients or asked.field not in OF_FILES:
        answer: ValuesAnswer = await searching.ask(asked)
        return answer
    starts = Prefix(field=asked.field, value=asked.prefix)
    where = starts if asked.query.where is None else And(conditions=(asked.query.where, starts))
    query = asked.query.model_copy(update={"where": where})
    facets = Facets(query=query, fields=(asked.field,), top=asked.most, most_rows=_LOOKED_AT)
    found: FacetsAnswer = await searching.ask(facets)
    values = [(value, rows) for value, rows in found.facets[0].values if value is not None]
    return ValuesAnswer(values=values, searched=found.searched)
