"""Reads for the command line: the objects of the contract ("Other JSON") as plain dicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select
from sqlalchemy.engine import RowMapping

from router.store import schema
from router.store.blob import contents
from router.store.engine import Database
from router.store.outbox import SHOWN
from router.store.schema import iso

_t, _m, _o, _p, _d = schema.ticket.c, schema.message.c, schema.outbox.c, schema.participant.c, schema.decision.c
PAGE = 500


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets to list; None or () restricts nothing. `customer` is an address, or a part of a name or address.
    `opened_from` is included, `opened_before` is not; aware datetimes."""

    status: tuple[str, ...] = ()
    service: str | None = None
    type: str | None = None
    unit: str | None = None
    customer: str | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    limit: int | None = None


class Queries(Database):
    """Tickets and outbox as people and scripts see them."""

    def tickets(self, wanted: TicketFilter | None = None) -> Iterator[dict[str, Any]]:
        """`tickets list`, newest first, page by page."""
        asked = wanted or TicketFilter()
        query = _filtered(asked).order_by(_t.number.desc())
        return map(_ticket, self._pages(query, asked.limit, "number", _t.number.__lt__))

    def ticket_show(self, number: str) -> dict[str, Any] | None:
        """`tickets show`; None if there is no such ticket."""
        with self.read() as connection:
            row = connection.execute(select(schema.ticket).where(_t.number == number)).mappings().first()
            if row is None:
                return None
            people = connection.execute(select(_p.name, _p.address).where(_p.ticket == number).order_by(_p.key))
            made = select(_d.data).join(schema.message, _m.id == _d.message).where(_m.ticket == number).order_by(_m.id)
            decision = connection.execute(made.limit(1)).scalar()
            return _ticket(row) | {
                "summary": row["summary"],
                "language": row["language"],
                "units": json.loads(row["units"]),
                "version": row["version"],
                "participants": [{"name": name, "address": address} for name, address in people],
                "messages": _messages(connection, number),
                "decision": None if decision is None else json.loads(decision),
            }

    def outbox_list(
        self, states: Sequence[str] = (), ticket: str | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """`outbox list`, oldest first, page by page: all but what was sent or dropped, unless `states` asks for it."""
        query = select(schema.outbox, _m.subject).join(schema.message, _m.id == _o.message)
        query = query.where(_o.state.in_(states or SHOWN)).order_by(_o.id)
        if ticket is not None:
            query = query.where(_o.ticket == ticket)
        return map(_outgoing, self._pages(query, limit, "id", _o.id.__gt__))

    def _pages(
        self, query: Select[Any], limit: int | None, key: str, beyond: Callable[[Any], ColumnElement[bool]]
    ) -> Iterator[RowMapping]:
        """Rows of a query, a transaction a page: a reader that dawdles (`| less`) must not keep SQLite's log growing."""
        page = query
        while limit is None or limit > 0:
            wanted = PAGE if limit is None else min(limit, PAGE)
            with self.read() as connection:
                rows = connection.execute(page.limit(wanted)).mappings().all()
            yield from rows
            if len(rows) < wanted:
                return
            limit = None if limit is None else limit - wanted
            page = query.where(beyond(rows[-1][key]))

    def raw(self, message: int) -> bytes | None:
        """The bytes of a message, in or out, by its row id; None if there is none, or it was too large to be kept."""
        with self.read() as connection:
            digest = connection.execute(select(_m.blob).where(_m.id == message)).scalar()
            return None if digest is None else contents(connection, [digest]).get(digest)

    def opening(self, number: str) -> bytes | None:
        """The bytes of the message that opened a ticket; None if there is none, or it was too large to be kept."""
        first = select(_m.blob).where(_m.ticket == number, _m.direction == "in").order_by(_m.id).limit(1)
        with self.read() as connection:
            digest = connection.execute(first).scalar()
            return None if digest is None else contents(connection, [digest]).get(digest)


def _filtered(f: TicketFilter) -> Select[Any]:
    query = select(schema.ticket)
    if f.status:
        query = query.where(_t.status.in_(f.status))
    for column, value in ((_t.service, f.service), (_t.type, f.type), (_t.unit, f.unit)):
        if value is not None:
            query = query.where(column == value)
    if f.customer is not None:
        name, at, _domain = (asked := f.customer.lower()).partition("@")
        exact = _t.customer_key == asked
        part = or_(_t.customer_key.contains(asked, autoescape=True), _t.customer_name.icontains(asked, autoescape=True))
        query = query.where(exact if name and at and _domain else part)
    if f.opened_from is not None:
        query = query.where(_t.opened_at >= f.opened_from)
    if f.opened_before is not None:
        query = query.where(_t.opened_at < f.opened_before)
    return query


def _ticket(row: RowMapping) -> dict[str, Any]:
    return {
        "number": row["number"],
        "service": row["service"],
        "type": row["type"],
        "status": row["status"],
        "unit": row["unit"],
        "assignee": row["assignee"],
        "priority": row["priority"],
        "customer": {"name": row["customer_name"], "address": row["customer_address"]},
        "mailbox": row["mailbox"],
        "subject": row["subject"],
        "opened_at": _time(row["opened_at"]),
        "first_answer_at": _time(row["first_answer_at"]),
        "due_at": _time(row["due_at"]),
        "resolved_at": _time(row["resolved_at"]),
        "confidence": row["confidence"],
        "rules_version": row["rules_version"],
    }


def _messages(connection: Connection, number: str) -> list[dict[str, Any]]:
    rows = connection.execute(select(schema.message).where(_m.ticket == number).order_by(_m.id)).mappings().all()
    states: dict[int, list[str]] = {}
    for message, state in connection.execute(
        select(_o.message, _o.state).where(_o.ticket == number).order_by(_o.address, _o.id)
    ):
        states.setdefault(message, []).append(state)
    shown = []
    for row in rows:
        if row["direction"] == "in":
            sender = {"name": row["sender_name"] or "", "address": row["sender_address"]}
            own = {"from": sender, "attachments": json.loads(row["attachments"]), "new_text": row["new_text"]}
        else:
            own = _sent(contents(connection, [row["blob"]])[row["blob"]]) | {"states": states.get(row["id"], [])}
        shown.append(_message(row) | own)
    return shown


def _message(row: RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"],
        "direction": row["direction"],
        "kind": row["kind"],
        "audience": row["audience"],
        "from": None,
        "to": json.loads(row["recipients"]),
        "date": _time(row["date"] or row["at"]),
        "subject": row["subject"],
        "text": row["text"],
        "message_id": row["message_id"],
        "attachments": [],
    }


def _sent(content: bytes) -> dict[str, Any]:
    """What a mail of ours says of its sender and attachments: it is read from the bytes that left, not kept twice."""
    mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    sender = next(iter(mail["from"].addresses), None) if mail["from"] else None
    attachments = []
    for part in mail.iter_attachments():
        inside = part.get_payload(decode=True)
        held = inside if isinstance(inside, bytes) else b"".join(bytes(p) for p in part.iter_parts())
        attachments.append(
            {
                "filename": part.get_filename(),
                "content_type": part.get_content_type(),
                "size": len(held),
                "sha256": sha256(held).hexdigest(),
                "inline": part.get_content_disposition() == "inline",
            }
        )
    return {
        "from": {"name": sender.display_name, "address": sender.addr_spec} if sender else None,
        "attachments": attachments,
    }


def _outgoing(row: RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "ticket": row["ticket"],
        "to": [row["recipient"]],
        "state": row["state"],
        "attempts": row["attempts"],
        "next_attempt_at": _time(row["next_attempt_at"]),
        "last_error": row["last_error"],
        "message_id": row["message_id"],
        "subject": row["subject"],
        "held": row["held"],
        "created_at": _time(row["created_at"]),
        "sent_at": _time(row["sent_at"]),
    }


def _time(value: datetime | None) -> str | None:
    return None if value is None else iso(value)
