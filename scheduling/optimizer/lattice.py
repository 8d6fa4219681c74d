"""A problem laid out per slot of the grid, once: who is where, and what is left of everything.

Sessions already decided on can be laid on a lattice; every rule counts them, which is how one
meeting's candidates, alternatives and reasons take the rest of a plan into account.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from scheduling.optimizer import layout
from scheduling.optimizer.cost import CostTable, cost_table, most_units
from scheduling.optimizer.days import Days
from scheduling.optimizer.footprints import Shares
from scheduling.optimizer.layout import Counter
from scheduling.optimizer.pauses import Pauses, pauses_of
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.rows import Bits, Ints, Rows, joined
from scheduling.optimizer.sessions import Session
from scheduling.optimizer.wanted import Meeting, Series


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """Everything the masks look at; a, f, r, k, d: attendee, facilitator, room, counter, demand.

    ``state`` (a, slot) and ``leading`` (f, slot) hold the bits of ``layout``; ``taken`` (r, slot)
    is not 0 where a room is. ``left`` (k, slot) is how many more may go. ``removed`` (d, slot) is
    the 1/60 FTE taken so far, ``allowed`` (d, slot) the most that may be, NO_LIMIT without floor;
    demands are in the order of ``shares.demands``. ``edges`` holds shift edges by minutes, for
    limits other than the usual ones. ``sessions`` and ``offline`` (a, date), ``weekly`` (a, week)
    and ``led`` (f, date) count sessions and minutes, those planned before and those laid.
    ``series`` gives the series of a meeting id, ``held`` the local date on which one is laid.
    """

    problem: Problem
    table: CostTable
    shares: Shares
    days: Days
    meetings: Mapping[str, Meeting]
    people: Mapping[str, int]
    leaders: Mapping[str, int]
    rooms: Mapping[str, int]
    counters: tuple[Counter, ...]
    counted: tuple[tuple[int, ...], ...]
    state: Rows
    leading: Rows
    taken: Rows
    left: Rows
    removed: Rows
    allowed: Ints
    edges: Mapping[int, Bits]
    pauses: Pauses
    sessions: Rows
    offline: Rows
    weekly: Rows
    led: Rows
    series: Mapping[str, Series]
    held: Mapping[str, date] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem, table: CostTable | None = None) -> "Lattice":
        """Return the lattice of ``problem`` with nothing laid on it; its ``table`` if known."""
        zones = {person.zone for person in problem.attendees}
        days = Days.on(problem.grid, zones | {leader.zone for leader in problem.facilitators})
        people = {person.id: row for row, person in enumerate(problem.attendees)}
        counters = layout.counters(problem, people)
        shifts = layout.shift_spans(problem)
        shares = Shares.of(problem)
        sessions, offline, weekly = layout.offline(problem.attendees, days)
        return cls(
            problem=problem,
            table=table or cost_table(problem),
            shares=shares,
            days=days,
            meetings={meeting.id: meeting for meeting in problem.meetings},
            people=people,
            leaders={leader.id: row for row, leader in enumerate(problem.facilitators)},
            rooms={room.id: row for row, room in enumerate(problem.rooms)},
            counters=counters,
            counted=layout.memberships(len(people), counters),
            state=Rows(base=layout.state(problem, shifts)),
            leading=Rows(base=layout.leading(problem)),
            taken=Rows(base=layout.rooms_taken(problem)),
            left=Rows(base=layout.left(problem)),
            removed=Rows(base=layout.removed(problem, shares.demands)),
            allowed=most_units(problem, shares.demands),
            edges=layout.other_edges(problem, shifts),
            pauses=pauses_of(
                problem.grid.start, [person.off for person in problem.attendees], joined(shifts)
            ),
            sessions=sessions,
            offline=offline,
            weekly=weekly,
            led=Rows(base=layout.led(problem.facilitators, days)),
            series={name: series for series in problem.series for name in series.meeting_ids},
        )

    def having(self, placements: Iterable[Placement]) -> "Lattice":
        """Return this lattice with ``placements`` laid on it; what they do not touch is shared."""
        grid = self.problem.grid
        return self.laying(
            Session.of(placed, self.meetings[placed.meeting_id], grid) for placed in placements
        )

    def without(self, placements: Iterable[Placement]) -> "Lattice":
        """Return this lattice with ``placements``, which lie on it, taken off."""
        grid = self.problem.grid
        return self.lifting(
            Session.of(placed, self.meetings[placed.meeting_id], grid) for placed in placements
        )

    def laying(self, sessions: Iterable[Session]) -> "Lattice":
        """Return this lattice with ``sessions`` laid on it."""
        raise NotImplementedError

    def lifting(self, sessions: Iterable[Session]) -> "Lattice":
        """Return this lattice with ``sessions``, which lie on it, taken off."""
        raise NotImplementedError

    @property
    def slot_seconds(self) -> int:
        """How long a slot is."""
        return 60 * self.problem.grid.slot_minutes

    def slots_of(self, minutes: int) -> int:
        """Return how many slots ``minutes`` take, rounded up."""
        return -(-minutes // self.problem.grid.slot_minutes)
