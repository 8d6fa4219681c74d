"""Reading a table row by row: required columns, references, and problems that name their cell."""

from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import NoReturn, TypeVar

from wfm.files.cells import CellError
from wfm.files.client import Table
from wfm.files.problems import Problem, Problems
from wfm.files.tables import TableSpec

T = TypeVar("T")


class Memo(dict[str, T]):
    """Values by their text, each spelling parsed once: a large table repeats them endlessly."""

    def __init__(self, parse: Callable[[str], T]) -> None:
        """Parse with ``parse``, whose refusals are not kept."""
        super().__init__()
        self._parse = parse

    def __missing__(self, text: str) -> T:
        """Parse a text that was not there before."""
        value = self._parse(text)
        self[text] = value
        return value


class RowView:
    """One row by column names. What cannot be read raises CellError that knows its column."""

    def __init__(self, cells: tuple[str, ...], positions: dict[str, int]) -> None:
        """Look into ``cells``, whose columns are at ``positions``."""
        self._cells = cells
        self._positions = positions

    def text(self, column: str) -> str:
        """Return the cell's text, empty where an optional column is missing."""
        position = self._positions.get(column)
        return self._cells[position] if position is not None else ""

    def read(self, column: str, parse: Callable[[str], T]) -> T:
        """Return the cell's value; an empty cell is refused."""
        text = self.text(column)
        try:
            return parse(text) if text else _empty()
        except CellError as error:
            error.column = column
            raise

    def optional(self, column: str, parse: Callable[[str], T], default: T) -> T:
        """Return the cell's value, or ``default`` where it is empty."""
        return self.read(column, parse) if self.text(column) else default

    def known(self, column: str, ids: Collection[str], table: str) -> str:
        """Return the cell, which must be one of ``ids`` of ``table``."""
        return self.read(column, lambda text: reference(text, ids, table))


def _empty() -> NoReturn:
    raise CellError("the cell is empty", "Fill it in")


def reference(text: str, ids: Collection[str], table: str) -> str:
    """Return ``text`` if it is one of ``ids``; else refuse it with the nearest that is."""
    if text in ids:
        return text
    near = get_close_matches(text, ids, n=1)
    hint = f"Write {near[0]!r} if that is meant, or add" if near else "Correct it, or add"
    raise CellError(f"{text!r} is not in {table}", f"{hint} it to {table}")


def well_formed(table: Table, spec: TableSpec, problems: Problems) -> bool:
    """Whether the table has every required column, each once; what is missing is a problem."""
    before = problems.count
    for column in spec.columns:
        times = table.header.count(column.name)
        if times > 1:
            problems.add(
                _of_header(table, column.name, f"the column is there {times} times", "Keep one")
            )
        if times == 0 and column.required:
            near = get_close_matches(column.name, table.header, n=1)
            hint = f"Rename {near[0]!r} if that is meant" if near else f"Add it: {column.says}"
            problems.add(_of_header(table, column.name, "the column is missing", hint))
    return problems.count == before


def _of_header(table: Table, column: str, what: str, todo: str) -> Problem:
    return Problem(place=table.place, column=column, what=what, todo=todo)


def each(table: Table, make: Callable[[RowView], T], problems: Problems) -> Iterator[tuple[int, T]]:
    """Yield (row number, value made of the row); rows that cannot be read become problems."""
    positions = {name: position for position, name in enumerate(table.header)}
    for number, cells in table.rows:
        try:
            value = make(RowView(cells, positions))
        except CellError as error:
            problems.add(
                Problem(
                    place=table.place,
                    row=number,
                    column=error.column,
                    what=error.what,
                    todo=error.todo,
                )
            )
        except ValueError as error:
            problems.add(
                Problem(place=table.place, row=number, what=str(error), todo="Correct the row")
            )
        else:
            yield number, value


def by_id(
    table: Table, rows: Iterable[tuple[int, T]], id_of: Callable[[T], str], problems: Problems
) -> dict[str, T]:
    """Return the values by id, in order; an id that comes twice is a problem."""
    found: dict[str, T] = {}
    first: dict[str, int] = {}
    for number, value in rows:
        key = id_of(value)
        if key in found:
            problems.add(
                Problem(
                    place=table.place,
                    row=number,
                    column=table.header[0],
                    what=f"{key!r} is in row {first[key]} already",
                    todo="Keep one of them",
                )
            )
            continue
        found[key], first[key] = value, number
    return found
