"""Proofreading: what a template says that its context does not know, found without rendering it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from jinja2 import nodes

from router.desk.contexts import Context

Find = tuple[int, str, str]  # line, message, hint


def unknown(tree: nodes.Template, context: type[Context]) -> Iterator[Find]:
    """Each variable, and each attribute of one, that the context doesn't have."""
    known = _hints(context)  # type: ignore[arg-type]  # mypy doubts that classes can be hashed
    found = list(tree.find_all((nodes.Name, nodes.Macro, nodes.FromImport, nodes.Getattr)))
    local = {"loop", "caller"} | {name for node in found for name in _named(node)}
    for node in found:
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known and node.name not in local:
            yield node.lineno, f'unknown variable "{node.name}"', _near(node.name, known)
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name not in local:
            allowed = _attributes(known.get(node.node.name))
            if allowed and node.attr not in allowed:
                yield node.lineno, f'unknown variable "{node.node.name}.{node.attr}"', _near(node.attr, allowed)


@cache
def _hints(context: type[Context]) -> dict[str, Any]:
    return get_type_hints(context)


def _named(node: nodes.Node) -> Iterator[str]:
    """The words that a template makes for itself: loop variables, macros and their arguments, imports."""
    if isinstance(node, nodes.Macro) or (isinstance(node, nodes.Name) and node.ctx in ("store", "param")):
        yield node.name
    if isinstance(node, nodes.FromImport):
        yield from (name if isinstance(name, str) else name[1] for name in node.names)


def _attributes(hint: Any) -> tuple[str, ...]:
    """The fields of a dataclass, or of the dataclass in `X | None`; () for any other type."""
    kinds = get_args(hint) if get_origin(hint) in (UnionType, Union) else (hint,)
    return tuple(item.name for kind in kinds if is_dataclass(kind) for item in fields(kind))


def _near(word: str, known: Iterable[str]) -> str:
    options = sorted(known)
    near = get_close_matches(word, options, 1)
    return f'did you mean "{near[0]}"?' if near else f"known are {', '.join(options)}"


def absent(tree: nodes.Template, files: Collection[str]) -> Iterator[Find]:
    """Each file that the template includes or imports from and that isn't there."""
    for node in tree.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)):
        template = dict(node.iter_fields())["template"]
        name = template.value if isinstance(template, nodes.Const) else None
        if name not in files:
            yield node.lineno, f'no template file "{name}"', "name it from the templates directory on"
