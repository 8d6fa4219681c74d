"""Self-care of sessions of several people, and of courses: searched one by one, as any meeting is moved.

A time at which everybody can come is looked for first. One that somebody would miss is only asked
about. What is not to be moved stays where it is, and is searched around.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.changes import ChangeKind, ChangeState
from scheduling.domain.proposals import Option
from scheduling.domain.selfcare import Cause
from scheduling.domain.times import DAY, DateRange, Interval, zone_of
from scheduling.recurrence.periods import periods
from scheduling.storage import courses, requests, timers
from scheduling.storage.bookings import SessionRow, person_resource, room_resource
from scheduling.storage.changes import ChangeRow
from scheduling.storage.requests import RequestRow
from scheduling.storage.standins import standin
from scheduling.workflows import gatherings, problems, replacing
from scheduling.workflows.change_rows import new_change
from scheduling.workflows.problems import World
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.search import Found
from scheduling.workflows.selfcare_ground import Finding, Looked
from scheduling.workflows.selfcare_plan import Remedy
from scheduling.workflows.setups import SYSTEM
from scheduling.workflows.substituting import TIMER, seek, subject_of

AROUND = 14 * DAY
"""So far before and after its old day another time is looked for."""


async def without_substitutes(runtime: Runtime, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings but for those of courses of which another trainer is sought.

    One whose leader cannot come keeps its time if another trainer is free: that is sought first.
    """
    left = []
    for one in findings:
        session = one.session
        if one.of_course and one.cause is Cause.LEADER:
            subject = subject_of(session.id, session.facilitator_id)
            async with runtime.services.store.write() as tx:
                timer = await timers.get(tx, TIMER, subject)
                if timer is None:
                    await seek(tx, runtime.services, session, by=SYSTEM)
            if timer is None or timer.done_at is None:
                continue
        left.append(one)
    return tuple(left)


async def group_remedies(
    runtime: Runtime, looked: Looked, findings: Sequence[Finding], before: Iterable[Remedy]
) -> dict[str, Remedy]:
    """Return one remedy for each finding by its id, beside what was found ``before``.

    SOLVER_AWAY, WFM_AWAY, CALENDAR_AWAY.
    """
    services = runtime.services
    taken = [row for one in before for row in standins_of(one)]
    unasked = services.setups.setup.paused_in(looked.facts.unit.id, services.clock.now()) is None
    until = services.clock.now() + services.policy.notice
    found: dict[str, Remedy] = {}
    for one in findings:
        if one.session.facilitator_id not in looked.people:
            found[one.id] = Remedy(finding=one)
            continue
        async with services.store.read() as tx:
            request = await requests.require(tx, one.session.request_id)
            dates = await _dates(tx, runtime, looked, one)
        seeking = _Seeking(runtime, looked, one, request, dates, taken)
        remedy = await seeking.another_room(unasked=unasked)
        if remedy is None and unasked and one.session.interval.start >= until:
            remedy = await seeking.another_time(by=SYSTEM)
        leader = one.session.facilitator_id
        found[one.id] = remedy or await seeking.another_time(by=leader) or Remedy(finding=one)
        taken += standins_of(found[one.id])
    return found


async def _dates(tx: AsyncConnection, runtime: Runtime, looked: Looked, one: Finding) -> DateRange:
    """Return the dates around a session's own; none after the day on which its course is due."""
    session, rollout = one.session, looked.runs[one.one.run_id].rollout
    zone = zone_of(session.zone)
    day = session.interval.start.astimezone(zone).date()
    today = runtime.services.clock.now().astimezone(zone).date()
    end = day + AROUND + DAY
    course = await courses.get(tx, rollout.course_id, ended=True) if rollout else None
    if course is not None and course.due is not None and course.due >= day:
        end = min(end, course.due + DAY)
    return DateRange(max(today, day - AROUND), end)


