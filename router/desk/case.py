"""Case: one message on its way through planning, with everything that the steps look at. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from router.desk.contexts import House, ServiceInfo, Span, UnitInfo
from router.desk.facts import Facts
from router.desk.policy import Desk, Policy
from router.mail.message import Message
from router.mail.verdict import Verdict
from router.rulebook.decision import Decision
from router.rulebook.desk_tables import target


@dataclass(frozen=True, slots=True)
class Case:
    """`oversize`: the bytes of a message that was too large to be loaded; only its header is in `message` then.
    `original`: the bytes as received, given only where the policy attaches them to forwards."""

    message: Message
    verdict: Verdict
    desk: Desk
    facts: Facts
    policy: Policy
    now: datetime
    oversize: int | None = None
    original: bytes | None = field(default=None, repr=False)

    @property
    def house(self) -> House:
        """How templates call us."""
        return House.of(self.desk.address, self.policy.organisation)

    def unit(self, key: str) -> UnitInfo:
        """A unit as templates see it. One that the rules don't have any more: what was its, triage sorts anew."""
        units = self.policy.book.units
        unit = units.get(key) or units["triage"]
        return UnitInfo(unit.key, unit.name, unit.address)

    def service(self, code: str | None) -> ServiceInfo | None:
        """A service as templates see it, None for none."""
        service = self.policy.book.services.get(code or "")
        if service is None:
            return None
        return ServiceInfo(service.code, service.name, service.category, tuple(service.serves), service.contact)

    def target(self, decision: Decision) -> Span | None:
        """Within what working time the first answer is due (sla.toml)."""
        found = target(self.policy.book, decision.service, decision.type, decision.priority)
        return Span(found.first_answer.amount, found.first_answer.unit) if found else None
