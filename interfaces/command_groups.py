"""Command groups made from the table of operations: `syslogger engines pause main --reason maintenance`.

Rules
- A family of operations is a group, an operation a command. The first field that has to be sent is an argument (else
  the name of what it is about), every other field is an option; fields of an object inside (an engine, a client), too.
- A list is an option that may be repeated. Patterns are `--field NAME=PATTERN`, in order; lines to try come from stdin.
- What is checked is checked by the factory, in its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import orjson

from interfaces.fields import FieldText, fields_of
from interfaces.operations import OPERATIONS, Operation
from syslogger.cli.options import CONFIG, JSON
from syslogger.errors import ExitCode

Ask = Callable[[Path, str, dict[str, Any], bool], None]

PATTERNS, LINES = "fields", "lines"
NAMES = ("name", "engine")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One field as a shell spells it. path: where it stands in the request."""

    path: tuple[str, ...]
    field: FieldText
    required: bool

    @property
    def variable(self) -> str:
        """The name that click gives its value."""
        return "_".join(self.path)

    def option(self, beside: Sequence[Parameter]) -> str:
        """`--keep-original` for `keep_original`; `--client-name` where another field is called `name`, too."""
        alone = all(each is self or each.path[-1] != self.path[-1] for each in beside)
        return "--" + "-".join(self.path[-1:] if alone else self.path).replace("_", "-")


def group(family: str, ask: Ask) -> click.Group:
    """The commands of one family."""
    operations = [each for each in OPERATIONS.values() if each.name.startswith(f"{family}.")]
    made = click.Group(family, help=f"Ask the factory about {family}.")
    for operation in operations:
        made.add_command(_command(operation, ask), operation.name.partition(".")[2].replace("_", "-"))
    return made


def _command(operation: Operation, ask: Ask) -> click.Command:
    parameters = list(_parameters(fields_of(operation.request), (), required=True))
    first = next((each for each in parameters if each.required), None)
    if first is None and parameters and parameters[0].path[-1] in NAMES:
        first = parameters[0]

    def run(config: Path, as_json: bool, **values: Any) -> ExitCode:
        ask(config, operation.name, _request(parameters, values), as_json)
        return ExitCode.OK

    command = click.Command(None, callback=run, help=f"{operation.summary}\n\nAnswers {operation.answer}.")
    for each in parameters:
        options = [other for other in parameters if other is not first]
        command.params.append(_argument(each) if each is first else _option(each, options))
    return JSON(CONFIG(command))


def _parameters(fields: Sequence[FieldText], path: tuple[str, ...], *, required: bool) -> Iterator[Parameter]:
    for field in fields:
        here = (*path, field.name)
        if field.fields and not field.right.startswith("a list"):
            yield from _parameters(field.fields, here, required=required and field.required)
        else:
            yield Parameter(here, field, required and field.required)


def _argument(parameter: Parameter) -> click.Argument:
    return click.Argument([parameter.variable], required=parameter.required, metavar=parameter.path[-1].upper())


def _option(parameter: Parameter, beside: Sequence[Parameter]) -> click.Option:
    field, name = parameter.field, parameter.path[-1]
    words = [parameter.variable, "--field" if name == PATTERNS else parameter.option(beside)]
    if name == LINES:
        words[1] = "--lines"
        return click.Option(
            words,
            type=click.File("r", "utf-8", errors="backslashreplace"),
            default="-",
            help="A file of lines, - is stdin.",
        )
    if name == PATTERNS:
        return click.Option(words, multiple=True, metavar="NAME=PATTERN", help=f"{field.right}; may be repeated.")
    if "a list" in field.right:
        return click.Option(words, multiple=True, help=f"{field.right}; may be repeated, JSON where it is an object.")
    if field.right.startswith("true or false"):
        words[1] += f"/--no-{words[1].removeprefix('--')}"
        return click.Option(words, default=None, help=_help(field))
    return click.Option(words, required=parameter.required, help=_help(field), metavar="TEXT")


def _help(field: FieldText) -> str:
    default = "" if field.required or field.default in (None, "", []) else f" (default {field.default})"
    return f"{field.right}{default}."


def _request(parameters: Sequence[Parameter], values: dict[str, Any]) -> dict[str, Any]:
    """What to send: only what was given, so that the factory's defaults hold."""
    request: dict[str, Any] = {}
    for parameter in parameters:
        value = values[parameter.variable]
        if value is None or value == ():
            continue
        place = request
        for name in parameter.path[:-1]:
            place = place.setdefault(name, {})
        place[parameter.path[-1]] = _value(parameter, value)
    return request


def _value(parameter: Parameter, value: Any) -> Any:
    if parameter.path[-1] == LINES:
        return [line.rstrip("\n") for line in value]
    if parameter.path[-1] == PATTERNS:
        return _patterns(value)
    if value == ("all",) and not parameter.field.right.startswith("a list"):
        return "all"
    if isinstance(value, tuple):
        return [_json(word) for word in value]
    return _number(parameter.field, value)


def _patterns(words: Sequence[str]) -> dict[str, str]:
    patterns: dict[str, str] = {}
    for name, pattern in map(_pattern, words):
        if name in patterns:
            raise click.BadParameter(f"the field {name!r} is given twice", param_hint="--field")
        patterns[name] = pattern
    return patterns


def _pattern(word: str) -> tuple[str, str]:
    name, equals, pattern = word.partition("=")
    if not equals:
        raise click.BadParameter(f"{word!r} is no NAME=PATTERN", param_hint="--field")
    return name, pattern


def _json(word: str) -> Any:
    try:
        return orjson.loads(word) if word.startswith("{") else word
    except orjson.JSONDecodeError as error:
        raise click.BadParameter(f"{word!r} is no JSON: {error.msg}") from error


def _number(field: FieldText, value: Any) -> Any:
    """A whole number where one is wanted; `null` takes a setting of its own away."""
    if value == "null" and field.right.endswith("or null"):
        return None
    wants_number = field.right.startswith(("a whole number", "a port"))
    return int(value) if wants_number and re.fullmatch("-?[0-9]{1,18}", str(value)) else value
