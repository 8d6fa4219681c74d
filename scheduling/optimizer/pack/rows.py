"""The rows of a packing: things that run out, and what each candidate takes of them.

A row is kept only where it can bind: where the most that each request takes of it, summed over
all requests, is more than it has. No choice of at most one candidate per request can then
violate a row that is dropped, so dropping is exact.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.optimizer.lattice.absence import edges_of
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.blocks import Block
from scheduling.optimizer.masks.shared import rooms_for
from scheduling.optimizer.rows import Ints, Mask
from scheduling.optimizer.wanted import Limits, Meeting


class Entries(NamedTuple):
    """What candidates take: candidate, row (or cell) and how much, one entry each."""

    candidate: NDArray[np.integer[Any]]
    row: NDArray[np.integer[Any]]
    takes: NDArray[np.integer[Any]]

    def counted(self, candidates: int) -> "Taken":
        """Return the same, in order of candidate, in fewer bytes."""
        counts = np.bincount(self.candidate, minlength=candidates)
        return Taken(
            counts.astype(np.int32), self.row.astype(np.int32), self.takes.astype(np.int16)
        )


class Taken(NamedTuple):
    """What candidates take, end to end: how many rows (or cells) each, which, and how much of each."""

    counts: NDArray[np.int32]
    row: NDArray[np.int32]
    takes: NDArray[np.int16]


Line = tuple[int, int, int]
"""Where rows of a slot each begin, how far from the start the slot is, and what is taken of it."""


class Starts(NamedTuple):
    """Candidates of a block: the place of each one's meeting, and its slot."""

    meeting: Ints
    slot: Ints


