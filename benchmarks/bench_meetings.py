"""Team meetings: an hour for each team with four of five present, for all teams of a centre at once.

    .venv/bin/python -m benchmarks.bench_meetings [--agents 500 2000 5000] [--single 30]

How many teams have a start at all, how many are placed by ours, by first fit (the first start that
is free) and by best fit (the cheapest that is), at what cost in contacts past their goal; then
``--single`` teams ask alone, for the latency of one request. A broken plan ends non-zero.
"""

import argparse

import numpy as np

from benchmarks._measure import HEAD, Times, peak
from benchmarks._requests import cut, reasons
from scheduling.optimizer.batch.greedy import best_fit, first_fit
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.generator import generate
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.loads import cost_of
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.packing import Int64, Packing
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve
from scheduling.optimizer.supply import MILLION

WEEKS = 4
SEED = 1


def centre(agents: int, weeks: int = WEEKS) -> Problem:
    """Return a centre in which every team is to meet once."""
    return generate(agents=agents, weeks=weeks, seed=SEED, team_meetings=True, one_to_ones=False)


def report(agents: int, single: int) -> int:
    """Print the figures of one centre; return how many faults its plans have."""
    problem = centre(agents)
    ours = Times()
    plan = ours.of(lambda: solve(problem))
    faults = len(check(problem, plan))
    packing = packing_of(Lattice.of(problem))
    starts = np.diff(packing.first)
    print(
        f"\n{agents} agents, {WEEKS} weeks, {packing.requests} teams: {int((starts > 0).sum())} have"
        f" a start at all; starts per team: median {np.median(starts):.0f}, most {starts.max()}"
    )
    print(f"  {'':12} {'placed':>6} {'cost':>10} {'bound':>10} {'wall s':>8} {'CPU s':>8}  faults")
    print(
        f"  {'ours':12} {plan.placed:6} {plan.cost:10.1f} {plan.bound:10.1f} {ours.seconds}"
        f"  {faults} (goal: none)"
    )
    for name, peer in (("first fit", first_fit), ("best fit", best_fit)):
        times = Times()
        with times.taking():
            chosen = peer(packing)
        print(f"  {name:12} {_answer(packing, chosen)} {'':10} {times.seconds}  search alone")
    print(f"  without a place: {reasons(each.conflict for each in plan.failures) or 'nobody'}")
    faults += report_alone(problem, single)
    print(f"  peak {peak():.0f} MB", flush=True)
    return faults


def _answer(packing: Packing, chosen: Int64) -> str:
    return f"{int(np.count_nonzero(chosen >= 0)):6} {cost_of(packing, chosen) / MILLION:10.1f}"


def report_alone(problem: Problem, count: int) -> int:
    """Print what one team's request takes; return how many faults the plans have."""
    times, faults, placed = Times(), 0, 0
    some = np.random.default_rng(SEED).permutation(len(problem.meetings))[:count].tolist()
    for place in some:
        alone = cut(problem, [problem.meetings[place]])
        with times.taking():
            plan = solve(alone)
        placed += plan.placed
        faults += len(check(alone, plan))
    print(f"  one team alone, milliseconds: {HEAD}")
    print(
        f"  {f'solve ({len(some)} runs)':29} {times.milliseconds}   {placed} placed,"
        f" {faults} faults (goal: none)"
    )
    return faults


def warm_up() -> None:
    """Load or compile every kernel before anything is timed: a smaller centre asks for few of them."""
    enough = centre(500)
    solve(enough)
    packing = packing_of(Lattice.of(enough))
    best_fit(packing)
    first_fit(packing)
    solve(cut(enough, enough.meetings[:1]))


def main() -> int:
    """Print the figures of each centre; 1 where a plan is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, nargs="+", default=[500])
    parser.add_argument("--single", type=int, default=30)
    given = parser.parse_args()
    warm_up()
    faults = [report(agents, given.single) for agents in given.agents]
    return int(any(faults))


if __name__ == "__main__":
    raise SystemExit(main())
