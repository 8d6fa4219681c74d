"""The rules of a whole meeting: True where a start breaks them, (meetings, slots).

Those that depend on who comes take ``there`` (people, slots) as well.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import WallWindow
from scheduling.optimizer.lattice.absence import scratch_for, weigh
from scheduling.optimizer.lattice.days import local_days
from scheduling.optimizer.lattice.layout import BUSY, OFF, OWN
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.blocks import Block
from scheduling.optimizer.packing import NO_LIMIT
from scheduling.optimizer.rows import Ints, Mask, least, ored, shifted
from scheduling.optimizer.supply import Grid, RoomChoice
from scheduling.optimizer.wanted import Meeting, Series

_NOBODY = np.zeros((1, 1), bool)
_PLENTY = 1_000_000
"""More people than any cap is asked about."""


def dates(block: Block) -> Mask:
    """Sessions start on a date asked for, where the first person is, that is not blacked out."""
    days = block.lattice.days
    spans = {(meeting.first, meeting.last) for meeting in block.meetings}
    rows = {
        (first, last): np.asarray(
            [not first <= day <= last or day in block.limits.blackout for day in days.dates]
        )[days.of[block.zone]]
        for first, last in spans
    }
    return np.stack([rows[meeting.first, meeting.last] for meeting in block.meetings])


def lead_time(block: Block) -> Mask:
    """Sessions start at least the lead time after now."""
    problem = block.lattice.problem
    earliest = problem.now + timedelta(minutes=block.limits.lead)
    step = timedelta(minutes=problem.grid.slot_minutes)
    first = -((problem.grid.start - earliest) // step)
    return np.asarray(np.arange(block.slots) < first)[None, :]


def time_window(block: Block) -> Mask:
    """Sessions are on an offered weekday, and whole inside one window of their local date."""
    grid, limits = block.lattice.problem.grid, block.limits
    days, index = local_days(grid, block.zone)
    weekday = np.asarray([day.weekday() not in limits.weekdays for day in days])
    broken = weekday[index]
    if limits.windows:
        broken |= ~_inside(grid, block.zone, limits.windows, block.minutes)
    return np.asarray(broken)[None, :]


@lru_cache(maxsize=256)
def _inside(grid: Grid, zone: str, windows: tuple[WallWindow, ...], minutes: int) -> Mask:
    """Tell which starts lie with all their minutes inside one of ``windows`` of their date."""
    days, _ = local_days(grid, zone)
    start = np.arange(grid.slots) * 60 * grid.slot_minutes
    found = np.zeros(grid.slots, bool)
    for window in windows:
        for day in days:
            with suppress(ValueError):  # a window swallowed by the spring change is empty
                span = window.on(day, zone)
                opens = (span.start - grid.start).total_seconds()
                closes = (span.end - grid.start).total_seconds()
                found |= (start >= opens) & (start + 60 * minutes <= closes)
    return found


def spacing(block: Block) -> Mask:
    """Sessions of a series keep their order and its days: see ``Series``.

    The most days bind between meetings next to each other in the series where the other one is
    laid, and from the last date of history up to a date to the first meeting.
    """
    lattice = block.lattice
    mine = [(place, one.id) for place, one in enumerate(block.meetings) if one.id in lattice.series]
    if not mine:
        return _NOBODY
    found = np.zeros((len(block.meetings), block.slots), bool)
    for place, name in mine:
        series = lattice.series[name]
        past = _beside_history(lattice, series, first=name == series.meeting_ids[0])
        found[place] = past[lattice.days.of[block.zone]]
        if not lattice.held.keys().isdisjoint(series.meeting_ids):
            found[place] |= _beside_held(block, series, name)
    return found


def _beside_history(lattice: Lattice, series: Series, *, first: bool) -> Mask:
    """Tell which dates are too near a series' history, or for its ``first`` meeting too long after."""
    days = np.arange(len(lattice.days.dates))[:, None]
    gap = days - np.asarray([lattice.days.place(day) for day in series.history], np.int64)
    broken = (np.abs(gap) < series.least).any(axis=1)
    if first and series.most is not None:
        since = np.where(gap < 0, NO_LIMIT, gap).min(axis=1, initial=NO_LIMIT)
        broken |= (since > series.most) & (since < NO_LIMIT)
    return np.asarray(broken)


def _beside_held(block: Block, series: Series, name: str) -> Mask:
    """Tell which starts are out of order, or too near or far, beside the series' meetings laid."""
    held, days = block.lattice.held, block.lattice.days.of[block.zone]
    slots, broken = np.arange(block.slots), np.zeros(block.slots, bool)
    place = series.meeting_ids.index(name)
    for other, slot in enumerate(map(held.get, series.meeting_ids)):
        if other == place or slot is None:
            continue
        sense = 1 if other < place else -1
        gap = sense * (days - days[slot])
        broken |= (gap < series.least) | (sense * (slots - slot) <= 0)
        if series.most is not None and abs(other - place) == 1:
            broken |= gap > series.most
    return broken


