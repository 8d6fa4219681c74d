"""What a run would do: facts, who is due, one search over the whole unit, and a preview of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduling.domain.commits import PlannedSession
from scheduling.domain.proposals import DayService, Option
from scheduling.domain.rules import Rule
from scheduling.domain.runs import MeetingPlan, Offline, RunDay, RunPreview, RunSession, Since
from scheduling.domain.templates import Membership, Passed, TeamChange
from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.optimizer.outcome import Answer, CurveImpact, PeriodImpact
from scheduling.recurrence.audience import lost_parts
from scheduling.recurrence.periods import periods
from scheduling.storage.runs import RunRow
from scheduling.workflows import problems
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.run_ground import Ground, ground_of, zones_of
from scheduling.workflows.run_search import Found, search
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.team_changes import changes_of, known_before, of_template

WEEK = timedelta(days=7)
Lowest = tuple[float, datetime, str | None]
"""Net staffing in FTE, when, and in which zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A run's plan as it is to be kept."""

    preview: RunPreview
    sessions: tuple[RunSession, ...]
    members: dict[str, Membership]


async def plan(runtime: Runtime, row: RunRow) -> Planned:
    """Return what the templates of ``row`` would book on its dates; nothing is written.

    Raises Refused: CODE_MISSING, WFM_AWAY, CALENDAR_AWAY, SOLVER_AWAY, or STALE where no template of
    the run is left.
    """
    services = runtime.services
    begun = services.clock.now()
    ground = await ground_of(services, row)
    found = await search(services, ground)
    sessions = _sessions(ground, found.answer) if found else ()
    changed = await changes_of(
        services,
        row,
        ground.confirmed,
        ground.members,
        {one.id: one.type_id for one in ground.templates},
        sessions,
    )
    seconds = (services.clock.now() - begun).total_seconds()
    offline = offline_of(ground.world.facts, row.dates, services.setups.setup.allowance)
    return _planned(row, ground, found, sessions, changed, offline, seconds)


def _planned(
    row: RunRow,
    ground: Ground,
    found: Found | None,
    sessions: tuple[RunSession, ...],
    changed: tuple[TeamChange, ...],
    offline: Offline | None,
    seconds: float,
) -> Planned:
    answer = found.answer if found else None
    kept = [one for one in ground.asked.passed if one.why is Passed.HELD]
    passed: Counter[Passed] = Counter(one.why for one in ground.asked.passed)
    del passed[Passed.HELD]
    failed = answer.plan.failures if answer else ()
    unplaced: Counter[frozenset[Rule]] = Counter(failure.conflict for failure in failed)
    planned = {one.occurrence_id for one in sessions}
    within = {i for i, one in ground.before.items() if row.dates.start <= one.day < row.dates.end}
    booked = {f"{s.template_id}:{s.period.isoformat()}:{s.attendee_id}" for s in kept}
    preview = RunPreview(
        days=days_of(ground.world.facts, sessions, answer),
        unplaced=tuple(sorted(unplaced.items(), key=lambda one: (-one[1], sorted(one[0])))),
        unplaced_ids=tuple(sorted(failure.meeting_id for failure in failed)),
        passed=dict(passed),
        kept=len(kept),
        changes=changed,
        gone=len(within - planned - booked),
        cost=answer.plan.cost if answer else 0.0,
        bound=answer.plan.bound if answer else 0.0,
        as_of=ground.world.facts.as_of,
        reconciled=found is None or found.reconciled,
        seconds=seconds,
        offline=offline,
        meetings=tuple(_meetings(ground, sessions)),
        versions={one.id: one.version for one in ground.templates},
        lost=tuple(
            part
            for one in ground.templates
            for part in lost_parts(
                one.id,
                one.name,
                one.audience,
                ground.world.facts.agents.values(),
                known_before(ground.confirmed, one.id),
                of_template(ground.members, one.id),
            )
        ),
    )
    return Planned(preview=preview, sessions=sessions, members=ground.members)


def _meetings(ground: Ground, sessions: Sequence[RunSession]) -> Iterator[MeetingPlan]:
    """Yield those of several people, with whom each misses."""
    occurrences = {one.id: one for one in ground.asked.occurrences if one.attendee_ids}
    for planned in sessions:
        one = occurrences.get(planned.occurrence_id)
        if one is None:
            continue
        session, option = planned.session, planned.session.option
        asked = (*one.attendee_ids, *one.absent_ids)
        yield MeetingPlan(
            template_id=one.template_id,
            who_id=one.attendee_id,
            facilitator_id=one.facilitator_id,
            day=planned.day,
            interval=option.interval,
            zone=session.zone,
            place=option.place,
            room_name=option.room_name,
            coming=len(session.attendee_ids),
            missing_ids=tuple(i for i in asked if i not in session.attendee_ids),
        )


