"""The rows of a packing: things that run out, and what each candidate takes of them.

A row is kept only where it can bind: where the most that each request takes of it, summed over
all requests, is more than it has. No choice of at most one candidate per request can then
violate a row that is dropped, so dropping is exact.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.optimizer.blocks import Block
from scheduling.optimizer.breaks import moved
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.lattice import Lattice
from scheduling.optimizer.masks_shared import rooms_for
from scheduling.optimizer.rows import Ints, Mask
from scheduling.optimizer.wanted import Meeting


class Entries(NamedTuple):
    """What candidates take: candidate, row (or cell) and how much, one entry each."""

    candidate: Ints
    row: Ints
    takes: Ints


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Numbers for all rows that may occur: one range for each holder, its capacity kept beside."""

    holders: list[tuple[str, str]] = field(default_factory=list)
    capacity: list[Ints] = field(default_factory=list)
    bases: list[int] = field(default_factory=list)
    known: dict[tuple[str, str], int] = field(default_factory=dict)
    size: int = 0

    def base(self, rule: Rule, holder: str, kind: str, capacity: Ints) -> int:
        """Return where the rows of ``holder`` begin; ``kind`` tells apart rows of one rule."""
        key = f"{rule} {kind}", holder
        if key not in self.known:
            self.known[key] = self.size
            self.holders.append((str(rule), holder))
            self.bases.append(self.size)
            self.capacity.append(capacity)
            self.size += len(capacity)
        return self.known[key]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demanded:
    """What many requests ask for: how many have a person or leader, who is in which cap or heads.

    ``busy`` counts the requests of each id, in either part; ``caps`` and ``heads`` the most
    members that all requests together can take away; ``rooms`` are the sets of rooms that some
    request is content with.
    """

    busy: Counter[str]
    caps: Counter[int]
    heads: Counter[int]
    rooms: tuple[frozenset[int], ...]

    @classmethod
    def of(cls, lattice: Lattice, meetings: Sequence[Meeting]) -> "Demanded":
        """Count what ``meetings`` ask for."""
        busy: Counter[str] = Counter()
        caps: Counter[int] = Counter()
        heads: Counter[int] = Counter()
        rooms: set[frozenset[int]] = set()
        ground = lattice.ground
        for meeting in meetings:
            busy.update(meeting.people)
            if meeting.facilitator_id is not None:
                busy[meeting.facilitator_id] += 1
            for name in meeting.people:
                row = lattice.people[name]
                caps.update(lattice.capped[row])
                heads.update(
                    ground.head_row[ground.head_first[row] : ground.head_first[row + 1]].tolist()
                )
            if meeting.place is PlaceKind.ROOM:
                rooms.update(
                    room_set(lattice, meeting, people)
                    for people in range(meeting.least_present, len(meeting.people) + 1)
                )
        return cls(busy=busy, caps=caps, heads=heads, rooms=tuple(sorted(rooms, key=sorted)))


def room_set(lattice: Lattice, meeting: Meeting, people: int) -> frozenset[int]:
    """Return the rows of the rooms that ``meeting`` may use with so many ``people`` present."""
    site = lattice.problem.attendees[lattice.people[meeting.attendee_id]].site_id
    seats = people + (meeting.facilitator_id is not None)
    fitting = rooms_for(lattice.problem.rooms, site, meeting.equipment, seats)
    return frozenset(lattice.rooms[choice.id] for choice in fitting)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """One meeting of a block with its open ``starts``; ``there`` (people, starts) are present.

    ``moving`` says for which starts a break makes way.
    """

    block: Block
    place: int
    starts: Ints
    there: Mask
    moving: Mask

    @property
    def meeting(self) -> Meeting:
        """The meeting."""
        return self.block.meetings[self.place]

    @property
    def people(self) -> range:
        """The people, as places in the block."""
        return range(self.block.first[self.place], self.block.first[self.place + 1])


def rows_of(ledger: Ledger, demanded: Demanded, request: Request) -> list[Entries]:
    """Return what the starts of ``request`` take, but for heads."""
    relaxed = request.block.lattice.problem.relaxed
    found = [*_leader(ledger, demanded, request)]
    for place, person in enumerate(request.people):
        if demanded.busy[request.meeting.people[place]] > 1:
            found += _person(ledger, request, place, person)
    found += _caps(ledger, demanded, request)
    if request.meeting.place is PlaceKind.ROOM and Rule.ROOM not in relaxed:
        found += _rooms(ledger, demanded, request)
    return found


