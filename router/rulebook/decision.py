"""Decision: where a message goes and why (classification guide, section 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

TicketType = Literal["pertanyaan", "permohonan", "kendala"]
Audience = Literal["internal", "external"]
Letter = Literal["not-required", "present", "missing"]
Priority = Literal["low", "normal", "high", "urgent"]
Languages = Literal["id", "en", "both"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired: its name and place, the words that made it, where they stood, and what it weighed."""

    rule: str
    file: str
    line: int
    words: tuple[str, ...]
    where: str  # "subject" | "body" | "quote" | "attachment" | "sender" | "mailbox" | "header"
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that the message may be about, with the probability-like score 0..1 behind it."""

    service: str
    score: float


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One routing rule: whether it matched, and what decided that, in a short clause."""

    rule: str
    file: str
    line: int
    matched: bool
    because: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision may use beside the message: which mailbox it came to (its name), how far its sender is believed,
    and when (for working hours; None = unknown, counts as working hours)."""

    mailbox: str
    audience: Audience
    authenticated: bool
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The classification of one message. `service` None: nothing points anywhere, a person in triage decides.

    `unit` is the key of the unit that gets the forward ("triage" when unsure or held). `confidence` "sure" promises that
    nobody need look. The last group of fields is what routing rules (routing.toml) asked for.
    """

    service: str | None
    type: TicketType | None
    stated_type: TicketType | None
    audience: Audience
    eligible: bool
    letter: Letter
    priority: Priority
    unit: str
    confidence: Literal["sure", "unsure"]
    score: float
    alternatives: tuple[Candidate, ...]
    reasons: tuple[Reason, ...]
    rules_version: str
    language: Languages = "id"  # "both": undecided
    copy_to: tuple[str, ...] = ()  # unit keys or addresses
    tags: tuple[str, ...] = ()
    acknowledge: bool = True
    template: str | None = None
    reject: str | None = None  # template of a polite refusal
    notes: tuple[str, ...] = ()
    trace: tuple[RuleTrace, ...] = field(default=(), repr=False)
