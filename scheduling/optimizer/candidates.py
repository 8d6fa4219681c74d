"""One named mask per rule over all start slots; the same masks explain failures.

A start is a slot of the grid from which the meeting, rounded up to whole slots, still fits the
grid. A mask is true where the rule allows the start. ``MASKS`` is in the order of the funnel.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval, merge
from scheduling.optimizer.board import (
    Board,
    clear_of,
    dates_of,
    edges,
    inside,
    local_days,
    seconds,
    windowed,
)
from scheduling.optimizer.cost import MILLION
from scheduling.optimizer.queueing import Floats, Ints
from scheduling.optimizer.supply import Attendee, Facilitator, RoomChoice
from scheduling.optimizer.wanted import Meeting

Mask = NDArray[np.bool_]

SEATS: Final = 2
"""A one-to-one needs two seats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One meeting on a board: per start, in seconds, when it starts, ends, and frees its slots."""

    board: Board
    meeting: Meeting
    attendee: Attendee
    facilitator: Facilitator
    length: int
    start: Floats
    end: Floats
    free: Floats

    @classmethod
    def of(cls, board: Board, meeting: Meeting) -> "View":
        """Return the view of ``meeting``; it has no starts where the grid is too short."""
        length, slot = board.length(meeting), 60.0 * board.problem.grid.slot_minutes
        count = max(0, board.problem.grid.slots - length + 1)
        start = np.arange(count, dtype=np.float64) * slot
        return cls(
            board=board,
            meeting=meeting,
            attendee=board.attendees[meeting.attendee_id],
            facilitator=board.facilitators[meeting.facilitator_id],
            length=length,
            start=start,
            end=np.asarray(start + 60.0 * meeting.minutes),
            free=np.asarray(start + length * slot),
        )


def dates(view: View) -> Mask:
    """Allow starts whose local date, where the attendee is, lies in the dates asked for."""
    days, index = local_days(view.board.problem.grid, view.attendee.zone)
    meeting = view.meeting
    allowed = np.asarray([meeting.first <= day <= meeting.last for day in days])
    return np.asarray(allowed[index[: len(view.start)]])


def lead_time(view: View) -> Mask:
    """Allow starts at least the lead time after now."""
    problem = view.board.problem
    earliest = problem.now + timedelta(minutes=problem.limits.lead)
    return np.asarray(view.start >= seconds(problem.grid, earliest))


def time_window(view: View) -> Mask:
    """Allow sessions on an offered weekday and whole inside one window of its local date."""
    grid, limits = view.board.problem.grid, view.board.problem.limits
    zone = view.attendee.zone
    days, index = local_days(grid, zone)
    weekday = np.asarray([day.weekday() in limits.weekdays for day in days])
    allowed = np.asarray(weekday[index[: len(view.start)]])
    if not limits.windows:
        return allowed
    in_one = np.zeros(len(view.start), bool)
    for window in limits.windows:
        spans: list[Interval] = []
        for day in dates_of(grid, zone):
            with suppress(ValueError):  # a window swallowed by the spring change is empty
                spans.append(window.on(day, zone))
        in_one |= inside(grid, spans, view.start, view.end)
    return np.asarray(allowed & in_one)


def on_shift(view: View) -> Mask:
    """Allow sessions that lie whole inside the attendee's shifts."""
    return inside(view.board.problem.grid, merge(view.attendee.shifts), view.start, view.free)


def breaks(view: View) -> Mask:
    """Allow sessions that touch no break or meal."""
    return _off(view, Rule.BREAK)


def exceptions(view: View) -> Mask:
    """Allow sessions that touch no other exception in the attendee's schedule."""
    return _off(view, Rule.EXCEPTION)


def _off(view: View, rule: Rule) -> Mask:
    spans = [off.interval for off in view.attendee.off if off.rule is rule]
    return clear_of(view.board.problem.grid, spans, view.start, view.free)


def shift_edge(view: View) -> Mask:
    """Allow sessions clear of the first and last minutes of every shift."""
    edge = timedelta(minutes=view.board.problem.limits.edge)
    if not edge:
        return np.ones(len(view.start), bool)
    shifts = view.attendee.shifts
    ends = [Interval(shift.start, shift.start + edge) for shift in shifts]
    ends += [Interval(shift.end - edge, shift.end) for shift in shifts]
    return clear_of(view.board.problem.grid, ends, view.start, view.free)


