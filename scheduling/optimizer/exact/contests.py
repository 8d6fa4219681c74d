"""Who loses to whom: meetings that each have starts and together have not.

A Hall-type test comes first: where the requests whose candidates all lie in a window of one
holder's rows (a facilitator's slots, rooms of a class, a cap) need more than the window has. Else
CP-SAT names a set that cannot all be placed and from which nobody can be left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np

from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.exact.cells import cannot_all_be
from scheduling.optimizer.exact.spacing import agreeing
from scheduling.optimizer.loads import Loads, leaves_at, marginal, members
from scheduling.optimizer.packing import NO_LIMIT, NO_PRICE_LIMIT, Int64, Packing
from scheduling.optimizer.plan import Contest
from scheduling.optimizer.supply import Grid

_EFFORT: Final = 0.2
"""CP-SAT's deterministic time per question."""
_QUESTIONS: Final = 150
"""Questions to CP-SAT in all."""
_WIDEST: Final = 24
"""Requests in a set whose quarrel is looked into."""
_MOST_RIVALS: Final = 600
"""Requests that one Hall-type test compares."""


class _Rivals(NamedTuple):
    """Requests whose every candidate takes from one holder, by the holder's rows in order.

    ``begin`` and ``end`` (both inclusive) are the first and last row that a candidate of each
    takes, ``need`` the least that one takes in all.
    """

    requests: Int64
    begin: Int64
    end: Int64
    need: Int64


class _Dispute(NamedTuple):
    """Requests that cannot all be placed, what they compete for, how many fit, and when."""

    requests: Int64
    rule: Rule
    holder: str
    places: int
    slots: tuple[int, int]


def contests(packing: Packing, chosen: Int64, grid: Grid) -> Mapping[int, Contest]:
    """Return for each request that has candidates and failed, to whom it lost and over what.

    A request of which nothing could be shown within the effort is left out.
    """
    court = _Court(packing, chosen)
    found: dict[int, Contest] = {}
    for request in np.flatnonzero((chosen < 0) & (np.diff(packing.first) > 0)).tolist():
        if request in found:
            continue
        dispute = court.by_price(request) or court.by_count(request) or court.by_proof(request)
        if dispute is not None:
            contest = _contest(packing, chosen, grid, dispute)
            found |= {
                loser: contest
                for loser in dispute.requests.tolist()
                if chosen[loser] < 0 and loser not in found
            }
    return found


def _contest(packing: Packing, chosen: Int64, grid: Grid, dispute: _Dispute) -> Contest:
    names = np.array(packing.meeting_ids, object)[dispute.requests]
    placed = chosen[dispute.requests] >= 0
    first, last = dispute.slots
    slot = timedelta(minutes=grid.slot_minutes)
    return Contest(
        rule=dispute.rule,
        holder=dispute.holder,
        winners=tuple(names[placed]),
        losers=tuple(names[~placed]),
        places=dispute.places,
        window=Interval(grid.at(first), grid.at(last) + slot),
    )


