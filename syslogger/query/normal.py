"""The one form of a condition: what means the same is the same tree, and prints the same.

Rules
1. An And in an And and an Or in an Or are dissolved, one of a single condition is that condition.
2. A condition is true or false, never unknown: so not-not is nothing.
3. A value that is the decimal text of a whole number of 64 bits (`80`, `-1`; not `080`, `+1`, `-0`) is that number.
4. In a regex a slash with a backslash is a slash: the text form needs the backslash for itself.
"""

from __future__ import annotations

import re

from syslogger.query.model import And, Condition, Equals, Not, OneOf, Or, Regex, Value

_DECIMAL = re.compile(r"0|-?[1-9][0-9]{0,18}")
_INT64 = 1 << 63


def normalised(condition: Condition) -> Condition:
    """The same question in its one form; never deeper than before and never of more conditions."""
    if isinstance(condition, And | Or):
        return joined(type(condition), tuple(map(normalised, condition.conditions)))
    if isinstance(condition, Not):
        return negated(normalised(condition.condition))
    if isinstance(condition, Equals):
        return Equals(field=condition.field, value=plain(condition.value))
    if isinstance(condition, OneOf):
        return OneOf(field=condition.field, values=tuple(map(plain, condition.values)))
    if isinstance(condition, Regex) and "\\/" in condition.pattern:
        return Regex(field=condition.field, pattern=bare_slashes(condition.pattern))
    return condition


def joined(kind: type[And | Or], conditions: tuple[Condition, ...]) -> Condition:
    """All of them (And) or one of them (Or), given that they are normalised."""
    flat: list[Condition] = []
    for condition in conditions:
        if isinstance(condition, And | Or) and isinstance(condition, kind):
            flat += condition.conditions
        else:
            flat.append(condition)
    return flat[0] if len(flat) == 1 else kind(conditions=tuple(flat))


def negated(condition: Condition) -> Condition:
    """Not this one, given that it is normalised."""
    return condition.condition if isinstance(condition, Not) else Not(condition=condition)


def plain(value: Value) -> Value:
    """A value, as a number if it is the decimal text of one."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value) and -_INT64 <= int(value) < _INT64:
        return int(value)
    return value


def bare_slashes(pattern: str) -> str:
    """A pattern in which no slash has a backslash of its own."""
    return re.sub(r"\\(.)", lambda pair: "/" if pair[1] == "/" else pair[0], pattern, flags=re.DOTALL)
