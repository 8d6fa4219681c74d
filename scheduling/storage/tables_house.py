"""The tables of how the house is set up, and of what people are given in it."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Table

from scheduling.storage.columns import Instant, Json, metadata

setup_version = Table(
    "setup_version",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("seconded_by", String),
    Column("restores", Integer),
    Column("content", sa.JSON(), nullable=False),  # JSONB would lose the order of the types
)

setup_change = Table(
    "setup_change",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner_id", String, nullable=False),
    Column("area", String, nullable=False),
    Column("base", Integer, nullable=False),
    Column("edits", sa.JSON(), nullable=False),
    Column("restores", Integer),
    Column("state", String, nullable=False),
    Column("rehearsal", sa.JSON()),
    Column("expires_at", Instant, nullable=False),
)

appointment = Table(
    "appointment",
    metadata,
    Column("person_id", String, ForeignKey("person.id"), primary_key=True),
    Column("roles", Json, nullable=False),
    Column("leads", Json, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
)

appointment_change = Table(
    "appointment_change",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String, ForeignKey("person.id"), primary_key=True),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
)

deputy = Table(
    "deputy",
    metadata,
    Column("person_id", String, ForeignKey("person.id"), primary_key=True),
    Column("deputy_id", String, ForeignKey("person.id"), nullable=False, index=True),
    Column("first", sa.Date, nullable=False),
    Column("last", sa.Date, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
)
