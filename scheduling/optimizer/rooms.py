"""Explicit rooms for sessions whose starts are chosen: best fit first, CP-SAT where that fails."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from scheduling.domain.times import MINUTE, Interval
from scheduling.optimizer.sat import SatModel
from scheduling.optimizer.supply import RoomChoice

_EFFORT: Final = 1.0
"""CP-SAT's deterministic time for sessions that hang together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNeed:
    """A session that needs a room on one of ``sites``: how many seats, and which equipment."""

    id: str
    interval: Interval
    sites: frozenset[str | None]
    seats: int
    equipment: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """The room's id per session id, and the sessions for which there is none, in order."""

    rooms: Mapping[str, str]
    without: tuple[str, ...]


def assign(needs: Sequence[RoomNeed], rooms: Sequence[RoomChoice], *, seed: int = 0) -> Assigned:
    """Give each session one sufficient room, free for its span and the room's turnover after it.

    In order of start each takes its smallest free room. Where that leaves one without, the
    sessions that hang together in time with it are assigned anew: as many as can be, then in rooms
    as small as can be. Ties go to the room's id.
    """
    ordered = sorted(needs, key=lambda need: (need.interval, need.id))
    sizes = sorted(rooms, key=lambda room: (room.capacity, room.id))
    longest = max((room.turnover for room in rooms), default=0) * MINUTE
    given: dict[str, str] = {}
    for group in _together(ordered, longest):
        choices = {need.id: [room for room in sizes if _suits(room, need)] for need in group}
        found = _best_fit(group, choices)
        if len(found) < len(group):
            better = _most(group, choices, seed)
            found = better if len(better) > len(found) else found
        given |= found
    return Assigned(rooms=given, without=tuple(need.id for need in ordered if need.id not in given))


def _together(ordered: Sequence[RoomNeed], turnover: timedelta) -> Iterator[list[RoomNeed]]:
    """Yield the sessions in groups that no room's use reaches across."""
    group: list[RoomNeed] = []
    for need in ordered:
        if group and need.interval.start >= max(each.interval.end for each in group) + turnover:
            yield group
            group = []
        group.append(need)
    if group:
        yield group


def _suits(room: RoomChoice, need: RoomNeed) -> bool:
    taken = _taken(room, need)
    return (
        room.site_id in need.sites
        and room.capacity >= need.seats
        and room.equipment >= need.equipment
        and not any(busy.overlaps(taken) for busy in room.busy)
    )


def _taken(room: RoomChoice, need: RoomNeed) -> Interval:
    return Interval(need.interval.start, need.interval.end + room.turnover * MINUTE)


def _best_fit(
    group: Sequence[RoomNeed], choices: Mapping[str, Sequence[RoomChoice]]
) -> dict[str, str]:
    """Return the smallest free room for each in turn."""
    taken: dict[str, list[Interval]] = defaultdict(list)
    given: dict[str, str] = {}
    for need in group:
        for room in choices[need.id]:
            span = _taken(room, need)
            if not any(span.overlaps(other) for other in taken[room.id]):
                taken[room.id].append(span)
                given[need.id] = room.id
                break
    return given


def _most(
    group: Sequence[RoomNeed], choices: Mapping[str, Sequence[RoomChoice]], seed: int
) -> dict[str, str]:
    """Return rooms for as many of ``group`` as can be; none where the solver finds nothing.

    Small rooms go before: a session's n-th choice costs n, and failing more than all choices.
    """
    pairs = [(need, room) for need in group for room in choices[need.id]]
    ranks = [rank for need in group for rank in range(len(choices[need.id]))]
    model = SatModel()
    picks = model.variables([1] * len(pairs))
    fails = model.variables([1] * len(group))
    own: dict[str, list[int]] = {need.id: [fail] for need, fail in zip(group, fails, strict=True)}
    users: dict[str, list[tuple[Interval, int]]] = defaultdict(list)
    for (need, room), pick in zip(pairs, picks, strict=True):
        own[need.id].append(pick)
        users[room.id].append((_taken(room, need), pick))
    for literals in own.values():
        model.exactly_one(literals)
    for using in users.values():
        for literals in _at_once(using):
            model.at_most_one(literals)
    worth = 1 + sum(len(choices[need.id]) for need in group)
    model.minimise(range(model.size), ranks + [worth] * len(group))
    solution = model.solve(seed=seed, effort=_EFFORT)
    if solution is None:
        return {}
    return {
        need.id: room.id
        for (need, room), pick in zip(pairs, picks, strict=True)
        if solution.values[pick]
    }


def _at_once(using: Collection[tuple[Interval, int]]) -> Iterator[list[int]]:
    """Yield the sessions that would be in the room together, at each start of one of them."""
    for span, _ in using:
        yield [pick for other, pick in using if other.start <= span.start < other.end]
