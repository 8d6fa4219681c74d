"""A batch run's plan in parts, each of which becomes a request when its turn comes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the two tables of batches."""
    op.create_table(
        "batch_commit",
        Column("id", String, primary_key=True),
        Column("unit_id", String, nullable=False),
        Column("requester_id", String, nullable=False),
        Column("requester_object_id", String, nullable=False),
        Column("sessions", Integer, nullable=False),
        Column("cancel_requested", Boolean, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("ended_at", INSTANT),
    )
    op.create_table(
        "batch_part",
        Column("batch_id", String, ForeignKey("batch_commit.id"), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("sessions", JSON, nullable=False),
        Column("request_id", String, ForeignKey("request.id"), unique=True),
        Column("left_out", JSON, nullable=False),
    )
