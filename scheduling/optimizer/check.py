"""An independent check of a plan; shares no code with the solver.

Every rule and the cost are derived again from the problem, session by session and with plain
numbers, on the true minutes of each session. It imports the data and the domain, nothing else.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from scheduling.domain.centre import DemandKind
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval, WallWindow, merge, zone_of
from scheduling.optimizer.check_cost import Taken, TrueCost
from scheduling.optimizer.outcome import Fault, FaultKind
from scheduling.optimizer.plan import Placement, Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Facilitator
from scheduling.optimizer.wanted import Meeting

_NEAR: Final = 2e-4
"""Contacts that sums of rounded prices may be off, per session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """A placement with the people it concerns."""

    placement: Placement
    meeting: Meeting
    attendee: Attendee
    facilitator: Facilitator

    @property
    def interval(self) -> Interval:
        return self.placement.interval

    @property
    def people(self) -> frozenset[str]:
        return frozenset({self.attendee.id, self.facilitator.id})

    @property
    def day(self) -> date:
        return self.interval.start.astimezone(zone_of(self.attendee.zone)).date()


def check(problem: Problem, plan: Plan) -> tuple[Fault, ...]:
    """Return everything that is wrong with ``plan`` as an answer to ``problem``; () if nothing is.

    Placements are checked together, each alternative in place of its own placement. Rules that
    the problem relaxes do not count; two sessions of one person at once always do.
    """
    faults = list(_answers(problem, plan))
    book = _Book(problem)
    sessions = [s for placed in plan.placements if (s := book.session(placed)) is not None]
    for one in sessions:
        others = [other for other in sessions if other is not one]
        faults += book.faults(one, others, alternative=False)
        for offered in plan.alternatives.get(one.meeting.id, ()):
            instead = book.session(offered)
            if instead is None or instead.meeting is not one.meeting:
                faults.append(_fault(FaultKind.UNKNOWN_MEETING, one.meeting.id, alternative=True))
                continue
            faults += book.faults(instead, others, alternative=True)
            price = book.cost([instead], beside=others)
            if abs(price - offered.price) > _NEAR:
                faults.append(_fault(FaultKind.WRONG_PRICE, one.meeting.id, alternative=True))
    return (*faults, *_money(book, plan, sessions))


def _fault(
    kind: FaultKind, meeting_id: str, *, rule: Rule | None = None, alternative: bool = False
) -> Fault:
    return Fault(kind=kind, meeting_id=meeting_id, rule=rule, alternative=alternative)


def _answers(problem: Problem, plan: Plan) -> Iterator[Fault]:
    """Tell whether every meeting is answered exactly once, and nothing else is."""
    asked = [meeting.id for meeting in problem.meetings]
    given = [placed.meeting_id for placed in plan.placements]
    given += [failed.meeting_id for failed in plan.failures]
    for name in sorted(set(given) | set(plan.alternatives)):
        if name not in asked:
            yield _fault(FaultKind.UNKNOWN_MEETING, name)
        elif given.count(name) > 1:
            yield _fault(FaultKind.ANSWERED_TWICE, name)
    for name in asked:
        if name not in given:
            yield _fault(FaultKind.NOT_ANSWERED, name)


def _money(book: "_Book", plan: Plan, sessions: list[_Session]) -> Iterator[Fault]:
    """Compare the prices with the cost, the cost with the true one, and the bound with both."""
    near = _NEAR * (1 + len(sessions))
    total = book.cost(sessions)
    if abs(total - plan.cost) > near:
        yield Fault(kind=FaultKind.WRONG_COST)
    if abs(sum(placed.price for placed in plan.placements) - plan.cost) > near:
        yield Fault(kind=FaultKind.WRONG_PRICE)
    if plan.bound > plan.cost + near or (plan.proved and plan.bound < plan.cost - near):
        yield Fault(kind=FaultKind.WRONG_BOUND)


