"""Meetings side by side on a lattice, as the masks take them: one length, one set of limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.lattice.absence import Crew, edges_of
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.breaks import spacing_of
from scheduling.optimizer.rows import Bits, Ints
from scheduling.optimizer.wanted import Limits, Meeting

CHUNK = 64
"""People looked at together: their slots stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Some ``meetings`` of one length and set of limits, whose first people share a zone.

    ``places`` are their places among all meetings asked for. Meeting m has the people
    first[m]:first[m + 1], of whom ``rows`` are the rows in the lattice, ``required`` says who must
    be there, and ``state`` (people, slots) is where they are.
    """

    lattice: Lattice
    meetings: tuple[Meeting, ...]
    places: Ints
    limits: Limits
    first: Ints
    rows: Ints
    required: Ints
    state: Bits
    crew: Crew

    @property
    def minutes(self) -> int:
        """How long each meeting is."""
        return self.meetings[0].minutes

    @property
    def zone(self) -> str:
        """The zone of the meetings' dates and times of day."""
        return self.lattice.problem.attendees[int(self.rows[0])].zone

    @property
    def length(self) -> int:
        """The slots each meeting takes."""
        return self.lattice.slots_of(self.minutes)

    @property
    def slots(self) -> int:
        """The slots of the grid."""
        return self.lattice.problem.grid.slots

    @property
    def single(self) -> bool:
        """Whether every meeting is of one person, who must be there."""
        return len(self.rows) == len(self.meetings) and bool(self.required.all())

    def takes(self, people: Ints, meetings: Ints) -> Iterator[tuple[int, NDArray[np.int16]]]:
        """Yield, per slot from a start (negative before it), what each of ``people`` takes then.

        The units are (people and then leaders, demands); ``meetings`` are those whose leaders
        count. It is 0 for who is not away, or leads nothing.
        """
        crew, ground = self.crew, self.lattice.ground
        rows = np.concatenate([crew.row[people], crew.leader[meetings]])
        kinds = np.concatenate([crew.span[people], crew.leader_span[meetings]])
        before, after = crew.before[kinds], crew.after[kinds]
        for place in range(-int(before.max()), int(after.max())):
            away = np.flatnonzero((rows >= 0) & (-before <= place) & (place < after))
            units = np.zeros((len(rows), len(ground.removed)), np.int16)
            seconds = crew.seconds[kinds[away], place + before[away]]
            units[away] = ground.units[ground.part[seconds], rows[away]]
            yield place, units

    def takes_of_one(self) -> Iterator[tuple[int, NDArray[np.int16]]]:
        """Yield the same for meetings of one person: (meetings, demands), their leaders' included."""
        every = np.arange(len(self.meetings))
        for place, units in self.takes(every, every):
            yield place, units[: len(every)] + units[len(every) :]


def blocks(lattice: Lattice, meetings: Sequence[Meeting]) -> Iterator[Block]:
    """Yield ``meetings`` in blocks of about ``CHUNK`` people, in no particular order."""

    def kind(place: int) -> tuple[int, str, str]:
        meeting = meetings[place]
        zone = lattice.problem.attendees[lattice.people[meeting.attendee_id]].zone
        return meeting.minutes, meeting.limit_set or "", zone

    for _, group in groupby(sorted(range(len(meetings)), key=kind), key=kind):
        chunk: list[int] = []
        people = 0
        for place in group:
            chunk.append(place)
            people += len(meetings[place].people)
            if people >= CHUNK:
                yield block_of(lattice, meetings, chunk)
                chunk, people = [], 0
        if chunk:
            yield block_of(lattice, meetings, chunk)


def block_of(lattice: Lattice, meetings: Sequence[Meeting], places: Sequence[int]) -> Block:
    """Return the block of the meetings at ``places``, which are of one kind."""
    chosen = tuple(meetings[place] for place in places)
    rows = np.asarray(
        [lattice.people[name] for meeting in chosen for name in meeting.people], np.int64
    )
    counts = [len(meeting.people) for meeting in chosen]
    required = [
        place < len(meeting.attendee_ids)
        for meeting in chosen
        for place in range(len(meeting.people))
    ]
    first = edges_of(np.asarray(counts))
    state = lattice.layers.state.take(rows)
    limits = lattice.problem.limits_of(chosen[0])
    return Block(
        lattice=lattice,
        meetings=chosen,
        places=np.asarray(places, np.int64),
        limits=limits,
        first=first,
        rows=rows,
        required=np.asarray(required, bool),
        state=state,
        crew=_crew(lattice, chosen, limits, (first, rows, state)),
    )


def _crew(
    lattice: Lattice,
    meetings: tuple[Meeting, ...],
    limits: Limits,
    people: tuple[Ints, Ints, Bits],
) -> Crew:
    first, rows, state = people
    attendees, leaders = lattice.problem.attendees, lattice.problem.facilitators
    classes: dict[tuple[int, int], int] = {}

    def place(before: int, after: int) -> int:
        return classes.setdefault((before, after), len(classes))

    minutes = meetings[0].minutes
    spans = [place(one.transition, one.transition) for one in (attendees[row] for row in rows)]
    led: list[tuple[int, int]] = []
    for meeting in meetings:
        if meeting.facilitator_id is None:
            led.append((-1, 0))
        else:
            row = lattice.leaders[meeting.facilitator_id]
            who = leaders[row]
            led.append((len(attendees) + row, place(who.prepare, who.write_up)))
    leader, leader_span = np.asarray(led, np.int64).T
    patterns = [lattice.pattern(before, minutes + after) for before, after in classes]
    seconds = np.full((len(patterns), max(len(parts) for _, parts in patterns)), -1, np.int64)
    for row, (_, parts) in enumerate(patterns):
        seconds[row, : len(parts)] = parts
    before = np.asarray([count for count, _ in patterns], np.int64)
    return Crew(
        first,
        rows,
        state,
        np.asarray(spans, np.int64),
        np.ascontiguousarray(leader),
        np.ascontiguousarray(leader_span),
        before,
        np.asarray([len(parts) for _, parts in patterns], np.int64) - before,
        seconds,
        spacing_of(lattice, limits),
    )
