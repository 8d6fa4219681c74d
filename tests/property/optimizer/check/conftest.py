"""Small centres with a plan that is right by design, over weeks in which the clocks change."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from types import SimpleNamespace

import pytest
from hypothesis import strategies as st

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, Interval, at_wall
from scheduling.optimizer.check.book import Book
from scheduling.optimizer.plan import (
    AllowanceUse,
    BreakMove,
    Failure,
    Group,
    GroupPart,
    Placement,
    Plan,
    Status,
)
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import (
    Allowance,
    Attendee,
    Curve,
    Facilitator,
    Grid,
    OffTime,
    RoomChoice,
)
from scheduling.optimizer.wanted import Limits, Meeting, Part, Series, Training

FRIDAYS = (
    ("Europe/London", date(2026, 10, 23)),
    ("Europe/London", date(2027, 3, 26)),
    ("America/New_York", date(2026, 10, 30)),
    ("America/New_York", date(2027, 3, 12)),
)
"""The clocks change on the Sunday after each."""
DAYS = 6
NAMES = ("a0", "a1", "a2", "a3", "a4", "a5")
SHARES = ({"x": 1.0}, {"x": 0.41, "y": 0.59}, {"y": 0.5})


@cache
def _span(zone: str, friday: date, day: int, start: str, end: str) -> Interval:
    ends = (datetime.strptime(clock, "%H:%M").time() for clock in (start, end))  # noqa: DTZ007 - wall times
    return Interval(*(at_wall(friday + day * DAY, clock, zone) for clock in ends))


Span = Callable[[int, str, str], Interval]


@st.composite
def _curve(draw: st.DrawFn, name: str, slots: int) -> Curve:
    coverage = draw(st.floats(8, 30).map(lambda x: round(x, 2)))
    return Curve(
        demand_id=name,
        required=(coverage - 1,) * slots,
        coverage=(coverage,) * slots,
        volume=(round(coverage * draw(st.sampled_from([1.0, 2.0])), 2),) * slots,
        handling=(300.0,) * slots,
        goal=ServiceGoal(percent=80, seconds=draw(st.sampled_from([0, 20, 1800]))),
        kind=draw(st.sampled_from([DemandKind.IMMEDIATE, DemandKind.CHAT])),
        concurrency=draw(st.sampled_from([1.0, 1.5])),
        floor=None,
        removed=draw(st.sampled_from([(), (75,) * slots])),
    )


@st.composite
def _people(draw: st.DrawFn, zone: str, span: Span) -> tuple[Attendee, ...]:
    days = range(DAYS)
    off = [OffTime(interval=span(day, "12:30", "13:00"), rule=Rule.BREAK) for day in days]
    for start, end, low, high in (
        ("10:00", "10:30", "09:00", "12:00"),
        ("15:00", "15:30", "14:00", "16:30"),
    ):
        off += [
            OffTime(interval=span(day, start, end), rule=Rule.BREAK, window=span(day, low, high))
            for day in days
        ]
    return tuple(
        Attendee(
            id=name,
            zone=zone,
            site_id="s",
            team_id="t" if place < 3 else "u",
            shares=draw(st.sampled_from(SHARES)),
            shifts=tuple(span(day, "08:00", "17:00") for day in days),
            off=tuple(off),
            contract=draw(st.sampled_from([0.8, 1.0])),
            transition=draw(st.sampled_from([0, 5, 10])),
        )
        for place, name in enumerate(NAMES)
    )


def _leaders(zone: str, span: Span) -> tuple[Facilitator, ...]:
    return tuple(
        Facilitator(
            id=name,
            zone=zone,
            working=tuple(span(day, "08:00", "18:00") for day in range(DAYS)),
            shares={"y": 1.0} if name == "f" else {},
            prepare=10,
            write_up=5,
        )
        for name in ("f", "g", "h")
    )


def _meetings(first: date) -> tuple[Meeting, ...]:
    last = first + (DAYS - 1) * DAY

    def one(name: str, *people: str, place: PlaceKind = PlaceKind.ONLINE) -> Meeting:
        return Meeting(
            id=name,
            attendee_ids=people,
            facilitator_id="f",
            minutes=30,
            first=first,
            last=last,
            place=place,
        )

    return (
        one("plain", "a0"),
        one("room", "a1", place=PlaceKind.ROOM),
        one("one", "a2"),
        one("two", "a2"),
        replace(one("over", "a5"), minutes=60),
        replace(one("self", "a4"), facilitator_id=None, minutes=40),
        replace(one("team", "a3", "a0"), optional_ids=("a1", "a2"), quorum=3),
    )


def _placements(span: Span) -> tuple[Placement, ...]:
    def at(name: str, when: Interval, *people: str, room: str | None = None) -> Placement:
        return Placement(
            meeting_id=name,
            interval=when,
            place=PlaceKind.ROOM if room else PlaceKind.ONLINE,
            room_id=room,
            attendee_ids=people,
        )

    move = BreakMove(
        attendee_id="a5", before=span(0, "10:00", "10:30"), after=span(0, "11:00", "11:30")
    )
    return (
        at("plain", span(0, "08:30", "09:00"), "a0"),
        at("room", span(1, "09:00", "09:30"), "a1", room="r"),
        at("one", span(0, "14:00", "14:30"), "a2"),
        at("two", span(3, "14:00", "14:30"), "a2"),
        replace(at("over", span(0, "09:30", "10:30"), "a5"), breaks=(move,)),
        at("self", span(1, "14:00", "14:40"), "a4"),
        at("team", span(5, "09:00", "09:30"), "a3", "a0", "a2"),
    )


def _training(first: date) -> Training:
    return Training(
        id="course",
        attendee_ids=("a0", "a1", "a3", "a4"),
        trainer_ids=("g", "h"),
        parts=(Part(minutes=60), Part(minutes=60, least_days=1, most_days=3)),
        least=2,
        most=3,
        per_team=2,
        first=first,
        last=first + (DAYS - 1) * DAY,
    )


def _group(span: Span) -> Group:
    def part(when: Interval) -> GroupPart:
        return GroupPart(interval=when, trainer_id="g", place=PlaceKind.ROOM, room_id="r")

    parts = (part(span(2, "11:00", "12:00")), part(span(4, "11:00", "12:00")))
    return Group(training_id="course", attendee_ids=("a0", "a1", "a3"), parts=parts)


def _failure(name: str, person: str | None = None) -> Failure:
    return Failure(
        meeting_id=name,
        attendee_id=person,
        funnel=(),
        conflict=frozenset(),
        loosenings=(),
    )


def _limits() -> Limits:
    return Limits(edge=15, offline_a_day=200, offline_a_week=600, sessions_a_day=2)


@st.composite
def _worlds(draw: st.DrawFn) -> SimpleNamespace:
    """Return a problem, a right plan for it, its Friday, and ``span`` for wall times from then on."""
    zone, friday = draw(st.sampled_from(FRIDAYS))
    minutes = draw(st.sampled_from([5, 10, 15, 30]))

    def span(day: int, start: str, end: str) -> Interval:
        return _span(zone, friday, day, start, end)

    start = span(0, "00:00", "01:00").start
    slots = (span(DAYS, "00:00", "01:00").start - start) // timedelta(minutes=minutes)
    placed = _placements(span)
    problem = Problem(
        now=start - timedelta(hours=1),
        grid=Grid(start=start, slots=slots, slot_minutes=minutes),
        curves=(draw(_curve("x", slots)), draw(_curve("y", slots))),
        attendees=draw(_people(zone, span)),
        facilitators=_leaders(zone, span),
        rooms=(RoomChoice(id="r", site_id="s", capacity=4, turnover=10),),
        meetings=_meetings(friday),
        trainings=(_training(friday),),
        series=(Series(id="s", meeting_ids=("one", "two"), least=2, most=4),),
        pinned=(placed[0],),
        limits=_limits(),
        allowances=(Allowance(week=friday - 4 * DAY, planned=900, used=60),),
    )
    plan = Plan(
        status=Status.FEASIBLE,
        placements=placed,
        failures=(_failure("course", "a4"),),
        groups=(_group(span),),
        alternatives={"plain": (replace(placed[0], interval=span(3, "09:00", "09:30")),)},
    )
    return SimpleNamespace(
        problem=problem, plan=_with_money(problem, plan), friday=friday, span=span
    )


def _with_money(problem: Problem, plan: Plan) -> Plan:
    """Return ``plan`` with its prices, cost, bound and allowances filled in."""
    book, meetings = Book(problem), {meeting.id: meeting for meeting in problem.meetings}
    priced: dict[str, Placement | Group] = {}
    placed = sorted(
        plan.placements,
        key=lambda one: (meetings[one.meeting_id].attendee_id, one.interval, one.meeting_id),
    )
    bookings = [(one.meeting_id, book.of_placement(one)) for one in placed]
    bookings += [(group.training_id, book.of_group(group)) for group in plan.groups]
    for name, booking in bookings:
        assert booking is not None
        priced[name] = replace(booking.answer, price=book.costs.of(booking.taken, book.taken))
        book.lay(booking)
    cost = sum(one.price for one in priced.values())
    return replace(
        plan,
        placements=tuple(priced[one.meeting_id] for one in plan.placements),
        groups=tuple(priced[group.training_id] for group in plan.groups),
        alternatives=_priced_alternatives(book, plan),
        allowances=_used(problem, plan),
        cost=cost,
        bound=cost,
    )


def _priced_alternatives(book: Book, plan: Plan) -> dict[str, tuple[Placement, ...]]:
    offered: dict[str, tuple[Placement, ...]] = {}
    for name, others in plan.alternatives.items():
        own = book.held[name]
        book.lift(own)
        instead = [(one, book.of_placement(one)) for one in others]
        offered[name] = tuple(
            replace(one, price=book.costs.of(booking.taken, book.taken))
            for one, booking in instead
            if booking is not None
        )
        book.lay(own)
    return offered


def _used(problem: Problem, plan: Plan) -> tuple[AllowanceUse, ...]:
    """Count the first week by hand: Friday to Sunday, the people's transitions beside the minutes."""
    people = {person.id: 2 * person.transition for person in problem.attendees}
    first = {"plain": ("a0",), "room": ("a1",), "one": ("a2",), "self": ("a4",), "over": ("a5",)}
    minutes = {"over": 60, "self": 40}
    added = sum(
        minutes.get(name, 30) + people[who] for name, names in first.items() for who in names
    )
    added += sum(60 + people[name] for name in plan.groups[0].attendee_ids) if plan.groups else 0
    return tuple(
        AllowanceUse(week=each.week, planned=each.planned, used=each.used, added=added)
        for each in problem.allowances
    )


