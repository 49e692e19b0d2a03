"""Notices about a ticket: what its customer and its unit are told, beside forwards and relays."""

from __future__ import annotations

from typing import Any

from router.desk.case import Case
from router.desk.contexts import CustomerNotice, UnitNotice
from router.desk.ticket import TicketView
from router.desk.write import Mailing
from router.mail.message import Address


def about(case: Case, ticket: TicketView, customer: Address, **more: Any) -> CustomerNotice:
    """What a customer is told of the ticket; `more` is the notice's own (CustomerNotice)."""
    return CustomerNotice(
        house=case.house,
        number=ticket.number,
        subject=ticket.subject,
        customer=customer,
        service=case.service(ticket.service),
        unit=case.unit(ticket.unit),
        status=ticket.status,
        opened=ticket.opened_at.astimezone(case.policy.zone),
        **more,
    )


def to_unit(
    case: Case, ticket: TicketView, template: str, author: Address, without: tuple[str, ...], **more: Any
) -> Mailing:
    """An automatic notice to the ticket's unit about something of `author`'s, but to nobody in `without` (addr-specs);
    `more` is the notice's own (UnitNotice)."""
    unit = case.unit(ticket.unit)
    return Mailing(
        kind="notice",
        template=template,
        context=UnitNotice(
            house=case.house,
            number=ticket.number,
            subject=ticket.subject,
            unit=unit,
            customer=ticket.customer,
            author=author,
            **more,
        ),
        to=(Address(unit.name, unit.address),),
        audience="unit",
        references=ticket.agent_references,
        automatic=True,
        unit=unit.key,
        without=without,
    )
