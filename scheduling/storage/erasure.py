"""Erasure: nobody's name or address is left outside the WFM and the calendar; history keeps ids."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import ERASED, Person
from scheduling.domain.requests import FINAL_STATES
from scheduling.storage import audit
from scheduling.storage import tables as t
from scheduling.storage.bookings import ACTIVE_SESSIONS
from scheduling.storage.codec import dump, load
from scheduling.storage.people import unknown


class NotErasable(Exception):
    """The person is still here or still booked; the message says how often and what to do."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words to take out: a name and an address, wherever they stand as a whole."""

    person_id: str
    forms: tuple[str, ...]

    def replaced(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return JSON with the words gone; an id that reads like the name stays an id."""
        if isinstance(value, str):
            return value if value == self.person_id else self._out_of(value)
        if isinstance(value, list):
            return [self.replaced(each) for each in value]
        if isinstance(value, Mapping):
            return {key: self.replaced(each) for key, each in value.items()}
        return value

    def _out_of(self, text: str) -> str:
        for form in self.forms:
            text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", ERASED, text, flags=re.IGNORECASE)
        return text

    def may_be_in(self, column: sa.Column[Any]) -> sa.ColumnElement[bool]:
        """Return the condition on rows to look into, also where JSON is kept in ASCII."""
        stored = {form for each in self.forms for form in (each, json.dumps(each)[1:-1])}
        text = sa.cast(column, sa.Text)
        return sa.or_(*(text.icontains(form, autoescape=True) for form in sorted(stored)))


async def erase(tx: AsyncConnection, person_id: str, *, at: datetime, by: str) -> Mapping[str, int]:
    """Erase a person, audited; return how many rows of each table were changed or deleted.

    Repeatable. Raises NotKnown, or NotErasable while the person is in the WFM or in people.csv (the
    next refresh would bring the name back), has sessions ahead, or a request is under way.
    """
    row = (await tx.execute(sa.select(t.person).where(t.person.c.id == person_id))).first()
    if row is None:
        raise unknown(person_id)
    person = load(Person, row.record)
    await _require_gone(tx, person_id, active=row.active, at=at)
    changed = {
        "conversation": await _forget_chats(tx, person_id),
        "note": await _forget_notes(tx, person_id),
        "completion": await _forget_completions(tx, person_id),
        "attendance": await _forget_scores(tx, person_id),
    }
    words = _Words(person_id, tuple(w for w in (person.name, person.address) if w and w != ERASED))
    for table in t.metadata.sorted_tables:
        if words.forms and table not in (t.person, t.audit):
            changed[table.name] = changed.get(table.name, 0) + await _rewrite(tx, table, words)
    changed["deputy"] = await _forget_deputies(tx, person_id)
    changed["appointment_change"] = await _forget_appointments(tx, person_id)
    for table in (t.appointment, t.earlier):
        await tx.execute(table.delete().where(table.c.person_id == person_id))
    empty = Person(id=person_id, name=ERASED, zone=person.zone, roles=frozenset())
    await tx.execute(
        t.person.update()
        .where(t.person.c.id == person_id)
        .values(record=dump(Person, empty), address=None, unit_id=None)
    )
    found = {table: number for table, number in changed.items() if number}
    await audit.record(
        tx, at=at, actor=by, action="person.erased", subject=person_id, detail={"rows": found}
    )
    return found


async def _require_gone(tx: AsyncConnection, person_id: str, *, active: bool, at: datetime) -> None:
    sessions = await tx.scalar(
        sa.select(sa.func.count())
        .select_from(t.session)
        .where(
            sa.or_(t.session.c.attendee_id == person_id, t.session.c.facilitator_id == person_id),
            t.session.c.state.in_(ACTIVE_SESSIONS),
            t.session.c.end > at,
        )
    )
    if sessions:
        raise NotErasable(
            f"{person_id} has {sessions} session(s) ahead: cancel them from the card of their"
            " request, so that everyone is told, and run this again"
        )
    if under_way := await _under_way(tx, person_id):
        raise NotErasable(
            f"{person_id} is in {len(under_way)} request(s) that are not over"
            f" ({', '.join(under_way[:3])}): cancel or decide them, and run this again"
        )
    if active:
        raise NotErasable(
            f"{person_id} is still in the WFM or in people.csv, and the next refresh would bring"
            " the name back: take them out there, wait until 'aside people list' no longer shows"
            " them, and run this again"
        )


async def _under_way(tx: AsyncConnection, person_id: str) -> list[str]:
    """Return the requests that are not over and that the person is in."""
    found = await tx.execute(
        sa.select(t.request.c.id, t.request.c.requester_id, t.request.c.ask)
        .where(t.request.c.state.not_in([state.value for state in FINAL_STATES]))
        .order_by(t.request.c.id)
    )
    return [
        row.id
        for row in found
        if person_id in (row.requester_id, row.ask["facilitator_id"], *row.ask["attendee_ids"])
    ]


async def _forget_chats(tx: AsyncConnection, person_id: str) -> int:
    """Delete the person's chats and their binding to an account."""
    accounts = sa.select(t.binding.c.object_id).where(t.binding.c.person_id == person_id)
    gone = await tx.execute(t.conversation.delete().where(t.conversation.c.object_id.in_(accounts)))
    await tx.execute(t.binding.delete().where(t.binding.c.person_id == person_id))
    return gone.rowcount


async def _forget_notes(tx: AsyncConnection, person_id: str) -> int:
    """Delete what the person wrote, and what others wrote about sessions with them."""
    attended = sa.select(t.session.c.id).where(t.session.c.attendee_id == person_id)
    of_theirs = sa.select(t.session.c.request_id).where(t.session.c.attendee_id == person_id)
    gone = await tx.execute(
        t.note.delete().where(
            sa.or_(
                t.note.c.author_id == person_id,
                t.note.c.subject.in_(attended),
                t.note.c.subject.in_(of_theirs),
            )
        )
    )
    return gone.rowcount


async def _forget_completions(tx: AsyncConnection, person_id: str) -> int:
    """Delete which courses the person completed."""
    mine = t.completion.c.person_id == person_id
    return (await tx.execute(t.completion.delete().where(mine))).rowcount


async def _forget_scores(tx: AsyncConnection, person_id: str) -> int:
    """Delete the scores of the person; that they attended stays, as history keeps ids."""
    table = t.attendance
    mine = sa.and_(table.c.person_id == person_id, table.c.score.is_not(None))
    return (await tx.execute(table.update().where(mine).values(score=None))).rowcount


async def _forget_deputies(tx: AsyncConnection, person_id: str) -> int:
    """Delete whom the person let act for them, and for whom they might act."""
    table = t.deputy
    mine = sa.or_(table.c.person_id == person_id, table.c.deputy_id == person_id)
    return (await tx.execute(table.delete().where(mine))).rowcount


async def _forget_appointments(tx: AsyncConnection, person_id: str) -> int:
    """Delete what the person was given over time, and when they were somebody's deputy."""
    table = t.appointment_change
    sides = [side["deputy"]["deputy_id"].as_string() for side in (table.c.before, table.c.after)]
    mine = sa.or_(table.c.person_id == person_id, *(side == person_id for side in sides))
    return (await tx.execute(table.delete().where(mine))).rowcount


async def _rewrite(tx: AsyncConnection, table: sa.Table, words: _Words) -> int:
    """Take the words out of a table's JSON and free text; other columns hold ids and states."""
    columns = [c for c in table.c if isinstance(c.type, (sa.JSON, sa.Text))]
    if not columns:
        return 0
    keys = tuple(table.primary_key)
    query = sa.select(*keys, *columns).where(sa.or_(*(words.may_be_in(c) for c in columns)))
    changed = 0
    for row in (await tx.execute(query)).mappings().all():
        values = _changes(row, columns, words)
        if values:
            mine = [key == row[key] for key in keys]
            await tx.execute(table.update().where(*mine).values(values))
            changed += 1
    return changed


def _changes(
    row: sa.RowMapping, columns: Collection[sa.Column[Any]], words: _Words
) -> dict[str, Any]:
    clean = {column.name: words.replaced(row[column]) for column in columns}
    return {
        column.name: clean[column.name] for column in columns if clean[column.name] != row[column]
    }
