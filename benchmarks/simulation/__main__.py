"""Contacts past their goal with and without plans, simulated.

.venv/bin/python -m benchmarks.simulation PROBLEM.json PLAN.json [PLAN2.json ...]
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

from benchmarks.simulation.score import Mean, Score, score
from bot.planning.files import read_plan, read_problem


def main() -> None:
    """Print what each plan does, demand by demand."""
    parser = argparse.ArgumentParser(description="Score plans by simulation.")
    parser.add_argument("problem", type=Path)
    parser.add_argument("plans", type=Path, nargs="+")
    parser.add_argument("--replications", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--load", type=float, help="times the volume; fitted where not given")
    asked = parser.parse_args()
    problem = read_problem(asked.problem)
    plans = {str(path): read_plan(path) for path in asked.plans}
    print(
        table(
            score(
                problem,
                plans,
                replications=asked.replications,
                seed=asked.seed,
                load=asked.load,
            )
        )
    )


def table(scores: Mapping[str, Score]) -> str:
    """Return ``scores`` as text: per plan the contacts past their goal, then every demand."""
    lines: list[str] = []
    for name, found in scores.items():
        lines.append(f"{name or 'no plan'} (volume of callers x {found.load:.2f})")
        lines.append(
            f"  past goal {_mean(found.past_goal)}   added by the plan {_mean(found.added)}"
        )
        lines.append(
            f"  {'demand':16} {'offered':>10} {'in goal':>10} {'late':>10} {'given up':>10}"
        )
        lines += [
            f"  {each.demand_id:16} {each.offered:10.0f} {each.in_goal:10.0f}"
            f" {each.late:10.0f} {each.abandoned:10.0f}"
            for each in found.demands
        ]
    return "\n".join(lines)


def _mean(mean: Mean) -> str:
    return f"{mean.value:.1f} +- {mean.half:.1f}"


if __name__ == "__main__":
    main()
