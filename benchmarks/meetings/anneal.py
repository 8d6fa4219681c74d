"""Simulated annealing for the public meeting-scheduling example: one thread, a move at a time.

Rules that concern one meeting alone (room large enough, no end after the last grain or on another
day) are met by every start and room it may choose; the others are priced by pair, so that a move is
worth its own meeting's pairs before and after. Hard and medium points weigh enough to be avoided,
little enough to be passed through; the schedule kept is the best one met, level by level.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.meetings.instance import Instance
from scheduling.optimizer.compiled import compiled

Int64 = NDArray[np.int64]
Points = tuple[int, int, int]
"""Hard, medium and soft penalty points, or by how many they change."""
Index = int | np.int64

HARD: Final = 2_000
MEDIUM: Final = 200
"""What a hard and a medium point weigh in soft points while annealing."""

HOTTEST: Final = 1_000.0
COLDEST: Final = 20.0
"""Temperatures at the first and the last move, in soft points; geometric in between."""

ROUND: Final = 1_024
"""Moves at one temperature."""

SWAP_ONE_IN: Final = 5
"""One move in so many puts two meetings in each other's place."""

DESCENTS: Final = 5
"""Descents from hot to cold, each from where the last one ended: one alone may end badly."""

CLASH, LOSS, SHARED = 0, 1, 2
START, ROOM = 0, 1


class Meetings(NamedTuple):
    """An instance as the kernel takes it: M meetings, G grains, R rooms.

    ``grains`` (M); ``may`` (M, G, R) whether it may start there; ``room_price`` (R) soft points of
    not being the largest; ``people`` (M, M, 3) how many two meetings both require (CLASH), one
    requires and one prefers or both prefer (LOSS), and have in all (SHARED). Few arrays, as each
    costs time at every call.
    """

    grains: Int64
    may: NDArray[np.bool_]
    room_price: Int64
    people: Int64


def meetings_of(instance: Instance) -> Meetings:
    """Return the kernel's arrays; ValueError where a meeting fits into no day or into no room."""
    ends = np.arange(len(instance.days))[:, None] + instance.grains - 1
    same_day = instance.days[np.minimum(ends, len(instance.days) - 1)] == instance.days[:, None]
    may_start = (same_day & (ends < len(instance.days))).T
    fits = (instance.required | instance.preferred).sum(axis=1)[:, None] <= instance.seats
    may = may_start[:, :, None] & fits[:, None, :]
    if not may.any(axis=(1, 2)).all():
        raise ValueError("a meeting fits into no day or into no room")
    required, preferred = instance.required.astype(np.int64), instance.preferred.astype(np.int64)
    mixed = required @ preferred.T
    both, wished = required @ required.T, mixed + mixed.T + preferred @ preferred.T
    return Meetings(
        grains=instance.grains.astype(np.int64),
        may=may,
        room_price=np.maximum(instance.seats - instance.seats[:, None], 0).sum(axis=1),
        people=np.stack([both, wished, both + wished], axis=2),
    )


def rounds_of(meetings: Meetings) -> int:
    """Return so many rounds that any number of meetings takes about as long, some seven seconds."""
    return 600_000 // len(meetings.grains)


@compiled
def _draw(state: NDArray[np.uint64], below: int) -> np.int64:
    """Return a number below ``below`` and step the generator (xorshift64, Marsaglia 2003)."""
    number = state[0]
    number ^= number << np.uint64(13)
    number ^= number >> np.uint64(7)
    number ^= number << np.uint64(17)
    state[0] = number
    return np.int64((number >> np.uint64(33)) % np.uint64(below))


@compiled
def _points(meetings: Meetings, places: Int64, one: Index) -> Points:
    """Return the points of meeting ``one``: its own and those with every other meeting."""
    start, room = places[one, START], places[one, ROOM]
    end = start + meetings.grains[one]
    hard, medium, soft = 0, 0, end - 1 + meetings.room_price[room]
    for other in range(len(places)):
        first = places[other, START]
        last = first + meetings.grains[other]
        if other == one or first > end + 2 or start > last + 2:
            continue
        overlap = min(end, last) - max(start, first)
        same_room = places[other, ROOM] == room
        if overlap > 0:
            hard += overlap * (meetings.people[one, other, CLASH] + same_room)
            medium += overlap * meetings.people[one, other, LOSS]
            soft += 10 * overlap
        elif overlap == 0:
            soft += 100
        if first != start and not same_room:
            soft += meetings.people[one, other, SHARED]
    return hard, medium, soft


