"""Conditions of routing rules: a tree of tests, each of which says yes or no and why, in a short clause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from router.mail.message import Address, Message
from router.rulebook.decision import Circumstances, Decision
from router.rulebook.signal import Hits
from router.rulebook.tables import WhenTable
from router.rulebook.units import Hours

Answer = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a rule may look at: the message, the phrases found in it, and what is decided so far."""

    message: Message
    circumstances: Circumstances
    hits: Hits
    decision: Decision
    hours: Hours | None


@dataclass(frozen=True, slots=True)
class Test:
    """One key of `when`: one of the values must hold. `phrases` are the index's numbers for subject and body."""

    key: str
    values: tuple[Any, ...]
    phrases: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """All tests, all of `all`, one of each `any`, and not `not_`."""

    tests: tuple[Test, ...]
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] | None = None
    not_: Condition | None = None

    def holds(self, situation: Situation) -> Answer:
        """Does it hold, and by which clause it was decided."""
        clauses = []
        for test in self.tests:
            yes, clause = _TESTS[test.key](test, situation)
            if not yes:
                return False, clause
            clauses.append(clause)
        for part in self.all:
            yes, clause = part.holds(situation)
            if not yes:
                return False, clause
            clauses.append(clause)
        if self.any is not None:
            answers = [part.holds(situation) for part in self.any]
            if not any(yes for yes, _ in answers):
                return False, "none of: " + "; ".join(clause for _, clause in answers)
            clauses.append(next(clause for yes, clause in answers if yes))
        if self.not_ is not None:
            yes, clause = self.not_.holds(situation)
            if yes:
                return False, clause
            clauses.append(clause)
        return True, "; ".join(clauses) or "always"


def condition(table: WhenTable, numbers: Callable[[str], tuple[int, ...]]) -> Condition:
    """A condition from its table; `numbers` gives those of a phrase in the index."""
    tests = []
    for name in type(table).model_fields:
        value = getattr(table, name)
        if value is None or name in ("all", "any", "not_"):
            continue
        values = (
            tuple(value.items()) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else (value,)
        )
        phrases = tuple(n for p in values for n in numbers(str(p))) if name in ("subject", "body") else ()
        tests.append(Test(name.rstrip("_"), values, phrases))
    return Condition(
        tuple(tests),
        tuple(condition(t, numbers) for t in table.all or ()),
        None if table.any is None else tuple(condition(t, numbers) for t in table.any),
        None if table.not_ is None else condition(table.not_, numbers),
    )


def _is_one_of(value: Callable[[Situation], Any]) -> Callable[[Test, Situation], Answer]:
    def test(test: Test, situation: Situation) -> Answer:
        found = value(situation)
        shown = str(found).lower() if isinstance(found, bool) else found
        if found in test.values:
            return True, f"{test.key} is {shown}"
        return False, f"{test.key} is {shown}, not {_or(test.values)}"

    return test


def _is_address(value: Callable[[Message], Iterable[Address]]) -> Callable[[Test, Situation], Answer]:
    def test(test: Test, situation: Situation) -> Answer:
        keys = [a.key for a in value(situation.message)]
        found = next((k for k in keys if any(fnmatchcase(k, p.lower()) for p in test.values)), None)
        if found is not None:
            return True, f"{test.key} is {found}"
        return False, f"{test.key} is {', '.join(keys) or 'empty'}, not {_or(test.values)}"

    return test


def _from_domain(test: Test, situation: Situation) -> Answer:
    author = situation.message.from_
    domain = author.domain if author else ""
    for wanted in test.values:
        if domain == wanted.lower() or domain.endswith("." + wanted.lower()):
            return True, f"from_domain is {domain}"
    return False, f"from_domain is {domain or 'empty'}, not {_or(test.values)}"


def _has_phrase(*places: str) -> Callable[[Test, Situation], Answer]:
    def test(test: Test, situation: Situation) -> Answer:
        for number in test.phrases:
            for hit in situation.hits.get(number, ()):
                if hit.sentence.place in places:
                    return True, f'{test.key} has "{hit.words}"'
        return False, f"{test.key} has not {_or(test.values)}"

    return test


def _has_header(test: Test, situation: Situation) -> Answer:
    for name, pattern in test.values:
        found = situation.message.values(name)
        if not any(fnmatchcase(v.lower().strip(), pattern.lower()) for v in found):
            return False, f"header {name} is {_or(found) if found else 'missing'}, not {_or([pattern])}"
    return True, "header " + ", ".join(name for name, _ in test.values) + " fits"


def _has_attachment(test: Test, situation: Situation) -> Answer:
    for attachment in situation.message.attachments:
        for pattern in test.values:
            for text in (attachment.content_type.lower(), (attachment.filename or "").lower()):
                if text and fnmatchcase(text, pattern.lower()):
                    return True, f"attachment is {text}"
    return False, f"no attachment is {_or(test.values)}"


def _size_over(test: Test, situation: Situation) -> Answer:
    size = situation.message.size / 1_000_000
    return size > test.values[0], f"size is {size:.1f} MB"


def _hours(test: Test, situation: Situation) -> Answer:
    moment, hours = situation.circumstances.moment, situation.hours
    working = moment is None or hours is None or hours.working(moment)
    return working == (test.values[0] == "working"), "within working hours" if working else "after working hours"


def _or(values: Iterable[Any]) -> str:
    return " or ".join(f'"{v}"' if isinstance(v, str) else str(v).lower() for v in values)


_TESTS: Mapping[str, Callable[[Test, Situation], Answer]] = {
    "mailbox": _is_one_of(lambda s: s.circumstances.mailbox),
    "audience": _is_one_of(lambda s: s.circumstances.audience),
    "authenticated": _is_one_of(lambda s: s.circumstances.authenticated),
    "language": _is_one_of(lambda s: s.decision.language),
    "service": _is_one_of(lambda s: s.decision.service or "none"),
    "type": _is_one_of(lambda s: s.decision.type or "none"),
    "confidence": _is_one_of(lambda s: s.decision.confidence),
    "letter": _is_one_of(lambda s: s.decision.letter),
    "unit": _is_one_of(lambda s: s.decision.unit),
    "priority": _is_one_of(lambda s: s.decision.priority),
    "eligible": _is_one_of(lambda s: s.decision.eligible),
    "from": _is_address(lambda m: (m.from_,) if m.from_ else ()),
    "to": _is_address(lambda m: m.to),
    "cc": _is_address(lambda m: m.cc),
    "from_domain": _from_domain,
    "subject": _has_phrase("subject"),
    "body": _has_phrase("body", "second", "forwarded"),
    "header": _has_header,
    "attachment": _has_attachment,
    "size_over": _size_over,
    "hours": _hours,
}
