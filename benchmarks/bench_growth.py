"""How time and memory grow with the size of a centre, stage by stage.

    .venv/bin/python -m benchmarks.bench_growth [--agents 250 500 1000 2000 4000]

One-to-ones for everybody in 4 weeks. Each size runs in a process of its own with its kernels loaded
before; the peak of memory is what the process had held by the end of each stage, the generator's
and the interpreter's own share first. The factor is to the size before: 2 per doubling is linear.
Goal at 5,000 agents: at most 0.6 GB and 10 s for the search. A broken plan ends non-zero.
"""

import argparse
import json
import subprocess
import sys

from benchmarks._measure import Times, peak
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.generator import generate
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.solve import plan_of, solve
from scheduling.optimizer.stages import search

WEEKS = 4
SEED = 1
STAGES = ("generate", "lattice", "packing", "search", "plan", "check")
Figures = dict[str, float]
"""Of one stage: ``wall`` and ``cpu`` in seconds, ``peak`` in MB."""


def main() -> int:
    """Measure every size in a process of its own and print one table; 1 where a plan is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, nargs="+", default=[250, 500, 1000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one)))
        return 0
    before: dict[str, Figures] | None = None
    faults = 0.0
    for agents in given.agents:
        command = [sys.executable, "-m", "benchmarks.bench_growth", "--one", str(agents)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
        now = json.loads(done.stdout.splitlines()[-1])
        report(agents, now, before)
        faults += now["answer"]["faults"]
        before = now
    return int(faults > 0)


def measure(agents: int) -> dict[str, Figures]:
    """Return the figures of each stage, and those of the plan under "answer"."""
    solve(generate(agents=60, weeks=1, seed=0))
    times = {name: Times() for name in STAGES}
    peaks: dict[str, float] = {}
    problem = times["generate"].of(lambda: generate(agents=agents, weeks=WEEKS, seed=SEED))
    peaks["generate"] = peak()
    lattice = times["lattice"].of(lambda: Lattice.of(problem))
    peaks["lattice"] = peak()
    packing = times["packing"].of(lambda: packing_of(lattice))
    peaks["packing"] = peak()
    with times["search"].taking():
        packed = search(packing, effort=1, deadline=None, progress=None)
    peaks["search"] = peak()
    plan = times["plan"].of(lambda: plan_of(lattice, packing, packed))
    peaks["plan"] = peak()
    faults = times["check"].of(lambda: check(problem, plan))
    peaks["check"] = peak()
    figures: dict[str, Figures] = {
        name: {"wall": sum(each.wall), "cpu": sum(each.cpu), "peak": peaks[name]}
        for name, each in times.items()
    }
    figures["answer"] = {
        "candidates": packing.candidates,
        "placed": plan.placed,
        "gap": plan.gap,
        "faults": len(faults),
    }
    return figures


def report(agents: int, now: dict[str, Figures], before: dict[str, Figures] | None) -> None:
    """Print the stages of one size, and by what they grew."""
    answer = now["answer"]
    print(
        f"\n{agents} agents: {answer['candidates']:,} candidates{_factor('answer', 'candidates', now, before)},"
        f" {answer['placed']} placed, gap {answer['gap']:.2%}, {answer['faults']} faults (goal: none)"
    )
    print(f"  {'stage':9} {'wall s':>8} {'CPU s':>8} {'grew':>7} {'peak MB':>8} {'grew':>7}")
    for name in STAGES:
        each = now[name]
        print(
            f"  {name:9} {each['wall']:8.2f} {each['cpu']:8.2f} {_factor(name, 'cpu', now, before):>7}"
            f" {each['peak']:8.0f} {_factor(name, 'peak', now, before):>7}",
            flush=True,
        )


def _factor(
    stage: str, figure: str, now: dict[str, Figures], before: dict[str, Figures] | None
) -> str:
    if before is None or not before[stage][figure]:
        return ""
    return f" x{now[stage][figure] / before[stage][figure]:.2f}"


if __name__ == "__main__":
    raise SystemExit(main())
