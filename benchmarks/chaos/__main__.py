"""Kill workers, restart the database, let remotes fail, and see what an outside ledger says.

    python -m benchmarks.chaos --database sqlite --requests 200 --kills 20
    python -m benchmarks.chaos --database postgresql --requests 400 --replicas 2 --kills 22
    python -m benchmarks.chaos --runs 2 ...   recurring meetings and courses amid the requests
    python -m benchmarks.chaos --suite short|long

Ends with 1 where anything was lost, extra, missing, out of order or double.
"""

import argparse
import asyncio
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.chaos.driver import Plan, run
from benchmarks.chaos.report import failures, figures, told
from benchmarks.chaos.verdict import judge

SUITES: dict[str, Sequence[Plan]] = {
    "short": (
        Plan(database="sqlite", requests=200, kills=20, runs=4),
        Plan(database="postgresql", requests=400, kills=22, replicas=2, runs=4),
        Plan(database="postgresql", requests=200, kills=8, restarts=8, replicas=2, runs=2),
    ),
    "long": (
        Plan(database="postgresql", requests=1000, kills=50, restarts=10, replicas=3, runs=5),
    ),
}
"""``make chaos`` and ``make chaos-long``."""


def once(plan: Plan, *, as_json: bool, keep: Path | None) -> bool:
    """Do one run and print its verdict; whether everything was kept."""
    folder = Path(tempfile.mkdtemp(prefix="aside-chaos-", dir=keep))
    evidence = asyncio.run(run(plan, folder))
    verdict = judge(evidence)
    wrong = failures(plan, evidence, verdict)
    if as_json:
        print(json.dumps({**figures(plan, evidence, verdict), "faults": wrong}), flush=True)
    else:
        print(told(plan, evidence, verdict), flush=True)
    if wrong:
        print(f"what was seen is kept in {folder}", flush=True)
    elif keep is None:
        shutil.rmtree(folder, ignore_errors=True)
    return not wrong


def plans() -> tuple[Sequence[Plan], argparse.Namespace]:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description="Nothing lost, nothing twice: see for yourself.")
    parser.add_argument("--suite", choices=SUITES, help="the runs of make chaos, or the long one")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--restarts", type=int, default=0, help="of the database, without warning")
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--units", type=int, default=5)
    parser.add_argument("--runs", type=int, default=0, help="of recurring meetings and courses")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds for one run")
    parser.add_argument("--without-tickets", action="store_true", help="a run that must fail")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, help="keep the logs in a folder under this one")
    asked = parser.parse_args()
    if asked.suite:
        return [replace(plan, seed=asked.seed) for plan in SUITES[asked.suite]], asked
    try:
        plan = Plan(
            database=asked.database,
            requests=asked.requests,
            kills=asked.kills,
            restarts=asked.restarts,
            replicas=asked.replicas,
            units=asked.units,
            runs=asked.runs,
            seed=asked.seed,
            tickets=not asked.without_tickets,
            patience=asked.patience,
        )
    except ValueError as error:
        parser.error(str(error))
    return [plan], asked


def main() -> int:
    """Do what was asked for."""
    wanted, asked = plans()
    kept = [once(plan, as_json=asked.json, keep=asked.keep) for plan in wanted]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
