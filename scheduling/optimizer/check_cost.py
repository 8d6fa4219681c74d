"""What sessions cost, for the independent check: the definition, slot by slot, in plain numbers."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from math import ceil, exp, floor

from scheduling.domain.centre import DemandKind
from scheduling.domain.times import Interval
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Curve

Taken = dict[tuple[str, int], int]
"""1/60 FTE per (demand id, slot)."""


class TrueCost:
    """Footprints and prices of one problem; a slot's prices are worked out once."""

    def __init__(self, problem: Problem) -> None:
        """Take the curves of ``problem``."""
        self.grid = problem.grid
        self.curves = {curve.demand_id: curve for curve in problem.curves}
        self._known: dict[tuple[str, int, int], list[int]] = {}
        self._flows: dict[str, list[float]] = {}

    def taken(self, interval: Interval, shares: Mapping[str, float]) -> Taken:
        """Return the units that a person with ``shares`` leaves open during ``interval``."""
        taken: Taken = {}
        step = timedelta(minutes=self.grid.slot_minutes)
        slot = (interval.start - self.grid.start) // step
        while (at := self.grid.at(slot)) < interval.end:
            part = (min(interval.end, at + step) - at) / step
            for demand, units in _whole_units(shares, part).items():
                if units and demand in self.curves and 0 <= slot < self.grid.slots:
                    taken[demand, slot] = units
            slot += 1
        return taken

    def of(self, taken: Taken, beside: Taken) -> float:
        """Return F(removed + beside + taken) - F(removed + beside), in contacts past their goal."""
        total = 0
        for (demand, slot), units in taken.items():
            curve = self.curves[demand]
            before = (curve.removed[slot] if curve.removed else 0) + beside.get((demand, slot), 0)
            prices = self._prices(demand, slot, ceil((before + units) / 60))
            total += sum(prices[unit // 60] for unit in range(before, before + units))
        return total / 1_000_000

    def _prices(self, demand: str, slot: int, depth: int) -> list[int]:
        """Return the price of one unit of the first, second .. ``depth``-th FTE removed."""
        key = demand, slot, depth
        if key not in self._known:
            curve = self.curves[demand]
            seconds = 60.0 * self.grid.slot_minutes
            if curve.kind is DemandKind.DEFERRED:
                drops = [self._deferred(curve, slot, seconds)] * depth
            elif curve.kind is DemandKind.OUTBOUND:
                drops = _outbound(curve, slot, seconds, depth)
            else:
                drops = _immediate(curve, slot, seconds, depth)
            self._known[key] = [round(1_000_000 * curve.weight * drop / 60) for drop in drops]
        return self._known[key]

    def _deferred(self, curve: Curve, slot: int, seconds: float) -> float:
        """Return the items made late by one FTE less in ``slot``, by running the backlog twice."""
        if curve.demand_id not in self._flows:
            self._flows[curve.demand_id] = _work_off(curve, seconds, None)
        plain = self._flows[curve.demand_id]
        less = _work_off(curve, seconds, slot)
        due = _due(curve, seconds)
        displaced = plain[slot] - less[slot] if plain[slot] < due[slot] else 0.0
        return max(_late(due, less) - _late(due, plain), plain[-1] - less[-1], displaced)


def _whole_units(shares: Mapping[str, float], part: float) -> dict[str, int]:
    """Share out the 60 units of ``part`` of a slot; the largest remainders are rounded up."""
    exact = {demand: 60 * part * share for demand, share in shares.items()}
    units = {demand: floor(value + 1e-9) for demand, value in exact.items()}
    missing = round(sum(exact.values())) - sum(units.values())
    by_remainder = sorted(
        exact, key=lambda demand: (-round(exact[demand] - units[demand], 9), demand)
    )
    for demand in by_remainder[:missing]:
        units[demand] += 1
    return units


def _immediate(curve: Curve, slot: int, seconds: float, depth: int) -> list[float]:
    """Return the convexified fall of contacts in time for each FTE removed."""
    coverage, required = curve.coverage[slot], curve.required[slot]
    volume, handling = curve.volume[slot], curve.handling[slot]
    above = ceil(max(2.0, required + 4.0 - coverage))
    late = _late_contacts(
        volume, handling, curve.goal.seconds, seconds, floor(coverage) + above + 1
    )

    def at(staff: float) -> float:
        whole = floor(staff)
        part = staff - whole
        return (1 - part) * late(whole) + part * late(whole + 1)

    slope = 0.0
    falls: list[float] = []
    for step in range(above, -depth, -1):
        slope = max(at(coverage + step - 1) - at(coverage + step), slope)
        if step <= 0:
            falls.append(slope)
    return falls


def _late_contacts(
    volume: float, handling: float, goal: float, seconds: float, most: int
) -> Callable[[int], float]:
    """Return the contacts past their goal as a function of whole staff, by Erlang C."""
    load = volume * handling / seconds
    blocked = [1.0]
    for servers in range(1, most + 1):
        carried = load * blocked[-1]
        blocked.append(carried / (servers + carried))

    def late(servers: int) -> float:
        if servers <= load:
            return volume
        occupied = load / servers
        waiting = blocked[servers] / (1 - occupied * (1 - blocked[servers]))
        return volume * waiting * exp(-(servers - load) * goal / handling)

    return late


def _outbound(curve: Curve, slot: int, seconds: float, depth: int) -> list[float]:
    """Return the planned calls left unmade by each FTE removed."""
    rate = seconds / curve.handling[slot] if curve.handling[slot] > 0 else 0.0
    unmade = [
        max(0.0, curve.volume[slot] - rate * (curve.coverage[slot] - gone))
        for gone in range(depth + 1)
    ]
    return [unmade[gone + 1] - unmade[gone] for gone in range(depth)]


def _work_off(curve: Curve, seconds: float, without: int | None) -> list[float]:
    """Return items done by the end of each slot, with one FTE less in the slot ``without``."""
    arrived = finished = 0.0
    done: list[float] = []
    for slot, volume in enumerate(curve.volume):
        handling = curve.handling[slot]
        staff = max(0.0, curve.coverage[slot])
        able = staff * seconds / handling if handling > 0 else 0.0
        if slot == without and handling > 0:
            able = max(0.0, able - seconds / handling)
        arrived += volume
        finished = min(arrived, finished + able)
        done.append(finished)
    return done


def _due(curve: Curve, seconds: float) -> list[float]:
    """Return the items whose goal has passed by the end of each slot."""
    wait = ceil(curve.goal.seconds / seconds)
    arrived: list[float] = []
    for volume in curve.volume:
        arrived.append((arrived[-1] if arrived else 0.0) + volume)
    return [arrived[slot - wait] if slot >= wait else 0.0 for slot in range(len(arrived))]


def _late(due: list[float], done: list[float]) -> float:
    """Return the items that were not done when their goal passed."""
    total = before = 0.0
    for now, finished in zip(due, done, strict=True):
        total += max(0.0, now - max(before, finished))
        before = now
    return total
