"""`rules digest`: mail that went to triage or was corrected, the words it shares that no rule knows, and rule lines for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from router.app.backtest import circumstances_of
from router.app.settings import Settings
from router.mail.parse import parse
from router.rulebook.book import RuleBook
from router.rulebook.decide import weigh
from router.rulebook.decision import Circumstances
from router.rulebook.example import message_of
from router.rulebook.learning import Names, inside
from router.rulebook.lesson import Lesson, Phrase, lesson
from router.store.database import Store
from router.store.recorded import Correction, RecordedMail

COMPARED = timedelta(days=30)  # mail before the digest's days, that says which words are everybody's
MAILS, AUTHORS = 2, 2
RARER = 3  # so many times rarer a word must be elsewhere
SHOWN = 10
WEIGHTS = (3, 4, 6, 8)


@dataclass(frozen=True, slots=True)
class Case:
    """A mail that the rules did not decide as they should: what it holds and what they gave each service."""

    ticket: str
    lesson: Lesson
    points: Mapping[str, float]
    corrected: str | None  # the service that a person named
    guessed: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """Words that several of those mails share. `service`: where people moved them, or (`guess`) the rules' first guess."""

    phrase: str
    tickets: tuple[str, ...]
    service: str | None
    guess: bool
    file: str | None
    weight: int
    caught: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What an admin should know of these days."""

    days: int
    mails: int
    triage: int
    moved: int
    retyped: int
    words: tuple[Word, ...]


def digest(book: RuleBook, store: Store, settings: Settings, days: int, now: datetime) -> Digest:
    """The digest of the last days. Raises StoreUnavailable."""
    since = now - timedelta(days=days)
    corrected = store.corrections(since)
    names, others = Names(book), Counter[Phrase]()
    cases: list[Case] = []
    mails = triage = compared = 0
    for mail in store.recorded(store.recorded_ids(since - COMPARED)):
        message = parse(mail.raw)
        learned = lesson(message, book)
        names.note(learned)
        recent = mail.at >= since
        mails += recent
        doubtful = recent and mail.decision is not None and mail.decision["unit"] == "triage"
        triage += doubtful
        correction = corrected.get(mail.ticket or "")
        if doubtful or correction is not None:
            points = weigh(book.look(message), circumstances_of(message, mail, settings), book).points
            cases.append(_case(mail, learned, points, correction))
        else:
            compared += 1
            others.update(learned.phrases.keys())
    moved = sum(one.service is not None for one in corrected.values())
    retyped = sum(one.type is not None for one in corrected.values())
    return Digest(days, mails, triage, moved, retyped, _words(book, cases, names, others, compared))


def _case(mail: RecordedMail, learned: Lesson, points: Mapping[str, float], correction: Correction | None) -> Case:
    alternatives = (mail.decision or {}).get("alternatives") or ()
    guessed = (mail.decision or {}).get("service") or (alternatives[0]["service"] if alternatives else None)
    return Case(mail.ticket or f"#{mail.id}", learned, points, correction.service if correction else None, guessed)


def _words(
    book: RuleBook, cases: Sequence[Case], names: Names, others: Counter[Phrase], compared: int
) -> tuple[Word, ...]:
    """Phrases that several people's mails share, that no rule knows and that are rare elsewhere; the most shared first."""
    holders: dict[Phrase, list[Case]] = {}
    for case in cases:
        for phrase in case.lesson.phrases:
            holders.setdefault(phrase, []).append(case)
    shared = [(phrase, held) for phrase, held in holders.items() if len(held) >= MAILS]
    shared.sort(key=lambda one: (-len(one[1]), -len(one[0]), one[0]))
    chosen: list[Phrase] = []
    found: list[Word] = []
    for phrase, held in shared:
        said = held[0].lesson.phrases[phrase]
        rare = others[phrase] * len(cases) * RARER <= len(held) * max(compared, 1)
        alone = len({case.lesson.author for case in held}) < AUTHORS
        if not rare or alone or names.has(said) or _is_known(book, said):
            continue
        if any(inside(phrase, other) or inside(other, phrase) for other in chosen):
            continue
        chosen.append(phrase)
        found.append(_word(book, said, held))
        if len(found) == SHOWN:
            break
    return tuple(found)


def _is_known(book: RuleBook, said: str) -> bool:
    """Does the phrase alone speak for some service, or for something that is not ours?"""
    anybody = Circumstances("hero", "internal", authenticated=True)
    fired = book.signals.fire(book.look(message_of(said)).hits, anybody, book.factors)
    return any(one.weight > 0 and one.signal.owner.kind in ("service", "elsewhere") for one in fired)


def _word(book: RuleBook, said: str, held: Sequence[Case]) -> Word:
    people = Counter(case.corrected for case in held if case.corrected in book.services)
    guesses = Counter(case.guessed for case in held if case.guessed in book.services)
    best = (people or guesses).most_common(1)
    service = best[0][0] if best else None
    tickets = tuple(case.ticket for case in held)
    if service is None:
        return Word(said, tickets, None, True, None, 0, 0)
    caught = {weight: sum(_caught(book, case, service, weight) for case in held) for weight in WEIGHTS}
    weight = max(WEIGHTS, key=lambda one: (caught[one], -one))
    return Word(said, tickets, service, not people, book.services[service].file, weight, caught[weight])


def _caught(book: RuleBook, case: Case, service: str, weight: int) -> bool:
    """Would so many points more make it this service's?"""
    points = case.points.get(service, 0.0) + weight
    rivals = max((value for key, value in case.points.items() if key != service), default=0.0)
    return points > rivals and points >= book.scoring.confidence.least


def text_of(found: Digest) -> str:
    """The digest for a person, in Indonesian."""
    lines = [
        f"Ringkasan aturan, {found.days} hari terakhir",
        f"{found.mails} surat diputuskan; {found.triage} ke triase; {found.moved} dialihkan petugas (#alih); "
        f"{found.retyped} diubah jenisnya (#jenis).",
        "",
    ]
    if not found.words:
        return "\n".join([*lines, "Tidak ada kata baru yang sama-sama dipakai surat-surat itu."])
    lines.append("Kata yang sama-sama dipakai surat-surat itu dan belum dikenal aturan mana pun:")
    for word in found.words:
        lines += ["", f'"{word.phrase}": {len(word.tickets)} surat ({", ".join(word.tickets[:5])})', *_lines(word)]
    return "\n".join([*lines, "", "Periksa akibatnya sebelum dipakai: hero-router rules backtest"])


def _lines(word: Word) -> list[str]:
    """The rule lines, as they can be put into the file."""
    if word.service is None:
        return ["  Belum ada yang menentukan layanannya; petugas triase yang tahu."]
    why = "dugaan aturan, belum dipastikan petugas" if word.guess else "menurut petugas"
    return [
        f"  Layanan {word.service} ({why}); baris ini di {word.file} akan menangkap {word.caught} dari {len(word.tickets)}:",
        "    [[signal]]",
        f"    weight = {word.weight}",
        f'    any    = ["{word.phrase}"]',
    ]
