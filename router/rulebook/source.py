"""TOML text → values that know line and column, and Problems with their place.

The only importer of toml-rs. Knows nothing of rules: the configuration is read by it as well.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import toml_rs

from router.rulebook.problem import Problem

Loc = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*\[{1,2}\s*([^\]\s][^\]]*?)\s*\]{1,2}")
_CODE = 4  # names up to this length (service codes) are all alike: no guess


@dataclass(frozen=True, slots=True)
class Source:
    """A file's values (`value`), with `place(loc)` for the line and column of each. `path` is as messages show it."""

    path: str
    value: dict[str, Any]
    nodes: Mapping[str, Any] = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)

    def place(self, loc: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
        """1-based line and column (in characters) of the value at `loc`, or of its key.

        Names and indices that the file lacks end the walk: the place is then that of the nearest table around it.
        """
        node: Any = self.nodes
        found = node
        depth = 0
        for step in loc:
            below = _step(node, step)
            if below is None:
                break
            node = found = below
            depth += 1
        if not depth:
            return (1, 1)
        whole = depth == len(loc)
        place = _where(found, key=key and whole) or self._header(found, loc[:depth])
        return self._in_characters(*place)

    def line(self, *loc: str | int) -> int:
        """The line of the value at `loc`."""
        return self.place(loc)[0]

    def problem(self, loc: Sequence[str | int], message: str, hint: str = "", *, key: bool = False) -> Problem:
        """A Problem at the place of `loc`; its message begins with the item that it is in (``signal 2: …``)."""
        line, column = self.place(loc, key=key)
        return Problem(self.path, line, column, _within(loc) + message, hint)

    def _header(self, table: Any, loc: Sequence[str | int]) -> tuple[int, int]:
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
    return Source(path, document.value, document.meta["nodes"], tuple(text.splitlines())), ()


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


def _step(node: Any, step: str | int) -> Any:
    inside = node["value"] if isinstance(node, dict) and ("value_line" in node or "key_line" in node) else node
    if isinstance(step, int):
        return inside[step] if isinstance(inside, list) and 0 <= step < len(inside) else None
    return inside.get(step) if isinstance(inside, dict) else None


def _first(number: Any) -> int:
    return int(number[0] if isinstance(number, (tuple, list)) else number)


def _where(node: Any, *, key: bool) -> tuple[int, int] | None:
    """Line and byte column of a node, if toml-rs gave it one."""
    if not isinstance(node, dict):
        return None
    for name in ("key", "value") if key else ("value", "key"):
        if isinstance(node.get(f"{name}_line"), (int, tuple, list)):
            return _first(node[f"{name}_line"]), _first(node[f"{name}_col"])
    return None


def _places(table: Any) -> list[tuple[int, int]]:
    if (place := _where(table, key=True)) is not None:
        return [place]
    below = table.values() if isinstance(table, dict) else table if isinstance(table, list) else ()
    return [p for node in below for p in _places(node)]
