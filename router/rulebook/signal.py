"""Signals: phrases that must stand together, and what they weigh when they do (docs/rules.md, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from router.rulebook.decision import Circumstances
from router.rulebook.pattern import Hit
from router.rulebook.phrase import PhraseIndex
from router.rulebook.shape import SignalTable
from router.rulebook.source import Source

OwnerKind = Literal["service", "elsewhere", "type", "service type", "screen"]
Hits = Mapping[int, Sequence[Hit]]
_ANYWHERE = frozenset({"subject", "body", "second", "attachment"})


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
    any: tuple[int, ...] = ()
    all: tuple[tuple[int, ...], ...] = ()
    near: tuple[tuple[int, ...], ...] = ()
    not_near: tuple[int, ...] = ()
    unless: tuple[int, ...] = ()
    where: frozenset[str] = frozenset()
    audience: str | None = None
    mailbox: str | None = None

    @property
    def words(self) -> tuple[int, ...]:
        """The phrases that can make it fire."""
        return self.any + tuple(n for item in self.all + self.near for n in item)


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


@dataclass(frozen=True, slots=True)
class SignalSet:
    """All signals of a rule set, found by the phrases that stand in a mail."""

    signals: tuple[Signal, ...]
    by_phrase: Mapping[int, tuple[int, ...]]
    tie_breakers: tuple[Signal, ...]

    def fire(self, hits: Hits, circumstances: Circumstances, factors: Mapping[str, float]) -> list[Fired]:
        """Every signal that holds, in the order of the files. `factors`: by place."""
        touched = {n for phrase in hits for n in self.by_phrase.get(phrase, ())}
        found = []
        for number in sorted(touched):
            fired = _fire(self.signals[number], hits, circumstances, factors)
            if fired is not None:
                found.append(fired)
        return found


def make(table: SignalTable, index: PhraseIndex, source: Source, loc: tuple[str | int, ...], owner: Owner) -> Signal:
    """A signal from its table. The phrases must have been checked (PhraseError otherwise)."""
    number = int(loc[-1]) + 1
    name = f"{owner.key} {loc[-2]} {number}" + (f": {table.why}" if table.why else "")
    any_, not_near, unless = (numbers(index, p) for p in (table.any, table.not_near, table.unless))
    all_, near = (tuple(index.add(p) for p in listed) for listed in (table.all, table.near))
    where = frozenset(table.where) | ({"second"} if "body" in table.where else frozenset())
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


def numbers(index: PhraseIndex, phrases: Iterable[str]) -> tuple[int, ...]:
    """The numbers of all alternatives of all phrases."""
    return tuple(dict.fromkeys(number for phrase in phrases for number in index.add(phrase)))


def collect(signals: Iterable[Signal]) -> SignalSet:
    """Signals → a set that knows them by phrase; those without phrases are tie-breakers."""
    listed = tuple(signals)
    by_phrase: dict[int, list[int]] = {}
    for number, signal in enumerate(listed):
        for phrase in dict.fromkeys(signal.words):
            by_phrase.setdefault(phrase, []).append(number)
    ties = tuple(s for s in listed if not s.words)
    return SignalSet(listed, {p: tuple(n) for p, n in by_phrase.items()}, ties)


def suits(signal: Signal, circumstances: Circumstances) -> bool:
    """Do sender and mailbox allow it?"""
    return (signal.audience is None or signal.audience == circumstances.audience) and (
        signal.mailbox is None or signal.mailbox == circumstances.mailbox
    )


def stands(phrases: Iterable[int], hits: Hits) -> bool:
    """Does one of the phrases stand in subject, body or an attachment's name?"""
    return any(hit.sentence.place in _ANYWHERE for p in phrases for hit in hits.get(p, ()))


def _fire(signal: Signal, hits: Hits, circumstances: Circumstances, factors: Mapping[str, float]) -> Fired | None:
    if not suits(signal, circumstances):
        return None
    if any(hits.keys().isdisjoint(item) for item in signal.all + signal.near):
        return None
    barred = {h.sentence.number for p in signal.not_near for h in hits.get(p, ())} if signal.not_near else set()
    chosen: list[Hit] = []
    nearness = 1.0
    if signal.any:
        best = _best((h for p in signal.any for h in hits.get(p, ())), signal, barred, factors)
        if best is None:
            return None
        chosen.append(best)
    for item in signal.all:
        best = _best((h for p in item for h in hits.get(p, ())), signal, barred, factors)
        if best is None:
            return None
        chosen.append(best)
    if signal.near:
        together = _together(signal, hits, barred, factors)
        if together is None:
            return None
        chosen += together[0]
        nearness = together[1]
    if signal.unless and stands(signal.unless, hits):
        return None
    factor = nearness * min(factors[h.sentence.place] for h in chosen)
    return Fired(signal, tuple(chosen), factor) if factor else None


def _best(found: Iterable[Hit], signal: Signal, barred: set[int], factors: Mapping[str, float]) -> Hit | None:
    """The hit in the place that counts most; of equals the first."""
    allowed = (h for h in found if h.sentence.number not in barred and _allowed(signal, h))
    return max(allowed, key=lambda h: (factors[h.sentence.place], -h.sentence.number), default=None)


def _allowed(signal: Signal, hit: Hit) -> bool:
    return not signal.where or hit.sentence.place in signal.where


def _together(
    signal: Signal, hits: Hits, barred: set[int], factors: Mapping[str, float]
) -> tuple[tuple[Hit, ...], float] | None:
    """One hit of each `near` phrase where they count most, and how much: in one sentence; in a sentence and the subject,
    which says what every sentence is about; in two neighbouring sentences.
    """
    found: list[dict[int, Hit]] = []
    for item in signal.near:
        here: dict[int, Hit] = {}
        for phrase in item:
            for hit in hits.get(phrase, ()):
                if hit.sentence.number not in barred and _allowed(signal, hit):
                    here.setdefault(hit.sentence.number, hit)
        if not here:
            return None
        found.append(here)
    numbers = sorted({n for here in found for n in here})
    best: tuple[tuple[Hit, ...], float] | None = None
    most = 0.0
    for number in numbers:
        for other, scale in _COMPANIONS:
            group = tuple(h for h in (here.get(number) or here.get(other(number)) for here in found) if h is not None)
            if len(group) < len(found) or not _linked(group, scale):
                continue
            nearness = factors.get(scale, 1.0)
            points = nearness * min(factors[h.sentence.place] for h in group)
            if points > most:
                best, most = (group, nearness), points
            break
    return best


_COMPANIONS: tuple[tuple[Callable[[int], int], str], ...] = (
    (lambda number: number, "same"),
    (lambda number: 0, "with_subject"),
    (lambda number: number + 1, "next"),
)


def _linked(group: Sequence[Hit], how: str) -> bool:
    """May these hits of two sentences be taken together?"""
    places = {h.sentence.place for h in group}
    if how == "with_subject":
        return "subject" in places and places <= {"subject", "body", "second"}
    return how == "same" or places <= {"body", "second"}
