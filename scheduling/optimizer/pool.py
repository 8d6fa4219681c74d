"""Solver processes beside the edge: spawned, warm, watched, and rebuilt when one dies.

The edge imports this module and never the solver itself.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Final, ParamSpec, TypeVar

from scheduling.optimizer import worker
from scheduling.optimizer.outcome import Answer, PeriodImpact, Zones
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Curve, Grid

PATIENCE: Final = 20.0
"""Seconds that somebody's search may take."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class _BareProcess(SpawnProcess):
    """A spawned process that does not run the parent's main module, which would load the bot."""

    def start(self) -> None:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = main


class _BareContext(SpawnContext):
    Process = _BareProcess


class SolverPool:
    """``workers`` solver processes. They end within a second of this process, however it ends."""

    def __init__(self, workers: int = 1) -> None:
        """Start nothing yet: the first call, or ``warm_up``, does."""
        self._workers = workers
        self._executor = self._build()

    def _build(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers,
            mp_context=_BareContext(),
            initializer=worker.begin,
            initargs=(os.getpid(),),
        )

    def start(self) -> None:
        """Start the processes; they load the solver while the caller loads the rest."""
        for _ in range(self._workers):
            self._executor.submit(worker.warm_up)

    async def warm_up(self) -> None:
        """Start the processes and load the solver in them."""
        await asyncio.gather(*(self._run(worker.warm_up) for _ in range(self._workers)))

    async def answer(self, problem: Problem, zone: Zones, *, patience: float = PATIENCE) -> Answer:
        """Return plan, forecast per local day in ``zone``, and check, in one round trip."""
        return await self._run(worker.answer, problem, zone, patience)

    async def effect(
        self,
        grid: Grid,
        curves: tuple[Curve, ...],
        taken: Mapping[str, tuple[float, ...]],
        zone: str,
    ) -> tuple[PeriodImpact, ...]:
        """Return what taking FTE off demands (negative: giving back) does per local day of ``zone``."""
        return await self._run(worker.effect, grid, curves, taken, zone)

    def close(self) -> None:
        """End the processes after what they are at."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    async def _run(
        self,
        function: Callable[Arguments, Result],
        *args: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Run ``function`` in a process; where that one dies, once more in a new pool.

        Raises BrokenProcessPool where the new one dies as well.
        """
        executor = self._executor
        try:
            return await asyncio.wrap_future(executor.submit(function, *args, **named))
        except BrokenProcessPool:
            if self._executor is executor:
                executor.shutdown(wait=False)
                self._executor = self._build()
        return await asyncio.wrap_future(self._executor.submit(function, *args, **named))
