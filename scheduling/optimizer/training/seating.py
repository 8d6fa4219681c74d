"""Taking and giving seats: what may be done, done exactly, and undone in reverse order.

Every function but ``undo`` and ``commit`` leaves a line in the log. Kernels: see ``compiled``.
"""

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.training.field import COST, LOGGED, UNPLACED, Field, Int64, State

PUT, TAKEN, OPENED, CLOSED = 0, 1, 2, 3
MOVER = 100
"""Counted in ``ours`` on top for a session that moves breaks: it shares its day with no other."""
FTE = 60


@compiled
def total(slopes: Int64, filled: Int64, cell: int, units: int) -> int:
    """Return F(units) of ``cell``."""
    segment = min(max(units // FTE, 0), slopes.shape[1] - 1)
    return int(filled[cell, segment] + slopes[cell, segment] * (units - FTE * segment))


@compiled
def price(field: Field, state: State, candidate: int, sign: int) -> int:
    """Return what it costs to add (``sign`` 1) or take back (-1) ``candidate`` now."""
    added = 0
    for at in range(field.cell_first[candidate], field.cell_first[candidate + 1]):
        load = state.load[field.cell[at]]
        added += total(field.slopes, field.filled, field.cell[at], load + sign * field.units[at])
        added -= total(field.slopes, field.filled, field.cell[at], load)
    return added


@compiled
def _load(field: Field, state: State, candidate: int, sign: int) -> None:
    state.total[COST] += price(field, state, candidate, sign)
    for at in range(field.cell_first[candidate], field.cell_first[candidate + 1]):
        state.load[field.cell[at]] += sign * field.units[at]
        state.above[field.cell[at]] += sign * max(field.units[at], 0)


@compiled
def _may_go(field: Field, state: State, row: int, person: int, slot: int) -> bool:
    """Whether the person is free, and the rules and the floor let them go at ``slot``."""
    candidate = field.pair[row, slot]
    ours = state.ours[person, field.day[candidate]]
    if ours >= MOVER or (ours and field.moves[candidate]):
        return False
    for at in range(slot - field.before[row], slot + field.after[row]):
        if state.busy[person, at]:
            return False
    for at in range(field.rule_first[candidate], field.rule_first[candidate + 1]):
        rule = field.rule[at]
        if state.used[rule] + field.takes[at] > field.capacity[rule]:
            return False
    for at in range(field.cell_first[candidate], field.cell_first[candidate + 1]):
        cell, units = field.cell[at], field.units[at]
        if units > 0 and state.above[cell] + units > field.floor[cell]:
            return False
    return True


@compiled
def mark(state: State, holder: int, first: int, last: int, sign: int) -> None:
    """Mark ``holder`` busy (1) or free (-1) in the slots from ``first`` up to ``last``."""
    for slot in range(first, last):
        state.busy[holder, slot] = 1 if sign > 0 else 0


@compiled
def _away(field: Field, state: State, row: int, person: int, slot: int, sign: int) -> None:
    """Mark (1) or unmark (-1) one part of a seat everywhere it counts."""
    candidate = field.pair[row, slot]
    mark(state, person, slot - field.before[row], slot + field.after[row], sign)
    for at in range(field.rule_first[candidate], field.rule_first[candidate + 1]):
        state.used[field.rule[at]] += sign * field.takes[at]
    state.ours[person, field.day[candidate]] += sign * (1 + MOVER * field.moves[candidate])
    _load(field, state, candidate, sign)


@compiled
def training_of(field: Field, option: int) -> int:
    """Return the training that ``option`` belongs to."""
    first = field.option_first
    low, high = 0, len(first) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if first[middle] <= option:
            low = middle
        else:
            high = middle
    return low


@compiled
def can_come(field: Field, seat: int, option: int) -> bool:
    """Whether ``seat`` may sit there and no rule of its own forbids any of the starts."""
    site, row = field.site[option], field.row[seat]
    if site >= 0 and not field.allowed[seat, site]:
        return False
    training = field.training[seat]
    for part in range(field.part_first[training + 1] - field.part_first[training]):
        if field.pair[row + part, field.start[option, part]] < 0:
            return False
    return True


@compiled
def team_has_room(field: Field, state: State, seat: int, group: int) -> bool:
    """Whether one more of the seat's team may sit in ``group``."""
    mates = 0
    for place in range(state.size[group]):
        mates += field.team[state.member[group, place]] == field.team[seat]
    return bool(mates < field.per_team[field.training[seat]])


@compiled
def put(field: Field, state: State, seat: int, group: int) -> bool:
    """Seat an unplaced ``seat`` in ``group`` if everything allows it; whether it did."""
    option = state.option[group]
    if state.size[group] >= state.limit[group] or not can_come(field, seat, option):
        return False
    if not team_has_room(field, state, seat, group):
        return False
    training, row, person = field.training[seat], field.row[seat], field.person[seat]
    parts = field.part_first[training + 1] - field.part_first[training]
    for part in range(parts):
        slot = field.start[option, part]
        if not _may_go(field, state, row + part, person, slot):
            for back in range(part):
                _away(field, state, row + back, person, field.start[option, back], -1)
            return False
        _away(field, state, row + part, person, slot, 1)
    state.member[group, state.size[group]] = seat
    state.size[group] += 1
    state.where[seat] = group
    state.total[UNPLACED + field.tier[seat]] -= 1
    note(state, PUT, seat, group)
    return True


@compiled
def take(field: Field, state: State, seat: int) -> None:
    """Take a placed ``seat`` out of its group, whatever is left of the group."""
    group = state.where[seat]
    training, row = field.training[seat], field.row[seat]
    for part in range(field.part_first[training + 1] - field.part_first[training]):
        slot = field.start[state.option[group], part]
        _away(field, state, row + part, field.person[seat], slot, -1)
    last = state.size[group] - 1
    for place in range(last):
        if state.member[group, place] == seat:
            state.member[group, place] = state.member[group, last]
    state.size[group] = last
    state.where[seat] = -1
    state.total[UNPLACED + field.tier[seat]] += 1
    note(state, TAKEN, seat, group)


@compiled
def note(state: State, what: int, one: int, other: int) -> None:
    """Add a line to the log."""
    line = state.total[LOGGED]
    state.log[line, 0], state.log[line, 1], state.log[line, 2] = what, one, other
    state.total[LOGGED] = line + 1