def _sessions(ground: Ground, answer: Answer) -> tuple[RunSession, ...]:
    occurrences = {one.id: one for one in ground.asked.occurrences}
    names = {room.id: room.name for room in ground.world.rooms}
    spans = _periods(ground)
    found = []
    for placed in sorted(answer.plan.placements, key=lambda one: (one.interval, one.meeting_id)):
        one = occurrences[placed.meeting_id]
        first, *others = placed.attendee_ids or one.people
        zone = ground.world.facts.zone_of(first)
        template = ground.asked.templates[one.template_id]
        session = PlannedSession(
            type_id=template.type_id,
            attendee_id=first,
            facilitator_id=one.facilitator_id,
            zone=zone,
            with_ids=tuple(others),
            quorum=min(one.least, 1 + len(others)) if others else None,
            option=Option(
                interval=placed.interval,
                place=placed.place,
                price=placed.price,
                room_id=placed.room_id,
                room_name=names.get(placed.room_id) if placed.room_id else None,
            ),
            period=spans[template.id, one.period],
            least_days=template.least_days,
        )
        found.append(
            RunSession(
                occurrence_id=one.id,
                template_id=one.template_id,
                day=placed.interval.start.astimezone(zone_of(zone)).date(),
                session=session,
                since=_since(ground.before.get(one.id), session),
            )
        )
    return tuple(found)


def _periods(ground: Ground) -> dict[tuple[str, date], DateRange]:
    """Return the dates of each period that something is asked in, by template and first date."""
    asked = {(one.template_id, one.period): one.days[0] for one in ground.asked.occurrences}
    return {
        (template_id, first): periods(
            ground.asked.templates[template_id], DateRange(day, day + DAY)
        )[0].dates
        for (template_id, first), day in asked.items()
    }


def _since(before: RunSession | None, session: PlannedSession) -> Since:
    if before is None:
        return Since.NEW
    same = before.session.option.interval == session.option.interval
    return Since.SAME if same else Since.OTHER_TIME


def offline_of(facts: UnitFacts, dates: DateRange, allowance: int) -> Offline | None:
    """Return the unit's minutes off the phones on ``dates``; None where nothing is allowed for.

    ``allowance`` is in minutes per agent and week.
    """
    if not allowance:
        return None
    used = sum(
        segment.interval.minutes
        for days in facts.days.values()
        for day in days
        if dates.start <= day.business_date < dates.end
        for segment in day.segments
        if facts.kind(segment.code_id) in problems.OFF_PHONE
    )
    weeks = (dates.end - dates.start) / WEEK
    return Offline(used=used, allowed=round(allowance * len(facts.agents) * weeks))


def days_of(
    facts: UnitFacts, sessions: Sequence[RunSession], answer: Answer | None
) -> tuple[RunDay, ...]:
    """Return one row per day with sessions, by the clock of their people, with what they do.

    A demand's days are those of the zone that most of who serve it are in (``zones_of``); one that
    sessions of another zone reach on a day without sessions has a row all the same.
    """
    if answer is None:
        return ()
    of_day: defaultdict[date, list[RunSession]] = defaultdict(list)
    for one in sessions:
        of_day[one.day].append(one)
    zones = zones_of(facts)
    rows = []
    for day in sorted({*of_day, *(one.day for one in answer.days)}):
        some = of_day[day]
        impacts = [(c, d) for c, d in zip(answer.curves, answer.days, strict=True) if d.day == day]
        nets = [net for c, _ in impacts for net in _nets(c, zones.get(c.demand_id))]
        lowest, at, zone = min(nets, key=lambda one: one[:2], default=(0.0, None, None))
        rows.append(
            RunDay(
                day=day,
                sessions=len(some),
                minutes=sum(
                    one.session.option.interval.minutes * len(one.session.attendee_ids)
                    for one in some
                ),
                services=tuple(_service(facts, impact) for _, impact in impacts),
                worst=at,
                worst_net=lowest,
                worst_zone=zone,
                understaffed_before=sum(impact.understaffed_before for _, impact in impacts),
                changed=sum(one.since is not Since.SAME for one in some),
            )
        )
    return tuple(rows)


def _service(facts: UnitFacts, impact: PeriodImpact) -> DayService:
    demand = facts.demands[impact.demand_id]
    return DayService(
        demand_id=impact.demand_id,
        demand_name=demand.name,
        day=impact.day,
        goal=impact.goal,
        goal_seconds=demand.goal.seconds,
        before=impact.before,
        after=impact.after,
        stressed=impact.stressed,
        lowest_net=impact.lowest_net,
        understaffed_hours=impact.understaffed_hours,
    )


def _nets(curve: CurveImpact, zone: str | None) -> Iterator[Lowest]:
    """Yield the net staffing of each slot that the sessions change."""
    for start, required, before, after in zip(
        curve.interval.slots(curve.slot_minutes),
        curve.required,
        curve.before,
        curve.after,
        strict=False,
    ):
        if after < before:
            yield after - required, start, zone