def quorum(block: Block, there: Mask) -> Mask:
    """Enough of those asked are present."""
    present = np.add.reduceat(there.astype(np.int32), block.first[:-1], axis=0)
    fewest = np.asarray([meeting.least_present for meeting in block.meetings])
    return np.asarray(present < fewest[:, None])


def facilitator(block: Block) -> Mask:
    """Who leads may lead this, works, and is free, with preparation and writing up."""
    broken = _led(block, OFF | BUSY | OWN)
    leaders = block.lattice.problem.facilitators
    for place, meeting in enumerate(block.meetings):
        if meeting.facilitator_id is not None:
            leads = leaders[block.lattice.leaders[meeting.facilitator_id]].leads
            if leads is not None and meeting.type_id not in leads:
                broken[place] = True
    return broken


def leader_taken(block: Block) -> Mask:
    """Who leads is in another session of the plan: never relaxed."""
    return _led(block, OWN)


def _led(block: Block, bits: int) -> Mask:
    """Tell where the facilitator's slots have one of ``bits``, once for each facilitator."""
    found = np.zeros((len(block.meetings), block.slots), bool)
    attendees = len(block.lattice.people)
    for leader in np.unique(block.crew.leader):
        if leader < 0:
            continue
        mine = np.flatnonzero(block.crew.leader == leader)
        kind = block.crew.leader_span[mine[0]]
        before, after = int(block.crew.before[kind]), int(block.crew.after[kind])
        row = block.lattice.layers.leading[int(leader) - attendees]
        found[mine] = (ored(row, before, after, OFF) & bits) != 0
    return found


def facilitator_load(block: Block) -> Mask:
    """Who leads has minutes left on the date, in their own zone."""
    lattice = block.lattice
    found = np.zeros((len(block.meetings), block.slots), bool)
    for place, meeting in enumerate(block.meetings):
        if meeting.facilitator_id is not None:
            row = lattice.leaders[meeting.facilitator_id]
            leader = lattice.problem.facilitators[row]
            if leader.contact_a_day is not None:
                full = lattice.layers.led[row] + meeting.minutes > leader.contact_a_day
                found[place] = full[lattice.days.of[leader.zone]]
    return found


def cap(rule: Rule) -> Callable[[Block, Mask], Mask]:
    """Return the rule that no cap of this kind is passed in a slot that takes somebody away."""

    def broken(block: Block, there: Mask) -> Mask:
        caps, left = block.lattice.problem.caps, block.lattice.layers.left
        mine = [
            [place for place in block.lattice.capped[row] if caps[place].rule is rule]
            for row in block.rows
        ]
        return _counted(block, there, mine, left.__getitem__)

    return broken


def heads(block: Block, there: Mask) -> Mask:
    """Enough agents of each site stay open for every demand, no break making way."""
    ground = block.lattice.ground
    mine = [
        ground.head_row[ground.head_first[row] : ground.head_first[row + 1]].tolist()
        for row in block.rows
    ]
    return _counted(block, there, mine, ground.left.__getitem__)


def _counted(
    block: Block, there: Mask, mine: list[list[int]], left: Callable[[int], NDArray[np.int32]]
) -> Mask:
    """Tell where more would go of something that counts its members than it has left."""
    if not any(mine):
        return _NOBODY
    found = np.zeros((len(block.meetings), block.slots), bool)
    known: dict[tuple[int, int], Mask] = {}
    for meeting in range(len(block.meetings)):
        people = range(block.first[meeting], block.first[meeting + 1])
        for one in sorted({place for person in people for place in mine[person]}):
            members = [person for person in people if one in mine[person]]
            if len(members) == 1 and block.required[members[0]]:
                key = one, int(block.crew.span[members[0]])
                if key not in known:
                    known[key] = _full(block, key[1], left(one))
                if len(known[key]) > 1:
                    found[meeting] |= known[key]
            else:
                found[meeting] |= _so_many_more(block, members, there, left(one))
    return found


def _full(block: Block, kind: int, left: NDArray[np.int32]) -> Mask:
    """Tell at which starts nobody more may go in some slot of a span; one False for at none."""
    if left.min() > 0:
        return np.zeros(1, bool)
    before, after = int(block.crew.before[kind]), int(block.crew.after[kind])
    return np.asarray(least(left, before, after, _PLENTY) < 1)


def _so_many_more(block: Block, members: list[int], there: Mask, left: NDArray[np.int32]) -> Mask:
    """Count the members away in every slot around a start, each for their own transition."""
    crew = block.crew
    kinds = crew.span[members]
    found = np.zeros(block.slots, bool)
    for place in range(-int(crew.before[kinds].max()), int(crew.after[kinds].max())):
        inside = (-crew.before[kinds] <= place) & (place < crew.after[kinds])
        away = there[np.asarray(members)[inside]].sum(axis=0)
        found |= away > np.maximum(shifted(left, place, _PLENTY), 0)
    return found


