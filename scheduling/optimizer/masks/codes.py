"""One named function per rule; together they say for every start which rules it breaks.

A rule returns True where a start breaks it, (people, slots) or (meetings, slots) of a block, or
what broadcasts to that. Personal rules are asked of each person; what a meeting breaks is what
its required people break, and who of the others breaks one is not present.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.rules import CAPS, Rule
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks import personal, shared
from scheduling.optimizer.masks.blocks import Block, block_of, blocks
from scheduling.optimizer.masks.prices import prices, prices_at
from scheduling.optimizer.packing import NO_PRICE_LIMIT
from scheduling.optimizer.rows import Ints, Mask
from scheduling.optimizer.supply import MILLION
from scheduling.optimizer.wanted import Meeting

Codes = NDArray[np.uint32]

RULES: Final[tuple[Rule, ...]] = tuple(
    rule for rule in Rule if rule not in (Rule.GROUP, Rule.UNAVAILABLE)
)
"""The rules of one meeting by itself, in the order of the funnel: bit i of a code is RULES[i]."""
BIT: Final[Mapping[Rule, np.uint32]] = {
    rule: np.uint32(1 << place) for place, rule in enumerate(RULES)
}
"""The bit of each rule."""
APART: Final = np.uint32(1 << 31)
"""The bit of a start at which a session laid already takes one of the people, or who leads: it is
set whatever is relaxed, beside ATTENDEE_BUSY or FACILITATOR where they are not."""
NOWHERE: Final = np.uint32(1 << 31 | (1 << len(RULES)) - 1)
"""The code of a start from which the meeting does not fit the grid: everything is broken."""

_PERSONAL: Final[Mapping[Rule, Callable[[personal.Persons], Mask]]] = {
    Rule.ON_SHIFT: personal.on_shift,
    Rule.BREAK: personal.breaks,
    Rule.EXCEPTION: personal.exceptions,
    Rule.SHIFT_EDGE: personal.shift_edge,
    Rule.ATTENDEE_BUSY: personal.attendee_busy,
    Rule.ATTENDEE_CAP: personal.attendee_cap,
}
_ALONE: Final[Mapping[Rule, Callable[[Block], Mask]]] = {
    Rule.DATES: shared.dates,
    Rule.LEAD_TIME: shared.lead_time,
    Rule.TIME_WINDOW: shared.time_window,
    Rule.SPACING: shared.spacing,
    Rule.FACILITATOR: shared.facilitator,
    Rule.FACILITATOR_LOAD: shared.facilitator_load,
}
_WITH: Final[Mapping[Rule, Callable[[Block, Mask], Mask]]] = {
    Rule.QUORUM: shared.quorum,
    **{rule: shared.cap(rule) for rule in sorted(CAPS)},
    Rule.ROOM: shared.room,
}
_SHUT: Final = frozenset({Rule.ON_SHIFT, Rule.BREAK, Rule.EXCEPTION})
"""Rules without which a person may be taken from slots in which they are not open anyway."""


def codes(lattice: Lattice, meetings: Sequence[Meeting]) -> Codes:
    """Return (meetings, slots): bit i is set where a start in the slot breaks RULES[i].

    All bits are set where the meeting does not fit the grid. Relaxed rules are never set. A start
    is open exactly where its code is 0.
    """
    found = np.empty((len(meetings), lattice.problem.grid.slots), np.uint32)
    for block in blocks(lattice, meetings):
        known = judged(block)
        if Rule.PRICE not in lattice.problem.relaxed:
            _note(known.codes, price(block, known.present), Rule.PRICE)
        found[block.places] = known.codes
    return found


def price(block: Block, there: Mask) -> Mask:
    """Tell which starts cost more than their meeting is worth."""
    worth = np.asarray([worth_of(meeting) for meeting in block.meetings])
    if (worth == NO_PRICE_LIMIT).all():
        return np.zeros((1, 1), bool)
    return np.asarray(prices(block, there) > worth[:, None])


def worth_of(meeting: Meeting) -> int:
    """Return what ``meeting`` may cost, in millionths, NO_PRICE_LIMIT where it may cost anything."""
    return NO_PRICE_LIMIT if meeting.walk_away is None else round(MILLION * meeting.walk_away)


def present(lattice: Lattice, meeting: Meeting, slot: int) -> tuple[str, ...]:
    """Return who would be there with a start in ``slot``: the required, and the others who can."""
    if not meeting.optional_ids:
        return meeting.people
    here = _there(block_of(lattice, [meeting], [0]))[:, slot]
    return tuple(name for name, there in zip(meeting.people, here, strict=True) if there)


def attendance(lattice: Lattice, meeting: Meeting) -> Ints:
    """Return how many would be there with a start in each slot."""
    return np.asarray(_there(block_of(lattice, [meeting], [0])).sum(axis=0), np.int64)


def costs(lattice: Lattice, meeting: Meeting, slots: Ints | None = None) -> Ints:
    """Return what the starts of ``meeting`` in ``slots``, all if None, cost on this lattice.

    They are in millionths of a contact.
    """
    block = block_of(lattice, [meeting], [0])
    some = np.arange(block.slots) if slots is None else slots
    return prices_at(block, _there(block), (np.zeros_like(some), some))


def _there(block: Block) -> Mask:
    """Tell who would be present with each start, (people, slots)."""
    if block.required.all():
        return np.ones(block.state.shape, bool)
    mine, _ = _personal(block)
    return np.asarray(block.required[:, None] | (mine == 0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """The ``codes`` (meetings, slots) of a block, and who is ``present`` (people, slots).

    ``special`` (meetings, slots) says where what a start takes depends on more than the start:
    on breaks that make way, or on who is open at all.
    """

    codes: Codes
    present: Mask
    special: Mask


def judged(block: Block, *, open_only: bool = False) -> Judged:
    """Return what every start of ``block`` breaks, the price apart.

    With ``open_only`` the codes are exact where they are 0, and not 0 elsewhere: special starts
    that break another rule are not looked into.
    """
    relaxed = block.lattice.problem.relaxed
    mine, moving = _personal(block)
    there = block.required[:, None] | (mine == 0)
    found = _of_required(block, mine)
    special = _any_person(block, moving & there) & (found == 0)
    if relaxed & _SHUT:
        special[:] = True
    for rule, check in _ALONE.items():
        if rule not in relaxed:
            _note(found, check(block), rule)
    for rule, check_with in _WITH.items():
        if rule not in relaxed:
            _note(found, check_with(block, there), rule)
    asked = special & (found == 0) if open_only else special
    _note_staffing(block, found, there, asked)
    taken = shared.leader_taken(block)
    if taken.any():
        found |= APART * taken
    found[:, max(0, block.slots - block.length + 1) :] = NOWHERE
    return Judged(codes=found, present=there, special=special)


def _any_person(block: Block, mine: Mask) -> Mask:
    """Return where something holds of any person of a meeting."""
    if block.single:
        return mine
    return np.asarray(np.logical_or.reduceat(mine, block.first[:-1], axis=0))


def _of_required(block: Block, mine: Codes) -> Codes:
    """Return what the required people of each meeting break together."""
    if block.single:
        return mine.copy()
    asked = np.where(block.required[:, None], mine, np.uint32(0))
    return np.asarray(np.bitwise_or.reduceat(asked, block.first[:-1], axis=0))


def _note_staffing(block: Block, found: Codes, there: Mask, special: Mask) -> None:
    """Note the floors and heads that starts break, each special start by itself."""
    relaxed = block.lattice.problem.relaxed
    floors, heads = shared.floor(block, there), shared.heads(block, there)
    if special.any():
        exact = shared.with_moves(block, there, special)
        floors = np.where(special, exact[0], floors)
        heads = np.where(special, exact[1], heads)
    if Rule.FLOOR not in relaxed:
        _note(found, floors, Rule.FLOOR)
    if Rule.HEADS not in relaxed:
        _note(found, heads, Rule.HEADS)


def _personal(block: Block) -> tuple[Codes, Mask]:
    """Return, (people, slots), what every start breaks for each, and where breaks may make way."""
    relaxed = block.lattice.problem.relaxed
    found = np.zeros(block.state.shape, np.uint32)
    moving = np.zeros(block.state.shape, bool)
    for persons in personal.by_transition(block):
        mine = np.zeros((len(persons.places), block.slots), np.uint32)
        for rule, check in _PERSONAL.items():
            if rule not in relaxed:
                _note(mine, check(persons), rule)
        taken = personal.taken(persons)
        if taken.any():
            mine |= APART * taken
        found[persons.places] = mine
        moving[persons.places] = personal.near_a_break(persons)
    return found, moving


def _note(found: Codes, broken: Mask, rule: Rule) -> None:
    if broken.any():
        found |= BIT[rule] * broken