def spread(starts: Starts, lines: Sequence[Sequence[Line]], slots: int) -> Entries:
    """Return what candidates take by the ``lines`` of their meetings, in their order.

    Slots off the grid are left out.
    """
    first = edges_of(np.asarray([len(mine) for mine in lines]))
    flat = np.asarray([line for mine in lines for line in mine], np.int64).reshape(-1, 3)
    counts = np.diff(first)[starts.meeting]
    candidate = np.repeat(np.arange(len(counts)), counts)
    begins = np.repeat(first[starts.meeting] - (np.cumsum(counts) - counts), counts)
    base, offset, takes = flat[begins + np.arange(len(candidate))].T
    slot = starts.slot[candidate] + offset
    inside = (slot >= 0) & (slot < slots)
    if inside.all():
        return Entries(candidate, base + slot, takes)
    return Entries(candidate[inside], (base + slot)[inside], takes[inside])


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Numbers for all rows that may occur: one range for each holder, its capacity kept beside."""

    holders: list[tuple[str, str]] = field(default_factory=list)
    capacity: list[Ints] = field(default_factory=list)
    bases: list[int] = field(default_factory=list)
    known: dict[tuple[str, str], int] = field(default_factory=dict)
    size: int = 0

    def base(self, rule: Rule, holder: str, kind: str, capacity: Callable[[], Ints]) -> int:
        """Return where the rows of ``holder`` begin; ``kind`` tells apart rows of one rule.

        ``capacity`` is asked for once.
        """
        key = f"{rule} {kind}", holder
        if key not in self.known:
            self.known[key] = self.size
            self.holders.append((str(rule), holder))
            self.bases.append(self.size)
            self.capacity.append(capacity())
            self.size += len(self.capacity[-1])
        return self.known[key]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demanded:
    """What many requests ask for: how many have a person or leader, who is in which cap or heads.

    ``busy`` counts the requests of each id, in either part, and ``limited`` has the requests of
    each attendee with their limits; ``caps`` and ``heads`` the most
    members that all requests together can take away, ``least`` the least that each cap has left;
    ``rooms`` are the sets of rooms that some request is content with, ``sets`` those known by what
    is asked for, and ``names`` what each is called.
    """

    busy: Counter[str]
    limited: Mapping[str, Sequence[tuple[str, Limits]]]
    caps: Counter[int]
    heads: Counter[int]
    least: Sequence[int]
    rooms: tuple[frozenset[int], ...]
    sets: dict[tuple[str, frozenset[str], int], frozenset[int]]
    names: dict[frozenset[int], str]

    @classmethod
    def of(cls, lattice: Lattice, meetings: Sequence[Meeting]) -> "Demanded":
        """Count what ``meetings`` ask for."""
        busy: Counter[str] = Counter()
        limited: defaultdict[str, list[tuple[str, Limits]]] = defaultdict(list)
        caps: Counter[int] = Counter()
        heads: Counter[int] = Counter()
        sets: dict[tuple[str, frozenset[str], int], frozenset[int]] = {}
        ground = lattice.ground
        for meeting in meetings:
            busy.update(meeting.people)
            if meeting.facilitator_id is not None:
                busy[meeting.facilitator_id] += 1
            for name in meeting.people:
                row = lattice.people[name]
                limited[name].append((meeting.id, lattice.problem.limits_of(meeting)))
                caps.update(lattice.capped[row])
                heads.update(
                    ground.head_row[ground.head_first[row] : ground.head_first[row + 1]].tolist()
                )
            if meeting.place is PlaceKind.ROOM:
                for people in range(len(meeting.attendee_ids), len(meeting.people) + 1):
                    key = _room_key(lattice, meeting, people)
                    if key not in sets:
                        fitting = rooms_for(lattice.problem.rooms, *key)
                        sets[key] = frozenset(lattice.rooms[choice.id] for choice in fitting)
        return cls(
            busy=busy,
            limited=limited,
            caps=caps,
            heads=heads,
            least=[int(lattice.layers.left[cap].min()) for cap in range(len(lattice.members))],
            rooms=tuple(sorted(set(sets.values()), key=sorted)),
            sets=sets,
            names={rooms: room_class(lattice, rooms) for rooms in sets.values()},
        )

    def room_set(self, lattice: Lattice, meeting: Meeting, people: int) -> frozenset[int]:
        """Return the rows of the rooms that ``meeting`` may use with so many ``people`` present."""
        return self.sets[_room_key(lattice, meeting, people)]


def _room_key(lattice: Lattice, meeting: Meeting, people: int) -> tuple[str, frozenset[str], int]:
    """Return the site, the equipment and the seats that ``meeting`` needs."""
    site = lattice.problem.attendees[lattice.people[meeting.attendee_id]].site_id
    return site, meeting.equipment, people + (meeting.facilitator_id is not None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Candidates whose meetings have equally many people: ``there`` (people, candidates) are present.

    ``moving`` says for which a break makes way.
    """

    block: Block
    starts: Starts
    there: Mask
    moving: Mask

    def keeping(self, kept: Mask) -> "Batch":
        """Return the batch with the ``kept`` candidates only."""
        starts = Starts(self.starts.meeting[kept], self.starts.slot[kept])
        return replace(self, starts=starts, there=self.there[:, kept], moving=self.moving[kept])

    def of(self, meeting: int) -> Ints:
        """Return the candidates of the meeting at a place of the block."""
        first, last = np.searchsorted(self.starts.meeting, [meeting, meeting + 1])
        return np.arange(first, last)


def rows_of(ledger: Ledger, demanded: Demanded, batch: Batch) -> list[Entries]:
    """Return what candidates take of people's slots, caps and rooms."""
    block = batch.block
    asking = set(batch.starts.meeting.tolist())
    always = [_leader_lines(ledger, demanded, block, m) for m in range(len(block.meetings))]
    found = [spread(batch.starts, always, block.slots)]
    for place in range(len(batch.there)):
        lines = [
            _person_lines(ledger, demanded, block, (m, place)) if m in asking else []
            for m in range(len(block.meetings))
        ]
        found.append(weighed(spread(batch.starts, lines, block.slots), batch.there[place]))
    return found + _rooms(ledger, demanded, batch)


def weighed(entries: Entries, there: Mask) -> Entries:
    """Return the entries of those candidates for which somebody is ``there``."""
    some = there[entries.candidate]
    return entries if some.all() else Entries(*(part[some] for part in entries))


