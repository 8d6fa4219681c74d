"""From chosen candidates to sessions in rooms, priced one after the other as the plan shows them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.lattice.sessions import Session, placement_of
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.breaks import moved
from scheduling.optimizer.masks.codes import codes, costs, present
from scheduling.optimizer.masks.shared import room_at, rooms_suiting
from scheduling.optimizer.packing import NO_PRICE_LIMIT, Extra, Int64, Packing
from scheduling.optimizer.plan import BreakMove, Placement
from scheduling.optimizer.seats.alternatives import alternatives
from scheduling.optimizer.seats.in_turn import in_turn
from scheduling.optimizer.seats.rooms import RoomNeed, assign
from scheduling.optimizer.supply import MILLION, RoomChoice
from scheduling.optimizer.wanted import Meeting

ALTERNATIVES: Final = 2
_TRIED: Final = 6
"""Other candidates looked at for a free room until there are ``ALTERNATIVES``."""
_PLAIN: Final = Extra()
Taken = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seat:
    """A session of the plan, the candidate it came from, and its price in millionths."""

    request: int
    candidate: int
    session: Session
    price: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seated:
    """Sessions in the canonical order: first person's id, start, meeting's id.

    ``price`` of each is with those before it taken, so that they sum to ``cost``. ``chosen`` is
    the candidate per request, -1 for none; ``dropped`` says that fewer are placed than were chosen.
    """

    lattice: Lattice
    packing: Packing
    chosen: Int64
    seats: tuple[Seat, ...]
    dropped: bool

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions alone."""
        return tuple(seat.session for seat in self.seats)

    @property
    def cost(self) -> int:
        """What all of them cost, in millionths of a contact."""
        return sum(seat.price for seat in self.seats)

    @property
    def placements(self) -> tuple[Placement, ...]:
        """The sessions as the plan shows them."""
        return tuple(_placement(self.lattice, seat.session, seat.price) for seat in self.seats)

    @property
    def moved(self) -> tuple[str, ...]:
        """The booked meetings that are elsewhere now, in the order of the requests."""
        pinned = {one.meeting_id: one for one in self.lattice.problem.pinned}
        now = {placed.meeting_id: placed for placed in self.placements}
        return tuple(
            name
            for name in self.packing.meeting_ids
            if name in pinned
            and name in now
            and (pinned[name].interval, pinned[name].room_id)
            != (now[name].interval, now[name].room_id)
        )

    def alternatives(self) -> Mapping[str, tuple[Placement, ...]]:
        """Return up to two other placements of each meeting, the rest of the plan as it is."""
        lattice, packing = self.lattice, self.packing
        rooms = _rooms_taken(lattice, self.sessions)
        lengths = [lattice.slots_of(_meeting(self, q).minutes) for q in range(packing.requests)]
        found, prices = alternatives(packing, self.chosen, np.asarray(lengths, np.int64), _TRIED)
        offered: dict[str, tuple[Placement, ...]] = {}
        for seat in self.seats:
            tried = zip(found[seat.request].tolist(), prices[seat.request].tolist(), strict=True)
            options = (self._offer(rooms, seat, *one) for one in tried if one[0] >= 0)
            kept = islice((each for each in options if each is not None), ALTERNATIVES)
            offered[packing.meeting_ids[seat.request]] = tuple(kept)
        return offered

    def _offer(self, rooms: Taken, seat: Seat, candidate: int, price: int) -> Placement | None:
        session = _session(self.lattice, self.packing, seat.request, candidate)
        if seat.session.room_id is not None:
            meeting = _meeting(self, seat.request)
            room = _room_beside(self.lattice, rooms, meeting, (session, seat.session))
            if room is None:
                return None
            session = replace(session, room_id=room)
        return _placement(self.lattice, session, price)


def _rooms_taken(lattice: Lattice, sessions: Iterable[Session]) -> Taken:
    """Return (rooms, slots), true where one of ``sessions`` or anything on ``lattice`` has it."""
    problem = lattice.problem
    taken = np.zeros((len(problem.rooms), problem.grid.slots), bool)
    for row in range(len(problem.rooms)):
        taken[row] = lattice.layers.taken[row] != 0
    for session in sessions:
        if session.room_id is not None:
            taken[lattice.rooms[session.room_id], _room_slots(lattice, session)] = True
    return taken


def _room_slots(lattice: Lattice, session: Session) -> slice:
    """Return the slots for which ``session`` has its room, turnover included."""
    room = lattice.problem.rooms[lattice.rooms[session.room_id or ""]]
    return slice(session.slot, session.slot + lattice.slots_of(session.minutes + room.turnover))


