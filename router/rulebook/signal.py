"""Signals: phrases that must stand together, and what they weigh when they do (docs/rules.md, section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from router.rulebook.index import PhraseIndex
from router.rulebook.pattern import Hit
from router.rulebook.shape import SignalTable
from router.rulebook.source import Source

OwnerKind = Literal["service", "elsewhere", "type", "service type", "screen"]
Phrases = frozenset[int]
"""Phrases as numbers of the index, any of which will do."""
Hits = Mapping[int, Sequence[Hit]]
_NONE: Phrases = frozenset()


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a signal speaks for: a service's code, an elsewhere's name, a type, (a service's) type, spam."""

    kind: OwnerKind
    key: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal with its phrases as numbers of the index, its name for people and its place in the files."""

    owner: Owner
    name: str
    file: str
    line: int
    weight: float
    any: Phrases = _NONE
    all: tuple[Phrases, ...] = ()
    near: tuple[Phrases, ...] = ()
    not_near: Phrases = _NONE
    unless: Phrases = _NONE
    where: frozenset[str] = frozenset()
    audience: str | None = None
    mailbox: str | None = None

    @property
    def trigger(self) -> Phrases:
        """Phrases of which one must stand in the mail whatever else: the smallest of its conditions. Empty: a tie-breaker."""
        needed = [item for item in (self.any, *self.all, *self.near) if item]
        return min(needed, key=len, default=_NONE)


@dataclass(frozen=True, slots=True)
class Fired:
    """A signal that holds for a mail: the words that made it, where, and the factor of that place."""

    signal: Signal
    hits: tuple[Hit, ...]
    factor: float

    @property
    def weight(self) -> float:
        """What it adds: its weight by the factor of its place."""
        return self.signal.weight * self.factor


def make(table: SignalTable, index: PhraseIndex, source: Source, loc: tuple[str | int, ...], owner: Owner) -> Signal:
    """A signal from its table. The phrases must have been checked (PhraseError otherwise)."""
    number = int(loc[-1]) + 1
    name = f"{owner.key} {loc[-2]} {number}" + (f": {table.why}" if table.why else "")
    any_, not_near, unless = (numbers(index, p) for p in (table.any, table.not_near, table.unless))
    all_, near = (tuple(frozenset(index.add(p)) for p in listed) for listed in (table.all, table.near))
    where = frozenset(table.where) | ({"second", "forwarded"} if "body" in table.where else frozenset())
    line = source.line(*loc)
    return Signal(
        owner,
        name,
        source.path,
        line,
        table.weight,
        any=any_,
        all=all_,
        near=near,
        not_near=not_near,
        unless=unless,
        where=where,
        audience=table.audience,
        mailbox=table.mailbox,
    )


def numbers(index: PhraseIndex, phrases: Iterable[str]) -> Phrases:
    """The numbers of all alternatives of all phrases."""
    return frozenset(number for phrase in phrases for number in index.add(phrase))