def _lines(block: Block, base: int, kind: int) -> list[Line]:
    """Return the lines of a span of one kind, one taken of every slot."""
    before, after = int(block.crew.before[kind]), int(block.crew.after[kind])
    return [(base, offset, 1) for offset in range(-before, after)]


def _leader_lines(ledger: Ledger, demanded: Demanded, block: Block, meeting: int) -> list[Line]:
    name = block.meetings[meeting].facilitator_id
    if name is None or demanded.busy[name] < 2:
        return []
    base = own_slots(ledger, block, name)
    return _lines(block, base, int(block.crew.leader_span[meeting]))


def _person_lines(
    ledger: Ledger, demanded: Demanded, block: Block, who: tuple[int, int]
) -> list[Line]:
    """Return what a person takes of their own slots and of caps; ``who`` is meeting and place."""
    meeting, place = who
    person = int(block.first[meeting]) + place
    name, kind = block.meetings[meeting].people[place], int(block.crew.span[person])
    found: list[Line] = []
    if demanded.busy[name] > 1:
        found += _lines(block, own_slots(ledger, block, name), kind)
    problem = block.lattice.problem
    for one in block.lattice.capped[int(block.rows[person])]:
        cap = problem.caps[one]
        if cap.rule not in problem.relaxed and demanded.caps[one] > demanded.least[one]:
            left = partial(_left_of, block.lattice, one)
            found += _lines(block, ledger.base(cap.rule, cap.id, "cap", left), kind)
    return found


def _left_of(lattice: Lattice, cap: int) -> Ints:
    return np.maximum(lattice.layers.left[cap].astype(np.int64), 0)


def own_slots(ledger: Ledger, block: Block, name: str) -> int:
    """Return where the rows of a person's own slots begin, in whichever part they come."""
    rule = Rule.FACILITATOR if name in block.lattice.leaders else Rule.ATTENDEE_BUSY
    return ledger.base(rule, name, "at", lambda: np.ones(block.slots, np.int64))


def _rooms(ledger: Ledger, demanded: Demanded, batch: Batch) -> list[Entries]:
    """Return what a session takes of every set of rooms that holds all it is content with.

    For sets that nest this is Hall's condition slot by slot. A session keeps its room for the
    least turnover of its set: more would be no relaxation, and rooms are assigned afterwards.
    """
    block, lattice = batch.block, batch.block.lattice
    if Rule.ROOM in lattice.problem.relaxed or not len(batch.moving):
        return []
    present = batch.there.sum(axis=0)
    found: list[Entries] = []
    asking = np.unique(batch.starts.meeting).tolist()
    for people in range(int(present.min()), int(present.max()) + 1):
        lines: list[list[Line]] = [[] for _ in block.meetings]
        for meeting in asking:
            if block.meetings[meeting].place is PlaceKind.ROOM:
                asked = block, block.meetings[meeting]
                lines[meeting] = _room_lines(ledger, demanded, asked, people)
        found.append(weighed(spread(batch.starts, lines, block.slots), present == people))
    return found


def _room_lines(
    ledger: Ledger, demanded: Demanded, asked: tuple[Block, Meeting], people: int
) -> list[Line]:
    block, meeting = asked
    lattice = block.lattice
    mine = demanded.room_set(lattice, meeting, people)
    turnover = min((lattice.problem.rooms[row].turnover for row in mine), default=0)
    length = lattice.slots_of(meeting.minutes + turnover)
    found: list[Line] = []
    for rooms in demanded.rooms:
        if rooms >= mine:
            free = partial(_free_rooms, lattice, rooms)
            base = ledger.base(Rule.ROOM, demanded.names[rooms], "rooms", free)
            found += [(base, offset, 1) for offset in range(length)]
    return found


def room_class(lattice: Lattice, rooms: frozenset[int]) -> str:
    """Return a name for a set of rooms: their ids."""
    return " ".join(sorted(lattice.problem.rooms[row].id for row in rooms))


def _free_rooms(lattice: Lattice, rooms: frozenset[int]) -> Ints:
    taken = lattice.layers.taken.take(np.asarray(sorted(rooms), np.int64))
    return np.asarray((taken == 0).sum(axis=0), np.int64)
