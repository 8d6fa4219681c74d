"""The whole batch search: each stage starts from a feasible plan and leaves one no worse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduling.optimizer.batch.anneal import anneal, noise
from scheduling.optimizer.batch.bound import bound
from scheduling.optimizer.batch.chance import chance_of
from scheduling.optimizer.batch.columns import Columns, columns_of, narrow
from scheduling.optimizer.batch.dual import Prices, response_of
from scheduling.optimizer.batch.ejection import penalties, place_unplaced
from scheduling.optimizer.batch.greedy import by_hardness, cheapest_free, start_of
from scheduling.optimizer.batch.prices import Scale, Schedule, find_prices, near_minimum
from scheduling.optimizer.batch.rounding import round_prices
from scheduling.optimizer.batch.state import State, cost_of, located, origins, state_of
from scheduling.optimizer.batch.sweeps import settle_ties, sweep
from scheduling.optimizer.batch.walkaway import honour_walk_away
from scheduling.optimizer.batch.watch import Watch
from scheduling.optimizer.packing import Int64, Packed, Packing

_PATIENCE: Final = 50
"""Turns in which a request may find no place before it is given up; times the effort."""
_ROUNDING_HEATS: Final = (0.003, 0.001, 0.01, 0.03, 0.0003, 0.1)
"""Parts of the usual cost; a large packing tries the first alone."""
_NEAR: Final = 0.1
"""Annealing tries columns this part of the usual cost above their request's minimum."""
_SWEEPS: Final = 8
_CHUNKS: Final = 40
_TURNS: Final = 2
"""Turns of the annealing per request and chunk; times the effort and the patience."""
_LARGE: Final = 600_000
"""Candidates of a packing that gets no more than the usual steps."""
_MOST_PATIENCE: Final = 6
_ANNEALING_HEAT: Final = (0.02, 0.0005)


@dataclass(slots=True, kw_only=True)
class _Search:
    """The best choice so far (requests, the packing's numbers) and the stage that made it."""

    packing: Packing
    columns: Columns
    watch: Watch
    effort: int
    chosen: Int64
    stage: str = "greedy"
    value: tuple[int, ...] = ()

    @property
    def patience(self) -> int:
        """How much longer a small packing is climbed and annealed: it can afford it."""
        return min(_MOST_PATIENCE, 1 + _LARGE // max(1, self.packing.candidates))

    def offer(self, columns: Columns, state: State, stage: str, *, or_equal: bool = False) -> None:
        """Take the choice of ``state`` if it places more by tier, or as much at less cost."""
        honour_walk_away(state)
        value = worth(columns, state)
        if not self.value or value < self.value or (or_equal and value == self.value):
            self.chosen, self.value, self.stage = origins(columns, state.chosen), value, stage

    def state(self, columns: Columns) -> State:
        """Return the best choice as a state of ``columns``."""
        return state_of(columns, located(columns, self.chosen))


def worth(columns: Columns, state: State) -> tuple[int, ...]:
    """Return how many fail per tier, then cost with extras: what is compared, least first."""
    failed = np.bincount(columns.tier[state.chosen < 0], minlength=3)
    extra = int(columns.extra[state.chosen[state.chosen >= 0]].sum())
    return (*(int(count) for count in failed), cost_of(columns, state) + extra)


def pack(
    packing: Packing,
    *,
    effort: int,
    deadline: Callable[[], bool] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Packed:
    """Return a choice that places as much as can be found by tier, at the least cost found.

    ``effort`` (1 or more) multiplies the steps of all stages, so that the same packing and effort
    give the same bytes; ``deadline`` only ends them early. ``progress`` hears of stage and fraction.
    """
    columns = columns_of(packing)
    watch = Watch(deadline=deadline, progress=progress)
    search = _Search(
        packing=packing, columns=columns, watch=watch, effort=effort, chosen=packing.held
    )
    _greedy(search)
    state = search.state(columns)
    scale = Scale.of(columns, state)
    rounds = 2 + effort * search.patience
    prices = find_prices(columns, state, Schedule(rounds=(25, *[50] * rounds)), watch)
    for heat in _ROUNDING_HEATS[: search.patience]:
        _round(search, prices, heat * scale.cost)
    _polish(search, prices, scale)
    return _packed(search, prices)


def _greedy(search: _Search) -> None:
    columns = search.columns
    state = start_of(search.packing, columns)
    cheapest_free(state, by_hardness(columns))
    state = place_unplaced(columns, state, _PATIENCE * search.effort, search.packing.seed)
    search.offer(columns, state, "greedy")


def _round(search: _Search, prices: Prices, heat: float) -> None:
    """Round the prices to a choice, and sweep it at once where others will be tried."""
    columns = search.columns
    if not search.watch.goes_on("rounding", 0.0):
        return
    state = start_of(search.packing, columns)
    round_prices(columns, state, prices, response_of(columns), by_hardness(columns), heat)
    state = place_unplaced(columns, state, _PATIENCE * search.effort, search.packing.seed)
    search.offer(columns, state, "rounding")
    if search.patience > 1:
        _sweep(search, columns, state)


def _polish(search: _Search, prices: Prices, scale: Scale) -> None:
    """Sweep and anneal over the columns near their minimum, then sweep over all."""
    keep = near_minimum(search.columns, prices, _NEAR * scale.cost)
    chosen = located(search.columns, search.chosen)
    keep[chosen[chosen >= 0]] = True
    near = narrow(search.columns, keep)
    state = search.state(near)
    _sweep(search, near, state)
    _anneal(search, near, state, scale)
    _sweep(search, search.columns, search.state(search.columns))


def _sweep(search: _Search, columns: Columns, state: State) -> None:
    penalty = penalties(columns)
    for turn in range(_SWEEPS):
        if not search.watch.goes_on("sweeps", turn / _SWEEPS):
            break
        movable = np.flatnonzero((state.chosen >= 0) & (columns.fixed == 0))
        if sweep(state, movable, penalty, turn > 0) == 0 and turn > 0:
            break
    search.offer(columns, state, "sweeps")


def _anneal(search: _Search, columns: Columns, state: State, scale: Scale) -> None:
    penalty, chance = penalties(columns), chance_of(search.packing.seed)
    movable = np.flatnonzero((state.chosen >= 0) & (columns.fixed == 0))
    first, last = _ANNEALING_HEAT
    noises = noise()
    chunks = _CHUNKS
    for chunk in range(chunks if len(movable) else 0):
        if not search.watch.goes_on("annealing", chunk / chunks):
            break
        heat = scale.cost * first * (last / first) ** (chunk / chunks)
        settings = (_TURNS * search.effort * search.patience * len(movable), heat)
        anneal(state, movable, penalty, noises, settings, chance)
    search.offer(columns, state, "annealing")


def _packed(search: _Search, prices: Prices) -> Packed:
    """Return the best choice, with ties settled, its exact cost and the bound."""
    columns = search.columns
    state = search.state(columns)
    settle_ties(state, np.flatnonzero((state.chosen >= 0) & (columns.fixed == 0)))
    search.offer(columns, state, search.stage, or_equal=True)
    state = search.state(columns)
    chosen = search.chosen
    return Packed(
        chosen=chosen,
        cost=cost_of(columns, state),
        bound=bound(search.packing, prices, chosen),
        stage=search.stage,
        guarded=search.watch.guarded,
    )
