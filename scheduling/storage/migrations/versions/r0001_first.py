"""The tables that were made before revisions were kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")

_then = sa.MetaData()

Table(
    "unit",
    _then,
    Column("id", String, primary_key=True),
    Column("next_ticket", Integer, nullable=False),
)

Table(
    "person",
    _then,
    Column("id", String, primary_key=True),
    Column("record", JSON, nullable=False),
    Column("address", String, index=True),
    Column("unit_id", String),
    Column("active", Boolean, nullable=False, default=True),
)

Table(
    "binding",
    _then,
    Column("object_id", String, primary_key=True),
    Column("person_id", String, ForeignKey("person.id"), nullable=False, unique=True),
    Column("bound_at", INSTANT, nullable=False),
    Column("bound_by", String, nullable=False),
)

Table(
    "conversation",
    _then,
    Column("id", String, primary_key=True),
    Column("record", JSON, nullable=False),
    Column("kind", String, nullable=False),
    Column("object_id", String, index=True),
    Column("updated_at", INSTANT, nullable=False),
)

Table(
    "draft",
    _then,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("owner_id", String, nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("proposal", JSON),
    Column("proposal_version", Integer),
    Column("request_id", String),
)

Table(
    "soft_hold",
    _then,
    Column("draft_id", String, nullable=False, index=True),
    Column("resource", String, nullable=False, index=True),
    Column("start", INSTANT, nullable=False),
    Column("end", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
)

Table(
    "request",
    _then,
    Column("id", String, primary_key=True),
    Column("unit_id", String, ForeignKey("unit.id"), nullable=False),
    Column("ticket", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("draft_id", String, nullable=False, index=True),
    Column("requester_id", String, nullable=False),
    Column("requester_object_id", String, nullable=False),
    Column("type_id", String, nullable=False),
    Column("ask", JSON, nullable=False),
    Column("chosen", JSON, nullable=False),
    Column("relaxed", JSON, nullable=False),
    Column("escalate", Boolean, nullable=False),
    Column("unplaced", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("trouble", String),
    Column("note", Text),
    Column("correlation_id", String),
    Column("created_at", INSTANT, nullable=False),
    Column("undo_until", INSTANT),
    sa.UniqueConstraint("unit_id", "ticket"),
)

Table(
    "session",
    _then,
    Column("id", String, primary_key=True),
    Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
    Column("unit_id", String, nullable=False, index=True),
    Column("attendee_id", String, nullable=False, index=True),
    Column("facilitator_id", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("start", INSTANT, nullable=False, index=True),
    Column("end", INSTANT, nullable=False),
    Column("place", String, nullable=False),
    Column("room_id", String),
    Column("room_name", String),
    Column("room_attempt", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("targets", JSON, nullable=False),
    Column("event", JSON),
    Column("join_url", String),
    Column("written_at", INSTANT),
)

Table(
    "reservation",
    _then,
    Column("resource", String, primary_key=True),
    Column("slot", INSTANT, primary_key=True),
    Column("session_id", String, ForeignKey("session.id"), nullable=False, index=True),
)

Table(
    "work_item",
    _then,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("cause", String, nullable=False),
    Column("state", String, nullable=False),
    Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
    Column("unit_id", String, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("claimed_by", String),
    Column("decided_by", String),
    Column("note", Text),
    Column("created_at", INSTANT, nullable=False),
    Column("decide_by", INSTANT),
)

Table(
    "decision",
    _then,
    Column("work_item_id", String, ForeignKey("work_item.id"), primary_key=True),
    Column("kind", String, nullable=False),
    Column("first_id", String, nullable=False),
    Column("second_id", String),
    Column("reason", Text),
    Column("rules", JSON, nullable=False),
    Column("decided_at", INSTANT, nullable=False),
)

Table(
    "card",
    _then,
    Column("subject", String, primary_key=True),
    Column("conversation_id", String, nullable=False),
    Column("activity_id", String, nullable=False),
)

Table(
    "notice",
    _then,
    Column("key", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("at", INSTANT, nullable=False),
)

Table(
    "keyed_event",
    _then,
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
)

Table(
    "audit",
    _then,
    Column("seq", Integer, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)


def upgrade() -> None:
    """Make every table."""
    _then.create_all(op.get_bind(), checkfirst=False)
