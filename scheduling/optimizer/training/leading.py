"""Opening and closing groups: a trainer and a room for every part. Kernels: see ``compiled``."""

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.training.field import COST, LOGGED, Field, State
from scheduling.optimizer.training.seating import (
    CLOSED,
    OPENED,
    PUT,
    TAKEN,
    mark,
    note,
    put,
    take,
    total,
    training_of,
)


@compiled
def _can_lead(field: Field, state: State, part: int, trainer: int, slot: int) -> bool:
    if not field.leads[part, trainer, slot]:
        return False
    if state.led[trainer, field.lead_day[trainer, slot]] < field.minutes[part]:
        return False
    first = slot - field.lead_before[trainer]
    for at in range(first, slot + field.lead_after[part, trainer]):
        if state.busy[field.trainer[trainer], at]:
            return False
    return _floor_allows(field, state, part, trainer, slot)


@compiled
def _floor_allows(field: Field, state: State, part: int, trainer: int, slot: int) -> bool:
    slots = state.busy.shape[1]
    first = slot - field.lead_before[trainer]
    for demand in range(field.lead_units.shape[2]):
        for at in range(slot + field.lead_after[part, trainer] - first):
            units, cell = field.lead_units[part, trainer, demand, at], demand * slots + first + at
            if units and state.above[cell] + units > field.floor[cell]:
                return False
    return True


@compiled
def _lead(field: Field, state: State, part: int, trainer: int, slot: int, sign: int) -> None:
    """Mark (1) or unmark (-1) that ``trainer`` leads ``part`` from ``slot``."""
    slots = state.busy.shape[1]
    first, last = slot - field.lead_before[trainer], slot + field.lead_after[part, trainer]
    mark(state, field.trainer[trainer], first, last, sign)
    state.led[trainer, field.lead_day[trainer, slot]] -= sign * field.minutes[part]
    for demand in range(field.lead_units.shape[2]):
        for at in range(last - first):
            units, cell = field.lead_units[part, trainer, demand, at], demand * slots + first + at
            if units:
                state.total[COST] -= total(field.slopes, field.filled, cell, state.load[cell])
                state.load[cell] += sign * units
                state.above[cell] += sign * units
                state.total[COST] += total(field.slopes, field.filled, cell, state.load[cell])


@compiled
def _room_for(field: Field, state: State, part: int, option: int, slot: int, seats: int) -> int:
    """Return the smallest free room for ``seats``, else the largest free one, -1 for none."""
    found = -1
    for room in range(len(field.room)):
        if field.room_site[room] != field.site[option] or not field.fits[part, room, slot]:
            continue
        free = True
        for at in range(slot, slot + field.room_after[part, room]):
            free = free and not state.busy[field.room[room], at]
        if free:
            found = room
            if field.room_seats[room] >= seats:
                return found
    return found


@compiled
def _house_part(field: Field, state: State, group: int, index: int, chosen: int) -> bool:
    """Give part ``index`` of ``group`` its room and trainer ``chosen`` (-1: any); whether it could."""
    option = state.option[group]
    training = training_of(field, option)
    part, slot = field.part_first[training] + index, field.start[option, index]
    room = -1
    if field.roomed[part]:
        room = _room_for(field, state, part, option, slot, field.most[training] + 1)
        if room < 0 or field.room_seats[room] <= field.least[training]:
            return False
    first = max(chosen, 0)
    end = chosen + 1 if chosen >= 0 else len(field.trainer)
    for trainer in range(first, end):
        if _can_lead(field, state, part, trainer, slot):
            _lead(field, state, part, trainer, slot, 1)
            state.trainer[group, index], state.room[group, index] = trainer, room
            if room >= 0:
                mark(state, field.room[room], slot, slot + field.room_after[part, room], 1)
                state.limit[group] = min(state.limit[group], field.room_seats[room] - 1)
            return True
    return False


@compiled
def _leave_part(field: Field, state: State, group: int, index: int) -> None:
    """Give back the room and the trainer of part ``index``."""
    option = state.option[group]
    part = field.part_first[training_of(field, option)] + index
    slot, room = field.start[option, index], state.room[group, index]
    if room >= 0:
        mark(state, field.room[room], slot, slot + field.room_after[part, room], -1)
    _lead(field, state, part, state.trainer[group, index], slot, -1)


@compiled
def _house_all(field: Field, state: State, group: int, training: int, chosen: int) -> bool:
    state.limit[group] = field.most[training]
    for index in range(field.part_first[training + 1] - field.part_first[training]):
        if not _house_part(field, state, group, index, chosen):
            for back in range(index):
                _leave_part(field, state, group, back)
            return False
    return True


@compiled
def open_group(field: Field, state: State, option: int) -> int:
    """Open an empty group at ``option``; return it, -1 where trainers or rooms are not free."""
    training, group = training_of(field, option), 0
    while group < len(state.status) and state.status[group]:
        group += 1
    if group == len(state.status):
        return -1
    state.option[group], state.size[group] = option, 0
    one = field.same[training] and field.part_first[training + 1] - field.part_first[training] > 1
    opened = False
    for trainer in range(len(field.trainer) if one else 1):
        opened = opened or _house_all(field, state, group, training, trainer if one else -1)
    if not opened:
        return -1
    state.status[group] = 1
    note(state, OPENED, group, option)
    return group


@compiled
def close_group(field: Field, state: State, group: int) -> None:
    """Close ``group`` and leave its members unplaced."""
    while state.size[group]:
        take(field, state, state.member[group, 0])
    training = training_of(field, state.option[group])
    for index in range(field.part_first[training + 1] - field.part_first[training]):
        _leave_part(field, state, group, index)
    state.status[group] = 2
    note(state, CLOSED, group, 0)


@compiled
def undo(field: Field, state: State, until: int) -> None:
    """Undo the log's lines from the last back to ``until``."""
    while state.total[LOGGED] > until:
        line = state.total[LOGGED] - 1
        what, one, group = state.log[line, 0], state.log[line, 1], state.log[line, 2]
        if what == PUT:
            take(field, state, one)
        elif what == TAKEN:
            put(field, state, one, group)
        elif what == OPENED:
            close_group(field, state, one)
            state.status[one] = 0
        else:
            reopen(field, state, one)
        state.total[LOGGED] = line


@compiled
def reopen(field: Field, state: State, group: int) -> None:
    """Open ``group`` with the option, trainers and rooms that it names, and nobody in it."""
    training = training_of(field, state.option[group])
    state.size[group], state.limit[group] = 0, field.most[training]
    for index in range(field.part_first[training + 1] - field.part_first[training]):
        part = field.part_first[training] + index
        slot, room = field.start[state.option[group], index], state.room[group, index]
        _lead(field, state, part, state.trainer[group, index], slot, 1)
        if room >= 0:
            mark(state, field.room[room], slot, slot + field.room_after[part, room], 1)
            state.limit[group] = min(state.limit[group], field.room_seats[room] - 1)
    state.status[group] = 1


@compiled
def commit(state: State) -> None:
    """Forget the log: what was done stays."""
    for line in range(state.total[LOGGED]):
        if state.log[line, 0] == CLOSED:
            state.status[state.log[line, 1]] = 0
    state.total[LOGGED] = 0
