"""The vocabulary of a Plan: what can follow from one message. Values only; the store carries them out in one transaction,
in order, and `inspect` prints them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from router.desk.ticket import Status
from router.mail.message import Address
from router.mail.verdict import Verdict
from router.rulebook.decision import Decision, Languages

MailKind = Literal["acknowledgement", "forward", "relay", "notice", "reminder", "digest", "survey"]
# How a UID ends (design.md, 2.10): exactly one of these for each UID the server showed us.
Outcome = Literal["ticket", "reply", "duplicate", "screened", "quarantined", "too_large"]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A new ticket with the decision that routes it. `status` is "forwarded" or "triage"."""

    number: str
    subject: str
    customer: Address
    participants: tuple[Address, ...]
    language: Languages
    status: Status
    decision: Decision
    summary: str
    kind: str = "open_ticket"


@dataclass(frozen=True, slots=True)
class AddToTicket:
    """The message belongs to a ticket. `role` is the author's; `verified` False: kept, shown as such, never relayed.
    `version` is the TicketView's that the plan was made from."""

    number: str
    version: int
    role: str
    verified: bool
    kind: str = "add_to_ticket"


@dataclass(frozen=True, slots=True)
class ChangeTicket:
    """Fields of a ticket that change (status, assignee, unit, first_answer_at, resolved_at …), and why.
    `version` as in AddToTicket; several changes planned from one view carry the same version."""

    number: str
    version: int
    changes: tuple[tuple[str, Any], ...]
    reason: str
    actor: str
    kind: str = "change_ticket"


@dataclass(frozen=True, slots=True)
class Send:
    """An outgoing mail, finished: its bytes, envelope, and what is shown of it. `mail_kind` is the X-Hero-Kind.

    `not_before`: UTC, None = at once. `automatic`: counts against the budgets (acknowledgement, notice, reminder …).
    `audience`: "customer", "unit" or "operator". `message_id` is bare.
    """

    mail_kind: MailKind
    ticket: str | None
    audience: str
    envelope_sender: str
    recipients: tuple[str, ...]
    message_id: str
    subject: str
    template: str
    language: str
    content: bytes = field(repr=False)
    text: str = field(default="", repr=False)
    automatic: bool = False
    not_before: datetime | None = None
    held: str | None = None  # the reason why it must not leave yet
    unit: str | None = None

    @property
    def kind(self) -> str:
        """The plan kind that `inspect` prints: acknowledge, forward, relay or notice."""
        return {"acknowledgement": "acknowledge"}.get(self.mail_kind, self.mail_kind)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to remember on a ticket (an event of kind `event`), with data that must be JSON-able."""

    number: str
    event: str
    actor: str
    data: tuple[tuple[str, Any], ...]
    kind: str = "note"


@dataclass(frozen=True, slots=True)
class Steer:
    """What becomes of the ticket's newest relay that did not leave yet: a held one is sent, one held or waiting is
    cancelled. The plan is stale when there is none such any more."""

    number: str
    verb: Literal["send", "cancel"]
    actor: str
    kind: str = "command"


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing follows: screened, or known already. The message is recorded for the audit all the same."""

    reason: str
    kind: str = "ignore"


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A person has to look: the stage that failed ("parse", "plan", "commit", …) and why. The bytes are kept."""

    stage: str
    reason: str
    kind: str = "quarantine"


Action = OpenTicket | AddToTicket | ChangeTicket | Send | Note | Steer | Ignore | Quarantine


@dataclass(frozen=True, slots=True)
class Plan:
    """All that follows from one message. `outcome` is how its UID ends, `reason` why, in one sentence.

    `ticket` is the number it ends up on; `duplicate_of` the row id of the message that it repeats.
    """

    verdict: Verdict
    outcome: Outcome
    reason: str
    ticket: str | None
    actions: tuple[Action, ...]
    decision: Decision | None = None
    duplicate_of: int | None = None
