"""The service level that staff gives a demand, per slot: by formula, or by the WFM's own forecast."""

from functools import lru_cache
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.centre import DemandKind
from scheduling.optimizer.forecast.erlang import Floats, erlang_a_service
from scheduling.optimizer.outcome import ForecastSource
from scheduling.optimizer.supply import UNITS, Curve, Grid

STRESS: Final = 1.1
"""The volume at which every figure is shown again."""
SOURCES: Final = {
    DemandKind.IMMEDIATE: ForecastSource.ERLANG_A,
    DemandKind.CHAT: ForecastSource.ERLANG_A_CHAT,
    DemandKind.DEFERRED: ForecastSource.BACKLOG,
    DemandKind.OUTBOUND: ForecastSource.CAPACITY,
}
"""Where the service level of each kind of work comes from without an oracle."""


class ImpactOracle(Protocol):
    """A WFM's own prediction, used in place of the formulas for the demands it knows."""

    def service(
        self, curve: Curve, grid: Grid, staff: tuple[float, ...], stress: float
    ) -> tuple[float, ...] | None:
        """Return the part of contacts answered within the goal, per slot of ``grid``, or None.

        ``staff`` is FTE in service per slot, ``stress`` what volume is multiplied by. None, for
        either staff, leaves the demand to the formulas.
        """
        ...


class Served(NamedTuple):
    """Service per slot of the grid, as parts of one, at the volume forecast and stressed."""

    plain: Floats
    stressed: Floats


class Laid(NamedTuple):
    """A demand's curve as arrays over the grid, which nobody may write into.

    ``required`` and ``staff`` are FTE, the staff with all earlier bookings of ours taken off;
    ``slot`` is seconds.
    """

    curve: Curve
    slot: float
    required: Floats
    staff: Floats
    volume: Floats
    handling: Floats


@lru_cache(maxsize=32)
def laid_out(curve: Curve, slot: float) -> tuple[Laid, Served]:
    """Return ``curve`` laid out, and its service by formula without a plan: one for all plans."""
    names = ("required", "coverage", "volume", "handling")
    required, staff, volume, handling = (np.asarray(getattr(curve, name)) for name in names)
    if curve.removed:
        staff = staff - np.asarray(curve.removed) / UNITS
    laid = Laid(curve, slot, required, staff, volume, handling)
    everywhere = np.arange(len(staff))
    return laid, Served(*(_service(laid, staff, everywhere, each) for each in (1.0, STRESS)))


def served_by_formula(laid: Laid, before: Served, taken: Floats) -> Served:
    """Return the service after ``taken`` FTE go; only slots that feel it are computed again."""
    rows = np.flatnonzero(taken)
    if laid.curve.kind is DemandKind.DEFERRED:
        rows = np.arange(len(taken))  # work that waits carries a change onwards
    after = Served(*(part.copy() for part in before))
    for series, stress in zip(after, (1.0, STRESS), strict=True):
        series[rows] = _service(laid, (laid.staff - taken)[rows], rows, stress)
    return after


def served_by_oracle(
    oracle: ImpactOracle, grid: Grid, laid: Laid, taken: Floats
) -> tuple[Served, Served] | None:
    """Return the service before and after ``taken`` FTE go, None where the oracle has none.

    Raises ValueError where its answer does not fit the grid.
    """
    before = _predicted(oracle, grid, laid.curve, laid.staff)
    after = before and _predicted(oracle, grid, laid.curve, laid.staff - taken)
    return (before, after) if before and after else None


def _predicted(oracle: ImpactOracle, grid: Grid, curve: Curve, staff: Floats) -> Served | None:
    answers: list[Floats] = []
    for stress in (1.0, STRESS):
        answer = oracle.service(curve, grid, tuple(staff.tolist()), stress)
        if answer is None:
            return None
        if len(answer) != grid.slots:
            raise ValueError(f"{len(answer)} values of service where the grid has {grid.slots}")
        answers.append(np.clip(np.asarray(answer), 0.0, 1.0))
    return Served(*answers)


def _service(laid: Laid, staff: Floats, rows: NDArray[np.int64], stress: float) -> Floats:
    """Return the service of ``rows`` with ``staff`` in them."""
    curve, slot = laid.curve, laid.slot
    volume, handling = stress * laid.volume[rows], laid.handling[rows]
    if curve.kind in (DemandKind.IMMEDIATE, DemandKind.CHAT):
        servers = staff * curve.concurrency if curve.kind is DemandKind.CHAT else staff
        goal = curve.goal.seconds
        return erlang_a_service(
            volume, handling, servers, goal=goal, patience=curve.patience, slot=slot
        )
    capacity = np.maximum(0.0, staff) * slot / np.maximum(handling, 1e-9)
    if curve.kind is DemandKind.OUTBOUND:
        missed = volume - capacity
    else:
        missed = _missed(volume, capacity, curve.backlog, int(-(-curve.goal.seconds // slot)))
    share = 1 - missed / np.maximum(volume, 1e-12)
    return np.asarray(np.where(volume > 0, np.clip(share, 0.0, 1.0), 1.0))


def _missed(volume: Floats, capacity: Floats, backlog: float, goal_slots: int) -> Floats:
    """Return, by slot of arrival, the items not done ``goal_slots`` after it, oldest first.

    B_t = max(0, B_(t-1) + arrivals - capacity). Items still due beyond the grid count as in time.
    """
    arrived = backlog + np.cumsum(volume)
    surplus = backlog + np.cumsum(volume - capacity)
    waiting = surplus - np.minimum(0.0, np.minimum.accumulate(surplus))
    done = (arrived - waiting)[goal_slots:]
    missed = np.zeros(len(volume))
    missed[: len(done)] = arrived[: len(done)] - done
    return missed
