"""The domain tables. They own every status, ticket, plan, remote id, decision and due time.

The durable engine keeps its own tables in the same database; nothing here refers to them.
"""

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from scheduling.storage import (
    columns,
    later_tables,
    tables_house,
    tables_registers,
    tables_scheduling,
    tables_telling,
)

Json = columns.Json
Instant = columns.Instant
metadata = columns.metadata

unit = Table(
    "unit",
    metadata,
    Column("id", String, primary_key=True),
    Column("next_ticket", Integer, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True),
    Column("record", Json, nullable=False),
    Column("address", String, index=True),
    Column("unit_id", String),
    Column("active", Boolean, nullable=False, default=True),
)

binding = Table(
    "binding",
    metadata,
    Column("object_id", String, primary_key=True),
    Column("person_id", String, ForeignKey("person.id"), nullable=False, unique=True),
    Column("bound_at", Instant, nullable=False),
    Column("bound_by", String, nullable=False),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", String, primary_key=True),
    Column("record", Json, nullable=False),
    Column("kind", String, nullable=False),
    Column("object_id", String, index=True),
    Column("updated_at", Instant, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("owner_id", String, nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("payload", Json, nullable=False),
    Column("proposal", Json),
    Column("proposal_version", Integer),
    Column("request_id", String),
)

soft_hold = Table(
    "soft_hold",
    metadata,
    Column("draft_id", String, nullable=False, index=True),
    Column("resource", String, nullable=False, index=True),
    Column("start", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

request = Table(
    "request",
    metadata,
    Column("id", String, primary_key=True),
    Column("unit_id", String, ForeignKey("unit.id"), nullable=False),
    Column("ticket", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("draft_id", String, nullable=False, index=True),
    Column("requester_id", String, nullable=False),
    Column("requester_object_id", String, nullable=False),
    Column("on_behalf_of", String),
    Column("type_id", String, nullable=False),
    Column("ask", Json, nullable=False),
    Column("chosen", Json, nullable=False),
    Column("relaxed", Json, nullable=False),
    Column("granted", Json),
    Column("escalate", Boolean, nullable=False),
    Column("unplaced", Json, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("trouble", String),
    Column("note", Text),
    Column("correlation_id", String),
    Column("created_at", Instant, nullable=False),
    Column("undo_until", Instant),
    Column("waiting_for", String),
    Column("waiting_since", Instant),
    Column("setup", Integer),
    sa.UniqueConstraint("unit_id", "ticket"),
)

session = Table(
    "session",
    metadata,
    Column("id", String, primary_key=True),
    Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
    Column("unit_id", String, nullable=False, index=True),
    Column("attendee_id", String, nullable=False, index=True),
    Column("facilitator_id", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("start", Instant, nullable=False, index=True),
    Column("end", Instant, nullable=False),
    Column("place", String, nullable=False),
    Column("room_id", String),
    Column("room_name", String),
    Column("room_attempt", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("targets", Json, nullable=False),
    Column("event", Json),
    Column("join_url", String),
    Column("written_at", Instant),
    Column("gathering_id", String, index=True),
    Column("moves", Integer, nullable=False, server_default="0"),
    Column("moved_from", Instant),
    Column("change_id", String),
    Column("wfm_key", String),
    Column("stands_for", String, index=True),
)

outbox = tables_telling.outbox
reach = tables_telling.reach
audience = tables_telling.audience
obstacle = tables_telling.obstacle
register = tables_registers.register
attendance = tables_registers.attendance
lateness = tables_registers.lateness
change = later_tables.change
self_care = later_tables.self_care
nudge = tables_scheduling.nudge
item_group = tables_scheduling.item_group
rush = tables_scheduling.rush
earlier = tables_scheduling.earlier
early_offer = tables_scheduling.early_offer

reservation = Table(
    "reservation",
    metadata,
    Column("resource", String, primary_key=True),
    Column("slot", Instant, primary_key=True),
    Column("session_id", String, ForeignKey("session.id"), nullable=False, index=True),
)

course = later_tables.course
completion = later_tables.completion
small_group = later_tables.small_group
batch_commit = later_tables.batch_commit

batch_part = later_tables.batch_part

template = Table(
    "template",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("unit_id", String, nullable=False, index=True),
    Column("owner_id", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("record", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("unit_id", String, nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("first", sa.Date, nullable=False),
    Column("end", sa.Date, nullable=False),
    Column("template_ids", Json, nullable=False),
    Column("requester_id", String, nullable=False),
    Column("requester_object_id", String, nullable=False),
    Column("preview", Json),
    Column("held", Json, nullable=False),
    Column("members", Json, nullable=False),
    Column("trouble", String),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("rollout", Json),
)

run_session = Table(
    "run_session",
    metadata,
    Column("run_id", String, ForeignKey("run.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("record", Json, nullable=False),
)

work_item = Table(
    "work_item",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("cause", String, nullable=False),
    Column("state", String, nullable=False),
    Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
    Column("unit_id", String, nullable=False),
    Column("facts", Json, nullable=False),
    Column("claimed_by", String),
    Column("decided_by", String),
    Column("note", Text),
    Column("created_at", Instant, nullable=False),
    Column("decide_by", Instant),
    Column("take_on_by", Instant),
    Column("resolve_by", Instant),
    Column("cause_key", String, index=True),
    Column("group_id", String, index=True),
)

decision = Table(
    "decision",
    metadata,
    Column("work_item_id", String, ForeignKey("work_item.id"), primary_key=True),
    Column("kind", String, nullable=False),
    Column("first_id", String, nullable=False),
    Column("second_id", String),
    Column("reason", Text),
    Column("rules", Json, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("followed_at", Instant),
)

timer = Table(
    "timer",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    sa.Index("ix_timer_open", "done_at", "due_at"),
)

card = Table(
    "card",
    metadata,
    Column("subject", String, primary_key=True),
    Column("conversation_id", String, nullable=False),
    Column("activity_id", String, nullable=False),
)

notice = Table(
    "notice",
    metadata,
    Column("key", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("at", Instant, nullable=False),
)

keyed_event = Table(
    "keyed_event",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Json, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("on_behalf_of", String),
    Column("before", Json),
    Column("after", Json),
    Column("parameters", String),
    Column("inputs", String),
    Column("detail", Json, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)

note = Table(
    "note",
    metadata,
    Column("id", String, primary_key=True),
    Column("subject", String, nullable=False, index=True),
    Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
    Column("author_id", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("changed_at", Instant),
)

acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("session_id", String, ForeignKey("session.id"), primary_key=True),
    Column("person_id", String, primary_key=True),
    Column("at", Instant, nullable=False),
)

petition = Table(
    "petition",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("unit_id", String, nullable=False),
    Column("agent_id", String, nullable=False),
    Column("manager_id", String, nullable=False, index=True),
    Column("type_id", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("decided_by", String),
    Column("request_id", String, ForeignKey("request.id"), index=True),
    sa.Index(
        "ix_petition_open",
        "agent_id",
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
)

card_copy = Table(
    "card_copy",
    metadata,
    Column("subject", String, primary_key=True),
    Column("conversation_id", String, primary_key=True),
    Column("activity_id", String, primary_key=True),
    Column("reader_id", String, nullable=False),
    Column("at", Instant, nullable=False),
)

setup_version = tables_house.setup_version
setup_change = tables_house.setup_change
appointment = tables_house.appointment
appointment_change = tables_house.appointment_change
deputy = tables_house.deputy
