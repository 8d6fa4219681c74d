"""OptaPlanner's public meeting-scheduling instances, read from their workbooks into arrays.

Facts of the format: kiegroup/optaplanner, ``optaplanner-examples``, package ``meetingscheduling``.
A grain is 15 minutes; the hour from a day's lunch start has none, and grains are numbered without
gaps over lunch and night: what ends before lunch or on the evening lies next to what follows. Each
instance says its constraint weights; those of the two here are alike, ``score`` has them.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path
from typing import Final

import numpy as np
import openpyxl
from numpy.typing import NDArray
from openpyxl.workbook import Workbook

GRAIN_MINUTES: Final = 15
LUNCH_MINUTES: Final = 60

FOLDER: Final = Path(__file__).resolve().parents[3] / "shared" / "data" / "meetingscheduling"
"""Where the workbooks are: ``shared``, a sibling of the project's folder."""

FILES: Final = {
    50: FOLDER / "50meetings-160timegrains-5rooms.xlsx",
    100: FOLDER / "100meetings-320timegrains-5rooms.xlsx",
}
"""The workbook of each instance, by its number of meetings."""

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instance:
    """Meetings 0..M-1, grains 0..G-1, rooms 0..R-1; people are numbered as the workbook lists them.

    ``days`` (G) the number of each grain's day, ``seats`` (R), ``grains`` (M) how long each meeting
    is, ``required`` and ``preferred`` (M, people) true where the person is on that meeting's list.
    """

    days: NDArray[np.int64]
    seats: NDArray[np.int64]
    grains: NDArray[np.int64]
    required: NDArray[np.bool_]
    preferred: NDArray[np.bool_]

    def text(self) -> str:
        """Return the instance as the Java side reads it: numbers apart by spaces, a list per line."""
        lists = zip(self.grains, self.required, self.preferred, strict=True)
        lines: list[Sequence[int]] = [
            [len(self.days), *map(int, self.days)],
            [len(self.seats), *map(int, self.seats)],
            [len(self.grains)],
            *([int(grains), *_people(needs, likes)] for grains, needs, likes in lists),
        ]
        return "\n".join(" ".join(map(str, line)) for line in lines) + "\n"


def _people(required: NDArray[np.bool_], preferred: NDArray[np.bool_]) -> Iterator[int]:
    needs, likes = np.flatnonzero(required), np.flatnonzero(preferred)
    return chain((len(needs), len(likes)), map(int, needs), map(int, likes))


def read(path: Path) -> Instance:
    """Return the instance in the workbook at ``path``; FileNotFoundError where there is none."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Workbook contains no default style")
        book = openpyxl.load_workbook(path, read_only=True)
    people = {str(row[0]): number for number, row in enumerate(_rows(book, "Persons"))}
    meetings = list(_rows(book, "Meetings"))
    return Instance(
        days=np.repeat(*_grains_of_days(book)),
        seats=np.array([int(str(row[1]).split(".")[0]) for row in _rows(book, "Rooms")]),
        grains=np.array([round(float(str(row[2])) / GRAIN_MINUTES) for row in meetings]),
        required=_attendance(people, [row[5] for row in meetings]),
        preferred=_attendance(people, [row[6] for row in meetings]),
    )


def _rows(book: Workbook, sheet: str) -> Iterator[Row]:
    below_the_heading = book[sheet].iter_rows(min_row=2, values_only=True)
    return takewhile(lambda row: row[0] not in {None, ""}, below_the_heading)


def _grains_of_days(book: Workbook) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    clocks = [[_minutes(clock) for clock in row[1:4]] for row in _rows(book, "Days")]
    counts = [
        (end - start - max(0, min(end, lunch + LUNCH_MINUTES) - max(start, lunch))) // GRAIN_MINUTES
        for start, end, lunch in clocks
    ]
    return np.arange(len(counts)), np.array(counts)


def _minutes(clock: object) -> int:
    hours, minutes = str(clock).split(":")[:2]
    return 60 * int(hours) + int(minutes)


def _attendance(people: dict[str, int], lists: Sequence[object]) -> NDArray[np.bool_]:
    attends = np.zeros((len(lists), len(people)), dtype=np.bool_)
    for meeting, names in enumerate(lists):
        for name in str(names or "").split(", "):
            if name:
                attends[meeting, people[name]] = True
    return attends
