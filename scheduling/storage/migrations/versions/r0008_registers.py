"""Registers: who attended which session, with scores, and who was told that a session begins late."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String

revision = "0008"
down_revision = "0007"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "register",
        Column("session_id", String, ForeignKey("session.id"), primary_key=True),
        Column("version", Integer, nullable=False),
        Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
        Column("unit_id", String, nullable=False, index=True),
        Column("type_id", String, nullable=False),
        Column("facilitator_id", String, nullable=False, index=True),
        Column("zone", String, nullable=False),
        Column("start", INSTANT, nullable=False),
        Column("end", INSTANT, nullable=False),
        Column("scored", Boolean, nullable=False),
        Column("nudges", Integer, nullable=False),
        Column("opened_at", INSTANT, nullable=False),
        Column("lock_at", INSTANT, nullable=False),
        Column("closed_at", INSTANT),
        Column("closed_by", String),
    )
    op.create_table(
        "attendance",
        Column("session_id", String, ForeignKey("register.session_id"), primary_key=True),
        Column("person_id", String, primary_key=True, index=True),
        Column("team_id", String),
        Column("site_id", String),
        Column("state", String, nullable=False),
        Column("score", Integer),
    )
    op.create_table(
        "lateness",
        Column("session_id", String, ForeignKey("session.id"), primary_key=True),
        Column("start", INSTANT, nullable=False),
        Column("minutes", Integer, nullable=False),
        Column("told_at", INSTANT, nullable=False),
    )
