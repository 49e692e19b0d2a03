"""Proofreading: what a template says that its context does not know, found without rendering it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from jinja2 import nodes

from router.desk.contexts import Context

Find = tuple[int, str, str]  # line, message, hint


def unknown(tree: nodes.Template, context: type[Context]) -> Iterator[Find]:
    """Each variable, and each attribute of one, that the context doesn't have."""
    known = get_type_hints(context)
    local = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")} | {"loop", "caller"}
    local |= {node.name for node in tree.find_all(nodes.Macro)}
    for imported in tree.find_all(nodes.FromImport):
        local |= {name if isinstance(name, str) else name[1] for name in imported.names}
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in known and node.name not in local:
            yield node.lineno, f'unknown variable "{node.name}"', _near(node.name, known)
    for attribute in tree.find_all(nodes.Getattr):
        if isinstance(attribute.node, nodes.Name) and attribute.node.name in known and attribute.node.name not in local:
            allowed = _attributes(known[attribute.node.name])
            if allowed and attribute.attr not in allowed:
                whole = f"{attribute.node.name}.{attribute.attr}"
                yield attribute.lineno, f'unknown variable "{whole}"', _near(attribute.attr, allowed)


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
    named: list[nodes.Include | nodes.Extends | nodes.Import | nodes.FromImport] = [
        *tree.find_all(nodes.Include),
        *tree.find_all(nodes.Extends),
        *tree.find_all(nodes.Import),
        *tree.find_all(nodes.FromImport),
    ]
    for node in named:
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if name not in files:
            yield node.lineno, f'no template file "{name}"', "name it from the templates directory on"
