"""An agent's reply: commands first, then the words to the customer, and a receipt to the agent (conversation.md, section 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from router.desk import command
from router.desk.actions import Action, AddToTicket, ChangeTicket, Note, Plan
from router.desk.card import links
from router.desk.case import Case
from router.desk.command import Commands
from router.desk.contexts import AgentNotice, CommandHelp, CustomerNotice, Relay
from router.desk.correlate import Correlation
from router.desk.facts import Author
from router.desk.move import moved
from router.desk.people import staff_addresses
from router.desk.relay import Outgoing, outgoing
from router.desk.ticket import TicketView
from router.desk.unverified import shown_to_unit
from router.desk.write import Mailing, written

Changes = dict[str, Any]
_HELP = tuple(CommandHelp(word.example, f"#{word.english}", word.effect) for word in command.WORDS)


@dataclass(frozen=True, slots=True)
class Reply:
    """One agent's mail about one ticket, taken apart."""

    case: Case
    ticket: TicketView
    author: Author
    commands: Commands
    words: Outgoing

    @property
    def name(self) -> str:
        return self.author.address.address


def plan(case: Case, found: Correlation, author: Author) -> Plan:
    """What follows from a mail of an agent or supervisor. One who is not believed is not obeyed."""
    if not author.believed:
        return shown_to_unit(case, found.ticket, author)
    commands = command.read(case.message.new_text, case.policy.book)
    cut = replace(case.message, new_text=commands.words)
    words = outgoing(cut, found.ticket.number, staff_addresses(case.policy))
    reply = Reply(case, found.ticket, author, commands, words)
    if commands.mistakes:
        return _plan(reply, (_note(reply, "command_refused"),), [_refusal(reply)], "a command was not understood")
    if commands.has("catatan"):
        return _plan(reply, (_note(reply, "note"),), [], "an internal note")
    return _obeyed(reply)


def _obeyed(reply: Reply) -> Plan:
    changes: Changes = {}
    mailings: list[Mailing | None] = []
    for each in reply.commands.commands:
        if effect := _EFFECTS.get(each.name):
            changes |= effect(reply, mailings)
    if _has_words(reply):
        mailings.append(_relay(reply))
        changes = _answered(reply) | changes
        mailings.append(_receipt(reply, changes) if not reply.words.leaks else _held(reply))
    elif not reply.commands.commands:
        mailings.append(_empty(reply))
    actions: tuple[Action, ...] = ()
    if changes:
        actions += (_change(reply, changes),)
    return _plan(reply, actions, mailings, _says(reply, changes))


def _has_words(reply: Reply) -> bool:
    """Words or files that go to the customer; where a command takes the words as its reason, they are used up."""
    used_up = reply.commands.has("tolak") or reply.commands.has("lengkapi") or reply.commands.has("alih")
    return bool(reply.words.text or reply.words.attachments) and not used_up


def _answered(reply: Reply) -> Changes:
    """What a first answer changes: its sender becomes the assignee, the clock of the first answer stops."""
    ticket = reply.ticket
    changes: Changes = {}
    if reply.words.leaks:
        return changes
    if ticket.assignee is None:
        changes["assignee"] = reply.name
    if ticket.first_answer_at is None:
        changes["first_answer_at"] = reply.case.now
    if ticket.status in ("new", "forwarded", "triage", "waiting"):
        changes["status"] = "in_progress"
    return changes


