"""What a mail is about: signals → points for each service → probabilities (classification guide, section 4)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from router.rulebook.decision import Candidate, Circumstances
from router.rulebook.firing import SignalSet, suits
from router.rulebook.service import Service
from router.rulebook.shape import ConfidenceTable
from router.rulebook.signal import Fired

_SHOWN = 4  # candidates beside the best
_ALTERNATIVE = 0.02
EVERYBODYS = "hero"  # the mailbox that says nothing about the service


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the signals say: the best service (or what elsewhere it is), its probability, all points, all that fired.

    `service` is None where an elsewhere has most points, or nothing has enough.
    """

    service: str | None
    elsewhere: str | None
    score: float
    sure: bool
    alternatives: tuple[Candidate, ...]
    points: Mapping[str, float]
    fired: tuple[Fired, ...]


def classify(
    fired: tuple[Fired, ...],
    signals: SignalSet,
    services: Mapping[str, Service],
    circumstances: Circumstances,
    confidence: ConfidenceTable,
) -> Verdicts:
    """The service that the signals that fired speak for."""
    here = points(fired, "service")
    _break_ties(here, signals, services, circumstances, confidence.mailbox)
    _move(here, services, circumstances)
    other = points(fired, "elsewhere")
    odds = _odds(here, other, confidence)
    best = max(here, key=lambda code: (here[code], code), default=None)
    rival = max(other, key=lambda name: other[name], default=None)
    ranked = sorted(here, key=lambda code: (-odds[code], code))
    candidates = tuple(Candidate(code, round(odds[code], 4)) for code in ranked if odds[code] >= _ALTERNATIVE)
    if rival is not None and (best is None or other[rival] >= here[best]) and other[rival] >= confidence.least:
        return Verdicts(None, rival, odds[f"~{rival}"], False, candidates[:_SHOWN], {**here, **other}, fired)
    if best is None or here[best] < confidence.least:
        return Verdicts(None, None, 0.0, False, candidates[:_SHOWN], {**here, **other}, fired)
    others = tuple(c for c in candidates if c.service != best)[:_SHOWN]
    return Verdicts(best, None, odds[best], odds[best] >= confidence.sure, others, {**here, **other}, fired)


def points(fired: Iterable[Fired], kind: str) -> dict[str, float]:
    """Sums of what the signals of that kind weigh, by whom they speak for."""
    sums: dict[str, float] = {}
    for one in fired:
        owner = one.signal.owner
        if owner.kind == kind:
            sums[owner.key] = sums.get(owner.key, 0.0) + one.weight
    return sums


def _break_ties(
    here: dict[str, float],
    signals: SignalSet,
    services: Mapping[str, Service],
    circumstances: Circumstances,
    own_mailbox: float,
) -> None:
    """What speaks only for services that something else speaks for: their own mailbox (unless it is everybody's), and
    signals of mailbox and audience alone."""
    for code in here:
        if here[code] > 0 and services[code].mailbox == circumstances.mailbox != EVERYBODYS:
            here[code] += own_mailbox
    for signal in signals.tie_breakers:
        key = signal.owner.key
        if signal.owner.kind == "service" and here.get(key, 0.0) > 0 and suits(signal, circumstances):
            here[key] += signal.weight


def _move(here: dict[str, float], services: Mapping[str, Service], circumstances: Circumstances) -> None:
    """Points of services whose mail from this audience is another's (INATRADE from outside is D.02)."""
    for code in [c for c in here if c in services]:
        for audience, target in services[code].instead:
            if audience == circumstances.audience:
                here[target] = max(here.get(target, 0.0), here.pop(code))
                break


def _odds(here: Mapping[str, float], other: Mapping[str, float], confidence: ConfidenceTable) -> dict[str, float]:
    """Softmax over services, elsewheres (``~name``) and "points nowhere"; what speaks against is no candidate."""
    sums = {**here, **{f"~{name}": value for name, value in other.items()}}
    powers = {key: math.exp(min(value, 200.0) / confidence.temperature) for key, value in sums.items()}
    whole = sum(p for key, p in powers.items() if sums[key] > 0) + math.exp(confidence.nothing / confidence.temperature)
    return {key: powers[key] / whole if sums[key] > 0 else 0.0 for key in sums}
