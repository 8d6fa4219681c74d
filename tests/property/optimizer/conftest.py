"""Random small problems with a little of everything, over days with and without a clock change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import strategies as st

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.rules import CAPS, Rule
from scheduling.domain.times import DAY, MINUTE, Interval, WallWindow, at_wall
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import (
    Allowance,
    Attendee,
    Cap,
    Curve,
    Facilitator,
    Grid,
    Heads,
    OffTime,
    RoomChoice,
)
from scheduling.optimizer.wanted import Limits, Meeting, Part, Preference, Series, Training

MORNINGS = (
    ("UTC", date(2026, 11, 2)),
    ("Europe/Berlin", date(2027, 3, 27)),
    ("Europe/London", date(2026, 10, 24)),
    ("America/New_York", date(2026, 10, 31)),
)
"""The clocks change in the night after, but in UTC."""
PEOPLE = ("a0", "a1", "a2", "a3")
LEADERS = ("f0", "f1")
EVENING = WallWindow(time(15), time(20))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where and when a problem plays: ``days`` local days from 08:00 of ``first``, or a morning."""

    zone: str
    first: date
    days: int
    minutes: int
    rich: bool

    @property
    def grid(self) -> Grid:
        """The slots: two and a half hours where there is no whole day."""
        start = at_wall(self.first, time(8), self.zone)
        hours = 24 * self.days - 12 if self.days else 2.5
        return Grid(start=start, slots=int(60 * hours / self.minutes), slot_minutes=self.minutes)

    @property
    def dates(self) -> list[date]:
        """The local dates."""
        return [self.first + day * DAY for day in range(max(1, self.days))]


