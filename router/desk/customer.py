"""A customer's answer: added to the ticket and forwarded to the assignee and the unit (conversation.md, section 4)."""

from __future__ import annotations

import re
from typing import Any

from router.desk import gate, newcomer
from router.desk.actions import Action, AddToTicket, ChangeTicket, Note, Plan
from router.desk.card import choices, links
from router.desk.case import Case
from router.desk.command import chosen
from router.desk.contexts import Forward
from router.desk.correlate import Correlation
from router.desk.facts import Author
from router.desk.move import moved
from router.desk.notice import about
from router.desk.people import audience_of, is_believed
from router.desk.ticket import TicketView
from router.desk.unverified import shown_to_unit
from router.desk.write import Mailing, written
from router.mail.message import Address
from router.rulebook.decide import decide
from router.rulebook.decision import Circumstances


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_THANKS = _words("terima terimakasih makasih trims trimakasih tks thanks thank thx nuhun suwun")
_COURTESIES = _words(
    "kasih banyak sekali ya yth pak bu bapak ibu mas mbak kak tim hero admin atas untuk bantuan bantuannya informasi "
    "informasinya jawaban jawabannya respon responnya penjelasannya ok oke okay baik siap noted sudah bisa beres selesai "
    "salam hormat saya kami you very much so a lot for your the help all best kind regards sangat membantu dan "
    "wassalam assalamualaikum selamat pagi siang sore malam"
)
_ENDED = ("resolved", "closed", "rejected", "merged", "spam")


def plan(case: Case, found: Correlation, author: Author) -> Plan:
    """What follows from a mail about a ticket by its customer, a participant or a stranger."""
    ticket = found.ticket
    if author.role != "customer":
        return shown_to_unit(case, ticket, author)
    if ticket.status in _ENDED and not _may_reopen(case, ticket):
        return newcomer.plan(case, linked_to=ticket.number)
    if asks_status(case.message.new_text):
        return _told_status(case, ticket, author)
    if ticket.status in _ENDED and only_thanks(case, ticket):
        added = AddToTicket(ticket.number, ticket.version, "customer", verified=True)
        return Plan(case.verdict, "reply", f"thanks for {ticket.number}; it stays as it is", ticket.number, (added,))
    changes = _changes(ticket) | _newcomers(case, ticket, author)
    forward = _forward(case, ticket, author, str(changes.get("status", ticket.status)))
    if code := _choice(case, ticket):
        moves, forward = moved(case, ticket, code, "", why="dipilih oleh pelanggan")
        changes |= moves
    actions: tuple[Action, ...] = (AddToTicket(ticket.number, ticket.version, "customer", verified=True),)
    if changes:
        reason = "the customer answered"
        actions += (
            ChangeTicket(ticket.number, ticket.version, tuple(changes.items()), reason, author.address.address),
        )
    if case.oversize:
        actions += (Note(ticket.number, "too_large", "router", (("bytes", case.oversize),)),)
    actions += written(case, [forward, _too_large(case, ticket, author)])
    return Plan(
        case.verdict,
        "too_large" if case.oversize else "reply",
        f"an answer by the customer of {ticket.number}, by {found.by}",
        ticket.number,
        actions,
    )


def asks_status(text: str) -> bool:
    """Is the first line the one word that asks for the ticket's state?"""
    return next((line.strip() for line in text.splitlines() if line.strip()), "").rstrip(".!?").upper() == "STATUS"


def only_thanks(case: Case, ticket: TicketView) -> bool:
    """Thanks and courtesies, perhaps signed, and nothing to do: it does not reopen a ticket (conversation.md, section 4)."""
    message = case.message
    if message.attachments or case.oversize or "?" in message.new_text:
        return False
    words = re.findall(r"\w+", message.new_text.lower())
    names = set(re.findall(r"\w+", f"{ticket.customer.name} {message.from_.name if message.from_ else ''}".lower()))
    return bool(_THANKS & set(words)) and set(words) <= _THANKS | _COURTESIES | names


def _told_status(case: Case, ticket: TicketView, author: Author) -> Plan:
    """STATUS: the customer gets the ticket's state, the unit hears nothing."""
    added = AddToTicket(ticket.number, ticket.version, "customer", verified=True)
    notice = _notice(case, ticket, author, "notice.customer.status")
    return Plan(
        case.verdict, "reply", "the customer asks for the state", ticket.number, (added, *written(case, [notice]))
    )


def _too_large(case: Case, ticket: TicketView, author: Author) -> Mailing | None:
    return _notice(case, ticket, author, "notice.customer.too-large") if case.oversize else None


def _notice(case: Case, ticket: TicketView, author: Author, template: str) -> Mailing | None:
    """A notice to whoever wrote, unless the gate speaks against it."""
    if gate.why_not_answer(case.message, author.address, case.policy):
        return None
    return Mailing(
        kind="notice",
        template=template,
        context=about(
            case,
            ticket,
            author.address,
            size_mb=round((case.oversize or 0) / 2**20),
            limit_mb=round(case.policy.message_bytes / 2**20),
        ),
        to=(author.address,),
        audience="customer",
        language=ticket.language,
        references=tuple(filter(None, (*case.message.references, case.message.message_id))),
        automatic=True,
        held=gate.held_by_budget(case.facts, case.policy),
    )


def _choice(case: Case, ticket: TicketView) -> str | None:
    """The service that the customer picks from the acknowledgement's numbered list, as long as the ticket is in triage
    and the rules are those that made the list."""
    number, opening, book = chosen(case.message.new_text), case.facts.opening, case.policy.book
    if number is None or opening is None or ticket.status != "triage" or ticket.rules_version != book.version:
        return None
    believed, _ = is_believed(opening, case.policy)
    audience = audience_of(ticket.customer, case.policy.internal_domains)
    decision = decide(opening, Circumstances(ticket.mailbox, audience, believed, ticket.opened_at), book)
    offered = choices(decision, book.services, case.desk.address.address, ticket.number, ticket.subject)
    return next((one.code for one in offered if one.number == number), None)


def _newcomers(case: Case, ticket: TicketView, author: Author) -> dict[str, Any]:
    """Whom the requester, nobody else, has taken in since."""
    if author.address.key != ticket.customer.key:
        return {}
    known = {one.key for one in (ticket.customer, *ticket.participants)}
    new = tuple({one.key: one for one in newcomer.beside_us(case) if one.key not in known}.values())
    room = max(0, newcomer.PARTICIPANTS - len(known))
    return {"participants": new[:room]} if new[:room] else {}


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
    unit = case.unit(ticket.unit)
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
        notes=newcomer.size_note(case),
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
