"""TicketView: what a decision needs to know of a ticket that exists already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from router.mail.message import Address
from router.rulebook.decision import Languages

Status = Literal[
    "new", "triage", "forwarded", "in_progress", "waiting", "resolved", "closed", "rejected", "merged", "spam"
]
STATUSES: tuple[Status, ...] = (
    "new", "triage", "forwarded", "in_progress", "waiting", "resolved", "closed", "rejected", "merged", "spam",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as it stands. Times are aware UTC; `version` counts its changes (optimistic concurrency).

    `units` are the keys of all units that the ticket is or was with; `references` the msg-ids of the last mails that the
    customer saw (oldest first), for the References field of the next one; `agent_references` the same for the unit.
    `rules_version`: the rules that decided it. `relay`: the state of the newest relay that did not leave yet, "held" or
    "waiting", None: there is none.
    """

    number: str
    version: int
    status: Status
    service: str | None
    type: str | None
    unit: str
    units: tuple[str, ...]
    assignee: str | None
    priority: str
    mailbox: str
    subject: str
    language: Languages
    customer: Address
    participants: tuple[Address, ...]
    opened_at: datetime
    first_answer_at: datetime | None
    resolved_at: datetime | None
    references: tuple[str, ...] = ()
    agent_references: tuple[str, ...] = ()
    rules_version: str | None = None
    relay: str | None = None
