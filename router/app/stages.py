"""The pure stages over a batch of messages: bytes → keys, and with the facts → entries to be committed.

What breaks one message is an entry for quarantine, with its stage and reason; the others go on. Holds the messages of a
batch between the two calls, so that only small values travel when the stages run in a process of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from router.desk.actions import OpenTicket, Plan, Quarantine
from router.desk.agent import needs_opening
from router.desk.facts import Facts, Keys
from router.desk.plan import keys_of, plan, screen_message
from router.desk.policy import Policy
from router.mail.message import Message
from router.mail.parse import parse
from router.mail.verdict import Verdict
from router.store.rows import Entry

log = logging.getLogger("hero.stages")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What IMAP gave for a UID: the message's bytes, or, when `oversize` (bytes) is set, its header only."""

    uid: int
    raw: bytes = field(repr=False)
    oversize: int | None = None

    @property
    def size(self) -> int:
        """The message's bytes on the server."""
        return self.oversize or len(self.raw)


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be looked up about a message; `opening`: its ticket's first message too."""

    keys: Keys
    opening: bool


@dataclass(frozen=True, slots=True)
class Known:
    """The answers for the message at that place of its batch; `opening`: the bytes of its ticket's first message."""

    place: int
    facts: Facts
    opening: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Read:
    item: Fetched
    message: Message
    verdict: Verdict
    keys: Keys


class Stages:
    """Parse, screen, correlate, classify, plan. One thread at a time for each batch."""

    def __init__(self, policy: Callable[[], Policy]) -> None:
        self._policy = policy
        self._batches: dict[str, list[_Read | None]] = {}

    def read(self, batch: str, fetched: Sequence[Fetched]) -> list[Asked | Entry]:
        """Parses and screens a batch, which is kept under its name until `forget`. An Entry is what broke."""
        policy = self._policy()
        found = [_read(item, policy) for item in fetched]
        self._batches[batch] = [one if isinstance(one, _Read) else None for one in found]
        return [
            one if isinstance(one, Entry) else Asked(one.keys, needs_opening(one.message.new_text)) for one in found
        ]

    def plan(
        self, batch: str, mailbox: str, known: Sequence[Known], numbers: Sequence[str], now: datetime
    ) -> list[Entry]:
        """The entries of the messages at those places, without raw bytes and attachments' contents: who asks has them.
        `numbers` are ticket numbers enough for all, used in order by those that open a ticket."""
        policy = self._policy()
        kept = self._batches[batch]
        free = list(numbers)
        entries = []
        for one in known:
            read = kept[one.place]
            assert read is not None
            facts = replace(one.facts, next_number=free[0])
            if one.opening is not None:
                facts = replace(facts, opening=parse(one.opening))
            entry = _planned(read, mailbox, facts, policy, now)
            if opens_ticket(entry.plan):
                free.pop(0)
            entries.append(entry)
        return entries

    def forget(self, batch: str) -> None:
        """The batch, and parts of it that were read by themselves (``batch#place``), are done with."""
        for name in [name for name in self._batches if name.partition("#")[0] == batch]:
            del self._batches[name]


def opens_ticket(decided: Plan) -> bool:
    """Does the plan use up a ticket number?"""
    return any(isinstance(action, OpenTicket) for action in decided.actions)


def quarantined(item: Fetched, message: Message | None, stage: str, reason: str) -> Entry:
    """The entry of a message that a person has to look at."""
    reason = reason.replace("\0", "").encode("utf-8", "replace").decode()  # it may quote the message
    verdict = Verdict("reject", f"could not be handled: {reason[:200]}")
    reason = reason.replace("\0", "").encode("utf-8", "replace").decode()
    failed = Plan(verdict, "quarantined", f"{stage}: {reason[:500]}", None, (Quarantine(stage, reason[:2000]),))
    return Entry(item.uid, None, _slim(message) if message else None, failed, item.size)


def _read(item: Fetched, policy: Policy) -> _Read | Entry:
    message: Message | None = None
    stage = "parse"
    try:
        message = parse(item.raw)
        stage = "screen"
        verdict = screen_message(message, policy)
        stage = "correlate"
        return _Read(item, message, verdict, keys_of(message, verdict, policy))
    except Exception as fault:  # the loop survives the message
        return _broken(item, message, stage, fault)


def _planned(read: _Read, mailbox: str, facts: Facts, policy: Policy, now: datetime) -> Entry:
    item = read.item
    original = item.raw if policy.attach_original and item.oversize is None else None
    try:
        decided = plan(read.message, read.verdict, mailbox, facts, policy, now, item.oversize, original)
    except Exception as fault:  # the loop survives the message
        return _broken(item, read.message, "plan", fault)
    return Entry(item.uid, None, _slim(read.message), decided, item.size)


def _broken(item: Fetched, message: Message | None, stage: str, fault: Exception) -> Entry:
    """Our fault: its traceback goes to the log, the message aside."""
    log.error("uid=%d stage=%s: quarantined", item.uid, stage, exc_info=fault)
    return quarantined(item, message, stage, f"{type(fault).__name__}: {fault}")


def _slim(message: Message) -> Message:
    """The message without what is in the raw bytes anyway: attachments' contents, HTML."""
    attachments = tuple(replace(item, content=b"") for item in message.attachments)
    return replace(message, attachments=attachments, html=None)
