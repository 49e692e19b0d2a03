"""An agent's reply taken apart, and the mails that it can cause: the relay, notices to the customer, answers to the agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from router.desk import command, gate
from router.desk.card import links
from router.desk.case import Case
from router.desk.command import Commands
from router.desk.contexts import AgentNotice, CommandHelp, Relay
from router.desk.facts import Author
from router.desk.notice import about
from router.desk.relay import Outgoing
from router.desk.ticket import TicketView
from router.desk.write import Mailing
from router.mail.message import Address

Changes = dict[str, Any]
HELP = tuple(CommandHelp(word.example, f"#{word.english}", word.effect) for word in command.WORDS)


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


def relay(reply: Reply, finds: tuple[str, ...] = ()) -> Mailing:
    """The agent's words to the customer, under the unit's name or, as the unit chooses, the agent's. `finds` hold it."""
    case, ticket = reply.case, reply.ticket
    unit = case.policy.book.units.get(reply.author.unit or ticket.unit)
    name = reply.author.address.name if unit is not None and unit.signature == "agent" else ""
    signature = name or (unit.name if unit else case.policy.organisation)
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
        cc=others(ticket),
        audience="customer",
        language=ticket.language,
        sender=signature,
        references=ticket.references,
        attachments=reply.words.attachments,
        not_before=case.now + case.policy.relay_delay,
        held="; ".join(finds) if finds else None,
        without=(reply.author.address.key,),
    )


def others(ticket: TicketView) -> tuple[Address, ...]:
    """Those whom the customer had in To or Cc."""
    return tuple(address for address in ticket.participants if address.key != ticket.customer.key)


def to_customer(reply: Reply, template: str, reason: str = "") -> Mailing:
    """An automatic notice to the customer; a machine that is a customer gets none."""
    case, ticket = reply.case, reply.ticket
    return Mailing(
        kind="notice",
        template=template,
        context=about(case, ticket, ticket.customer, reason=reason),
        to=gate.answerable((ticket.customer,)),
        audience="customer",
        language=ticket.language,
        references=ticket.references,
        automatic=True,
    )


def to_agent(reply: Reply, template: str, **more: Any) -> Mailing:
    """An answer to the agent who wrote; `more` is the notice's own (AgentNotice)."""
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


def receipt(reply: Reply, changes: Changes) -> Mailing:
    """What became of the reply: to whom, with which files, and the ticket's state now."""
    return to_agent(
        reply,
        "notice.agent.receipt",
        text=reply.words.text,
        files=tuple(item.filename or item.content_type for item in reply.words.attachments),
        recipients=tuple(one.address for one in (reply.ticket.customer, *others(reply.ticket))),
        seconds=int(reply.case.policy.relay_delay.total_seconds()),
        status=str(changes.get("status", reply.ticket.status)),
    )


def empty(reply: Reply) -> Mailing:
    """Nothing was left to relay."""
    return to_agent(reply, "notice.agent.empty", text=reply.case.message.text[:2000])


def refusal(reply: Reply) -> Mailing:
    """A command was not understood: what was wrong, and the list."""
    finds = tuple(f"{mistake.line} — {mistake.why}" for mistake in reply.commands.mistakes)
    text = reply.case.message.new_text
    return to_agent(reply, "notice.agent.command", text=text, finds=finds, reason=finds[0], commands=HELP)
