"""What sla.toml and replies.toml say about a decision: the first table that fits counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from router.rulebook.decision import Decision
from router.rulebook.ruleset import RuleBook
from router.rulebook.tables import ReplyTable

_UNITS: dict[str, Literal["minutes", "hours", "days"]] = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Length:
    """A length of working time such as 4 "hours"."""

    amount: int
    unit: Literal["minutes", "hours", "days"]


@dataclass(frozen=True, slots=True)
class Target:
    """Within what working time a ticket gets its first answer, and its end."""

    first_answer: Length
    resolution: Length


def target(book: RuleBook, service: str | None, type_: str | None, priority: str) -> Target | None:
    """The target of sla.toml for such a ticket, None if none fits."""
    for table in book.sla.target:
        if _fits(table.service, service) and _fits(table.type, type_) and _fits(table.priority, priority):
            return Target(_length(table.first_answer), _length(table.resolution))
    return None


def reply(book: RuleBook, kind: str, decision: Decision) -> str | None:
    """The template that replies.toml names for a mail of that kind about this decision, None if it names none."""
    return next((table.template for table in book.replies if table.kind == kind and _replies_to(table, decision)), None)


def _replies_to(table: ReplyTable, decision: Decision) -> bool:
    conditions: tuple[tuple[Sequence[str] | None, str | None], ...] = (
        (table.service, decision.service or "none"),
        (table.type, decision.type),
        (table.audience, decision.audience),
        (table.language, decision.language),
        (table.letter, decision.letter),
        (table.confidence, decision.confidence),
    )
    return all(_fits(allowed, value) for allowed, value in conditions) and table.eligible in (None, decision.eligible)


def _fits(allowed: Sequence[str] | None, value: str | None) -> bool:
    return allowed is None or value in allowed


def _length(text: str) -> Length:
    return Length(int(text[:-1]), _UNITS[text[-1]])
