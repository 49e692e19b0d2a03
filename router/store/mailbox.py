"""Mailboxes: how far each was read, and whether every UID that its server showed is accounted for (design.md, 2.2, 2.10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import func, or_, select

from router.store import schema
from router.store.engine import Database

_b, _i = schema.mailbox.c, schema.intake.c


class MailboxState(TypedDict, total=False):
    """What the daemon knows of a mailbox: "connected", "idle", "reconnecting" …; how many UIDs the server has, and how
    many of them have no row here."""

    state: str
    last_check_at: datetime | None
    last_message_at: datetime | None
    idle_since: datetime | None
    server_uids: int | None
    unaccounted: int | None
    last_error: str | None


class Mailboxes(Database):
    """Cursors and conservation."""

    def cursor(self, mailbox: str) -> tuple[int, int] | None:
        """(UIDVALIDITY, highest UID read) of a mailbox; None if it was never read."""
        with self.read() as connection:
            row = connection.execute(select(_b.uidvalidity, _b.uid).where(_b.name == mailbox)).first()
        return None if row is None or row.uidvalidity is None else (int(row.uidvalidity), int(row.uid or 0))

    def reset_cursor(self, mailbox: str, uidvalidity: int) -> None:
        """Read the mailbox from the start again, under a new UIDVALIDITY."""
        with self.write() as connection:
            connection.execute(self.insert_new(schema.mailbox), {"name": mailbox})
            reset = schema.mailbox.update().where(_b.name == mailbox).values(uidvalidity=uidvalidity, uid=0)
            connection.execute(reset)

    def adopt(self, mailbox: str, uidvalidity: int, uids: Sequence[int], reason: str, now: datetime) -> None:
        """Begin with a mailbox under a UIDVALIDITY: what lies there as `uids` is accounted for ("screened", with the
        reason), but was never read. One transaction: never the one without the other."""
        rows = [
            {"mailbox": mailbox, "uidvalidity": uidvalidity, "uid": uid, "outcome": "screened", "reason": reason,
             "message": None, "size": 0, "at": now}
            for uid in uids
        ]  # fmt: skip
        with self.write() as connection:
            if rows:
                connection.execute(self.insert_new(schema.intake), rows)
            connection.execute(self.insert_new(schema.mailbox), {"name": mailbox})
            begin = {"uidvalidity": uidvalidity, "uid": max(uids, default=0)}
            connection.execute(schema.mailbox.update().where(_b.name == mailbox).values(begin))

    def first_seen(self, mailbox: str) -> datetime | None:
        """When the first UID of a mailbox was accounted for; None: never."""
        with self.read() as connection:
            return connection.execute(select(func.min(_i.at)).where(_i.mailbox == mailbox)).scalar()

    def settled(self, mailbox: str, uidvalidity: int, uids: Sequence[int], outcomes: Sequence[str]) -> dict[int, str]:
        """The outcome of those UIDs that ended in one of `outcomes`; what was adopted unread has none here."""
        if not uids:
            return {}
        query = select(_i.uid, _i.outcome).where(
            _i.mailbox == mailbox, _i.uidvalidity == uidvalidity, _i.uid.between(min(uids), max(uids)),
            _i.outcome.in_(outcomes), or_(_i.message.is_not(None), _i.outcome == "quarantined"),
        )  # fmt: skip
        there = set(uids)
        with self.read() as connection:
            return {uid: outcome for uid, outcome in connection.execute(query) if uid in there}

    def accounted(self, mailbox: str, uidvalidity: int) -> set[int]:
        """All UIDs of a mailbox that have a row."""
        query = select(_i.uid).where(_i.mailbox == mailbox, _i.uidvalidity == uidvalidity)
        with self.read() as connection:
            return set(connection.execute(query).scalars())

    def unaccounted(self, mailbox: str, uidvalidity: int, server_uids: Iterable[int]) -> list[int]:
        """Those of the server's UIDs that have no row here, in order: each is an alarm, or not read yet."""
        shown = sorted(server_uids)
        if not shown:
            return []
        query = select(_i.uid).where(_i.mailbox == mailbox, _i.uidvalidity == uidvalidity)
        with self.read() as connection:
            ours = set(connection.execute(query.where(_i.uid.between(shown[0], shown[-1]))).scalars())
        return [uid for uid in shown if uid not in ours]

    def outcome(self, mailbox: str, uidvalidity: int, uid: int) -> dict[str, object] | None:
        """How a UID ended: ``{"outcome", "reason", "message"}``; None if it has no row."""
        query = select(_i.outcome, _i.reason, _i.message).where(
            _i.mailbox == mailbox, _i.uidvalidity == uidvalidity, _i.uid == uid
        )
        with self.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else dict(row)

    def set_mailbox(self, mailbox: str, **state: Unpack[MailboxState]) -> None:
        """Note what the daemon knows of a mailbox now, for `status`; what isn't named stays as it was."""
        with self.write() as connection:
            connection.execute(self.insert_new(schema.mailbox), {"name": mailbox})
            if state:
                connection.execute(schema.mailbox.update().where(_b.name == mailbox).values(**state))
