"""Question, request or problem: what the words say, and what the service admits (classification guide, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from router.rulebook.decision import TicketType
from router.rulebook.service import Service
from router.rulebook.signal import Fired

_ORDER: tuple[TicketType, ...] = ("kendala", "permohonan", "pertanyaan")


def sums(fired: Iterable[Fired], service: str | None) -> dict[TicketType, float]:
    """Points of each type: the signals of types.toml and of the chosen service's own file."""
    found: dict[TicketType, float] = dict.fromkeys(_ORDER, 0.0)
    for one in fired:
        owner = one.signal.owner
        if owner.kind == "type" or (owner.kind == "service type" and owner.key == service):
            name = next(t for t in _ORDER if t == owner.type)
            found[name] += one.weight
    return found


def stated(points: Mapping[TicketType, float]) -> TicketType | None:
    """What the words said: the type with most points, of equals the one that asks for more haste; None: nothing."""
    best = max(_ORDER, key=lambda name: points[name])
    return best if points[best] > 0 else None


def admitted(said: TicketType | None, points: Mapping[TicketType, float], service: Service) -> TicketType:
    """The type among those that the service admits."""
    if len(service.types) == 1:
        return service.types[0]
    if said is None:
        return service.usual
    if said in service.types:
        return said
    for name in _substitutes(said, points):
        if name in service.types:
            return name
    return service.usual


def _substitutes(said: TicketType, points: Mapping[TicketType, float]) -> tuple[TicketType, ...]:
    """What stands in for a type that is not admitted, best first."""
    if said == "permohonan":
        return ("kendala", "pertanyaan") if points["kendala"] > 0 else ("pertanyaan", "kendala")
    if said == "pertanyaan":
        return ("permohonan", "kendala") if points["permohonan"] > points["kendala"] else ("kendala", "permohonan")
    return ("permohonan", "pertanyaan")
