"""One run of Timefold, from where it was left to where it must end."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks.meetings.score import Score
from benchmarks.timefold import java
from benchmarks.timefold.results import Run

_BETWEEN_SAVES: Final = 5.0
"""Seconds of solving."""


def parsed(text: str) -> Score:
    """Return a score as Timefold writes it (-1hard/-2medium/-3soft) as penalty points."""
    hard, medium, soft = (part.rstrip("harmediusoft") for part in text.split("/"))
    return Score(-int(hard), -int(medium), -int(soft))


def solve(
    run: Run,
    main: str,
    path: Path,
    seconds: int,
    extra: Sequence[str] = (),
    target: Score | None = None,
) -> None:
    """Run class ``main`` on the input at ``path`` until ``seconds`` in all, or until ``target``.

    Arguments ``extra`` follow input, seconds and solution. What is known is kept every few seconds
    and whatever interrupts it; a run that has had its time is left as it is.
    """
    if run.seconds >= seconds or (target and run.curve and run.best <= target):
        return
    before, saved = run.seconds, run.seconds
    run.resumed += bool(run.curve)
    left = str(round(seconds - before))
    with closing(java.lines(main, str(path), left, str(run.solution), *extra)) as lines:
        try:
            for line in lines:
                kind, *words = line.split(" ")
                if kind == "best" and _better(run, score := parsed(words[1])):
                    run.add(round(1000 * before) + int(words[0]), score)
                if run.seconds - saved > _BETWEEN_SAVES:
                    saved = run.seconds
                    run.keep()
            if target is None or run.best > target:
                run.seconds = float(seconds)
        finally:
            run.keep()


def rescored(main: str, path: Path, solution: Path, extra: Sequence[str] = ()) -> Score:
    """Return what Timefold says the ``solution`` of the input at ``path`` is worth."""
    *_, last = java.lines(main, str(path), "0", str(solution), *extra)
    return parsed(last.removeprefix("score "))


def _better(run: Run, score: Score) -> bool:
    return not run.curve or score < run.best
