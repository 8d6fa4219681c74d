"""What the conversation of all roles keeps: one revision, to which each part adds its tables."""

from alembic import op
from sqlalchemy import Column, String

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables."""
    op.add_column("session", Column("gathering_id", String, index=True))