@compiled
def _total(meetings: Meetings, places: Int64) -> Points:
    """Return the points of the whole schedule, each pair counted once."""
    hard, medium, soft = 0, 0, 0
    for one in range(len(places)):
        points = _points(meetings, places, one)
        alone = (
            places[one, START] + meetings.grains[one] - 1 + meetings.room_price[places[one, ROOM]]
        )
        hard, medium, soft = hard + points[0], medium + points[1], soft + points[2] + alone
    return hard // 2, medium // 2, soft // 2


@compiled
def _move(meetings: Meetings, places: Int64, one: Index, start: Index, room: Index) -> Points:
    """Put meeting ``one`` there and return by how many points each level changes."""
    before = _points(meetings, places, one)
    places[one, START], places[one, ROOM] = start, room
    after = _points(meetings, places, one)
    return after[0] - before[0], after[1] - before[1], after[2] - before[2]


@compiled
def _kept(change: Points, limit: float) -> bool:
    return HARD * change[0] + MEDIUM * change[1] + change[2] <= limit


@compiled
def _shift(meetings: Meetings, places: Int64, state: NDArray[np.uint64], limit: float) -> Points:
    """Try one meeting a little earlier or later, in another room, or anywhere."""
    one, kind = _draw(state, len(places)), _draw(state, 8)
    old_start, old_room = places[one, START], places[one, ROOM]
    start, room = old_start, old_room
    if kind < 3:
        start += _draw(state, 9) - 4
    else:
        room = _draw(state, meetings.may.shape[2])
    if kind > 3:
        start = _draw(state, meetings.may.shape[1])
    if not (0 <= start < meetings.may.shape[1] and meetings.may[one, start, room]):
        return 0, 0, 0
    change = _move(meetings, places, one, start, room)
    if _kept(change, limit):
        return change
    places[one, START], places[one, ROOM] = old_start, old_room
    return 0, 0, 0


@compiled
def _swap(meetings: Meetings, places: Int64, state: NDArray[np.uint64], limit: float) -> Points:
    """Try two meetings in each other's place."""
    one, other = _draw(state, len(places)), _draw(state, len(places))
    start, room = places[one, START], places[one, ROOM]
    to_start, to_room = places[other, START], places[other, ROOM]
    if not (meetings.may[one, to_start, to_room] and meetings.may[other, start, room]):
        return 0, 0, 0
    first = _move(meetings, places, one, to_start, to_room)
    second = _move(meetings, places, other, start, room)
    change = (first[0] + second[0], first[1] + second[1], first[2] + second[2])
    if _kept(change, limit):
        return change
    places[one, START], places[one, ROOM] = start, room
    places[other, START], places[other, ROOM] = to_start, to_room
    return 0, 0, 0


@compiled
def anneal(meetings: Meetings, seed: int, rounds: int) -> Int64:
    """Return start and room (M, 2) of the best schedule met in ``rounds`` rounds of ``ROUND`` moves.

    It begins with every meeting as early as it may; the same seed gives the same schedule.
    """
    state = np.array([seed * 2654435761 + 88172645463325252], dtype=np.uint64)
    places = np.zeros((len(meetings.grains), 2), np.int64)
    for one in range(len(places)):
        earliest = np.argmax(meetings.may[one])
        places[one, START], places[one, ROOM] = divmod(earliest, meetings.may.shape[2])
    best, points = places.copy(), _total(meetings, places)
    least = points
    descent = max(1, rounds // DESCENTS)
    for step in range(rounds):
        heat = HOTTEST * (COLDEST / HOTTEST) ** (step % descent / descent)
        for _ in range(ROUND):
            limit = -heat * math.log((_draw(state, 1 << 30) + 1) / (1 << 30))
            if _draw(state, SWAP_ONE_IN):
                change = _shift(meetings, places, state, limit)
            else:
                change = _swap(meetings, places, state, limit)
            points = points[0] + change[0], points[1] + change[1], points[2] + change[2]
            if points < least:
                least = points
                best[:] = places
    return best
