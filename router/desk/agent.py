"""An agent's reply: commands first, then the words to the customer, and a receipt to the agent (conversation.md, section 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from router.desk import command
from router.desk.actions import Action, AddToTicket, ChangeTicket, Note, Plan, Steer
from router.desk.case import Case
from router.desk.command import chosen
from router.desk.correlate import Correlation
from router.desk.facts import Author
from router.desk.move import moved
from router.desk.people import is_staff
from router.desk.relay import leaks, outgoing
from router.desk.reply import HELP, Changes, Reply, empty, receipt, refusal, relay, to_agent, to_customer
from router.desk.ticket import TicketView
from router.desk.unverified import shown_to_unit
from router.desk.write import Mailing, written

_MOVES = re.compile(r"\s*#+\s*(?:alih|move)\b", re.I)


def plan(case: Case, found: Correlation, author: Author) -> Plan:
    """What follows from a mail of an agent or supervisor. One who is not believed is not obeyed."""
    if not author.believed:
        return shown_to_unit(case, found.ticket, author)
    commands = command.read(case.message.new_text, case.policy.book)
    cut = replace(case.message, new_text=commands.words)
    words = outgoing(cut, found.ticket.number, partial(_is_secret, case, found.ticket))
    reply = Reply(case, found.ticket, author, commands, words)
    if commands.mistakes:
        return _plan(reply, (_note(reply, "command_refused"),), [refusal(reply)], "a command was not understood")
    if commands.has("catatan"):
        return _plan(reply, (_note(reply, "note"),), [], "an internal note")
    return _obeyed(reply)


def _is_secret(case: Case, ticket: TicketView, address: str) -> bool:
    """An internal address, unless the customer's side knows it: they may be staff themselves."""
    known = {one.key for one in (ticket.customer, *ticket.participants)}
    return address not in known and is_staff(address, case.policy)


def _obeyed(reply: Reply) -> Plan:
    if finds := _finds(reply):
        return _kept_back(reply, finds)
    changes: Changes = {}
    mailings: list[Mailing | None] = []
    for each in reply.commands.commands:
        if effect := _EFFECTS.get(each.name):
            changes |= effect(reply, mailings)
    if _has_words(reply):
        mailings.append(relay(reply))
        changes = _answered(reply) | changes
        mailings.append(receipt(reply, changes))
    elif not reply.commands.commands:
        mailings.append(empty(reply))
    if reply.ticket.resolved_at and changes.get("status", "resolved") not in ("resolved", "rejected"):
        changes["resolved_at"] = None
    actions = _steered(reply)
    if changes:
        actions += (_change(reply, changes),)
    return _plan(reply, actions, mailings, _says(reply, changes))


def _finds(reply: Reply) -> tuple[str, ...]:
    """What must not leave, in all that would go to the customer: the words, or the reason that a command carries there."""
    reason = reply.commands.argument("tolak") or ""
    told = _has_words(reply) or reply.commands.has("tolak") or reply.commands.has("lengkapi")
    secret = partial(_is_secret, reply.case, reply.ticket)
    in_reason = leaks(reason, (), reply.ticket.number, secret)
    return tuple(dict.fromkeys((*reply.words.leaks, *in_reason))) if told else ()


def _kept_back(reply: Reply, finds: tuple[str, ...]) -> Plan:
    """Nothing happens until the agent has looked: words that would be relayed wait for #kirim, commands are to be
    given again."""
    held = relay(reply, finds) if _has_words(reply) else None
    notice = to_agent(reply, "notice.agent.held", text=reply.words.text, finds=finds)
    return _plan(reply, (), [held, notice], f"an agent's reply, held: {finds[0]}")


def _steered(reply: Reply) -> tuple[Action, ...]:
    """#kirim and #batal, where there is a relay that they can still be about."""
    verbs = {"kirim": ("send", ("held",)), "batal": ("cancel", ("held", "waiting"))}
    given = [verbs[each.name] for each in reply.commands.commands if each.name in verbs][-1:]
    return tuple(
        Steer(reply.ticket.number, verb, reply.name)  # type: ignore[arg-type]
        for verb, states in given
        if reply.ticket.relay in states
    )


def _has_words(reply: Reply) -> bool:
    """Words or files that go to the customer; where a command takes the words as its reason, they are used up."""
    used_up = reply.commands.has("tolak") or reply.commands.has("lengkapi") or reply.commands.has("alih")
    return bool(reply.words.text or reply.words.attachments) and not used_up


def _answered(reply: Reply) -> Changes:
    """What a first answer changes: its sender becomes the assignee, the clock of the first answer stops."""
    ticket = reply.ticket
    changes: Changes = {}
    if ticket.assignee is None:
        changes["assignee"] = reply.name
    if ticket.first_answer_at is None:
        changes["first_answer_at"] = reply.case.now
    if ticket.status in ("new", "forwarded", "triage", "waiting"):
        changes["status"] = "in_progress"
    return changes


def _take(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    if not _has_words(reply):
        mailings.append(to_customer(reply, "notice.customer.taken"))
    return {"assignee": reply.name, "status": "in_progress"}


def _resolve(reply: Reply, _: list[Mailing | None]) -> Changes:
    return {"status": "resolved", "resolved_at": reply.case.now}


def _wait(_: Reply, __: list[Mailing | None]) -> Changes:
    return {"status": "waiting"}


def _letter(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    mailings.append(to_customer(reply, "notice.customer.letter", reply.words.text))
    return {"status": "waiting"}


def _reject(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    reason = reply.commands.argument("tolak") or reply.words.text
    mailings.append(to_customer(reply, "notice.customer.rejected", reason))
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


def _release(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    if reply.ticket.relay != "held":
        mailings.append(to_agent(reply, "notice.agent.list", lines=("Tidak ada jawaban yang ditahan.",)))
        return {}
    changes = _answered(reply)
    status = str(changes.get("status", reply.ticket.status))
    line = "Jawaban yang ditahan dikirim sekarang."
    mailings.append(to_agent(reply, "notice.agent.list", lines=(line,), status=status))
    return changes


def _cancel(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    line = "Jawaban yang belum terkirim dibatalkan."
    if reply.ticket.relay is None:
        line = "Tidak ada jawaban yang dapat dibatalkan; yang terakhir sudah terkirim."
    mailings.append(to_agent(reply, "notice.agent.list", lines=(line,), status=reply.ticket.status))
    return {}


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
    mailings.append(to_agent(reply, "notice.agent.list", lines=lines, status=ticket.status))
    return {}


def _help(reply: Reply, mailings: list[Mailing | None]) -> Changes:
    mailings.append(to_agent(reply, "notice.agent.help", commands=HELP))
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
    "kirim": _release,
    "batal": _cancel,
    "status": _status,
    "bantuan": _help,
}


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
    done = ", ".join(each.name for each in reply.commands.commands)
    return f"an agent's mail: {done or ('answer' if changes or _has_words(reply) else 'nothing to relay')}"


def needs_opening(text: str) -> bool:
    """Does the mail ask for something that shows the ticket's first message again (#alih, a customer's choice)?"""
    return any(_MOVES.match(line) for line in text.splitlines()[:20]) or chosen(text) is not None
