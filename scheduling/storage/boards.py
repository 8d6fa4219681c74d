"""What is shown to all schedulers of a unit, and who read it when it was drawn."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import cards
from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted
from scheduling.storage.work_items import UNDECIDED

SHARED = (cards.of_item(""), cards.of_group(""), cards.of_rush(""))
"""How the subjects of cards begin that several people read."""

PERSONAL = "personal"


async def undecided(tx: AsyncConnection) -> Sequence[str]:
    """Return the subjects that schedulers should see now: to be decided, or still going on."""
    item, group, rush = t.work_item.c, t.item_group.c, t.rush.c
    of_item, of_group, of_rush = (sa.literal(one) for one in SHARED)
    own = sa.exists().where(t.card.c.subject == of_item + item.id)
    found = await tx.scalars(
        sa.union_all(
            sa.select(of_item + item.id).where(
                item.state.in_(UNDECIDED), sa.or_(item.group_id.is_(None), own)
            ),
            sa.select(of_group + group.id).where(group.closed_at.is_(None)),
            sa.select(of_rush + rush.id).where(rush.closed_at.is_(None)),
        )
    )
    return list(found)


async def conversations(tx: AsyncConnection) -> Sequence[str]:
    """Return the conversations of several people that hold such cards, by id."""
    chat = t.conversation.c
    found = await tx.scalars(
        sa.select(chat.id)
        .where(chat.kind != PERSONAL)
        .where(sa.exists().where(t.card.c.conversation_id == chat.id, _shared()))
        .order_by(chat.id)
    )
    return list(found)


async def shown_in(tx: AsyncConnection, conversation_id: str) -> Sequence[str]:
    """Return the subjects of such cards in a conversation, the newest first."""
    found = await tx.scalars(
        sa.select(t.card.c.subject)
        .where(t.card.c.conversation_id == conversation_id, _shared())
        .order_by(t.card.c.activity_id.desc())
    )
    return list(found)


def _shared() -> sa.ColumnElement[bool]:
    return sa.or_(*(t.card.c.subject.startswith(one) for one in SHARED))


async def audience(tx: AsyncConnection, conversation_id: str) -> str | None:
    """Return the digest of who read when all was drawn last, or None."""
    here = t.audience.c.conversation_id == conversation_id
    digest: str | None = await tx.scalar(sa.select(t.audience.c.digest).where(here))
    return digest


async def keep_audience(
    tx: AsyncConnection, conversation_id: str, digest: str, at: datetime
) -> None:
    """Note for whom all cards of a conversation are drawn now."""
    values = {"digest": digest, "at": at}
    row = t.audience.insert().values(conversation_id=conversation_id, **values)
    if not await inserted(tx, row):
        here = t.audience.c.conversation_id == conversation_id
        await tx.execute(t.audience.update().where(here).values(values))
