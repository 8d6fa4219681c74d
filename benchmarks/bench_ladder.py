"""The size ladder: one-to-ones for everybody in 4 weeks, against three peers and a strict bound.

    .venv/bin/python -m benchmarks.bench_ladder [--agents 60 500 2000 5000] [--seeds 1]
        [--effort 1 2] [--demand ../shared/data/bank_calls_15min.csv] [--simulate 3]

Peers: first fit (each takes the first start that is free), a random start, and best fit first come
first served (each takes its cheapest free start). All on the same candidates. Each size runs in a
process of its own, so that its peak of memory is its own. "late" is the contacts past goal that a
plan adds by the forecast: Erlang A per activity and slot, as the expected value. ``--simulate``
scores best fit and ours by an independent simulation with that many replications. Seconds are of
the clock and of the processor. Every plan of ours passes the check.
"""

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from benchmarks.simulation import score
from scheduling.optimizer.batch.greedy import best_fit, first_fit, random_feasible
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.forecast.whole import impact
from scheduling.optimizer.generator import CallCounts, generate
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.loads import cost_of
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.packing import Int64, Packed, Packing
from scheduling.optimizer.plan import Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import plan_of, solve
from scheduling.optimizer.supply import MILLION

PEERS: Mapping[str, Callable[[Packing], Int64]] = {
    "first fit": first_fit,
    "random": random_feasible,
    "best fit": best_fit,
}
Row = dict[str, float | str]


def main() -> None:
    """Run every size in a process of its own and print one table."""
    given = _arguments()
    if given.one:
        print(json.dumps(measure(given)))
        return
    for agents in given.agents:
        for seed in given.seeds:
            command = [sys.executable, "-m", "benchmarks.bench_ladder", "--one", str(agents)]
            command += ["--seeds", str(seed), "--simulate", str(given.simulate)]
            command += ["--effort", *map(str, given.effort)]
            command += ["--demand", str(given.demand)] if given.demand else []
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
            report(agents, seed, json.loads(done.stdout.splitlines()[-1]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, nargs="+", default=[60, 500, 2000, 5000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--effort", type=int, nargs="+", default=[1])
    parser.add_argument("--demand", type=Path)
    parser.add_argument("--simulate", type=int, default=0)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(given: argparse.Namespace) -> list[Row]:
    """Return a row per way to plan, in the order in which they ran."""
    counts = CallCounts.parse(given.demand.read_text()) if given.demand else None
    _compile()
    problem = generate(agents=given.one, weeks=4, seed=given.seeds[0], demand=counts)
    before = _peak()
    plans: dict[str, Plan] = {}
    rows: list[Row] = []
    for effort in given.effort:
        began, used = perf_counter(), process_time()
        plan = solve(problem, effort=effort)
        seconds, used = perf_counter() - began, process_time() - used
        name = f"ours, effort {effort}"
        plans[name] = plan
        faults = len(check(problem, plan))
        row = _row(name, plan, seconds) | {"peak": _peak(), "faults": faults, "processor": used}
        rows.append(row | {"late": expected(problem, plan)})
    lattice = Lattice.of(problem)
    packing = packing_of(lattice)
    for name, peer in PEERS.items():
        began = perf_counter()
        chosen = peer(packing)
        seconds = perf_counter() - began
        packed = Packed(chosen=chosen, cost=cost_of(packing, chosen), bound=0, stage=name)
        placed = int(np.count_nonzero(chosen >= 0))
        rows.append(_figures(name, packed.cost / MILLION, placed, seconds))
        if name == "best fit":
            plans[name] = plan_of(lattice, packing, packed)
            rows[-1]["late"] = expected(problem, plans[name])
    rows[0] |= {"candidates": packing.candidates, "before": before}
    _score(problem, plans, rows, given.simulate)
    return rows


def expected(problem: Problem, plan: Plan) -> float:
    """Return the contacts past goal that ``plan`` adds by Erlang A, every slot by itself."""
    periods = impact(problem, plan, "UTC").periods
    return sum(each.late_after - each.late_before for each in periods)


def _compile() -> None:
    """Load or compile every kernel before anything is timed."""
    solve(generate(agents=30, weeks=1, seed=0), effort=2)


def _peak() -> float:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _row(name: str, plan: Plan, seconds: float) -> Row:
    row = _figures(name, plan.cost, plan.placed, seconds)
    return row | {"bound": plan.bound, "gap": plan.gap, "stage": plan.stage}


def _figures(name: str, cost: float, placed: int, seconds: float) -> Row:
    return {"name": name, "cost": cost, "placed": placed, "seconds": seconds}


def _score(problem: Problem, plans: Mapping[str, Plan], rows: list[Row], runs: int) -> None:
    """Add the contacts past goal that each plan causes, by simulation."""
    if runs:
        scores = score(problem, plans, replications=runs, seed=1)
        for row in rows:
            if row["name"] in scores:
                added = scores[str(row["name"])].added
                row |= {"simulated": added.value, "either_way": added.half}
            if row["name"] in scores and row["name"] != "best fit":
                apart = scores[str(row["name"])].beyond(scores["best fit"])
                row |= {"apart": apart.value, "apart_half": apart.half}


def report(agents: int, seed: int, rows: list[Row]) -> None:
    """Print the rows of one size."""
    first = rows[0]
    print(f"\n{agents} agents, seed {seed}: {first['candidates']:,} candidates")
    print(
        f"  {'':16} {'placed':>6} {'cost':>11} {'bound':>10} {'gap':>6} {'s':>7} {'CPU s':>6}"
        f" {'MB':>5} {'late':>9}  sim"
    )
    for row in rows:
        bound = f"{row['bound']:10,.1f} {row['gap']:6.2%}" if "bound" in row else f"{'':17}"
        peak = f"{row['processor']:6.2f} {row['peak']:5.0f}" if "peak" in row else f"{'':12}"
        late = f"{row['late']:9,.1f}" if "late" in row else f"{'':9}"
        simulated = (
            f"{row['simulated']:,.0f} ±{row['either_way']:,.0f}" if "simulated" in row else ""
        )
        if "apart" in row:
            simulated += f", {row['apart']:+,.0f} ±{row['apart_half']:,.0f} against best fit"
        print(
            f"  {row['name']:16} {row['placed']:6} {row['cost']:11,.1f} {bound}"
            f" {row['seconds']:7.2f} {peak} {late}  {simulated}"
            + (f"  {row['faults']} FAULTS" if row.get("faults") else ""),
            flush=True,
        )


if __name__ == "__main__":
    main()
