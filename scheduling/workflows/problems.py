"""An ask and the facts to a Problem for the optimiser."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.domain.asks import Ask
from scheduling.domain.centre import CodeKind, Segment, StaffingSeries, Unit
from scheduling.domain.meetings import MeetingType, PlaceKind, Room, SearchParameters, Tier
from scheduling.domain.people import Person, WorkingTime
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, DateRange, Interval, WallWindow, merge, subtract
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Facilitator, Grid, OffTime, RoomChoice
from scheduling.optimizer.wanted import Limits, Meeting
from scheduling.storage.bookings import SessionRow, person_resource, room_resource
from scheduling.workflows.caps import caps, rare_caps
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.staffing import curves, heads, in_service

OFF_PHONE = frozenset({CodeKind.MEETING, CodeKind.TRAINING, CodeKind.OFFLINE})
RESTING = frozenset({CodeKind.BREAK, CodeKind.MEAL})
SLOT_MINUTES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a search knows besides the ask: facts, rooms, and everything that takes time.

    ``dates`` are searched (the facts may hold more); ``busy`` maps a resource (person or room)
    to what takes it: calendars and soft holds; ``reserved`` is what our bookings hold, which nobody
    can grant. ``ours`` are the unit's active sessions.
    ``unknown_calendars`` are the names of people whose calendar could not be read; ``returning`` are
    those who missed their last session of the type. ``per_skill`` is how many with one rare skill a course
    lets be away at once.
    """

    now: datetime
    dates: DateRange
    facts: UnitFacts
    facilitator: Person
    rooms: Sequence[Room]
    busy: Mapping[str, Sequence[Interval]]
    ours: Sequence[SessionRow]
    reserved: Mapping[str, Sequence[Interval]] = field(default_factory=dict)
    unknown_calendars: tuple[str, ...] = ()
    returning: frozenset[str] = frozenset()
    per_skill: int | None = None

    @property
    def span(self) -> Interval:
        """The searched dates as instants, in whichever site's day is first and last."""
        return span_of(self.facts, self.dates)


def span_of(facts: UnitFacts, dates: DateRange) -> Interval:
    """Return the instants of ``dates`` over all sites of the unit."""
    spans = [dates.interval(site.zone) for site in facts.unit.sites]
    return Interval(min(s.start for s in spans), max(s.end for s in spans))


def holding(world: World, planned: Sequence[SessionRow]) -> World:
    """Return the world with ``planned`` sessions in it, so that the next search goes around them."""
    reserved = {resource: [*spans] for resource, spans in world.reserved.items()}
    for row in planned:
        for resource in row.resources:
            reserved.setdefault(resource, []).append(row.interval)
    return replace(world, reserved=reserved, ours=[*world.ours, *planned])


def search_dates(ask: Ask, today: date, extension_days: int) -> DateRange:
    """Return the dates to search: the ask's, and a week more to price "next week"."""
    return DateRange(max(ask.dates.start, today), ask.dates.end + extension_days * DAY)


def whole_weeks(dates: DateRange) -> DateRange:
    """Return the ISO weeks that ``dates`` meet: a cap of a week counts all of it."""
    first, end = dates.start, dates.end
    return DateRange(first - first.weekday() * DAY, end + -end.weekday() % 7 * DAY)


def require_code(kind: MeetingType, facts: UnitFacts) -> None:
    """Refuse a type whose activity code the WFM does not have."""
    if kind.code_id not in facts.codes:
        raise Refused(Refusal.CODE_MISSING, {"code": kind.code_id, "type": kind.name})


def require_facts(ask: Ask, kind: MeetingType, facts: UnitFacts) -> None:
    """Refuse, naming exactly what is missing, unless schedule, forecast and code are there.

    Somebody who is merely off on dates that are planned lacks no schedule.
    """
    require_code(kind, facts)
    gone = [i for i in ask.attendee_ids if i not in facts.agents]
    if gone:
        raise Refused(Refusal.OUTSIDE_HIERARCHY, {"names": gone})
    first, last = ask.dates.start, ask.dates.last
    span = {"first": first.isoformat(), "last": last.isoformat()}
    until = facts.planned_until
    planned = until is not None and last <= until
    nobody = [
        facts.agents[agent_id].name
        for agent_id in ask.attendee_ids
        if not any(first <= day.business_date <= last for day in facts.days.get(agent_id, ()))
        and not (planned and facts.days.get(agent_id))
    ]
    if nobody and (len(nobody) == len(ask.attendee_ids) or (until and until < first)):
        raise Refused(
            Refusal.NO_SCHEDULE,
            {**span, "names": nobody, "until": until.isoformat() if until else None},
        )
    bare = sorted(
        facts.demands[d].name if d in facts.demands else d
        for d in demands_of(ask, facts)
        if d not in facts.series or not _forecast(facts.series[d], span_of(facts, ask.dates))
    )
    if bare:
        raise Refused(Refusal.NO_FORECAST, {**span, "demands": bare})


