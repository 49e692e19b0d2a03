"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from router.store.schema import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "blob",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("packing", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_blob"),
    )
    op.create_table(
        "daemon",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("beat_at", Moment(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("rules_version", sa.String(), nullable=False),
        sa.Column("rules_loaded_at", Moment(), nullable=False),
        sa.Column("rules_problems", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_daemon"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "mailbox",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger()),
        sa.Column("uid", sa.BigInteger()),
        sa.Column("state", sa.String()),
        sa.Column("last_check_at", Moment()),
        sa.Column("last_message_at", Moment()),
        sa.Column("idle_since", Moment()),
        sa.Column("server_uids", sa.BigInteger()),
        sa.Column("unaccounted", sa.BigInteger()),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("name", name="pk_mailbox"),
    )
    op.create_table(
        "problem",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_problem"),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secret"),
    )
    op.create_table(
        "sequence",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_sequence"),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.create_table(
        "ticket",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("service", sa.String()),
        sa.Column("type", sa.String()),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("assignee", sa.String()),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("customer_address", sa.Text(), nullable=False),
        sa.Column("customer_key", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("first_answer_at", Moment()),
        sa.Column("due_at", Moment()),
        sa.Column("resolved_at", Moment()),
        sa.Column("confidence", sa.String()),
        sa.Column("rules_version", sa.String()),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_ticket"),
    )
    op.create_index("ix_ticket_customer_key", "ticket", ["customer_key"])
    op.create_index("ix_ticket_status_due_at", "ticket", ["status", "due_at"])
    op.create_index("ix_ticket_unit_status", "ticket", ["unit", "status"])
    op.create_table(
        "event",
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_event_ticket_ticket"),
        sa.PrimaryKeyConstraint("ticket", "seq", name="pk_event"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("ticket", sa.String()),
        sa.Column("mailbox", sa.String()),
        sa.Column("digest", sa.String(length=64)),
        sa.Column("message_id", sa.Text()),
        sa.Column("author", sa.Text()),
        sa.Column("sender_name", sa.Text()),
        sa.Column("sender_address", sa.Text()),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("date", Moment()),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("new_text", sa.Text()),
        sa.Column("attachments", sa.Text(), nullable=False),
        sa.Column("blob", sa.String(length=64)),
        sa.ForeignKeyConstraint(["blob"], ["blob.digest"], name="fk_message_blob_blob"),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_message_ticket_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("digest", name="uq_message_digest"),
        sa.UniqueConstraint("message_id", "author", name="uq_message_message_id_author"),
    )
    op.create_index("ix_message_ticket_id", "message", ["ticket", "id"])
    op.create_table(
        "participant",
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_participant_ticket_ticket"),
        sa.PrimaryKeyConstraint("ticket", "key", name="pk_participant"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("blob", sa.String(length=64)),
        sa.Column("resolved_at", Moment()),
        sa.Column("resolution", sa.Text()),
        sa.ForeignKeyConstraint(["blob"], ["blob.digest"], name="fk_quarantine_blob_blob"),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
    )
    op.create_index("ix_quarantine_blob", "quarantine", ["blob"])
    op.create_table(
        "decision",
        sa.Column("message", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service", sa.String()),
        sa.Column("rules_version", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_decision_message_message"),
        sa.PrimaryKeyConstraint("message", name="pk_decision"),
    )
    op.create_table(
        "intake",
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_intake_message_message"),
        sa.PrimaryKeyConstraint("mailbox", "uidvalidity", "uid", name="pk_intake"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket", sa.String()),
        sa.Column("message", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("envelope_sender", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("held", sa.Text()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("not_before", Moment()),
        sa.Column("next_attempt_at", Moment()),
        sa.Column("owner", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("sent_at", Moment()),
        sa.ForeignKeyConstraint(["blob"], ["blob.digest"], name="fk_outbox_blob_blob"),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_outbox_message_message"),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_outbox_ticket_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_address_created_at", "outbox", ["address", "created_at"])
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"])
    op.create_index("ix_outbox_next_attempt_at_id_automatic", "outbox", ["next_attempt_at", "id", "automatic"])
    op.create_index("ix_outbox_state_id", "outbox", ["state", "id"])
    op.create_index("ix_outbox_ticket_address_id", "outbox", ["ticket", "address", "id"])
