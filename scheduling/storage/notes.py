"""Notes that people keep with a session or a request; who may read them is not decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """A note as stored; ``subject`` is the id of a session or of a request, ``request_id`` its request."""

    id: str
    subject: str
    request_id: str
    author_id: str
    text: str
    written_at: datetime
    changed_at: datetime | None = None


def _all() -> sa.Select[tuple[object, ...]]:
    return sa.select(*(t.note.c[name] for name in NoteRow.__dataclass_fields__))


async def of_subject(tx: AsyncConnection, subject: str) -> Sequence[NoteRow]:
    """Return the notes on a subject, oldest first."""
    query = _all().where(t.note.c.subject == subject).order_by(t.note.c.written_at, t.note.c.id)
    return [NoteRow(**row) for row in (await tx.execute(query)).mappings()]


async def get(tx: AsyncConnection, note_id: str) -> NoteRow | None:
    """Return a note, or None."""
    row = (await tx.execute(_all().where(t.note.c.id == note_id))).mappings().first()
    return NoteRow(**row) if row else None


async def insert(tx: AsyncConnection, row: NoteRow) -> None:
    """Keep a new note."""
    await tx.execute(
        t.note.insert().values(
            **{name: getattr(row, name) for name in NoteRow.__dataclass_fields__}
        )
    )


async def rewrite(tx: AsyncConnection, note_id: str, text: str, at: datetime) -> None:
    """Put ``text`` in the place of a note's."""
    await tx.execute(t.note.update().where(t.note.c.id == note_id).values(text=text, changed_at=at))


async def delete(tx: AsyncConnection, note_id: str) -> None:
    """Take a note away; already gone is success."""
    await tx.execute(t.note.delete().where(t.note.c.id == note_id))


async def authors(tx: AsyncConnection, subjects: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return for each subject that has notes who wrote each of them."""
    found = await tx.execute(
        sa.select(t.note.c.subject, t.note.c.author_id).where(t.note.c.subject.in_(subjects))
    )
    by_subject: dict[str, list[str]] = {}
    for row in found:
        by_subject.setdefault(row.subject, []).append(row.author_id)
    return by_subject
