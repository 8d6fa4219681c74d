"""Sessions laid on a lattice and taken off it again; rows that they do not touch are shared."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.lattice.absence import SHUT, Ground
from scheduling.optimizer.lattice.days import Days
from scheduling.optimizer.lattice.layout import MOVED, OWN
from scheduling.optimizer.lattice.sessions import Session
from scheduling.optimizer.plan import BreakMove
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.rows import Rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layers:
    """What sessions change; a, f, r, c: attendees, facilitators, rooms, caps.

    ``state`` (a, slot) and ``leading`` (f, slot) hold the bits of ``layout``; ``taken`` (r, slot)
    is not 0 where a room is. ``left`` (c, slot) is how many more may go. ``sessions`` and
    ``offline`` (a, date), ``weekly`` (a, week) and ``led`` (f, date) count sessions and minutes,
    those planned before and those laid.
    """

    state: Rows
    leading: Rows
    taken: Rows
    left: Rows
    sessions: Rows
    offline: Rows
    weekly: Rows
    led: Rows


class Laid(Protocol):
    """What is needed of a lattice to lay something on it."""

    @property
    def problem(self) -> Problem:
        """The problem."""

    @property
    def days(self) -> Days:
        """Its local dates."""

    @property
    def people(self) -> Mapping[str, int]:
        """Rows of attendees by id."""

    @property
    def leaders(self) -> Mapping[str, int]:
        """Rows of facilitators by id."""

    @property
    def rooms(self) -> Mapping[str, int]:
        """Rows of rooms by id."""

    @property
    def capped(self) -> tuple[tuple[int, ...], ...]:
        """The caps of each attendee."""

    @property
    def layers(self) -> Layers:
        """What sessions change."""

    @property
    def ground(self) -> Ground:
        """The staffing taken."""

    def pattern(self, before: int, after: int) -> tuple[int, list[int]]:
        """Return the slots before a start, and the seconds of each slot of a span."""

    def slots_of(self, minutes: int) -> int:
        """Return how many slots some minutes take."""


class _Sheets:
    """The layers with rows copied as they are first written to."""

    def __init__(self, lattice: Laid, sign: int) -> None:
        self.lattice, self.sign = lattice, sign
        self.changed: dict[str, dict[int, NDArray[Any]]] = {}
        ground = lattice.ground
        self.ground = ground._replace(removed=ground.removed.copy(), left=ground.left.copy())

    def row(self, layer: str, row: int) -> NDArray[Any]:
        """Return a row of a layer to write to."""
        rows = self.changed.setdefault(layer, {})
        if row not in rows:
            rows[row] = getattr(self.lattice.layers, layer)[row].copy()
        return rows[row]

    def mark(self, layer: str, row: int, span: tuple[int, int]) -> None:
        """Set or clear the bit of a session on the slots of ``span``."""
        first, last = max(0, span[0]), max(0, span[1])
        slots = self.row(layer, row)[first:last]
        slots[:] = slots | OWN if self.sign > 0 else slots & (255 - OWN)

    def layers(self) -> Layers:
        """Return the layers with the changed rows."""
        known = {name: getattr(self.lattice.layers, name) for name in Layers.__slots__}
        for name, rows in self.changed.items():
            known[name] = known[name].changing(rows)
        return Layers(**known)


def laid(lattice: Laid, sessions: Iterable[Session], sign: int) -> tuple[Layers, Ground]:
    """Return the layers and the ground of ``lattice`` with ``sessions`` laid on it, or off (-1)."""
    sheets = _Sheets(lattice, sign)
    for session in sessions:
        _leader(sheets, session)
        _room(sheets, session)
        for name in session.people:
            moves = [move for move in session.breaks if move.attendee_id == name]
            _person(sheets, session, name, moves)
    return sheets.layers(), sheets.ground


def _leader(sheets: _Sheets, session: Session) -> None:
    lattice = sheets.lattice
    if session.leader is None:
        return
    row = lattice.leaders[session.leader]
    leader = lattice.problem.facilitators[row]
    before, parts = lattice.pattern(leader.prepare, session.minutes + leader.write_up)
    span = session.slot - before, session.slot - before + len(parts)
    _keep(sheets, session.leader, span)
    day = lattice.days.of[leader.zone][session.slot]
    sheets.row("led", row)[day] += sheets.sign * session.minutes
    _take(sheets, len(lattice.people) + row, dict(enumerate(parts, span[0])))


def _keep(sheets: _Sheets, name: str, span: tuple[int, int]) -> None:
    """Mark the slots as a session's for ``name``, in whichever part they come."""
    for layer, rows in (("state", sheets.lattice.people), ("leading", sheets.lattice.leaders)):
        if name in rows:
            sheets.mark(layer, rows[name], span)