class _Court:
    """The choice whose failures are looked into, and how many questions are left."""

    def __init__(self, packing: Packing, chosen: Int64) -> None:
        self.packing, self.chosen = packing, chosen
        self.loads = Loads.of(packing, chosen)
        self.questions = _QUESTIONS
        self.holder_of = packing.row_holder
        self.owner = np.repeat(np.arange(packing.requests), np.diff(packing.first))
        placed = np.flatnonzero(chosen >= 0)
        owner, at = members(packing.row_first, chosen[placed])
        self.sitters, self.seats = placed[owner], packing.row[at]
        owner, at = members(packing.cell_first, chosen[placed])
        self.takers, self.taken = placed[owner], packing.cell[at]

    def by_price(self, request: int) -> _Dispute | None:
        """Return who made the places that are free too dear, where there are any."""
        packing = self.packing
        if leaves_at(packing, np.array([request]))[0] >= NO_PRICE_LIMIT:
            return None
        free = self._free(request)
        free = free[np.diff(packing.cell_first)[free] > 0]
        if not len(free):
            return None
        cheapest = free[np.argmin(marginal(packing, free, self.loads.cells))]
        cell = self._dearest_cell(int(cheapest))
        return self._over_cell(request, cell, Rule.PRICE)

    def by_count(self, request: int) -> _Dispute | None:
        """Return the smallest window of one holder in which more is needed than there is."""
        own = slice(int(self.packing.first[request]), int(self.packing.first[request + 1]))
        best: tuple[int, _Dispute] | None = None
        for holder in self._on_every(np.arange(own.start, own.stop)):
            found = self._tightest(request, holder)
            if found and (best is None or found[0] < best[0]):
                best = found
        return best[1] if best else None

    def by_proof(self, request: int) -> _Dispute | None:
        """Return a set with ``request`` that cannot all be placed, none of it to spare."""
        group = [request]
        while not self._impossible(group):
            near = self._in_the_way(group)
            if not len(near) or len(group) >= _WIDEST or self.questions <= 0:
                return None
            group += near[: _WIDEST - len(group)]
        for other in group[:0:-1]:
            rest = [each for each in group if each != other]
            group = rest if self._impossible(rest) else group
        return self._quarrel(request, np.array(sorted(group))) if len(group) > 1 else None

    def _impossible(self, group: list[int]) -> bool:
        self.questions -= 1
        return self.questions >= 0 and cannot_all_be(self.packing, group, effort=_EFFORT)

    def _free(self, request: int) -> Int64:
        """Return the candidates of ``request`` that fit beside all that is placed."""
        packing = self.packing
        every = np.arange(packing.first[request], packing.first[request + 1])
        every = agreeing(packing, request, every, self.chosen, ())
        owner, at = members(packing.row_first, every)
        fits = np.ones(len(every), np.bool_)
        fits[owner[packing.takes[at] > (packing.capacity - self.loads.rows)[packing.row[at]]]] = (
            False
        )
        owner, at = members(packing.cell_first, every)
        cells = packing.cell[at]
        after = packing.removed[cells] + self.loads.cells[cells] + packing.units[at]
        fits[owner[(packing.units[at] > 0) & (after > packing.most[cells])]] = False
        return every[fits]

    def _dearest_cell(self, candidate: int) -> int:
        """Return the cell on which most of what ``candidate`` costs falls."""
        packing = self.packing
        _, at = members(packing.cell_first, np.array([candidate]))
        order = np.lexsort((packing.cell[at], -packing.units[at]))
        cells = packing.cell[at][order]
        segment = (packing.removed[cells] + self.loads.cells[cells]) // 60
        segment = np.clip(segment, 0, packing.slopes.shape[1] - 1)
        return int(cells[np.argmax(packing.slopes[cells, segment] * packing.units[at][order])])

    def _over_cell(self, request: int, cell: int, rule: Rule) -> _Dispute:
        takers = np.unique(self.takers[self.taken == cell])
        slot = int(self.packing.cell_slot[cell])
        return _Dispute(
            requests=np.union1d(takers, [request]),
            rule=rule,
            holder=self.packing.demand_ids[self.packing.cell_demand[cell]],
            places=len(takers),
            slots=(slot, slot),
        )

    def _on_every(self, candidates: Int64) -> list[int]:
        """Return the holders from whom every one of ``candidates`` takes."""
        owner, at = members(self.packing.row_first, candidates)
        holders = self.holder_of[self.packing.row[at]]
        pairs = {(int(own), int(holder)) for own, holder in zip(owner, holders, strict=True)}
        counts = Counter(holder for _, holder in pairs)
        return sorted(holder for holder, count in counts.items() if count == len(candidates))

    def _rivals(self, holder: int) -> _Rivals:
        """Return those who can only be placed with something of ``holder``'s."""
        packing = self.packing
        entries = np.flatnonzero(self.holder_of[packing.row] == holder)
        candidate = np.searchsorted(packing.row_first, entries, side="right") - 1
        takes = np.bincount(candidate, packing.takes[entries], packing.candidates).astype(np.int64)
        touched = np.bincount(self.owner[takes > 0], minlength=packing.requests)
        every = np.flatnonzero((touched > 0) & (touched == np.diff(packing.first)))
        first = np.full(packing.requests, len(packing.capacity))
        last, need = np.full(packing.requests, -1), first.copy() * 0 + np.iinfo(np.int64).max
        np.minimum.at(first, self.owner[candidate], packing.row[entries])
        np.maximum.at(last, self.owner[candidate], packing.row[entries])
        np.minimum.at(need, self.owner[takes > 0], takes[takes > 0])
        return _Rivals(every, first[every], last[every], need[every])

    def _tightest(self, request: int, holder: int) -> tuple[int, _Dispute] | None:
        """Return the window of the fewest rows around ``request`` that is overfull, and its width."""
        rivals = self._rivals(holder)
        place = int(np.searchsorted(rivals.requests, request))
        if len(rivals.requests) > _MOST_RIVALS:
            return None
        best: tuple[int, _Dispute] | None = None
        for begin in np.unique(rivals.begin[rivals.begin <= rivals.begin[place]]).tolist():
            for end in np.unique(rivals.end[rivals.end >= rivals.end[place]]).tolist():
                if best is not None and end - begin >= best[0]:
                    break
                inside = (rivals.begin >= begin) & (rivals.end <= end)
                room = self._room(holder, rivals.requests[inside])
                needs = np.sort(rivals.need[inside])
                if needs.sum() > room:
                    places = int(np.searchsorted(np.cumsum(needs), room, side="right"))
                    best = end - begin, self._overfull(holder, rivals.requests[inside], places)
                    break
        return best

    def _room(self, holder: int, requests: Int64) -> int:
        """Return what ``holder`` has left in all rows that a candidate of ``requests`` could take."""
        _, candidates = members(self.packing.first, requests)
        _, at = members(self.packing.row_first, candidates)
        rows = np.unique(self.packing.row[at])
        return int(self.packing.capacity[rows[self.holder_of[rows] == holder]].sum())

    def _overfull(self, holder: int, requests: Int64, places: int) -> _Dispute:
        rule, name = self.packing.holders[holder]
        return _Dispute(requests, Rule(rule), name, places, self._starts(requests))

    def _starts(self, requests: Int64) -> tuple[int, int]:
        _, candidates = members(self.packing.first, requests)
        starts = self.packing.start[candidates]
        return int(starts.min()), int(starts.max())

    def _in_the_way(self, group: Iterable[int]) -> list[int]:
        """Return who sits on rows and cells with a floor that candidates of ``group`` want."""
        packing = self.packing
        inside = np.array(sorted(group))
        _, candidates = members(packing.first, inside)
        _, at = members(packing.row_first, candidates)
        wanted = np.zeros(len(packing.capacity), np.bool_)
        wanted[packing.row[at]] = True
        _, at = members(packing.cell_first, candidates)
        floored = np.zeros(len(packing.removed), np.bool_)
        floored[packing.cell[at]] = True
        load = packing.removed + self.loads.cells
        floored &= load + int(packing.units.max(initial=0)) > packing.most
        near = np.concatenate(
            [
                self.sitters[wanted[self.seats]],
                self.takers[floored[self.taken]],
                *(packing.pair[packing.pair_first[q] : packing.pair_first[q + 1]] for q in inside),
            ]
        )
        counts = Counter(near.tolist())
        return sorted(
            counts.keys() - set(inside.tolist()), key=lambda other: (-counts[other], other)
        )

    def _quarrel(self, request: int, group: Int64) -> _Dispute:
        """Return the dispute of ``group``, over what most of them want in common."""
        _, candidates = members(self.packing.first, group)
        owner, at = members(self.packing.row_first, candidates)
        wants = {
            (int(self.owner[candidates[own]]), int(holder))
            for own, holder in zip(owner, self.holder_of[self.packing.row[at]], strict=True)
        }
        counts = Counter(holder for _, holder in wants)
        if counts and max(counts.values()) > 1:
            holder = min(counts, key=lambda each: (-counts[each], each))
            return self._overfull(holder, group, len(group) - 1)
        return self._over_floor(request, group) or self._over_days(group)

    def _over_floor(self, request: int, group: Int64) -> _Dispute | None:
        """Return the dispute over the cell nearest to its floor, where there is a floor."""
        packing = self.packing
        _, candidates = members(packing.first, group)
        _, at = members(packing.cell_first, candidates)
        cells = np.unique(packing.cell[at])
        cells = cells[packing.most[cells] < NO_LIMIT]
        if not len(cells):
            return None
        left = packing.most[cells] - packing.removed[cells] - self.loads.cells[cells]
        over = self._over_cell(request, int(cells[np.argmin(left)]), Rule.FLOOR)
        return over._replace(requests=group, places=len(group) - 1)

    def _over_days(self, group: Int64) -> _Dispute:
        """Return the dispute over the days between meetings, which the first of them names."""
        name = self.packing.meeting_ids[group[0]]
        return _Dispute(group, Rule.SPACING, name, len(group) - 1, self._starts(group))
