"""Facts: everything that planning one message needs from the database, by a few look-ups in indexes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.engine import RowMapping

from router.desk.facts import Facts, Keys, Known
from router.desk.ticket import TicketView
from router.mail.message import Address
from router.store import schema
from router.store.engine import Database
from router.store.rows import author_key, key

LOOKED_UP = 60  # msg-ids of a message at most; a stranger may send thousands
BOUNCE_DAYS = 14
BOUNCED = 10  # failed recipients of a report that are looked up
RECENT = 40  # messages of a ticket that are looked through for References
REFERENCES = 10

_m, _t, _o, _p = schema.message.c, schema.ticket.c, schema.outbox.c, schema.participant.c


class FactsOf(Database):
    """Reads for planning."""

    def facts(self, keys: Keys, now: datetime, next_number: str) -> Facts:
        """The Facts for a message with these keys, of one consistent view. Raises StoreUnavailable."""
        with self.read() as connection:
            by_token = _first_ticket(connection, keys.token_numbers[:LOOKED_UP])
            by_reference = _referenced(connection, keys.msg_ids[:LOOKED_UP])
            bounced = _bounced(connection, keys, now)
            views = _views(connection, {n for n in (by_token, by_reference, keys.subject_number, bounced) if n})
            return Facts(
                next_number=next_number,
                known=_known(connection, keys),
                by_token=views.get(by_token or ""),
                by_reference=views.get(by_reference or ""),
                by_subject=views.get(keys.subject_number or ""),
                bounced=views.get(bounced or ""),
                answers_last_hour=_answers(connection, keys.author, now),
            )

    def ticket(self, number: str) -> TicketView | None:
        """A ticket as it stands, None if there is none of that number."""
        with self.read() as connection:
            return _views(connection, {number}).get(number)

    def ticket_of(self, msg_id: str) -> str | None:
        """The number of the ticket that a mail with this bare msg-id belongs to, in or out."""
        with self.read() as connection:
            return _referenced(connection, (msg_id,))


def _known(connection: Connection, keys: Keys) -> Known | None:
    same = [_m.digest == keys.digest]
    if keys.message_id is not None:
        same.append(and_(_m.message_id == key(keys.message_id), _m.author == author_key(keys.author)))
    query = select(_m.id, _m.mailbox, _m.ticket).where(or_(*same)).order_by(_m.id)
    row = connection.execute(query).first()
    return None if row is None else Known(row.id, row.mailbox or "", row.ticket)


def _first_ticket(connection: Connection, numbers: Sequence[str]) -> str | None:
    if not numbers:
        return None
    found = set(connection.execute(select(_t.number).where(_t.number.in_(numbers))).scalars())
    return next((n for n in numbers if n in found), None)


def _referenced(connection: Connection, msg_ids: Sequence[str]) -> str | None:
    """The ticket of the nearest of some msg-ids that was recorded with one."""
    if not msg_ids:
        return None
    keys = [key(i) for i in msg_ids]
    query = select(_m.message_id, _m.ticket).where(_m.message_id.in_(keys), _m.ticket.is_not(None))
    # Of several with the same msg-id the first recorded counts: a later one may be forged.
    found = dict(connection.execute(query.order_by(_m.id.desc())).all())
    return next((found[k] for k in keys if k in found), None)


def _bounced(connection: Connection, keys: Keys, now: datetime) -> str | None:
    """The ticket of the mail that a report is about: by its msg-id, else the newest one sent to a failed recipient."""
    if keys.reported_msg_ids:
        ids = [key(i) for i in keys.reported_msg_ids[:LOOKED_UP]]
        query = select(_m.ticket).where(_m.message_id.in_(ids), _m.direction == "out", _m.ticket.is_not(None))
        found = connection.execute(query.order_by(_m.id.desc())).scalar()
        if found is not None:
            return str(found)
    newest = (_last_sent(connection, author_key(a), now) for a in keys.failed_recipients[:BOUNCED])
    found = max((n for n in newest if n is not None), default=None)
    return None if found is None else found[1]


def _last_sent(connection: Connection, address: str, now: datetime) -> tuple[int, str] | None:
    """The outbox id and the ticket of the newest mail sent to an address."""
    recent = select(_o.id, _o.ticket).where(_o.address == address, _o.created_at >= now - timedelta(days=BOUNCE_DAYS))
    sent = recent.where(_o.state == "sent", _o.ticket.is_not(None)).order_by(_o.created_at.desc(), _o.id.desc())
    row = connection.execute(sent.limit(1)).first()
    return None if row is None else (row.id, row.ticket)


def _answers(connection: Connection, author: str | None, now: datetime) -> int:
    if author is None:
        return 0
    hour = now - timedelta(hours=1)
    query = select(func.count()).where(_o.address == author_key(author), _o.created_at > hour, _o.automatic.is_(True))
    return int(connection.execute(query).scalar_one())


def _views(connection: Connection, numbers: Iterable[str]) -> dict[str, TicketView]:
    wanted = sorted(numbers)
    if not wanted:
        return {}
    rows = connection.execute(select(schema.ticket).where(_t.number.in_(wanted))).mappings().all()
    return {row["number"]: _view(connection, row) for row in rows}


def _view(connection: Connection, row: RowMapping) -> TicketView:
    number = row["number"]
    people = connection.execute(select(_p.name, _p.address).where(_p.ticket == number).order_by(_p.key))
    recent = select(_m.message_id, _m.audience).where(_m.ticket == number).order_by(_m.id.desc()).limit(RECENT)
    seen = [(i, a) for i, a in connection.execute(recent) if i is not None and not i.startswith("sha256:")]
    return TicketView(
        number=number,
        version=row["version"],
        status=row["status"],
        service=row["service"],
        type=row["type"],
        unit=row["unit"],
        units=tuple(json.loads(row["units"])),
        assignee=row["assignee"],
        priority=row["priority"],
        mailbox=row["mailbox"],
        subject=row["subject"],
        language=row["language"],
        customer=Address(row["customer_name"], row["customer_address"]),
        participants=tuple(Address(name, address) for name, address in people),
        opened_at=row["opened_at"],
        first_answer_at=row["first_answer_at"],
        resolved_at=row["resolved_at"],
        references=_last(seen, "customer"),
        agent_references=_last(seen, "unit"),
    )


def _last(newest_first: Iterable[tuple[str, str]], audience: str) -> tuple[str, ...]:
    return tuple([i for i, a in newest_first if a == audience][:REFERENCES][::-1])
