"""From the arrays of a finished roll-out to its groups, and to why others were left out."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.plan import BreakMove, Group, GroupPart
from scheduling.optimizer.supply import MILLION
from scheduling.optimizer.training.field import COST, Kept, State
from scheduling.optimizer.training.handles import handle
from scheduling.optimizer.training.layout import Layout
from scheduling.optimizer.training.leading import reopen
from scheduling.optimizer.training.plans import Missed
from scheduling.optimizer.training.seating import can_come, put, team_has_room


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """A finished plan laid anew, group by group in the canonical order; ``state`` holds it all."""

    layout: Layout
    state: State
    groups: tuple[Group, ...]

    @classmethod
    def of(cls, layout: Layout, kept: Kept) -> "Reading":
        """Return the groups of ``kept``: by training, then time, site and trainer."""
        state = layout.state()
        order = sorted(
            np.flatnonzero(kept.status == 1).tolist(),
            key=lambda group: (int(kept.option[group]), *kept.trainer[group].tolist()),
        )
        groups = tuple(_laid(layout, state, kept, group) for group in order)
        return cls(layout=layout, state=state, groups=groups)

    @property
    def cost(self) -> int:
        """The cost of the plan, in millionths of a contact."""
        return int(self.state.total[COST])

    def starts(self, training_id: str, attendee_id: str) -> int:
        """Return how many options of a training break no rule of an attendee's own."""
        seats = [(training.id, name) for training, name in self.layout.seats]
        return self._starts(seats.index((training_id, attendee_id)))

    def _options(self, seat: int) -> range:
        """Return the options of the seat's training."""
        own = int(self.layout.field.training[seat])
        return range(*self.layout.field.option_first[own : own + 2].tolist())

    def _starts(self, seat: int) -> int:
        return sum(can_come(self.layout.handle, seat, option) for option in self._options(seat))

    def missed(self) -> tuple[Missed, ...]:
        """Return who is in no group, with counts that say why."""
        out = [self._missed(seat) for seat in np.flatnonzero(self.state.where < 0).tolist()]
        return tuple(out)

    def _missed(self, seat: int) -> Missed:
        state, hold = self.state, self.layout.handle
        training, name = self.layout.seats[seat]
        options = self._options(seat)
        open_ = [
            group
            for group in np.flatnonzero(state.status == 1).tolist()
            if state.option[group] in options and can_come(hold, seat, state.option[group])
        ]
        blocked = Counter(rule for group in open_ for rule in self._blocked(seat, group))
        return Missed(
            training_id=training.id,
            attendee_id=name,
            starts=self._starts(seat),
            groups=len(open_),
            blocked=tuple(sorted(blocked.items())),
        )

    def _blocked(self, seat: int, group: int) -> set[Rule]:
        """Return the rules that keep ``seat`` out of ``group``, whose starts it could come to."""
        field, state, packing = self.layout.field, self.state, self.layout.packing
        found = set[Rule]()
        if state.size[group] >= state.limit[group] or not team_has_room(
            self.layout.handle, handle(state), seat, group
        ):
            found.add(Rule.GROUP)
        for part in range(len(self.layout.seats[seat][0].parts)):
            row, slot = field.row[seat] + part, field.start[state.option[group], part]
            at = field.pair[row, slot]
            own = slice(*field.rule_first[at : at + 2].tolist())
            full = state.used[field.rule[own]] + field.takes[own]
            for rule in field.rule[own][full > field.capacity[field.rule[own]]].tolist():
                found.add(Rule(packing.holders[packing.row_holder[rule]][0]))
            cells = slice(*field.cell_first[at : at + 2].tolist())
            over = state.above[field.cell[cells]] + field.units[cells]
            if ((over > field.floor[field.cell[cells]]) & (field.units[cells] > 0)).any():
                found.add(Rule.FLOOR)
            span = slice(slot - field.before[row], slot + field.after[row])
            if state.busy[field.person[seat], span].any():
                found.add(Rule.ATTENDEE_BUSY)
        return found


def _laid(layout: Layout, state: State, kept: Kept, group: int) -> Group:
    """Lay ``group`` on ``state`` and return it as the plan shows it."""
    field, working, before = layout.handle, handle(state), int(state.total[COST])
    state.option[group] = kept.option[group]
    state.trainer[group], state.room[group] = kept.trainer[group], kept.room[group]
    reopen(field, working, group)
    members = np.flatnonzero(kept.where == group).tolist()
    for seat in members:
        if not put(field, working, seat, group):
            raise ValueError(f"{layout.seats[seat][1]} does not fit a group that was found")
        state.total[1] = 0
    training = layout.seats[members[0]][0]
    return Group(
        training_id=training.id,
        attendee_ids=tuple(layout.seats[seat][1] for seat in members),
        parts=tuple(_part(layout, state, group, at) for at in range(len(training.parts))),
        price=(int(state.total[COST]) - before) / MILLION,
        breaks=tuple(move for seat in members for move in _breaks(layout, state, seat)),
    )


def _part(layout: Layout, state: State, group: int, at: int) -> GroupPart:
    grid, field = layout.lattice.problem.grid, layout.field
    option, room = state.option[group], int(state.room[group, at])
    own = int(np.searchsorted(field.option_first, option, side="right")) - 1
    start = grid.at(int(field.start[option, at]))
    minutes = timedelta(minutes=int(field.minutes[field.part_first[own] + at]))
    return GroupPart(
        interval=Interval(start, start + minutes),
        trainer_id=layout.trainers[int(state.trainer[group, at])].id,
        place=PlaceKind.ONLINE if room < 0 else PlaceKind.ROOM,
        room_id=None if room < 0 else layout.rooms[room].id,
    )


def _breaks(layout: Layout, state: State, seat: int) -> tuple[BreakMove, ...]:
    """Return the breaks that make way for the seat's parts."""
    field = layout.field
    option, row = state.option[state.where[seat]], int(field.row[seat])
    starts = field.start[option]
    found = [
        layout.packing.extras.get(int(field.pair[row + at, starts[at]]))
        for at in range(len(layout.seats[seat][0].parts))
    ]
    return tuple(move for extra in found if extra is not None for move in extra.breaks)
