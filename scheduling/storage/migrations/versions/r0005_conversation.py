"""What the conversation of all roles keeps: one revision, to which each part adds its tables."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables."""
