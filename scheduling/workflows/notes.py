"""Notes with a session or a request; see ``notes_port`` for who may read and write them.

A note's words are in its table and on its reader's card, and nowhere else.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor, Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import Interval
from scheduling.storage import agenda, audit, notes, people, requests
from scheduling.storage.notes import NoteRow
from scheduling.workflows import rights
from scheduling.workflows.notes_port import LONGEST, MOST, NotedSubject, NoteView
from scheduling.workflows.services import Services

AROUND = timedelta(days=30)
"""How far from now a session may be to be meant by a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What is noted on, for a person who may write there."""

    id: str
    is_session: bool
    request_id: str
    type_id: str
    facilitator_id: str
    attendee_ids: tuple[str, ...]


class Notes:
    """The notes desk over the store."""

    def __init__(self, services: Services) -> None:
        """Keep notes in these services' store."""
        self._services = services

    async def notes(self, actor: Actor, subject: str) -> NotedSubject:
        """Return what the actor may read."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            return await self._noted(tx, me, await _subject(tx, me, subject))

    async def write(
        self, actor: Actor, subject: str, text: str, note_id: str | None = None
    ) -> NotedSubject:
        """Add or change a note."""
        said = text.strip()[:LONGEST]
        if not said:
            raise Refused(Refusal.EMPTY_NOTE)
        async with self._services.store.write() as tx:
            me = await rights.person_of(tx, actor)
            about = await _subject(tx, me, subject)
            await requests.locked(tx, about.request_id)
            if note_id is not None:
                await self._own(tx, me, about, note_id)
                await notes.rewrite(tx, note_id, said, self._services.clock.now())
            else:
                await self._add(tx, me, about, said)
            shown = await self._noted(tx, me, about)
            await self._record(tx, me, about, "note.changed" if note_id else "note.added")
        return shown

    async def _add(self, tx: AsyncConnection, me: Person, about: _Subject, said: str) -> None:
        if len(await notes.of_subject(tx, about.id)) >= MOST:
            raise Refused(Refusal.TOO_MANY, {"limit": MOST})
        row = NoteRow(
            id=self._services.ids.new(),
            subject=about.id,
            request_id=about.request_id,
            author_id=me.id,
            text=said,
            written_at=self._services.clock.now(),
        )
        await notes.insert(tx, row)

    async def delete(self, actor: Actor, subject: str, note_id: str) -> NotedSubject:
        """Take a note away."""
        async with self._services.store.write() as tx:
            me = await rights.person_of(tx, actor)
            about = await _subject(tx, me, subject)
            if await notes.get(tx, note_id) is not None:
                await self._own(tx, me, about, note_id)
                await notes.delete(tx, note_id)
            shown = await self._noted(tx, me, about)
            await self._record(tx, me, about, "note.deleted")
        return shown

    async def latest(self, actor: Actor, person_ids: tuple[str, ...]) -> str:
        """Return the nearest session: of those ahead the first, else the last that was."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            near = await agenda.of_person(tx, me.id, Interval(now - AROUND, now + AROUND))
            attending = await agenda.attendees(tx, [one.session for one in near])
        wanted = set(person_ids)
        fitting = [
            one.session
            for one in near
            if me.id in (one.session.facilitator_id, *one.requester_ids)
            and (not wanted or wanted & set(attending.get(one.session.id, ())))
        ]
        if not fitting:
            raise Refused(Refusal.NOTHING_TO_NOTE)
        ahead = [session for session in fitting if session.interval.end > now]
        return ahead[0].id if ahead else fitting[-1].id

    async def _own(self, tx: AsyncConnection, me: Person, about: _Subject, note_id: str) -> None:
        """Refuse a note that the person did not write, or that is on something else."""
        row = await notes.get(tx, note_id)
        if row is None or row.author_id != me.id or row.subject != about.id:
            raise Refused(Refusal.UNKNOWN_DRAFT)

    async def _noted(self, tx: AsyncConnection, me: Person, about: _Subject) -> NotedSubject:
        rows = [
            row
            for row in await notes.of_subject(tx, about.id)
            if me.id in (row.author_id, about.facilitator_id)
        ]
        names = await people.names(tx, {*about.attendee_ids, *(row.author_id for row in rows)})
        return NotedSubject(
            id=about.id,
            is_session=about.is_session,
            type_name=self._services.catalogue.types[about.type_id].shown_name,
            attendees=tuple(names[i] for i in about.attendee_ids if i in names),
            notes=tuple(
                NoteView(
                    id=row.id,
                    author_name=names.get(row.author_id, ""),
                    mine=row.author_id == me.id,
                    text=row.text,
                    written_at=row.written_at,
                    changed=row.changed_at is not None,
                )
                for row in rows
            ),
        )

    async def _record(self, tx: AsyncConnection, me: Person, about: _Subject, action: str) -> None:
        await audit.record(
            tx,
            at=self._services.clock.now(),
            actor=me.id,
            action=action,
            subject=about.id,
            detail={"request": about.request_id},
        )


async def _subject(tx: AsyncConnection, me: Person, subject: str) -> _Subject:
    """Return the session or request of that id; UNKNOWN_DRAFT where the person may not note there."""
    planned = await agenda.of_session(tx, subject)
    if planned is not None:
        session = planned.session
        attending = await agenda.attendees(tx, [session])
        found = _Subject(
            id=session.id,
            is_session=True,
            request_id=session.request_id,
            type_id=planned.type_id,
            facilitator_id=session.facilitator_id,
            attendee_ids=tuple(attending.get(session.id, ())),
        )
        if me.id in (session.facilitator_id, *planned.requester_ids):
            return found
        raise Refused(Refusal.UNKNOWN_DRAFT)
    row = await requests.get(tx, subject)
    if row is None or me.id not in (row.ask.facilitator_id, row.requester_id):
        raise Refused(Refusal.UNKNOWN_DRAFT)
    return _Subject(
        id=row.id,
        is_session=False,
        request_id=row.id,
        type_id=row.ask.type_id,
        facilitator_id=row.ask.facilitator_id,
        attendee_ids=row.ask.attendee_ids,
    )
