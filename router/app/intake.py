"""One mailbox's loop: fetch → parse → plan → commit → settle.

The only place where deciding and remembering meet. A message is ours when its commit is done; the IMAP server is told
afterwards. One bad message never stops the mailbox: what a stage can't handle is quarantined with bytes, stage and reason.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from router.app.numbers import Numbers
from router.desk.actions import OpenTicket, Plan, Quarantine, Send
from router.desk.facts import Facts, Keys
from router.desk.agent import needs_opening
from router.desk.plan import keys_of, plan, screen_message
from router.desk.policy import Policy
from router.mail.message import Message
from router.mail.parse import parse
from router.mail.verdict import Verdict
from router.store.commit import Conflict, Failure
from router.store.database import Store
from router.store.rows import Entry
from router.wire.faults import Withheld
from router.wire.imap import Mailbox

log = logging.getLogger("hero.intake")

HEADER_BYTES = 256 * 1024  # of a message over the size limit only so much of its header is read
REPLANS = 4  # how often a message is planned anew when the store says that its facts moved meanwhile


@dataclass(frozen=True, slots=True)
class Fetched:
    """What IMAP gave for a UID: the message's bytes, or, when `oversize` (bytes) is set, its header only."""

    uid: int
    raw: bytes
    oversize: int | None = None


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
        self._numbers.block = len(chosen)
        outcomes = self.handle(box.uidvalidity, self._fetch(box, chosen, sizes))
        self._settle(box, outcomes)
        return len(chosen)

    def handle(self, uidvalidity: int, fetched: Iterable[Fetched]) -> dict[int, str]:
        """Plans and commits what was fetched, in order. Returns each UID's outcome."""
        outcomes: dict[int, str] = {}
        batch = _Batch()
        for item in fetched:
            batch.add(*self._planned(item, batch, uidvalidity, outcomes))
        self._commit(uidvalidity, batch, outcomes)
        return outcomes

    def planned(self, item: Fetched) -> Entry:
        """One message through the pure stages, not committed."""
        return self._planned(item, _Batch(), 0, {})[0]

    def _within(self, uids: Sequence[int], sizes: dict[int, int]) -> Iterator[int]:
        """The UIDs of one batch: at least one, then as many as the byte limit allows. A vanished one counts as handled."""
        total = 0
        for place, uid in enumerate(uids):
            size = sizes.get(uid, 0)
            total += min(size, self._limits.message_bytes)
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

    def _planned(
        self, item: Fetched, batch: _Batch, uidvalidity: int, outcomes: dict[int, str]
    ) -> tuple[Entry, frozenset[str]]:
        """One message through the pure stages, with its marks; what breaks becomes a quarantine plan."""
        message: Message | None = None
        stage = "parse"
        try:
            policy = self._policy()
            message = parse(item.raw)
            stage = "screen"
            verdict = screen_message(message, policy)
            asked = keys_of(message, verdict, policy)
            if batch.touches(_marks(asked)):
                self._commit(uidvalidity, batch, outcomes)
            stage = "correlate"
            facts = self._facts(asked, batch, message)
            if batch.touches(_tickets(facts)):
                self._commit(uidvalidity, batch, outcomes)
                facts = self._facts(asked, batch, message)
            stage = "plan"
            decided = plan(message, verdict, self.name, facts, policy, self._clock(), item.oversize, _original(item, policy))
            self._numbers.used(decided)
            entry = Entry(item.uid, item.raw, message, decided, item.oversize or len(item.raw))
            return entry, _marks(asked) | _tickets(facts)
        except Exception as fault:  # the loop survives the message (style: one try round one message)
            log.exception("mailbox=%s uid=%d stage=%s: quarantined", self.name, item.uid, stage)
            return self._quarantined(item, message, stage, f"{type(fault).__name__}: {fault}"), frozenset()

    def _facts(self, asked: Keys, batch: _Batch, message: Message) -> Facts:
        now = self._clock()
        facts = self._store.facts(asked, now, self._numbers.next(now.astimezone(self._policy().zone).year))
        facts = replace(facts, answers_last_hour=facts.answers_last_hour + batch.answers_to(asked.author))
        ticket = facts.by_token or facts.by_reference or facts.by_subject
        if ticket and needs_opening(message.new_text) and (raw := self._store.opening(ticket.number)):
            return replace(facts, opening=parse(raw))
        return facts

    def _quarantined(self, item: Fetched, message: Message | None, stage: str, reason: str) -> Entry:
        verdict = Verdict("reject", f"could not be handled: {reason[:200]}")
        failed = Plan(verdict, "quarantined", f"{stage}: {reason[:500]}", None, (Quarantine(stage, reason[:2000]),))
        return Entry(item.uid, item.raw, message, failed, item.oversize or len(item.raw))

    def _commit(self, uidvalidity: int, batch: _Batch, outcomes: dict[int, str]) -> None:
        """Commits what the batch holds; a conflict is planned again on fresh facts, a failure is quarantined."""
        entries = batch.drain()
        for _ in range(REPLANS):
            if not entries:
                return
            refused = self._store.commit(self.name, uidvalidity, entries, self._clock())
            left = {answer.entry.uid for answer in refused}
            outcomes.update((entry.uid, entry.plan.outcome) for entry in entries if entry.uid not in left)
            entries = [self._again(answer) for answer in refused]
        for entry in entries:
            self._store.commit(self.name, uidvalidity, [self._given_up(entry)], self._clock())
            outcomes[entry.uid] = "quarantined"

    def _again(self, answer: Conflict | Failure) -> Entry:
        entry = answer.entry
        item = _fetched(entry)
        if isinstance(answer, Failure):
            log.error("mailbox=%s uid=%d stage=commit: quarantined: %s", self.name, entry.uid, answer.reason)
            return self._quarantined(item, entry.message, "commit", answer.reason)
        return self.planned(item)

    def _given_up(self, entry: Entry) -> Entry:
        return self._quarantined(_fetched(entry), entry.message, "commit", f"its facts changed {REPLANS} times while it was planned")

    def _settle(self, box: Mailbox, outcomes: dict[int, str]) -> None:
        """Tells the server, after the commit: quarantined mail to the failed folder, the rest to the done folder if any."""
        failed = [uid for uid, outcome in outcomes.items() if outcome == "quarantined"]
        done = [uid for uid, outcome in outcomes.items() if outcome != "quarantined"]
        if failed and self._failed_folder:
            box.move(failed, self._failed_folder)
        if done and self._done_folder:
            box.move(done, self._done_folder)


