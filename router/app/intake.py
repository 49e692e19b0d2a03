"""One mailbox's way in: fetch → parse → screen → correlate → plan → commit → settle.

The only place where deciding and remembering meet. A message is ours when its commit is done; the IMAP server is told
afterwards. One bad message never stops the mailbox: what a stage can't handle is quarantined with bytes, stage and reason.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import partial
from threading import Semaphore
from typing import TypeVar, get_args

from router.app.batch import Batch, marks_of, tickets_of
from router.app.judge import Judge
from router.app.numbers import Numbers
from router.app.stages import Asked, Fetched, Known, Stages, opens_ticket, quarantined
from router.desk.actions import Outcome, Quarantine
from router.desk.facts import Facts
from router.desk.policy import Policy
from router.store.commit import Conflict, Failure
from router.store.database import Store
from router.store.rows import Entry
from router.wire.faults import Refused, Withheld
from router.wire.imap import Mailbox

log = logging.getLogger("hero.intake")

Item = TypeVar("Item")
OUTCOMES: tuple[str, ...] = get_args(Outcome)
HEADER_BYTES = 256 * 1024  # of a message over the size limit only so much of its header is read
IN_HAND = 2  # batches of all mailboxes together that are in memory at the same time
TURN_SECONDS = 5.0  # after so long a mailbox takes its batch though others have theirs
REPLANS = 4  # how often a message is planned anew when the store says that its facts moved meanwhile


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How much is taken at once: messages, bytes in all, and the largest message that is loaded whole (bytes)."""

    messages: int
    total_bytes: int
    message_bytes: int


