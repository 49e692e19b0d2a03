"""What commands print: tables for people, one JSON object a line for programs, problems on standard error.

Text out of strangers' mail is shown here, so nothing reaches a terminal that could steer it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import IntEnum
from pathlib import PurePath
from typing import Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from router.rulebook.problem import Problem

_WIDE = 2000  # columns where nobody looks at a screen: a pipe must not lose what a narrow terminal would cut
# C0, DEL, C1 and the directional overrides of Unicode: what could move the cursor or turn text round.
_CONTROLS = (*range(9), *range(14, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_STEERING = dict.fromkeys(_CONTROLS, "\N{REPLACEMENT CHARACTER}") | dict.fromkeys(range(9, 14), " ")


class Exit(IntEnum):
    """Exit codes: done; a check found faults; wrong usage or configuration; something outside failed."""

    DONE = 0
    FAULTS = 1
    USAGE = 2
    OUTSIDE = 3


def console(file: TextIO | None = None) -> Console:
    """A console on that stream (standard output if None); colour on a terminal only, and never with NO_COLOR."""
    stream = file or sys.stdout
    return Console(file=stream, width=None if stream.isatty() else _WIDE, highlight=False, soft_wrap=False)


def cell(value: Any) -> str:
    """A value as a person reads it, on one line, harmless to a terminal. None is empty, times are local to the value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Mapping):
        return " ".join(part for part in (cell(v) for v in value.values()) if part)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(cell(v) for v in value)
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value).translate(_STEERING)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], file: TextIO | None = None) -> None:
    """Prints rows under the names of their columns, as wide as the terminal allows; numbers stand to the right."""
    listed = [list(row) for row in rows]
    grid = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False)
    for place, name in enumerate(columns):
        right = _are_numbers(row[place] for row in listed)
        grid.add_column(Text(name), justify="right" if right else "left", overflow="fold")
    for row in listed:
        grid.add_row(*(Text(cell(value)) for value in row))
    console(file).print(grid)


def _are_numbers(values: Iterable[Any]) -> bool:
    """Whether a column holds numbers, and nothing else but gaps."""
    kinds = {type(value) for value in values if value is not None}
    return bool(kinds) and kinds <= {int, float}


def json_line(value: Any) -> str:
    """The value as one line of JSON, without its line end; times in ISO 8601, tuples and sets as arrays."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def emit(objects: Iterable[Mapping[str, Any]], as_json: bool, columns: Sequence[str] | None = None) -> None:
    """Prints objects: one JSON object a line as they come, or a table of the named columns (all of the first if None).

    JSON is UTF-8 whatever the locale says.
    """
    if as_json:
        for one in objects:
            _write_utf8(json_line(one) + "\n")
        return
    listed = list(objects)
    names = list(columns if columns is not None else (listed[0] if listed else ()))
    if names:
        table(names, ([one.get(name) for name in names] for one in listed))


def _write_utf8(text: str) -> None:
    data = text.encode("utf-8", "replace")
    if (buffer := getattr(sys.stdout, "buffer", None)) is None:  # a text stream put in place of it
        sys.stdout.write(data.decode("utf-8"))
    else:
        sys.stdout.flush()
        buffer.write(data)
        buffer.flush()


def say(text: str, style: str = "", file: TextIO | None = None) -> None:
    """Prints a sentence for a person on standard output; several lines are kept as they are."""
    clean = "\n".join(cell(line) for line in text.split("\n"))
    console(file).print(Text(clean, style=style), soft_wrap=True)


def complain(text: str) -> None:
    """Prints a fault on standard error."""
    say(text, style="red", file=sys.stderr)


def problems(found: Iterable[Problem]) -> None:
    """Prints each problem on standard error, a line each, errors red and warnings yellow."""
    for problem in found:
        warning = problem.severity == "warning"
        say(f"warning: {problem}" if warning else str(problem), style="yellow" if warning else "red", file=sys.stderr)
