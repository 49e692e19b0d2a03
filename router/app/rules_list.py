"""`rules list`: services and units as plain objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from router.rulebook.book import RuleBook

Json = dict[str, Any]


def services(book: RuleBook) -> Iterator[Json]:
    """One object a service, by code. `owner` is a unit's key, or several with the last day of each but the last."""
    counted = Counter(s.owner.key for s in book.signals.signals if s.owner.kind in ("service", "service type"))
    for code, service in book.services.items():
        yield {
            "kind": "service",
            "code": code,
            "name": service.name,
            "category": service.category,
            "types": list(service.types),
            "serves": sorted(service.serves),
            "owner": [one.unit + (f" ≤ {one.until}" if one.until else "") for one in service.owners],
            "contact": service.contact,
            "signals": counted[code],
            "examples": len(service.examples),
            "letter": sorted(service.letter.types) if service.letter else [],
            "file": service.file,
        }


def units(book: RuleBook) -> Iterator[Json]:
    """One object a unit, in the order of the file. `services`: those that it owns now or will own."""
    for key, unit in book.units.items():
        yield {
            "kind": "unit",
            "unit": key,
            "name": unit.name,
            "address": unit.address,
            "parent": unit.parent,
            "agents": list(unit.agents),
            "supervisors": list(unit.supervisors),
            "stand_in": unit.stand_in,
            "services": [c for c, s in book.services.items() if any(one.unit == key for one in s.owners)],
            "file": unit.file,
        }
