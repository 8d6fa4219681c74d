"""Explicit rooms for sessions whose starts are chosen: best fit first, CP-SAT where that fails."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scheduling.domain.times import MINUTE, Interval, merge
from scheduling.optimizer.exact.sat import SatModel
from scheduling.optimizer.supply import RoomChoice

_EFFORT: Final = 0.2
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
    sites: dict[str | None, list[_Room]] = defaultdict(list)
    for room in sorted(rooms, key=lambda room: (room.capacity, room.id)):
        sites[room.site_id].append(_Room.of(room))
    longest = max((room.turnover for room in rooms), default=0) * MINUTE
    given: dict[str, str] = {}
    for group in _together(ordered, longest):
        choices = {need.id: _suiting(need, sites) for need in group}
        found = _best_fit(group, choices)
        if len(found) < len(group):
            better = _most(group, choices, seed)
            found = better if len(better) > len(found) else found
        given |= found
    return Assigned(rooms=given, without=tuple(need.id for need in ordered if need.id not in given))


def _together(ordered: Sequence[RoomNeed], turnover: timedelta) -> Iterator[list[RoomNeed]]:
    """Yield the sessions in groups that share a site and that no room's use reaches across."""
    by_sites: dict[frozenset[str | None], list[RoomNeed]] = defaultdict(list)
    for need in ordered:
        shared = [sites for sites in by_sites if sites & need.sites]
        joined = [one for sites in shared for one in by_sites.pop(sites)]
        by_sites[need.sites.union(*shared)] = [*joined, need]
    for some in by_sites.values():
        some.sort(key=lambda need: (need.interval, need.id))
        first, until = 0, some[0].interval.end
        for place, need in enumerate(some):
            if need.interval.start >= until + turnover:
                yield some[first:place]
                first = place
            until = max(until, need.interval.end)
        yield some[first:]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """A room and its busy time in order, apart from each other."""

    choice: RoomChoice
    starts: list[datetime]
    ends: list[datetime]

    @classmethod
    def of(cls, choice: RoomChoice) -> "_Room":
        """Return ``choice`` with its busy time in order."""
        busy = merge(choice.busy)
        return cls(
            choice=choice, starts=[one.start for one in busy], ends=[one.end for one in busy]
        )

    def suits(self, need: RoomNeed) -> bool:
        """Whether the room seats the session, has what it needs, and is free until cleared."""
        choice = self.choice
        if choice.capacity < need.seats or not choice.equipment >= need.equipment:
            return False
        begun = bisect_left(self.starts, need.interval.end + choice.turnover * MINUTE)
        return begun == bisect_right(self.ends, need.interval.start)


def _suiting(need: RoomNeed, sites: Mapping[str | None, Sequence[_Room]]) -> list[RoomChoice]:
    """Return the rooms that suit ``need``, the smallest first, then by id."""
    found = [room.choice for site in need.sites for room in sites[site] if room.suits(need)]
    return sorted(found, key=lambda room: (room.capacity, room.id))


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
