"""What each template is told: one frozen dataclass a family of names. A template that uses any other word is a fault.

All texts are as people wrote them, unescaped: HTML templates escape by themselves. Times are aware, in the unit's zone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from router.mail.message import Address

Language = Literal["id", "en"]


@dataclass(frozen=True, slots=True)
class House:
    """Who writes: the help desk's name, the organisation behind it, and the mailbox that this mail comes from."""

    name: str
    organisation: str
    address: str

    @classmethod
    def of(cls, mailbox: Address, organisation: str) -> House:
        """The house behind a mailbox, whose display name often ends in the organisation: letters say it once."""
        name = mailbox.name.removesuffix(organisation).rstrip(" ,-–|·")
        return cls(name or mailbox.name or mailbox.address.partition("@")[0], organisation, mailbox.address)


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A service of the catalog as a reader sees it. `serves` holds "internal" and/or "external"."""

    code: str
    name: str
    category: str
    serves: tuple[str, ...] = ("internal", "external")
    contact: str = ""


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """An owning unit: its key in units.toml, what people call it, and its address (never shown to customers)."""

    key: str
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of working time such as 2 "hours"."""

    amount: int
    unit: Literal["minutes", "hours", "days"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A service that a message may be about. `move` is the agent's link that routes it there, `answer` the customer's."""

    number: int
    code: str
    name: str
    category: str
    percent: int
    move: str
    answer: str


@dataclass(frozen=True, slots=True)
class Links:
    """mailto: links that open a filled-in answer with one command (RFC 6068)."""

    take: str
    resolve: str
    move: str
    letter: str
    reject: str
    help: str


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """A command as the list of commands shows it."""

    indonesian: str
    english: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every template is told. `number` is None only for mail about no ticket; `subject` is the ticket's."""

    house: House
    number: str | None = None
    subject: str = ""

    def mapping(self) -> dict[str, Any]:
        """The fields by name, for `Templates.render`."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement(Context):
    """To a customer whose message became a ticket.

    `service`, `type`, `unit` and `target` are set unless the decision is unsure; `candidates` only then.
    `summary` is the beginning of the customer's own words, `letter` as in `Decision`.
    """

    customer: Address
    summary: str
    received: datetime | None = None
    audience: str = "external"
    service: ServiceInfo | None = None
    type: str | None = None
    unit: UnitInfo | None = None
    target: Span | None = None
    letter: str = "not-required"
    eligible: bool = True
    candidates: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward(Context):
    """To a unit (or triage): the card and the customer's words.

    `author` wrote this message (for a new ticket the customer). `why` is one line; `files` are attachments' names;
    `notes` what rules or the life cycle have to say; `due` the moment that the first answer is due. `authenticated` None:
    nobody looked, so nothing is said of it.
    """

    customer: Address
    author: Address
    text: str
    links: Links
    unit: UnitInfo
    audience: str = "external"
    authenticated: bool | None = None
    received: datetime | None = None
    service: ServiceInfo | None = None
    type: str | None = None
    priority: str = "normal"
    target: Span | None = None
    due: datetime | None = None
    letter: str = "not-required"
    eligible: bool = True
    why: str = ""
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    candidates: tuple[Choice, ...] = ()
    status: str = "forwarded"
    assignee: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay(Context):
    """To the customer: the agent's words. `signature` is the unit's name or the agent's display name."""

    customer: Address
    text: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNotice(Context):
    """To an agent: what became of a reply. `text` is what the agent wrote, `reason` what was wrong, in one sentence.

    `finds` are the passages that hold a relay, `cut` what was left out, `recipients` who was written to, `lines` the
    rows of a list or of a history, `status` the ticket's state now, `seconds` how long a relay can still be stopped.
    """

    agent: Address
    links: Links | None = None
    reason: str = ""
    text: str = ""
    finds: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    commands: tuple[CommandHelp, ...] = ()
    lines: tuple[str, ...] = ()
    moment: datetime | None = None
    seconds: int = 0
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerNotice(Context):
    """To a customer, about a ticket's course. `reason` is the agent's own wording, if any; sizes are in MB."""

    customer: Address
    service: ServiceInfo | None = None
    unit: UnitInfo | None = None
    reason: str = ""
    status: str = ""
    opened: datetime | None = None
    size_mb: int = 0
    limit_mb: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNotice(Context):
    """To a unit: something about its ticket that is no message of the customer's. `author` wrote it, or failed to get it."""

    unit: UnitInfo
    customer: Address
    author: Address
    reason: str = ""
    text: str = ""
    files: tuple[str, ...] = ()
    links: Links | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorNotice(Context):
    """To operators and admins. `id` is what commands take, `stage` where it failed, `lines` faults one by one."""

    reason: str
    id: str = ""
    stage: str = ""
    recipient: str = ""
    moment: datetime | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Context):
    """What the shared layouts are told: the letter's bodies, one a language, and what surrounds them."""

    bodies: tuple[str, ...]
    languages: tuple[Language, ...]
    layout: str
    title: str
    marker: tuple[str, ...]


# Every name that must exist in both languages, and what it is told. A longer name ("acknowledgement.A.14",
# "notice.customer.rejected.iklan") is a variant of the longest one that begins it.
CONTEXTS: dict[str, type[Context]] = {
    "acknowledgement": Acknowledgement,
    "acknowledgement.unsure": Acknowledgement,
    "acknowledgement.ineligible": Acknowledgement,
    "acknowledgement.letter": Acknowledgement,
    "forward": Forward,
    "forward.triage": Forward,
    "forward.followup": Forward,
    "relay": Relay,
    "notice.agent.receipt": AgentNotice,
    "notice.agent.empty": AgentNotice,
    "notice.agent.unverified": AgentNotice,
    "notice.agent.command": AgentNotice,
    "notice.agent.held": AgentNotice,
    "notice.agent.help": AgentNotice,
    "notice.agent.list": AgentNotice,
    "notice.customer.too-large": CustomerNotice,
    "notice.customer.taken": CustomerNotice,
    "notice.customer.letter": CustomerNotice,
    "notice.customer.rejected": CustomerNotice,
    "notice.customer.status": CustomerNotice,
    "notice.unit.unverified": UnitNotice,
    "notice.unit.undeliverable": UnitNotice,
    "notice.operator.dead": OperatorNotice,
    "notice.operator.quarantine": OperatorNotice,
    "notice.operator.rules": OperatorNotice,
    "notice.operator.template": OperatorNotice,
}


def base(name: str) -> str | None:
    """The name of `CONTEXTS` that a template's name is, or is a variant of; None for a name that nothing uses."""
    while name and name not in CONTEXTS:
        name = name.rpartition(".")[0]
    return name or None
