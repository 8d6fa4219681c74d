"""What a request waits for, due times as rows, and what the audit says of a change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Add what was not kept before; nothing that is stored changes."""
    op.add_column("request", Column("waiting_for", String))
    op.add_column("request", Column("waiting_since", INSTANT))
    op.add_column("audit", Column("on_behalf_of", String))
    op.add_column("audit", Column("before", JSON))
    op.add_column("audit", Column("after", JSON))
    op.add_column("audit", Column("parameters", String))
    op.add_column("audit", Column("inputs", String))
    op.create_table(
        "timer",
        Column("id", String, primary_key=True),
        Column("kind", String, nullable=False),
        Column("subject", String, nullable=False),
        Column("due_at", INSTANT, nullable=False),
        Column("done_at", INSTANT),
        sa.Index("ix_timer_open", "done_at", "due_at"),
    )
