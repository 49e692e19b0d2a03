"""Numbers that are given once: row ids, ticket numbers; and the database's own secrets."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, bindparam, select

from router.store import schema
from router.store.engine import Database

_advance = (
    schema.sequence.update()
    .where(schema.sequence.c.name == bindparam("key"))
    .values(value=schema.sequence.c.value + bindparam("count"))
    .returning(schema.sequence.c.value)
)


class Numbers(Database):
    """Ticket numbers and secrets of this database."""

    def reserve_numbers(self, year: int, count: int) -> list[str]:
        """The next `count` ticket numbers of a year (``HERO-2026-000123``), in a transaction of its own.

        A number is never given twice: one that no ticket takes stays unused.
        """
        with self.write() as connection:
            first = self.take(connection, f"ticket-{year}", count)
        return [f"HERO-{year:04d}-{n:06d}" for n in range(first, first + count)]

    def take(self, connection: Connection, name: str, count: int) -> int:
        """The first of `count` new ids of a sequence.

        In the caller's transaction on purpose: the row stays locked until it ends, so ids grow in the order of commits, which the
        outbox's order per ticket relies on.
        """
        if count == 0:
            return 0
        last = connection.execute(_advance, {"key": name, "count": count}).scalar()
        if last is None:
            connection.execute(self.insert_new(schema.sequence), {"name": name, "value": 0})
            last = connection.execute(_advance, {"key": name, "count": count}).scalar_one()
        return int(last) - count + 1

    def secret(self, name: str) -> bytes:
        """A random secret of 32 bytes, made when it is first asked for, the same ever after."""
        s = schema.secret.c
        query = select(s.value).where(s.name == name)
        with self.read() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            with self.write() as connection:
                row = {"name": name, "value": secrets.token_bytes(32)}
                connection.execute(self.insert_new(schema.secret), row)  # another process may have been quicker
                found = connection.execute(query).scalar_one()
        return bytes(found)
