"""Inserts that may meet a row of the same key, written by somebody else a moment ago."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection


async def inserted(tx: AsyncConnection, row: sa.Insert) -> bool:
    """Insert; False, with nothing changed, where a row of that key is there already."""
    try:
        async with tx.begin_nested():
            await tx.execute(row)
    except IntegrityError:
        return False
    return True
