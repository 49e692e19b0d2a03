"""Outbox: finished mail on its way out (design.md, 2.3, 2.4). A row is one mail to one recipient.

States: waiting (not tried yet), failed (4xx or a cut line: tried again), held (a person lets it go or not), sent, dead
(5xx, or too old), dropped (an operator took it out).

Order: mail about one ticket to one recipient leaves in the order in which it was made. Only the oldest unfinished row of
each (ticket, recipient) can be claimed, so that claimed rows may be sent side by side, and a recipient whose server is
down, or whose relay still waits for its undo time, delays nobody else. A held row is passed by: it may wait for days.
Mail without a ticket has no order.

A claim sets `next_attempt_at` to the end of the lease: the row falls due again by itself if its owner dies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Select, bindparam, exists, func, select, true

from router.store import schema
from router.store.blob import contents
from router.store.engine import Database
from router.store.events import add_event
from router.store.status import brake_is_on

PENDING = ("waiting", "failed")
SHOWN = ("waiting", "held", "failed", "dead")

_o = schema.outbox.c
_CLAIMED = (
    _o.id, _o.ticket, _o.kind, _o.envelope_sender, _o.recipient, _o.message_id, _o.attempts, _o.created_at, _o.blob,
)  # fmt: skip
_earlier = schema.outbox.alias("earlier")
_blocked = exists().where(
    _earlier.c.ticket == _o.ticket,
    _earlier.c.address == _o.address,
    _earlier.c.id < _o.id,
    _earlier.c.state.in_(PENDING),
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed mail: `content` goes to `recipient` as it is. `envelope_sender` "" is the null sender."""

    id: int
    ticket: str | None
    kind: str
    envelope_sender: str
    recipient: str
    content: bytes = field(repr=False)
    message_id: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attempt at `at`: the SMTP code (None: no answer) and the server's words. A failed one is tried
    again at `next_attempt_at`."""

    id: int
    state: Literal["sent", "failed", "dead"]
    code: int | None
    text: str
    next_attempt_at: datetime | None
    at: datetime


_settle = {
    "sent": schema.outbox.update()
    .where(_o.id == bindparam("key"), _o.state != "sent")
    .values(state="sent", sent_at=bindparam("time"), next_attempt_at=None, owner=None, last_error=None, attempts=_o.attempts + 1),
    "failed": schema.outbox.update()
    .where(_o.id == bindparam("key"), _o.state.in_(PENDING))
    .values(
        state="failed", next_attempt_at=bindparam("time"), owner=None, last_error=bindparam("said"), attempts=_o.attempts + 1
    ),
    "dead": schema.outbox.update()
    .where(_o.id == bindparam("key"), _o.state.in_(PENDING))
    .values(state="dead", next_attempt_at=None, owner=None, last_error=bindparam("said"), attempts=_o.attempts + 1),
}  # fmt: skip

_freed = (
    schema.outbox.update()
    .where(_o.owner.is_not(None), _o.state.in_(PENDING))
    .values(owner=None, next_attempt_at=bindparam("now"))
)


class Outbox(Database):
    """Claiming, settling, holding."""

    def claim(
        self, owner: str, limit: int, now: datetime, lease_seconds: float, automatic: bool = True
    ) -> list[Outgoing]:
        """Up to `limit` mails that are due, the longest due first, for `owner` alone until the lease ends.

        Under the brake, or if `automatic` is False, automatic mail stays. Each may be sent at once, in any order (see above).
        """
        with self.write() as connection:
            due = _due(select(_o.id), braked=not automatic or brake_is_on(connection)).where(_o.next_attempt_at <= now)
            mine = due.limit(limit).with_for_update(skip_locked=True, of=schema.outbox).cte("due")
            lease = schema.outbox.update().where(_o.id.in_(select(mine.c.id)))
            lease = lease.values(owner=owner, next_attempt_at=now + timedelta(seconds=lease_seconds))
            rows = connection.execute(lease.returning(*_CLAIMED)).all()
        if not rows:
            return []
        with self.read() as connection:
            bytes_of = contents(connection, {row.blob for row in rows})
        return [
            Outgoing(
                row.id, row.ticket, row.kind, row.envelope_sender, row.recipient, bytes_of[row.blob], row.message_id,
                row.attempts, row.created_at,
            )
            for row in sorted(rows, key=lambda row: int(row.id))
        ]  # fmt: skip

    def settle(self, results: Iterable[Result]) -> None:
        """Record what became of claimed mails, in one transaction. A dead one is an event on its ticket.

        A mail that was dropped or held while it was on its way stays so, unless it was sent: that can't be undone.
        """
        done = list(results)
        with self.write() as connection:
            for state, statement in _settle.items():
                some = [_parameters(r) for r in done if r.state == state]
                if some:
                    connection.execute(statement, some)
            self._mourn(connection, [r for r in done if r.state == "dead"])

    def _mourn(self, connection: Connection, dead: list[Result]) -> None:
        for r in dead:
            row = connection.execute(select(_o.ticket, _o.kind, _o.recipient, _o.message).where(_o.id == r.id)).first()
            if row is not None and row.ticket is not None:
                data = {
                    "outbox": r.id,
                    "message": row.message,
                    "mail": row.kind,
                    "to": row.recipient,
                    "code": r.code,
                    "said": r.text,
                }
                add_event(connection, row.ticket, "dead", "router", data, r.at)

    def give_back(self, ids: Iterable[int], now: datetime) -> None:
        """Free claimed mails that were not tried: they are due again at once, their attempts uncounted."""
        with self.write() as connection:
            connection.execute(_freed.where(_o.id.in_(list(ids))), {"now": now})

    def release(self, owner: str, now: datetime) -> int:
        """Free all leases of an owner that died, before they end by themselves; returns how many there were."""
        with self.write() as connection:
            return connection.execute(_freed.where(_o.owner == owner), {"now": now}).rowcount

    def hold(self, id: int, reason: str, actor: str, now: datetime) -> bool:
        """Stop a mail that wasn't sent yet until it is let go; False if it isn't waiting or failed."""
        return self._move(id, PENDING, {"state": "held", "held": reason, "next_attempt_at": None}, "hold", actor, now)

    def let_go(self, id: int, actor: str, now: datetime) -> bool:
        """Let a held mail leave; False if it isn't held."""
        return self._move(
            id, ("held",), {"state": "waiting", "held": None, "next_attempt_at": now}, "let_go", actor, now
        )

    def retry(self, id: int, actor: str, now: datetime) -> bool:
        """Try a failed or dead mail again at once; False if it is neither."""
        return self._move(id, ("failed", "dead"), {"state": "waiting", "next_attempt_at": now}, "retry", actor, now)

    def drop(self, id: int, actor: str, now: datetime) -> bool:
        """Take a mail out for good; False if it was sent or dropped already."""
        return self._move(id, SHOWN, {"state": "dropped", "next_attempt_at": None}, "drop", actor, now)

    def _move(
        self, id: int, states: tuple[str, ...], values: dict[str, Any], kind: str, actor: str, now: datetime
    ) -> bool:
        claim = schema.outbox.update().where(_o.id == id, _o.state.in_(states)).values(values | {"owner": None})
        with self.write() as connection:
            if connection.execute(claim).rowcount != 1:
                return False
            row = connection.execute(select(_o.ticket, _o.kind, _o.recipient, _o.message).where(_o.id == id)).one()
            if row.ticket is not None:
                data = {"outbox": id, "message": row.message, "mail": row.kind, "to": row.recipient}
                add_event(connection, row.ticket, kind, actor, data, now)
            return True

    def next_due(self) -> datetime | None:
        """When the next mail that isn't behind another one falls due; in the past if it is due now; None: no mail."""
        with self.read() as connection:
            query = _due(select(_o.next_attempt_at), brake_is_on(connection)).limit(1)
            return connection.execute(query).scalar()

    def counts(self) -> dict[str, int]:
        """How many mails are waiting, held, failed, dead."""
        with self.read() as connection:
            query = select(_o.state, func.count()).where(_o.state.in_(SHOWN)).group_by(_o.state)
            found: dict[str, int] = dict(connection.execute(query).all())
        return {state: found.get(state, 0) for state in SHOWN}


def _due(query: Select[Any], braked: bool) -> Select[Any]:
    """Restrict a query to rows that can be claimed once their time has come, the longest due first. What the brake keeps
    back must not keep back a person's answer behind it."""
    ahead = _earlier.c.automatic.is_(False) if braked else true()
    query = query.where(_o.next_attempt_at.is_not(None), ~_blocked.where(ahead))
    query = query.order_by(_o.next_attempt_at, _o.id)
    return query.where(_o.automatic.is_(False)) if braked else query


def _parameters(r: Result) -> dict[str, Any]:
    said = f"{r.code} {r.text}" if r.code else r.text
    return {"key": r.id, "time": r.at if r.state == "sent" else r.next_attempt_at or r.at, "said": said}
