"""What the conversation of all roles keeps: one revision, to which each part adds its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Text
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Add the tables."""
    op.add_column("session", Column("gathering_id", String, index=True))
    _reading()
    _telling()
    _setup()
    _changes()
    _scheduling()


def _reading() -> None:
    """Add notes, what attendees know of, agents' own wishes, and cards shown in a second place."""
    op.add_column("request", Column("on_behalf_of", String))
    op.add_column("request", Column("granted", JSON))
    op.create_table(
        "note",
        Column("id", String, primary_key=True),
        Column("subject", String, nullable=False, index=True),
        Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
        Column("author_id", String, nullable=False),
        Column("text", Text, nullable=False),
        Column("written_at", INSTANT, nullable=False),
        Column("changed_at", INSTANT),
    )
    op.create_table(
        "acknowledgement",
        Column("session_id", String, ForeignKey("session.id"), primary_key=True),
        Column("person_id", String, primary_key=True),
        Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "petition",
        Column("id", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("state", String, nullable=False),
        Column("unit_id", String, nullable=False),
        Column("agent_id", String, nullable=False),
        Column("manager_id", String, nullable=False, index=True),
        Column("type_id", String, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("decided_by", String),
        Column("request_id", String, ForeignKey("request.id"), index=True),
    )
    _unique_where("ix_petition_open", "petition", ["agent_id"], "state = 'open'")
    op.create_table(
        "card_copy",
        Column("subject", String, primary_key=True),
        Column("conversation_id", String, primary_key=True),
        Column("activity_id", String, primary_key=True),
        Column("reader_id", String, nullable=False),
        Column("at", INSTANT, nullable=False),
    )


def _telling() -> None:
    """Add what people are to be told, and when."""
    op.create_table(
        "outbox",
        Column("key", String, primary_key=True),
        Column("person_id", String, index=True),
        Column("concern", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("subject", String, nullable=False, index=True),
        Column("about", JSON, nullable=False),
        Column("means", String, nullable=False),
        Column("state", String, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("due_at", INSTANT, nullable=False),
        Column("until", INSTANT),
        Column("ended_at", INSTANT),
        sa.Index("ix_outbox_open", "state", "due_at"),
    )
    op.create_table(
        "reach",
        Column("person_id", String, primary_key=True),
        Column("account", String, nullable=False),
        Column("app", String, nullable=False),
        Column("fault", String),
        Column("checked_at", INSTANT, nullable=False),
    )
    op.create_table(
        "audience",
        Column("conversation_id", String, primary_key=True),
        Column("digest", String, nullable=False),
        Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "obstacle",
        Column("cause", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("affected", Integer, nullable=False),
        Column("opened_at", INSTANT, nullable=False),
        Column("closed_at", INSTANT),
    )


def _setup() -> None:
    """Add the versions of the house's set-up, and who was given which role by whom."""
    op.add_column("request", Column("setup", Integer))
    op.create_table(
        "setup_version",
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("at", INSTANT, nullable=False),
        Column("by", String, nullable=False),
        Column("seconded_by", String),
        Column("restores", Integer),
        Column("content", sa.JSON(), nullable=False),
    )
    op.create_table(
        "setup_change",
        Column("id", String, primary_key=True),
        Column("owner_id", String, nullable=False),
        Column("area", String, nullable=False),
        Column("base", Integer, nullable=False),
        Column("edits", sa.JSON(), nullable=False),
        Column("restores", Integer),
        Column("state", String, nullable=False),
        Column("rehearsal", sa.JSON()),
        Column("expires_at", INSTANT, nullable=False),
    )
    op.create_table(
        "appointment",
        Column("person_id", String, ForeignKey("person.id"), primary_key=True),
        Column("roles", JSON, nullable=False),
        Column("leads", JSON, nullable=False),
        Column("by", String, nullable=False),
        Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "appointment_change",
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("person_id", String, ForeignKey("person.id"), primary_key=True),
        Column("before", JSON, nullable=False),
        Column("after", JSON, nullable=False),
        Column("by", String, nullable=False),
        Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "deputy",
        Column("person_id", String, ForeignKey("person.id"), primary_key=True),
        Column("deputy_id", String, ForeignKey("person.id"), nullable=False, index=True),
        Column("first", sa.Date, nullable=False),
        Column("last", sa.Date, nullable=False),
        Column("by", String, nullable=False),
        Column("at", INSTANT, nullable=False),
    )


def _changes() -> None:
    """Let booked sessions be changed: what each change is about, and what it does to a session."""
    moves = Column("moves", Integer, nullable=False, server_default="0")
    op.add_column("session", moves)
    op.add_column("session", Column("moved_from", INSTANT))
    op.add_column("session", Column("change_id", String))
    op.add_column("session", Column("wfm_key", String))
    op.add_column("session", Column("stands_for", String, index=True))
    op.create_table(
        "change",
        Column("id", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("kind", String, nullable=False),
        Column("state", String, nullable=False),
        Column("unit_id", String, nullable=False),
        Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
        Column("session_id", String, nullable=False, index=True),
        Column("peer_request_id", String, ForeignKey("request.id"), index=True),
        Column("peer_session_id", String, index=True),
        Column("member_ids", JSON, nullable=False),
        Column("asked_by", String, nullable=False),
        Column("ask", JSON, nullable=False),
        Column("proposal", JSON),
        Column("chosen", JSON, nullable=False),
        Column("was", JSON, nullable=False),
        Column("undoes", String),
        Column("stop", Boolean, nullable=False),
        Column("trouble", String),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT),
        Column("undo_until", INSTANT),
    )
    op.create_table(
        "self_care",
        Column("id", String, primary_key=True),
        Column("run_id", String, nullable=False, index=True),
        Column("unit_id", String, nullable=False, index=True),
        Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
        Column("session_id", String, nullable=False, index=True),
        Column("cause", String, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("change_id", String),
        Column("work_item_id", String),
        Column("was", JSON, nullable=False),
        Column("at", INSTANT, nullable=False),
    )


def _scheduling() -> None:
    """Add service clocks, grouped causes, rushes, and offers when it is quiet."""
    for name in ("take_on_by", "resolve_by"):
        op.add_column("work_item", Column(name, INSTANT))
    for name in ("cause_key", "group_id"):
        op.add_column("work_item", Column(name, String, index=True))
    op.create_table(
        "nudge",
        Column("work_item_id", String, ForeignKey("work_item.id"), primary_key=True),
        Column("kind", String, primary_key=True),
        Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "item_group",
        Column("id", String, primary_key=True),
        Column("unit_id", String, nullable=False),
        Column("cause", String, nullable=False),
        Column("opened_at", INSTANT, nullable=False),
        Column("closed_at", INSTANT),
    )
    _unique_where("ix_item_group_open", "item_group", ["unit_id", "cause"], "closed_at IS NULL")
    op.create_table(
        "rush",
        Column("id", String, primary_key=True),
        Column("unit_id", String, nullable=False),
        Column("facts", JSON, nullable=False),
        Column("opened_at", INSTANT, nullable=False),
        Column("decided_by", String),
        Column("released", Integer),
        Column("closed_at", INSTANT),
    )
    _unique_where("ix_rush_open", "rush", ["unit_id"], "closed_at IS NULL")
    op.create_table(
        "earlier",
        Column("person_id", String, primary_key=True),
        Column("since", INSTANT, nullable=False),
    )
    op.create_table(
        "early_offer",
        Column("id", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("state", String, nullable=False),
        Column("unit_id", String, nullable=False),
        Column("person_id", String, nullable=False, index=True),
        Column("session_id", String, nullable=False, index=True),
        Column("request_id", String, ForeignKey("request.id"), nullable=False, index=True),
        Column("option", JSON, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("expires_at", INSTANT, nullable=False),
    )
    _unique_where("ix_early_offer_open", "early_offer", ["person_id"], "state = 'open'")


def _unique_where(name: str, table: str, columns: list[str], where: str) -> None:
    """Make rows unique by ``columns`` among those for which ``where`` holds."""
    which = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=which, postgresql_where=which)
