"""What runs in a solver process. Importing it is cheap: the solver is loaded in the child only."""

import os
import signal
import threading
from collections.abc import Mapping
from typing import Final

from scheduling.optimizer.outcome import Answer, PeriodImpact, Zones
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Curve, Grid

_EVERY: Final = 0.5
"""Seconds between two looks at whether the parent still lives."""
_BEHIND: Final = 10
"""How much nicer than the parent: a search takes every core it gets, and its event loop answers people."""


def begin(parent: int) -> None:
    """Make this process end with the process ``parent``, and give way to it; run once, first."""
    os.nice(_BEHIND)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(_EVERY)
    os._exit(1)


def warm_up() -> int:
    """Load the solver, so that the first request is not slow; return this process's id."""
    from scheduling.optimizer.warm import ad_hoc  # noqa: PLC0415 - heavy, child only

    ad_hoc()
    return os.getpid()


def effect(
    grid: Grid, curves: tuple[Curve, ...], taken: Mapping[str, tuple[float, ...]], zone: str
) -> tuple[PeriodImpact, ...]:
    """Return what taking FTE off demands (negative: giving back) does to each local day."""
    import numpy as np  # noqa: PLC0415 - heavy, child only

    from scheduling.optimizer.forecast import whole  # noqa: PLC0415 - heavy, child only

    arrays = {name: np.asarray(levels) for name, levels in taken.items()}
    return whole.effect(grid, curves, arrays, zone).days


def answer(problem: Problem, zone: Zones, patience: float) -> Answer:
    """Return the plan of ``problem``, its forecast per local day in ``zone``, and its check.

    After ``patience`` seconds the search ends with what it has, and the plan says so.
    """
    from scheduling.optimizer.check.whole import check  # noqa: PLC0415 - heavy, child only
    from scheduling.optimizer.forecast.whole import impact  # noqa: PLC0415 - heavy, child only
    from scheduling.optimizer.solve import solve  # noqa: PLC0415 - heavy, child only

    too_long = threading.Event()
    guard = threading.Timer(patience, too_long.set)
    guard.daemon = True
    guard.start()
    plan = solve(problem, deadline=too_long.is_set)
    guard.cancel()
    shown = impact(problem, plan, zone)
    return Answer(
        plan=plan,
        curves=shown.curves,
        days=shown.days,
        periods=shown.periods,
        faults=check(problem, plan),
    )