@dataclass(frozen=True, slots=True)
class _Seeking:
    """The search for where one session may be instead; ``taken`` is what others are to have."""

    runtime: Runtime
    looked: Looked
    finding: Finding
    request: RequestRow
    dates: DateRange
    taken: Sequence[SessionRow]

    async def another_room(self, *, unasked: bool) -> Remedy | None:
        """Return another room at the same time, where its own has declined and one is free."""
        session = self.finding.session
        if self.finding.cause is not Cause.ROOM:
            return None
        here = gatherings.option_of(session)
        change = self._change(SYSTEM, chosen={row.id: here for row in self.finding.one.rows})
        ask = gatherings.exactly(change.ask, here, session.zone)
        if ask is None:
            return None
        found = await self._search(change, ask)
        option = found.sessions[0].best if found.sessions else None
        if option is None or option.missing_ids or option.room_id is None:
            return None
        return Remedy(finding=self.finding, option=option, by_itself=unasked)

    async def another_time(self, *, by: str) -> Remedy | None:
        """Return the best other time, None without one; unasked (``by`` Aside) only a sure one."""
        change = self._change(by)
        found = await self._search(change, change.ask)
        if change.ask.together:
            world = await self._world(change)
            found = await self.runtime.search.with_everybody(change.ask, world, found)
        options = [option for one in found.sessions for option in one.options]
        whole = [option for option in options if not option.missing_ids]
        if by != SYSTEM:
            best = next(iter(whole or options), None)
            return Remedy(finding=self.finding, option=best) if best else None
        sure = [option for option in whole if await self._adds_up(option)]
        return Remedy(finding=self.finding, option=sure[0], by_itself=True) if sure else None

    async def _adds_up(self, option: Option) -> bool:
        session = self.finding.session
        day = option.interval.start.astimezone(zone_of(session.zone)).date()
        attending = {row.attendee_id for row in self.finding.one.attending}
        return await self.looked.figures.add_up(attending, day)

    def _change(self, by: str, **fields: object) -> ChangeRow:
        one, now = self.finding.one, self.runtime.services.clock.now()
        template = self.finding.template
        ask = replacing.ask_of(
            self.request,
            one.session,
            now,
            members=one.members,
            dates=self.dates,
            window=template.window if template else None,
        )
        return new_change(
            self.runtime,
            self.request,
            one.session,
            ChangeKind.MOVE,
            ChangeState.PROPOSED,
            by=by,
            members=one.members,
            **{"ask": ask, **fields},
        )

    async def _search(self, change: ChangeRow, ask: Ask) -> Found:
        return await self.runtime.search.find(ask, await self._world(change))

    async def _world(self, change: ChangeRow) -> World:
        rows = self.finding.one.rows
        world = await replacing.world_of(self.runtime, change, rows, fresh=False)
        world = replacing.without(without_old_time(world, self.finding), self._closed())
        return problems.holding(world, self.taken)

    def _closed(self) -> list[tuple[str, Interval]]:
        """Return the days on which its template does not let it be: all but those of its period."""
        session, template = self.finding.session, self.finding.template
        if template is None:
            return []
        day = session.interval.start.astimezone(zone_of(session.zone)).date()
        allowed = {
            day,
            *(d for one in periods(template, DateRange(day, day + DAY)) for d in one.days),
        }
        leader = person_resource(session.facilitator_id)
        return [
            (leader, DateRange(each, each + DAY).interval(session.zone))
            for each in self.dates.days()
            if each not in allowed
        ]


def without_old_time(world: World, one: Finding) -> World:
    """Return the world in which what broke a session of several goes on taking its time."""
    session = one.session
    taken = person_resource(session.facilitator_id)
    if one.cause is Cause.ROOM:
        taken = room_resource(session.room_id) if session.room_id else taken
    return replacing.without(world, [(taken, session.interval)])


def standins_of(one: Remedy) -> list[SessionRow]:
    """Return what holds the time that was found: a row for the session and each who comes."""
    if one.option is None:
        return []
    coming = (r for r in one.finding.one.rows if r.attendee_id not in one.option.missing_ids)
    return [standin(row, one.option, row.id) for row in coming]
