"""Which signals hold for a mail, by the phrases that stand in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from router.rulebook.decision import Circumstances
from router.rulebook.pattern import Hit
from router.rulebook.signal import Fired, Hits, Phrases, Signal

Factors = Mapping[str, float]
_ANYWHERE = frozenset({"subject", "body", "second", "forwarded", "attachment"})
_LATE = 10  # sentences; the subject has the number 0, the body begins at 1
_OWN_WORDS = frozenset({"body", "second", "forwarded"})


@dataclass(frozen=True, slots=True)
class SignalSet:
    """All signals of a rule set, found by the phrases without which they can't hold."""

    signals: tuple[Signal, ...]
    by_phrase: Mapping[int, tuple[int, ...]]
    tie_breakers: tuple[Signal, ...]

    def fire(self, hits: Hits, circumstances: Circumstances, factors: Factors) -> list[Fired]:
        """Every signal that holds, in the order of the files. `factors`: by place, and for nearness."""
        standing = frozenset(hits)
        touched = {number for phrase in standing for number in self.by_phrase.get(phrase, ())}
        found = []
        for number in sorted(touched):
            fired = _fire(self.signals[number], standing, hits, circumstances, factors)
            if fired is not None:
                found.append(fired)
        return found


def collect(signals: Iterable[Signal]) -> SignalSet:
    """Signals → a set that knows them by phrase; those without phrases are tie-breakers."""
    listed = tuple(signals)
    by_phrase: dict[int, list[int]] = {}
    for number, signal in enumerate(listed):
        for phrase in signal.trigger:
            by_phrase.setdefault(phrase, []).append(number)
    ties = tuple(s for s in listed if not s.trigger)
    return SignalSet(listed, {p: tuple(n) for p, n in by_phrase.items()}, ties)


def suits(signal: Signal, circumstances: Circumstances) -> bool:
    """Do sender and mailbox allow it?"""
    return (signal.audience is None or signal.audience == circumstances.audience) and (
        signal.mailbox is None or signal.mailbox == circumstances.mailbox
    )


def stands(phrases: Phrases, hits: Hits) -> bool:
    """Does one of the phrases stand in subject, body or an attachment's name?"""
    return any(hit.sentence.place in _ANYWHERE for p in phrases & hits.keys() for hit in hits[p])


def _fire(
    signal: Signal, standing: Phrases, hits: Hits, circumstances: Circumstances, factors: Factors
) -> Fired | None:
    if not suits(signal, circumstances):
        return None
    for item in signal.all + signal.near:
        if standing.isdisjoint(item):
            return None
    barred: set[int] = set()
    if signal.not_near:
        barred = {h.sentence.number for p in standing & signal.not_near for h in hits[p]}
    chosen: list[Hit] = []
    for item in (signal.any, *signal.all) if signal.any else signal.all:
        best = _best(standing & item, hits, signal, barred, factors)
        if best is None:
            return None
        chosen.append(best)
    nearness = 1.0
    if signal.near:
        together = _together(standing, hits, signal, barred, factors)
        if together is None:
            return None
        chosen += together[0]
        nearness = together[1]
    if signal.unless and stands(standing & signal.unless, hits):
        return None
    factor = nearness * min([factors[h.sentence.place] for h in chosen]) * _earliness(chosen[0], factors)
    return Fired(signal, tuple(chosen), factor) if factor else None


def _earliness(hit: Hit, factors: Factors) -> float:
    """What is said first is mostly what the mail is about: from 1 for its first sentence down to `late` for the tenth."""
    if hit.sentence.place not in _OWN_WORDS:
        return 1.0
    return 1.0 - (1.0 - factors.get("late", 1.0)) * min(max(hit.sentence.number - 1, 0), _LATE) / _LATE


def _best(phrases: Phrases, hits: Hits, signal: Signal, barred: set[int], factors: Factors) -> Hit | None:
    """The hit in the place that counts most; of equals the first."""
    best: Hit | None = None
    most = (-1.0, 0)
    for phrase in phrases:
        for hit in hits[phrase]:
            place, number, _ = hit.sentence
            rank = (factors[place], -number)
            if rank > most and number not in barred and (not signal.where or place in signal.where):
                best, most = hit, rank
    return best


def _together(
    standing: Phrases, hits: Hits, signal: Signal, barred: set[int], factors: Factors
) -> tuple[tuple[Hit, ...], float] | None:
    """One hit of each `near` phrase where they count most, and how much their distance leaves of it.

    In one sentence; in a sentence and the subject, which says what every sentence is about; in two neighbouring ones.
    """
    found: list[dict[int, Hit]] = []
    for item in signal.near:
        here: dict[int, Hit] = {}
        for phrase in standing & item:
            for hit in hits[phrase]:
                place, number, _ = hit.sentence
                if number not in here and number not in barred and (not signal.where or place in signal.where):
                    here[number] = hit
        if not here:
            return None
        found.append(here)
    best = _same_sentence(found, factors)
    most = min([factors[h.sentence.place] for h in best[0]]) if best else 0.0
    if most >= 1.0:  # nothing apart counts more
        return best
    for number in sorted({n for here in found for n in here}):
        for companion, how in _COMPANIONS:
            other = companion(number)
            group = tuple([h for here in found if (h := here.get(number) or here.get(other)) is not None])
            if len(group) < len(found) or not _linked(group, how):
                continue
            nearness = factors[how]
            points = nearness * min([factors[h.sentence.place] for h in group])
            if points > most:
                best, most = (group, nearness), points
            break
    return best


def _same_sentence(found: Sequence[Mapping[int, Hit]], factors: Factors) -> tuple[tuple[Hit, ...], float] | None:
    """One hit of each in the sentence that counts most; of equals the first."""
    common = sorted(set(found[0]).intersection(*found[1:]))
    if not common:
        return None
    number = max(common, key=lambda n: factors[found[0][n].sentence.place])
    return tuple([here[number] for here in found]), 1.0


_COMPANIONS: tuple[tuple[Callable[[int], int], str], ...] = (
    (lambda number: 0, "with_subject"),
    (lambda number: number + 1, "next"),
)


def _linked(group: Sequence[Hit], how: str) -> bool:
    """May these hits of two sentences be taken together?"""
    places = {h.sentence.place for h in group}
    if how == "with_subject":
        return "subject" in places and places <= _OWN_WORDS | {"subject"}
    return places <= _OWN_WORDS
