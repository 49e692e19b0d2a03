"""Events: a ticket's history, append-only, each with the digest of the one before it (design.md, 2.9).

`digest` is the SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8) of
``{"actor", "at", "data", "kind", "previous", "seq", "ticket"}``; `previous` is "" for the first event of a ticket.
The ticket keeps the number of its events and the last digest, so that a cut-off tail shows as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from json.encoder import encode_basestring as _quote
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from router.store import schema
from router.store.engine import Database
from router.store.schema import iso

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=lambda v: plain(v)).encode


def plain(value: Any) -> Any:
    """What json.dumps doesn't know by itself: a time becomes ISO 8601 in UTC. TypeError for anything else."""
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"not JSON-able: {type(value).__name__}")


def canonical(data: Any) -> str:
    """JSON in the one form that is digested. Raises TypeError or ValueError for what JSON can't hold."""
    return _encode(data)


def digest_of(ticket: str, seq: int, at: str, kind: str, actor: str, data: str, previous: str) -> str:
    """The digest of an event; `at` in the form of `iso`, `data` as canonical JSON."""
    text = (
        f'{{"actor":{_quote(actor)},"at":"{at}","data":{data},"kind":{_quote(kind)},'
        f'"previous":"{previous}","seq":{seq},"ticket":{_quote(ticket)}}}'
    )
    return sha256(text.encode()).hexdigest()


def append(ticket: dict[str, Any], kind: str, actor: str, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The row of the next event of a ticket's row, whose `events` and `head` move on."""
    seq, previous, text = ticket["events"] + 1, ticket["head"], canonical(dict(data))
    digest = digest_of(ticket["number"], seq, iso(at), kind, actor, text, previous)
    ticket.update(events=seq, head=digest)
    return {
        "ticket": ticket["number"],
        "seq": seq,
        "at": at,
        "kind": kind,
        "actor": actor,
        "data": text,
        "previous": previous,
        "digest": digest,
    }


def add_event(
    connection: Connection, number: str, kind: str, actor: str, data: Mapping[str, Any], at: datetime
) -> None:
    """Add one event to a ticket in the transaction of `connection`. LookupError if there is no such ticket."""
    t = schema.ticket.c
    query = select(t.number, t.events, t.head).where(t.number == number).with_for_update()
    found = connection.execute(query).mappings().first()
    if found is None:
        raise LookupError(number)
    row = dict(found)
    connection.execute(schema.event.insert(), append(row, kind, actor, data, at))
    connection.execute(schema.ticket.update().where(t.number == number).values(events=row["events"], head=row["head"]))


class Events(Database):
    """The history of tickets, and its proof."""

    def add_event(self, number: str, kind: str, actor: str, data: Mapping[str, Any], now: datetime) -> None:
        """Add one event to a ticket, in a transaction of its own. LookupError if there is no such ticket."""
        with self.write() as connection:
            add_event(connection, number, kind, actor, data, now)

    def history(self, number: str) -> list[dict[str, Any]]:
        """``{"at", "kind", "actor", "data", "digest"}`` of each event, oldest first. LookupError: no such ticket."""
        e = schema.event.c
        with self.read() as connection:
            if (
                connection.execute(select(schema.ticket.c.number).where(schema.ticket.c.number == number)).first()
                is None
            ):
                raise LookupError(number)
            rows = connection.execute(
                select(e.at, e.kind, e.actor, e.data, e.digest).where(e.ticket == number).order_by(e.seq)
            )
            return [
                {"at": iso(at), "kind": kind, "actor": actor, "data": json.loads(data), "digest": digest}
                for at, kind, actor, data, digest in rows
            ]

    def verify_chain(self) -> list[str]:
        """Walk the events of all tickets: what is missing, edited, or contradicted by its ticket. [] = sound.

        One query in the order of the primary keys, streamed: memory stays flat whatever the size.
        """
        e, t = schema.event.c, schema.ticket.c
        walk = (
            select(t.number, t.events, t.head, t.status, schema.event)
            .select_from(schema.ticket.outerjoin(schema.event, e.ticket == t.number))
            .order_by(t.number, e.seq)
        )
        orphans = select(e.ticket).where(~exists().where(t.number == e.ticket)).distinct().order_by(e.ticket)
        faults: list[str] = []
        with self.read() as connection:
            rows = connection.execute(walk, execution_options={"yield_per": 1000})
            for number, group in groupby(rows, key=lambda row: str(row.number)):
                faults += (f"{number}: {fault}" for fault in _check(number, group))
            faults += (
                f"{number}: tiket hilang, tetapi riwayatnya masih ada" for (number,) in connection.execute(orphans)
            )
        return faults


def _check(number: str, rows: Iterable[Row[Any]]) -> Iterator[str]:
    """What is wrong with one ticket's events; each row carries the ticket's own count, head and status, too."""
    previous, expected, status, row = "", 1, None, None
    for row in rows:
        if row.seq is None:
            break
        if row.seq != expected:
            yield f"kejadian {_span(expected, row.seq - 1)} hilang"
        elif row.previous != previous:
            yield f"kejadian {row.seq} tidak menyambung ke kejadian sebelumnya"
        if row.digest != digest_of(number, row.seq, iso(row.at), row.kind, row.actor, row.data, row.previous):
            yield f"kejadian {row.seq} telah diubah"
        previous, expected, status = row.digest, row.seq + 1, _status_after(row.data, status)
    if row is None:
        return
    if row.events != expected - 1:
        yield f"tiket mencatat {row.events} kejadian, ada {expected - 1}: ujung riwayat hilang"
    elif row.head != previous:
        yield "kejadian terakhir bukan yang dicatat tiket"
    if status != row.status:
        yield f"status tiket {row.status}, menurut riwayat {status}"


def _status_after(data: str, before: str | None) -> str | None:
    """The status after an event: its data names one as ``status`` or among its ``changes``, or it stays."""
    if '"status":' not in data:
        return before
    try:
        found = json.loads(data)
        return str(found.get("status") or found.get("changes", {}).get("status") or before)
    except (ValueError, AttributeError):  # tampered with: the digest says so
        return before


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"