def _forecast(series: StaffingSeries, span: Interval) -> bool:
    """Whether any requirement lies in ``span``; what was read may hold other dates too."""
    step = timedelta(minutes=series.interval_minutes)
    first = max(0, (span.start - series.start) // step)
    last = max(0, -((series.start - span.end) // step))
    return any(series.required[first:last])


def demands_of(ask: Ask, facts: UnitFacts) -> set[str]:
    """Return the demands that the attendees take part in."""
    return {d for i in ask.attendee_ids for d, share in facts.agents[i].shares.items() if share}


def build(
    ask: Ask,
    kind: MeetingType,
    world: World,
    *,
    relaxed: frozenset[Rule] = frozenset(),
    only: Collection[str] | None = None,
) -> Problem:
    """Return the problem of placing each session of the ask (or those sought under ``only``)."""
    facts, grid = world.facts, grid_of(world)
    sought = [i for i in ask.sought_ids if only is None or i in only]
    wanted = ask.attendee_ids if ask.together else sought
    sites = {facts.agents[i].site_id for i in wanted}
    demand_ids = demands_of(ask, facts) | _facilitator_demands(world)
    return Problem(
        now=world.now,
        grid=grid,
        curves=curves(facts, grid, demand_ids, world.ours),
        attendees=tuple(attendee_of(i, world) for i in wanted),
        facilitators=(facilitator_of(world),),
        rooms=rooms_of(world, sites) if ask.place is PlaceKind.ROOM else (),
        meetings=tuple(_meeting(i, ask, kind, world) for i in sought),
        limits=limits_of(kind.parameters, _windows(ask, kind)),
        caps=(
            *caps(kind.parameters.caps, facts, grid, wanted, world.ours),
            *rare_caps(world.per_skill, facts, grid, wanted, world.ours),
        ),
        heads=heads(facts, grid, sites, demand_ids, world.ours),
        relaxed=relaxed,
    )


def limits_of(
    allowed: SearchParameters,
    windows: tuple[WallWindow, ...],
    blackout: frozenset[date] = frozenset(),
) -> Limits:
    """Return the limits of a type's search parameters, at these times of day."""
    return Limits(
        windows=windows,
        weekdays=allowed.weekdays,
        blackout=blackout,
        lead=allowed.lead,
        edge=allowed.edge,
        sessions_a_day=allowed.sessions_a_day,
        offline_a_day=allowed.offline_a_day,
        offline_a_week=allowed.offline_a_week,
    )


def _windows(ask: Ask, kind: MeetingType) -> tuple[WallWindow, ...]:
    """Return the times of day that both the ask and the type's parameters allow."""
    given, allowed = ask.window, kind.parameters.window
    if given is None or allowed is None:
        return tuple(window for window in (given, allowed) if window is not None)
    shared = given.clip(allowed)
    if shared is None:
        raise Refused(Refusal.OUTSIDE_HOURS, {"start": str(allowed.start), "end": str(allowed.end)})
    return (shared,)


def grid_of(world: World) -> Grid:
    """Return the slots of what is searched."""
    span = world.span
    start, end = span.start, span.end
    return Grid(
        start=start,
        slots=int((end - start) / timedelta(minutes=SLOT_MINUTES)),
        slot_minutes=SLOT_MINUTES,
    )


def _meeting(agent_id: str, ask: Ask, kind: MeetingType, world: World) -> Meeting:
    required = ask.required_ids if ask.together else (agent_id,)
    return Meeting(
        id=agent_id,
        attendee_ids=required,
        optional_ids=tuple(i for i in ask.attendee_ids if i not in required)
        if ask.together
        else (),
        quorum=ask.quorum,
        facilitator_id=ask.facilitator_id,
        minutes=ask.minutes,
        first=ask.dates.start,
        last=ask.dates.last,
        place=ask.place,
        tier=_tier(kind, required, world),
        walk_away=kind.walk_away,
        equipment=ask.equipment,
    )


def _tier(kind: MeetingType, people: Collection[str], world: World) -> Tier:
    """Return how much a meeting matters: one that somebody missed last time is due."""
    missed = kind.tier is Tier.NORMAL and not world.returning.isdisjoint(people)
    return Tier.DUE if missed else kind.tier


def attendee_of(agent_id: str, world: World) -> Attendee:
    """Return an agent as somebody who may be taken off the phones."""
    facts = world.facts
    agent = facts.agents[agent_id]
    near = DateRange(world.dates.start - DAY, world.dates.end + DAY)
    days = [d for d in facts.days.get(agent_id, ()) if near.start <= d.business_date < near.end]
    segments = [s for day in days for s in day.segments]
    off = [s for s in segments if facts.kind(s.code_id) is not CodeKind.WORK]
    return Attendee(
        id=agent_id,
        zone=agent.zone,
        site_id=agent.site_id,
        team_id=agent.team_id,
        shares=in_service(facts, agent.shares),
        shifts=merge(s.interval for s in segments),
        off=_off(off, world.reserved.get(person_resource(agent_id), ()), facts),
        busy=merge(world.busy.get(person_resource(agent_id), ())),
        offline=_offline(agent_id, world),
    )


def _off(
    segments: Sequence[Segment], reserved: Sequence[Interval], facts: UnitFacts
) -> tuple[OffTime, ...]:
    """Return the time that is not open, each minute once: the WFM may hold our bookings already."""
    found: list[OffTime] = []
    for segment in sorted(segments):
        span = segment.interval
        start = max(span.start, found[-1].interval.end) if found else span.start
        if start < span.end:
            rule = Rule.BREAK if facts.kind(segment.code_id) in RESTING else Rule.EXCEPTION
            found.append(OffTime(interval=Interval(start, span.end), rule=rule))
    unknown = subtract(reserved, [off.interval for off in found]) if reserved else ()
    return (*found, *(OffTime(interval=part, rule=Rule.EXCEPTION) for part in unknown))


def _offline(agent_id: str, world: World) -> dict[date, tuple[int, int]]:
    """Count sessions and off-phone minutes per local date: the WFM's, and ours not yet in it."""
    facts = world.facts
    zone = ZoneInfo(facts.zone_of(agent_id))
    spans = [
        s.interval
        for day in facts.days.get(agent_id, ())
        for s in day.segments
        if facts.kind(s.code_id) in OFF_PHONE
    ]
    mine = [row.interval for row in world.ours if row.attendee_id == agent_id]
    spans += [one for one in mine if not any(span.overlaps(one) for span in spans)]
    sessions: Counter[date] = Counter()
    minutes: Counter[date] = Counter()
    for span in spans:
        day = span.start.astimezone(zone).date()
        sessions[day] += 1
        minutes[day] += span.minutes
    return {day: (sessions[day], minutes[day]) for day in sessions}


def _facilitator_demands(world: World) -> set[str]:
    agent = world.facts.agents.get(world.facilitator.id)
    return set(agent.shares) if agent else set()


def facilitator_of(world: World) -> Facilitator:
    """Return the world's facilitator with their working and busy time."""
    person, facts = world.facilitator, world.facts
    agent = facts.agents.get(person.id)
    if agent is not None:
        working = facts.work_of(person.id)
    elif person.working is not None:
        working = _hours(person.working, person.zone, world.dates)
    else:
        working = ()
    return Facilitator(
        id=person.id,
        zone=person.zone,
        working=merge(working),
        busy=merge(
            (
                *world.busy.get(person_resource(person.id), ()),
                *world.reserved.get(person_resource(person.id), ()),
            )
        ),
        shares=in_service(facts, agent.shares) if agent else {},
    )


def _hours(working: WorkingTime, zone: str, dates: DateRange) -> tuple[Interval, ...]:
    """Return working time from the day before ``dates`` to the day after: theirs are elsewhere."""
    hours: list[Interval] = []
    for day in DateRange(dates.start - DAY, dates.end + DAY).days():
        if day.weekday() in working.weekdays:
            with suppress(ValueError):  # the spring change swallowed the window
                hours.append(working.window.on(day, zone))
    return tuple(hours)


def rooms_of(world: World, sites: Collection[str]) -> tuple[RoomChoice, ...]:
    """Return the world's rooms on ``sites``, with what takes them."""
    return tuple(
        RoomChoice(
            id=room.id,
            site_id=site_of(room, world.facts.unit),
            capacity=room.capacity,
            equipment=room.equipment,
            busy=merge(
                (
                    *world.busy.get(room_resource(room.id), ()),
                    *world.reserved.get(room_resource(room.id), ()),
                )
            ),
        )
        for room in world.rooms
        if site_of(room, world.facts.unit) in sites
    )


def sites_of(ask: Ask, facts: UnitFacts) -> frozenset[str]:
    """Return the sites of those who attend."""
    return frozenset(facts.agents[i].site_id for i in ask.attendee_ids)


def site_of(room: Room, unit: Unit) -> str | None:
    """Return the site a room is on: stated, or the site whose name is the room's building."""
    if room.site_id is not None:
        return room.site_id
    building = (room.building or "").casefold()
    return next((s.id for s in unit.sites if s.name.casefold() == building), None)
