"""A problem laid out per slot of the grid, once: who is where, and what is left of everything.

Sessions already decided on can be laid on a lattice; every rule counts them, which is how one
meeting's candidates, alternatives and reasons take the rest of a plan into account.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scheduling.optimizer.cost import CostTable, cost_table
from scheduling.optimizer.lattice import layout
from scheduling.optimizer.lattice.absence import Ground, ground_of
from scheduling.optimizer.lattice.ceilings import Ceilings, ceilings_of
from scheduling.optimizer.lattice.days import Days
from scheduling.optimizer.lattice.footprints import Shares
from scheduling.optimizer.lattice.laying import Layers, laid
from scheduling.optimizer.lattice.pauses import pauses_of
from scheduling.optimizer.lattice.sessions import Session
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.rows import Bits, Ints, Rows
from scheduling.optimizer.wanted import Limits, Meeting, Series


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """Everything the masks look at; a, f, r, c: attendees, facilitators, rooms, caps.

    ``layers`` holds what sessions change, ``ground`` what staffing is taken (see there); demands
    are in the order of ``shares.demands``. ``members`` are the rows of each cap's members and
    ``capped`` the caps of each attendee. ``edges`` holds shift edges by minutes, (a, slot), for
    limits other than the usual ones. ``series`` gives the series of a meeting id, ``held`` the
    slot in which one is laid. ``ceilings`` are those of what lies there for good.
    """

    problem: Problem
    table: CostTable
    shares: Shares
    days: Days
    meetings: Mapping[str, Meeting]
    people: Mapping[str, int]
    leaders: Mapping[str, int]
    rooms: Mapping[str, int]
    members: tuple[frozenset[int], ...]
    capped: tuple[tuple[int, ...], ...]
    layers: Layers
    ground: Ground
    edges: Mapping[int, Bits]
    series: Mapping[str, Series]
    held: Mapping[str, int] = field(default_factory=dict)
    ceilings: Ceilings | None = None

    @classmethod
    def of(cls, problem: Problem, table: CostTable | None = None) -> "Lattice":
        """Return the lattice of ``problem`` with nothing laid on it; its ``table`` if known."""
        zones = {person.zone for person in problem.attendees}
        days = Days.on(problem.grid, zones | {leader.zone for leader in problem.facilitators})
        people = {person.id: row for row, person in enumerate(problem.attendees)}
        members = layout.members_of_caps(problem, people)
        shifts = layout.shift_spans(problem)
        shares = Shares.of(problem)
        off = layout.time_off(problem)
        return cls(
            problem=problem,
            table=table or cost_table(problem),
            shares=shares,
            days=days,
            meetings={meeting.id: meeting for meeting in problem.meetings},
            people=people,
            leaders={leader.id: row for row, leader in enumerate(problem.facilitators)},
            rooms={room.id: row for row, room in enumerate(problem.rooms)},
            members=members,
            capped=layout.caps_of(len(people), members),
            layers=_layers(problem, days, layout.state(problem, shifts, off)),
            ground=ground_of(problem, shares, pauses_of(len(people), off, shifts)),
            edges=layout.other_edges(problem, shifts),
            series={name: series for series in problem.series for name in series.meeting_ids},
        )

    def having(self, placements: Iterable[Placement]) -> "Lattice":
        """Return this lattice with ``placements`` laid on it; what they do not touch is shared."""
        return self.laying([self.session(placed) for placed in placements])

    def without(self, placements: Iterable[Placement]) -> "Lattice":
        """Return this lattice with ``placements``, which lie on it, taken off."""
        return self.lifting([self.session(placed) for placed in placements])

    def laying(self, sessions: Iterable[Session]) -> "Lattice":
        """Return this lattice with ``sessions`` laid on it."""
        return self._changed(list(sessions), 1)

    def keeping(self, laid: Sequence[tuple[Limits, Sequence[Session]]]) -> "Lattice":
        """Return this lattice with sessions laid on it for good, whose limits bind what follows."""
        full = self.laying([session for _, sessions in laid for session in sessions])
        return replace(full, ceilings=ceilings_of(self.problem, self.days, laid))

    def ceilings_for(self, rows: Ints, limits: Limits) -> Ceilings:
        """Return how much the attendees in ``rows`` may be away by ``limits`` and what lies there."""
        people = [self.problem.attendees[row] for row in rows]
        own = Ceilings.of(people, self.days, limits)
        return own if self.ceilings is None else own.lowered(self.ceilings.rows(rows))

    def lifting(self, sessions: Iterable[Session]) -> "Lattice":
        """Return this lattice with ``sessions``, which lie on it, taken off."""
        return self._changed(list(sessions), -1)

    def _changed(self, sessions: list[Session], sign: int) -> "Lattice":
        layers, ground = laid(self, sessions, sign)
        held = dict(self.held)
        for session in sessions:
            name = session.meeting_id
            if name is not None and name in self.series:
                held.pop(name, None)
                if sign > 0:
                    held[name] = session.slot
        return replace(self, layers=layers, ground=ground, held=held)

    def session(self, placed: Placement) -> Session:
        """Return a placement of the problem as a session."""
        return Session.of(placed, self.meetings[placed.meeting_id], self.problem.grid)

    def slots_of(self, minutes: int) -> int:
        """Return how many slots ``minutes`` take, rounded up."""
        return -(-minutes // self.problem.grid.slot_minutes)

    def pattern(self, before: int, after: int) -> tuple[int, list[int]]:
        """Return the slots from ``before`` minutes before a start, and the seconds taken of each.

        The span ends ``after`` minutes after the start; the slots begin with the first it touches.
        """
        slot = self.problem.grid.slot_minutes
        first, last = -self.slots_of(before), self.slots_of(after)
        return -first, [
            60 * (min(after, slot * (place + 1)) - max(-before, slot * place))
            for place in range(first, last)
        ]


def _layers(problem: Problem, days: Days, state: Bits) -> Layers:
    """Return the layers of ``problem`` with nothing laid on them."""
    sessions, offline, weekly = layout.offline(problem.attendees, days)
    return Layers(
        state=Rows(base=state),
        leading=Rows(base=layout.leading(problem)),
        taken=Rows(base=layout.rooms_taken(problem)),
        left=Rows(base=layout.caps_left(problem)),
        sessions=sessions,
        offline=offline,
        weekly=weekly,
        led=Rows(base=layout.led(problem.facilitators, days)),
    )
