"""Our own problem: what the batch search reached and when, then Timefold on the same packing."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Final

import numpy as np

from benchmarks.meetings.score import Score
from benchmarks.timefold import java
from benchmarks.timefold.packings import score, written
from benchmarks.timefold.results import FOLDER, Run
from benchmarks.timefold.solving import rescored, solve
from scheduling.optimizer.batch.pipeline import pack
from scheduling.optimizer.generator.whole import generate
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.packing import Packing

MAIN: Final = "aside.packing.RunPacking"
SEARCHES: Final = ("late", "exchange", "tabu")
WEEKS: Final = 4
SEED: Final = 1
FACTOR: Final = 200
"""From LARGE agents on Timefold gets this many times our time, up to the limit asked for."""
LARGE: Final = 5_000
FIRST_STAGE: Final = "sweeps"
"""The stage before which ours is stopped for its first score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A score of ours, after so many seconds of processor time and by the clock."""

    score: Score
    seconds: float
    wall: float


class _Stopwatch:
    """Notes when a stage begins, and can end the search there."""

    def __init__(self, *, stops: bool) -> None:
        self._stops = stops
        self.begun = process_time(), perf_counter()
        self.at: tuple[float, float] | None = None

    def heard(self, stage: str, _fraction: float) -> None:
        if stage == FIRST_STAGE and self.at is None:
            self.at = self.passed()

    def over(self) -> bool:
        return self._stops and self.at is not None

    def passed(self) -> tuple[float, float]:
        return process_time() - self.begun[0], perf_counter() - self.begun[1]


def packing_for(agents: int) -> Packing:
    """Return a month of one-to-ones of a generated centre, its schedules tightly fitted."""
    return packing_of(Lattice.of(generate(agents=agents, weeks=WEEKS, seed=SEED)))


def reached(packing: Packing) -> tuple[Reached, Reached]:
    """Return what the search had before its sweeps and at its end; it is compiled before."""
    return _run(packing, stops=True), _run(packing, stops=False)


def _run(packing: Packing, *, stops: bool) -> Reached:
    watch = _Stopwatch(stops=stops)
    packed = pack(packing, effort=1, deadline=watch.over, progress=watch.heard)
    seconds, wall = watch.at if stops and watch.at else watch.passed()
    worth = score(packing, packed.chosen)
    assert worth.soft == packed.cost
    return Reached(score=worth, seconds=seconds, wall=wall)


def rows(sizes: Sequence[int], limits: dict[int, int]) -> list[str]:
    """Return the table's lines in Markdown; ``limits`` in processor seconds of Timefold per size.

    Every search runs on the smallest size, the one that is best there on the others.
    """
    reached(packing_for(60))  # compiles
    lines = [
        "| agents | candidates | ours, rounded | ours, final | Timefold | times ours, rounded | times ours, final |",
        "|---|---|---|---|---|---|---|",
    ]
    search, *others = SEARCHES
    for agents in sorted(sizes):
        packing = packing_for(agents)
        first, final = reached(packing)
        limit = limits[agents]
        if agents >= LARGE:
            limit = min(limit, round(FACTOR * final.seconds))
        runs = [(_timefold(packing, each, limit, final.score), each) for each in (search, *others)]
        run, search = min(runs, key=lambda found: found[0].best)
        others = []
        lines.append(_row(packing, first, final, run))
        print(f"{lines[-1]} {search}", flush=True)
    return [*lines, "", f"Timefold's search: {search}."]


def _timefold(packing: Packing, search: str, limit: int, target: Score) -> Run:
    data = written(packing)
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"agents-{packing.requests}.packing"
    path.write_bytes(data)
    run = Run.of(data, search.encode(), java.sources(MAIN))
    print(f"{search} on {packing.requests}: {run.seconds:.0f} of {limit} s are done", flush=True)
    solve(run, MAIN, path, limit, (search, str(target)), target)
    chosen = np.array(run.solution.read_text().split(), dtype=np.int64)
    assert score(packing, chosen) == rescored(MAIN, path, run.solution, (search, "none"))
    assert score(packing, chosen).hard == 0
    print(f"{search} on {packing.requests}: {run.best} after {run.seconds:.0f} s", flush=True)
    return run


def _row(packing: Packing, first: Reached, final: Reached, run: Run) -> str:
    cells = (
        f"{packing.requests:,}",
        f"{packing.candidates:,}",
        _cell(first.score, first.seconds),
        _cell(final.score, final.seconds),
        _cell(run.best, run.seconds),
        _times(run, first),
        _times(run, final),
    )
    return f"| {' | '.join(cells)} |"


def _cell(worth: Score, seconds: float) -> str:
    failed = f", {worth.medium} fail" if worth.medium else ""
    return f"{worth.soft / 1e6:,.1f}{failed} in {seconds:.2f} s"


def _times(run: Run, ours: Reached) -> str:
    there = run.reached(ours.score)
    if there is None:
        return f"not reached, > {run.seconds / ours.seconds:,.0f}"
    return f"{there / ours.seconds:,.1f}"
