"""What runs in a solver process. Importing it is cheap: the solver is loaded in the child only."""

import os
import signal
import threading
from typing import Final

from scheduling.optimizer.outcome import Answer
from scheduling.optimizer.problem import Problem

_EVERY: Final = 0.5
"""Seconds between two looks at whether the parent still lives."""


def begin(parent: int) -> None:
    """Make this process end with the process ``parent``; run once, before anything else."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(_EVERY)
    os._exit(1)


def warm_up() -> int:
    """Load the solver, so that the first request is not slow; return this process's id."""
    from scheduling.optimizer import check, forecast, solve  # noqa: F401, PLC0415 - heavy, child only

    return os.getpid()


def answer(problem: Problem, zone: str) -> Answer:
    """Return the plan of ``problem``, its forecast per local day in ``zone``, and its check."""
    from scheduling.optimizer.check import check  # noqa: PLC0415 - heavy, child only
    from scheduling.optimizer.forecast import impact  # noqa: PLC0415 - heavy, child only
    from scheduling.optimizer.solve import solve  # noqa: PLC0415 - heavy, child only

    plan = solve(problem)
    shown = impact(problem, plan, zone)
    return Answer(
        plan=plan,
        curves=shown.curves,
        days=shown.days,
        periods=shown.periods,
        faults=check(problem, plan),
    )
