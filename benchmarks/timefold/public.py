"""The public meeting-scheduling instances: Timefold's run and ours, both scored by Timefold."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time
from typing import Final

import numpy as np

from benchmarks.meetings.anneal import Meetings, anneal, meetings_of, rounds_of
from benchmarks.meetings.instance import FILES, Instance, read
from benchmarks.meetings.score import Score, score
from benchmarks.timefold import java
from benchmarks.timefold.results import FOLDER, Run
from benchmarks.timefold.solving import rescored, solve

MAIN: Final = "aside.meetings.RunMeetings"
SEEDS: Final = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What our annealing reached per seed, best first, and the processor seconds of the median."""

    scores: tuple[Score, ...]
    seconds: float

    @property
    def median(self) -> Score:
        """The middle one of the scores."""
        return self.scores[len(self.scores) // 2]


def rows(seconds: int) -> list[str]:
    """Return the table's lines in Markdown, Timefold given ``seconds`` of processor time."""
    lines = [
        f"| meetings | Timefold, {seconds} s | ours, median of {len(SEEDS)} seeds | ours, best and worst | ours, s |",
        "|---|---|---|---|---|",
    ]
    for meetings, path in FILES.items():
        if not path.exists():
            print(f"skipped: {path.name} is not in the sibling folder shared")
            continue
        lines.append(_row(meetings, read(path), seconds))
    return lines


def _row(meetings: int, instance: Instance, seconds: int) -> str:
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = FOLDER / f"meetings-{meetings}.txt"
    text.write_text(instance.text())
    run = Run.of(text.read_bytes(), java.sources(MAIN))
    print(f"Timefold on {meetings} meetings: {run.seconds:.0f} of {seconds} s are done", flush=True)
    solve(run, MAIN, text, seconds)
    _same(instance, text, run.solution, run.best)
    ours = _ours(instance, text)
    spread = f"{ours.scores[0]}, {ours.scores[-1]}"
    return f"| {meetings} | {run.best} | {ours.median} | {spread} | {ours.seconds:.1f} |"


def _ours(instance: Instance, text: Path) -> Ours:
    meetings = meetings_of(instance)
    anneal(meetings, 0, 1)  # compiles
    results = [_one(instance, meetings, text, seed) for seed in SEEDS]
    return Ours(
        scores=tuple(sorted(worth for worth, _ in results)),
        seconds=median(seconds for _, seconds in results),
    )


def _one(instance: Instance, meetings: Meetings, text: Path, seed: int) -> tuple[Score, float]:
    begun = process_time()
    places = anneal(meetings, seed, rounds_of(meetings))
    seconds = process_time() - begun
    worth = score(instance, places[:, 0], places[:, 1])
    solution = text.with_suffix(f".{seed}")
    solution.write_text(" ".join(map(str, places.ravel().tolist())))
    _same(instance, text, solution, worth)
    return worth, seconds


def _same(instance: Instance, text: Path, solution: Path, worth: Score) -> None:
    """Make sure that Timefold's analysis and our scorer agree on a solution."""
    starts, rooms = np.array(solution.read_text().split(), dtype=np.int64).reshape(-1, 2).T
    assert rescored(MAIN, text, solution) == score(instance, starts, rooms) == worth
