"""The interface's own documentation, made from the table of operations: what it answers to whatever it does not know.

Nothing of it is written twice: fields and limits come from the checks that the requests go through.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson

from interfaces.errors import CODES
from interfaces.fields import fields_of, walk
from interfaces.operations import OPERATIONS, Operation

ABOUT = {
    "request": "POST /v1/<operation> with a JSON object (Content-Type: application/json), at most 1 MiB.",
    "token": "Authorization: Bearer <token>; it lies in <root>/_control/factory.token, for the factory's own user.",
    "author": "X-Syslogger-Author: api:<user> or cli:<user>, percent-encoded; operations that change anything want it.",
    "answer": '{"answer": …}, or {"error": {"code", "message", "field", "hint", "problems"}}.',
    "stream": (
        "A WebSocket at /v1/stream, with the same token; it speaks and does not listen. Every second"
        ' {"type": "status", "engines": {…}}, at once {"type": "event", "event": {…}}; `skipped` in a message says how'
        " many before it were left out because they were not read in time."
    ),
}


def documentation() -> dict[str, Any]:
    """All of it, as JSON has it."""
    return {
        "about": ABOUT,
        "operations": [_described(each) for each in OPERATIONS.values()],
        "errors": {code: {"status": status, "means": means} for code, (means, status) in CODES.items()},
    }


def _described(operation: Operation) -> dict[str, Any]:
    fields = [
        {"field": path, "right": field.right, "required": field.required, "default": field.default}
        for path, field in walk(fields_of(operation.request))
    ]
    return {
        "operation": operation.name,
        "summary": operation.summary,
        "changes": operation.changes,
        "fields": fields,
        "example": dict(operation.example),
        "answer": operation.answer,
    }


@cache
def documentation_json() -> orjson.Fragment:
    """All of it, ready to be put into an answer."""
    return orjson.Fragment(orjson.dumps(documentation()))