def _room_beside(
    lattice: Lattice, taken: Taken, meeting: Meeting, moving: tuple[Session, Session]
) -> str | None:
    """Return the smallest room free for the first session of ``moving`` once the second has left."""
    wanted, leaving = moving
    for choice in rooms_suiting(lattice, meeting, len(wanted.people)):
        there = _room_slots(lattice, replace(wanted, room_id=choice.id))
        busy = taken[lattice.rooms[choice.id], there].copy()
        if choice.id == leaving.room_id:
            own = _room_slots(lattice, leaving)
            busy[max(0, own.start - there.start) : max(0, own.stop - there.start)] = False
        if not busy.any():
            return choice.id
    return None


def seated(
    lattice: Lattice, packing: Packing, chosen: Int64, priced_on: Packing | None = None
) -> Seated:
    """Give the ``chosen`` candidates rooms and prices, those of ``priced_on`` where it is given.

    Rooms were counted by class; where no room is free for the whole of a session after all, it
    goes to its cheapest start that has one, or fails. A session that costs more than its meeting
    is worth by the time it is its turn fails as well.
    """
    priced = tuple(_priced(priced_on or packing, lattice, _in_rooms(lattice, packing, chosen)))
    now = np.full(packing.requests, -1, np.int64)
    for seat in priced:
        now[seat.request] = seat.candidate
    return Seated(
        lattice=lattice,
        packing=packing,
        chosen=now,
        seats=priced,
        dropped=bool(((chosen >= 0) & (now < 0)).any()),
    )


def anchored(packing: Packing, lattice: Lattice) -> Packing:
    """Return ``packing`` with what is taken before as it is on ``lattice``."""
    row = {name: place for place, name in enumerate(lattice.shares.demands)}
    demand = np.asarray([row[name] for name in packing.demand_ids], np.int64)[packing.cell_demand]
    removed = lattice.ground.removed[demand, packing.cell_slot]
    return replace(packing, removed=removed.astype(np.int32))


def cost_between(before: Lattice, after: Lattice) -> int:
    """Return what is laid on ``after`` and not on ``before`` costs, in millionths of a contact."""
    old, new = before.ground.removed, after.ground.removed
    cost = 0
    for row, name in enumerate(before.shares.demands):
        slots = np.flatnonzero(old[row] != new[row])
        cost += int(before.table.between(name, slots, old[row, slots], new[row, slots]).sum())
    return cost


def session_at(lattice: Lattice, meeting: Meeting, slot: int) -> Session:
    """Return ``meeting`` from ``slot`` on as it would be there: people, smallest free room, breaks."""
    people = present(lattice, meeting, slot)
    return Session(
        people=people,
        leader=meeting.facilitator_id,
        slot=slot,
        minutes=meeting.minutes,
        room_id=room_at(lattice, meeting, slot, len(people)),
        breaks=tuple(_breaks(lattice, meeting, people, slot)),
        meeting_id=meeting.id,
    )


def _breaks(
    lattice: Lattice, meeting: Meeting, people: Iterable[str], slot: int
) -> Iterator[BreakMove]:
    limits = lattice.problem.limits_of(meeting)
    for name in people:
        transition = lattice.problem.attendees[lattice.people[name]].transition
        first = slot - lattice.slots_of(transition)
        last = slot + lattice.slots_of(meeting.minutes + transition)
        yield from moved(lattice, name, limits, first, last) or ()


def _meeting(seated: Seated, request: int) -> Meeting:
    return seated.lattice.meetings[seated.packing.meeting_ids[request]]


def _placement(lattice: Lattice, session: Session, price: int) -> Placement:
    meeting = lattice.meetings[session.meeting_id or ""]
    return placement_of(session, meeting, lattice.problem.grid, price / MILLION)


def _session(lattice: Lattice, packing: Packing, request: int, candidate: int) -> Session:
    meeting = lattice.meetings[packing.meeting_ids[request]]
    extra = packing.extras.get(candidate, _PLAIN)
    return Session(
        people=extra.attendee_ids or meeting.attendee_ids,
        leader=meeting.facilitator_id,
        slot=int(packing.start[candidate]),
        minutes=meeting.minutes,
        breaks=extra.breaks,
        meeting_id=meeting.id,
    )


