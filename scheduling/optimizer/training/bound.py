"""No roll-out that places as many costs less than this: a Lagrangian bound over possible groups.

Every seat brings its worth, every group pays a rent to its trainers and every taken unit one to its
cell. What cells lose by letting at rent instead of at cost is at most their convex conjugate. A
group pays more than rent where it alone, by its size, goes deeper into a cell: as costs are convex,
what several groups cost beyond rent is at least the sum of what each costs beyond it. So the worth
of all seats, and what groups that pay to be held take off it, less what trainers and cells lose, is
a bound whatever the prices. They are found by smoothed ascent in floating point, then rounded to
integers, at which the bound is exact.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.training.choosing import (
    UNITS,
    Cells,
    Floats,
    Money,
    Wanted,
    least_of_all,
    reach,
    steepened,
    want,
)
from scheduling.optimizer.training.field import COST, UNPLACED, Field, Int64, State
from scheduling.optimizer.training.places import Places, places_of

Mask = NDArray[np.bool_]

ROUNDS = 150
PACE, FADE, FADE_SQUARES = 0.1, 0.9, 0.99
"""Step, as a part of the average price, and what Adam forgets per round (Kingma and Ba 2015)."""
HEAT = 0.03
"""Smoothing at first, as a part of the price of a group."""
LAST = 0.05
"""What is left of step and heat at the end."""
MIX = 0.1
"""How much of what a group takes is what it took last."""


def bound_of(
    field: Field, empty: State, plan: State, deadline: Callable[[], bool] | None = None
) -> int:
    """Return, in millionths, what any roll-out costs at least that leaves out as many of each tier.

    ``empty`` is the state without groups; ``plan`` gives the counts left out and the first prices.
    """
    places, used = places_of(field)
    if not len(places.groups):
        return 0
    market = _Market.of(field, empty, (places, used), plan.total[UNPLACED:].astype(np.int64))
    climb = _Climb.of(market, used, plan)
    best = market.free()
    for turn in range(ROUNDS):
        over = deadline is not None and deadline()
        if not over:
            climb.step(market, turn)
        if over or turn == ROUNDS - 1 or (2 * turn > ROUNDS and turn % 10 == 0):
            best = max(best, market.exact(climb))
        if over:
            break
    return best


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Market:
    """Who can sit where, what cells cost, and how many trainers there are.

    ``offered`` is the trainers who may lead each part in each slot, ``length`` the slots that each
    part keeps one for. ``never`` are the seats with no place for some part of theirs.
    """

    field: Field
    places: Places
    cells: Cells
    offered: Int64
    length: tuple[int, ...]
    never: Mask
    left_out: Int64

    @classmethod
    def of(
        cls, field: Field, empty: State, found: tuple[Places, Int64], left_out: Int64
    ) -> "_Market":
        """Return the market of the places and cells ``found``."""
        places, used = found
        come = np.bincount(places.row, minlength=len(field.pair)) > 0
        offered, length = _trainers(field)
        return cls(
            field=field,
            places=places,
            cells=_cells(field, empty, places, used),
            offered=offered,
            length=length,
            never=np.add.reduceat(~come, field.row) > 0,
            left_out=left_out,
        )

    def over(self, leads: Money) -> Money:
        """Return per part and slot what a group that starts there pays its trainer."""
        out = np.zeros_like(leads)
        slots = leads.shape[1]
        for part, length in enumerate(self.length):
            ahead = np.concatenate([[0], np.cumsum(leads[part])]).astype(leads.dtype)
            out[part] = ahead[np.minimum(np.arange(slots) + length, slots)] - ahead[:-1]
        return out

    def running(self, led: Floats) -> Floats:
        """Return per part and slot the groups that are being led, from those that start."""
        run = np.cumsum(led.reshape(self.offered.shape), axis=1)
        for part, length in enumerate(self.length):
            run[part, length:] -= run[part, :-length].copy()
        return run

    def free(self) -> int:
        """Return the bound where nothing has a price: 0, less what moved breaks can give back."""
        return -self._lost(np.zeros_like(self.cells.removed), np.zeros_like(self.offered))

    def exact(self, climb: "_Climb") -> int:
        """Return the bound at the prices rounded to integers, in integers throughout."""
        worth, rents, leads = (np.rint(each).astype(np.int64) for each in climb.values)
        here = np.maximum(np.rint(climb.here).astype(np.int64), rents[self.places.cell])
        here = np.where(self.cells.low[self.places.cell] < 0, rents[self.places.cell], here)
        prices = worth, rents, np.ravel(self.over(leads))
        total = least_of_all(self.places, self.cells, prices, here)
        return int(total) + int(worth[self.kept(worth)].sum()) - self._lost(rents, leads)

    def kept(self, worth: Money) -> Mask:
        """Return the rows that are left when as many seats as allowed, the worthiest, are out."""
        by_seat, kept = np.add.reduceat(worth, self.field.row), ~self.never
        for tier, count in enumerate(self.left_out.tolist()):
            mine = self.field.tier == tier
            some = np.flatnonzero(mine & kept)
            gone = max(0, count - int((self.never & mine).sum()))
            kept[some[np.argsort(by_seat[some], kind="stable")][len(some) - gone :]] = False
        return np.repeat(kept, np.diff(np.append(self.field.row, len(worth))))

    def _lost(self, rents: Int64, leads: Int64) -> int:
        """Return the sum over trainers and cells of the most that rent can exceed cost."""
        cells = self.cells
        segment = (cells.slopes < rents[:, None]).sum(axis=1)
        units = np.where(segment == 0, cells.low, UNITS * segment - cells.removed)
        units = np.where(segment >= cells.slopes.shape[1], cells.high, units)
        taken = np.clip(units, cells.low, cells.high)
        rise = _filled(cells, cells.removed + taken) - _filled(cells, cells.removed)
        return int((rents * taken - rise).sum() + (leads * self.offered).sum())

    def offer(self, rents: Floats) -> Floats:
        """Return how many units each cell would let at these rents, smoothed between segments."""
        cells, rows = self.cells, np.arange(len(rents))
        segment = (cells.slopes < rents[:, None]).sum(axis=1)
        below = np.where(segment > 0, cells.slopes[rows, np.maximum(segment - 1, 0)], 0)
        above = cells.slopes[rows, np.minimum(segment, cells.slopes.shape[1] - 1)]
        part = np.clip((rents - below) / np.maximum(above - below, 1), 0, 1)
        units = UNITS * (segment - 1 + part) - cells.removed
        units = np.where(segment >= cells.slopes.shape[1], cells.high, units)
        return np.clip(units, cells.low, cells.high).astype(np.float64)


def _cells(field: Field, empty: State, places: Places, used: Int64) -> Cells:
    """Return the cells ``used``, with the least and the most that all seats together can take."""
    removed = empty.load[used].astype(np.int64)
    low, high = np.zeros(len(used), np.int64), np.zeros(len(used), np.int64)
    reach(places, len(field.pair), low, high)
    room = np.maximum(field.floor[used].astype(np.int64) - removed, 0)
    return Cells(field.slopes[used], field.filled[used], removed, low, np.minimum(high, room))


def _trainers(field: Field) -> tuple[Int64, tuple[int, ...]]:
    """Return (parts, T) the trainers who could be leading then, and the slots a part keeps one."""
    offered = np.zeros((len(field.minutes), field.pair.shape[1]), np.int64)
    lengths = field.lead_after.min(axis=1).tolist()
    for part, length in enumerate(lengths):
        ran = np.cumsum(field.leads[part].astype(np.int64), axis=1)
        ran[:, length:] -= ran[:, :-length].copy()
        offered[part] = (ran > 0).sum(axis=0)
    return offered, tuple(lengths)


def _filled(cells: Cells, total: Int64) -> Int64:
    segment = np.clip(total // UNITS, 0, cells.slopes.shape[1] - 1)
    rows = np.arange(len(total))
    within = cells.slopes[rows, segment] * (total - UNITS * segment)
    return np.asarray(cells.filled[rows, segment] + within)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Climb:
    """Prices on their way up: worth, rents, leads; Adam's averages of the slope and its square.

    ``here`` is what a place's group pays in each of its cells, ``loads`` what it takes there; ``group`` is the
    average price of a group.
    """

    values: tuple[Floats, Floats, Floats]
    slopes: tuple[Floats, ...]
    squares: tuple[Floats, ...]
    paces: tuple[float, ...]
    here: Floats
    loads: Floats
    group: float

    @classmethod
    def of(cls, market: _Market, used: Int64, plan: State) -> "_Climb":
        """Start at what ``plan`` pays per seat on average, and half as deep in every cell."""
        cells, rows = market.cells, len(market.field.pair)
        segment = np.clip(plan.load[used] // (2 * UNITS), 0, cells.slopes.shape[1] - 1)
        rents = cells.slopes[np.arange(len(used)), segment].astype(np.float64)
        seated = int((plan.where >= 0).sum()) * rows / len(plan.where)
        row = max(1.0, float(plan.total[COST]) / max(1.0, seated))
        group = row * float(market.places.most.mean())
        values = np.full(rows, row), rents, np.zeros(market.offered.shape)
        typical = row, max(1.0, float(rents.mean())), group / max(market.length)
        return cls(
            values=values,
            slopes=tuple(np.zeros_like(value) for value in values),
            squares=tuple(np.zeros_like(value) for value in values),
            paces=tuple(PACE * price for price in typical),
            here=rents[market.places.cell],
            loads=np.zeros(len(market.places.cell)),
            group=group,
        )

    def step(self, market: _Market, turn: int) -> None:
        """Hold groups at the present prices, and move the prices to where more is wanted."""
        worth, rents, leads = self.values
        heat = max(1.0, self.group * HEAT * LAST ** (turn / ROUNDS))
        prices, flat = (worth, rents, np.ravel(market.over(leads))), market.offer(rents)
        wanted = Wanted(np.zeros_like(worth), np.zeros(leads.size), np.zeros_like(rents), flat)
        own, pace = (self.here, self.loads), (heat, max(MIX, 1.0 / (turn + 1.0)))
        want(market.places, market.cells, prices, own, pace, wanted)
        led = market.running(wanted.led) - market.offered * (leads > 0)
        seated = market.kept(worth) - wanted.seated
        self._climb(turn, (seated, wanted.taken - flat, led))
        steepened(market.places, market.cells, rents, self.loads, self.here)

    def _climb(self, turn: int, gradients: tuple[Floats, ...]) -> None:
        """Take one step along ``gradients``; prices stay at least 0."""
        for value, slope, square, pace, gradient in zip(
            self.values, self.slopes, self.squares, self.paces, gradients, strict=True
        ):
            slope[:] += (1 - FADE) * (gradient - slope)
            square[:] += (1 - FADE_SQUARES) * (gradient**2 - square)
            fair = (1 - FADE_SQUARES ** (turn + 1)) ** 0.5 / (1 - FADE ** (turn + 1))
            value[:] += pace * LAST ** (turn / ROUNDS) * fair * slope / (np.sqrt(square) + 1e-9)
            np.maximum(value, 0.0, out=value)
