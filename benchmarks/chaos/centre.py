"""A small centre for each unit, the people around it, and what they ask for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from scheduling.domain.asks import Ask
from scheduling.domain.centre import (
    ActivityCode,
    Agent,
    CodeKind,
    Demand,
    Segment,
    Site,
    StaffingSeries,
    StaffingSource,
    Team,
    Unit,
)
from scheduling.domain.courses import Course, CoursePart
from scheduling.domain.meetings import CapRule, MeetingType, PlaceKind, Room, SearchParameters
from scheduling.domain.people import Person, Role, WorkingTime
from scheduling.domain.rules import Rule
from scheduling.domain.templates import Audience, Frequency, Recurrence, Template
from scheduling.domain.times import DAY, MINUTE, DateRange, Interval, WallWindow, at_wall
from wfm.centre.model import Centre
from wfm.ledger import agent_day

ZONE = "Europe/London"
AGENTS = 12
MANAGERS = 4
ROOMS = 8
SPARE = 6.0
"""FTE scheduled beyond the requirement."""
WEEKS = 5
ASKED_DAYS = 15
"""Workdays, from the first that is asked for, over which the asks are spread."""
SLOT = 15
WALLS = ((time(9), time(12), "work"), (time(12), time(13), "meal"), (time(13), time(17), "work"))
MEAL = WallWindow(time(12), time(13))
"""Nothing fits into it, so that who asks for it needs a scheduler."""


def unit_names(count: int) -> tuple[str, ...]:
    """Return the ids of ``count`` units."""
    return tuple(f"unit-{n}" for n in range(1, count + 1))


def keyed(unit: str) -> bool:
    """Whether the remotes of a unit take a key; those of every second one can only be read."""
    return int(unit.rpartition("-")[2]) % 2 == 1


def centre(units: Sequence[str], monday: date) -> Centre:
    """Return units of twelve agents each, at work on weekdays from nine to five by the wall."""
    agents = tuple(_agent(unit, n) for unit in units for n in range(AGENTS))
    days = [monday + n * DAY for n in range(WEEKS * 7)]
    at_work = [day for day in days if day.weekday() < 5]
    return Centre(
        zone=ZONE,
        units=tuple(_unit(unit) for unit in units),
        agents=agents,
        codes=(
            ActivityCode(id="work", name="Open", kind=CodeKind.WORK),
            ActivityCode(id="meal", name="Meal", kind=CodeKind.MEAL, paid=False),
            ActivityCode(id="one_to_one", name="One-to-one", kind=CodeKind.MEETING),
            ActivityCode(id="coaching", name="Coaching", kind=CodeKind.MEETING),
            ActivityCode(id="training", name="Training", kind=CodeKind.TRAINING),
        ),
        demands={unit: (Demand(id=f"{unit}-calls", name="Calls"),) for unit in units},
        days={
            (a.id, d): agent_day(a.id, d, published=True, segments=_segments(d))
            for a in agents
            for d in at_work
        },
        staffing={f"{unit}-calls": _staffing(unit, days) for unit in units},
        people=staff(units),
    )


def _unit(unit: str) -> Unit:
    site = Site(id=f"{unit}-site", name=f"Site of {unit}", zone=ZONE)
    return Unit(
        id=unit,
        name=unit.title(),
        sites=(site,),
        teams=(Team(id=f"{unit}-team", name=f"{unit.title()} team", site_id=site.id),),
    )


def _agent(unit: str, number: int) -> Agent:
    name = f"{unit}-agent-{number}"
    return Agent(
        id=name,
        name=f"Agent {number} of {unit}",
        unit_id=unit,
        site_id=f"{unit}-site",
        team_id=f"{unit}-team",
        zone=ZONE,
        shares={f"{unit}-calls": 1.0},
        address=f"{name}@contoso.example",
    )


def _segments(day: date) -> list[Segment]:
    return [
        Segment(interval=Interval(at_wall(day, a, ZONE), at_wall(day, b, ZONE)), code_id=code)
        for a, b, code in WALLS
    ]


def _staffing(unit: str, days: Sequence[date]) -> StaffingSeries:
    start = at_wall(days[0], time(0), ZONE)
    open_at = {
        slot
        for day in days
        if day.weekday() < 5
        for segment in _segments(day)
        if segment.code_id == "work"
        for slot in segment.interval.slots(SLOT)
    }
    busy = [start + n * SLOT * MINUTE in open_at for n in range(len(days) * 24 * 60 // SLOT)]
    return StaffingSeries(
        demand_id=f"{unit}-calls",
        start=start,
        interval_minutes=SLOT,
        required=tuple(AGENTS - SPARE if one else 0.0 for one in busy),
        scheduled=tuple(float(AGENTS) if one else 0.0 for one in busy),
        volume=tuple(12.0 if one else 0.0 for one in busy),
        handling=tuple(300.0 if one else 0.0 for one in busy),
        as_of=datetime.combine(days[0], time(0), UTC),
        source=StaffingSource.VENDOR,
    )


def rooms(units: Sequence[str]) -> list[Room]:
    """Return the rooms of every unit's site."""
    return [
        Room(
            id=f"{unit}-room-{n}@rooms.example",
            name=f"Room {n}",
            capacity=4 + n,
            site_id=f"{unit}-site",
            building=f"Site of {unit}",
        )
        for unit in units
        for n in range(ROOMS)
    ]


def staff(units: Sequence[str]) -> tuple[Person, ...]:
    """Return the managers and the two schedulers of every unit."""
    return tuple(
        _person(f"{unit}-{name}", unit, role)
        for unit in units
        for name, role in (
            *((f"manager-{n}", Role.MANAGER) for n in range(MANAGERS)),
            ("scheduler-0", Role.SCHEDULER),
            ("scheduler-1", Role.SCHEDULER),
        )
    )


