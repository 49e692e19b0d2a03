"""Policy: everything that planning needs beside the message and the facts: who we are, whom we trust, the rules in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta, tzinfo

from router.desk.letter import Templates
from router.mail.message import Address
from router.rulebook.book import RuleBook


@dataclass(frozen=True, slots=True)
class Desk:
    """One of our mailboxes: its name in the configuration and the address that its mail carries."""

    name: str
    address: Address


@dataclass(frozen=True, slots=True)
class Policy:
    """`own`: all addresses that are ours, in lower case. `secret` signs the tokens in our msg-ids.

    `answers_per_hour`: automatic mails to one address in 60 minutes; what exceeds it is held, not dropped.
    `message_bytes`: a larger message is not loaded. `forward_bytes`: attachments beyond this many bytes in all are named
    in a forward, not sent along. `attach_original`: forwards also carry the message as it came. `hold_all`: why no mail
    may leave by itself, None where it may; what is held so never leaves later unless a person lets it go.
    """

    organisation: str
    desks: tuple[Desk, ...]
    own: frozenset[str]
    internal_domains: tuple[str, ...]
    authserv_id: str
    require_authentication: bool
    zone: tzinfo
    book: RuleBook = field(repr=False)
    templates: Templates = field(repr=False)
    secret: bytes = field(repr=False)
    answers_per_hour: int = 10
    relay_delay: timedelta = timedelta(seconds=60)
    reopen_within: timedelta = timedelta(days=14)
    forward_bytes: int = 25 * 1024 * 1024
    message_bytes: int = 35 * 1024 * 1024
    attach_original: bool = False
    hold_all: str | None = None

    def desk(self, name: str) -> Desk:
        """The mailbox of that name; an unknown name gets the first one's address under its own name."""
        return next((desk for desk in self.desks if desk.name == name), Desk(name, self.desks[0].address))
