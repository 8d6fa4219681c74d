"""The rows that count by date and week, and those of the places that breaks move to."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from scheduling.domain.rules import Rule
from scheduling.optimizer.masks.breaks import moved
from scheduling.optimizer.pack.rows import Batch, Demanded, Entries, Ledger, own_slots
from scheduling.optimizer.rows import Ints
from scheduling.optimizer.wanted import Limits

_FORTNIGHT = 14 * 24 * 60
"""Minutes: nobody is in sessions for more in a week, and sums of it fit the smallest integers."""


def dated(ledger: Ledger, demanded: Demanded, batch: Batch) -> Iterator[Entries]:
    """Yield what all candidates take of days and weeks, and of the places that breaks move to."""
    for meeting in np.unique(batch.starts.meeting).tolist():
        yield from _by_date(ledger, demanded, batch, meeting)


def _by_date(ledger: Ledger, demanded: Demanded, batch: Batch, meeting: int) -> Iterator[Entries]:
    """Yield what a meeting takes of days and weeks, and of the places that breaks move to."""
    block = batch.block
    lattice, problem = block.lattice, block.lattice.problem
    wanted = block.meetings[meeting]
    name = wanted.facilitator_id
    if name is not None and demanded.busy[name] > 1:
        row = lattice.leaders[name]
        leader = problem.facilitators[row]
        if leader.contact_a_day is not None and Rule.FACILITATOR_LOAD not in problem.relaxed:
            mine = batch.of(meeting)
            left = leader.contact_a_day - lattice.layers.led[row].astype(np.int64)
            base = ledger.base(Rule.FACILITATOR_LOAD, name, "day", partial(np.asarray, left))
            days = lattice.days.of[leader.zone][batch.starts.slot[mine]]
            yield Entries(mine, base + days, np.full(len(mine), wanted.minutes))
    for place, person in enumerate(wanted.people):
        if demanded.busy[person] > 1:
            mine = batch.of(meeting)
            mine = mine[batch.there[place, mine]]
            if Rule.ATTENDEE_CAP not in problem.relaxed:
                asked = wanted.id, demanded.limited[person]
                yield from _days(ledger, batch, asked, (lattice.people[person], mine))
            yield _moves(ledger, batch, (person, place), mine[batch.moving[mine]])


def _days(
    ledger: Ledger,
    batch: Batch,
    asked: tuple[str, Sequence[tuple[str, Limits]]],
    who: tuple[int, Ints],
) -> Iterator[Entries]:
    """Yield what a session takes of sessions and minutes a day and of minutes a week.

    ``asked`` is the request, and all of the person's with their limits; ``who`` the person's row
    and the candidates. All take of one row, which has what the loosest limits leave. A request
    with stricter ones has a row beside it, of which it takes the difference as well: where it is
    placed, the others find no more than its own limits leave.
    """
    (name, every), (row, mine) = asked, who
    lattice = batch.block.lattice
    person, rows = lattice.problem.attendees[row], np.asarray([row])
    minutes = batch.block.minutes + 2 * person.transition
    days = lattice.days.of[person.zone][batch.starts.slot[mine]]
    ceilings = {limits: lattice.ceilings_for(rows, limits) for _, limits in every}
    for layer, takes, places in (
        ("sessions", 1, days),
        ("offline", minutes, days),
        ("weekly", minutes, lattice.days.week[days]),
    ):
        used = getattr(lattice.layers, layer)[row].astype(np.int64)
        left = {
            limits: np.clip(getattr(own, layer)[0] - used, 0, _FORTNIGHT)
            for limits, own in ceilings.items()
        }
        most = np.max(list(left.values()), axis=0)
        base = ledger.base(Rule.ATTENDEE_CAP, person.id, layer, most.copy)
        yield Entries(mine, base + places, np.full(len(mine), takes))
        for other, limits in every:
            less = most - left[limits]
            if less.any():
                base = ledger.base(Rule.ATTENDEE_CAP, person.id, f"{layer} {other}", most.copy)
                yield Entries(mine, base + places, takes + less[places] * (other == name))


def _moves(ledger: Ledger, batch: Batch, who: tuple[str, int], mine: Ints) -> Entries:
    """Return what breaks that make way take: their new slots, and the gaps on either side.

    Two sessions that move the same break, or neighbours, are kept apart: whether spacing holds
    would depend on both. This forbids a few pairs that would be possible.
    """
    name, place = who
    block, ground = batch.block, batch.block.lattice.ground
    row = block.lattice.people[name]
    pauses = slice(ground.pauses.first[row], ground.pauses.first[row + 1])
    begins = ground.pauses.table[pauses, 0]
    gaps = ledger.base(Rule.BREAK, name, "gap", lambda: np.ones(len(begins) + 1, np.int64))
    base = own_slots(ledger, block, name)
    origin = block.lattice.problem.grid.start
    entries: list[tuple[int, int, int]] = []
    for candidate in mine.tolist():
        person = int(block.first[batch.starts.meeting[candidate]]) + place
        kind, start = int(block.crew.span[person]), int(batch.starts.slot[candidate])
        first, last = start - int(block.crew.before[kind]), start + int(block.crew.after[kind])
        rows: set[int] = set()
        for move in moved(block.lattice, name, block.limits, first, last) or ():
            gap = int(np.searchsorted(begins, int((move.before.start - origin).total_seconds())))
            begin, end = (
                int((at - origin).total_seconds()) for at in (move.after.start, move.after.end)
            )
            rows |= {gaps + gap, gaps + gap + 1}
            rows |= {base + slot for slot in range(begin // ground.slot, -(-end // ground.slot))}
        entries += [(candidate, taken, 1) for taken in sorted(rows)]
    return Entries(*np.asarray(entries, np.int64).reshape(-1, 3).T)