@pytest.fixture(scope="session")
def worlds() -> st.SearchStrategy[SimpleNamespace]:
    """Return the strategy of worlds."""
    return _worlds()


def _person(problem: Problem, name: str, **changes: object) -> Problem:
    people = tuple(replace(one, **changes) if one.id == name else one for one in problem.attendees)
    return replace(problem, attendees=people)


def _leader(problem: Problem, name: str, **changes: object) -> Problem:
    leaders = tuple(
        replace(one, **changes) if one.id == name else one for one in problem.facilitators
    )
    return replace(problem, facilitators=leaders)


def _meeting(problem: Problem, name: str, **changes: object) -> Problem:
    meetings = tuple(replace(one, **changes) if one.id == name else one for one in problem.meetings)
    return replace(problem, meetings=meetings)


def _placed(plan: Plan, name: str, **changes: object) -> Plan:
    placed = tuple(
        replace(one, **changes) if one.meeting_id == name else one for one in plan.placements
    )
    return replace(plan, placements=placed)


@pytest.fixture(scope="session")
def edit() -> SimpleNamespace:
    """Return what changes one thing: person, leader, meeting of a problem; placed, of a plan."""
    return SimpleNamespace(
        person=_person, leader=_leader, meeting=_meeting, placed=_placed, failure=_failure
    )
