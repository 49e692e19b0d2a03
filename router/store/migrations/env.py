"""Alembic's entry: runs the migrations on the connection, and in the transaction, that `Schema.upgrade` gives."""

from __future__ import annotations

from alembic import context

from router.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can't alter most of a table in place
)
context.run_migrations()
