"""Groups that fell below their smallest size are shown to who fills courses; nothing ends by itself."""

from datetime import datetime, timedelta

from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.courses import Course, SmallGroupState
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Actor, Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState
from scheduling.domain.times import DAY, zone_of
from scheduling.storage import audit, courses, people, requests, runs, small_groups
from scheduling.storage.courses import SeatsRow
from scheduling.storage.small_groups import SmallGroupRow
from scheduling.workflows import notices, rights
from scheduling.workflows.completing import BOOKED
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.register_times import keepers
from scheduling.workflows.registers import KEEPERS
from scheduling.workflows.runtime import LASTING, current
from scheduling.workflows.services import Services
from scheduling.workflows.small_groups_port import SmallGroup

EVERY = timedelta(hours=1)


@DBOS.step(**LASTING)
async def look_for_small_groups(_subject: str) -> int:
    """Show each group that is too small as its first part comes near; how many. Repeatable.

    Once, and again when fewer are left than it was last asked about, or kept with.
    """
    services = current().services
    now = services.clock.now()
    async with services.store.read() as tx:
        taught = await courses.everything(tx)
    shown = 0
    for course in taught:
        async with services.store.write() as tx:
            rollouts = await runs.of_course(tx, course.unit_id, course.id)
            booked = [row.id for row in rollouts if row.state in BOOKED]
            noted = await small_groups.noted(tx, booked)
            for group in await courses.seats(tx, booked):
                if _is_small(group, course, now):
                    shown += await _note(tx, group, course, now, noted.get(group.group))
    return shown


def _full(group: SeatsRow) -> list[str]:
    """Return who has seats in all parts."""
    return [i for i, rows in group.of.items() if len(rows) == group.parts]


def _is_small(group: SeatsRow, course: Course, now: datetime) -> bool:
    """Whether a group that begins soon has people, and fewer than its smallest size."""
    here = _full(group)
    if not 0 < len(here) < course.least:
        return False
    return now < group.of[here[0]][0].interval.start <= now + course.settle_days * DAY


async def _note(
    tx: AsyncConnection,
    group: SeatsRow,
    course: Course,
    now: datetime,
    before: SmallGroupRow | None,
) -> bool:
    """Have a group decided on, unless it was ``before`` with no more people; whether it is."""
    here = len(_full(group))
    if before is not None and (before.state is SmallGroupState.CANCELLED or here >= before.people):
        return False
    row = before or SmallGroupRow(
        id=group.group,
        version=1,
        run_id=group.run_id,
        course_id=course.id,
        unit_id=course.unit_id,
        state=SmallGroupState.OPEN,
        people=here,
        opened_at=now,
    )
    new = small_groups.open_again(tx, row, here) if before else small_groups.insert(tx, row)
    if not await new:
        return False
    until = group.of[_full(group)[0]][0].interval.start
    for person in await keepers(tx, course.unit_id):
        await notices.say(
            tx,
            NoticeKind.SMALL_GROUP,
            row.id,
            person.id,
            concern=Concern.REQUESTER,
            key=f"{row.id}:small:{here}:{person.id}",
            until=until,
            about=(row.id,),
        )
    await audit.record(
        tx,
        at=now,
        actor="aside",
        action="course.group_small",
        subject=course.id,
        detail={"group": row.id, "people": here, "least": course.least},
    )
    return True


class SmallGroupDesk:
    """``small_groups_port.SmallGroups`` over the store; the desk takes requests back."""

    def __init__(self, services: Services, desk: FrontDesk) -> None:
        """Decide in these services' store, and cancel through ``desk``."""
        self._services = services
        self._desk = desk

    async def group(self, actor: Actor, group_id: str) -> SmallGroup:
        """Return a group."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            return await _facts(tx, await _theirs(tx, me, group_id))

    async def shown_to(self, person: Person, group_id: str) -> SmallGroup | None:
        """Return a group as somebody may see it who is not acting now; None for others."""
        async with self._services.store.read() as tx:
            try:
                return await _facts(tx, await _theirs(tx, person, group_id))
            except Refused:
                return None

    async def decide(
        self, actor: Actor, group_id: str, version: int, *, people: int, cancel: bool
    ) -> SmallGroup:
        """Keep it or cancel it, as it was seen: with so many people."""
        now = self._services.clock.now()
        async with self._services.store.write() as tx:
            me = await rights.person_of(tx, actor)
            await courses.locked(tx, (await _theirs(tx, me, group_id)).course_id)
            row = await _theirs(tx, me, group_id)
            facts = await _facts(tx, row)
            if facts.first.start <= now:
                raise Refused(Refusal.SESSION_OVER)
            to = SmallGroupState.CANCELLED if cancel else SmallGroupState.KEPT
            stale = row.version != version or row.state is not SmallGroupState.OPEN
            stale |= facts.people != people or facts.people >= facts.least
            if stale or not await small_groups.decide(tx, row, to, me.id, now, facts.people):
                raise Refused(Refusal.STALE)
            if cancel:
                await self._cancel(tx, me, row)
            shown = await _facts(tx, await _theirs(tx, me, group_id))
            await audit.record(
                tx,
                at=now,
                actor=me.id,
                action=f"course.group_{to.value}",
                subject=row.course_id,
                before={"state": row.state.value},
                after={"state": to.value},
                detail={"group": row.id, "people": facts.people},
            )
        return shown

    async def _cancel(self, tx: AsyncConnection, me: Person, row: SmallGroupRow) -> None:
        """Take every part back, as its requester would; what is being written stops."""
        for request_id in filter(None, await courses.parts_of(tx, row.run_id, row.id)):
            part = await requests.locked(tx, request_id)
            if part.state not in (RequestState.CANCELLED, RequestState.UNDONE):
                await self._desk.take_back(tx, me, part, "cancel")


async def _theirs(tx: AsyncConnection, me: Person, group_id: str) -> SmallGroupRow:
    row = await small_groups.get(tx, group_id)
    if row is None or not me.has(*KEEPERS) or me.unit_id not in (None, row.unit_id):
        raise Refused(Refusal.UNKNOWN_DRAFT)
    return row


async def _facts(tx: AsyncConnection, row: SmallGroupRow) -> SmallGroup:
    course = await courses.get(tx, row.course_id, ended=True)
    sessions = await courses.sessions_of(tx, row.run_id, row.id)
    if course is None or not sessions:
        raise Refused(Refusal.UNKNOWN_DRAFT)
    seats = await courses.seats(tx, [row.run_id], row.id)
    named = await people.names(tx, {i for i in (sessions[0].facilitator_id, row.decided_by) if i})
    last = sessions[-1]
    return SmallGroup(
        id=row.id,
        version=row.version,
        course_name=course.name,
        people=sum(len(_full(group)) for group in seats),
        least=course.least,
        parts=len({one.request_id for one in sessions}),
        first=sessions[0].interval,
        last=last.interval.end.astimezone(zone_of(last.zone)).date(),
        zone=sessions[0].zone,
        facilitator_name=named.get(sessions[0].facilitator_id, ""),
        state=row.state,
        decided_by=named.get(row.decided_by or ""),
    )