def _take(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    if not _has_words(reply):
        mailings.append(_to_customer(reply, "notice.customer.taken"))
    return {"assignee": reply.name, "status": "in_progress"}


def _resolve(reply: Reply, _: list[Mailing | None]) -> Changes:
    return {"status": "resolved", "resolved_at": reply.case.now}


def _wait(_: Reply, __: list[Mailing | None]) -> Changes:
    return {"status": "waiting"}


def _letter(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    mailings.append(_to_customer(reply, "notice.customer.letter", reply.words.text))
    return {"status": "waiting"}


def _reject(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    reason = reply.commands.argument("tolak") or reply.words.text
    mailings.append(_to_customer(reply, "notice.customer.rejected", reason))
    return {"status": "rejected", "resolved_at": reply.case.now}


def _reopen(_: Reply, __: list[Mailing | None]) -> Changes:
    return {"status": "in_progress", "resolved_at": None}


def _move(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    place = reply.commands.argument("alih") or ""
    changes, mailing = moved(reply.case, reply.ticket, place, reply.words.text)
    mailings.append(mailing)
    return changes


def _type(reply: Reply, _: list[Mailing | None]) -> Changes:
    return {"type": reply.commands.argument("jenis")}


def _priority(reply: Reply, _: list[Mailing | None]) -> Changes:
    return {"priority": reply.commands.argument("prioritas")}


def _status(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    ticket = reply.ticket
    lines = (
        f"Status: {ticket.status}",
        f"Layanan: {ticket.service or '-'}",
        f"Jenis: {ticket.type or '-'}",
        f"Unit: {ticket.unit}",
        f"Petugas: {ticket.assignee or '-'}",
        f"Prioritas: {ticket.priority}",
    )
    mailings.append(_to_agent(reply, "notice.agent.list", lines=lines, status=ticket.status))
    return {}


def _help(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    mailings.append(_to_agent(reply, "notice.agent.help", commands=_HELP))
    return {}


_EFFECTS: dict[str, Callable[[Reply, list[Mailing | None]], Changes]] = {
    "ambil": _take,
    "selesai": _resolve,
    "tunggu": _wait,
    "lengkapi": _letter,
    "tolak": _reject,
    "buka": _reopen,
    "alih": _move,
    "jenis": _type,
    "prioritas": _priority,
    "status": _status,
    "bantuan": _help,
}


def _relay(reply: Reply) -> Mailing:
    """The agent's words to the customer, under the unit's name or, as the unit chooses, the agent's."""
    case, ticket = reply.case, reply.ticket
    unit = case.policy.book.units.get(reply.author.unit or ticket.unit)
    by_name = unit is not None and unit.signature == "agent"
    signature = reply.author.address.name if by_name else (unit.name if unit else case.policy.organisation)
    leaks = reply.words.leaks
    others = tuple(address for address in ticket.participants if address.key != ticket.customer.key)
    return Mailing(
        kind="relay",
        template="relay",
        context=Relay(
            house=case.house,
            number=ticket.number,
            subject=ticket.subject,
            customer=ticket.customer,
            text=reply.words.text,
            signature=signature,
        ),
        to=(ticket.customer,),
        cc=others,
        audience="customer",
        language=ticket.language,
        sender=signature or case.desk.address.name,
        references=ticket.references,
        attachments=reply.words.attachments,
        not_before=case.now + case.policy.relay_delay,
        held="; ".join(leaks) if leaks else None,
        without=(reply.author.address.key,),
    )


def _to_customer(reply: Reply, template: str, reason: str = "") -> Mailing:
    case, ticket = reply.case, reply.ticket
    return Mailing(
        kind="notice",
        template=template,
        context=CustomerNotice(
            house=case.house,
            number=ticket.number,
            subject=ticket.subject,
            customer=ticket.customer,
            service=case.service(ticket.service),
            unit=case.unit(ticket.unit),
            reason=reason,
            status=ticket.status,
            opened=ticket.opened_at.astimezone(case.policy.zone),
        ),
        to=(ticket.customer,),
        audience="customer",
        language=ticket.language,
        references=ticket.references,
        automatic=True,
    )


def _to_agent(reply: Reply, template: str, **more: Any) -> Mailing:
    case, ticket = reply.case, reply.ticket
    message = case.message
    return Mailing(
        kind="notice",
        template=template,
        context=AgentNotice(
            house=case.house,
            number=ticket.number,
            subject=ticket.subject,
            agent=reply.author.address,
            links=links(case.desk.address.address, ticket.number, ticket.subject),
            moment=case.now.astimezone(case.policy.zone),
            **more,
        ),
        to=(reply.author.address,),
        audience="unit",
        references=tuple(filter(None, (*message.references, message.message_id))),
        automatic=True,
        unit=ticket.unit,
    )


def _receipt(reply: Reply, changes: Changes) -> Mailing:
    """What became of the reply: to whom, with which files, and the ticket's state now."""
    return _to_agent(
        reply,
        "notice.agent.receipt",
        text=reply.words.text,
        files=tuple(item.filename or item.content_type for item in reply.words.attachments),
        recipients=(reply.ticket.customer.address,),
        seconds=int(reply.case.policy.relay_delay.total_seconds()),
        status=str(changes.get("status", reply.ticket.status)),
    )


def _held(reply: Reply) -> Mailing:
    return _to_agent(reply, "notice.agent.held", text=reply.words.text, finds=reply.words.leaks)


def _empty(reply: Reply) -> Mailing:
    return _to_agent(reply, "notice.agent.empty", text=reply.case.message.text[:2000])


def _refusal(reply: Reply) -> Mailing:
    finds = tuple(f"{mistake.line} — {mistake.why}" for mistake in reply.commands.mistakes)
    text = reply.case.message.new_text
    return _to_agent(reply, "notice.agent.command", text=text, finds=finds, reason=finds[0], commands=_HELP)


def _note(reply: Reply, event: str) -> Note:
    return Note(reply.ticket.number, event, reply.name, (("text", reply.case.message.new_text[:10_000]),))


def _change(reply: Reply, changes: Changes) -> ChangeTicket:
    ticket = reply.ticket
    said = ", ".join(each.name for each in reply.commands.commands) or "answered"
    return ChangeTicket(ticket.number, ticket.version, tuple(changes.items()), said, reply.name)


def _plan(reply: Reply, actions: tuple[Action, ...], mailings: list[Mailing | None], reason: str) -> Plan:
    ticket = reply.ticket
    added = AddToTicket(ticket.number, ticket.version, reply.author.role, verified=True)
    sends = written(reply.case, mailings)
    return Plan(reply.case.verdict, "reply", reason, ticket.number, (added, *actions, *sends))


def _says(reply: Reply, changes: Changes) -> str:
    if reply.words.leaks and _has_words(reply):
        return f"an agent's reply, held: {reply.words.leaks[0]}"
    done = ", ".join(each.name for each in reply.commands.commands)
    return f"an agent's mail: {done or ('answer' if changes or _has_words(reply) else 'nothing to relay')}"


def needs_opening(text: str) -> bool:
    """Does the mail ask for something that shows the ticket's first message again (#alih)?"""
    top = [line.strip().lower() for line in text.splitlines()[:20]]
    return any(line.startswith(("#alih", "#move")) for line in top)
