"""Templates of recurring meetings, and runs with what they planned."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "template",
        Column("id", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("unit_id", String, nullable=False, index=True),
        Column("owner_id", String, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("record", JSON, nullable=False),
        Column("updated_at", INSTANT, nullable=False),
    )
    op.create_table(
        "run",
        Column("id", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("unit_id", String, nullable=False, index=True),
        Column("state", String, nullable=False),
        Column("first", sa.Date, nullable=False),
        Column("end", sa.Date, nullable=False),
        Column("template_ids", JSON, nullable=False),
        Column("requester_id", String, nullable=False),
        Column("requester_object_id", String, nullable=False),
        Column("preview", JSON),
        Column("held", JSON, nullable=False),
        Column("members", JSON, nullable=False),
        Column("trouble", String),
        Column("created_at", INSTANT, nullable=False),
        Column("ended_at", INSTANT),
    )
    op.create_table(
        "run_session",
        Column("run_id", String, ForeignKey("run.id"), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("record", JSON, nullable=False),
    )
