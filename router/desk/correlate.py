"""Which ticket a message belongs to, and by which key (conversation.md, section 4).

Strongest first: a signed token in In-Reply-To or References; a msg-id that we recorded for the ticket; the number in the
subject. Only the first two prove anything; a number that anybody can type joins a ticket only with a participant's address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from router.desk.facts import Facts, Keys
from router.desk.ticket import TicketView
from router.mail.message import Message
from router.mail.msgid import number_in, ticket_of
from router.mail.verdict import Verdict

_MESSAGE_ID = re.compile(r"^message-id:\s{0,3}<([^<>\s]{1,400})>", re.I | re.M)
RETURNED_BYTES = 64 * 1024  # of a returned message, its header
MAX_REFERENCES = 100  # a thread's References, and what a stranger can make us look up


@dataclass(frozen=True, slots=True)
class Correlation:
    """The ticket that a message names, and what named it: "token", "msg-id" or "subject"."""

    ticket: TicketView
    by: str


def keys(message: Message, verdict: Verdict, secret: bytes) -> Keys:
    """What to ask the store about a message."""
    parents = [message.in_reply_to] if message.in_reply_to else []
    nearest_first = tuple(dict.fromkeys([*parents, *reversed(message.references)]))[:MAX_REFERENCES]
    named = (ticket_of(msg_id, secret) for msg_id in nearest_first)
    return Keys(
        digest=message.digest,
        message_id=message.message_id,
        author=message.from_.key if message.from_ else None,
        token_numbers=tuple(dict.fromkeys(number for number in named if number)),
        msg_ids=nearest_first,
        subject_number=number_in(message.subject or ""),
        failed_recipients=verdict.failed_recipients,
        reported_msg_ids=_reported(message, nearest_first) if verdict.name == "bounce" else (),
    )


def _reported(message: Message, nearest_first: tuple[str, ...]) -> tuple[str, ...]:
    """The msg-ids that a delivery report may be about: of the message that it returns, and those that it answers."""
    returned = (item.content[:RETURNED_BYTES].decode("utf-8", "replace") for item in message.attachments[:5])
    texts = (*returned, message.text[:RETURNED_BYTES])
    found = [msg_id for text in texts for msg_id in _MESSAGE_ID.findall(text)]
    return tuple(dict.fromkeys([*found, *nearest_first]))[:MAX_REFERENCES]


def correlate(facts: Facts) -> Correlation | None:
    """The ticket by the strongest key that found one, or None: then the message is a new one."""
    for ticket, by in ((facts.by_token, "token"), (facts.by_reference, "msg-id"), (facts.by_subject, "subject")):
        if ticket:
            return Correlation(ticket, by)
    return None