class _Book:
    """The problem by id, and the rules of one session among others."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.meetings = {meeting.id: meeting for meeting in problem.meetings}
        self.attendees = {person.id: person for person in problem.attendees}
        self.facilitators = {person.id: person for person in problem.facilitators}
        self.costs = TrueCost(problem)
        self._footprints: dict[tuple[str, Interval], Taken] = {}

    def session(self, placement: Placement) -> _Session | None:
        """Return ``placement`` with its people, None where there is no such meeting."""
        meeting = self.meetings.get(placement.meeting_id)
        if meeting is None:
            return None
        return _Session(
            placement=placement,
            meeting=meeting,
            attendee=self.attendees[meeting.attendee_id],
            facilitator=self.facilitators[meeting.facilitator_id],
        )

    def faults(
        self, one: _Session, others: list[_Session], *, alternative: bool
    ) -> Iterator[Fault]:
        """Yield what is wrong with ``one`` beside ``others``."""
        kinds = list(self._shape(one, others))
        for kind in kinds:
            yield _fault(kind, one.meeting.id, alternative=alternative)
        if FaultKind.OFF_GRID in kinds:
            return
        for rule, holds in _RULES.items():
            if rule not in self.problem.relaxed and not holds(self, one, others):
                yield _fault(FaultKind.RULE, one.meeting.id, rule=rule, alternative=alternative)

    def _shape(self, one: _Session, others: list[_Session]) -> Iterator[FaultKind]:
        """Yield what is wrong with ``one`` whatever the rules."""
        step = timedelta(minutes=self.problem.grid.slot_minutes)
        if one.interval.end - one.interval.start != timedelta(minutes=one.meeting.minutes):
            yield FaultKind.WRONG_LENGTH
        on_grid = (one.interval.start - self.problem.grid.start) % step == timedelta(0)
        if not on_grid or not self.problem.grid.span.covers(one.interval):
            yield FaultKind.OFF_GRID
        if any(o.people & one.people and o.interval.overlaps(one.interval) for o in others):
            yield FaultKind.DOUBLE_BOOKED
        if not self._room_stands(one, others):
            yield FaultKind.WRONG_ROOM

    def _room_stands(self, one: _Session, others: list[_Session]) -> bool:
        """Tell whether the room, if one is named, is on the attendee's site, seats two, and is free."""
        named = one.placement.room_id
        if (one.placement.place is PlaceKind.ROOM) != (named is not None):
            return False
        if named is None:
            return True
        room = next((room for room in self.problem.rooms if room.id == named), None)
        if one.meeting.place is PlaceKind.ONLINE or room is None:
            return False
        if room.site_id != one.attendee.site_id or room.capacity < 2:
            return False
        taken = [o.interval for o in others if o.placement.room_id == named]
        return not any(busy.overlaps(one.interval) for busy in (*room.busy, *taken))

    def cost(self, sessions: Iterable[_Session], beside: Iterable[_Session] = ()) -> float:
        """Return what ``sessions`` cost beside others, in contacts past their goal."""
        return self.costs.of(self.taken(sessions), self.taken(beside))

    def taken(self, sessions: Iterable[_Session]) -> Taken:
        """Return the 1/60 FTE that ``sessions`` take per demand and slot."""
        total: Taken = defaultdict(int)
        for one in sessions:
            for cell, units in self._footprint(one).items():
                total[cell] += units
        return total

    def _footprint(self, one: _Session) -> Taken:
        key = one.meeting.id, one.interval
        if key not in self._footprints:
            both = Counter(self.costs.taken(one.interval, one.attendee.shares))
            both.update(self.costs.taken(one.interval, one.facilitator.shares))
            self._footprints[key] = both
        return self._footprints[key]

    def slots(self, one: _Session) -> range:
        """Return the slots that ``one`` touches."""
        step = timedelta(minutes=self.problem.grid.slot_minutes)
        start = one.interval.start - self.problem.grid.start
        end = one.interval.end - self.problem.grid.start
        return range(start // step, -(-end // step))


def _dates(_: _Book, one: _Session, __: list[_Session]) -> bool:
    return one.meeting.first <= one.day <= one.meeting.last


def _lead_time(book: _Book, one: _Session, _: list[_Session]) -> bool:
    problem = book.problem
    return one.interval.start - problem.now >= timedelta(minutes=problem.limits.lead)


def _time_window(book: _Book, one: _Session, _: list[_Session]) -> bool:
    limits = book.problem.limits
    if one.day.weekday() not in limits.weekdays:
        return False
    return not limits.windows or any(_within(window, one) for window in limits.windows)


def _within(window: WallWindow, one: _Session) -> bool:
    try:
        return window.on(one.day, one.attendee.zone).covers(one.interval)
    except ValueError:  # the spring change swallowed the window
        return False


def _on_shift(_: _Book, one: _Session, __: list[_Session]) -> bool:
    return any(shift.covers(one.interval) for shift in merge(one.attendee.shifts))


def _no_off_time(rule: Rule) -> "_Check":
    def holds(_: _Book, one: _Session, __: list[_Session]) -> bool:
        off = (each.interval for each in one.attendee.off if each.rule is rule)
        return not any(each.overlaps(one.interval) for each in off)

    return holds


def _shift_edge(book: _Book, one: _Session, _: list[_Session]) -> bool:
    edge = timedelta(minutes=book.problem.limits.edge)
    return not any(
        shift.overlaps(one.interval)
        and (one.interval.start < shift.start + edge or one.interval.end > shift.end - edge)
        for shift in one.attendee.shifts
        if edge
    )


def _attendee_busy(_: _Book, one: _Session, __: list[_Session]) -> bool:
    return not any(busy.overlaps(one.interval) for busy in one.attendee.busy)


def _attendee_cap(book: _Book, one: _Session, others: list[_Session]) -> bool:
    limits, own = book.problem.limits, one.attendee
    same = [o for o in (*others, one) if o.attendee.id == own.id]
    week = one.day.isocalendar()[:2]
    planned = own.offline.get(one.day, (0, 0))
    count = planned[0] + sum(o.day == one.day for o in same)
    in_day = planned[1] + sum(o.meeting.minutes for o in same if o.day == one.day)
    in_week = sum(m for day, (_, m) in own.offline.items() if day.isocalendar()[:2] == week)
    in_week += sum(o.meeting.minutes for o in same if o.day.isocalendar()[:2] == week)
    return (
        count <= limits.sessions_a_day
        and in_day <= limits.offline_a_day
        and in_week <= limits.offline_a_week
    )


def _facilitator(_: _Book, one: _Session, __: list[_Session]) -> bool:
    works = any(span.covers(one.interval) for span in merge(one.facilitator.working))
    return works and not any(busy.overlaps(one.interval) for busy in one.facilitator.busy)


def _team_cap(book: _Book, one: _Session, others: list[_Session]) -> bool:
    team = one.attendee.team_id
    away = [*book.problem.away.get(team, ())]
    away += [o.interval for o in others if o.attendee.team_id == team]
    away = [gone for gone in away if gone.overlaps(one.interval)]
    moments = {one.interval.start, *(max(gone.start, one.interval.start) for gone in away)}
    most = max(sum(gone.start <= moment < gone.end for gone in away) for moment in moments)
    return most + 1 <= book.problem.limits.team_heads


def _room(_: _Book, one: _Session, __: list[_Session]) -> bool:
    return one.meeting.place is PlaceKind.ONLINE or one.placement.room_id is not None


def _heads(book: _Book, one: _Session, others: list[_Session]) -> bool:
    for row in book.problem.heads:
        same = [
            o
            for o in (*others, one)
            if o.attendee.site_id == row.site_id and o.attendee.shares.get(row.demand_id, 0) > 0
        ]
        if one not in same:
            continue
        for slot in book.slots(one):
            gone = sum(slot in book.slots(other) for other in same)
            if row.present[slot] - gone < row.minimum:
                return False
    return True


def _floor(book: _Book, one: _Session, others: list[_Session]) -> bool:
    taken = book.taken([*others, one])
    mine = book.taken([one])
    for demand, slot in mine:
        curve = book.costs.curves[demand]
        if curve.floor is None or curve.kind is DemandKind.OUTBOUND:
            continue
        removed = taken[demand, slot] + (curve.removed[slot] if curve.removed else 0)
        left = curve.coverage[slot] - removed / 60
        if curve.required[slot] - left > curve.floor + 2e-6:
            return False
    return True


def _price(book: _Book, one: _Session, _: list[_Session]) -> bool:
    worth = one.meeting.walk_away
    return worth is None or book.cost([one]) <= worth + _NEAR


_Check = Callable[[_Book, _Session, list[_Session]], bool]
_RULES: Final[Mapping[Rule, _Check]] = {
    Rule.DATES: _dates,
    Rule.LEAD_TIME: _lead_time,
    Rule.TIME_WINDOW: _time_window,
    Rule.ON_SHIFT: _on_shift,
    Rule.BREAK: _no_off_time(Rule.BREAK),
    Rule.EXCEPTION: _no_off_time(Rule.EXCEPTION),
    Rule.SHIFT_EDGE: _shift_edge,
    Rule.ATTENDEE_BUSY: _attendee_busy,
    Rule.ATTENDEE_CAP: _attendee_cap,
    Rule.FACILITATOR: _facilitator,
    Rule.TEAM_CAP: _team_cap,
    Rule.ROOM: _room,
    Rule.HEADS: _heads,
    Rule.FLOOR: _floor,
    Rule.PRICE: _price,
}
