"""The tables of who attended: registers, what each says of its people, and who ran late."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table

from scheduling.storage.columns import Instant, metadata

register = Table(
    "register",
    metadata,
    Column("session_id", String, ForeignKey("session.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
    Column("unit_id", String, nullable=False, index=True),
    Column("type_id", String, nullable=False),
    Column("facilitator_id", String, nullable=False, index=True),
    Column("zone", String, nullable=False),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("scored", Boolean, nullable=False),
    Column("nudges", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("lock_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", String),
)

attendance = Table(
    "attendance",
    metadata,
    Column("session_id", String, ForeignKey("register.session_id"), primary_key=True),
    Column("person_id", String, primary_key=True, index=True),
    Column("team_id", String),
    Column("site_id", String),
    Column("state", String, nullable=False),
    Column("score", Integer),
)

lateness = Table(
    "lateness",
    metadata,
    Column("session_id", String, ForeignKey("session.id"), primary_key=True),
    Column("start", Instant, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("told_at", Instant, nullable=False),
)
