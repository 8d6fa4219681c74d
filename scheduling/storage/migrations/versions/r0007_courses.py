"""Courses, who completed them, and runs that are roll-outs of one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables, and let a run be of a course."""
    op.create_table(
        "course",
        Column("id", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("unit_id", String, nullable=False, index=True),
        Column("active", Boolean, nullable=False),
        Column("record", JSON, nullable=False),
        Column("updated_at", INSTANT, nullable=False),
    )
    op.create_table(
        "completion",
        Column("id", String, primary_key=True),
        Column("course_id", String, ForeignKey("course.id"), nullable=False, index=True),
        Column("person_id", String, nullable=False, index=True),
        Column("on", sa.Date, nullable=False),
        Column("group", String, index=True),
    )
    op.create_table(
        "small_group",
        Column("id", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("run_id", String, ForeignKey("run.id"), nullable=False, index=True),
        Column("course_id", String, nullable=False, index=True),
        Column("unit_id", String, nullable=False),
        Column("state", String, nullable=False),
        Column("people", Integer, nullable=False),
        Column("opened_at", INSTANT, nullable=False),
        Column("decided_by", String),
        Column("decided_at", INSTANT),
    )
    op.add_column("run", Column("rollout", JSON))
