"""Names that rule files may use of each other, and the Problem when they use another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from router.rulebook.phrase import check
from router.rulebook.problem import Problem
from router.rulebook.source import Source, nearest

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Service codes, unit keys, template names (None: not looked at), groups of phrases."""

    codes: Sequence[str]
    units: Sequence[str]
    templates: frozenset[str] | None
    groups: Mapping[str, Sequence[str]]


def named(source: Source, loc: Loc, what: str, name: str, known: Iterable[str]) -> Iterator[Problem]:
    """A Problem if the name is none of the known."""
    names = list(known)
    if name not in names:
        hint = nearest(name, names) if what == "service" else nearest(name, names, longer_than=1)
        yield source.problem(loc, f'unknown {what} "{name}"', hint)


def phrases(source: Source, loc: Loc, listed: Iterable[str], known: Known) -> Iterator[Problem]:
    """A Problem for each phrase that is none or can never match."""
    for i, phrase in enumerate(listed):
        if (fault := check(phrase, known.groups)) is not None:
            yield source.problem((*loc, i), f'phrase "{phrase}" {fault}')


def not_admitted(source: Source, loc: Loc, name: str, types: Iterable[str]) -> Problem:
    """A type that the service does not admit."""
    return source.problem(loc, f'type "{name}" is not admitted by the service', f"it admits: {', '.join(types)}")
