"""The tables of telling people: what they are to hear, and whether they can be reached."""

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table

from scheduling.storage.columns import Instant, Json, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("person_id", String, index=True),
    Column("concern", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("about", Json, nullable=False),
    Column("means", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("until", Instant),
    Column("ended_at", Instant),
    sa.Index("ix_outbox_open", "state", "due_at"),
)

reach = Table(
    "reach",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("app", String, nullable=False),
    Column("fault", String),
    Column("checked_at", Instant, nullable=False),
)

audience = Table(
    "audience",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("at", Instant, nullable=False),
)

obstacle = Table(
    "obstacle",
    metadata,
    Column("cause", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("affected", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
)
