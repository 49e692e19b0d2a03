"""Commit: a batch of Plans becomes one transaction, a savepoint each (design.md, 2.1).

The usual batch goes in as a whole, a statement a table. If anything in it is refused, it is rolled back to its savepoint
and goes in again entry by entry, so that one bad message costs time and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from router.desk.actions import Action
from router.store import schema
from router.store.engine import is_outside
from router.store.rows import Entry, Prepared, prepare, prepare_actions
from router.store.sequence import Numbers
from router.store.stage import Stage


@dataclass(frozen=True, slots=True)
class Conflict:
    """The plan was made from facts that are no more; nothing of it was written: ask for facts and plan again."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The entry can't be written as it is; nothing of it was: quarantine it (stage "commit")."""

    entry: Entry
    reason: str


Refusal = Conflict | Failure


class Stale(Exception):  # noqa: N818  # it says what is so, not whose error
    """`record` was given a plan made from a state of its ticket that is no more."""


class Commit(Numbers):
    """Writing down what follows from messages."""

    def commit(self, mailbox: str, uidvalidity: int, entries: Sequence[Entry], now: datetime) -> list[Refusal]:
        """Write a batch of entries of one mailbox and move its cursor; returns those refused, in the order of UIDs.

        An entry whose UID has its row already is passed over. The cursor moves to the last UID of the batch before the
        first refusal: commit what was refused (planned again, or quarantined) before later UIDs. Another `uidvalidity`
        than before makes it start anew under that one. Raises StoreUnavailable; then nothing was written.
        """
        ready, refused = _prepare_all(entries)
        with self.write() as connection:
            done = self._done(connection, mailbox, uidvalidity, [e.uid for e in entries])
            ready = [(e, p) for e, p in ready if e.uid not in done]
            refused = [r for r in refused if r.entry.uid not in done]
            refused += self._attempt(connection, mailbox, uidvalidity, ready, now)
            bad = min((r.entry.uid for r in refused), default=None)
            good = [e.uid for e in entries if bad is None or e.uid < bad]
            if good:
                self._move_cursor(connection, mailbox, uidvalidity, max(good))
        return sorted(refused, key=lambda r: r.entry.uid)

    def record(self, actions: Sequence[Action], now: datetime) -> None:
        """Carry out actions that no message caused (a reminder, a notice), in one transaction.

        Raises Stale if a ticket's version moved; LookupError, ValueError for what can't be carried out; StoreUnavailable.
        """
        prepared = prepare_actions(tuple(actions))
        with self.write() as connection:
            stage = Stage(self, connection, "", 0, now)
            stage.load([prepared])
            if (reason := stage.conflict(prepared)) is not None:
                raise Stale(reason)
            stage.add(prepared)
            stage.write()

    def _attempt(
        self, connection: Connection, mailbox: str, uidvalidity: int, batch: list[tuple[Entry, Prepared]], now: datetime
    ) -> list[Refusal]:
        """Write a batch within a savepoint; if that fails, each entry within its own."""
        if not batch:
            return []
        refused: list[Refusal] = []
        stage = Stage(self, connection, mailbox, uidvalidity, now)
        try:
            with connection.begin_nested():
                stage.load([p for _, p in batch])
                for entry, prepared in batch:
                    reason = stage.conflict(prepared)
                    if reason is None:
                        stage.add(prepared)
                    else:
                        refused.append(Conflict(entry, reason))
                stage.write()
        except Exception as error:
            if is_outside(error):
                raise
            if len(batch) == 1:
                return [self._judge(connection, Stage(self, connection, mailbox, uidvalidity, now), batch[0], error)]
            return [r for one in batch for r in self._attempt(connection, mailbox, uidvalidity, [one], now)]
        return refused

    def _judge(
        self, connection: Connection, stage: Stage, refused: tuple[Entry, Prepared], error: Exception
    ) -> Refusal:
        """Was it another process that was quicker (PostgreSQL: it shows only now), or the entry itself?"""
        entry, prepared = refused
        failure = Failure(entry, f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
        if isinstance(error, LookupError):
            return failure
        stage.load([prepared])
        reason = stage.conflict(prepared)
        return failure if reason is None else Conflict(entry, reason)

    def _done(self, connection: Connection, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
        i = schema.intake.c
        query = select(i.uid).where(i.mailbox == mailbox, i.uidvalidity == uidvalidity, i.uid.in_(uids))
        return set(connection.execute(query).scalars())

    def _move_cursor(self, connection: Connection, mailbox: str, uidvalidity: int, uid: int) -> None:
        m = schema.mailbox.c
        found = connection.execute(select(m.uidvalidity, m.uid).where(m.name == mailbox)).first()
        if found is None:
            row = {"name": mailbox, "uidvalidity": uidvalidity, "uid": uid}
            connection.execute(self.insert_new(schema.mailbox), row)
        elif found.uidvalidity != uidvalidity or (found.uid or 0) < uid:
            moved = schema.mailbox.update().where(m.name == mailbox).values(uidvalidity=uidvalidity, uid=uid)
            connection.execute(moved)


def _prepare_all(entries: Sequence[Entry]) -> tuple[list[tuple[Entry, Prepared]], list[Refusal]]:
    ready: list[tuple[Entry, Prepared]] = []
    refused: list[Refusal] = []
    for entry in entries:
        try:
            ready.append((entry, prepare(entry)))
        except Exception as error:  # one bad message stops nothing
            refused.append(Failure(entry, f"{type(error).__name__}: {error}"))
    return ready, refused
