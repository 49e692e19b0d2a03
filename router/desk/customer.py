"""A customer's answer: added to the ticket and forwarded to the assignee and the unit (conversation.md, section 4)."""

from __future__ import annotations

from typing import Any

from router.desk import newcomer
from router.desk.actions import Action, AddToTicket, ChangeTicket, Plan
from router.desk.card import links
from router.desk.case import Case
from router.desk.contexts import Forward
from router.desk.correlate import Correlation
from router.desk.facts import Author
from router.desk.people import audience_of
from router.desk.ticket import TicketView
from router.desk.unverified import shown_to_unit
from router.desk.write import Mailing, written
from router.mail.message import Address

_ENDED = ("resolved", "closed", "rejected", "merged", "spam")


def plan(case: Case, found: Correlation, author: Author) -> Plan:
    """What follows from a mail about a ticket by its customer, a participant or a stranger."""
    ticket = found.ticket
    if author.role != "customer":
        return shown_to_unit(case, ticket, author)
    if ticket.status in _ENDED and not _may_reopen(case, ticket):
        return newcomer.plan(case, linked_to=ticket.number)
    changes = _changes(ticket)
    actions: tuple[Action, ...] = (AddToTicket(ticket.number, ticket.version, "customer", verified=True),)
    if changes:
        reason = "the customer answered"
        actions += (
            ChangeTicket(ticket.number, ticket.version, tuple(changes.items()), reason, author.address.address),
        )
    actions += written(case, [_forward(case, ticket, author, str(changes.get("status", ticket.status)))])
    return Plan(
        case.verdict, "reply", f"an answer by the customer of {ticket.number}, by {found.by}", ticket.number, actions
    )


def _may_reopen(case: Case, ticket: TicketView) -> bool:
    """A merged ticket or spam stays ended; the others open again within the window."""
    if ticket.status in ("merged", "spam"):
        return False
    ended = ticket.resolved_at or ticket.opened_at
    return case.now - ended <= case.policy.reopen_within


def _changes(ticket: TicketView) -> dict[str, Any]:
    if ticket.status in _ENDED:
        return {"status": "in_progress" if ticket.assignee else "forwarded", "resolved_at": None}
    if ticket.status == "waiting":
        return {"status": "in_progress" if ticket.assignee else "forwarded"}
    return {}


def _forward(case: Case, ticket: TicketView, author: Author, status: str) -> Mailing:
    unit = case.unit(ticket.unit if ticket.unit in case.policy.book.units else "triage")
    message = case.message
    context = Forward(
        house=case.house,
        number=ticket.number,
        subject=ticket.subject,
        customer=ticket.customer,
        author=author.address,
        text=(message.new_text or message.text)[: newcomer.TEXT_CHARS],
        links=links(case.desk.address.address, ticket.number, ticket.subject),
        unit=unit,
        audience=audience_of(ticket.customer, case.policy.internal_domains),
        authenticated=author.believed,
        received=case.now.astimezone(case.policy.zone),
        service=case.service(ticket.service),
        type=ticket.type,
        priority=ticket.priority,
        files=tuple(item.filename or item.content_type for item in message.attachments),
        status=status,
        assignee=ticket.assignee,
    )
    assignee = (Address("", ticket.assignee),) if ticket.assignee else ()
    return Mailing(
        kind="forward",
        template="forward.followup",
        context=context,
        to=(*assignee, Address(unit.name, unit.address)),
        audience="unit",
        sender=f"{author.address.name or author.address.address} via {case.desk.address.name}",
        references=ticket.agent_references,
        attachments=message.attachments,
        original=case.original,
        unit=unit.key,
        without=(author.address.key,),
    )
