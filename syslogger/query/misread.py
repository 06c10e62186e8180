"""What the parser stumbles over in the text of a query, in words that help."""

from __future__ import annotations

import re

from lark import Token, UnexpectedCharacters, UnexpectedToken

from syslogger.errors import QueryError

_CONDITION = ("a word", "field:value", '"a text"', "/a regex/", "(")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_STARRED = re.compile(r'\*"|"\*')


def misread(text: str, error: UnexpectedCharacters | UnexpectedToken) -> QueryError:
    """The error to raise instead of the parser's."""
    open_at = _open_parenthesis(error)
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return _at_the_end(len(text), open_at)
    position = error.pos_in_stream or 0
    if text[position] == ")":
        return _at_a_closing(position, open_at)
    return _in_a_text(text, position)


def _open_parenthesis(error: UnexpectedCharacters | UnexpectedToken) -> int | None:
    """Where the innermost parenthesis was opened that is still open."""
    stack = getattr(getattr(error, "state", None), "value_stack", ())
    opened = [value.start_pos for value in stack if isinstance(value, Token) and value.type == "_OPEN"]
    return opened[-1] if opened else None


def _at_the_end(end: int, open_at: int | None) -> QueryError:
    if open_at is not None:
        return QueryError("this parenthesis is not closed: a ) is missing", open_at, (")",))
    return QueryError("the query ends where a condition has to follow", end, _CONDITION)


def _at_a_closing(position: int, open_at: int | None) -> QueryError:
    if open_at is None:
        return QueryError('this ) closes nothing; a text with parentheses goes in quotes: "f(x)"', position, _CONDITION)
    return QueryError("a condition or a value has to stand before this )", position, _CONDITION)


def _in_a_text(text: str, position: int) -> QueryError:
    if text[position] in '"*' and _STARRED.search(text, position):
        return _at_a_star(text, position)
    if text[position] == '"':
        return _at_quotes(text, position)
    # A word, and what must not be in it.
    found = re.compile(r'(?:[^\s()"\\]|\\.)*', re.DOTALL).match(text, position)
    at = found.end() if found else position
    what = {"\\": "a backslash at the very end", '"': "quotes inside a word", "(": "a parenthesis inside a word"}
    return QueryError(
        f"{what.get(text[at : at + 1], 'this')} cannot be understood: put a backslash before it, "
        f'or the whole text in quotes: "f(x) \\"y\\" \\\\"',
        min(at, len(text) - 1),
        ("a blank",),
    )


def _at_quotes(text: str, position: int) -> QueryError:
    closed = _QUOTED.match(text, position)
    if closed is None:
        return QueryError('these quotes are not closed: a " is missing (one inside is \\")', position, ('"',))
    return QueryError('a blank has to follow the closing quotes; quotes inside are \\"', closed.end(), ("a blank",))


def _at_a_star(text: str, position: int) -> QueryError:
    closed = _QUOTED.search(text, position)
    if closed is None:
        return _at_quotes(text, text.index('"', position))
    return QueryError(
        f"a * at quotes is for the value of a field: "
        f"field:{closed[0]}* begins so, field:*{closed[0]}* has it somewhere",
        position,
        _CONDITION,
    )
