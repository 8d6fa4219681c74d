"""Where our cards are in Teams, which notices were sent, and a mail calendar's events."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """The activity that shows a subject."""

    subject: str
    conversation_id: str
    activity_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCopy:
    """A further activity that shows a subject, as ``reader_id`` may see it."""

    place: CardPlace
    reader_id: str
    at: datetime


MOST_COPIES = 3


def of_item(work_item_id: str) -> str:
    """Return the subject under which a work item's thread is shown."""
    return f"work_item:{work_item_id}"


def of_run(run_id: str) -> str:
    """Return the subject of a run's card."""
    return f"run:{run_id}"


def of_group(group_id: str) -> str:
    """Return the subject under which the work items of one cause are shown together."""
    return f"item_group:{group_id}"


def of_rush(rush_id: str) -> str:
    """Return the subject under which it is shown what could give way to a rush."""
    return f"rush:{rush_id}"


async def place_of(tx: AsyncConnection, subject: str) -> CardPlace | None:
    """Return where ``subject`` is shown, or None."""
    found = await tx.execute(sa.select(t.card).where(t.card.c.subject == subject))
    row = found.mappings().first()
    return CardPlace(**row) if row else None


async def of_change(tx: AsyncConnection, change_id: str) -> Sequence[CardPlace]:
    """Return where a change of a session is shown; each subject ends with its reader's id."""
    named = t.card.c.subject.contains(f":{change_id}:", autoescape=True)
    found = await tx.execute(sa.select(t.card).where(named).order_by(t.card.c.subject))
    return [CardPlace(**row) for row in found.mappings()]


async def shown_on(tx: AsyncConnection, conversation_id: str, activity_id: str) -> Sequence[str]:
    """Return the subjects that an activity shows."""
    subjects = [
        sa.select(table.c.subject).where(
            table.c.conversation_id == conversation_id, table.c.activity_id == activity_id
        )
        for table in (t.card, t.card_copy)
    ]
    return list(await tx.scalars(sa.union(*subjects)))


async def put(tx: AsyncConnection, place: CardPlace) -> None:
    """Remember where a subject is shown, over what was known.

    A card shows one thing: what else of the conversation was shown there is so no more.
    """
    here = (t.card.c.conversation_id, t.card.c.activity_id)
    shown = (place.conversation_id, place.activity_id)
    others = [column == value for column, value in zip(here, shown, strict=True)]
    await tx.execute(
        t.card.delete().where(
            *others, t.card.c.subject != place.subject, t.card.c.subject.startswith("draft:")
        )
    )
    await tx.execute(
        t.card_copy.delete().where(
            t.card_copy.c.conversation_id == place.conversation_id,
            t.card_copy.c.activity_id == place.activity_id,
        )
    )
    where = {"conversation_id": place.conversation_id, "activity_id": place.activity_id}
    if not await inserted(tx, t.card.insert().values(subject=place.subject, **where)):
        await tx.execute(t.card.update().where(t.card.c.subject == place.subject).values(**where))


async def copies(tx: AsyncConnection, subject: str) -> Sequence[CardCopy]:
    """Return the further places where ``subject`` is shown, the newest first."""
    found = await tx.execute(
        sa.select(t.card_copy)
        .where(t.card_copy.c.subject == subject)
        .order_by(t.card_copy.c.at.desc(), t.card_copy.c.activity_id.desc())
    )
    return [
        CardCopy(
            place=CardPlace(
                subject=row.subject,
                conversation_id=row.conversation_id,
                activity_id=row.activity_id,
            ),
            reader_id=row.reader_id,
            at=row.at,
        )
        for row in found
    ]


async def add_copy(tx: AsyncConnection, copy: CardCopy) -> None:
    """Remember one more place; only the newest ``MOST_COPIES`` are kept up to date."""
    await tx.execute(
        t.card_copy.insert().values(**asdict(copy.place), reader_id=copy.reader_id, at=copy.at)
    )
    for old in (await copies(tx, copy.place.subject))[MOST_COPIES:]:
        where = [t.card_copy.c[name] == value for name, value in asdict(old.place).items()]
        await tx.execute(t.card_copy.delete().where(*where))


async def notice_state(tx: AsyncConnection, key: str) -> str | None:
    """Return what became of a notice, or None where it was never tried."""
    state: str | None = await tx.scalar(sa.select(t.notice.c.state).where(t.notice.c.key == key))
    return state


async def claim_notice(tx: AsyncConnection, key: str, at: datetime) -> bool:
    """Write the intent to send ``key``; False where it was written before."""
    return await inserted(tx, t.notice.insert().values(key=key, state="intent", at=at))


async def forget_notice(tx: AsyncConnection, key: str) -> None:
    """Take back an intent of which it is known that nothing was sent."""
    await tx.execute(t.notice.delete().where(t.notice.c.key == key))


async def settle_notice(tx: AsyncConnection, key: str, state: str) -> None:
    """Record what became of a notice: sent, unknown or unreachable."""
    await tx.execute(t.notice.update().where(t.notice.c.key == key).values(state=state))


async def event_value(tx: AsyncConnection, key: str) -> dict[str, object] | None:
    """Return what a calendar without memory saved under ``key``."""
    value = await tx.scalar(sa.select(t.keyed_event.c.value).where(t.keyed_event.c.key == key))
    return None if value is None else dict(value)


async def event_values(tx: AsyncConnection) -> list[dict[str, object]]:
    """Return every value kept for a calendar without memory."""
    found = await tx.execute(sa.select(t.keyed_event.c.value))
    return [dict(value) for value in found.scalars()]


async def keep_event_value(
    tx: AsyncConnection,
    key: str,
    value: Mapping[str, object],
    was: Mapping[str, object] | None,
) -> bool:
    """Keep a value for a calendar without memory; False where something else than ``was`` is there."""
    table = t.keyed_event
    if was is None:
        return await inserted(tx, table.insert().values(key=key, value=dict(value)))
    here = sa.select(table.c.value).where(table.c.key == key).with_for_update()
    if await tx.scalar(here) != was:
        return False
    await tx.execute(table.update().where(table.c.key == key).values(value=dict(value)))
    return True