def _room(sheets: _Sheets, session: Session) -> None:
    lattice = sheets.lattice
    if session.room_id is not None and session.room_id in lattice.rooms:
        row = lattice.rooms[session.room_id]
        turnover = lattice.problem.rooms[row].turnover
        length = lattice.slots_of(session.minutes + turnover)
        sheets.mark("taken", row, (session.slot, session.slot + length))


def _person(sheets: _Sheets, session: Session, name: str, moves: Sequence[BreakMove]) -> None:
    lattice, sign = sheets.lattice, sheets.sign
    row = lattice.people[name]
    person = lattice.problem.attendees[row]
    before, parts = lattice.pattern(person.transition, session.minutes + person.transition)
    span = session.slot - before, session.slot - before + len(parts)
    if sign < 0:
        _move(sheets, row, moves)
    lost = _lost(sheets, row, (span[0], parts), moves)
    _take(sheets, row, lost)
    ground = sheets.ground
    heads = ground.head_row[ground.head_first[row] : ground.head_first[row + 1]]
    for slot, seconds in lost.items():
        if seconds > 0:
            ground.left[heads, slot] -= sign
    if sign > 0:
        _move(sheets, row, moves)
    _keep(sheets, name, span)
    for cap in lattice.capped[row]:
        sheets.row("left", cap)[max(0, span[0]) : max(0, span[1])] -= sign
    day = lattice.days.of[person.zone][session.slot]
    minutes = session.minutes + 2 * person.transition
    sheets.row("sessions", row)[day] += sign
    sheets.row("offline", row)[day] += sign * minutes
    sheets.row("weekly", row)[lattice.days.week[day]] += sign * minutes


def _lost(
    sheets: _Sheets, row: int, span: tuple[int, list[int]], moves: Sequence[BreakMove]
) -> dict[int, int]:
    """Return the seconds that each slot of the grid loses, net of breaks given back."""
    grid = sheets.lattice.problem.grid
    state = sheets.row("state", row)
    lost: Counter[int] = Counter()
    for slot, seconds in enumerate(span[1], span[0]):
        if 0 <= slot < grid.slots and not state[slot] & SHUT:
            lost[slot] += seconds
    for move in moves:
        for interval, sign in ((move.before, -1), (move.after, 1)):
            start, end = (_seconds(grid.start, at) for at in (interval.start, interval.end))
            for slot in range(start // sheets.ground.slot, -(-end // sheets.ground.slot)):
                edge = slot * sheets.ground.slot
                lost[slot] += sign * (min(end, edge + sheets.ground.slot) - max(start, edge))
    return {slot: seconds for slot, seconds in lost.items() if seconds and 0 <= slot < grid.slots}


def _seconds(origin: datetime, instant: datetime) -> int:
    return int((instant - origin).total_seconds())


def _take(sheets: _Sheets, who: int, lost: Mapping[int, int]) -> None:
    ground = sheets.ground
    for slot, seconds in lost.items():
        if 0 <= slot < ground.removed.shape[1]:
            sign = sheets.sign if seconds > 0 else -sheets.sign
            ground.removed[:, slot] += sign * ground.units[ground.part[abs(seconds)], who]


def _move(sheets: _Sheets, row: int, moves: Sequence[BreakMove]) -> None:
    """Move breaks to their new places, where they stay, or back to where they may move from.

    The old place stays shut: no other session has this break make way for it.
    """
    ground = sheets.ground
    origin = sheets.lattice.problem.grid.start
    for move in moves:
        old, new = _seconds(origin, move.before.start), _seconds(origin, move.after.start)
        lasts = _seconds(origin, move.before.end) - old
        for start in (old, new):
            span = slice(max(0, start // ground.slot), max(0, -(-(start + lasts) // ground.slot)))
            slots = sheets.row("state", row)[span]
            slots[:] = slots | MOVED if sheets.sign > 0 else slots & (255 - MOVED)
        pauses = ground.pauses
        mine = slice(pauses.first[row], pauses.first[row + 1])
        here = old if sheets.sign > 0 else new
        place = pauses.first[row] + int(np.flatnonzero(pauses.table[mine, 0] == here)[0])
        window = (0, 0) if sheets.sign > 0 else _window(sheets, row, move)
        moved = pauses.moving(int(place), new if sheets.sign > 0 else old, window)
        ground = sheets.ground = ground._replace(pauses=moved)


def _window(sheets: _Sheets, row: int, move: BreakMove) -> tuple[int, int]:
    """Return the window that a break of ``row`` may move in, in seconds."""
    origin = sheets.lattice.problem.grid.start
    for off in sheets.lattice.problem.attendees[row].off:
        if off.window and off.interval == move.before:
            return _seconds(origin, off.window.start), _seconds(origin, off.window.end)
    return 0, 0
