"""The tables of schedulers' own work: nudges, grouped causes, rushes, and offers when it is quiet."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Table

from scheduling.storage.columns import Instant, Json, metadata

nudge = Table(
    "nudge",
    metadata,
    Column("work_item_id", String, ForeignKey("work_item.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("at", Instant, nullable=False),
)

item_group = Table(
    "item_group",
    metadata,
    Column("id", String, primary_key=True),
    Column("unit_id", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    sa.Index(
        "ix_item_group_open",
        "unit_id",
        "cause",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

rush = Table(
    "rush",
    metadata,
    Column("id", String, primary_key=True),
    Column("unit_id", String, nullable=False),
    Column("facts", Json, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("decided_by", String),
    Column("released", Integer),
    Column("closed_at", Instant),
    sa.Index(
        "ix_rush_open",
        "unit_id",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

earlier = Table(
    "earlier",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("since", Instant, nullable=False),
)

early_offer = Table(
    "early_offer",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("unit_id", String, nullable=False),
    Column("person_id", String, nullable=False, index=True),
    Column("session_id", String, nullable=False, index=True),
    Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
    Column("option", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    sa.Index(
        "ix_early_offer_open",
        "person_id",
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
)
