"""Centres in the middle of a month, and single requests cut out of them as the product asks them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval, merge, zone_of
from scheduling.optimizer.batch.greedy import best_fit
from scheduling.optimizer.forecast.taken import units_taken
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.packing import Int64
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.seats.whole import seated
from scheduling.optimizer.supply import UNITS, Attendee, Cap, Curve, Heads, OffTime
from scheduling.optimizer.wanted import Meeting


def mid_month(centre: Problem, part: float, seed: int) -> Problem:
    """Return ``centre`` with ``part`` of its one-to-ones booked by first come first served.

    All its meetings are still there to be asked for again.
    """
    random = np.random.default_rng(seed)
    drawn = random.permutation(len(centre.meetings))[: round(part * len(centre.meetings))]
    lattice = Lattice.of(centre)
    packing = packing_of(lattice, [centre.meetings[place] for place in np.sort(drawn)])
    return booked(centre, seated(lattice, packing, best_fit(packing)).placements)


def booked(centre: Problem, placements: tuple[Placement, ...]) -> Problem:
    """Return ``centre`` after ``placements`` of one-to-ones, as its systems would then tell it."""
    own = {placed.attendee_ids[0]: placed for placed in placements}
    meetings = {meeting.id: meeting for meeting in centre.meetings}
    leading: dict[str | None, list[Interval]] = defaultdict(list)
    holding: dict[str | None, list[Interval]] = defaultdict(list)
    for placed in placements:
        leading[meetings[placed.meeting_id].facilitator_id].append(placed.interval)
        holding[placed.room_id].append(placed.interval)
    taken = units_taken(centre, placements)
    away = _away(centre, own)
    people = {person.id: person for person in centre.attendees}
    return replace(
        centre,
        attendees=tuple(_booked(person, own.get(person.id)) for person in centre.attendees),
        facilitators=tuple(
            replace(each, busy=merge([*each.busy, *leading[each.id]]))
            for each in centre.facilitators
        ),
        rooms=tuple(
            replace(each, busy=merge([*each.busy, *holding[each.id]])) for each in centre.rooms
        ),
        curves=tuple(_lowered(curve, taken.get(curve.demand_id)) for curve in centre.curves),
        caps=tuple(_used(cap, away, centre.grid.slots) for cap in centre.caps),
        heads=tuple(_thinned(row, away, people) for row in centre.heads),
    )


def _away(centre: Problem, own: Mapping[str, Placement]) -> dict[str, slice]:
    """Return the slots in which each of those booked is away."""
    step = centre.grid.slot_minutes * 60
    return {
        name: slice(
            int((placed.interval.start - centre.grid.start).total_seconds()) // step,
            -int((centre.grid.start - placed.interval.end).total_seconds() // step),
        )
        for name, placed in own.items()
    }


def _booked(person: Attendee, placed: Placement | None) -> Attendee:
    if placed is None:
        return person
    moves = {move.before: move.after for move in placed.breaks}
    off = (replace(each, interval=moves.get(each.interval, each.interval)) for each in person.off)
    day: date = placed.interval.start.astimezone(zone_of(person.zone)).date()
    sessions, minutes = person.offline.get(day, (0, 0))
    return replace(
        person,
        off=(*off, OffTime(interval=placed.interval, rule=Rule.EXCEPTION)),
        offline={**person.offline, day: (sessions + 1, minutes + placed.interval.minutes)},
    )


def _lowered(curve: Curve, taken: Int64 | None) -> Curve:
    if taken is None:
        return curve
    left = np.maximum(0.0, np.asarray(curve.coverage) - taken / UNITS)
    return replace(curve, coverage=tuple(left.tolist()))


def _used(cap: Cap, away: Mapping[str, slice], slots: int) -> Cap:
    used = _count((away[name] for name in cap.members if name in away), slots)
    return replace(cap, away=tuple((used + np.asarray(cap.away or (0,))).tolist()))


def _thinned(row: Heads, away: Mapping[str, slice], people: Mapping[str, Attendee]) -> Heads:
    gone = (
        slots
        for name, slots in away.items()
        if people[name].site_id == row.site_id and people[name].shares.get(row.demand_id, 0) > 0
    )
    left = np.asarray(row.present) - _count(gone, len(row.present))
    return replace(row, present=tuple(np.maximum(0, left).tolist()))


def _count(spans: Iterable[slice], slots: int) -> Int64:
    count = np.zeros(slots, np.int64)
    for span in spans:
        count[span] += 1
    return count


def teams(centre: Problem, least: int) -> list[list[Meeting]]:
    """Return the one-to-ones of each manager who has ``least`` or more of them."""
    led: dict[str | None, list[Meeting]] = defaultdict(list)
    for meeting in centre.meetings:
        led[meeting.facilitator_id].append(meeting)
    return [some for some in led.values() if len(some) >= least]


def cut(centre: Problem, meetings: Collection[Meeting]) -> Problem:
    """Return the problem of ``meetings`` alone: their people, and what those could take."""
    names = {name for meeting in meetings for name in meeting.people}
    leading = {meeting.facilitator_id for meeting in meetings}
    attendees = tuple(each for each in centre.attendees if each.id in names)
    facilitators = tuple(each for each in centre.facilitators if each.id in leading)
    shares = [each.shares for each in attendees] + [each.shares for each in facilitators]
    demands = {demand for each in shares for demand in each}
    sites = {each.site_id for each in attendees}
    in_rooms = any(meeting.place is PlaceKind.ROOM for meeting in meetings)
    return replace(
        centre,
        attendees=attendees,
        facilitators=facilitators,
        curves=tuple(each for each in centre.curves if each.demand_id in demands),
        rooms=tuple(each for each in centre.rooms if in_rooms and each.site_id in sites),
        meetings=tuple(meetings),
        series=(),
        trainings=(),
        caps=tuple(each for each in centre.caps if not each.members.isdisjoint(names)),
        heads=tuple(
            each for each in centre.heads if each.demand_id in demands and each.site_id in sites
        ),
        allowances=(),
    )


def with_fixed_breaks(problem: Problem) -> Problem:
    """Return ``problem`` with breaks that nobody may move."""
    return replace(
        problem,
        attendees=tuple(
            replace(each, off=tuple(replace(off, window=None) for off in each.off))
            for each in problem.attendees
        ),
    )


def reasons(rules: Iterable[frozenset[Rule]], most: int = 3) -> str:
    """Return the conflicts met most often, with how often."""
    met = Counter(" + ".join(sorted(each)) or "no rule alone" for each in rules)
    return "; ".join(f"{count} {name}" for name, count in met.most_common(most))