class Intake:
    """Takes messages from one connected mailbox into the store. One thread only."""

    def __init__(
        self,
        name: str,
        store: Store,
        stages: Stages | Judge,
        zone: tzinfo,
        clock: Callable[[], datetime],
        limits: BatchLimits,
        folders: tuple[str, str] = ("", ""),
        turns: Semaphore | None = None,
        committed: Callable[[str, int, Sequence[Entry]], None] = lambda mailbox, uidvalidity, entries: None,
    ) -> None:
        self.name = name
        self._store = store
        self._stages = stages
        self._zone = zone
        self._count = 0
        self._turns = turns or Semaphore(IN_HAND)
        self._clock = clock
        self._committed = committed
        self._limits = limits
        self._done_folder, self._failed_folder = folders
        self._numbers = Numbers(store)

    def take(self, box: Mailbox, waiting: Sequence[int]) -> int:
        """Handles the first batch of `waiting` UIDs whole: fetched, planned, committed, the server told.
        Returns how many of them are done with; raises wire faults and StoreUnavailable."""
        uids = list(waiting[: self._limits.messages])
        sizes = self._given(box.sizes, uids)
        chosen = list(self._within(uids, sizes))
        with self._turn():
            outcomes = self.handle(box.uidvalidity, list(self._fetch(box, chosen, sizes)))
        self.settle(box, outcomes)
        return len(chosen)

    def handle(self, uidvalidity: int, fetched: Sequence[Fetched]) -> dict[int, str]:
        """Plans and commits what was fetched, in order. Returns each UID's outcome. Raises StoreUnavailable."""
        outcomes: dict[int, str] = {}
        with self._batch(fetched) as (name, read):
            known = self._known(read)
            batch = Batch()
            ready: list[Known] = []
            for place, one in enumerate(read):
                if isinstance(one, Entry):
                    batch.set_aside(_whole(one, fetched[place]))
                    continue
                answer = known[place]
                if batch.touches(marks := marks_of(one.keys) | tickets_of(answer.facts)):
                    self._commit(uidvalidity, batch.drain(self._plan(name, ready, fetched)), outcomes)
                    ready = []
                    answer = self._known_now(place, one)
                    marks |= tickets_of(answer.facts)
                elif sent := batch.answers_to(one.keys.author):
                    facts = replace(answer.facts, answers_last_hour=answer.facts.answers_last_hour + sent)
                    answer = replace(answer, facts=facts)
                batch.note(one.keys, marks)
                ready.append(answer)
            self._commit(uidvalidity, batch.drain(self._plan(name, ready, fetched)), outcomes)
        return outcomes

    def planned(self, item: Fetched) -> Entry:
        """One message through the pure stages on fresh facts, not committed. Raises StoreUnavailable."""
        with self._batch([item]) as (name, (read,)):
            if isinstance(read, Entry):
                return _whole(read, item)
            return self._plan(name, [self._known_now(0, read)], [item])[0]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A batch of at most `IN_HAND` in memory: two keep both processes busy, more only cost memory. A mailbox whose
        server hangs must not keep the others waiting, so after a while they go on without."""
        mine = self._turns.acquire(timeout=TURN_SECONDS)
        try:
            yield
        finally:
            if mine:
                self._turns.release()

    # -- deciding -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _batch(self, fetched: Sequence[Fetched]) -> Iterator[tuple[str, list[Asked | Entry]]]:
        """A batch read by the stages, under a name of its own until it is done with."""
        self._count += 1
        name = f"{self.name}/{self._count}"
        try:
            yield name, self._stages.read(name, fetched)
        finally:
            self._stages.forget(name)

    def _known(self, read: Sequence[Asked | Entry]) -> dict[int, Known]:
        """The answers for all of a batch, by place."""
        asked = {place: one for place, one in enumerate(read) if isinstance(one, Asked)}
        found = self._store.facts_of([one.keys for one in asked.values()], self._clock())
        pairs = zip(asked.items(), found, strict=True)
        return {place: Known(place, facts, self._opening(facts, one)) for (place, one), facts in pairs}

    def _known_now(self, place: int, one: Asked) -> Known:
        facts = self._store.facts(one.keys, self._clock(), "")
        return Known(place, facts, self._opening(facts, one))

    def _opening(self, facts: Facts, one: Asked) -> bytes | None:
        ticket = facts.by_token or facts.by_reference or facts.by_subject
        return self._store.opening(ticket.number) if ticket and one.opening else None

    def _plan(self, name: str, known: Sequence[Known], fetched: Sequence[Fetched]) -> list[Entry]:
        if not known:
            return []
        now = self._clock()
        numbers = self._numbers.ahead(now.astimezone(self._zone).year, len(known))
        entries = self._stages.plan(name, self.name, known, numbers, now)
        self._numbers.used(sum(opens_ticket(entry.plan) for entry in entries))
        return [_whole(entry, fetched[one.place]) for entry, one in zip(entries, known, strict=True)]

    # -- fetching -----------------------------------------------------------------------------------------------------

    def _within(self, uids: Sequence[int], sizes: dict[int, int]) -> Iterator[int]:
        """The UIDs of one batch: at least one, then as many as the byte limit allows. A vanished one counts as handled."""
        total = 0
        for place, uid in enumerate(uids):
            size = sizes.get(uid, 0)
            total += size if size <= self._limits.message_bytes else HEADER_BYTES
            if place and total > self._limits.total_bytes:
                return
            yield uid

    def _fetch(self, box: Mailbox, uids: Sequence[int], sizes: dict[int, int]) -> Iterator[Fetched]:
        large = {uid: size for uid, size in sizes.items() if size > self._limits.message_bytes}
        whole = self._whole(box, [uid for uid in uids if uid in sizes and uid not in large])
        for uid in uids:
            if uid in whole:
                yield Fetched(uid, whole.pop(uid))
            elif uid in large and (header := self._given(partial(_header, box), [uid]).get(uid)) is not None:
                yield Fetched(uid, header, oversize=large[uid])

    def _whole(self, box: Mailbox, uids: list[int]) -> dict[int, bytes]:
        return self._given(lambda some: dict(box.fetch(some)), uids)

    def _given(self, ask: Callable[[list[int]], dict[int, Item]], uids: list[int]) -> dict[int, Item]:
        """What the server gives of these. What it has but withholds is left without an outcome: it is asked for again at
        each reconciliation, and `status` counts it as unaccounted until then."""
        while uids:
            try:
                return ask(uids)
            except Withheld as fault:
                log.error("mailbox=%s: %s; the others go on", self.name, fault)
                uids = [uid for uid in uids if uid not in fault.uids]
        return {}

    # -- remembering --------------------------------------------------------------------------------------------------

    def _commit(self, uidvalidity: int, entries: list[Entry], outcomes: dict[int, str]) -> None:
        """Commits entries; a conflict is planned again on fresh facts, a failure is quarantined."""
        for _ in range(REPLANS):
            if not entries:
                return
            refused = self._store.commit(self.name, uidvalidity, entries, self._clock())
            left = {answer.entry.uid for answer in refused}
            done = [entry for entry in entries if entry.uid not in left]
            outcomes.update((entry.uid, entry.plan.outcome) for entry in done)
            self._committed(self.name, uidvalidity, done)
            entries = [self._again(answer) for answer in refused]
        for entry in entries:
            reason = f"its facts changed {REPLANS} times while it was planned"
            if isinstance(entry.plan.actions[0], Quarantine):
                reason = entry.plan.actions[0].reason
            item = _fetched(entry)
            set_aside = _whole(quarantined(item, None, "commit", reason), item)
            if self._store.commit(self.name, uidvalidity, [set_aside], self._clock()):
                log.critical("mailbox=%s uid=%d can't even be set aside: %s", self.name, entry.uid, reason)
            else:
                outcomes[entry.uid] = "quarantined"
                self._committed(self.name, uidvalidity, [set_aside])

    def _again(self, answer: Conflict | Failure) -> Entry:
        entry = answer.entry
        if isinstance(answer, Failure):
            log.error("mailbox=%s uid=%d stage=commit: quarantined: %s", self.name, entry.uid, answer.reason)
            return _aside(entry, answer.reason)
        return self.planned(_fetched(entry))

    @property
    def moves(self) -> tuple[str, ...]:
        """The outcomes whose messages are moved out of the mailbox."""
        failed = ("quarantined",) if self._failed_folder else ()
        return failed + (
            tuple(outcome for outcome in OUTCOMES if outcome != "quarantined") if self._done_folder else ()
        )

    def settle(self, box: Mailbox, outcomes: Mapping[int, str]) -> None:
        """Tells the server, after the commit: quarantined mail to the failed folder, the rest to the done folder if any."""
        failed = [uid for uid, outcome in outcomes.items() if outcome == "quarantined"]
        done = [uid for uid, outcome in outcomes.items() if outcome != "quarantined"]
        for uids, folder in ((failed, self._failed_folder), (done, self._done_folder)):
            try:
                if uids and folder:
                    box.move(uids, folder)
            except Refused as fault:  # the mail is ours already; where it lies on the server is only tidiness
                log.error("mailbox=%s: %s; the messages stay where they are", self.name, fault)


def plan_once(item: Fetched, mailbox: str, store: Store, policy: Policy, now: datetime) -> Entry:
    """One message through the pure stages, by itself: for what was quarantined. The caller commits it."""
    limits = BatchLimits(messages=1, total_bytes=item.size + 1, message_bytes=item.size + 1)
    stages = Stages(lambda: policy)
    return Intake(mailbox, store, stages, policy.zone, lambda: now, limits).planned(item)


def _header(box: Mailbox, uids: list[int]) -> dict[int, bytes]:
    """The beginning of the header by UID; a UID that vanished is absent."""
    found = {uid: box.fetch_header(uid, HEADER_BYTES) for uid in uids}
    return {uid: header for uid, header in found.items() if header is not None}


def _whole(entry: Entry, item: Fetched) -> Entry:
    """An entry with the bytes that were fetched."""
    return replace(entry, raw=item.raw)


def _aside(entry: Entry, reason: str) -> Entry:
    """An entry that could not be committed as it is, for a person to look at."""
    item = _fetched(entry)
    return _whole(quarantined(item, entry.message, "commit", reason), item)


def _fetched(entry: Entry) -> Fetched:
    """An entry as it was fetched."""
    return fetched(entry.uid, entry.raw, entry.size)


def fetched(uid: int, raw: bytes | None, size: int) -> Fetched:
    """A message as it was fetched, from what is kept of it: less than its size is its header."""
    kept = raw or b""
    return Fetched(uid, kept, size if size > len(kept) else None)
