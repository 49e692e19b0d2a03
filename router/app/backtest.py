"""Two rule sets on the same recorded mail: which would be decided otherwise, and by which words. Changes nothing.

Each worker process reads the mail that it judges from the database itself, a message at a time: memory stays flat.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from router.app.settings import Settings
from router.desk.people import audience_of
from router.mail.authres import authentication
from router.mail.message import Address, Message
from router.mail.parse import parse
from router.mail.screen import screen
from router.rulebook.book import RuleBook
from router.rulebook.decide import decide, weigh
from router.rulebook.decision import Circumstances, Decision
from router.rulebook.screening import screen as screen_by_rules
from router.store.database import Store
from router.store.recorded import RecordedMail

FIELDS = ("screen", "service", "type", "unit", "priority", "eligible", "letter", "confidence")
CHUNK = 50  # messages a worker takes at a time
ALONE = 200  # so few aren't worth further processes
WORKERS = 4
_SHOWN = 4  # words that made a difference
_LEAST = 0.05  # points that are none

Side = Mapping[str, Any]
"""What one rule set makes of a mail: a value for each of FIELDS."""


@dataclass(frozen=True, slots=True)
class Word:
    """Words that count otherwise: for whom (service, elsewhere or type), and how many points more or less."""

    words: str
    owner: str
    points: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A mail that would be decided otherwise. `rules`: routing rules that match with one set only, "+" with the new one."""

    message: int
    ticket: str | None
    mailbox: str
    subject: str
    before: Side
    after: Side
    because: tuple[Word, ...]
    rules: tuple[str, ...]

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that differ."""
        return tuple(name for name in FIELDS if self.before[name] != self.after[name])


@dataclass(slots=True)
class Result:
    """All shifts, oldest first, among so many mails; how many each set is sure of; mails that could not be judged."""

    mails: int = 0
    unreadable: int = 0
    sure_before: int = 0
    sure_after: int = 0
    shifts: list[Shift] = field(default_factory=list)

    def add(self, part: Result) -> None:
        """Takes up what a worker found."""
        self.mails += part.mails
        self.unreadable += part.unreadable
        self.sure_before += part.sure_before
        self.sure_after += part.sure_after
        self.shifts += part.shifts

    @property
    def counts(self) -> dict[str, int]:
        """How often each field differs, of those that do."""
        found = Counter(name for shift in self.shifts for name in shift.changed)
        return {name: found[name] for name in FIELDS if found[name]}


@dataclass(frozen=True, slots=True)
class Bench:
    """The two sets, and what else a decision depends on: whom the configuration trusts."""

    before: RuleBook
    after: RuleBook
    settings: Settings

    def compare(self, mail: RecordedMail) -> tuple[Side, Side, Shift | None]:
        """Both decisions about a mail, and their difference if there is one. Raises whatever a mail breaks."""
        message = parse(mail.raw)
        circumstances = circumstances_of(message, mail, self.settings)
        if mail.decision is None and screen(message, self.settings.own_addresses).name != "accept":
            return _SPAM, _SPAM, None  # by the standards' signals, whatever the rules say
        sides = [_decided(message, circumstances, book) for book in (self.before, self.after)]
        (before, first), (after, second) = sides
        if before == after:
            return before, after, None
        shift = Shift(
            message=mail.id,
            ticket=mail.ticket,
            mailbox=mail.mailbox,
            subject=message.subject or "",
            before=before,
            after=after,
            because=self._words(message, circumstances),
            rules=_rules(first, second),
        )
        return before, after, shift

    def run(self, store: Store, ids: Sequence[int]) -> Result:
        """These messages, one after the other. Raises StoreUnavailable."""
        found = Result()
        for mail in store.recorded(ids):
            found.mails += 1
            try:
                before, after, shift = self.compare(mail)
            except Exception:  # what a stage can't handle was no different before: it is counted, the others go on
                found.unreadable += 1
                continue
            found.sure_before += before["confidence"] == "sure"
            found.sure_after += after["confidence"] == "sure"
            found.shifts += [shift] if shift else []
        return found

    def _words(self, message: Message, circumstances: Circumstances) -> tuple[Word, ...]:
        """Words whose points differ between the two sets, the greatest difference first."""
        points: dict[tuple[str, str], float] = {}
        for sign, book in ((-1, self.before), (1, self.after)):
            for fired in weigh(book.look(message), circumstances, book).fired:
                owner = fired.signal.owner
                words = " … ".join(dict.fromkeys(hit.words for hit in fired.hits))
                key = (words.lower(), owner.type or owner.key)
                points[key] = points.get(key, 0.0) + sign * fired.weight
        moved = sorted(points.items(), key=lambda item: (-abs(item[1]), item[0]))
        return tuple(Word(words, owner, round(p, 2)) for (words, owner), p in moved[:_SHOWN] if abs(p) >= _LEAST)


_SPAM: Side = dict.fromkeys(FIELDS) | {"screen": "spam"}


def circumstances_of(message: Message, mail: RecordedMail, settings: Settings) -> Circumstances:
    """What the decision went by when the mail came."""
    trust = settings.trust
    believed = not trust.require_authentication or authentication(message, trust.authserv_id).passed
    audience = audience_of(message.from_ or Address("", ""), trust.internal_domains)
    return Circumstances(mail.mailbox, audience, believed, mail.at)


def _decided(message: Message, circumstances: Circumstances, book: RuleBook) -> tuple[Side, Decision | None]:
    if screen_by_rules(message, book) is not None:
        return _SPAM, None
    made = decide(message, circumstances, book)
    return {name: getattr(made, name, "accept") for name in FIELDS}, made


def _rules(before: Decision | None, after: Decision | None) -> tuple[str, ...]:
    first, second = ({t.rule for t in side.trace if t.matched} if side else set() for side in (before, after))
    return tuple([f"+{name}" for name in sorted(second - first)] + [f"-{name}" for name in sorted(first - second)])


# -- many mails -------------------------------------------------------------------------------------------------------


def run(bench: Bench, ids: Sequence[int], advance: Callable[[int], None]) -> Result:
    """All these messages on all processors; `advance` hears how many more are done. No connection to the database may be
    open here, for processes are forked. Raises StoreUnavailable."""
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    workers = min(os.cpu_count() or 1, WORKERS) if len(ids) > ALONE else 1
    total = Result()
    if workers == 1:
        with closing(Store(bench.settings.database.url)) as store:
            _collect((bench.run(store, chunk) for chunk in chunks), total, advance)
    else:
        with multiprocessing.get_context("fork").Pool(workers, _begin, (bench,)) as pool:
            _collect(pool.imap_unordered(_work, chunks), total, advance)
    total.shifts.sort(key=lambda shift: shift.message)
    return total


def _collect(parts: Iterable[Result], total: Result, advance: Callable[[int], None]) -> None:
    for part in parts:
        total.add(part)
        advance(part.mails)


_mine: list[tuple[Bench, Store]] = []  # of a worker process: what it judges by, and its own way to the database


def _begin(bench: Bench) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends us
    gc.freeze()  # the rules stay: the collector need not walk over them
    _mine[:] = [(bench, Store(bench.settings.database.url))]


def _work(ids: Sequence[int]) -> Result:
    bench, store = _mine[0]
    return bench.run(store, ids)
