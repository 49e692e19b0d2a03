"""Mail about a ticket whose author can't be believed: kept, shown to the unit as such, never relayed or obeyed."""

from __future__ import annotations

from router.desk.actions import Action, AddToTicket, Note, Plan
from router.desk.card import links
from router.desk.case import Case
from router.desk.contexts import UnitNotice
from router.desk.facts import Author
from router.desk.ticket import TicketView
from router.desk.write import Mailing, written
from router.mail.message import Address


def shown_to_unit(case: Case, ticket: TicketView, author: Author) -> Plan:
    """The mail is a note on the ticket, marked unverified; the unit gets a notice with its text and the reason."""
    unit = case.unit(ticket.unit if ticket.unit in case.policy.book.units else "triage")
    message = case.message
    notice = Mailing(
        kind="notice",
        template="notice.unit.unverified",
        context=UnitNotice(
            house=case.house,
            number=ticket.number,
            subject=ticket.subject,
            unit=unit,
            customer=ticket.customer,
            author=author.address,
            reason=author.why,
            text=message.new_text[:20_000],
            files=tuple(item.filename or item.content_type for item in message.attachments),
            links=links(case.desk.address.address, ticket.number, ticket.subject),
        ),
        to=(Address(unit.name, unit.address),),
        audience="unit",
        references=ticket.agent_references,
        automatic=True,
        unit=unit.key,
        without=(author.address.key,),
    )
    actions: tuple[Action, ...] = (
        AddToTicket(ticket.number, ticket.version, author.role, verified=False),
        Note(ticket.number, "unverified", author.address.address, (("reason", author.why),)),
        *written(case, [notice]),
    )
    return Plan(case.verdict, "reply", f"about {ticket.number}, unverified: {author.why}", ticket.number, actions)
