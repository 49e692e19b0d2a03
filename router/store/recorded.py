"""Recorded mail as it came, with what was decided and what people corrected: for looking back over it, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select

from router.store import schema
from router.store.blob import contents
from router.store.engine import Database

_m, _d, _e = schema.message.c, schema.decision.c, schema.event.c
PAGE = 500


@dataclass(frozen=True, slots=True)
class RecordedMail:
    """A message that was decided, or taken for spam: `raw` are its bytes. `decision` is as `inspect` prints it."""

    id: int
    at: datetime
    mailbox: str
    ticket: str | None
    raw: bytes = field(repr=False)
    decision: dict[str, Any] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Correction:
    """What people said a ticket is, where they said so (#alih, #jenis), and when at last."""

    ticket: str
    at: datetime
    service: str | None = None
    type: str | None = None


class Recorded(Database):
    """Messages and corrections of a time."""

    def recorded_ids(self, since: datetime, *, spam: bool = False) -> list[int]:
        """Messages received since then that were decided and whose bytes are kept, oldest first; with `spam` also those
        that screening took for it."""
        decided = exists().where(_d.message == _m.id)
        wanted = or_(decided, _m.kind == "spam") if spam else decided
        query = select(_m.id).where(_m.direction == "in", _m.at >= since, _m.blob.is_not(None), wanted)
        with self.read() as connection:
            return list(connection.execute(query.order_by(_m.id)).scalars())

    def recorded(self, ids: Sequence[int]) -> Iterator[RecordedMail]:
        """These messages in order, the bytes of one of them in memory at a time."""
        columns = (_m.id, _m.at, _m.mailbox, _m.ticket, _m.blob, _d.data)
        query = select(*columns).outerjoin(schema.decision, _d.message == _m.id).order_by(_m.id)
        for start in range(0, len(ids), PAGE):
            with self.read() as connection:
                rows = connection.execute(query.where(_m.id.in_(ids[start : start + PAGE]))).all()
            for row in rows:
                with self.read() as connection:  # one message's bytes at a time: they may be many
                    raw = contents(connection, [row.blob]).get(row.blob)
                if raw is not None:
                    decision = None if row.data is None else json.loads(row.data)
                    yield RecordedMail(row.id, row.at, row.mailbox or "", row.ticket, raw, decision)

    def corrections(self, since: datetime | None = None) -> dict[str, Correction]:
        """What people corrected since then, by ticket: the last word on service and type counts."""
        query = select(_e.ticket, _e.at, _e.data).where(
            _e.kind == "change_ticket", or_(_e.data.contains('"service":'), _e.data.contains('"type":'))
        )
        if since is not None:
            query = query.where(_e.at >= since)
        found: dict[str, Correction] = {}
        with self.read() as connection:
            rows = connection.execute(query.order_by(_e.ticket, _e.seq), execution_options={"yield_per": 1000})
            for ticket, at, data in rows:
                service, type_ = _corrected(json.loads(data))
                if service or type_:
                    before = found.get(ticket)
                    service = service or (before.service if before else None)
                    found[ticket] = Correction(ticket, at, service, type_ or (before.type if before else None))
        return found


def _corrected(data: dict[str, Any]) -> tuple[str | None, str | None]:
    """Service and type as far as a person chose them: #alih may change the type by itself, where the service wants it."""
    commands = str(data.get("reason", "")).split(", ")
    changes = data.get("changes", {})
    return (
        changes.get("service") if "alih" in commands else None,
        changes.get("type") if "jenis" in commands else None,
    )
