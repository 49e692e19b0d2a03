"""One mailbox's way in: fetch → parse → screen → correlate → plan → commit → settle.

The only place where deciding and remembering meet. A message is ours when its commit is done; the IMAP server is told
afterwards. One bad message never stops the mailbox: what a stage can't handle is quarantined with bytes, stage and reason.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from router.app.batch import Batch, marks_of, tickets_of
from router.app.numbers import Numbers
from router.desk.actions import Plan, Quarantine
from router.desk.agent import needs_opening
from router.desk.facts import Facts, Keys
from router.desk.plan import keys_of, plan, screen_message
from router.desk.policy import Policy
from router.mail.message import Message
from router.mail.parse import parse
from router.mail.verdict import Verdict
from router.store.commit import Conflict, Failure
from router.store.database import Store
from router.store.rows import Entry
from router.wire.faults import Refused, Withheld
from router.wire.imap import Mailbox

log = logging.getLogger("hero.intake")

HEADER_BYTES = 256 * 1024  # of a message over the size limit only so much of its header is read
REPLANS = 4  # how often a message is planned anew when the store says that its facts moved meanwhile


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
class Read:
    """A message that is read and screened, and what has to be looked up about it."""

    item: Fetched
    message: Message
    verdict: Verdict
    keys: Keys


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
        policy: Callable[[], Policy],
        clock: Callable[[], datetime],
        limits: BatchLimits,
        folders: tuple[str, str] = ("", ""),
    ) -> None:
        self.name = name
        self._store = store
        self._policy = policy
        self._clock = clock
        self._limits = limits
        self._done_folder, self._failed_folder = folders
        self._numbers = Numbers(store)

    def take(self, box: Mailbox, waiting: Sequence[int]) -> int:
        """Handles the first batch of `waiting` UIDs whole: fetched, planned, committed, the server told.
        Returns how many of them are done with; raises wire faults and StoreUnavailable."""
        uids = list(waiting[: self._limits.messages])
        sizes = box.sizes(uids)
        chosen = list(self._within(uids, sizes))
        outcomes = self.handle(box.uidvalidity, list(self._fetch(box, chosen, sizes)))
        self._settle(box, outcomes)
        return len(chosen)

    def handle(self, uidvalidity: int, fetched: Sequence[Fetched]) -> dict[int, str]:
        """Plans and commits what was fetched, in order. Returns each UID's outcome. Raises StoreUnavailable."""
        outcomes: dict[int, str] = {}
        batch = Batch()
        self._numbers.block = len(fetched)
        policy = self._policy()
        read = [self._read(item, policy) for item in fetched]
        known = iter(self._store.facts_of([one.keys for one in read if isinstance(one, Read)], self._clock()))
        for one in read:
            if isinstance(one, Entry):
                batch.add(one, ())
                continue
            facts = next(known)
            marks = marks_of(one.keys) | tickets_of(facts)
            if batch.touches(marks):
                self._commit(uidvalidity, batch.drain(), outcomes)
                facts = self._store.facts(one.keys, self._clock(), "")
                marks |= tickets_of(facts)
            else:
                facts = replace(facts, answers_last_hour=facts.answers_last_hour + batch.answers_to(one.keys.author))
            batch.add(self._planned(one, facts, policy), marks)
        self._commit(uidvalidity, batch.drain(), outcomes)
        return outcomes

    def planned(self, item: Fetched) -> Entry:
        """One message through the pure stages on fresh facts, not committed. Raises StoreUnavailable."""
        policy = self._policy()
        read = self._read(item, policy)
        if isinstance(read, Entry):
            return read
        return self._planned(read, self._store.facts(read.keys, self._clock(), ""), policy)

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
            elif uid in large and (header := box.fetch_header(uid, HEADER_BYTES)) is not None:
                yield Fetched(uid, header, oversize=large[uid])

    def _whole(self, box: Mailbox, uids: list[int]) -> dict[int, bytes]:
        """The messages' bytes. What the server has but withholds is left without an outcome: it is asked for again at
        each reconciliation, and `status` counts it as unaccounted until then."""
        try:
            return dict(box.fetch(uids)) if uids else {}
        except Withheld as fault:
            log.error("mailbox=%s: %s; the others go on", self.name, fault)
            return dict(box.fetch([uid for uid in uids if uid not in fault.uids]))

    # -- deciding -----------------------------------------------------------------------------------------------------

    def _read(self, item: Fetched, policy: Policy) -> Read | Entry:
        """The stages that need no facts; what breaks one is an entry for quarantine."""
        message: Message | None = None
        stage = "parse"
        try:
            message = parse(item.raw)
            stage = "screen"
            verdict = screen_message(message, policy)
            stage = "correlate"
            return Read(item, message, verdict, keys_of(message, verdict, policy))
        except Exception as fault:  # the loop survives the message
            return self._broken(item, message, stage, fault)

    def _planned(self, read: Read, facts: Facts, policy: Policy) -> Entry:
        """The plan on these facts; what breaks is an entry for quarantine. Raises StoreUnavailable."""
        item, message = read.item, read.message
        now = self._clock()
        facts = replace(facts, next_number=self._numbers.next(now.astimezone(policy.zone).year))
        facts = self._with_opening(facts, message)
        original = item.raw if policy.attach_original and item.oversize is None else None
        try:
            decided = plan(message, read.verdict, self.name, facts, policy, now, item.oversize, original)
        except Exception as fault:  # the loop survives the message
            return self._broken(item, message, "plan", fault)
        self._numbers.used(decided)
        return Entry(item.uid, item.raw, message, decided, item.size)

    def _with_opening(self, facts: Facts, message: Message) -> Facts:
        """The ticket's first message, where the plan has to show it again."""
        ticket = facts.by_token or facts.by_reference or facts.by_subject
        if ticket is None or not needs_opening(message.new_text):
            return facts
        raw = self._store.opening(ticket.number)
        return replace(facts, opening=parse(raw)) if raw else facts

    def _broken(self, item: Fetched, message: Message | None, stage: str, fault: Exception) -> Entry:
        """Our fault, with its traceback in the log and the message set aside."""
        log.error("mailbox=%s uid=%d stage=%s: quarantined", self.name, item.uid, stage, exc_info=fault)
        return _quarantined(item, message, stage, f"{type(fault).__name__}: {fault}")

    # -- remembering --------------------------------------------------------------------------------------------------

    def _commit(self, uidvalidity: int, entries: list[Entry], outcomes: dict[int, str]) -> None:
        """Commits entries; a conflict is planned again on fresh facts, a failure is quarantined."""
        for _ in range(REPLANS):
            if not entries:
                return
            refused = self._store.commit(self.name, uidvalidity, entries, self._clock())
            left = {answer.entry.uid for answer in refused}
            outcomes.update((entry.uid, entry.plan.outcome) for entry in entries if entry.uid not in left)
            entries = [self._again(answer) for answer in refused]
        reason = f"its facts changed {REPLANS} times while it was planned"
        for entry in entries:
            set_aside = _quarantined(_fetched(entry), entry.message, "commit", reason)
            self._store.commit(self.name, uidvalidity, [set_aside], self._clock())
            outcomes[entry.uid] = "quarantined"

    def _again(self, answer: Conflict | Failure) -> Entry:
        entry = answer.entry
        if isinstance(answer, Failure):
            log.error("mailbox=%s uid=%d stage=commit: quarantined: %s", self.name, entry.uid, answer.reason)
            return _quarantined(_fetched(entry), entry.message, "commit", answer.reason)
        return self.planned(_fetched(entry))

    def _settle(self, box: Mailbox, outcomes: dict[int, str]) -> None:
        """Tells the server, after the commit: quarantined mail to the failed folder, the rest to the done folder if any."""
        failed = [uid for uid, outcome in outcomes.items() if outcome == "quarantined"]
        done = [uid for uid, outcome in outcomes.items() if outcome != "quarantined"]
        for uids, folder in ((failed, self._failed_folder), (done, self._done_folder)):
            try:
                if uids and folder:
                    box.move(uids, folder)
            except Refused as fault:  # the mail is ours already; where it lies on the server is only tidiness
                log.error("mailbox=%s: %s; the messages stay where they are", self.name, fault)


def plan_once(raw: bytes, uid: int, mailbox: str, store: Store, policy: Policy, now: datetime) -> Entry:
    """One message through the pure stages, by itself: for what was quarantined. The caller commits it."""
    limits = BatchLimits(messages=1, total_bytes=len(raw) + 1, message_bytes=len(raw) + 1)
    return Intake(mailbox, store, lambda: policy, lambda: now, limits).planned(Fetched(uid, raw))


def _quarantined(item: Fetched, message: Message | None, stage: str, reason: str) -> Entry:
    verdict = Verdict("reject", f"could not be handled: {reason[:200]}")
    failed = Plan(verdict, "quarantined", f"{stage}: {reason[:500]}", None, (Quarantine(stage, reason[:2000]),))
    return Entry(item.uid, item.raw, message, failed, item.size)


def _fetched(entry: Entry) -> Fetched:
    """An entry as it was fetched."""
    raw = entry.raw or b""
    return Fetched(entry.uid, raw, entry.size if entry.size > len(raw) else None)