def floor(block: Block, there: Mask) -> Mask:
    """No deficit passes its floor where somebody is taken, no break making way."""
    ground = block.lattice.ground
    spare = np.minimum(ground.allowed - ground.removed, NO_LIMIT).astype(np.int32)
    found = np.zeros((len(block.meetings), block.slots), bool)
    if block.single:
        for place, units in block.takes_of_one():
            for demand in np.flatnonzero(units.any(axis=0)).tolist():
                mine = np.flatnonzero(units[:, demand] > 0)
                left = shifted(spare[demand], place, NO_LIMIT)
                found[mine] |= left < units[mine, demand][:, None]
        return found
    for meeting in range(len(block.meetings)):
        people = np.arange(block.first[meeting], block.first[meeting + 1])
        for place, units in block.takes(people, np.asarray([meeting])):
            for demand in np.flatnonzero(units.any(axis=0)).tolist():
                taken = _sum_of(units[:, demand], there[people])
                left = shifted(spare[demand], place, NO_LIMIT)
                found[meeting] |= (taken > 0) & (taken > left)
    return found


def _sum_of(units: NDArray[np.int16], there: Mask) -> Ints:
    """Return what those who are ``there`` (people, slots) take; the facilitator comes last."""
    some = np.flatnonzero(units[:-1])
    return np.asarray(units[some] @ there[some].astype(np.int64) + int(units[-1]))


def room(block: Block, there: Mask) -> Mask:
    """Sessions have a free room on the first person's site, with seats and equipment."""
    asked = [place for place, one in enumerate(block.meetings) if one.place is PlaceKind.ROOM]
    if not asked:
        return _NOBODY
    found = np.zeros((len(block.meetings), block.slots), bool)
    known: dict[tuple[str, frozenset[str], int], Mask] = {}
    for place in asked:
        meeting = block.meetings[place]
        mine = there[block.first[place] : block.first[place + 1]]
        people = np.ones(1, np.int64) if block.single else mine.sum(axis=0)
        seats = people + (meeting.facilitator_id is not None)
        site = block.lattice.problem.attendees[int(block.rows[block.first[place]])].site_id
        for need in range(int(seats.min()), int(seats.max()) + 1):
            key = site, meeting.equipment, need
            if key not in known:
                known[key] = _no_room(block, key)
            found[place] |= known[key] & (seats == need)
    return found


def _no_room(block: Block, wanted: tuple[str, frozenset[str], int]) -> Mask:
    """Tell at which starts no room is free for the session and its turnover."""
    lattice = block.lattice
    full = np.ones(block.slots, bool)
    choices = rooms_for(lattice.problem.rooms, *wanted)
    for turnover in {choice.turnover for choice in choices}:
        rows = [lattice.rooms[choice.id] for choice in choices if choice.turnover == turnover]
        taken = lattice.layers.taken.take(np.asarray(rows, np.int64))
        length = lattice.slots_of(block.minutes + turnover)
        full &= (ored(taken, 0, length, 0) != 0).all(axis=0)
    return full


def rooms_for(
    rooms: Iterable[RoomChoice], site: str, equipment: frozenset[str], seats: int
) -> list[RoomChoice]:
    """Return the rooms of a site with enough seats and the equipment: smallest first, then by id."""
    fitting = [
        choice
        for choice in rooms
        if choice.site_id == site and choice.capacity >= seats and choice.equipment >= equipment
    ]
    return sorted(fitting, key=lambda choice: (choice.capacity, choice.id))


def rooms_suiting(lattice: Lattice, meeting: Meeting, people: int) -> list[RoomChoice]:
    """Return the rooms that would do for ``people`` of ``meeting`` and who leads, the smallest first."""
    site = lattice.problem.attendees[lattice.people[meeting.attendee_id]].site_id
    seats = people + (meeting.facilitator_id is not None)
    return rooms_for(lattice.problem.rooms, site, meeting.equipment, seats)


def room_at(lattice: Lattice, meeting: Meeting, slot: int, people: int) -> str | None:
    """Return the smallest free room for ``people`` from ``slot`` on, None where there is none."""
    if meeting.place is PlaceKind.ONLINE:
        return None
    for choice in rooms_suiting(lattice, meeting, people):
        length = lattice.slots_of(meeting.minutes + choice.turnover)
        if not lattice.layers.taken[lattice.rooms[choice.id]][slot : slot + length].any():
            return choice.id
    return None


def with_moves(block: Block, there: Mask, asked: Mask) -> tuple[Mask, Mask]:
    """Tell, where ``asked``, of floor and heads with the breaks that make way for a session."""
    ground = block.lattice.ground
    return weigh(ground, block.crew, there, asked, scratch_for(ground, block.crew))
