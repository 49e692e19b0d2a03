"""Services, and what is not ours: the catalog's files as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from router.rulebook.decision import Audience, Letter, TicketType


@dataclass(frozen=True, slots=True)
class Owner:
    """A unit that owns a service until (and on) a day; None: for ever."""

    unit: str
    until: date | None = None


def owner_on(owners: Sequence[Owner], day: date | None) -> str:
    """The key of the unit that owns on that day: the first whose time isn't over (None: the first named)."""
    for owner in owners:
        if owner.until is None or day is None or day <= owner.until:
            return owner.unit
    return owners[-1].unit


@dataclass(frozen=True, slots=True)
class Example:
    """A mail of an admin and what must come of it; None = not looked at."""

    mail: str
    subject: str
    mailbox: str
    audience: Audience
    attachments: tuple[str, ...]
    type: TicketType | None
    letter: Letter | None
    wanted: bool
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class LetterPolicy:
    """Which requests about a service need an official letter: by type, and by phrases (numbers of the index)."""

    types: frozenset[str]
    any: frozenset[int]
    unless: frozenset[int]


@dataclass(frozen=True, slots=True)
class Service:
    """One of the catalog's services. `instead`: (audience, service) whose mail about this one is that one's."""

    code: str
    name: str
    name_en: str | None
    category: str
    types: tuple[TicketType, ...]
    serves: frozenset[str]
    usual: TicketType
    owners: tuple[Owner, ...]
    contact: str
    source: str
    details: tuple[str, ...]
    neighbours: tuple[str, ...]
    instead: tuple[tuple[str, str], ...]
    letter: LetterPolicy | None
    examples: tuple[Example, ...]
    file: str
    line: int

    @property
    def mailbox(self) -> str:
        """The name of its contact mailbox."""
        return self.contact.partition("@")[0]

    def owner(self, day: date | None) -> str:
        """The key of the unit that owns it on that day (None: the first named)."""
        return owner_on(self.owners, day)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something that is not ours; a person in `unit` decides what becomes of it."""

    name: str
    unit: str
    examples: tuple[Example, ...]
    file: str
    line: int
