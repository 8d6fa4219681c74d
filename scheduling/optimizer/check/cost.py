"""What sessions cost, for the independent check: the definition, slot by slot, in plain numbers."""

from collections.abc import Mapping, Sequence
from math import ceil, exp, floor
from typing import Final

from scheduling.domain.centre import DemandKind
from scheduling.domain.times import Interval
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import DEEPEST, Curve

Taken = dict[tuple[str, int], int]
"""1/60 FTE per (demand id, slot); negative where a moved break gives time back."""
Parts = dict[int, float]
"""Parts of a slot, per slot."""

_SPARE_DEPTH: Final = 2
"""FTE priced beyond those asked for, so that one slot's prices are seldom worked out twice."""


class TrueCost:
    """Footprints, prices and service levels of one problem; a slot's prices are worked out once."""

    def __init__(self, problem: Problem) -> None:
        """Take the curves of ``problem``."""
        self.grid = problem.grid
        self.curves = {curve.demand_id: curve for curve in problem.curves}
        self._seconds = 60.0 * problem.grid.slot_minutes
        self._deepest = {name: _deepest(curve) for name, curve in self.curves.items()}
        self._prices: dict[tuple[str, int], _Prices] = {}
        self._backlogs: dict[str, _Backlog] = {}
        self._shared: dict[tuple[frozenset[tuple[str, float]], float], dict[str, int]] = {}

    def parts(self, interval: Interval) -> Parts:
        """Return how much of each slot of the grid ``interval`` takes."""
        seconds = self._seconds
        start = (interval.start - self.grid.start).total_seconds() / seconds
        end = (interval.end - self.grid.start).total_seconds() / seconds
        slots = range(max(0, floor(start)), min(self.grid.slots, ceil(end)))
        return {slot: min(end, slot + 1) - max(start, slot) for slot in slots}

    def units(self, parts: Parts, shares: Mapping[str, float]) -> Taken:
        """Return the units that a person with ``shares`` leaves open in ``parts`` of slots."""
        taken: Taken = {}
        whose = frozenset(shares.items())
        for slot, part in parts.items():
            if (whose, part) not in self._shared:
                self._shared[whose, part] = whole_units(shares, part)
            for demand, units in self._shared[whose, part].items():
                if units and demand in self.curves:
                    taken[demand, slot] = units
        return taken

    def taken(self, interval: Interval, shares: Mapping[str, float]) -> Taken:
        """Return the units that a person with ``shares`` leaves open during ``interval``."""
        return self.units(self.parts(interval), shares)

    def of(self, taken: Taken, beside: Mapping[tuple[str, int], int]) -> float:
        """Return F(removed + beside + taken) - F(removed + beside), in contacts past their goal."""
        total = 0
        for (demand, slot), units in taken.items():
            before = self.removed(demand, slot) + beside.get((demand, slot), 0)
            low, high = sorted((before, before + units))
            cost = self._between(demand, slot, low, high)
            total += cost if units > 0 else -cost
        return total / 1_000_000

    def removed(self, demand: str, slot: int) -> int:
        """Return the units that earlier bookings take."""
        removed = self.curves[demand].removed
        return removed[slot] if removed else 0

    def service(self, demand: str, slot: int, staff: float) -> float:
        """Return the part of contacts answered in time by ``staff`` FTE, as the price has it."""
        curve = self.curves[demand]
        if curve.volume[slot] <= 0:
            return 1.0
        late = _linear(_late_contacts(curve, slot, self._seconds, floor(staff), 2), staff)
        return 1 - late / curve.volume[slot]

    def _between(self, demand: str, slot: int, low: int, high: int) -> int:
        """Return F(high) - F(low) in millionths: the price of each unit from low up to high."""
        total = 0
        while low < high:
            fte = low // 60
            edge = min(high, 60 * (fte + 1))
            total += (edge - low) * self._price(demand, slot, fte)
            low = edge
        return total

    def _price(self, demand: str, slot: int, fte: int) -> int:
        """Return the price of one unit of the FTE removed after ``fte`` others."""
        key, place = (demand, slot), min(max(0, fte), self._deepest[demand])
        prices = self._prices.get(key)
        if prices is None or place >= len(prices):
            prices = self._prices[key] = self._work_out(demand, slot, place + _SPARE_DEPTH)
        return prices[place]

    def _work_out(self, demand: str, slot: int, depth: int) -> "_Prices":
        curve = self.curves[demand]
        if curve.kind is DemandKind.DEFERRED:
            if demand not in self._backlogs:
                self._backlogs[demand] = _Backlog(curve, self._seconds)
            drops = [self._backlogs[demand].displaced(slot)] * depth
        elif curve.kind is DemandKind.OUTBOUND:
            drops = _outbound(curve, slot, self._seconds, depth)
        else:
            drops = _immediate(curve, slot, self._seconds, depth)
        return [round(1_000_000 * curve.weight * drop / 60) for drop in drops]


_Prices = list[int]
"""Millionths of a contact for one unit of the first, second .. FTE removed."""


