"""The fields of a model, told to people: what would be right in each, and what is wrong with those that came.

Rules
- What would be right is what the field's own check says: a check is asked about something it cannot take. So the
  documentation and the errors are one sentence, and it is the sentence of the code that decides.
- A path is what stands in the request: an object of fields is an object there, whatever the model makes of it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, to_jsonable_python

from syslogger.checks import Finding, Location, nearest
from syslogger.errors import UnfitError, shown
from syslogger.rawconfig import CROSS_CHECK
from syslogger.settings import LogClass

# The cross checks are run over the request as it came; a name that defaults to an address has no problem of its own.
_TOLD_ELSEWHERE = frozenset({CROSS_CHECK, "default_factory_not_called"})
_OBJECTS: dict[tuple[type[BaseModel], str], str] = {
    (LogClass, "fields"): "an object of field to pattern, in the order of the columns",
}
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class FieldText:
    """One field: its name in JSON, what would be right, the default as JSON (None where one has to be sent)."""

    name: str
    right: str
    default: object
    required: bool
    fields: tuple[FieldText, ...] = ()


def fields_of(model: type[BaseModel]) -> tuple[FieldText, ...]:
    """Every field of a model, those of the models in it below them."""
    return tuple(_field(model, name, info) for name, info in model.model_fields.items())


def _field(model: type[BaseModel], name: str, info: FieldInfo) -> FieldText:
    inner = _model_in(info.annotation)
    below = fields_of(inner) if inner and (model, name) not in _OBJECTS else ()
    return FieldText(_key(name, info), _right(model, name, info), _default(model, info), info.is_required(), below)


def _default(model: type[BaseModel], info: FieldInfo) -> object:
    if info.is_required() or info.default_factory or getattr(model, "PARTIAL", False):
        return None
    if isinstance(info.default, BaseModel):
        return info.default.model_dump(mode="json", exclude_unset=True)
    return to_jsonable_python(info.default)


def validated(model: type[_Model], data: object) -> tuple[_Model | None, list[Finding]]:
    """`data` as the model, or None and what is wrong with it; keys are those of JSON."""
    try:
        return model.model_validate(data, by_alias=True, by_name=False), []
    except ValidationError as error:
        wanted = (each for each in error.errors(include_url=False) if each["type"] not in _TOLD_ELSEWHERE)
        return None, [_finding(details, model, data) for details in wanted]


def _finding(details: ErrorDetails, model: type[BaseModel], data: object) -> Finding:
    where, unfit = _place(details["loc"], data), details.get("ctx", {}).get("error")
    if isinstance(unfit, UnfitError):
        return Finding(where, unfit.wrong, unfit.right)
    if details["type"] == "extra_forbidden":
        known = [each.name for each in _level(fields_of(model), where[:-1])]
        near = nearest(str(where[-1]), known)
        right = f"did you mean {near!r}?" if near else f"the fields here are: {', '.join(known) or 'none'}"
        return Finding(where, "the field is unknown", right)
    right = _right_at(fields_of(model), where)
    if details["type"] == "missing":
        return Finding(where, "the field is missing", right)
    return Finding(where, f"{shown(details['input'])} does not fit here", right)


def _place(loc: Location, data: object) -> Location:
    """Where in the request an error is: an index into what was an object there stands for one of its keys."""
    where: list[str | int] = []
    node = data
    for part in loc:
        if isinstance(node, Mapping):
            key: str | int = list(node)[part] if isinstance(part, int) else part
            node = node.get(key)
        elif isinstance(node, list | tuple) and isinstance(part, int):
            key, node = part, node[part]
        else:
            break  # the model goes on where the request does not
        where.append(key)
    return tuple(where)


def _level(fields: tuple[FieldText, ...], where: Location) -> tuple[FieldText, ...]:
    for part in where:
        if isinstance(part, str):
            fields = next((each.fields for each in fields if each.name == part), ())
    return fields


def _right_at(fields: tuple[FieldText, ...], where: Location) -> str:
    names = [part for part in where if isinstance(part, str)]
    if not names:
        return "an object of the fields of the operation"
    last = where[-1]
    right = next((each.right for each in _level(fields, tuple(names[:-1])) if each.name == names[-1]), "another value")
    return right.removeprefix("a list: ") if isinstance(last, int) else right


def _key(name: str, info: FieldInfo) -> str:
    return str(info.validation_alias or name)


def _right(model: type[BaseModel], name: str, info: FieldInfo) -> str:
    if (model, name) in _OBJECTS:
        return _OBJECTS[model, name]
    return _right_of(info.annotation, info.metadata) or "any value"


def _right_of(annotation: Any, metadata: list[Any] | tuple[Any, ...] = ()) -> str:
    for check in metadata:
        if isinstance(check, BeforeValidator) and (right := _asked(check)):
            return right
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _right_of(inner, more)
    if get_origin(annotation) in (types.UnionType, Union):  # the latter is what Annotated | None makes
        parts = [each for each in get_args(annotation) if each is not type(None)]
        return f"{_right_of(parts[0])}, or null" if len(parts) < len(get_args(annotation)) else _right_of(parts[0])
    if get_origin(annotation) is tuple:
        return f"a list: {_right_of(get_args(annotation)[0])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"an object {{ {', '.join(_key(*each) for each in annotation.model_fields.items())} }}"
    return ""


def _asked(check: BeforeValidator) -> str:
    """What a check says would be right; nothing where it takes everything."""
    try:
        check.func(object())  # type: ignore[call-arg] # none of ours wants pydantic's second argument
    except UnfitError as unfit:
        return unfit.right
    return ""


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)


def walk(fields: tuple[FieldText, ...], above: str = "") -> Iterator[tuple[str, FieldText]]:
    """Every field with its path, those of models after their own."""
    for each in fields:
        yield above + each.name, each
        yield from walk(each.fields, f"{above}{each.name}.")
