"""The schedulers' side of the desk: claim, approve, force, send back. One item, one decision."""

from collections.abc import Collection, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Actor, Person
from scheduling.domain.proposals import Option
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import (
    RequestState,
    WorkItemCause,
    WorkItemState,
    WorkItemView,
)
from scheduling.domain.rules import Rule
from scheduling.storage import audit, people, requests, work_items
from scheduling.storage.audit import Fact
from scheduling.storage.work_items import AlreadyDecided, Decision, WorkItemRow
from scheduling.workflows import escalation, notices, rights, substituting, trail, views
from scheduling.workflows.engine import ANNOUNCE_QUEUE
from scheduling.workflows.runtime import Runtime

UNDECIDED = (WorkItemState.OPEN, WorkItemState.CLAIMED)
ANY_OPEN = (*UNDECIDED, WorkItemState.AWAITING_SECOND)
FLOORS = frozenset({Rule.FLOOR, Rule.HEADS})


class Casework:
    """Work items: every verb authorises, claims, and moves exactly the version that was seen."""

    def __init__(self, runtime: Runtime) -> None:
        """Work with this process's runtime."""
        self._runtime = runtime
        self._services = runtime.services

    async def work_item(self, actor: Actor, work_item_id: str) -> WorkItemView:
        """Return a work item to a scheduler of its unit."""
        async with self._services.store.read() as tx:
            _, item = await self._item(tx, actor, work_item_id)
            return await views.work_item_view(tx, self._services.catalogue, item)

    async def _item(
        self, tx: AsyncConnection, actor: Actor, work_item_id: str
    ) -> tuple[Person, WorkItemRow]:
        me = await rights.person_of(tx, actor)
        item = await work_items.get(tx, work_item_id)
        if item is None:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        rights.require_item(me, item)
        return me, item

    async def _open_item(
        self,
        tx: AsyncConnection,
        actor: Actor,
        work_item_id: str,
        version: int,
        states: Collection[WorkItemState] = UNDECIDED,
        *,
        take_over: bool = False,
    ) -> tuple[Person, WorkItemRow]:
        """Return an item that this person may act on now, at exactly this version."""
        me, item = await self._item(tx, actor, work_item_id)
        await requests.locked(tx, item.request_id)
        item = await work_items.locked(tx, work_item_id)
        if item.state.decided:
            decider = await people.get(tx, item.decided_by or "")
            who = decider.name if decider else ""
            raise Refused(Refusal.ALREADY_DECIDED, {"who": who, "what": item.state.value})
        if item.version != version or item.state not in states:
            raise Refused(Refusal.STALE)
        claimed = item.state is WorkItemState.CLAIMED and item.claimed_by not in (None, me.id)
        if claimed and not take_over:
            owner = await people.get(tx, item.claimed_by or "")
            raise Refused(Refusal.CLAIMED_BY_OTHER, {"who": owner.name if owner else ""})
        return me, item

    async def assign(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:
        """Claim the work item; also from somebody else, for people fall ill and go home."""
        async with self._services.store.write() as tx:
            me, item = await self._open_item(tx, actor, work_item_id, version, take_over=True)
            await self._advance(
                tx, me, item, to=WorkItemState.CLAIMED, of=UNDECIDED, claimed_by=me.id
            )
        return await self.work_item(actor, work_item_id)

    async def approve(
        self, actor: Actor, work_item_id: str, version: int, way_out: int
    ) -> WorkItemView:
        """Grant one way out: its rules are loosened and its start is booked if still free."""
        async with self._services.store.write() as tx:
            me, item = await self._open_item(tx, actor, work_item_id, version)
            facts = escalation.load_facts(item.facts)
            if not 0 <= way_out < len(facts.ways_out):
                raise Refused(Refusal.STALE)
            rules = facts.ways_out[way_out].rules
            if rules & FLOORS:
                await self._await_second(tx, me, item, pending_way=way_out)
            else:
                await self._grant(tx, me, item, rules)
        return await self.work_item(actor, work_item_id)

    async def force(
        self, actor: Actor, work_item_id: str, version: int, reason: str
    ) -> WorkItemView:
        """Book the cheapest start that only breaks what may be broken, with a reason."""
        if not reason.strip():
            raise Refused(Refusal.REASON_NEEDED)
        below = await self._force_breaks_floor(actor, work_item_id)
        async with self._services.store.write() as tx:
            me, item = await self._open_item(tx, actor, work_item_id, version)
            if below:
                await self._await_second(tx, me, item, note=reason.strip())
            else:
                await self._decide(
                    tx,
                    me,
                    item,
                    WorkItemState.FORCED,
                    rules=escalation.FORCIBLE - FLOORS,
                    note=reason.strip(),
                )
        return await self.work_item(actor, work_item_id)

    async def _await_second(
        self,
        tx: AsyncConnection,
        me: Person,
        item: WorkItemRow,
        *,
        note: str | None = None,
        pending_way: int | None = None,
    ) -> None:
        """Keep a decision below the floor until somebody else confirms it."""
        await self._advance(
            tx,
            me,
            item,
            to=WorkItemState.AWAITING_SECOND,
            of=UNDECIDED,
            note=note,
            decided_by=me.id,
            facts={**item.facts, "pending_way": pending_way},
        )

    async def _grant(
        self,
        tx: AsyncConnection,
        me: Person,
        item: WorkItemRow,
        rules: frozenset[Rule],
        first: str | None = None,
    ) -> None:
        """Approve the way out that loosens exactly ``rules``, for all whom it helps."""
        chosen = {
            one.attendee_id: way.option
            for one in escalation.load_facts(item.facts).unplaced
            for way in one.ways_out
            if way.rules == rules
        }
        await self._decide(
            tx, me, item, WorkItemState.APPROVED, rules=rules, chosen=chosen, first=first
        )

    async def _force_breaks_floor(self, actor: Actor, work_item_id: str) -> bool:
        """Whether nothing can be forced for everybody without going below the floor."""
        async with self._services.store.read() as tx:
            _, item = await self._item(tx, actor, work_item_id)
            row = await requests.get(tx, item.request_id)
        if row is None:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        facts = escalation.load_facts(item.facts)
        only = [one.attendee_id for one in facts.unplaced] or None
        world = await self._runtime.search.world(
            row.ask, row.unit_id, fresh=False, besides=row.draft_id
        )
        found = await self._runtime.search.find(
            row.ask, world, relaxed=escalation.FORCIBLE - FLOORS, only=only
        )
        return bool(found.unplaced)

    async def confirm_force(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:
        """Confirm a force below the floor: not the first scheduler, nor the requester's side."""
        async with self._services.store.write() as tx:
            me, item = await self._open_item(
                tx, actor, work_item_id, version, (WorkItemState.AWAITING_SECOND,)
            )
            row = await requests.get(tx, item.request_id)
            now = self._services.clock.now()
            if row is None or me.id == item.decided_by:
                raise Refused(Refusal.SECOND_PERSON)
            if me.id in await rights.same_side(tx, row, now):
                raise Refused(Refusal.SECOND_PERSON)
            facts = escalation.load_facts(item.facts)
            if facts.pending_way is not None:
                rules = facts.ways_out[facts.pending_way].rules
                await self._grant(tx, me, item, rules, first=item.decided_by)
            else:
                await self._decide(
                    tx,
                    me,
                    item,
                    WorkItemState.FORCED,
                    rules=escalation.FORCIBLE,
                    note=item.note,
                    first=item.decided_by,
                )
        return await self.work_item(actor, work_item_id)

    async def try_again(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:
        """Try what was given up once more: what failed, then a search for who has no session."""
        async with self._services.store.write() as tx:
            me, item = await self._open_item(tx, actor, work_item_id, version)
            if item.cause in (WorkItemCause.NOT_PLACED, WorkItemCause.TOO_FEW):
                raise Refused(Refusal.STALE)
            await self._decide(tx, me, item, WorkItemState.RETRIED, rules=frozenset())
        return await self.work_item(actor, work_item_id)

    async def keep(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:
        """Let a meeting stand that lost too many of its people."""
        async with self._services.store.write() as tx:
            me, item = await self._open_item(tx, actor, work_item_id, version)
            if item.cause is not WorkItemCause.TOO_FEW:
                raise Refused(Refusal.STALE)
            await self._decide(tx, me, item, WorkItemState.KEPT, rules=frozenset())
        return await self.work_item(actor, work_item_id)

    async def send_back(
        self, actor: Actor, work_item_id: str, version: int, note: str
    ) -> WorkItemView:
        """Give the request back to its requester with a note."""
        async with self._services.store.write() as tx:
            me, item = await self._open_item(tx, actor, work_item_id, version, ANY_OPEN)
            await self._decide(
                tx, me, item, WorkItemState.SENT_BACK, rules=frozenset(), note=note.strip()
            )
        return await self.work_item(actor, work_item_id)

    async def _advance(
        self,
        tx: AsyncConnection,
        me: Person,
        item: WorkItemRow,
        *,
        to: WorkItemState,
        of: Collection[WorkItemState],
        detail: Mapping[str, Fact] | None = None,
        **values: object,
    ) -> None:
        """Move the item on, claimed by whoever moves it first; STALE if it moved before us.

        Audited at its end, so it is the last a transaction does.
        """
        values.setdefault("claimed_by", item.claimed_by or me.id)
        if not await work_items.advance(tx, item, to=to, of=of, **values):
            raise Refused(Refusal.STALE)
        engine = self._runtime.engine
        suffix = f"{item.id}:{item.version}"
        await engine.enqueue_followup(
            tx, "announce", f"{suffix}:announce", item.id, queue=ANNOUNCE_QUEUE
        )
        await engine.enqueue_followup(tx, "show", f"{suffix}:show", item.request_id)
        row = await requests.require(tx, item.request_id)
        await audit.record(
            tx,
            at=self._services.clock.now(),
            actor=me.id,
            action=f"work_item.{to.value}",
            subject=item.id,
            before={"state": item.state.value},
            after={"state": to.value},
            parameters=trail.parameters(self._services, row.ask.type_id),
            inputs=audit.digest(item.facts),
            detail={"request": row.id, **(detail or {})},
        )

    async def _decide(
        self,
        tx: AsyncConnection,
        me: Person,
        item: WorkItemRow,
        to: WorkItemState,
        *,
        rules: frozenset[Rule],
        chosen: dict[str, Option] | None = None,
        note: str | None = None,
        first: str | None = None,
    ) -> None:
        """Record the one decision, and let the request go on or back in the same transaction."""
        decision = Decision(
            work_item_id=item.id,
            kind=to.value,
            first_id=first or me.id,
            second_id=me.id if first else None,
            reason=note,
            rules=rules,
            decided_at=self._services.clock.now(),
        )
        try:
            await work_items.decide(tx, decision)
        except AlreadyDecided as error:
            raise Refused(Refusal.STALE) from error
        if to is WorkItemState.SENT_BACK:
            await self._give_back(tx, item, note)
        elif to is WorkItemState.RETRIED and item.cause is WorkItemCause.NO_SUBSTITUTE:
            await substituting.seek_again(tx, self._services, item.request_id, by=me.id)
        elif to is WorkItemState.RETRIED:
            await self._runtime.engine.enqueue_followup(tx, "mend", f"{item.id}:mend", item.id)
        elif to is not WorkItemState.KEPT:  # what is kept stands: nothing goes on
            await requests.loosen(tx, item.request_id, rules, chosen or {})
            await self._runtime.engine.enqueue_followup(tx, "resume", f"{item.id}:resume", item.id)
        row = await requests.require(tx, item.request_id)
        await notices.notify(tx, NoticeKind.DECIDED, row, key=item.id, by=me.id)
        granted = {i: option.interval.start.isoformat() for i, option in (chosen or {}).items()}
        detail: dict[str, Fact] = {
            "first": decision.first_id,
            "rules": sorted(rules),
            "granted": granted,
        }
        await self._advance(
            tx, me, item, to=to, of=ANY_OPEN, detail=detail, decided_by=me.id, note=note
        )

    async def _give_back(self, tx: AsyncConnection, item: WorkItemRow, note: str | None) -> None:
        """Tell the requester's card; a partly booked request keeps what it has."""
        moved = await requests.transition(
            tx,
            item.request_id,
            to=RequestState.SENT_BACK,
            of=(RequestState.ESCALATED,),
            note=note,
        )
        if not moved:
            await requests.annotate(tx, item.request_id, note)

    async def _close_items(self, tx: AsyncConnection, request_id: str) -> None:
        """Close whatever is open about a request that its requester took back."""
        for item in await work_items.of_request(tx, request_id):
            if item.state.decided or item.cause is WorkItemCause.UNDO_FAILED:
                continue
            await escalation.close(tx, self._runtime, item)