def _span(
    request: Request, base: int, span: tuple[int, int], takes: NDArray[np.int64] | int
) -> Entries:
    """Return the entries of all slots from ``span[0]`` before a start to ``span[1]`` after it."""
    slots = request.starts[:, None] + np.arange(-span[0], span[1])[None, :]
    wide = np.broadcast_to(np.asarray(takes).reshape(-1, 1), slots.shape)
    candidate = np.broadcast_to(np.arange(len(slots))[:, None], slots.shape)
    inside = (slots >= 0) & (slots < request.block.slots)
    return Entries(candidate[inside], base + slots[inside], wide[inside])


def _kind(request: Request, kind: int) -> tuple[int, int]:
    crew = request.block.crew
    return int(crew.before[kind]), int(crew.after[kind])


def _leader(ledger: Ledger, demanded: Demanded, request: Request) -> list[Entries]:
    lattice, name = request.block.lattice, request.meeting.facilitator_id
    if name is None or demanded.busy[name] < 2:
        return []
    span = _kind(request, int(request.block.crew.leader_span[request.place]))
    base = ledger.base(Rule.FACILITATOR, name, "at", np.ones(request.block.slots, np.int64))
    found = [_span(request, base, span, 1)]
    row = lattice.leaders[name]
    leader = lattice.problem.facilitators[row]
    if leader.contact_a_day is not None and Rule.FACILITATOR_LOAD not in lattice.problem.relaxed:
        left = leader.contact_a_day - lattice.layers.led[row].astype(np.int64)
        base = ledger.base(Rule.FACILITATOR_LOAD, name, "day", left)
        days = lattice.days.of[leader.zone][request.starts]
        found.append(_each(base + days, request.meeting.minutes))
    return found


def _each(rows: Ints, takes: Ints | int) -> Entries:
    count = np.arange(len(rows))
    return Entries(count, rows, np.broadcast_to(np.asarray(takes, np.int64), rows.shape))


def _person(ledger: Ledger, request: Request, place: int, person: int) -> list[Entries]:
    """Return what a person with other requests gives: their slots, day and week, and their breaks."""
    block = request.block
    name, there = request.meeting.people[place], request.there[place].astype(np.int64)
    slots = np.ones(block.slots, np.int64)
    rule = Rule.FACILITATOR if name in block.lattice.leaders else Rule.ATTENDEE_BUSY
    base = ledger.base(rule, name, "at", slots)
    found = [_span(request, base, _kind(request, int(block.crew.span[person])), there)]
    found += _moves(ledger, request, place, base)
    if Rule.ATTENDEE_CAP not in block.lattice.problem.relaxed:
        found += _days(ledger, request, int(block.rows[person]), there)
    return found


def _days(ledger: Ledger, request: Request, row: int, there: Ints) -> list[Entries]:
    """Return what a session takes of sessions and minutes a day and of minutes a week.

    Where a person's requests have different limits, the row has the loosest one and a request
    with a stricter one takes the difference as well: alone it takes what it may, with others the
    stricter limit holds.
    """
    lattice, block = request.block.lattice, request.block
    problem = lattice.problem
    person = problem.attendees[row]
    every = [problem.limits, *problem.limit_sets.values()]
    minutes = block.minutes + 2 * person.transition
    days = lattice.days.of[person.zone][request.starts]
    found: list[Entries] = []
    for layer, limit, takes, places in (
        ("sessions", "sessions_a_day", 1, days),
        ("offline", "offline_a_day", minutes, days),
        ("weekly", "offline_a_week", minutes, lattice.days.week[days]),
    ):
        scale = 1.0 if layer == "sessions" else person.contract
        own = int(getattr(block.limits, limit) * scale + 1e-9)
        most = max(int(getattr(limits, limit) * scale + 1e-9) for limits in every)
        used = getattr(lattice.layers, layer)[row].astype(np.int64)
        base = ledger.base(Rule.ATTENDEE_CAP, person.id, layer, most - used)
        found.append(_each(base + places, there * (takes + most - own)))
    return found


