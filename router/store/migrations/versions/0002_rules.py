"""Rule sets that were in force are kept, so that what decided a ticket can be shown again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from router.store.schema import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of rule sets."""
    op.create_table(
        "rules_version",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_rules_version"),
    )
