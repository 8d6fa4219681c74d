"""What is wrong with somebody's files: where, what, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from scheduling.ports.wfm import BadRequest

MAX_PROBLEMS = 200
"""More are counted, not kept: nobody reads further, and a wrong file has one per row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to put right. ``place`` is a file, or a workbook and its sheet; rows count from 1."""

    place: str
    row: int | None = None
    column: str | None = None
    what: str
    todo: str

    def __str__(self) -> str:
        """Return one line such as ``agents.csv, row 3, column team: ... . ...``."""
        where = [self.place]
        where += [f"row {self.row}"] if self.row is not None else []
        where += [f"column {self.column}"] if self.column is not None else []
        return f"{', '.join(where)}: {self.what}. {self.todo}."


class InvalidFiles(BadRequest):
    """The files cannot be used; ``problems`` says why, in the order of files and rows."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Say the first few; keep them all."""
        self.problems = tuple(problems)
        first = " ".join(str(problem) for problem in self.problems[:3])
        super().__init__(f"{len(self.problems)} problem(s) in the WFM files. {first}")


class Problems:
    """Collects problems up to ``cap`` and counts the rest."""

    def __init__(self, cap: int = MAX_PROBLEMS) -> None:
        """Start with none."""
        self._cap = cap
        self._kept: list[Problem] = []
        self._more = 0

    def add(self, problem: Problem) -> None:
        """Keep the problem, or count it once the cap is reached."""
        if len(self._kept) < self._cap:
            self._kept.append(problem)
        else:
            self._more += 1

    @property
    def count(self) -> int:
        """How many there were, kept or not."""
        return len(self._kept) + self._more

    def all(self) -> tuple[Problem, ...]:
        """Return what was kept and, where there was more, a last line that says how much."""
        if not self._more:
            return tuple(self._kept)
        more = Problem(
            place="all files",
            what=f"{self._more} more problems are not shown",
            todo="Start with these",
        )
        return (*self._kept, more)

    def raise_if_any(self) -> None:
        """Raise InvalidFiles unless there is nothing to say."""
        if self._kept:
            raise InvalidFiles(self.all())
