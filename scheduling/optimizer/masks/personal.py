"""The rules of one person: True where a start breaks them, (people, slots).

What takes a person away is the session and their transition around it, in whole slots.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scheduling.optimizer.lattice.layout import (
    BUSY,
    EDGE,
    EXCEPTION,
    MOVABLE,
    MOVED,
    OFF,
    OWN,
    STAYS,
)
from scheduling.optimizer.lattice.pauses import stuck
from scheduling.optimizer.masks.blocks import Block
from scheduling.optimizer.rows import Bits, Ints, Mask, ored


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Persons:
    """People of a block who share one transition: ``bits`` are those of all slots of a span."""

    block: Block
    places: Ints
    rows: Ints
    before: int
    after: int
    bits: Bits


def by_transition(block: Block) -> Iterator[Persons]:
    """Yield the people of ``block`` by their transition."""
    for kind in np.unique(block.crew.span):
        places = np.flatnonzero(block.crew.span == kind)
        before, after = int(block.crew.before[kind]), int(block.crew.after[kind])
        yield Persons(
            block=block,
            places=places,
            rows=block.rows[places],
            before=before,
            after=after,
            bits=ored(block.state[places], before, after, OFF),
        )


def on_shift(persons: Persons) -> Mask:
    """Sessions lie whole inside a shift."""
    return _any(persons, OFF)


def breaks(persons: Persons) -> Mask:
    """Sessions touch no break or meal but those that can make way."""
    broken = _any(persons, STAYS | MOVED)
    asked = _any(persons, MOVABLE) & ~broken
    if asked.any():
        broken |= stuck(
            persons.block.lattice.ground.pauses,
            persons.rows,
            persons.block.state[persons.places],
            persons.block.crew.rules,
            (persons.before, persons.after),
            asked,
        )
    return broken


def near_a_break(persons: Persons) -> Mask:
    """Tell which sessions touch a break that might make way."""
    return _any(persons, MOVABLE)


def exceptions(persons: Persons) -> Mask:
    """Sessions touch no other exception in the schedule."""
    return _any(persons, EXCEPTION)


def shift_edge(persons: Persons) -> Mask:
    """Sessions keep clear of the first and last minutes of every shift."""
    edge, lattice = persons.block.limits.edge, persons.block.lattice
    if edge == lattice.problem.limits.edge:
        return _any(persons, EDGE)
    if not edge:
        return np.zeros((1, 1), bool)
    touched = ored(lattice.edges[edge][persons.rows], persons.before, persons.after, 0)
    return np.asarray(touched != 0)


def attendee_busy(persons: Persons) -> Mask:
    """Sessions touch nothing in the calendar and no other session."""
    return _any(persons, BUSY | OWN)


def taken(persons: Persons) -> Mask:
    """Sessions touch no other session of the plan: never relaxed."""
    return _any(persons, OWN)


def attendee_cap(persons: Persons) -> Mask:
    """One more session and its minutes fit the date, and the ISO week."""
    lattice, limits = persons.block.lattice, persons.block.limits
    people = [lattice.problem.attendees[row] for row in persons.rows]
    minutes = persons.block.minutes + 2 * people[0].transition
    layers, most = lattice.layers, lattice.ceilings_for(persons.rows, limits)
    full = layers.sessions.take(persons.rows) >= most.sessions
    full |= layers.offline.take(persons.rows) + minutes > most.offline
    week = layers.weekly.take(persons.rows) + minutes > most.weekly
    full |= week[:, lattice.days.week]
    if not full.any():
        return np.zeros((1, 1), bool)
    found = np.empty((len(people), persons.block.slots), bool)
    for zone in {person.zone for person in people}:
        mine = [place for place, person in enumerate(people) if person.zone == zone]
        found[mine] = full[mine][:, lattice.days.of[zone]]
    return found


def _any(persons: Persons, bits: int) -> Mask:
    return np.asarray((persons.bits & np.uint8(bits)) != 0)