def attendee_busy(view: View) -> Mask:
    """Allow sessions that touch nothing in the attendee's calendar and no other session."""
    spans = view.attendee.busy + view.board.own_of(view.attendee.id)
    return clear_of(view.board.problem.grid, spans, view.start, view.free)


def attendee_cap(view: View) -> Mask:
    """Allow starts on days with room for one more session and its minutes, in the week as well."""
    limits, minutes = view.board.problem.limits, view.meeting.minutes
    days, index = local_days(view.board.problem.grid, view.attendee.zone)
    planned = planned_offline(view.board, view.attendee)
    allowed = [
        planned.days.get(day, (0, 0))[0] < limits.sessions_a_day
        and planned.days.get(day, (0, 0))[1] + minutes <= limits.offline_a_day
        and planned.weeks.get(day.isocalendar()[:2], 0) + minutes <= limits.offline_a_week
        for day in days
    ]
    return np.asarray(np.asarray(allowed)[index[: len(view.start)]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Sessions and offline minutes of an attendee per local date, and minutes per ISO week."""

    days: Mapping[date, tuple[int, int]]
    weeks: Mapping[tuple[int, int], int]


def planned_offline(board: Board, attendee: Attendee) -> Planned:
    """Return what ``attendee`` has planned already, the sessions on the board among it."""
    names, index = local_days(board.problem.grid, attendee.zone)
    days = dict(attendee.offline)
    for own in board.own:
        if own.meeting.attendee_id == attendee.id:
            count, minutes = days.get(names[index[own.slot]], (0, 0))
            days[names[index[own.slot]]] = (count + 1, minutes + own.meeting.minutes)
    weeks: dict[tuple[int, int], int] = defaultdict(int)
    for day, (_, minutes) in days.items():
        weeks[day.isocalendar()[:2]] += minutes
    return Planned(days=days, weeks=weeks)


def facilitator(view: View) -> Mask:
    """Allow sessions in the facilitator's working time that touch nothing busy."""
    grid, leader = view.board.problem.grid, view.facilitator
    busy = leader.busy + view.board.own_of(leader.id)
    works = inside(grid, merge(leader.working), view.start, view.free)
    return np.asarray(works & clear_of(grid, busy, view.start, view.free))


def team_cap(view: View) -> Mask:
    """Allow sessions during which one more of the attendee's team may be away, slot by slot."""
    board, problem, team = view.board, view.board.problem, view.attendee.team_id
    away = list(problem.away.get(team, ()))
    away += [
        board.occupied(own)
        for own in board.own
        if board.attendees[own.meeting.attendee_id].team_id == team
    ]
    starts, ends = edges(problem.grid, away)
    slot = 60.0 * problem.grid.slot_minutes
    at = np.arange(problem.grid.slots) * slot
    begun = np.searchsorted(starts, at + slot, side="left")
    gone = begun - np.searchsorted(ends, at, side="right")
    return windowed(gone + 1 <= problem.limits.team_heads, view.length)


def room(view: View) -> Mask:
    """Allow sessions for which some room of the attendee's site is free throughout."""
    if view.meeting.place is PlaceKind.ONLINE:
        return np.ones(len(view.start), bool)
    free = np.zeros(len(view.start), bool)
    for choice in rooms_for(view):
        free |= room_free(view, choice)
    return free


def rooms_for(view: View) -> list[RoomChoice]:
    """Return the rooms of the attendee's site that seat two: smallest first, then by id."""
    fitting = [
        choice
        for choice in view.board.problem.rooms
        if choice.site_id == view.attendee.site_id and choice.capacity >= SEATS
    ]
    return sorted(fitting, key=lambda choice: (choice.capacity, choice.id))


def room_free(view: View, choice: RoomChoice) -> Mask:
    """Return whether ``choice`` is free for the whole session, per start."""
    board = view.board
    own = tuple(board.occupied(own) for own in board.own if own.room_id == choice.id)
    return clear_of(board.problem.grid, choice.busy + own, view.start, view.free)


def heads(view: View) -> Mask:
    """Allow sessions that leave the site enough open agents for each demand the attendee serves."""
    board, attendee = view.board, view.attendee
    allowed = np.ones(len(view.start), bool)
    for row in board.problem.heads:
        if row.site_id == attendee.site_id and attendee.shares.get(row.demand_id, 0) > 0:
            left = np.asarray(row.present, np.int64)
            for own in board.own:
                other = board.attendees[own.meeting.attendee_id]
                if other.site_id == row.site_id and other.shares.get(row.demand_id, 0) > 0:
                    left[own.slot : own.slot + board.length(own.meeting)] -= 1
            allowed &= windowed(left - 1 >= row.minimum, view.length)
    return allowed


def floor(view: View) -> Mask:
    """Allow sessions that deepen no deficit beyond its floor; outbound work has none."""
    board = view.board
    allowed = np.ones(len(view.start), bool)
    for part, first, last in board.stretches(view.meeting):
        for demand, units in board.takes(view.meeting, part).items():
            if demand in board.allowed:
                kept = board.removed[demand] + units <= board.allowed[demand]
                allowed &= windowed(kept, last - first)[first : first + len(view.start)]
    return allowed


def price(view: View) -> Mask:
    """Allow sessions that cost no more than the meeting is worth."""
    if view.meeting.walk_away is None:
        return np.ones(len(view.start), bool)
    return np.asarray(prices(view) <= round(view.meeting.walk_away * MILLION))


def prices(view: View) -> Ints:
    """Return what each start costs on this board, in millionths of a contact past its goal."""
    board = view.board
    total = np.zeros(len(view.start), np.int64)
    for part, first, last in board.stretches(view.meeting):
        for demand, units in board.takes(view.meeting, part).items():
            added = board.table.added(demand, board.removed[demand], units)
            sums = np.concatenate([[0], np.cumsum(added)])
            window = sums[last - first :] - sums[: -(last - first)]
            total += window[first : first + len(view.start)]
    return total


MASKS: Final[Mapping[Rule, Callable[[View], Mask]]] = {
    Rule.DATES: dates,
    Rule.LEAD_TIME: lead_time,
    Rule.TIME_WINDOW: time_window,
    Rule.ON_SHIFT: on_shift,
    Rule.BREAK: breaks,
    Rule.EXCEPTION: exceptions,
    Rule.SHIFT_EDGE: shift_edge,
    Rule.ATTENDEE_BUSY: attendee_busy,
    Rule.ATTENDEE_CAP: attendee_cap,
    Rule.FACILITATOR: facilitator,
    Rule.TEAM_CAP: team_cap,
    Rule.ROOM: room,
    Rule.HEADS: heads,
    Rule.FLOOR: floor,
    Rule.PRICE: price,
}
_LASTING: Final = frozenset(
    {
        Rule.DATES,
        Rule.LEAD_TIME,
        Rule.TIME_WINDOW,
        Rule.ON_SHIFT,
        Rule.BREAK,
        Rule.EXCEPTION,
        Rule.SHIFT_EDGE,
    }
)
"""Rules that no other session of the plan can change; their masks are kept."""


def masks(view: View) -> dict[Rule, Mask]:
    """Return the mask of every rule that is not relaxed, in the order of the funnel."""
    return {rule: _mask(view, rule) for rule in MASKS if rule not in view.board.problem.relaxed}


def _mask(view: View, rule: Rule) -> Mask:
    if rule not in _LASTING:
        return MASKS[rule](view)
    key = (view.meeting.id, rule)
    if key not in view.board.memory:
        view.board.memory[key] = MASKS[rule](view)
    return view.board.memory[key]


def feasible(view: View) -> Mask:
    """Return the starts that break no rule and double-book nobody."""
    allowed = apart(view)
    for mask in masks(view).values():
        allowed &= mask
    return allowed


def apart(view: View) -> Mask:
    """Allow sessions that overlap no other of this plan for the same person; never relaxed."""
    own = view.board.own_of(view.attendee.id) + view.board.own_of(view.facilitator.id)
    return clear_of(view.board.problem.grid, own, view.start, view.free)


def room_at(view: View, slot: int) -> str | None:
    """Return the smallest free room for a start, None for an online session.

    A meeting whose rule ROOM is relaxed takes a room where one is free and is online otherwise.
    """
    if view.meeting.place is PlaceKind.ONLINE:
        return None
    return next((c.id for c in rooms_for(view) if room_free(view, c)[slot]), None)
