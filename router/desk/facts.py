"""Facts: everything that planning one message needs from the database, asked for beforehand.

`Keys` says what to look up (pure, from the message); the store answers with `Facts`; `plan` gets values, never a session.
"""

from __future__ import annotations

from dataclasses import dataclass

from router.desk.ticket import TicketView
from router.mail.message import Address, Message


@dataclass(frozen=True, slots=True)
class Keys:
    """What a message can be known by.

    `token_numbers`: ticket numbers that valid signed tokens in In-Reply-To and References name, nearest first.
    `msg_ids`: the bare msg-ids of In-Reply-To and References, nearest first. `subject_number`: the number in the subject.
    `author` is the addr-spec in lower case. `failed_recipients` and `reported_msg_ids` are a bounce's: whom it reports
    as failed, and the msg-ids of ours that it quotes.
    """

    digest: str
    message_id: str | None
    author: str | None
    token_numbers: tuple[str, ...] = ()
    msg_ids: tuple[str, ...] = ()
    subject_number: str | None = None
    failed_recipients: tuple[str, ...] = ()
    reported_msg_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A message that we have already: its row id, the mailbox it came to first, and its ticket (None if it has none)."""

    message: int
    mailbox: str
    ticket: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The answers. `next_number` is the ticket number that a new ticket will get. `answers_last_hour` counts the automatic
    mails (acknowledgements, notices) made for the author's address in the last 60 minutes, waiting ones included.

    `by_token`, `by_reference` and `by_subject` are the tickets found by `Keys.token_numbers`, `Keys.msg_ids` and
    `Keys.subject_number`; `bounced` the ticket whose outgoing mail a bounce reports. `opening` is the message that opened
    the ticket, looked up only when the plan has to show it again (`plan.needs_opening`).
    """

    next_number: str
    known: Known | None = None
    by_token: TicketView | None = None
    by_reference: TicketView | None = None
    by_subject: TicketView | None = None
    bounced: TicketView | None = None
    answers_last_hour: int = 0
    opening: Message | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a message and what that lets them do. `unit`: the unit for which an agent is listed."""

    address: Address
    role: str  # "customer" | "agent" | "supervisor" | "third_party" | "own"
    believed: bool
    why: str
    unit: str | None = None
