"""Stage: the rows of a batch of Plans against the state of the database, inside one transaction.

First everything that they touch is read (tickets, messages known already), then each Plan is checked and turned into rows in
memory, then each table gets its rows in one statement. Plans see what those before them in the batch did.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from router.desk.actions import Action, AddToTicket, ChangeTicket, Ignore, Note, OpenTicket, Quarantine, Send, Steer
from router.desk.ticket import STATUSES
from router.store import schema
from router.store.events import append
from router.store.facts import open_relay
from router.store.rows import Prepared, author_key
from router.store.sequence import Numbers

Row = dict[str, Any]

CHANGEABLE = (
    "status", "service", "type", "unit", "assignee", "priority", "subject", "summary", "language",
    "first_answer_at", "due_at", "resolved_at", "confidence", "rules_version",
)  # fmt: skip
"""Fields of a ticket that a ChangeTicket may name; and "participants", whose value is Addresses to be added."""

_moving = (*CHANGEABLE, "units", "version", "events", "head")
_update_ticket = (
    schema.ticket.update()
    .where(schema.ticket.c.number == bindparam("key"))
    .values({name: bindparam(f"new_{name}") for name in _moving})
)
# In the order of the foreign keys. Rows of the first group may be there already and are then left alone.
_ONCE = (schema.blob,)
_IN_ORDER = (
    schema.ticket, schema.message, schema.decision, schema.event, schema.outbox, schema.quarantine, schema.intake,
)  # fmt: skip


class Stage:
    """Rows that are about to be written, and the state that they are checked against."""

    def __init__(self, numbers: Numbers, connection: Connection, mailbox: str, uidvalidity: int, now: datetime) -> None:
        self._numbers, self._connection = numbers, connection
        self._mailbox, self._uidvalidity, self._now = mailbox, uidvalidity, now
        self._tickets: dict[str, Row] = {}
        self._opened: set[str] = set()
        self._told: set[str] = set()  # tickets that got an event: whatever changes one, tells it
        self._digests: set[str] = set()
        self._ids: set[tuple[str, str]] = set()
        self._aside: dict[str, int] = {}
        self._next: dict[str, int] = {}
        self._rows: dict[str, list[Row]] = {table.name: [] for table in schema.metadata.sorted_tables}

    def load(self, batch: Sequence[Prepared]) -> None:
        """Read what the Plans of a batch touch, lock their tickets, and take row ids for them."""
        received = [p.message for p in batch if p.message is not None]
        m, t, q = schema.message.c, schema.ticket.c, schema.quarantine.c
        run = self._connection.execute
        if received:
            self._digests.update(run(select(m.digest).where(m.digest.in_([r["digest"] for r in received]))).scalars())
            msg_ids = {r["message_id"] for r in received if r["message_id"] is not None}
            known = run(select(m.message_id, m.author).where(m.message_id.in_(msg_ids), m.author.is_not(None)))
            self._ids.update((a, b) for a, b in known)
        numbers = {n for p in batch for a in p.actions if (n := _number(a))}
        if numbers:
            found = run(select(schema.ticket).where(t.number.in_(numbers)).order_by(t.number).with_for_update())
            self._tickets = {row["number"]: dict(row) for row in found.mappings()}
        blobs = {p.quarantine["blob"] for p in batch if p.quarantine is not None}
        if blobs:
            self._aside.update(
                (b, i) for b, i in run(select(q.blob, q.id).where(q.blob.in_(blobs), q.resolved_at.is_(None)))
            )
        self._take("message", len(received) + sum(len(p.sends) for p in batch))
        self._take("outbox", sum(len(a.recipients) for p in batch for a in p.actions if isinstance(a, Send)))
        self._take("quarantine", sum(p.quarantine is not None for p in batch))

    def _take(self, name: str, count: int) -> None:
        self._next[name] = self._numbers.take(self._connection, name, count)

    def _id(self, name: str) -> int:
        given = self._next[name]
        self._next[name] = given + 1
        return given

    def conflict(self, p: Prepared) -> str | None:
        """Why a Plan was made from a state that is no more: its message is known now, or its ticket moved. None: fine."""
        m = p.message
        if m is not None:
            if m["digest"] in self._digests:
                return "these bytes became known meanwhile"
            if m["message_id"] is not None and (m["message_id"], m["author"]) in self._ids:
                return f"message <{m['message_id']}> of {m['author']} became known meanwhile"
        for action in p.actions:
            if isinstance(action, Steer) and self._steerable(action) is None:
                return f"the relay of {action.number} has left meanwhile"
        opens = {a.number for a in p.actions if isinstance(a, OpenTicket)}
        for action in p.actions:
            if isinstance(action, AddToTicket | ChangeTicket) and action.number not in opens:
                version = self._ticket(action.number)["version"]
                if version != action.version:
                    return f"{action.number} is at version {version}, the plan was made at {action.version}"
        return None

    def add(self, p: Prepared) -> None:
        """Turn a Plan into rows. Raises LookupError or ValueError for what can't be carried out."""
        message = None
        if p.message is not None:
            message = p.message | {"id": self._id("message"), "mailbox": self._mailbox, "at": self._now}
            self._rows["message"].append(message)
            self._digests.add(message["digest"])
            if message["message_id"] is not None:
                self._ids.add((message["message_id"], message["author"]))
        if p.decision is not None and message is not None:
            self._rows["decision"].append(p.decision | {"message": message["id"]})
        self._rows["blob"] += p.blobs
        sends, cause = iter(p.sends), message["id"] if message else None
        for action in p.actions:
            _HANDLERS[type(action)](self, action, p.author, next(sends) if isinstance(action, Send) else cause)
        for number in {a.number for a in p.actions if isinstance(a, AddToTicket | ChangeTicket)}:
            self._tickets[number]["version"] += 1
        self._set_aside(p)
        if p.intake is not None:
            row = p.intake | {"mailbox": self._mailbox, "uidvalidity": self._uidvalidity, "at": self._now}
            self._rows["intake"].append(row if cause is None else row | {"message": cause})

    def write(self) -> None:
        """Insert and update all rows, a statement a table."""
        for table in _ONCE:
            if self._rows[table.name]:
                self._connection.execute(self._numbers.insert_new(table), self._rows[table.name])
        for table in _IN_ORDER:
            if self._rows[table.name]:
                self._connection.execute(table.insert(), self._rows[table.name])
        if self._rows["participant"]:
            self._connection.execute(self._numbers.insert_new(schema.participant), self._rows["participant"])
        moved = [self._tickets[number] for number in sorted(self._told - self._opened)]
        if moved:
            parameters = [{"key": r["number"]} | {f"new_{n}": r[n] for n in _moving} for r in moved]
            self._connection.execute(_update_ticket, parameters)

    def _ticket(self, number: str) -> Row:
        try:
            return self._tickets[number]
        except KeyError:
            raise LookupError(f"no ticket {number}") from None

    def _event(self, number: str, kind: str, actor: str, data: Row) -> None:
        self._rows["event"].append(append(self._ticket(number), kind, actor, data, self._now))
        self._told.add(number)

    def _participants(self, number: str, addresses: Iterable[Any]) -> None:
        self._rows["participant"] += (
            {"ticket": number, "key": author_key(a), "name": a.name, "address": a.address} for a in addresses
        )

    def _open(self, a: OpenTicket, author: str, cause: Any) -> None:
        if a.number in self._tickets:
            raise ValueError(f"ticket {a.number} exists already")
        d = a.decision
        self._tickets[a.number] = row = {
            "number": a.number, "version": 1, "status": a.status, "service": d.service, "type": d.type, "unit": d.unit,
            "units": json.dumps([d.unit]), "assignee": None, "priority": d.priority, "mailbox": self._mailbox,
            "subject": a.subject, "summary": a.summary, "language": a.language, "customer_name": a.customer.name,
            "customer_address": a.customer.address, "customer_key": author_key(a.customer), "opened_at": self._now,
            "first_answer_at": None, "due_at": None, "resolved_at": None, "confidence": d.confidence,
            "rules_version": d.rules_version, "events": 0, "head": "",
        }  # fmt: skip
        self._opened.add(a.number)
        self._rows["ticket"].append(row)
        self._participants(a.number, a.participants)
        shown = ("status", "service", "type", "unit", "priority", "confidence", "rules_version")
        self._event(a.number, a.kind, author or a.customer.address, {"message": cause} | {n: row[n] for n in shown})

    def _add(self, a: AddToTicket, author: str, cause: Any) -> None:
        self._event(a.number, a.kind, author, {"message": cause, "role": a.role, "verified": a.verified})

    def _change(self, a: ChangeTicket, author: str, cause: Any) -> None:
        row, changes = self._ticket(a.number), dict(a.changes)
        if unknown := changes.keys() - {*CHANGEABLE, "participants"}:
            raise ValueError(f"no such fields of a ticket: {', '.join(sorted(unknown))}")
        if changes.get("status", "new") not in STATUSES:
            raise ValueError(f"no such status: {changes['status']}")
        people = changes.pop("participants", ())
        self._participants(a.number, people)
        row.update(changes)
        units = json.loads(row["units"])
        if row["unit"] not in units:
            row["units"] = json.dumps([*units, row["unit"]])
        if people:
            changes["participants"] = [p.address for p in people]
        self._event(a.number, a.kind, a.actor, {"changes": changes, "reason": a.reason})

    def _send(self, s: Send, author: str, row: Any) -> None:
        message = row | {"id": self._id("message"), "mailbox": self._mailbox or None, "at": self._now}
        self._rows["message"].append(message)
        for recipient in s.recipients:
            self._rows["outbox"].append(self._outbox(s, recipient, message))
        if s.ticket is None:
            return
        data = {
            "message": message["id"], "message_id": s.message_id, "to": list(s.recipients), "audience": s.audience,
            "template": s.template, "language": s.language,
        }  # fmt: skip
        more = {"held": s.held, "not_before": s.not_before, "unit": s.unit}
        self._event(s.ticket, s.kind, "router", data | {k: v for k, v in more.items() if v is not None})

    def _outbox(self, s: Send, recipient: str, message: Row) -> Row:
        due = None if s.held else max(s.not_before or self._now, self._now)
        return {
            "id": self._id("outbox"), "ticket": s.ticket, "message": message["id"], "kind": s.mail_kind,
            "envelope_sender": s.envelope_sender, "recipient": recipient, "address": author_key(recipient),
            "message_id": message["message_id"], "blob": message["blob"], "automatic": s.automatic,
            "state": "held" if s.held else "waiting", "held": s.held, "created_at": self._now,
            "not_before": s.not_before, "next_attempt_at": due, "owner": None, "attempts": 0, "last_error": None,
            "sent_at": None,
        }  # fmt: skip

    def _note(self, a: Note, author: str, cause: Any) -> None:
        self._event(a.number, a.event, a.actor, dict(a.data))

    def _steerable(self, a: Steer) -> int | None:
        """The row id of the message whose delivery it is about."""
        found = open_relay(self._connection, a.number)
        return None if found is None or (a.verb == "send" and found[1] != "held") else found[0]

    def _steer(self, a: Steer, author: str, cause: Any) -> None:
        o, message = schema.outbox.c, self._steerable(a)
        rows = schema.outbox.update().where(o.message == message, o.state.in_(("held", "waiting", "failed")))
        if a.verb == "send":
            rows = rows.values(state="waiting", held=None, next_attempt_at=self._now)
        else:
            rows = rows.values(state="dropped", next_attempt_at=None)
        self._connection.execute(rows)
        self._event(a.number, "let_go" if a.verb == "send" else "drop", a.actor, {"message": message, "mail": "relay"})

    def _nothing(self, a: Ignore | Quarantine, author: str, cause: Any) -> None:
        """Ignore leaves only its UID's row; Quarantine's row was prepared with the entry."""

    def _set_aside(self, p: Prepared) -> None:
        """A message that waits in quarantine already, and is read again at another UID, waits there once."""
        if p.quarantine is None or p.quarantine["blob"] in self._aside:
            return
        row = p.quarantine | {
            "id": self._id("quarantine"), "mailbox": self._mailbox, "uidvalidity": self._uidvalidity, "at": self._now,
        }  # fmt: skip
        self._rows["quarantine"].append(row)
        if row["blob"] is not None:
            self._aside[row["blob"]] = row["id"]


def _number(action: Action) -> str | None:
    return action.ticket if isinstance(action, Send) else getattr(action, "number", None)


_HANDLERS: dict[type[Any], Callable[..., None]] = {
    OpenTicket: Stage._open,
    AddToTicket: Stage._add,
    ChangeTicket: Stage._change,
    Send: Stage._send,
    Note: Stage._note,
    Steer: Stage._steer,
    Ignore: Stage._nothing,
    Quarantine: Stage._nothing,
}
