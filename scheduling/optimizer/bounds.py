"""What a plan of trainings and meetings costs at least."""

import numpy as np

from scheduling.domain.rules import ABSENCE
from scheduling.optimizer.lattice.pauses import END, HIGH, LOW, START
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.plan import Plan
from scheduling.optimizer.stages import Deadline, search
from scheduling.optimizer.training import Trained


def bound_of_both(
    empty: Lattice, trained: Trained, plan: Plan, deadline: Deadline | None = None
) -> int:
    """Return what any plan costs that places as many as ``trained`` and ``plan`` of every tier.

    In millionths. Where nothing is given back, a convex cost of both together is no less than the
    sum of what each costs by itself, so that the bounds of both parts add up: of the trainings by
    themselves, and of the meetings on the ``empty`` lattice, whose starts hold all that are left
    beside groups. Where breaks can move, a break moved for one may give time back to the other;
    then a plan costs no less than all of them give back.
    """
    problem = empty.problem
    table = empty.ground.pauses.table
    if (table[:, LOW] < table[:, HIGH]).any():
        return -_given_back(empty)
    changing = problem.pinned or problem.relaxed & ABSENCE
    if changing or any(meeting.optional_ids for meeting in problem.meetings):
        return 0  # groups laid beside them may change what a meeting's start takes
    packing = packing_of(empty)
    packed = search(packing, effort=1, deadline=deadline, progress=None)
    names = {placed.meeting_id for placed in plan.placements}
    placed = np.asarray([name in names for name in packing.meeting_ids])
    same = np.bincount(packing.tier[placed], minlength=3) == np.bincount(
        packing.tier[packed.chosen >= 0], minlength=3
    )
    return max(0, trained.bound) + (max(0, packed.bound) if same.all() else 0)


def _given_back(lattice: Lattice) -> int:
    """Return the most that moving every break that can move saves, in millionths of a contact.

    By convexity no break saves more than it does where nothing else is taken.
    """
    ground, saved = lattice.ground, 0
    table = ground.pauses.table
    for place in np.flatnonzero(table[:, LOW] < table[:, HIGH]).tolist():
        row = int(np.searchsorted(ground.pauses.first, place, side="right")) - 1
        start, end = table[place, START], table[place, END]
        slots = np.arange(max(0, start // ground.slot), -(-end // ground.slot))
        slots = slots[slots < ground.removed.shape[1]]
        seconds = np.minimum(end, (slots + 1) * ground.slot) - np.maximum(
            start, slots * ground.slot
        )
        units = ground.units[ground.part[seconds], row]
        for column, name in enumerate(lattice.shares.demands):
            now = ground.removed[column, slots]
            before = now - units[:, column]
            saved += int(lattice.table.between(name, slots, before, now).sum())
    return saved
