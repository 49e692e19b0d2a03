"""Facts: everything that planning one message needs from the database, by a few look-ups in indexes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, or_, select
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


_NAMED = select(_t.number).where(_t.number.in_(bindparam("numbers", expanding=True)))
_SAME = (
    select(_m.id, _m.mailbox, _m.ticket, _m.digest, _m.message_id, _m.author)
    .where(
        or_(
            _m.digest.in_(bindparam("digests", expanding=True)), _m.message_id.in_(bindparam("msg_ids", expanding=True))
        )
    )
    .order_by(_m.id.desc())
)
_REFERENCED = (
    select(_m.message_id, _m.ticket)
    .where(_m.message_id.in_(bindparam("msg_ids", expanding=True)), _m.ticket.is_not(None))
    .order_by(_m.id.desc())
)
_ANSWERS = (
    select(_o.address, func.count())
    .where(
        _o.address.in_(bindparam("authors", expanding=True)), _o.created_at > bindparam("hour"), _o.automatic.is_(True)
    )
    .group_by(_o.address)
)


class FactsOf(Database):
    """Reads for planning."""

    def facts(self, keys: Keys, now: datetime, next_number: str) -> Facts:
        """The Facts for a message with these keys, of one consistent view. Raises StoreUnavailable."""
        return replace(self.facts_of([keys], now)[0], next_number=next_number)

    def facts_of(self, asked: Sequence[Keys], now: datetime) -> list[Facts]:
        """The Facts for each of several messages, of one consistent view: a look-up a kind, not a message.
        `next_number` is left empty. Raises StoreUnavailable."""
        with self.read() as connection:
            same = _same(connection, asked)
            referenced = _referenced(connection, [i for keys in asked for i in keys.msg_ids[:LOOKED_UP]])
            named = _column(connection, _NAMED, numbers=[n for keys in asked for n in keys.token_numbers[:LOOKED_UP]])
            answers = _answers(connection, [keys.author for keys in asked if keys.author is not None], now)
            found = [
                Found(
                    next((n for n in keys.token_numbers[:LOOKED_UP] if n in named), None),
                    next((referenced[k] for i in keys.msg_ids[:LOOKED_UP] if (k := key(i)) in referenced), None),
                    keys.subject_number,
                    _bounced(connection, keys, now),
                )
                for keys in asked
            ]
            views = _views(connection, {number for one in found for number in one if number})
            return [
                Facts(
                    next_number="",
                    known=_known(same, keys),
                    by_token=views.get(one.by_token or ""),
                    by_reference=views.get(one.by_reference or ""),
                    by_subject=views.get(one.by_subject or ""),
                    bounced=views.get(one.bounced or ""),
                    answers_last_hour=answers.get(author_key(keys.author), 0) if keys.author is not None else 0,
                )
                for keys, one in zip(asked, found, strict=True)
            ]

    def ticket(self, number: str) -> TicketView | None:
        """A ticket as it stands, None if there is none of that number."""
        with self.read() as connection:
            return _views(connection, {number}).get(number)

    def ticket_of(self, msg_id: str) -> str | None:
        """The number of the ticket that a mail with this bare msg-id belongs to, in or out."""
        with self.read() as connection:
            return _referenced(connection, (msg_id,)).get(key(msg_id))


class Found(NamedTuple):
    """Ticket numbers that a message's keys led to."""

    by_token: str | None
    by_reference: str | None
    by_subject: str | None
    bounced: str | None


def _same(connection: Connection, asked: Sequence[Keys]) -> dict[object, Known]:
    """Messages that we have, by digest, and by msg-id and author; of several the first recorded."""
    given = {
        "digests": [keys.digest for keys in asked],
        "msg_ids": [key(keys.message_id) for keys in asked if keys.message_id is not None],
    }
    found: dict[object, Known] = {}
    for row in connection.execute(_SAME, given):
        known = Known(row.id, row.mailbox or "", row.ticket)
        found[row.digest] = known
        if row.author is not None:
            found[row.message_id, row.author] = known
    return found


def _known(same: dict[object, Known], keys: Keys) -> Known | None:
    by_id = same.get((key(keys.message_id), author_key(keys.author))) if keys.message_id is not None else None
    both = [known for known in (same.get(keys.digest), by_id) if known is not None]
    return min(both, key=lambda known: known.message, default=None)


def _column(connection: Connection, query: Select[Any], **given: Sequence[object]) -> set[Any]:
    """The first column of a query's rows; nothing is asked when there is nothing to ask for."""
    return set(connection.execute(query, given).scalars()) if any(given.values()) else set()


def _referenced(connection: Connection, msg_ids: Sequence[str]) -> dict[str, str]:
    """The tickets of those msg-ids (as they are indexed) that were recorded with one; of several with the same msg-id
    the first recorded: a later one may be a stranger's, made to draw replies to his own ticket."""
    if not msg_ids:
        return {}
    rows = connection.execute(_REFERENCED, {"msg_ids": [key(i) for i in msg_ids]})
    return dict(rows.all())


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


def _answers(connection: Connection, authors: Sequence[str], now: datetime) -> dict[str, int]:
    """How many automatic mails each address got in the last hour, waiting ones included."""
    if not authors:
        return {}
    given = {"authors": [author_key(author) for author in authors], "hour": now - timedelta(hours=1)}
    return {address: int(count) for address, count in connection.execute(_ANSWERS, given)}


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
        rules_version=row["rules_version"],
        relay=_relay(connection, number),
    )


def _relay(connection: Connection, number: str) -> str | None:
    """The state of a ticket's newest relay that can still be let go or cancelled."""
    found = open_relay(connection, number)
    return None if found is None else "held" if found[1] == "held" else "waiting"


def open_relay(connection: Connection, number: str) -> tuple[int, str] | None:
    """The message and the state of a ticket's newest mail with an agent's words that did not leave and is not on its way."""
    free = or_(_o.state == "held", _o.state.in_(("waiting", "failed")) & _o.owner.is_(None))
    rows = connection.execute(select(_o.id, _o.message, _o.state).where(_o.ticket == number, _o.kind == "relay", free))
    newest = max(rows, default=None, key=lambda row: int(row.id))  # here: their index is in another order
    return None if newest is None else (int(newest.message), str(newest.state))


def _last(newest_first: Iterable[tuple[str, str]], audience: str) -> tuple[str, ...]:
    return tuple([i for i, a in newest_first if a == audience][:REFERENCES][::-1])
