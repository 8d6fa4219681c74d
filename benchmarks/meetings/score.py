"""The rules of OptaPlanner's public meeting-scheduling example, one by one and in plain Python.

Written from the published constraint definitions (kiegroup/optaplanner, class
``MeetingSchedulingConstraintProvider``) apart from the solver, to say what a schedule is worth.
"""

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.meetings.instance import Instance


class Score(NamedTuple):
    """Penalty points, less is better; hard before medium before soft, as tuples compare."""

    hard: int
    medium: int
    soft: int

    def __str__(self) -> str:
        """Write the score as Timefold does."""
        return f"{-self.hard}hard/{-self.medium}medium/{-self.soft}soft"


class Held(NamedTuple):
    """One meeting where it is put: first grain, the grain after its last, its room, who is in it."""

    first: int
    end: int
    room: int
    required: NDArray[np.bool_]
    preferred: NDArray[np.bool_]


def score(instance: Instance, starts: NDArray[np.integer], rooms: NDArray[np.integer]) -> Score:
    """Return what the schedule is worth that starts meeting m at ``starts[m]`` in ``rooms[m]``."""
    held = [
        Held(int(start), int(start + grains), int(room), required, preferred)
        for start, grains, room, required, preferred in zip(
            starts, instance.grains, rooms, instance.required, instance.preferred, strict=True
        )
    ]
    pairs = list(combinations(held, 2))
    return Score(
        sum(_alone_hard(instance, one) for one in held) + sum(_pair_hard(*pair) for pair in pairs),
        sum(_pair_medium(*pair) for pair in pairs),
        sum(sum(_alone_soft(instance, one)) for one in held)
        + sum(10 * _overlap(*pair) for pair in pairs)
        + sum(sum(_after(*pair)) for pair in permutations(held, 2)),
    )


def _overlap(one: Held, other: Held) -> int:
    return max(0, min(one.end, other.end) - max(one.first, other.first))


def _alone_hard(instance: Instance, one: Held) -> int:
    too_many = max(0, int(one.required.sum() + one.preferred.sum() - instance.seats[one.room]))
    if one.end > len(instance.days):
        return too_many + one.end - 1
    return too_many + int(instance.days[one.first] != instance.days[one.end - 1])


def _pair_hard(one: Held, other: Held) -> int:
    same = int(one.room == other.room) + int((one.required & other.required).sum())
    return _overlap(one, other) * same


def _pair_medium(one: Held, other: Held) -> int:
    mixed = (one.required & other.preferred).sum() + (one.preferred & other.required).sum()
    return _overlap(one, other) * int(mixed + (one.preferred & other.preferred).sum())


def _alone_soft(instance: Instance, one: Held) -> Iterator[int]:
    yield one.end - 1
    yield int(np.maximum(instance.seats - instance.seats[one.room], 0).sum())


def _after(one: Held, later: Held) -> Iterator[int]:
    if one.end == later.first:
        yield 100
    if one.first < later.first <= one.end + 2 and one.room != later.room:
        everyone, others = (held.required.astype(int) + held.preferred for held in (one, later))
        yield int((everyone * others).sum())
