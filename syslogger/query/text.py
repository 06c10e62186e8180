"""The text form of a query: `pppoe:abc* destination_ip:10.0.0.0/8 -severity:debug "login failed"`.

Rules
1. `parse` gives a normalised condition (`query.normal`) or a QueryError at the character where it is wrong, with what
   would be right; nothing else, whatever the text.
2. `printed` is the way back: parse(printed(condition)) is normalised(condition).
3. Nothing here recurses over what was typed: the parser keeps its own stack, and a condition is measured when it is
   made, so what is too deep or too large never comes into being.

The grammar is query.lark; docs/query.md says what it means.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken

from syslogger.errors import QueryError
from syslogger.query.misread import misread
from syslogger.query.model import (
    MOST_CONDITIONS,
    MOST_DEPTH,
    MOST_VALUES,
    ORIGINAL,
    And,
    Condition,
    Not,
    OneOf,
    Or,
    Phrase,
    Regex,
)
from syslogger.query.normal import bare_slashes, joined, negated, normalised
from syslogger.query.printed import printed
from syslogger.query.text_values import exact, listed, made, quoted, unescaped, valued

__all__ = ["MOST_TEXT_CHARACTERS", "normalised", "parse", "printed"]

MOST_TEXT_CHARACTERS = 10_000


def parse(text: str, most_characters: int = MOST_TEXT_CHARACTERS) -> Condition | None:
    """The condition that a text is, normalised; None for an empty one: every row. Raises QueryError.

    most_characters is for texts that `printed` made: those of large conditions are longer than people may type.
    """
    if len(text) > most_characters:
        raise QueryError(f"a query is too long: it has at most {most_characters:,} characters", most_characters)
    _check_characters(text)
    if not text.strip():
        return None
    try:
        part: _Part = _parser().parse(text)  # type: ignore[assignment]  # what the transformer makes of `start`
    except (UnexpectedCharacters, UnexpectedToken) as error:
        raise misread(text, error) from error
    return part.condition


def _check_characters(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QueryError("a query has only characters that UTF-8 can hold", error.start) from error


class _Part(NamedTuple):
    """A condition on its way: where its text begins, how deep it is, how many conditions it has."""

    condition: Condition
    position: int
    depth: int = 1
    size: int = 1


class _Conditions(Transformer[Token, _Part]):
    """Makes conditions of what the parser has read, from the inside out."""

    def start(self, parts: Sequence[_Part]) -> _Part:
        return parts[0]

    group = start

    def disjunction(self, parts: Sequence[_Part]) -> _Part:
        return _together(Or, parts)

    def conjunction(self, parts: Sequence[_Part]) -> _Part:
        return _together(And, parts)

    def negated(self, parts: Sequence[_Part]) -> _Part:
        (part,) = parts
        step = -1 if isinstance(part.condition, Not) else 1
        return _bounded(_Part(negated(part.condition), part.position, part.depth + step, part.size + step))

    def comparison(self, children: tuple[Token, Token | list[Token]]) -> _Part:
        name, value = children
        condition = _compared(_field(name), value)
        both = 2 if isinstance(condition, Not) else 1
        return _Part(condition, name.start_pos or 0, both, both)

    def values(self, tokens: Sequence[Token]) -> Sequence[Token]:
        return tokens

    def word(self, tokens: Sequence[Token]) -> _Part:
        (token,) = tokens
        position = token.start_pos or 0
        _check_word(str(token), position)
        return _Part(made(Phrase, position, text=unescaped(str(token), position)), position)

    def address(self, tokens: Sequence[Token]) -> _Part:
        position = tokens[0].start_pos or 0
        return _Part(made(Phrase, position, text=str(tokens[0])), position)

    def quoted(self, tokens: Sequence[Token]) -> _Part:
        position = tokens[0].start_pos or 0
        text = unescaped(tokens[0][1:-1], position + 1)
        if not text:
            raise QueryError("there is nothing between the quotes: write the words to look for", position, ("a text",))
        return _Part(made(Phrase, position, text=text), position)

    def regex(self, tokens: Sequence[Token]) -> _Part:
        return _Part(_regex(ORIGINAL, tokens[0]), tokens[0].start_pos or 0)


@cache
def _parser() -> Lark:
    grammar = files("syslogger.query").joinpath("query.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", transformer=_Conditions(), maybe_placeholders=False)


def _together(kind: type[And | Or], parts: Sequence[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    # An And in an And is dissolved: what it holds moves one up.
    same = [isinstance(part.condition, kind) for part in parts]
    depth = max(part.depth + (0 if dissolved else 1) for part, dissolved in zip(parts, same, strict=True))
    count = 1 + sum(part.size for part in parts) - sum(same)
    measured = _bounded(_Part(parts[-1].condition, parts[-1].position, depth, count))
    condition = joined(kind, tuple(part.condition for part in parts))
    return measured._replace(condition=condition, position=parts[0].position)


def _bounded(part: _Part) -> _Part:
    if part.depth > MOST_DEPTH:
        raise QueryError(f"this is nested too deep: conditions are at most {MOST_DEPTH} deep", part.position)
    if part.size > MOST_CONDITIONS:
        raise QueryError(
            f"there are too many conditions, at most {MOST_CONDITIONS} with each AND, OR and NOT counted; "
            f"many values of one field are one condition as a list: field:(a b c)",
            part.position,
        )
    return part


def _field(token: Token) -> str:
    name = token.rstrip(":")
    if name != name.lower() or name.startswith("_"):
        raise QueryError(
            f"a field is called in lower case: {name.lower().lstrip('_')}:…; a text with a colon goes in quotes: "
            f"{exact(token)}",
            token.start_pos or 0,
        )
    return name


def _compared(field: str, value: Token | list[Token]) -> Condition:
    if not isinstance(value, Token):
        return _one_of(field, value)
    position = value.start_pos or 0
    if value.type == "REGEX":
        return _regex(field, value)
    return valued(field, str(value), position) if value.type == "VALUE" else quoted(field, str(value), position)


def _one_of(field: str, tokens: list[Token]) -> Condition:
    if len(tokens) > MOST_VALUES:
        raise QueryError(f"a list has at most {MOST_VALUES:,} values", tokens[MOST_VALUES].start_pos or 0)
    values = tuple(listed(field, str(token), token.start_pos or 0) for token in tokens)
    return made(OneOf, tokens[0].start_pos or 0, field=field, values=values)


def _regex(field: str, token: Token) -> Condition:
    raw = token[1:-1]
    position = (token.start_pos or 0) + 1
    with warnings.catch_warnings():  # "possible nested set": we take what Python takes it for today
        warnings.simplefilter("ignore")
        _check_regex(raw, position)
        return made(Regex, position, field=field, pattern=bare_slashes(raw))


def _check_regex(raw: str, position: int) -> None:
    try:
        # As typed: a slash with a backslash is a slash to `re`, too, and its own positions are those of the text.
        re.compile(raw)
    except re.error as error:
        raise QueryError(f"no regular expression: {error.msg}", position + (error.pos or 0)) from error
    except (RecursionError, OverflowError) as error:
        raise QueryError("no regular expression: it is nested too deep or counts too far", position) from error


def _check_word(raw: str, position: int) -> None:
    """Raises QueryError for a word that looks like something else."""
    wrong = _looks_like(raw)
    if wrong:
        raise QueryError(f"{wrong}; to look for this very text: {exact(raw)}", position)


def _looks_like(raw: str) -> str:
    if re.search(r"(?<!\\)(?:\\\\)*\*", raw):
        return f"words are found whole, without *; for a part of the line: {ORIGINAL}:*{raw.strip('*')}*"
    if found := re.fullmatch(r"([A-Za-z_]\w*):", raw, re.ASCII):
        return f"there is no value behind {raw} (it follows without a blank); rows that have any: {found[1]}:*"
    if found := re.fullmatch(r"([A-Za-z_]\w*)!=(.*)", raw, re.ASCII | re.DOTALL):
        return f"a field without a value is written -{found[1].lower()}:{found[2] or 'value'}"
    if found := re.fullmatch(r"([A-Za-z_]\w*)(?:==?|(?=[<>]))(.*)", raw, re.ASCII | re.DOTALL):
        return f"a field and its value are written {found[1].lower()}:{found[2] or 'value'}"
    if raw.startswith("/"):
        return "a regex ends with a slash, and one inside it has a backslash: /a\\/b/"
    if raw.startswith("!"):
        return f"not is a minus: -{raw.lstrip('!') or 'word'}"
    return {
        "-": "a minus stands directly before what it negates: -word",
        "&&": "and is written AND, or not at all",
        "||": "or is written OR",
        "AND": "AND stands between two conditions",
        "OR": "OR stands between two conditions",
    }.get(raw, "")
