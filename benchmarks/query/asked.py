"""The questions of the benchmark, each under the name of its row in the table."""

from __future__ import annotations

from typing import Any

from benchmarks.query.lines import ABSENT, RARE
from syslogger.query import model as q
from syslogger.query.questions import Count, Facets, Histogram, Question, Rows

COMMON = q.Equals(field="chain", value="forward")
PAGES = 50

# In these the newest rows are asked for, too. All others end where the day as it was made ends, so that they look at
# the same rows whatever was stored meanwhile.
UP_TO_NOW = ("newest 100, common value", "histogram", "histogram by severity", "count")


def questions(until: int) -> dict[str, Question]:
    """Every question but the deep page; until: the end (us) of the day as it was made."""
    whole, made = q.Query(), q.Query(until=until)
    rows = {
        "newest 100, common value": COMMON,
        "newest 100, rare value": q.Equals(field="pppoe", value=RARE),
        "newest 100, absent value": q.Equals(field="pppoe", value=ABSENT),
        "rare word": q.Phrase(text=RARE),
        "two words, one rare": _both(RARE, "postrouting"),
        "two words, common": _both("established", "forward"),
        "substring, rare": q.Contains(field=q.ORIGINAL, value=RARE[1:-1]),
        "regex with a literal": q.Regex(pattern=r"pppoe-zzr[a-z]+\d>"),
        "regex without one": q.Regex(pattern=r"[Zz]{2}[Rr][Aa][Rr][Ee][6-8]"),
        "network /8": q.InNetwork(field="destination_ip", network="10.0.0.0/8"),
        "network /14": q.InNetwork(field="destination_ip", network="10.20.0.0/14"),
    }
    pages = {name: Rows(query=_where(whole if name in UP_TO_NOW else made, where)) for name, where in rows.items()}
    others: dict[str, Question] = {
        "histogram": Histogram(query=whole),
        "histogram by severity": Histogram(query=whole, by="severity"),
        "histogram, common value": Histogram(query=_where(made, COMMON)),
        "histogram, rare word": Histogram(query=_where(made, q.Phrase(text=RARE))),
        "facets of 5 fields": Facets(
            query=made, fields=("chain", "state", "severity", "log_sender_ip", "router_identity")
        ),
        "count": Count(query=whole),
        "count, common value": Count(query=_where(made, COMMON)),
    }
    return {**pages, **others}


def deep_page(until: int) -> Rows:
    """The first of the pages whose 50th is measured."""
    return Rows(query=q.Query(until=until, where=COMMON))


def _both(first: str, second: str) -> q.And:
    return q.And(conditions=(q.Phrase(text=first), q.Phrase(text=second)))


def _where(query: q.Query, where: Any) -> q.Query:
    return query.model_copy(update={"where": where})