def plan_once(raw: bytes, uid: int, mailbox: str, store: Store, policy: Policy, now: datetime) -> Entry:
    """One message through the pure stages, by itself: for what was quarantined. The caller commits it."""
    limits = BatchLimits(messages=1, total_bytes=len(raw) + 1, message_bytes=len(raw) + 1)
    intake = Intake(mailbox, store, lambda: policy, lambda: now, limits)
    return intake.planned(Fetched(uid, raw))


class _Batch:
    """Entries that wait for one commit, and what they will make known: a message that needs to see it commits them first."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._known: set[str] = set()
        self._answers: Counter[str] = Counter()

    def add(self, entry: Entry, marks: frozenset[str]) -> None:
        self._entries.append(entry)
        self._known |= marks
        for action in entry.plan.actions:
            if isinstance(action, Send):
                self._known.add(action.message_id)
                self._answers.update(recipient.lower() for recipient in action.recipients if action.automatic)
            elif isinstance(action, OpenTicket):
                self._known.add(action.number)

    def touches(self, marks: Iterable[str]) -> bool:
        return not self._known.isdisjoint(marks)

    def answers_to(self, address: str | None) -> int:
        return self._answers[address] if address else 0

    def drain(self) -> list[Entry]:
        entries, self._entries = self._entries, []
        self._known.clear()
        self._answers.clear()
        return entries


def _fetched(entry: Entry) -> Fetched:
    """An entry as it was fetched."""
    raw = entry.raw or b""
    return Fetched(entry.uid, raw, entry.size if entry.size > len(raw) else None)


def _original(item: Fetched, policy: Policy) -> bytes | None:
    return item.raw if policy.attach_original and item.oversize is None else None


def _marks(asked: Keys) -> frozenset[str]:
    """What one message is known by and asks for."""
    named = (asked.digest, asked.message_id, asked.subject_number)
    return frozenset(filter(None, (*named, *asked.msg_ids, *asked.token_numbers, *asked.reported_msg_ids)))


def _tickets(facts: Facts) -> frozenset[str]:
    found = (facts.by_token, facts.by_reference, facts.by_subject, facts.bounced)
    return frozenset(ticket.number for ticket in found if ticket)
