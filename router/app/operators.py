"""What the operators are told by mail, and how often: at most ten notices an hour of each kind."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from router.desk.operators import NOTICES_PER_HOUR, Trouble, concerns_operators, notice, troubles
from router.desk.policy import Policy
from router.rulebook.decision import Languages
from router.rulebook.problem import Problem
from router.store.database import Store, StoreUnavailable
from router.store.outbox import Outgoing, Result
from router.store.rows import Entry

log = logging.getLogger("hero.operators")

HOUR = timedelta(hours=1)
LINES = 30  # faults that one mail lists
_FAULTS = {"id": "ditemukan {} kesalahan", "en": "{} faults found"}
_MORE = {"id": "… dan {} lagi; semuanya: hero-router check", "en": "… and {} more; all of them: hero-router check"}


class Budget:
    """How often each kind was told within the last hour. Thread-safe; forgets at the end of the process."""

    def __init__(self) -> None:
        self._told: dict[str, deque[tuple[datetime, str]]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, trouble: Trouble, now: datetime) -> int:
        """The place of this notice among those of the last hour, from 1; 0: it is not told. A failing template is told
        once, not for each mail that needs it."""
        with self._lock:
            told = self._told[trouble.kind]
            while told and now - told[0][0] >= HOUR:
                told.popleft()
            again = trouble.kind == "template" and any(reason == trouble.reason for _, reason in told)
            if again or len(told) > NOTICES_PER_HOUR:
                return 0
            told.append((now, trouble.reason))
            return len(told)


class Operators:
    """Tells the operators. Any thread may call; nothing raises: what can't be told stands in the log and in `status`.

    `recorded` is called when there is a mail to be sent.
    """

    def __init__(
        self,
        store: Store,
        policy: Callable[[], Policy],
        language: Languages,
        clock: Callable[[], datetime],
        recorded: Callable[[], None],
    ) -> None:
        self._store = store
        self._policy = policy
        self._language = language
        self._clock = clock
        self._recorded = recorded
        self._budget = Budget()

    def dead(self, mail: Outgoing, result: Result) -> None:
        """A mail can't be sent and is not tried again."""
        if concerns_operators(mail.recipient, self._policy()):
            return
        reason = f"{result.code} {result.text}" if result.code else result.text
        self._tell(Trouble("dead", reason[:500], id=str(mail.id), number=mail.ticket, recipient=mail.recipient))

    def committed(self, mailbox: str, uidvalidity: int, entries: Sequence[Entry]) -> None:
        """Entries were committed: what of them was set aside by a fault of ours, or made with a template that failed."""
        for entry in entries:
            for trouble in troubles(entry.plan, mailbox):
                author = entry.message.from_ if entry.message else None
                if author and concerns_operators(author.address, self._policy()):
                    continue
                self._tell(self._identified(trouble, uidvalidity, entry.uid))

    def rules(self, problems: Sequence[Problem]) -> None:
        """A changed set of rules and templates was refused."""
        language = "en" if self._language == "en" else "id"
        lines = tuple(str(problem) for problem in problems[:LINES])
        if len(problems) > LINES:
            lines += (_MORE[language].format(len(problems) - LINES),)
        self._tell(Trouble("rules", _FAULTS[language].format(len(problems)), lines=lines))

    def _identified(self, trouble: Trouble, uidvalidity: int, uid: int) -> Trouble:
        """A quarantined message's notice says the id that commands take."""
        if trouble.kind != "quarantine":
            return trouble
        try:
            found = self._store.quarantine_id(trouble.mailbox, uidvalidity, uid)
        except StoreUnavailable as fault:
            log.error("the id of a quarantined message could not be looked up: %s", fault)
            return trouble
        return replace(trouble, id=str(found)) if found else trouble

    def _tell(self, trouble: Trouble) -> None:
        now = self._clock()
        place = self._budget.take(trouble, now)
        if not place:
            log.debug("kind=%s: not told by mail: %s", trouble.kind, trouble.reason)
            return
        try:
            sends = notice(trouble, self._policy(), self._language, now, last=place > NOTICES_PER_HOUR)
            if sends:
                self._store.record(sends, now)
                self._recorded()
        except StoreUnavailable as fault:
            log.error("kind=%s: the operators could not be told: %s", trouble.kind, fault)
        except Exception:  # ours: mail goes on, and `status` shows the trouble
            log.exception("kind=%s: the operators could not be told", trouble.kind)
