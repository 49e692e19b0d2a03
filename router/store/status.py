"""Status: what the daemon leaves for other processes to see, the brake, and leases on what only one may do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from router.store import schema
from router.store.engine import Database
from router.store.schema import iso

_t, _i, _b = schema.ticket.c, schema.intake.c, schema.mailbox.c


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running daemon as `status` shows it. `owner` names the process among all that share the database."""

    owner: str
    pid: int
    started_at: datetime
    mode: str  # "live" | "shadow"
    rules_version: str
    rules_loaded_at: datetime
    rules_problems: tuple[str, ...] = ()


def brake_is_on(connection: Connection) -> bool:
    """Whether all automatic mail is stopped."""
    query = select(schema.setting.c.value).where(schema.setting.c.name == "brake")
    return connection.execute(query).scalar() == "on"


class StatusOf(Database):
    """Heartbeat, problems, brake, leases, and the one screen that shows them."""

    def brake(self) -> bool:
        """Whether all automatic mail is stopped."""
        with self.read() as connection:
            return brake_is_on(connection)

    def set_brake(self, on: bool, actor: str, now: datetime) -> None:
        """Stop all automatic mail, or let it go again."""
        values = {"value": "on" if on else "off", "actor": actor, "at": now}
        with self.write() as connection:
            self._put(connection, schema.setting, {"name": "brake"}, values)

    def beat(self, daemon: Daemon, now: datetime) -> None:
        """Say that a daemon lives, with what it works by."""
        values = {
            "pid": daemon.pid,
            "started_at": daemon.started_at,
            "beat_at": now,
            "mode": daemon.mode,
            "rules_version": daemon.rules_version,
            "rules_loaded_at": daemon.rules_loaded_at,
            "rules_problems": json.dumps(daemon.rules_problems, ensure_ascii=False),
        }
        with self.write() as connection:
            self._put(connection, schema.daemon, {"owner": daemon.owner}, values)

    def farewell(self, owner: str) -> None:
        """Say that a daemon ends."""
        with self.write() as connection:
            connection.execute(schema.daemon.delete().where(schema.daemon.c.owner == owner))

    def set_problem(self, code: str, text: str | None, now: datetime) -> None:
        """Note a problem for `status` (one a code, since when it was first noted), or with None that it is over."""
        p = schema.problem.c
        with self.write() as connection:
            if text is None:
                connection.execute(schema.problem.delete().where(p.code == code))
            elif connection.execute(schema.problem.update().where(p.code == code).values(text=text)).rowcount == 0:
                connection.execute(schema.problem.insert(), {"code": code, "text": text, "since": now})

    def take_lease(self, name: str, owner: str, now: datetime, seconds: float) -> bool:
        """Take or keep the lease on something that only one process may do at a time; False if another one has it."""
        c = schema.lease.c
        until = now + timedelta(seconds=seconds)
        free = schema.lease.update().where(c.name == name, or_(c.owner == owner, c.until <= now))
        with self.write() as connection:
            if connection.execute(free.values(owner=owner, until=until)).rowcount == 0:
                connection.execute(self.insert_new(schema.lease), {"name": name, "owner": owner, "until": until})
            return connection.execute(select(c.owner).where(c.name == name)).scalar() == owner

    def give_lease(self, name: str, owner: str) -> None:
        """Give a lease back."""
        c = schema.lease.c
        with self.write() as connection:
            connection.execute(schema.lease.delete().where(c.name == name, c.owner == owner))

    def status(self) -> dict[str, Any]:
        """The object of `hero-router status` (contract), without the counts of the outbox."""
        with self.read() as connection:
            daemons = (
                connection.execute(select(schema.daemon).order_by(schema.daemon.c.beat_at.desc())).mappings().all()
            )
            problems = connection.execute(select(schema.problem).order_by(schema.problem.c.since)).mappings()
            return {
                "mailboxes": _mailboxes(connection),
                "tickets": _by_status(connection),
                "rules": _rules(daemons),
                "brake": brake_is_on(connection),
                "mode": daemons[0]["mode"] if daemons else "live",
                "daemons": [_jsonable(d, "owner", "pid", "started_at", "beat_at", "mode") for d in daemons],
                "problems": [_jsonable(p, "code", "text", "since") for p in problems] + _waiting_for_us(connection),
            }

    def _put(self, connection: Connection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
        """Insert or update one row, in a way that both databases have."""
        same = [table.c[name] == value for name, value in key.items()]
        if connection.execute(table.update().where(*same).values(values)).rowcount == 0:
            connection.execute(self.insert_new(table), key | values)


def _mailboxes(connection: Connection) -> list[dict[str, Any]]:
    found = []
    for row in connection.execute(select(schema.mailbox).order_by(_b.name)).mappings():
        of = select(func.count()).where(_i.mailbox == row["name"], _i.uidvalidity == row["uidvalidity"])
        shown = _jsonable(row, "name", "state", "last_check_at", "last_message_at", "idle_since", "server_uids")
        known = connection.execute(of).scalar_one() if row["uidvalidity"] is not None else 0
        found.append(shown | {"known_uids": known} | _jsonable(row, "unaccounted", "last_error"))
    return found


def _waiting_for_us(connection: Connection) -> list[dict[str, Any]]:
    """What only a person can end: dead mail, and messages that a fault of ours set aside."""
    o, q = schema.outbox.c, schema.quarantine.c
    dead = select(func.count(), func.min(o.created_at)).where(o.state == "dead")
    aside = select(func.count(), func.min(q.at)).where(q.resolved_at.is_(None), q.stage != "screen")
    found = (
        ("dead", dead, "{} mails could not be sent and are not tried again: hero-router outbox list --state dead"),
        ("quarantine", aside, "{} messages could not be handled: hero-router quarantine list"),
    )
    counted = ((code, *connection.execute(query).one(), text) for code, query, text in found)
    return [
        {"code": code, "text": text.format(count), "since": iso(since)} for code, count, since, text in counted if count
    ]


def _by_status(connection: Connection) -> dict[str, int]:
    return dict(connection.execute(select(_t.status, func.count()).group_by(_t.status)).all())


def _rules(daemons: Sequence[Any]) -> dict[str, Any]:
    if not daemons:
        return {"version": None, "loaded_at": None, "problems": []}
    d = daemons[0]
    return {
        "version": d["rules_version"],
        "loaded_at": iso(d["rules_loaded_at"]),
        "problems": json.loads(d["rules_problems"]),
    }


def _jsonable(row: Any, *names: str) -> dict[str, Any]:
    return {n: iso(row[n]) if isinstance(row[n], datetime) else row[n] for n in names}