def _person(name: str, unit: str, role: Role) -> Person:
    return Person(
        id=name,
        name=name.title(),
        zone=ZONE,
        roles=frozenset({role}),
        unit_id=unit,
        leads=frozenset({f"{unit}-team"} if role is Role.MANAGER else ()),
        address=f"{name}@contoso.example",
        working=WorkingTime(weekdays=frozenset(range(5)), window=WallWindow(time(8), time(18))),
    )


def everybody(units: Sequence[str]) -> list[Person]:
    """Return the staff and, as people of the WFM, the agents."""
    agents = [
        Person(
            id=a.id,
            name=a.name,
            zone=a.zone,
            roles=frozenset({Role.AGENT}),
            unit_id=a.unit_id,
            site_id=a.site_id,
            team_id=a.team_id,
            address=a.address,
            in_wfm=True,
        )
        for unit in units
        for a in (_agent(unit, n) for n in range(AGENTS))
    ]
    return [*staff(units), *agents]


def one_to_one() -> MeetingType:
    """Return the type for single people, which may be scheduled by itself; caps are out of the way."""
    return MeetingType(
        id="one_to_one",
        name="One-to-one",
        subject="One-to-one",
        code_id="one_to_one",
        auto_schedule=True,
        parameters=SearchParameters(
            lead=60,
            sessions_a_day=3,
            offline_a_day=240,
            offline_a_week=900,
            caps=(CapRule(scope=Rule.TEAM_CAP, heads=AGENTS),),
        ),
    )


def team_meeting() -> MeetingType:
    """Return the type for several people together."""
    return replace(
        one_to_one(), id="team_meeting", name="Team meeting", subject="Team meeting", group=True
    )


def coaching() -> MeetingType:
    """Return the type of what recurs: of a code of its own, so that no one-to-one counts as it."""
    return replace(one_to_one(), id="coaching", name="Coaching", code_id="coaching")


def training() -> MeetingType:
    """Return the type of what is taught."""
    return replace(team_meeting(), id="training", name="Training", code_id="training")


def types() -> tuple[MeetingType, ...]:
    """Return every type."""
    return one_to_one(), team_meeting(), coaching(), training()


def unit_of_run(number: int, units: Sequence[str]) -> str:
    """Return the unit of a run; recurring meetings and courses come to remotes with keys and without."""
    return units[(number + number // 2) % len(units)]


def name_of_run(number: int) -> str:
    """Return what the template or the course of a run is called."""
    return f"Run {number}"


def planners(unit: str) -> tuple[str, str]:
    """Return the schedulers of a unit."""
    return f"{unit}-scheduler-0", f"{unit}-scheduler-1"


def is_course(number: int) -> bool:
    """Whether a run is the roll-out of a course; the others are of recurring meetings."""
    return number % 2 == 1


def template(number: int, unit: str, first: date) -> Template:
    """Return coaching of everybody in a unit, once a week, in a room."""
    return Template(
        id="",
        version=0,
        name=name_of_run(number),
        unit_id="",
        owner_id="",
        type_id="coaching",
        audience=Audience(team_ids=frozenset({f"{unit}-team"})),
        recurrence=Recurrence(frequency=Frequency.WEEKLY),
        start=first,
        facilitator_id=f"{unit}-manager-0",
        place=PlaceKind.ROOM,
    )


def course(number: int, unit: str) -> Course:
    """Return a course in two parts for everybody in a unit, taught in threes and fours by two."""
    return Course(
        id="",
        version=0,
        name=name_of_run(number),
        unit_id="",
        owner_id="",
        type_id="training",
        parts=(CoursePart(minutes=60, place=PlaceKind.ROOM), CoursePart(minutes=30, least_days=1)),
        audience=Audience(team_ids=frozenset({f"{unit}-team"})),
        trainer_ids=(f"{unit}-manager-1", f"{unit}-manager-2"),
        least=3,
        most=4,
    )


def requester_of(number: int, units: Sequence[str]) -> str:
    """Return the person who makes request ``number``."""
    return f"{units[number % len(units)]}-manager-{number // len(units) % MANAGERS}"


def is_interactive(number: int, units: Sequence[str]) -> bool:
    """Whether a request is proposed first; the others are searched for in the queue."""
    return number // len(units) % 4 == 0


def ask(number: int, units: Sequence[str], first: date) -> Ask:
    """Return what request ``number`` wants on the workdays from ``first``; no two are the same.

    Every sixth of a unit wants the minutes of a meal, which takes a scheduler; every fourth is
    for two people, every third has another facilitator than its requester, every fifth is online;
    every seventh is one meeting of three, of whom two are enough.
    """
    unit, k = units[number % len(units)], number // len(units)
    workdays = [d for d in (first + n * DAY for n in range(WEEKS * 7)) if d.weekday() < 5]
    day = k // AGENTS % ASKED_DAYS
    together = k % 7 == 3
    beside = (0, 3, 7) if together else (0, 5) if k % 4 == 1 else (0,)
    return Ask(
        type_id="team_meeting" if together else "one_to_one",
        attendee_ids=tuple(f"{unit}-agent-{(k + more) % AGENTS}" for more in beside),
        together=together,
        quorum=2 if together else None,
        facilitator_id=f"{unit}-manager-{(k + (k % 3 == 2)) % MANAGERS}",
        dates=DateRange(workdays[day], workdays[day + 1 + k // (AGENTS * ASKED_DAYS)] + DAY),
        minutes=30,
        place=PlaceKind.ONLINE if k % 5 == 4 else PlaceKind.ROOM,
        window=MEAL if k % 6 == 5 else None,
    )
