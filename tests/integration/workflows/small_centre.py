"""Two units of six agents each, the people around them, and what they ask for."""

from collections.abc import Iterable, Sequence
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
from scheduling.domain.commits import PlannedSession
from scheduling.domain.meetings import CapRule, MeetingType, PlaceKind, SearchParameters
from scheduling.domain.people import Actor, Person, Role, WorkingTime
from scheduling.domain.proposals import Option
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, MINUTE, DateRange, Interval, WallWindow, at_wall
from wfm.centre.model import Centre
from wfm.ledger import agent_day

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + DAY
EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Now: an hour before the shifts of Monday begin."""

ZONE = "Europe/London"
UNITS = ("north", "south")
AGENTS = 6
SLOT = 15
DAYS = 21


def centre(spare: float = 3.0, units: Sequence[str] = UNITS, size: int = AGENTS) -> Centre:
    """Return units of ``size`` agents each on one site, at work on weekdays from nine to five.

    ``spare`` is how many FTE are scheduled beyond the requirement.
    """
    site = Site(id="leeds", name="Leeds", zone=ZONE)
    agents = tuple(_agent(unit, n) for unit in units for n in range(1, size + 1))
    days = [MONDAY + n * DAY for n in range(DAYS)]
    at_work = [day for day in days if day.weekday() < 5]
    return Centre(
        zone=ZONE,
        units=tuple(
            Unit(
                id=unit,
                name=unit.title(),
                sites=(site,),
                teams=(Team(id=f"{unit}-team", name=f"{unit.title()} team", site_id=site.id),),
            )
            for unit in units
        ),
        agents=agents,
        codes=(
            ActivityCode(id="work", name="Open", kind=CodeKind.WORK),
            ActivityCode(id="meal", name="Meal", kind=CodeKind.MEAL, paid=False),
            ActivityCode(id="one_to_one", name="One-to-one", kind=CodeKind.MEETING),
        ),
        demands={unit: (Demand(id=f"{unit}-calls", name="Calls"),) for unit in units},
        days={(a.id, d): agent_day(a.id, d, True, _segments(d)) for a in agents for d in at_work},  # noqa: FBT003 - published
        staffing={f"{unit}-calls": _staffing(unit, days, spare, size) for unit in units},
        people=(),
    )


def _agent(unit: str, number: int) -> Agent:
    name = f"{unit}-{number}"
    return Agent(
        id=name,
        name=f"Agent {name}",
        unit_id=unit,
        site_id="leeds",
        team_id=f"{unit}-team",
        zone=ZONE,
        shares={f"{unit}-calls": 1.0},
        address=f"{name}@contoso.example",
    )


def _segments(day: date) -> list[Segment]:
    walls = [
        (time(9), time(12), "work"),
        (time(12), time(13), "meal"),
        (time(13), time(17), "work"),
    ]
    return [
        Segment(interval=Interval(at_wall(day, a, ZONE), at_wall(day, b, ZONE)), code_id=code)
        for a, b, code in walls
    ]


def _staffing(unit: str, days: Sequence[date], spare: float, size: int) -> StaffingSeries:
    start = at_wall(days[0], time(0), ZONE)
    open_at = {
        slot
        for day in days
        if day.weekday() < 5
        for segment in _segments(day)
        if segment.code_id == "work"
        for slot in segment.interval.slots(SLOT)
    }
    slots = [start + n * SLOT * MINUTE for n in range(len(days) * 24 * 60 // SLOT)]
    busy = [slot in open_at for slot in slots]
    return StaffingSeries(
        demand_id=f"{unit}-calls",
        start=start,
        interval_minutes=SLOT,
        required=tuple(size - spare if one else 0.0 for one in busy),
        scheduled=tuple(float(size) if one else 0.0 for one in busy),
        volume=tuple(float(size) if one else 0.0 for one in busy),
        handling=tuple(300.0 if one else 0.0 for one in busy),
        as_of=datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
        source=StaffingSource.VENDOR,
    )


def person(name: str, *roles: Role, unit: str = "north", leads: Iterable[str] = ()) -> Person:
    """Return somebody at work from eight to six on weekdays."""
    return Person(
        id=name,
        name=name.title(),
        zone=ZONE,
        roles=frozenset(roles),
        unit_id=unit,
        leads=frozenset(leads),
        address=f"{name}@contoso.example",
        working=WorkingTime(weekdays=frozenset(range(5)), window=WallWindow(time(8), time(18))),
    )


STAFF = (
    person("mia", Role.MANAGER, leads=["north-team"]),
    person("tom", Role.MANAGER, leads=["north-team"]),
    person("nia", Role.MANAGER, unit="south", leads=["south-team"]),
    person("sam", Role.SCHEDULER),
    person("sue", Role.SCHEDULER),
)


def actor(person_id: str) -> Actor:
    """Return the account that is bound to a person."""
    return Actor(object_id=f"oid-{person_id}", tenant_id="tenant", name=person_id.title())


def one_to_one(**parameters: object) -> MeetingType:
    """Return the type of meeting that these tests ask for."""
    return MeetingType(
        id="one_to_one",
        name="One-to-one",
        subject="One-to-one",
        code_id="one_to_one",
        parameters=SearchParameters(
            **{"lead": 60, "caps": (CapRule(scope=Rule.TEAM_CAP, heads=6),), **parameters}
        ),  # type: ignore[arg-type]
    )


def team_meeting(**parameters: object) -> MeetingType:
    """Return the type of meeting at which several are together."""
    return replace(
        one_to_one(caps=(), **parameters),
        id="team_meeting",
        name="Team meeting",
        subject="Team meeting",
        group=True,
        private=False,
    )


def meeting_of(*attendees: str, **changes: object) -> Ask:
    """Return a wish for one meeting of half an hour of them all, on Tuesday."""
    changes = {"type_id": "team_meeting", "together": True, **changes}
    return replace(ask_for(*attendees), **changes)  # type: ignore[arg-type]


def ask_for(
    *attendees: str,
    who: str = "mia",
    place: PlaceKind = PlaceKind.ONLINE,
    first: date = TUESDAY,
    days: int = 1,
) -> Ask:
    """Return a wish for one-to-ones of half an hour."""
    return Ask(
        type_id="one_to_one",
        attendee_ids=attendees,
        facilitator_id=who,
        dates=DateRange(first, first + days * DAY),
        minutes=30,
        place=place,
    )


def planned(
    number: int, *, day: date = TUESDAY, at: time = time(9), who: str = "mia"
) -> PlannedSession:
    """Return half an hour online of one agent of the north with ``who``."""
    start = at_wall(day, at, ZONE)
    return PlannedSession(
        type_id="one_to_one",
        attendee_id=f"north-{number}",
        facilitator_id=who,
        zone=ZONE,
        option=Option(
            interval=Interval(start, start + 30 * MINUTE), place=PlaceKind.ONLINE, price=0.0
        ),
    )