def _in_rooms(lattice: Lattice, packing: Packing, chosen: Int64) -> list[Seat]:
    """Return the chosen sessions that need no room or have one, in the order of the requests."""
    pinned = {one.meeting_id: one.room_id for one in lattice.problem.pinned}
    taken = _rooms_taken(lattice, ())
    ready: list[Seat] = []
    wanting: list[Seat] = []
    for q in np.flatnonzero(chosen >= 0).tolist():
        session = _session(lattice, packing, q, int(chosen[q]))
        stays = chosen[q] == packing.held[q]
        room = pinned.get(packing.meeting_ids[q]) if stays else None
        if room is not None and not _kept(lattice, taken, replace(session, room_id=room)):
            room = None
        seat = Seat(request=q, candidate=int(chosen[q]), session=replace(session, room_id=room))
        asked = lattice.meetings[packing.meeting_ids[q]].place
        (wanting if asked is PlaceKind.ROOM and room is None else ready).append(seat)
    if wanting:
        needs = [_need(lattice, seat) for seat in wanting]
        left = _rooms_left(lattice, _rooms_taken(lattice, (seat.session for seat in ready)))
        given = assign(needs, left, seed=lattice.problem.seed).rooms
        roomed = [
            replace(seat, session=replace(seat.session, room_id=given.get(str(seat.request))))
            for seat in wanting
        ]
        if Rule.ROOM not in lattice.problem.relaxed:
            roomed = _elsewhere(lattice, packing, ready, roomed)
        ready += roomed
    return sorted(ready, key=lambda seat: seat.request)


def _kept(lattice: Lattice, taken: Taken, session: Session) -> bool:
    """Take the room of a booked session if it still suits and is free; tell whether it does."""
    meeting = lattice.meetings[session.meeting_id or ""]
    suiting = rooms_suiting(lattice, meeting, len(session.people))
    slots = taken[lattice.rooms[session.room_id or ""], _room_slots(lattice, session)]
    if session.room_id not in {choice.id for choice in suiting} or slots.any():
        return False
    slots[:] = True
    return True


def _need(lattice: Lattice, seat: Seat) -> RoomNeed:
    session = seat.session
    meeting = lattice.meetings[session.meeting_id or ""]
    first = lattice.people[meeting.attendee_id]
    start = lattice.problem.grid.at(session.slot)
    return RoomNeed(
        id=str(seat.request),
        interval=Interval(start, start + timedelta(minutes=session.minutes)),
        sites=frozenset({lattice.problem.attendees[first].site_id}),
        seats=len(session.people) + (session.leader is not None),
        equipment=meeting.equipment,
    )


def _rooms_left(lattice: Lattice, taken: Taken) -> list[RoomChoice]:
    """Return the rooms with all that takes them as busy time, in whole slots."""
    grid = lattice.problem.grid
    rooms: list[RoomChoice] = []
    for room, row in zip(lattice.problem.rooms, taken, strict=True):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]))).reshape(-1, 2)
        busy = tuple(Interval(grid.at(first), grid.at(last)) for first, last in edges.tolist())
        rooms.append(replace(room, busy=busy))
    return rooms


def _elsewhere(
    lattice: Lattice, packing: Packing, ready: list[Seat], wanting: list[Seat]
) -> list[Seat]:
    """Return ``wanting``, those without a room at their cheapest start that has one, or left out."""
    roomed = [seat for seat in wanting if seat.session.room_id is not None]
    if len(roomed) == len(wanting):
        return roomed
    full = lattice.laying([seat.session for seat in (*ready, *roomed)])
    for seat in (seat for seat in wanting if seat.session.room_id is None):
        other = _other_start(full, packing, seat.request)
        if other is not None:
            roomed.append(other)
            full = full.laying([other.session])
    return roomed


def _other_start(full: Lattice, packing: Packing, request: int) -> Seat | None:
    meeting = full.meetings[packing.meeting_ids[request]]
    price = costs(full, meeting)
    open_ = np.flatnonzero(codes(full, [meeting])[0] == 0)
    own = range(int(packing.first[request]), int(packing.first[request + 1]))
    at = {int(packing.start[candidate]): candidate for candidate in own}
    for slot in open_[np.argsort(price[open_], kind="stable")].tolist():
        session = session_at(full, meeting, slot)
        extra = packing.extras.get(at[slot], _PLAIN) if slot in at else None
        if extra is not None and session.people == (extra.attendee_ids or meeting.attendee_ids):
            return Seat(request=request, candidate=at[slot], session=session)
    return None


def _priced(packing: Packing, lattice: Lattice, seats: Iterable[Seat]) -> Iterator[Seat]:
    """Yield the seats in the canonical order with their prices, without those priced out."""
    names = packing.meeting_ids
    meetings = lattice.meetings
    ordered = sorted(
        seats,
        key=lambda seat: (
            meetings[names[seat.request]].attendee_id,
            seat.session.slot,
            names[seat.request],
        ),
    )
    requests = np.asarray([seat.request for seat in ordered], np.int64)
    worth = np.where(packing.held >= 0, NO_PRICE_LIMIT, packing.walk_away)[requests]
    candidates = np.asarray([seat.candidate for seat in ordered], np.int64)
    prices = in_turn(packing, candidates, worth)
    for seat, price, most in zip(ordered, prices.tolist(), worth.tolist(), strict=True):
        if price <= most:
            yield replace(seat, price=price)
