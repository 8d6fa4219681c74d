"""Centres that do not exist, drawn from a seed: what benchmarks and planners try the optimiser on.

Sizes, proportions and times are those of ordinary contact centres; nothing here is measured at
one. The same arguments give the same Problem.
"""

from scheduling.optimizer.generator.calls import CallCounts
from scheduling.optimizer.generator.whole import generate

__all__ = ["CallCounts", "generate"]
