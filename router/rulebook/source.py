"""TOML text → values that know line and column, and Problems with their place.

The only importer of toml-rs. Knows nothing of rules: the configuration is read by it as well.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import toml_rs

from router.rulebook.problem import Problem

Loc = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*\[{1,2}\s*([^\]\s][^\]]*?)\s*\]{1,2}")
_CODE = 4  # names up to this length (service codes) are all alike: no guess


class Node(NamedTuple):
    """Where a key and its value stand (line and byte column, None if nowhere of their own), and what is inside."""

    key: tuple[int, int] | None
    value: tuple[int, int] | None
    below: dict[str, Node] | list[Node] | None


@dataclass(frozen=True, slots=True)
class Source:
    """A file's values (`value`), with `place(loc)` for the line and column of each. `path` is as messages show it,
    `text` what the file says."""

    path: str
    value: dict[str, Any]
    root: Node = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    text: str = field(default="", repr=False)

    def place(self, loc: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
        """1-based line and column (in characters) of the value at `loc`, or of its key.

        Names and indices that the file lacks end the walk: the place is then that of the nearest table around it.
        """
        node = self.root
        depth = 0
        for step in loc:
            below = _step(node, step)
            if below is None:
                break
            node = below
            depth += 1
        if not depth:
            return (1, 1)
        first, second = (node.key, node.value) if key and depth == len(loc) else (node.value, node.key)
        return self._in_characters(*(first or second or self._header(node, loc[:depth])))

    def line(self, *loc: str | int) -> int:
        """The line of the value at `loc`."""
        return self.place(loc)[0]

    def problem(self, loc: Sequence[str | int], message: str, hint: str = "", *, key: bool = False) -> Problem:
        """A Problem at the place of `loc`; its message begins with the item that it is in (``signal 2: …``)."""
        line, column = self.place(loc, key=key)
        return Problem(self.path, line, column, _within(loc) + message, hint)

    def _header(self, table: Node, loc: Sequence[str | int]) -> tuple[int, int]:
        """The header line of a table that has no node of its own: the nearest above its first key; of a table without
        keys, the first of its name below the table around it."""
        first = min(_places(table), default=None)
        name = None if first else ".".join(step for step in loc if isinstance(step, str))
        numbers = range(first[0], 0, -1) if first else range(self.line(*loc[:-1]), len(self.lines) + 1)
        for number in numbers:
            found = _HEADER.match(self.lines[number - 1])
            if found and name in (None, found[1].replace(" ", "").replace('"', "")):
                return number, len(self.lines[number - 1][: found.start(1)].encode()) + 1
        return first or (1, 1)

    def _in_characters(self, line: int, column: int) -> tuple[int, int]:
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return line, len(text.encode()[: column - 1].decode(errors="ignore")) + 1


def parse(text: str, path: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """TOML 1.0 text → Source, or the syntax error as a Problem."""
    try:
        document = toml_rs.load_with_metadata(text, toml_version="1.0.0")
    except toml_rs.TOMLDecodeError as error:
        what = str(error).strip().splitlines()[-1].strip()
        return None, (Problem(path, error.lineno, error.colno, what, "not valid TOML"),)
    return Source(path, document.value, _node(document.meta["nodes"]), tuple(text.splitlines()), text), ()


def read(file: Path, path: str | None = None) -> tuple[Source | None, tuple[Problem, ...]]:
    """A file → Source, or why it can't be read (missing, not UTF-8, not TOML). `path`: how messages call it."""
    name = path or str(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        return None, (Problem(name, 0, 0, f"cannot be read: {error.strerror or error}"),)
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        return None, (Problem(name, line, 1, "not UTF-8", "save the file as UTF-8"),)
    return parse(text, name)


def nearest(name: str, known: Iterable[str], *, longer_than: int = _CODE, at_most: int = 12) -> str:
    """A hint for a misspelt name: ``did you mean "x"?``, else the known ones, or "" if more than `at_most`.

    A name no longer than `longer_than` is only guessed by its case: codes differ in a letter and mean something else.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name.lower(), [n.lower() for n in names], 1, 0.6)
    if close and (len(name) > longer_than or close[0] == name.lower()):
        return f'did you mean "{next(n for n in names if n.lower() == close[0])}"?'
    return f"known: {', '.join(names)}" if 0 < len(names) <= at_most else ""


def _within(loc: Sequence[str | int]) -> str:
    """``signal 2: `` for a loc inside the second signal; "" at the top."""
    said = [f"{loc[i - 1]} {s + 1}" for i, s in enumerate(loc) if isinstance(s, int) and i and i < len(loc) - 1]
    return f"{said[0]}: " if said else ""


def _node(raw: Any) -> Node:
    """What toml-rs says of a value, without the values: they would fill ten times their room."""
    if isinstance(raw, dict) and (_at(raw, "key") or _at(raw, "value")):
        return Node(_at(raw, "key"), _at(raw, "value"), _below(raw.get("value")))
    return Node(None, None, _below(raw))


def _below(raw: Any) -> dict[str, Node] | list[Node] | None:
    if isinstance(raw, dict):
        return {name: _node(value) for name, value in raw.items()}
    return [_node(value) for value in raw] if isinstance(raw, list) else None


def _at(raw: dict[str, Any], name: str) -> tuple[int, int] | None:
    line, column = raw.get(f"{name}_line"), raw.get(f"{name}_col")
    if isinstance(line, (int, tuple, list)) and isinstance(column, (int, tuple, list)):
        return _first(line), _first(column)
    return None


def _first(number: int | Sequence[int]) -> int:
    return number if isinstance(number, int) else int(number[0])


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(step, int):
        return node.below[step] if isinstance(node.below, list) and 0 <= step < len(node.below) else None
    return node.below.get(step) if isinstance(node.below, dict) else None


def _places(table: Node) -> list[tuple[int, int]]:
    """The places of all that stands in a table that has none itself."""
    if place := table.key or table.value:
        return [place]
    below = table.below.values() if isinstance(table.below, dict) else table.below or ()
    return [p for node in below for p in _places(node)]
