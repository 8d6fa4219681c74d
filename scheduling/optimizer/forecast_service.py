"""The service level that staff gives a demand, per slot: by formula, or by the WFM's own forecast."""

from functools import lru_cache
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.centre import DemandKind
from scheduling.optimizer.erlang import Floats, erlang_a_service
from scheduling.optimizer.outcome import ForecastSource
from scheduling.optimizer.supply import Curve, Grid

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


def served(
    grid: Grid, curve: Curve, taken: Floats, oracle: ImpactOracle | None
) -> tuple[ForecastSource, Served, Served]:
    """Return where the forecast comes from, and service before and after ``taken`` FTE go.

    Raises ValueError where the oracle's answer does not fit the grid.
    """
    staff = staff_of(curve)
    if oracle is not None:
        known = _predicted(oracle, grid, curve, staff)
        foretold = known and _predicted(oracle, grid, curve, staff - taken)
        if known and foretold:
            return ForecastSource.ORACLE, known, foretold
    slot = 60.0 * grid.slot_minutes
    before = _before(curve, slot)
    after = Served(*(part.copy() for part in before))
    rows = _affected(curve, taken)
    for series, stress in zip(after, (1.0, STRESS), strict=True):
        series[rows] = _service(curve, (staff - taken)[rows], rows, slot, stress)
    return SOURCES[curve.kind], before, after


def staff_of(curve: Curve) -> Floats:
    """Return the FTE in service per slot, with all earlier bookings of ours taken off."""
    staff = np.asarray(curve.coverage)
    return staff - np.asarray(curve.removed) / 60 if curve.removed else staff


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


def _affected(curve: Curve, taken: Floats) -> NDArray[np.int64]:
    """Return the slots whose service may change: work that waits carries a change onwards."""
    changed = np.flatnonzero(taken)
    if curve.kind is DemandKind.DEFERRED and len(changed):
        return np.arange(len(taken))
    return changed


@lru_cache(maxsize=32)
def _before(curve: Curve, slot: float) -> Served:
    """Return the service without the plan; it is the same for every plan of one demand."""
    rows = np.arange(len(curve.coverage))
    staff = staff_of(curve)
    return Served(*(_service(curve, staff, rows, slot, stress) for stress in (1.0, STRESS)))


def _service(
    curve: Curve, staff: Floats, rows: NDArray[np.int64], slot: float, stress: float
) -> Floats:
    """Return the service of ``rows`` with ``staff`` in them; ``slot`` is in seconds."""
    volume = stress * np.asarray(curve.volume)[rows]
    handling = np.asarray(curve.handling)[rows]
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
