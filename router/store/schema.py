"""Tables and indexes: what is remembered. Changed only together with a migration (`migrations/versions`).

Every look-up of the pipeline has its index here, so that it costs the same at a million tickets as at a thousand.
Times are aware UTC. Tickets are known by their number everywhere: it never changes and a person can read it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

REVISION = "0002"
"""The migration that makes the schema below. A test compares it with the head of the migration scripts."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A point in time, aware UTC to the microsecond.

    SQLite keeps it as ISO 8601 text of fixed width: sortable, readable, and quicker than its own DATETIME.
    PostgreSQL has a type for it.
    """

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TIMESTAMP WITH TIME ZONE where there is one."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else String(32))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """An aware datetime → what the database keeps; ValueError for a naive one, which would mean anything."""
        if dialect.name == "postgresql":
            return lambda value: value if value is None else datetime.fromisoformat(iso(value))
        return lambda value: value if value is None else iso(value)  # the commit's hottest spot: no layer between

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What the database kept → an aware datetime in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(value)


@lru_cache(1024)  # all rows of a batch are of one moment
def iso(value: datetime) -> str:
    """ISO 8601 in UTC to the microsecond, always of the same width: as stored, digested and printed.

    ValueError for a naive datetime.
    """
    if value.tzinfo is None:
        raise ValueError(f"naive datetime: {value.isoformat()}")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


# SQLite's rowid itself (no index of its own) only if the type is spelt INTEGER.
_id = BigInteger().with_variant(Integer(), "sqlite")


def _key(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _need(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _ref(name: str, target: str, nullable: bool = True) -> Column[Any]:
    return Column(name, ForeignKey(target), nullable=nullable)


secret = Table("secret", metadata, _key("name", String), _need("value", LargeBinary))

sequence = Table("sequence", metadata, _key("name", String), _need("value", BigInteger))

setting = Table(
    "setting", metadata, _key("name", String), _need("value", String), _need("actor", String), _need("at", Moment)
)

mailbox = Table(
    "mailbox",
    metadata,
    _key("name", String),
    Column("uidvalidity", BigInteger),
    Column("uid", BigInteger),
    Column("state", String),
    Column("last_check_at", Moment),
    Column("last_message_at", Moment),
    Column("idle_since", Moment),
    Column("server_uids", BigInteger),
    Column("unaccounted", BigInteger),
    Column("last_error", Text),
)

blob = Table(
    "blob",
    metadata,
    _key("digest", String(64)),  # SHA-256 of the bytes before they were packed
    _need("size", BigInteger),
    _need("packing", String),  # "" or "zlib"
    _need("content", LargeBinary),
)

ticket = Table(
    "ticket",
    metadata,
    _key("number", String),
    _need("version", Integer),
    _need("status", String),
    Column("service", String),
    Column("type", String),
    _need("unit", String),
    _need("units", Text),  # JSON: all units that it is or was with, in order
    Column("assignee", String),
    _need("priority", String),
    _need("mailbox", String),
    _need("subject", Text),
    _need("summary", Text),
    _need("language", String),
    _need("customer_name", Text),
    _need("customer_address", Text),
    _need("customer_key", Text),  # the addr-spec in lower case
    _need("opened_at", Moment),
    Column("first_answer_at", Moment),
    Column("due_at", Moment),
    Column("resolved_at", Moment),
    Column("confidence", String),
    Column("rules_version", String),
    _need("events", Integer),  # how many it has, and the digest of the last: a cut-off tail shows
    _need("head", String(64)),
    Index(None, "status", "due_at"),
    Index(None, "unit", "status"),
    Index(None, "customer_key"),
)

participant = Table(
    "participant",
    metadata,
    Column("ticket", ForeignKey("ticket.number"), primary_key=True),
    _key("key", Text),  # the addr-spec in lower case
    _need("name", Text),
    _need("address", Text),
    sqlite_with_rowid=False,
)

message = Table(
    "message",
    metadata,
    _key("id", _id),
    _need("direction", String),  # "in" | "out"
    _need("kind", String),  # in: the verdict; out: the X-Hero-Kind
    _need("audience", String),  # who wrote or gets it: "customer" | "unit" | "operator" | "other"
    _ref("ticket", "ticket.number"),
    Column("mailbox", String),
    Column("digest", String(64)),  # in only: a mail of ours that comes back is no duplicate of itself
    Column("message_id", Text),
    Column("author", Text),  # in only: the addr-spec of From in lower case, "" if there is none
    Column("sender_name", Text),
    Column("sender_address", Text),
    _need("recipients", Text),  # JSON: [{"name", "address"}, …]
    Column("subject", Text),
    Column("date", Moment),
    _need("at", Moment),
    _need("text", Text),
    Column("new_text", Text),  # null where it equals text
    _need("attachments", Text),  # JSON: metadata; their bytes come out of the blob
    _ref("blob", "blob.digest"),
    UniqueConstraint("digest"),
    UniqueConstraint("message_id", "author"),
    Index(None, "ticket", "id"),
)

decision = Table(
    "decision",
    metadata,
    Column("message", _id, ForeignKey("message.id"), primary_key=True, autoincrement=False),
    Column("service", String),
    _need("rules_version", String),
    _need("data", Text),  # JSON as `inspect` prints it, and the routing rules that matched
)

event = Table(
    "event",
    metadata,
    Column("ticket", ForeignKey("ticket.number"), primary_key=True),
    _key("seq", Integer),  # 1, 2, 3 …
    _need("at", Moment),
    _need("kind", String),
    _need("actor", Text),
    _need("data", Text),  # canonical JSON
    _need("previous", String(64)),  # "" for the first
    _need("digest", String(64)),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    _key("id", _id),
    _ref("ticket", "ticket.number"),
    _ref("message", "message.id", nullable=False),
    _need("kind", String),
    _need("envelope_sender", Text),
    _need("recipient", Text),
    _need("address", Text),  # the recipient in lower case
    _need("message_id", Text),
    _ref("blob", "blob.digest", nullable=False),
    _need("automatic", Boolean),
    _need("state", String),  # "waiting" | "held" | "failed" | "sent" | "dead" | "dropped"
    Column("held", Text),
    _need("created_at", Moment),
    Column("not_before", Moment),
    Column("next_attempt_at", Moment),  # null unless waiting or failed; of a claimed row, when its lease ends
    Column("owner", String),
    _need("attempts", Integer),
    Column("last_error", Text),
    Column("sent_at", Moment),
    Index(None, "next_attempt_at", "id", "automatic"),
    Index(None, "ticket", "address", "id"),
    Index(None, "address", "created_at"),
    Index(None, "message_id"),
    Index(None, "state", "id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    _key("id", _id),
    _need("mailbox", String),
    _need("uidvalidity", BigInteger),
    _need("uid", BigInteger),
    _need("stage", String),
    _need("reason", Text),
    _need("at", Moment),
    Column("message_id", Text),
    _need("size", BigInteger),
    _ref("blob", "blob.digest"),
    Column("resolved_at", Moment),
    Column("resolution", Text),
    Index(None, "blob"),
)

intake = Table(
    "intake",
    metadata,
    _key("mailbox", String),
    _key("uidvalidity", BigInteger),
    _key("uid", BigInteger),
    _need("outcome", String),
    _need("reason", Text),
    _ref("message", "message.id"),
    _need("size", BigInteger),
    _need("at", Moment),
    sqlite_with_rowid=False,
)

daemon = Table(
    "daemon",
    metadata,
    _key("owner", String),
    _need("pid", Integer),
    _need("started_at", Moment),
    _need("beat_at", Moment),
    _need("mode", String),
    _need("rules_version", String),
    _need("rules_loaded_at", Moment),
    _need("rules_problems", Text),  # JSON
)

rules_version = Table(
    "rules_version",
    metadata,
    _key("digest", String(64)),
    _need("first_at", Moment),  # when it came into force for the first and for the last time
    _need("last_at", Moment),
    _need("files", LargeBinary),  # zlib of JSON: path → text
)

problem = Table("problem", metadata, _key("code", String), _need("text", Text), _need("since", Moment))

lease = Table("lease", metadata, _key("name", String), _need("owner", String), _need("until", Moment))
