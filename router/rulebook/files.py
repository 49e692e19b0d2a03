"""The directory of rules → each file read and of the right shape, or every fault of all of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from router.rulebook import shape, tables
from router.rulebook.problem import Problem
from router.rulebook.source import Node, Source, nearest, read
from router.rulebook.validate import validate

Model = TypeVar("Model", bound=BaseModel)
_SHAPES: dict[str, type[BaseModel]] = {
    "elsewhere": shape.ElsewhereFile,
    "types": shape.TypesFile,
    "vocabulary": shape.VocabularyFile,
    "scoring": shape.ScoringFile,
    "routing": tables.RoutingFile,
    "units": tables.UnitsFile,
    "screen": tables.ScreenFile,
    "sla": tables.SlaFile,
    "replies": tables.RepliesFile,
    "learned": tables.LearnedFile,
}
_EMPTY = Source("", {}, Node(None, None, {}), ())


@dataclass(frozen=True, slots=True)
class File(Generic[Model]):
    """A file's values and their places."""

    source: Source
    table: Model


@dataclass(frozen=True, slots=True)
class Files:
    """A whole directory. A file that isn't there, or whose shape is wrong, is as an empty one; `codes` and `units` name
    what even those define, so that their own faults don't make others of them. `texts` is what each file says, by its path
    below the directory."""

    codes: tuple[str, ...]
    unit_names: tuple[str, ...]
    catalog: tuple[File[shape.ServiceFile], ...]
    elsewhere: File[shape.ElsewhereFile]
    types: File[shape.TypesFile]
    vocabulary: File[shape.VocabularyFile]
    scoring: File[shape.ScoringFile]
    routing: File[tables.RoutingFile]
    units: File[tables.UnitsFile]
    screen: File[tables.ScreenFile]
    sla: File[tables.SlaFile]
    replies: File[tables.RepliesFile]
    learned: File[tables.LearnedFile]
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


def gather(directory: Path) -> tuple[Files, list[Problem], str]:
    """All files of a directory, what is wrong with them one by one, and the digest of what they say."""
    shown = _shown(directory)
    problems: list[Problem] = []
    read_in: dict[str, Source] = {}
    catalog = []
    for path in sorted((directory / "catalog").glob("[!.]*.toml")):
        source, table = _one(path, f"{shown}/catalog/{path.name}", shape.ServiceFile, problems)
        if source is not None:
            read_in[f"catalog/{path.name}"] = source
            catalog += [] if table is None else [File(source, table)]
    if not (directory / "catalog").is_dir():
        problems.append(Problem(f"{shown}/catalog", 0, 0, "is missing", "one file per service belongs there"))
    others: dict[str, File[BaseModel]] = {}
    for path in sorted(directory.glob("[!.]*.toml")):
        model = _SHAPES.get(path.stem)
        if model is None:
            hint = nearest(path.name, [f"{n}.toml" for n in _SHAPES])
            problems.append(Problem(f"{shown}/{path.name}", 0, 0, "no rule file has this name", hint))
            continue
        source, other = _one(path, f"{shown}/{path.name}", model, problems)
        if source is not None:
            read_in[path.name] = source
        if source is not None and other is not None:
            others[path.stem] = File(source, other)
    if not (directory / "units.toml").is_file():
        problems.append(Problem(f"{shown}/units.toml", 0, 0, "is missing", "it names the units that own services"))
    codes = tuple(str(s.value.get("code", "")) for name, s in read_in.items() if name.startswith("catalog/"))
    units = read_in["units.toml"].value.get("unit", {}) if "units.toml" in read_in else {}
    names = tuple(units) if isinstance(units, dict) else ()
    texts = {name: source.text for name, source in sorted(read_in.items())}
    files = Files(codes, names, tuple(catalog), **_complete(others), texts=texts)  # type: ignore[arg-type]
    return files, problems, _digest(read_in)


def _one(path: Path, shown: str, model: type[Model], problems: list[Problem]) -> tuple[Source | None, Model | None]:
    source, faults = read(path, shown)
    problems += faults
    if source is None:
        return None, None
    table, faults = validate(source, model)
    problems += faults
    return source, table


def _complete(others: dict[str, File[BaseModel]]) -> dict[str, File[BaseModel]]:
    defaults = {"screen": tables.ScreenFile(threshold=1_000_000), "units": tables.UnitsFile(unit={})}
    return {
        name: others[name] if name in others else File(_EMPTY, defaults[name] if name in defaults else model())
        for name, model in _SHAPES.items()
    }


def _shown(directory: Path) -> str:
    """How messages call the directory: by its name from here, so that an editor jumps there."""
    try:
        return directory.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return directory.as_posix()


def _digest(sources: dict[str, Source]) -> str:
    """SHA-256 (first 16 hex digits) of the values of all files; comments and layout don't count."""
    said = json.dumps({name: s.value for name, s in sorted(sources.items())}, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def sorted_once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems by file, line and column, each once."""
    return tuple(sorted(dict.fromkeys(problems)))
