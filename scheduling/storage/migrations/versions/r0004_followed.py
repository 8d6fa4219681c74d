"""When what a decision lets go on was seen to: what was decided before counts as seen to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the instant; nothing that was decided before is run again."""
    op.add_column("decision", Column("followed_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE decision SET followed_at = decided_at")
