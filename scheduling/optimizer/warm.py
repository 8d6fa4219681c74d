"""Small problems solved once, so that kernels are compiled and loaded before they are needed.

``python -m scheduling.optimizer.warm`` compiles those of an ad-hoc request, with ``--all`` those of
months and trainings as well; the code is kept on disk. A solver process loads the former when it
starts; what is not compiled yet is, at its first use.
"""

import sys
from dataclasses import replace
from pathlib import Path

from scheduling.optimizer import batch
from scheduling.optimizer.compiled import kept_on_disk
from scheduling.optimizer.forecast.whole import impact
from scheduling.optimizer.generator import generate
from scheduling.optimizer.plan import Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve


def is_warm() -> bool:
    """Tell whether the kernels of months were compiled on this machine before."""
    return kept_on_disk(Path(batch.__file__).parent)


def ad_hoc() -> None:
    """Solve one manager's request, where breaks stay, and forecast what it does."""
    problem = generate(agents=14, weeks=1, seed=0)
    first = problem.meetings[0].facilitator_id
    own = tuple(one for one in problem.meetings if one.facilitator_id == first)
    people = tuple(
        replace(person, off=tuple(replace(off, window=None) for off in person.off))
        for person in problem.attendees
    )
    _through(replace(problem, attendees=people, meetings=own[:4], series=()))


def everything() -> None:
    """Solve a request, a month for everybody, a repair, and a roll-out of training."""
    ad_hoc()
    problem = generate(agents=60, weeks=2, seed=0, team_meetings=True)
    plan = _through(problem, effort=2)
    _through(replace(problem, pinned=plan.placements[1:]))
    _through(generate(agents=60, weeks=2, seed=0, training=0.4, one_to_ones=False))


def _through(problem: Problem, *, effort: int = 1) -> Plan:
    plan = solve(problem, effort=effort)
    impact(problem, plan, problem.attendees[0].zone)
    return plan


if __name__ == "__main__":
    everything() if "--all" in sys.argv else ad_hoc()