@st.composite
def _spans(draw: st.DrawFn, within: Interval, most: int, step: int = 5) -> Interval:
    """Return a span of up to ``most`` minutes that starts ``within``."""
    at = within.start + step * draw(st.integers(0, within.minutes // step - 1)) * MINUTE
    return Interval(at, at + step * draw(st.integers(1, most // step)) * MINUTE)


@st.composite
def _curves(draw: st.DrawFn, name: str, slots: int) -> Curve:
    def series(low: float, high: float) -> tuple[float, ...]:
        few = [draw(st.integers(int(100 * low), int(100 * high))) / 100 for _ in range(3)]
        return tuple(few[slot * 3 // slots] for slot in range(slots))

    return Curve(
        demand_id=name,
        required=series(0, 9),
        coverage=series(4, 14),
        volume=series(0, 40),
        handling=(draw(st.sampled_from([60.0, 300.0])),) * slots,
        goal=ServiceGoal(percent=80, seconds=draw(st.sampled_from([0, 20, 1800]))),
        kind=draw(st.sampled_from(list(DemandKind))),
        weight=draw(st.sampled_from([1.0, 0.37])),
        floor=draw(st.sampled_from([None, None, 3.0, 12.5])),
        drop=draw(st.sampled_from([None, None, None, 0.3])),
        concurrency=draw(st.sampled_from([1.0, 1.5])),
        backlog=draw(st.sampled_from([0.0, 50.0])),
        removed=draw(st.sampled_from([(), (75,) * slots])),
    )


@st.composite
def _off(draw: st.DrawFn, shift: Interval, *, movable: bool) -> tuple[OffTime, ...]:
    """Return a break that may move, a meal, and an exception, each in its part of the shift."""

    def part(low: int, high: int) -> Interval:
        return Interval(shift.start + low * MINUTE, shift.start + high * MINUTE)

    window = part(30, 210) if movable else None
    pause = draw(_spans(part(60, 150), 30, 15))
    meal = draw(_spans(part(240, 270), 30))
    away = draw(_spans(part(330, 420), 60))
    return (
        OffTime(interval=pause, rule=Rule.BREAK, window=window),
        OffTime(interval=meal, rule=Rule.BREAK),
        OffTime(interval=away, rule=Rule.EXCEPTION),
    )


@st.composite
def _person(draw: st.DrawFn, name: str, world: World) -> Attendee:
    starts = [at_wall(day, time(draw(st.integers(6, 9))), world.zone) for day in world.dates]
    shifts = tuple(Interval(at, at + 9 * timedelta(hours=1)) for at in starts)
    off = tuple(one for shift in shifts for one in draw(_off(shift, movable=world.rich)))
    return Attendee(
        id=name,
        zone=world.zone,
        site_id="s",
        team_id=draw(st.sampled_from(["t", "u"])),
        shares=draw(st.sampled_from([{"x": 1.0}, {"x": 0.41, "y": 0.59}, {"y": 0.5}])),
        shifts=shifts,
        off=off if world.days else (),
        busy=(draw(_spans(world.grid.span, 90)),),
        offline=draw(st.sampled_from([{}, {}, {}, {world.first: (1, 60)}])),
        contract=draw(st.sampled_from([1.0, 0.6])),
        transition=draw(st.sampled_from([0, 5, 15])) if world.rich else 0,
        inconvenient=draw(st.integers(0, 3)),
    )


@st.composite
def _leader(draw: st.DrawFn, name: str, world: World) -> Facilitator:
    days = [
        Interval(at_wall(day, time(7), world.zone), at_wall(day, time(18), world.zone))
        for day in world.dates
    ]
    return Facilitator(
        id=name,
        zone=draw(st.sampled_from([world.zone, "Asia/Kolkata"])),
        working=tuple(days),
        busy=(draw(_spans(world.grid.span, 120)),),
        shares=draw(st.sampled_from([{}, {"y": 1.0}])),
        leads=draw(st.sampled_from([None, None, None, frozenset({"talk"})])),
        prepare=draw(st.sampled_from([0, 10])) if world.rich else 0,
        write_up=draw(st.sampled_from([0, 15])) if world.rich else 0,
        contact_a_day=draw(st.sampled_from([None, None, 60, 120])),
        led={world.first: 30},
    )


@st.composite
def _meeting(draw: st.DrawFn, name: str, world: World, leaders: Sequence[str]) -> Meeting:
    people = draw(st.permutations(PEOPLE))
    required = draw(st.sampled_from([1, 1, 1, 2]))
    optional = draw(st.sampled_from([0, 0, 1, 2])) if world.rich else 0
    quorum = draw(st.integers(required, required + optional))
    length = st.sampled_from([10, 15, 30, 40, 60] if world.rich else [15, 30])
    return Meeting(
        id=name,
        attendee_ids=tuple(people[:required]),
        optional_ids=tuple(people[required : required + optional]),
        quorum=draw(st.sampled_from([None, quorum])),
        facilitator_id=draw(st.sampled_from([*leaders, leaders[0], None])),
        minutes=draw(length),
        first=world.dates[0],
        last=draw(st.sampled_from([world.dates[-1], *world.dates])),
        place=draw(st.sampled_from(list(PlaceKind))),
        tier=draw(st.sampled_from(list(Tier))),
        walk_away=draw(st.sampled_from([None, None, None, 20.0, 2.0])) if world.rich else None,
        equipment=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"screen"})])),
        type_id=draw(st.sampled_from(["talk", "talk", ""])),
        limit_set=draw(st.sampled_from([None, None, "other"])),
    )


@st.composite
def _training(draw: st.DrawFn, world: World) -> Training:
    later = Part(minutes=30, least_days=draw(st.integers(0, 1)), most_days=2)
    first = Part(minutes=draw(st.sampled_from([30, 60])), place=draw(st.sampled_from(PlaceKind)))
    return Training(
        id="course",
        attendee_ids=draw(st.permutations(PEOPLE))[: draw(st.integers(2, 4))],
        trainer_ids=draw(st.sampled_from([LEADERS, LEADERS[:1]])),
        parts=(first, later) if draw(st.booleans()) else (first,),
        least=draw(st.integers(1, 2)),
        most=draw(st.integers(2, 4)),
        per_team=draw(st.sampled_from([None, 2])),
        same_trainer=draw(st.booleans()),
        first=world.dates[0],
        last=world.dates[-1],
        tier=draw(st.sampled_from(list(Tier))),
    )


@st.composite
def _room(draw: st.DrawFn, name: str, world: World) -> RoomChoice:
    return RoomChoice(
        id=name,
        site_id="s",
        capacity=draw(st.sampled_from([3, 8])),
        busy=(draw(_spans(world.grid.span, 60)),),
        equipment=draw(st.sampled_from([frozenset(), frozenset({"screen"})])),
        turnover=draw(st.sampled_from([0, 10])),
    )


@st.composite
def _limits(draw: st.DrawFn, world: World) -> Limits:
    early = Preference(window=WallWindow(time(8), time(10)), weight=draw(st.integers(0, 100)))
    return Limits(
        windows=draw(st.sampled_from([(), (), (), (EVENING,)])) if world.days else (),
        lead=draw(st.sampled_from([0, 75])),
        freeze=draw(st.sampled_from([0, 600])),
        edge=draw(st.sampled_from([0, 0, 30])),
        sessions_a_day=draw(st.sampled_from([1, 2, 3])),
        offline_a_day=draw(st.sampled_from([60, 240, 240])),
        offline_a_week=draw(st.sampled_from([120, 480, 480])),
        break_spacing=draw(st.sampled_from([15, 60])),
        work_stretch=draw(st.sampled_from([240, 480])),
        preferences=(early,),
    )


@st.composite
def _cap(draw: st.DrawFn, name: str, slots: int) -> Cap:
    """Return a cap on one or two people, one of them away for a while."""
    first = draw(st.integers(0, slots - 2))
    gone = range(first, min(slots, first + 4))
    return Cap(
        id=name,
        rule=draw(st.sampled_from(sorted(CAPS))),
        members=frozenset(draw(st.sets(st.sampled_from(PEOPLE), min_size=1))),
        most=(draw(st.sampled_from([1, 2])),),
        away=tuple(int(slot in gone) for slot in range(slots)),
    )


@st.composite
def _series(
    draw: st.DrawFn, meetings: tuple[Meeting, ...], world: World
) -> tuple[tuple[Meeting, ...], tuple[Series, ...]]:
    """Return the meetings, the first two of one person and in a series where there are two."""
    if len(meetings) < 2 or not draw(st.booleans()):
        return meetings, ()
    plain = {"optional_ids": (), "quorum": None, "attendee_ids": meetings[0].attendee_ids[:1]}
    first, second = (replace(one, **plain) for one in meetings[:2])
    series = Series(
        id="series",
        meeting_ids=(first.id, second.id),
        least=draw(st.sampled_from([0, 1, 1, 2])),
        most=draw(st.sampled_from([None, 2, 9])),
        history=draw(st.sampled_from([(), (), (world.first - DAY,), (world.first - 8 * DAY,)])),
    )
    return (first, second, *meetings[2:]), (series,)


@st.composite
def _pinned(draw: st.DrawFn, meeting: Meeting, world: World) -> Placement:
    grid = world.grid
    at: datetime = grid.at(draw(st.integers(0, grid.slots - 60 // grid.slot_minutes)))
    return Placement(
        meeting_id=meeting.id,
        interval=Interval(at, at + meeting.minutes * MINUTE),
        place=meeting.place,
        room_id="r" if meeting.place is PlaceKind.ROOM else None,
        attendee_ids=meeting.people,
    )


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    leaders: int = 2,
    meetings: int = 4,
    days: int = 3,
    rich: bool = True,
    course: bool | None = None,
) -> Problem:
    """Return a problem; ``days`` 0 is one short morning.

    ``course`` says whether there is a training too, None for either.
    Without ``rich`` there are no transitions, buffers, moved breaks, optional attendees, pinned
    meetings or trainings.
    """
    zone, first = draw(st.sampled_from(MORNINGS))
    minutes = draw(st.sampled_from([10, 15, 30])) if rich else 15
    world = World(zone=zone, first=first, days=days, minutes=minutes, rich=rich)
    grid = world.grid
    names = LEADERS[:leaders]
    wanted = tuple(
        draw(_meeting(f"m{number}", world, names))
        for number in range(draw(st.integers(1, meetings)))
    )
    wanted, series = draw(_series(wanted, world))
    booked = draw(st.lists(st.sampled_from(wanted), max_size=2, unique=True)) if rich else []
    if course is None:
        course = rich and leaders == len(LEADERS) and draw(st.booleans())
    limits, other = draw(_limits(world)), draw(_limits(world))
    return Problem(
        now=grid.start - timedelta(hours=1),
        grid=grid,
        curves=tuple(draw(_curves(name, grid.slots)) for name in ("x", "y")),
        attendees=tuple(draw(_person(name, world)) for name in PEOPLE),
        facilitators=tuple(draw(_leader(name, world)) for name in names),
        rooms=tuple(
            draw(_room(name, world)) for name in ("r", "q")[: draw(st.integers(1, 1 + rich))]
        ),
        meetings=wanted,
        trainings=(draw(_training(world)),) if course else (),
        series=series,
        pinned=tuple(draw(_pinned(one, world)) for one in booked),
        limits=limits,
        limit_sets={"other": other},
        caps=tuple(
            draw(_cap(f"cap{place}", grid.slots)) for place in range(draw(st.integers(0, 2)))
        ),
        heads=(Heads(demand_id="x", site_id="s", present=(3,) * grid.slots, minimum=1),),
        allowances=(Allowance(week=first - first.weekday() * DAY, planned=300, used=30),),
        relaxed=frozenset(draw(st.sets(st.sampled_from([Rule.FLOOR, Rule.ROOM, Rule.HEADS])))),
        seed=draw(st.integers(0, 3)),
    )


@pytest.fixture(scope="session")
def strategy() -> object:
    """Return the strategy maker: ``strategy(leaders=.., meetings=.., days=.., rich=..)``."""
    return problems
