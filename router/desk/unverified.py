"""Mail about a ticket whose author can't be believed: kept, shown to the unit as such, never relayed or obeyed."""

from __future__ import annotations

from router.desk.actions import Action, AddToTicket, Note, Plan
from router.desk.card import links
from router.desk.case import Case
from router.desk.facts import Author
from router.desk.notice import to_unit
from router.desk.ticket import TicketView
from router.desk.write import written


def shown_to_unit(case: Case, ticket: TicketView, author: Author) -> Plan:
    """The mail is a note on the ticket, marked unverified; the unit gets a notice with its text and the reason."""
    message = case.message
    notice = to_unit(
        case,
        ticket,
        "notice.unit.unverified",
        author.address,
        (author.address.key,),
        reason=author.why,
        text=message.new_text[:20_000],
        files=tuple(item.filename or item.content_type for item in message.attachments),
        links=links(case.desk.address.address, ticket.number, ticket.subject),
    )
    actions: tuple[Action, ...] = (
        AddToTicket(ticket.number, ticket.version, author.role, verified=False),
        Note(ticket.number, "unverified", author.address.address, (("reason", author.why),)),
        *written(case, [notice]),
    )
    return Plan(case.verdict, "reply", f"about {ticket.number}, unverified: {author.why}", ticket.number, actions)
