"""Bettering a plan: seats change groups, groups are rebuilt elsewhere. Kernels: see ``compiled``.

A step does a move, and keeps it or undoes it as annealing has it. Somebody without a seat weighs
more than all cost there is, so that placement never falls.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.training.construct import fill, insert
from scheduling.optimizer.training.field import (
    COST,
    UNPLACED,
    Field,
    Int64,
    Kept,
    State,
)
from scheduling.optimizer.training.leading import close_group, commit, open_group, undo
from scheduling.optimizer.training.seating import can_come, put, take, training_of


class Pace(NamedTuple):
    """How to search, in millionths.

    ``ranked``: each training's options, most promising first; ``reward`` per seat and ``weight``
    per tier of a seat given; the heat at the first and at the last of ``steps``.
    """

    ranked: Int64
    reward: Int64
    weight: NDArray[np.float64]
    first_heat: float
    last_heat: float
    steps: int


@compiled
def draw(state: State, below: int) -> int:
    """Return a pseudo-random number from 0 up to ``below``, at most 2**31 (splitmix64)."""
    state.random[0] += np.uint64(0x9E3779B97F4A7C15)
    mixed = state.random[0]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return int(np.int64((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(33)) % below)


@compiled
def keep(state: State, kept: Kept) -> bool:
    """Keep the plan where it places more by tier, or as many at less cost; whether it does."""
    place = 0
    while place < 3 and state.total[UNPLACED + place] == kept.score[place]:
        place += 1
    now = state.total[UNPLACED + place] if place < 3 else state.total[COST]
    if now >= kept.score[place]:
        return False
    for seat in range(len(state.where)):
        kept.where[seat] = state.where[seat]
    for group in range(len(state.status)):
        kept.status[group], kept.option[group] = state.status[group], state.option[group]
        for part in range(state.trainer.shape[1]):
            kept.trainer[group, part] = state.trainer[group, part]
            kept.room[group, part] = state.room[group, part]
    for tier in range(3):
        kept.score[tier] = state.total[UNPLACED + tier]
    kept.score[3] = state.total[COST]
    return True


@compiled
def _a_group(field: Field, state: State, seat: int) -> int:
    """Return a group drawn at random that ``seat`` could join, -1 where the draw fails."""
    group = draw(state, len(state.status))
    if state.status[group] != 1 or state.where[seat] == group:
        return -1
    option = state.option[group]
    if training_of(field, option) != field.training[seat]:
        return -1
    return group if can_come(field, seat, option) else -1


@compiled
def _relocate(field: Field, state: State, seat: int) -> bool:
    """Move ``seat`` to another group."""
    group, now = _a_group(field, state, seat), state.where[seat]
    if group < 0 or state.size[group] >= state.limit[group]:
        return False
    if now >= 0:
        if state.size[now] <= field.least[field.training[seat]]:
            return False
        take(field, state, seat)
    return put(field, state, seat, group)


@compiled
def _swap(field: Field, state: State, seat: int) -> bool:
    """Put ``seat`` in the place of another, who takes its place or the best there is elsewhere."""
    group, now = _a_group(field, state, seat), state.where[seat]
    if group < 0 or not state.size[group]:
        return False
    other = state.member[group, draw(state, state.size[group])]
    if now >= 0:
        if not can_come(field, other, state.option[now]):
            return False
        take(field, state, seat)
    take(field, state, other)
    if not put(field, state, seat, group):
        return False
    return put(field, state, other, now) if now >= 0 else insert(field, state, other)


@compiled
def _an_option(field: Field, state: State, pace: Pace, training: int, near: int) -> int:
    """Return an option: one beside ``near``, or any, the more promising the likelier."""
    first, last = field.option_first[training], field.option_first[training + 1]
    if near >= 0 and draw(state, 3) == 0:
        return int(min(max(near - 8 + draw(state, 17), first), last - 1))
    part = draw(state, 1 << 20) / (1 << 20)
    return int(pace.ranked[first + int((last - first) * part * part)])


@compiled
def _rebuild(field: Field, state: State, pace: Pace, group: int) -> bool:
    """Close ``group`` and hold another at some other start; its people may go anywhere."""
    training, option = training_of(field, state.option[group]), state.option[group]
    count = state.size[group]
    members = np.empty(count, np.int64)
    for place in range(count):
        members[place] = state.member[group, place]
    close_group(field, state, group)
    if draw(state, 8):
        opened = open_group(field, state, _an_option(field, state, pace, training, option))
        if opened < 0:
            return False
        fill(field, state, opened, pace.reward, 1)
        if state.size[opened] < field.least[training]:
            return False
    seated = True
    for seat in members:
        seated = seated and (state.where[seat] >= 0 or insert(field, state, seat))
    return seated


@compiled
def _found(field: Field, state: State, pace: Pace, seat: int) -> bool:
    """Open one more group for the training of ``seat``."""
    training = field.training[seat]
    if field.option_first[training] == field.option_first[training + 1]:
        return False
    opened = open_group(field, state, _an_option(field, state, pace, training, -1))
    if opened < 0:
        return False
    if state.where[seat] < 0 and not put(field, state, seat, opened):
        return False
    fill(field, state, opened, pace.reward, 1)
    return bool(state.size[opened] >= field.least[training])


@compiled
def _a_seat(state: State) -> int:
    """Return a seat drawn at random, one without a group if the second draw finds one."""
    seat = draw(state, len(state.where))
    other = draw(state, len(state.where))
    return other if state.where[other] < 0 else seat


@compiled
def _move(field: Field, state: State, pace: Pace) -> bool:
    kind, seat = draw(state, 100), _a_seat(state)
    if kind < 50:
        return _relocate(field, state, seat)
    if kind < 94:
        return _swap(field, state, seat)
    if kind < 99:
        group = draw(state, len(state.status))
        return state.status[group] == 1 and _rebuild(field, state, pace, group)
    return _found(field, state, pace, seat)


@compiled
def anneal(field: Field, state: State, kept: Kept, pace: Pace) -> int:
    """Make ``steps`` steps while the heat falls geometrically; return how many were kept."""
    done, heat = 0, pace.first_heat
    fall = (pace.last_heat / pace.first_heat) ** (1.0 / max(pace.steps, 1))
    unplaced = np.empty(3, np.int64)
    for _ in range(pace.steps):
        heat *= fall
        before = state.total[COST]
        for tier in range(3):
            unplaced[tier] = state.total[UNPLACED + tier]
        if not _move(field, state, pace):
            undo(field, state, 0)
            continue
        worse = float(state.total[COST] - before)
        for tier in range(3):
            worse += pace.weight[tier] * (state.total[UNPLACED + tier] - unplaced[tier])
        if worse > 0 and draw(state, 1 << 30) >= np.exp(-worse / heat) * (1 << 30):
            undo(field, state, 0)
            continue
        commit(state)
        done += 1
        keep(state, kept)
    return done
