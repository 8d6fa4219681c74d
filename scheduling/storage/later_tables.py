"""The tables of batches, of courses, and of what is done with bookings afterwards. See ``tables``."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table

from scheduling.storage.columns import Instant, Json, metadata

batch_commit = Table(
    "batch_commit",
    metadata,
    Column("id", String, primary_key=True),
    Column("unit_id", String, nullable=False),
    Column("requester_id", String, nullable=False),
    Column("requester_object_id", String, nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

batch_part = Table(
    "batch_part",
    metadata,
    Column("batch_id", String, ForeignKey("batch_commit.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sessions", Json, nullable=False),
    Column("request_id", String, ForeignKey("request.id"), unique=True),
    Column("left_out", Json, nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("unit_id", String, nullable=False),
    Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
    Column("session_id", String, nullable=False, index=True),
    Column("peer_request_id", String, ForeignKey("request.id"), index=True),
    Column("peer_session_id", String, index=True),
    Column("member_ids", Json, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("ask", Json, nullable=False),
    Column("proposal", Json),
    Column("chosen", Json, nullable=False),
    Column("was", Json, nullable=False),
    Column("undoes", String),
    Column("stop", Boolean, nullable=False),
    Column("trouble", String),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("undo_until", Instant),
)

self_care = Table(
    "self_care",
    metadata,
    Column("id", String, primary_key=True),
    Column("run_id", String, nullable=False, index=True),
    Column("unit_id", String, nullable=False, index=True),
    Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
    Column("session_id", String, nullable=False, index=True),
    Column("cause", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("change_id", String),
    Column("work_item_id", String),
    Column("was", Json, nullable=False),
    Column("at", Instant, nullable=False),
)

course = Table(
    "course",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("unit_id", String, nullable=False, index=True),
    Column("active", Boolean, nullable=False),
    Column("record", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

completion = Table(
    "completion",
    metadata,
    Column("id", String, primary_key=True),
    Column("course_id", String, ForeignKey("course.id"), nullable=False, index=True),
    Column("person_id", String, nullable=False, index=True),
    Column("on", Date, nullable=False),
    Column("group", String, index=True),
)

small_group = Table(
    "small_group",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("run_id", String, ForeignKey("run.id"), nullable=False, index=True),
    Column("course_id", String, nullable=False, index=True),
    Column("unit_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("people", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("decided_by", String),
    Column("decided_at", Instant),
)
