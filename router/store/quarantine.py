"""Quarantine: messages that a person has to look at, with their bytes and the reason (design.md, 2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from router.desk.actions import Quarantine
from router.store import schema
from router.store.blob import contents
from router.store.commit import Commit, Refusal
from router.store.rows import Entry, prepare
from router.store.schema import iso

_q = schema.quarantine.c


@dataclass(frozen=True, slots=True)
class SetAside:
    """A quarantined message to be planned again; `raw` is None if it was too large to be kept."""

    id: int
    mailbox: str
    uidvalidity: int
    uid: int
    size: int
    raw: bytes | None = field(repr=False)


class Quarantines(Commit):
    """Listing what is set aside, and trying it again."""

    def quarantine_list(self, resolved: bool = False, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """`quarantine list`, oldest first: what waits for a person; with `resolved` also what was settled since."""
        query = select(schema.quarantine).order_by(_q.id).limit(limit)
        with self.read() as connection:
            rows = connection.execute(query if resolved else query.where(_q.resolved_at.is_(None)))
            yield from map(_shown, rows.mappings())

    def quarantine_show(self, id: int) -> dict[str, Any] | None:
        """One of the list's objects, whether resolved or not; None if there is none of that id."""
        with self.read() as connection:
            row = connection.execute(select(schema.quarantine).where(_q.id == id)).mappings().first()
            return None if row is None else _shown(row)

    def quarantine_id(self, mailbox: str, uidvalidity: int, uid: int) -> int | None:
        """The id under which the message of a UID waits; None if it doesn't, or waits already from another UID."""
        here = select(_q.id).where(_q.mailbox == mailbox, _q.uidvalidity == uidvalidity, _q.uid == uid)
        with self.read() as connection:
            return connection.execute(here.where(_q.resolved_at.is_(None)).order_by(_q.id.desc())).scalar()

    def quarantine_retry(self, id: int) -> SetAside | None:
        """What is needed to plan a quarantined message again; None if there is none of that id, or it is resolved."""
        with self.read() as connection:
            row = connection.execute(select(schema.quarantine).where(_q.id == id, _q.resolved_at.is_(None))).first()
            if row is None:
                return None
            raw = contents(connection, [row.blob]).get(row.blob) if row.blob else None
            return SetAside(id, row.mailbox, row.uidvalidity, row.uid, row.size, raw)

    def resolve_quarantine(self, id: int, entry: Entry, now: datetime) -> Refusal | None:
        """Commit the new plan of a quarantined message in the place of the old one; returns why not, if refused.

        A plan that quarantines it again only renews the stage and the reason. LookupError if it isn't there any more.
        """
        prepared = prepare(entry)
        with self.write() as connection:
            query = select(schema.quarantine).where(_q.id == id, _q.resolved_at.is_(None)).with_for_update()
            row = connection.execute(query).first()
            if row is None:
                raise LookupError(f"quarantine {id}")
            this = schema.quarantine.update().where(_q.id == id)
            again = next((a for a in entry.plan.actions if isinstance(a, Quarantine)), None)
            if again is not None:
                connection.execute(this.values(stage=again.stage, reason=again.reason))
                return None
            i = schema.intake.c
            place = (i.mailbox == row.mailbox, i.uidvalidity == row.uidvalidity, i.uid == row.uid)
            old = connection.execute(select(schema.intake).where(*place)).mappings().first()
            connection.execute(schema.intake.delete().where(*place))
            refused = self._attempt(connection, row.mailbox, row.uidvalidity, [(entry, prepared)], now)
            if refused:  # the UID must not be left without its row
                if old is not None:
                    connection.execute(schema.intake.insert(), dict(old))
                return refused[0]
            told = entry.plan.outcome + (f" {entry.plan.ticket}" if entry.plan.ticket else "")
            connection.execute(this.values(resolved_at=now, resolution=told))
            return None


def _shown(row: RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"],
        "mailbox": row["mailbox"],
        "uidvalidity": row["uidvalidity"],
        "uid": row["uid"],
        "stage": row["stage"],
        "reason": row["reason"],
        "at": iso(row["at"]),
        "message_id": row["message_id"],
        "size": row["size"],
        "resolved_at": iso(row["resolved_at"]) if row["resolved_at"] else None,
        "resolution": row["resolution"],
    }
