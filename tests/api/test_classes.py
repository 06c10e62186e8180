"""Classes over the API: read, checked, tried on lines, changed, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.class_trial import MOST_LINE_BYTES, against, fitting, trial_body
from api.permissions import Role
from api.scope import Scope
from tests.api.serving import Serving, serve, told
from tests.api.test_engines import stored
from tests.cli.engines import send
from tests.interfaces.serving import LONGER, WORD, engine, resting
from tests.support_engine import numbered

API = "/api/v1/classes"
LINES = ["<14>number 7 about a", "", "nothing here"]


def test_a_class_changes_and_goes_back(tmp_path: Path) -> None:
    """Checked, made, changed, rolled back, removed: each step is a version; its engines follow while they run."""

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        asked = {"name": "word", "fields": LONGER}
        valid = {"columns": ["number", "about"], "changes": True}
        assert (200, valid) == await told(operator.post(f"{API}/validate", json=asked))
        status, changed = await told(operator.put(f"{API}/word", json={"fields": LONGER}))
        assert (200, 2, ["main"]) == (status, changed["version"], changed["engines"])
        assert LONGER == (await told(operator.get(f"{API}/word")))[1]["fields"]
        assert WORD == (await told(operator.get(f"{API}/word", params={"version": 1})))[1]["fields"]
        status, back = await told(operator.post(f"{API}/word/rollback", json={"version": 1}))
        assert (200, 3, WORD) == (status, back["version"], back["fields"])
        _, versions = await told(operator.get(f"{API}/word/versions"))
        assert [1, 2, 3] == [each["version"] for each in versions]
        author = (await here.user(Role.OPERATOR)).name
        assert author in versions[-1]["author"]
        assert 409 == (await told(operator.delete(f"{API}/word")))[0]
        assert 200 == (await told(operator.put(f"{API}/spare", json={"fields": WORD})))[0]
        assert (200, {"name": "spare"}) == await told(operator.delete(f"{API}/spare"))
        assert ["word"] == [each["name"] for each in (await told(operator.get(API)))[1]]

    serve(tmp_path, life, factory=True, engines=[engine()])


def test_what_is_wrong_with_a_class(tmp_path: Path) -> None:
    """Every problem at once, with its place; a version that is not there; an analyst may look and not change."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        wrong = {"name": "word", "fields": {"number": "(", "Loud": "(a)"}}
        status, said = await told(analyst.post(f"{API}/validate", json=wrong))
        assert (400, 2) == (status, len(said["problems"]))
        assert all("class.fields" in each["path"] for each in said["problems"])
        assert 404 == (await told(analyst.get(f"{API}/word", params={"version": 9})))[0]
        assert 404 == (await told(analyst.get(f"{API}/nothing")))[0]
        assert 403 == (await told(analyst.put(f"{API}/word", json={"fields": LONGER})))[0]
        assert 403 == (await told((await here.as_role(Role.VIEWER)).get(API)))[0]
        scoped = await here.as_role(Role.OPERATOR, Scope(engines=("main",)))
        assert ["main"] == (await told(scoped.get(API)))[1][0]["engines"]
        status, said = await told(scoped.put(f"{API}/word", json={"fields": LONGER}))
        assert (403, False) == (status, "next" in str(said))

    serve(tmp_path, life, factory=True, engines=[resting(), resting("next")])


def test_a_class_is_tried_on_lines(tmp_path: Path) -> None:
    """Values, hit rate, misses, costs, road, and what would change; of pasted lines and of an engine's newest rows."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        asked: dict[str, Any] = {"name": "word", "fields": {"number": "about (a)", "about": "about (a)"}}
        status, tried = await told(analyst.post(f"{API}/try", json={**asked, "lines": LINES}))
        assert 200 == status, tried
        assert [{"number": "a", "about": "a"}, None, {"number": None, "about": None}] == [
            each["values"] and {name: each["values"][name] for name in ("number", "about")} for each in tried["lines"]
        ]
        number = tried["fields"][0]
        assert ("number", 1, [2]) == (number["name"], number["hits"], number["misses"])
        assert (0.5, 1) == (tried["hit_rate"], tried["empty"])
        assert number["road"]
        assert number["nanoseconds_per_line"] > 0
        change = {"line": 0, "before": "7", "after": "a"}
        field = {"field": "number", "changed": 1, "gained": 0, "lost": 0, "examples": [change]}
        assert {"version": 1, "added": ["about"], "removed": [], "fields": [field], "too_slow": False} == tried[
            "against"
        ]
        fresh = {"name": "fresh", "fields": WORD, "lines": LINES}
        assert (await told(analyst.post(f"{API}/try", json=fresh)))[1]["against"] is None

        send((await told(analyst.get("/api/v1/engines/main")))[1]["port"], numbered(range(4)))
        await stored(analyst, 4)
        last = {**asked, "fields": LONGER, "engine": "main", "last": 3}
        status, tried = await told(analyst.post(f"{API}/try", json=last))
        assert (200, ["3", "2", "1"]) == (status, [each["values"]["number"] for each in tried["lines"]])
        scoped = await here.as_role(Role.ANALYST, Scope(engines=("other",)))
        status, said = await told(scoped.post(f"{API}/try", json=last))
        assert (409, "refused") == (status, said["code"])

    serve(tmp_path, life, factory=True, engines=[engine()])


def test_a_pattern_that_does_not_end_is_cut_off(tmp_path: Path) -> None:
    """Ten seconds of one child's time, then a sentence; whoever asks something else meanwhile is answered."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        slow = {"name": "slow", "fields": {"evil": "^((?:a+)+)$(?<=b)"}, "lines": ["a" * 60 + "!"]}
        status, said = await told(analyst.post(f"{API}/try", json=slow))
        assert (409, "refused") == (status, said["code"])
        assert "simplify" in said["hint"]
        lines: list[dict[str, Any]] = [{}, {"lines": LINES, "engine": "main"}, {"lines": []}, {"lines": [""] * 1_001}]
        for nothing in lines:
            status, said = await told(analyst.post(f"{API}/try", json={"name": "word", "fields": WORD, **nothing}))
            assert (422, "invalid") == (status, said["code"])

    serve(tmp_path, life, factory=True, engines=[resting()])


# -- without a factory -------------------------------------------------------------------------------------------------


def trial(values: list[str | None], *, empty: bool = False) -> dict[str, Any]:
    """What the factory says of lines of which one field finds these values, an empty line before them if `empty`."""
    hits = sum(value is not None for value in values)
    field = {"name": "a", "road": "re", "why": "", "hits": hits, "hit_rate": hits / max(len(values), 1)}
    rates = [None] * empty + [float(value is not None) for value in values]
    fields = [{**field, "nanoseconds_per_line": 1.0}]
    return {"fields": fields, "rows": [{"a": value} for value in values], "empty": int(empty), "line_rates": rates}


VALUES = st.lists(st.sampled_from(["x", "y", None]), min_size=1, max_size=30)


@given(VALUES, VALUES, st.booleans())
def test_every_line_that_differs_is_counted_once(old: list[str | None], new: list[str | None], empty: bool) -> None:
    """Changed, gained and lost together are the lines whose value is another one; hits and misses are all lines."""
    count = min(len(old), len(new))
    old, new = old[:count], new[:count]
    found = against(1, trial(old, empty=empty), trial(new, empty=empty)).fields
    differ = sum(before != after for before, after in zip(old, new, strict=True))
    assert differ == sum(each.changed + each.gained + each.lost for each in found)
    body = trial_body(trial(new, empty=empty), ["line"] * (count + empty))
    assert [value is None for value in new] == [
        index in body.fields[0].misses for index in range(empty, count + empty)
    ] or (len(body.fields[0].misses) == 20)


def test_as_many_lines_as_fit() -> None:
    """Lines are taken until the request is full, escapes counted as they are sent, and never more than a thousand."""
    assert ["a"] * 1_000 == fitting(["a"] * 2_000)
    long = "\x01" * 50_000
    taken = fitting([long] * 10)
    assert 1 <= len(taken) == MOST_LINE_BYTES // 300_003
