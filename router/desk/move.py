"""#alih: a ticket goes to another service or unit; the new unit gets the card and the customer's first message."""

from __future__ import annotations

from typing import Any

from router.desk.card import links
from router.desk.case import Case
from router.desk.contexts import Forward
from router.desk.people import audience_of
from router.desk.ticket import TicketView
from router.desk.write import Mailing
from router.mail.message import Address


def moved(
    case: Case, ticket: TicketView, place: str, words: str, why: str = "dialihkan oleh petugas"
) -> tuple[dict[str, Any], Mailing]:
    """The changes, and the forward. `place` is a service's code or a unit's key that exists; `words` go with the card."""
    book = case.policy.book
    service = book.services.get(place)
    unit = service.owner(case.now.date()) if service else place
    changes: dict[str, Any] = {"unit": unit, "assignee": None, "confidence": "sure"}
    changes["status"] = "triage" if unit == "triage" else "forwarded"
    if service:
        changes["service"] = service.code
        if ticket.type not in service.types:
            changes["type"] = service.usual
    return changes, _forward(
        case, ticket, unit, changes.get("service", ticket.service), changes.get("type", ticket.type), words, why
    )


def _forward(
    case: Case, ticket: TicketView, unit: str, service: str | None, type_: str | None, words: str, why: str
) -> Mailing:
    opening = case.facts.opening
    info = case.unit(unit)
    customer = ticket.customer
    mover = case.message.from_ or Address("", "")
    notes = [f"Dialihkan oleh {mover.name or mover.address}."] + ([words] if words else [])
    context = Forward(
        house=case.house,
        number=ticket.number,
        subject=ticket.subject,
        customer=customer,
        author=customer,
        text=(opening.new_text or opening.text) if opening else "",
        links=links(case.desk.address.address, ticket.number, ticket.subject),
        unit=info,
        audience=audience_of(customer, case.policy.internal_domains),
        received=ticket.opened_at.astimezone(case.policy.zone),
        service=case.service(service),
        type=type_,
        priority=ticket.priority,
        why=why,
        files=tuple(item.filename or item.content_type for item in opening.attachments) if opening else (),
        notes=tuple(notes),
    )
    return Mailing(
        kind="forward",
        template="forward",
        context=context,
        to=(Address(info.name, info.address),),
        audience="unit",
        sender=f"{customer.name or customer.address} via {case.desk.address.name}",
        references=ticket.agent_references,
        attachments=opening.attachments if opening else (),
        unit=unit,
    )