def whole_units(shares: Mapping[str, float], part: float) -> dict[str, int]:
    """Share out the 60 units of ``part`` of a slot; the largest remainders are rounded up.

    A negative part is given back: the same units with the other sign.
    """
    sign = 1 if part >= 0 else -1
    exact = {demand: 60 * abs(part) * share for demand, share in shares.items()}
    units = {demand: floor(value + 1e-9) for demand, value in exact.items()}
    missing = round(sum(exact.values())) - sum(units.values())
    by_remainder = sorted(
        exact, key=lambda demand: (-round(exact[demand] - units[demand], 9), demand)
    )
    for demand in by_remainder[:missing]:
        units[demand] += 1
    return {demand: sign * count for demand, count in units.items()}


def _deepest(curve: Curve) -> int:
    """Return how many FTE have gone before the last one that has a price of its own."""
    return ceil(max(curve.removed, default=0) / 60) + DEEPEST - 1


def _immediate(curve: Curve, slot: int, seconds: float, depth: int) -> list[float]:
    """Return the convexified fall of contacts in time for each FTE removed."""
    coverage, required = curve.coverage[slot], curve.required[slot]
    above = ceil(max(2.0, required + 4.0 - coverage))
    late = _late_contacts(curve, slot, seconds, floor(coverage) - depth, depth + above + 2)
    part = coverage - floor(coverage)
    at = [_linear(late[place : place + 2], part) for place in range(len(late) - 1)]
    slope = 0.0
    falls: list[float] = []
    for place in range(len(at) - 1, 0, -1):
        slope = max(at[place - 1] - at[place], slope)
        if place <= depth:
            falls.append(slope)
    return falls


def _linear(ends: Sequence[float], at: float) -> float:
    """Return the value between the two ``ends``, at the fractional part of ``at``."""
    part = at - floor(at)
    return (1 - part) * ends[0] + part * ends[1]


def _late_contacts(curve: Curve, slot: int, seconds: float, first: int, count: int) -> list[float]:
    """Return the contacts past their goal at ``first``, ``first + 1`` .. servers, by Erlang C.

    Who works several chats at once spends on each the handling time divided by their number.
    """
    volume, handling = curve.volume[slot], curve.handling[slot] / curve.concurrency
    load = volume * handling / seconds
    blocked: float | None = None
    late: list[float] = []
    for servers in range(first, first + count):
        if servers <= load:
            late.append(volume)
            continue
        if blocked is None:
            blocked = _blocked(servers, load)
        else:
            blocked = load * blocked / (servers + load * blocked)
        waiting = blocked / (1 - load / servers * (1 - blocked))
        patient = exp(-(servers - load) * curve.goal.seconds / handling) if waiting else 0.0
        late.append(volume * waiting * patient)
    return late


def _blocked(servers: int, load: float) -> float:
    """Return Erlang B as one sum: 1/B = 1 + n/A + n(n-1)/A^2 + .. , until a term no longer shows."""
    if load <= 0:
        return 0.0
    term = total = 1.0
    for left in range(servers, 0, -1):
        term *= left / load
        total += term
        if left < load and term < 1e-17 * total:
            break
    return 1 / total


def _outbound(curve: Curve, slot: int, seconds: float, depth: int) -> list[float]:
    """Return the planned calls left unmade by each FTE removed."""
    rate = seconds / curve.handling[slot] if curve.handling[slot] > 0 else 0.0
    unmade = [
        max(0.0, curve.volume[slot] - rate * (curve.coverage[slot] - gone))
        for gone in range(depth + 1)
    ]
    return [unmade[gone + 1] - unmade[gone] for gone in range(depth)]


class _Backlog:
    """Deferred work run once as staffed; one FTE less in a slot is run from there on."""

    def __init__(self, curve: Curve, seconds: float) -> None:
        """Work ``curve`` off, oldest first; what waits at the start arrives in the first slot."""
        wait = ceil(curve.goal.seconds / seconds)
        self._rates = [seconds / handling if handling > 0 else 0.0 for handling in curve.handling]
        self._able = [
            max(0.0, staff) * rate for staff, rate in zip(curve.coverage, self._rates, strict=True)
        ]
        self._arrived: list[float] = []
        so_far = curve.backlog
        for volume in curve.volume:
            so_far += volume
            self._arrived.append(so_far)
        self._due = ([0.0] * wait + self._arrived)[: len(self._arrived)]
        self._done: list[float] = []
        done = 0.0
        for able, arrived in zip(self._able, self._arrived, strict=True):
            done = min(arrived, done + able)
            self._done.append(done)

    def displaced(self, slot: int) -> float:
        """Return the items that one FTE less in ``slot`` makes late, or pushes past the end.

        Where work is late already, each item displaced counts as one: no slot is free.
        """
        done = self._done[slot - 1] if slot else 0.0
        able = max(0.0, self._able[slot] - self._rates[slot])
        less = done = min(self._arrived[slot], done + able)
        late, at = self._late(slot, less) - self._late(slot, self._done[slot]), slot
        while done != self._done[at] and at + 1 < len(self._done):
            at += 1
            done = min(self._arrived[at], done + self._able[at])
            late += self._late(at, done) - self._late(at, self._done[at])
        hopeless = self._done[slot] - less if self._done[slot] < self._due[slot] else 0.0
        return max(late, self._done[at] - done, hopeless)

    def _late(self, slot: int, done: float) -> float:
        """Return the items whose goal passes in ``slot`` when ``done`` are finished by its end."""
        before = self._due[slot - 1] if slot else 0.0
        return max(0.0, self._due[slot] - max(before, done))