def _moves(ledger: Ledger, request: Request, place: int, base: int) -> list[Entries]:
    """Return what breaks that make way take: their new slots, and the gaps on either side.

    Two sessions that move the same break, or neighbours, are kept apart: whether spacing holds
    would depend on both. This forbids a few pairs that would be possible.
    """
    block, name = request.block, request.meeting.people[place]
    grid, ground = block.lattice.problem.grid, block.lattice.ground
    row = block.lattice.people[name]
    pauses = int(ground.pauses.first[row + 1] - ground.pauses.first[row])
    gaps = ledger.base(Rule.BREAK, name, "gap", np.ones(pauses + 1, np.int64))
    span = _kind(request, int(block.crew.span[request.people[place]]))
    entries: list[tuple[int, int]] = []
    for candidate in np.flatnonzero(request.moving & request.there[place]).tolist():
        start = int(request.starts[candidate])
        moves = moved(block.lattice, name, block.limits, start - span[0], start + span[1]) or ()
        rows: set[int] = set()
        for move in moves:
            at = int((move.before.start - grid.start).total_seconds())
            mine = ground.pauses.table[ground.pauses.first[row] :, 0]
            gap = int(np.searchsorted(mine[:pauses], at))
            rows |= {gaps + gap, gaps + gap + 1}
            begin = int((move.after.start - grid.start).total_seconds())
            end = int((move.after.end - grid.start).total_seconds())
            rows |= {base + slot for slot in range(begin // ground.slot, -(-end // ground.slot))}
        entries += [(candidate, taken) for taken in sorted(rows)]
    if not entries:
        return []
    candidate, rows_taken = np.asarray(entries, np.int64).T
    return [Entries(candidate, rows_taken, np.ones(len(entries), np.int64))]


def _caps(ledger: Ledger, demanded: Demanded, request: Request) -> list[Entries]:
    block = request.block
    problem, crew = block.lattice.problem, block.crew
    of_cap: dict[int, list[int]] = {}
    for place, person in enumerate(request.people):
        for one in block.lattice.capped[int(block.rows[person])]:
            if problem.caps[one].rule not in problem.relaxed:
                of_cap.setdefault(one, []).append(place)
    found: list[Entries] = []
    for one, places in sorted(of_cap.items()):
        left = block.lattice.layers.left[one]
        if demanded.caps[one] <= left.min():
            continue
        cap = problem.caps[one]
        base = ledger.base(cap.rule, cap.id, "cap", np.maximum(left.astype(np.int64), 0))
        kinds = crew.span[np.asarray(places) + request.people.start]
        for kind in np.unique(kinds):
            mine = np.asarray(places)[kinds == kind]
            away = request.there[mine].sum(axis=0).astype(np.int64)
            found.append(_span(request, base, _kind(request, int(kind)), away))
    return found


def _rooms(ledger: Ledger, demanded: Demanded, request: Request) -> list[Entries]:
    """Return what a session takes of every set of rooms that holds all it is content with.

    For sets that nest this is Hall's condition slot by slot. A session keeps its room for the
    least turnover of its set: less would be no relaxation, and rooms are assigned afterwards.
    """
    lattice = request.block.lattice
    present = request.there.sum(axis=0)
    found: list[Entries] = []
    for people in np.unique(present):
        mine = room_set(lattice, request.meeting, int(people))
        turnover = min((lattice.problem.rooms[row].turnover for row in mine), default=0)
        length = lattice.slots_of(request.meeting.minutes + turnover)
        for rooms in demanded.rooms:
            if rooms >= mine:
                base = ledger.base(
                    Rule.ROOM, room_class(lattice, rooms), "rooms", _free_rooms(lattice, rooms)
                )
                takes = (present == people).astype(np.int64)
                found.append(_span(request, base, (0, length), takes))
    return found


def room_class(lattice: Lattice, rooms: frozenset[int]) -> str:
    """Return a name for a set of rooms: their ids."""
    return " ".join(sorted(lattice.problem.rooms[row].id for row in rooms))


def _free_rooms(lattice: Lattice, rooms: frozenset[int]) -> Ints:
    taken = lattice.layers.taken.take(np.asarray(sorted(rooms), np.int64))
    return np.asarray((taken == 0).sum(axis=0), np.int64)


@compiled
def most_taken(first: Ints, candidate_first: Ints, row: Ints, takes: Ints, rows: int) -> Ints:
    """Return per row the sum over requests of the most that a candidate of each takes of it."""
    total = np.zeros(rows, np.int64)
    latest, best = np.full(rows, -1, np.int64), np.zeros(rows, np.int64)
    for request in range(len(first) - 1):
        for entry in range(candidate_first[first[request]], candidate_first[first[request + 1]]):
            which = row[entry]
            if latest[which] != request:
                latest[which], best[which] = request, 0
            if takes[entry] > best[which]:
                total[which] += takes[entry] - best[which]
                best[which] = takes[entry]
    return total
