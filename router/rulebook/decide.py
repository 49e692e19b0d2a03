"""One message → one Decision: read, find the phrases, classify, type, letter, routing rules; in that order."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from router.mail.message import Message
from router.rulebook import types
from router.rulebook.classify import Verdicts, classify
from router.rulebook.decision import Circumstances, Decision, Reason, TicketType
from router.rulebook.language import language_of
from router.rulebook.letter import letter
from router.rulebook.reading import Reading
from router.rulebook.route import TRIAGE, route
from router.rulebook.ruleset import RuleBook
from router.rulebook.service import Service
from router.rulebook.signal import Fired


def decide(message: Message, circumstances: Circumstances, book: RuleBook) -> Decision:
    """Where a message goes and why. Pure: the same message, circumstances and rules give the same decision."""
    reading = book.look(message)
    verdicts = weigh(reading, circumstances, book)
    decision = _decision(message, reading, verdicts, circumstances, book)
    rebase = partial(
        _rebase, message=message, reading=reading, verdicts=verdicts, book=book, circumstances=circumstances
    )
    day = book.day(circumstances.moment)
    return route(decision, book.rules, message, circumstances, day, reading.hits, book.units, rebase)


def weigh(reading: Reading, circumstances: Circumstances, book: RuleBook) -> Verdicts:
    """What the signals say. A quote counts nearly as new text where the new text points nowhere ("tolong lihat di bawah")."""
    confidence = book.scoring.confidence
    verdicts = None
    for factors in (book.factors, book.late_factors):
        fired = tuple(book.signals.fire(reading.hits, circumstances, factors))
        verdicts = classify(fired, book.signals, book.services, circumstances, confidence)
        if verdicts.service or verdicts.elsewhere or not reading.older:
            break
    assert verdicts is not None
    return verdicts


def _decision(
    message: Message, reading: Reading, verdicts: Verdicts, circumstances: Circumstances, book: RuleBook
) -> Decision:
    service = book.services.get(verdicts.service or "")
    said, kind = _types(verdicts, service)
    day = book.day(circumstances.moment)
    elsewhere = book.elsewhere.get(verdicts.elsewhere or "")
    unit = service.owner(day) if service and verdicts.sure else elsewhere.unit if elsewhere else TRIAGE
    return Decision(
        service=service.code if service else None,
        type=kind,
        stated_type=said,
        audience=circumstances.audience,
        eligible=service is None or circumstances.audience in service.serves,
        letter=letter(message, reading.hits, service, kind, book.letter_words) if service and kind else "not-required",
        priority="normal",
        unit=unit,
        confidence="sure" if verdicts.sure else "unsure",
        score=round(verdicts.score, 4),
        alternatives=verdicts.alternatives,
        reasons=_reasons(verdicts, service, kind),
        rules_version=book.version,
        language=language_of(message.new_text or message.text or message.subject or "") or "both",
    )


def _types(verdicts: Verdicts, service: Service | None) -> tuple[TicketType | None, TicketType | None]:
    """What the words said, and the type that the service admits (None without a service)."""
    points = types.sums(verdicts.fired, service.code if service else None)
    said = types.stated(points)
    return said, types.admitted(said, points, service) if service else None


def _rebase(
    decision: Decision,
    code: str,
    *,
    message: Message,
    reading: Reading,
    verdicts: Verdicts,
    book: RuleBook,
    circumstances: Circumstances,
) -> Decision:
    """The decision as one about another service that a routing rule named."""
    service = book.services[code]
    said, kind = _types(verdicts, service)
    day = book.day(circumstances.moment)
    return replace(
        decision,
        service=code,
        type=kind,
        stated_type=said,
        eligible=circumstances.audience in service.serves,
        letter=letter(message, reading.hits, service, kind, book.letter_words) if kind else "not-required",
        unit=service.owner(day),
        confidence="sure",
        score=1.0,
        alternatives=tuple(c for c in decision.alternatives if c.service != code),
        reasons=_reasons(verdicts, service, kind),
    )


def _reasons(verdicts: Verdicts, service: Service | None, kind: TicketType | None) -> tuple[Reason, ...]:
    """The signals of the service (or of what elsewhere it is) and of the type, the heaviest first."""
    owners = {("service", service.code if service else None), ("elsewhere", verdicts.elsewhere)}
    chosen = [f for f in verdicts.fired if (f.signal.owner.kind, f.signal.owner.key) in owners]
    chosen.sort(key=lambda f: -abs(f.weight))
    for one in verdicts.fired:
        owner = one.signal.owner
        mine = owner.kind == "type" or (owner.kind == "service type" and service and owner.key == service.code)
        if mine and owner.type == kind:
            chosen.append(one)
    return tuple(reason(f) for f in chosen)


def reason(fired: Fired) -> Reason:
    """A signal that fired, as a decision tells it."""
    place = fired.hits[0].sentence.place if fired.hits else "sender"
    words = tuple(dict.fromkeys(h.words for h in fired.hits))
    where = "body" if place in ("second", "forwarded") else place
    return Reason(fired.signal.name, fired.signal.file, fired.signal.line, words, where, round(fired.weight, 2))
