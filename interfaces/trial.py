"""Trying classes on lines, in a child that can be killed: an operator's pattern may never come to an end.

Runs in     a process of its own, started by `tried`
Reads       one JSON object on stdin: `classes`, `lines` (texts), `measure`, `rates_only`
Writes      a JSON line a class to stdout, as each is done
Ends when   all are done, it is killed, or it has used up the CPU time that it was given
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from interfaces.errors import Refused
from syslogger.config import LogClass
from syslogger.engine import CHILD_ENVIRONMENT

TRIAL_SECONDS = 10
ANSWER_BYTES = 16 << 20

Result = dict[str, Any]


async def tried(classes: Sequence[LogClass], lines: Sequence[str], *, measure: bool) -> list[Result]:
    """What each class makes of the lines: `fields` (road, why, hits, hit_rate, cost), `rows`, `empty`, `line_rates`.

    line_rates: for each line what part of the fields has a value, null for an empty line.

    A short list means that the class behind its end took longer than ten seconds for all of them. Raises Refused: what
    they found is too large to be shown.
    """
    results = await _answers(classes, {"lines": lines, "measure": measure, "rates_only": False})
    if any("too_large" in each for each in results):
        hint = "try fewer lines, or fewer fields"
        raise Refused(f"what it found is larger than {ANSWER_BYTES >> 20} MiB", field="lines", hint=hint)
    return results


async def rates_of(classes: Sequence[LogClass], lines: Sequence[str]) -> list[list[float | None]]:
    """The `line_rates` alone, which are never too large."""
    answers = await _answers(classes, {"lines": lines, "measure": False, "rates_only": True})
    return [each["line_rates"] for each in answers]


async def _answers(classes: Sequence[LogClass], asked: Mapping[str, object]) -> list[Result]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "interfaces.trial"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | CHILD_ENVIRONMENT,
        limit=2 * ANSWER_BYTES,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    results: list[Result] = []
    try:
        async with asyncio.timeout(TRIAL_SECONDS):
            child.stdin.write(orjson.dumps({"classes": [each.model_dump(mode="json") for each in classes], **asked}))
            child.stdin.write_eof()
            async for line in child.stdout:  # a comprehension would lose what came before the time was over
                results.append(orjson.loads(line))  # noqa: PERF401
    except TimeoutError:
        return results
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()
    return results


def main() -> None:
    """Do what stdin asks for."""
    # should the factory die meanwhile, nobody else would end a pattern that does not
    resource.setrlimit(resource.RLIMIT_CPU, (2 * TRIAL_SECONDS, 2 * TRIAL_SECONDS))
    from syslogger.batch import Batch
    from syslogger.extract.text import stripped_lengths
    from syslogger.extract.trial import try_lines

    asked = orjson.loads(sys.stdin.buffer.read())
    lines = [line.encode("utf-8", "surrogatepass") for line in asked["lines"]]
    kept = stripped_lengths(Batch.of(lines)).astype(bool).tolist()
    for each in asked["classes"]:
        trial = try_lines(LogClass.model_validate(each), lines, measure=asked["measure"])
        rows, names = iter(trial.rows), [field.name for field in trial.fields]
        rates = [_rate(next(rows), names) if is_kept else None for is_kept in kept]
        answer = orjson.dumps(({} if asked["rates_only"] else asdict(trial)) | {"line_rates": rates})
        if len(answer) > ANSWER_BYTES:
            answer = orjson.dumps({"too_large": len(answer)})
        sys.stdout.buffer.write(answer + b"\n")
        sys.stdout.buffer.flush()


def _rate(row: Mapping[str, object], names: Sequence[str]) -> float:
    return sum(row[name] is not None for name in names) / max(len(names), 1)


if __name__ == "__main__":
    main()
