"""How long something takes: wall and CPU beside each other, as other work on the machine tells on one."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import TypeVar

import numpy as np

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What the runs of one thing took, in seconds, wall and CPU of this process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Measure what runs inside as one more."""
        wall, cpu = perf_counter(), process_time()
        yield
        self.wall.append(perf_counter() - wall)
        self.cpu.append(process_time() - cpu)

    def of(self, call: Callable[[], Result]) -> Result:
        """Measure ``call`` as one more, and return what it does."""
        with self.taking():
            return call()

    @property
    def milliseconds(self) -> str:
        """The median and the 95th percentile of wall and CPU."""
        shown = [
            f"{1000 * float(np.quantile(values, part)):9.1f}"
            for values in (self.wall, self.cpu)
            for part in (0.5, 0.95)
        ]
        return " ".join(shown)

    @property
    def seconds(self) -> str:
        """The sum of wall and of CPU."""
        return f"{sum(self.wall):8.2f} {sum(self.cpu):8.2f}"


HEAD = f"{'wall p50':>9} {'p95':>9} {'CPU p50':>9} {'p95':>9}"
"""Stands above ``Times.milliseconds``."""


def peak() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
