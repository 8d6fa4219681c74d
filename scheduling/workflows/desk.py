"""The front desk: authorises, proposes, takes tickets. See ``desk_port`` for the promises."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.proposals import AskedBefore, Proposal
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import Draft, DraftState, RequestState, RequestView
from scheduling.ports.calendar import CalendarError
from scheduling.storage import agenda, audit, bookings, drafts, people, requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import UNDER_WAY, NewRequest, RequestRow
from scheduling.workflows import notices, petitions, rights, trail, views, writes
from scheduling.workflows.asked_before import asked_before
from scheduling.workflows.casework import Casework
from scheduling.workflows.choosing import Chosen, chosen_of
from scheduling.workflows.desk_port import NO_DECISIONS, Roster
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.gatherings import resources
from scheduling.workflows.proposing import Searched, searched
from scheduling.workflows.rosters import roster_of
from scheduling.workflows.runtime import Runtime

_GOES_ON = UNDER_WAY - {RequestState.ESCALATED}
"""States of a request that nobody has to decide on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, for whom as a deputy (None: for themselves), and in which unit."""

    person: Person
    principal: Person | None
    represented: Sequence[Person]
    unit_id: str


class FrontDesk(Casework):
    """The desk over the store, the ports and the engine."""

    def __init__(self, runtime: Runtime, reader: FactsReader) -> None:
        """Answer with this process's runtime."""
        super().__init__(runtime)
        self._reader = reader

    async def roster(self, actor: Actor) -> Roster:
        """Return what the actor may ask about."""
        return await roster_of(self._services, self._reader, actor)

    async def open_draft(
        self, actor: Actor, conversation_id: str, payload: Mapping[str, object]
    ) -> Draft:
        """Make a draft of version 1."""
        now = self._services.clock.now()
        draft = Draft(
            id=self._services.ids.new(),
            version=1,
            owner_id=actor.object_id,
            conversation_id=conversation_id,
            state=DraftState.ASKING,
            expires_at=now + self._services.policy.draft_life,
            payload=payload,
        )
        async with self._services.store.write() as tx:
            await drafts.insert(tx, draft)
        return draft

    async def draft(self, actor: Actor, conversation_id: str, draft_id: str) -> Draft:
        """Return the actor's draft in this conversation."""
        async with self._services.store.read() as tx:
            return await self._own_draft(tx, actor, conversation_id, draft_id)

    async def latest_draft(self, actor: Actor, conversation_id: str) -> Draft | None:
        """Return the actor's youngest draft in this conversation that may still change."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            return await drafts.latest_open(tx, actor.object_id, conversation_id, now)

    async def _own_draft(
        self, tx: AsyncConnection, actor: Actor, conversation_id: str, draft_id: str
    ) -> Draft:
        draft = await drafts.get(tx, draft_id)
        if (
            draft is None
            or draft.owner_id != actor.object_id
            or draft.conversation_id != conversation_id
        ):
            raise Refused(Refusal.UNKNOWN_DRAFT)
        over = draft.expires_at <= self._services.clock.now()
        if over and draft.state is not DraftState.SUBMITTED:
            raise Refused(Refusal.EXPIRED)
        return draft

    async def save_draft(
        self, actor: Actor, draft: Draft, state: DraftState, payload: Mapping[str, object]
    ) -> Draft:
        """Write the next version."""
        async with self._services.store.write() as tx:
            await self._own_draft(tx, actor, draft.conversation_id, draft.id)
            if not await drafts.advance(tx, draft, state=state, payload=payload):
                raise Refused(Refusal.STALE)
            if state is DraftState.DISCARDED:
                await drafts.release(tx, draft.id)
            fresh = await drafts.get(tx, draft.id)
        if fresh is None:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return fresh

    async def _allowed(self, actor: Actor, ask: Ask) -> Asker:
        """Return who asks, if they may ask for all of this now; else refuse."""
        kind = self._services.catalogue.types.get(ask.type_id)
        if kind is None or not kind.offered:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        if len(ask.attendee_ids) > self._services.policy.most_attendees:
            raise Refused(Refusal.TOO_MANY, {"limit": self._services.policy.most_attendees})
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            represented = await rights.acts_for(tx, me, self._services.clock.now())
            if not rights.may_ask_for_others(me, represented):
                rights.require_asker(me)
            unit_id = str(rights.unit_of(me, represented))
            everyone = await people.of_unit(tx, unit_id)
        principal = rights.principal_of(
            me,
            represented,
            [p for p in everyone if p.in_wfm],
            wanted=ask.attendee_ids,
            facilitator_id=ask.facilitator_id,
        )
        leaders = {p.id for p in everyone if p.has(Role.MANAGER, Role.TRAINER)}
        if ask.facilitator_id not in leaders | {me.id}:
            raise Refused(Refusal.OUTSIDE_HIERARCHY, {"names": [ask.facilitator_id]})
        if ask.dates.last < self._services.clock.now().astimezone(ZoneInfo(me.zone)).date():
            raise Refused(Refusal.PAST, {"last": ask.dates.last.isoformat()})
        if ask.together is not kind.group:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return Asker(person=me, principal=principal, represented=represented, unit_id=unit_id)

    async def propose(self, actor: Actor, draft: Draft, ask: Ask) -> Proposal:
        """Search at once, remember the proposal, and hold its options softly.

        A version of a draft has one proposal: what its card shows is what Book books.
        """
        asker = await self._allowed(actor, ask)
        async with self._services.store.read() as tx:
            known = await drafts.proposal(tx, draft)
        if known is not None and known.asked == ask:
            return known
        result = await searched(self._runtime.search, ask, asker.unit_id, draft.id)
        async with self._services.store.read() as tx:
            before = await self._asked_before(tx, asker, ask)
        now = self._services.clock.now()
        proposal = replace(self._proposal(result, now, asker), asked_before=before)
        wanted = [
            (resource, session.best.interval)
            for session in proposal.sessions
            for resource in resources(result.ask, session.attendee_id, session.best)
        ]
        async with self._services.store.write() as tx:
            await drafts.keep_proposal(tx, draft, proposal)
            await drafts.hold(tx, draft.id, wanted, proposal.held_until)
        return proposal

    def _proposal(self, result: Searched, now: datetime, asker: Asker) -> Proposal:
        ask, found = result.ask, result.found
        return Proposal(
            ask=ask,
            type_name=self._services.catalogue.types[ask.type_id].shown_name,
            facilitator_name=found.facilitator.name,
            sessions=found.sessions,
            unplaced=views.unplaced_for(asker.person, found.unplaced),
            curves=found.curves,
            days=found.days,
            as_of=found.as_of,
            reconciled=found.reconciled,
            held_until=now + self._services.policy.soft_hold,
            without_mailbox=found.without_mailbox,
            unknown_calendars=found.unknown_calendars,
            on_behalf_of=asker.principal.name if asker.principal else None,
            room_missed=result.room_missed,
        )

    async def submit(
        self,
        actor: Actor,
        draft: Draft,
        choices: Mapping[str, int],
        *,
        escalate: bool,
        decisions: Mapping[str, str] = NO_DECISIONS,
    ) -> RequestView:
        """Take a ticket for the proposal; rights are read again."""
        async with self._services.store.read() as tx:
            known = await self._own_draft(tx, actor, draft.conversation_id, draft.id)
            proposal = await drafts.proposal(tx, known)
        if known.request_id is not None and known.state is DraftState.SUBMITTED:
            return await self.request(actor, known.request_id)
        if proposal is None or not (proposal.sessions or escalate):
            raise Refused(Refusal.STALE)
        asker = await self._allowed(actor, proposal.ask)
        chosen = chosen_of(proposal, choices, decisions, escalate=escalate)
        return await self._take_ticket(actor, asker, known, chosen, proposal.asked_before)

    async def submit_automatic(self, actor: Actor, draft: Draft, ask: Ask) -> RequestView:
        """Take a ticket without a proposal; the type must have auto-scheduling on."""
        asker = await self._allowed(actor, ask)
        if not self._services.catalogue.types[ask.type_id].auto_schedule:
            raise Refused(Refusal.STALE)
        chosen = Chosen(ask=ask, options={}, unplaced=(), granted=frozenset(), escalate=True)
        return await self._take_ticket(actor, asker, draft, chosen)

    async def _take_ticket(
        self,
        actor: Actor,
        asker: Asker,
        draft: Draft,
        chosen: Chosen,
        told: Sequence[AskedBefore] = (),
    ) -> RequestView:
        ask = chosen.ask
        me, principal = asker.person, asker.principal
        new = NewRequest(
            id=self._services.ids.new(),
            unit_id=asker.unit_id,
            draft_id=draft.id,
            requester_id=me.id,
            requester_object_id=actor.object_id,
            ask=ask,
            chosen=chosen.options,
            escalate=chosen.escalate,
            unplaced=chosen.unplaced,
            granted=chosen.granted,
            created_at=self._services.clock.now(),
            correlation_id=structlog.contextvars.get_contextvars().get("correlation_id"),
            setup=self._services.setups.number or None,
            on_behalf_of=principal.id if principal else None,
        )
        async with self._services.store.write() as tx:
            ticket = await requests.insert(tx, new)  # locks the unit: duplicates wait for it
            await self._refuse_duplicate(tx, asker, new, told)
            if not await drafts.advance(tx, draft, state=DraftState.SUBMITTED, request_id=new.id):
                raise Refused(Refusal.STALE)
            await self._runtime.engine.enqueue_unit(
                tx, "place", new.id, new.id, unit_id=new.unit_id, ticket=ticket
            )
            managers = (me.id, new.on_behalf_of, ask.facilitator_id)
            await petitions.granted_by(tx, ask, managers, new.id, me.id)
            await audit.record(
                tx,
                at=new.created_at,
                actor=me.id,
                on_behalf_of=new.on_behalf_of
                or (ask.facilitator_id if ask.facilitator_id != me.id else None),
                action="request.submitted",
                subject=new.id,
                after={"state": RequestState.QUEUED.value},
                parameters=trail.parameters(self._services, ask.type_id),
                detail={
                    "ticket": ticket,
                    "attendees": ask.attendee_ids,
                    "granted": sorted(chosen.granted),
                    "chosen": {i: o.interval.start.isoformat() for i, o in chosen.options.items()},
                },
            )
        return await self.request(actor, new.id)

    async def _refuse_duplicate(
        self, tx: AsyncConnection, asker: Asker, new: NewRequest, told: Sequence[AskedBefore]
    ) -> None:
        """Refuse what is under way just so, and what was asked for before unless ``told`` says it."""
        for row in await requests.waiting_or(tx, new.unit_id, new.ask.type_id, ()):
            mine = row.requester_id == new.requester_id and row.id != new.id
            if mine and row.state in _GOES_ON and row.ask == new.ask:
                raise Refused(Refusal.DUPLICATE, {"request_id": row.id})
        before = await self._asked_before(tx, asker, new.ask)
        known = {new.id, *(one.request_id for one in told)}
        if {one.request_id for one in before} - known:
            raise Refused(Refusal.ALREADY_ASKED)

    async def _asked_before(
        self, tx: AsyncConnection, asker: Asker, ask: Ask
    ) -> tuple[AskedBefore, ...]:
        kind = self._services.catalogue.types[ask.type_id]
        return await asked_before(tx, kind, asker.person, asker.represented, asker.unit_id, ask)

    async def request(self, actor: Actor, request_id: str) -> RequestView:
        """Return a request to its requester or a scheduler of its unit."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            row = await requests.get(tx, request_id)
            if row is None:
                raise Refused(Refusal.UNKNOWN_DRAFT)
            represented = await rights.acts_for(tx, me, self._services.clock.now())
            rights.require_request(me, row, represented)
            return await views.request_view(
                tx, self._services.catalogue, row, me, self._services.clock.now()
            )

    async def undo(self, actor: Actor, request_id: str) -> RequestView:
        """Undo within the time, unless an attendee has answered; stops a booking under way."""
        async with self._services.store.read() as tx:
            row = await requests.get(tx, request_id)
            if row is None:
                raise Refused(Refusal.UNKNOWN_DRAFT)
            me = await rights.person_of(tx, actor)
            represented = await rights.acts_for(tx, me, self._services.clock.now())
            rights.require_request(me, row, represented)
            rows = await bookings.rows_of(tx, request_id)
            known = await agenda.acknowledged(tx, [one.id for one in rows])
        if row.state in views.UNDOABLE:
            if row.undo_until is None or row.undo_until <= self._services.clock.now():
                raise Refused(Refusal.UNDO_OVER, {"why": "time"})
            if known or await self._answered(rows):
                await self._close_undo(row)
                raise Refused(Refusal.UNDO_OVER, {"why": "acted"})
        return await self._take_back(actor, request_id, "undo")

    async def _answered(self, rows: Sequence[SessionRow]) -> bool:
        """Whether any attendee has answered; unknown is not "nobody"."""
        try:
            acted = await asyncio.gather(*(writes.attendee_acted(self._runtime, r) for r in rows))
        except CalendarError as error:
            raise Refused(Refusal.CALENDAR_AWAY) from error
        return any(acted)

    async def _close_undo(self, row: RequestRow) -> None:
        """End the time for undoing, so that the card offers to cancel instead."""
        async with self._services.store.write() as tx:
            await requests.transition(tx, row.id, to=row.state, of=(row.state,), undo_until=None)

    async def cancel(self, actor: Actor, request_id: str) -> RequestView:
        """Cancel and tell everyone; the calendar sends the cancellations."""
        return await self._take_back(actor, request_id, "cancel")

    async def _take_back(self, actor: Actor, request_id: str, verb: str) -> RequestView:
        async with self._services.store.write() as tx:
            me = await rights.person_of(tx, actor)
            if await requests.get(tx, request_id) is None:
                raise Refused(Refusal.UNKNOWN_DRAFT)
            row = await requests.locked(tx, request_id)
            represented = await rights.acts_for(tx, me, self._services.clock.now())
            rights.require_request(me, row, represented)
            await self.take_back(tx, me, row, verb)
        return await self.request(actor, request_id)

    async def take_back(self, tx: AsyncConnection, me: Person, row: RequestRow, verb: str) -> None:
        """Undo or cancel a locked request which ``me`` may take back, on record."""
        to: RequestState = row.state
        if to in (RequestState.RESERVED, RequestState.BOOKING):
            await requests.ask_cancel(tx, row.id)
        else:
            to = await self._end(tx, row)
        by, key = me.id, f"{row.id}:{row.version}:{verb}"  # the others hear once it is undone
        only = (Concern.REQUESTER,)
        await notices.notify(tx, NoticeKind.CANCELLED, row, key=key, by=by, only=only)
        await audit.record(
            tx,
            at=self._services.clock.now(),
            actor=me.id,
            on_behalf_of=row.requester_id if row.requester_id != me.id else row.on_behalf_of,
            action=f"request.{verb}",
            subject=row.id,
            before={"state": row.state.value},
            after={"state": to.value},
            detail={},
        )

    async def _end(self, tx: AsyncConnection, row: RequestRow) -> RequestState:
        """Undo what stands and has not begun, or cancel what waits; nobody is left to decide on it.

        Returns the state it is in then.
        """
        rows = await bookings.sessions(tx, row.id)
        standing = [one for one in rows if one.state.value in bookings.ACTIVE_SESSIONS]
        now = self._services.clock.now()
        if standing and all(one.has_begun(now) for one in standing):
            raise Refused(Refusal.UNDO_OVER, {"why": "time"})
        to = RequestState.UNDOING if standing else RequestState.CANCELLED
        of = views.UNDOABLE | views.WAITING if standing else views.WAITING
        if not await requests.transition(tx, row.id, to=to, of=of):
            return row.state
        await self._close_items(tx, row.id)
        await bookings.end_released(tx, row.id)
        follow = "undo" if standing else "show_queue"
        await self._runtime.engine.enqueue_followup(
            tx, follow, f"{row.id}:{row.version}:{follow}", row.id
        )
        return to
