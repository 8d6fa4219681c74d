"""What the core may know of the edge's conversations: whether the schedulers can be reached."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t

CHANNEL = "channel"


async def knows_channel(tx: AsyncConnection, name_or_id: str) -> bool:
    """Whether the bot has been seen in a channel of that name or id, and may write there."""
    found = await tx.execute(
        sa.select(t.conversation.c.record).where(t.conversation.c.kind == CHANNEL)
    )
    return any(
        name_or_id
        in (record.get("channel_id"), record.get("channel_name"), *record.get("former_names", ()))
        and not record.get("blocked")
        for record in found.scalars()
    )
