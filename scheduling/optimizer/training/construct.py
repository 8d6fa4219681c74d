"""First plans: filling a group, first-fit, and greedy by price per seat. Kernels: see ``compiled``."""

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.training.field import COST, LOGGED, Field, Int64, State
from scheduling.optimizer.training.leading import commit, open_group, undo
from scheduling.optimizer.training.seating import can_come, price, put, take, training_of

Floats = NDArray[np.float64]
NEVER = np.iinfo(np.int64).max // 4


@compiled
def asking(field: Field, state: State, seat: int, option: int, sign: int) -> int:
    """Return what seating ``seat`` at ``option`` would add now (-1: what leaving it takes off)."""
    training, row, added = field.training[seat], field.row[seat], 0
    for part in range(field.part_first[training + 1] - field.part_first[training]):
        candidate = field.pair[row + part, field.start[option, part]]
        added += price(field, state, candidate, sign)
    return added


@compiled
def _key(field: Field, state: State, seat: int, group: int, reward: int) -> int:
    """Return what ``seat`` in ``group`` costs, less ``reward`` where it has no seat at all."""
    key, now = asking(field, state, seat, state.option[group], 1), state.where[seat]
    return key + asking(field, state, seat, state.option[now], -1) if now >= 0 else key - reward


@compiled
def may_leave(field: Field, state: State, seat: int, group: int, steal: int) -> bool:
    """Whether ``seat`` has no seat or, with ``steal``, one in another group that can spare it."""
    now = state.where[seat]
    if now < 0 or not steal:
        return bool(now < 0)
    return bool(now != group and state.size[now] > field.least[field.training[seat]])


@compiled
def fill(field: Field, state: State, group: int, reward: Int64, steal: int) -> None:
    """Seat the cheapest who can come, one after the other, while each is worth it.

    Those without a seat bring their ``reward``; with ``steal`` others may come from groups that
    can spare them, where that saves something or the group has not its least yet.
    """
    option = state.option[group]
    training = training_of(field, option)
    first, last = field.seat_first[training], field.seat_first[training + 1]
    who, key, count = np.empty(last - first, np.int64), np.empty(last - first, np.int64), 0
    for seat in range(first, last):
        if may_leave(field, state, seat, group, steal) and can_come(field, seat, option):
            who[count], key[count] = seat, _key(field, state, seat, group, reward[seat])
            count += 1
    while count and state.size[group] < state.limit[group]:
        place = _smallest(key, count)
        seat = who[place]
        fresh = _key(field, state, seat, group, reward[seat])
        if fresh > key[place]:
            key[place] = fresh
            if place != _smallest(key, count):
                continue
        if fresh >= 0 and state.size[group] >= field.least[training]:
            return
        count -= 1
        who[place], key[place] = who[count], key[count]
        if may_leave(field, state, seat, group, steal):
            _move(field, state, seat, group)


@compiled
def _smallest(key: Int64, count: int) -> int:
    """Return the place of the least of the first ``count`` keys."""
    best = 0
    for place in range(1, count):
        if key[place] < key[best]:
            best = place
    return best


@compiled
def _move(field: Field, state: State, seat: int, group: int) -> None:
    """Move ``seat`` to ``group``, or leave it where it is."""
    before, now = state.total[LOGGED], state.where[seat]
    if now >= 0:
        take(field, state, seat)
    if not put(field, state, seat, group):
        undo(field, state, before)


@compiled
def _trial(field: Field, state: State, option: int, reward: Int64) -> float:
    """Open and fill a group at ``option``; its cost per seat, less rewards; undone if too small."""
    before, cost = state.total[LOGGED], state.total[COST]
    group = open_group(field, state, option)
    if group < 0:
        return np.inf
    fill(field, state, group, reward, 0)
    if state.size[group] < field.least[training_of(field, option)]:
        undo(field, state, before)
        return np.inf
    gained = 0.0
    for place in range(state.size[group]):
        gained += reward[state.member[group, place]]
    return float((state.total[COST] - cost - gained) / state.size[group])


@compiled
def outlook(field: Field, state: State, training: int, reward: Int64) -> Floats:
    """Return what a group at each option of ``training`` would cost per seat now, inf for none."""
    first, last = field.option_first[training], field.option_first[training + 1]
    score = np.empty(last - first)
    for option in range(first, last):
        before = state.total[LOGGED]
        score[option - first] = _trial(field, state, option, reward)
        undo(field, state, before)
    return score


@compiled
def greedy(field: Field, state: State, training: int, reward: Int64) -> None:
    """Open the group that costs least per seat, rewards taken off, until no group can be opened.

    Costs only rise and seats only go, so an old score is as good as a bound: only the best is
    looked at again (lazy greedy).
    """
    first, last = field.option_first[training], field.option_first[training + 1]
    score = np.full(last - first, -np.inf)
    while len(score):
        place = int(np.argmin(score))
        if score[place] == np.inf:
            return
        before = state.total[LOGGED]
        score[place] = _trial(field, state, first + place, reward)
        if score[place] == np.inf:
            continue
        if score[place] <= np.min(score):
            commit(state)
        else:
            undo(field, state, before)


@compiled
def first_fit(field: Field, state: State, training: int) -> None:
    """Open groups at the earliest start that has the people, filled up in the order of the seats."""
    for option in range(field.option_first[training], field.option_first[training + 1]):
        opened = True
        while opened:
            before, group = state.total[LOGGED], open_group(field, state, option)
            opened = group >= 0
            if not opened:
                continue
            for seat in range(field.seat_first[training], field.seat_first[training + 1]):
                if state.where[seat] < 0:
                    put(field, state, seat, group)
            opened = state.size[group] >= field.least[training]
            if not opened:
                undo(field, state, before)
        commit(state)


@compiled
def insert(field: Field, state: State, seat: int) -> bool:
    """Seat an unplaced ``seat`` in the group where it costs least; whether one takes it."""
    best, found = NEVER, -1
    for group in range(len(state.status)):
        if state.status[group] != 1 or state.size[group] >= state.limit[group]:
            continue
        option = state.option[group]
        if training_of(field, option) != field.training[seat]:
            continue
        if not can_come(field, seat, option):
            continue
        added = asking(field, state, seat, option, 1)
        if added < best:
            before = state.total[LOGGED]
            if put(field, state, seat, group):
                undo(field, state, before)
                best, found = added, group
    return found >= 0 and put(field, state, seat, found)
