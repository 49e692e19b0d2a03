"""What a pydantic model finds wrong with a file's values → Problems with their place, as a person would say them."""

from __future__ import annotations

import copy
import re
import types
import typing
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from router.rulebook.problem import Problem
from router.rulebook.source import Loc, Source, nearest

Model = TypeVar("Model", bound=BaseModel)

_EXPECTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "date_type": "a date such as 2026-12-31",
    "time_type": "a time such as 08:00:00",
}


def validate(source: Source, model: type[Model]) -> tuple[Model | None, tuple[Problem, ...]]:
    """The file's values as `model` says, and every fault with its place. A fault names what is allowed.

    Where nothing but unknown keys is wrong, the values without them are given as well, to be checked further.
    """
    try:
        return model.model_validate(source.value), ()
    except ValidationError as error:
        found = error.errors(include_url=False)
    unknown = [e["loc"] for e in found if e["type"] == "extra_forbidden"]
    meant = {(*loc[:-1], _meant(str(loc[-1]), _keys(model, loc[:-1]))) for loc in unknown}
    told = [e for e in found if e["type"] != "missing" or e["loc"] not in meant]
    return _without(source, model, unknown), tuple(dict.fromkeys(_problem(source, model, e) for e in told))


def _without(source: Source, model: type[Model], unknown: Sequence[Loc]) -> Model | None:
    """The values without their unknown keys, if these are all that is wrong."""
    value = copy.deepcopy(source.value)
    for loc in unknown:
        table: Any = value
        for step in loc[:-1]:
            table = table[step]
        del table[loc[-1]]
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _meant(name: str, known: Sequence[str]) -> str:
    """The known name that a misspelt one is taken for, or ""."""
    return next(iter(re.findall(r'^did you mean "(.*)"', nearest(name, known, longer_than=1))), "")


def _problem(source: Source, model: type[BaseModel], error: ErrorDetails) -> Problem:
    loc, kind, context = error["loc"], error["type"], error.get("ctx", {})
    last = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        hint = nearest(last, _keys(model, loc[:-1]), longer_than=1)
        return source.problem(loc, f'unknown key "{last}"', hint, key=True)
    if kind == "missing":
        return source.problem(loc, f'missing key "{last}"')
    shown = f"{_name(loc)} is {_show(error['input'])}"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        hint = nearest(str(error["input"]), allowed, longer_than=1)
        return source.problem(loc, f"{shown}: not one of {', '.join(allowed)}", hint if hint.startswith("did") else "")
    if kind == "value_error":
        return source.problem(loc, str(context.get("error", error["msg"])))
    if kind in _EXPECTED:
        return source.problem(loc, f"{shown}: must be {_EXPECTED[kind]}")
    return source.problem(loc, f"{shown}: {error['msg'][:1].lower()}{error['msg'][1:]}")


def _keys(model: Any, loc: Loc) -> list[str]:
    """The keys that the table at `loc` may have, found by walking the model's annotations."""
    here = [model]
    for step in loc:
        here = [below for m in here for below in _below(m, step)]
    return [f.alias or n for m in here if _is_model(m) for n, f in m.model_fields.items()]


def _below(annotation: Any, step: str | int) -> list[Any]:
    if _is_model(annotation):
        fields = annotation.model_fields.items()
        return [part for n, f in fields if (f.alias or n) == step for part in _open(f.annotation)]
    arguments = typing.get_args(annotation)
    return _open(arguments[-1]) if arguments else []


def _open(annotation: Any) -> list[Any]:
    """An annotation without `Annotated` and with its unions opened up."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _open(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return [part for a in typing.get_args(annotation) for part in _open(a)]
    return [annotation]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _name(loc: Loc) -> str:
    names = [s for s in loc if isinstance(s, str)]
    number = f" item {loc[-1] + 1}" if loc and isinstance(loc[-1], int) else ""
    return f'"{names[-1]}"{number}' if names else "the file"


def _show(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else str(value)
