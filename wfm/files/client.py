"""Files on disk: tables out of CSV files and Excel workbooks, and CSV back. Knows nothing of us.

A table is the file ``<name>.csv``, or a sheet of that name in any .xlsx workbook of the folder, or
the first sheet of ``<name>.xlsx``. Nothing read is trusted: sizes are bounded before and after
decompression, XML may hold no DTD, formulas are left as text for whoever reads the cell.
"""

import csv
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from wfm.files.problems import Problem

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
FORMULA = "\0"
"""Stands for a workbook's formula; no other cell can hold it."""
_BLANK = re.compile(r"[\s_\-]+")
_WORKBOOK_ERRORS = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    EOFError,
    KeyError,
    OSError,
    TypeError,
    ValueError,
    RuntimeError,
    IndexError,
    AttributeError,
    zlib.error,
)
"""What openpyxl raises on a file that is not what its name says."""

Row = tuple[int, tuple[str, ...]]
"""A row's number as the person sees it, and its cells as text, as many as the header has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on what is read: bytes of a file, bytes of a workbook once unpacked, rows of a table."""

    file_bytes: int = 256_000_000
    unpacked_bytes: int = 1_000_000_000
    rows: int = 3_000_000
    columns: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table as text. ``header`` is lower case with underscores; blank rows are left out.

    ``problems`` are about rows that could not be taken in.
    """

    name: str
    place: str
    modified: datetime
    header: tuple[str, ...]
    rows: list[Row]
    problems: list[Problem]


@dataclass(slots=True)
class Reading:
    """The tables found, by name, and what could not be read."""

    tables: dict[str, Table] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Unreadable(Exception):
    """A file cannot be read at all; holds the problem to report."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(str(problem))
        self.problem = problem


Signature = tuple[tuple[str, int, int, int], ...]


def sources(location: Path) -> tuple[Path, ...]:
    """Return the CSV files and workbooks of a folder in order, or the one file that was named."""
    if location.is_file():
        return (location,)
    found = (p for p in location.iterdir() if p.suffix.lower() in {".csv", ".xlsx"})
    return tuple(sorted(p for p in found if p.is_file() and not p.name.startswith(("~$", "."))))


def signature(paths: Iterable[Path]) -> Signature:
    """Return what changes when one of the files does: names, inodes, times and sizes."""
    stats = ((path.name, path.stat()) for path in paths)
    return tuple((name, s.st_ino, s.st_mtime_ns, s.st_size) for name, s in stats)


def read(paths: Iterable[Path], wanted: Sequence[str], limits: Limits) -> Reading:
    """Return every wanted table in the files; a table given twice is a problem."""
    reading = Reading()
    for path in paths:
        try:
            for table in _tables(path, wanted, limits):
                _keep(reading, table)
        except Unreadable as error:
            reading.problems.append(error.problem)
    return reading


def _keep(reading: Reading, table: Table) -> None:
    reading.problems.extend(table.problems)
    other = reading.tables.setdefault(table.name, table)
    if other is not table:
        reading.problems.append(
            Problem(
                place=table.place,
                what=f"the table {table.name} is in {other.place} too",
                todo="Keep one of them",
            )
        )


def _tables(path: Path, wanted: Sequence[str], limits: Limits) -> Iterator[Table]:
    """Yield the wanted tables of one file."""
    stem = path.stem.lower()
    if path.suffix.lower() == ".csv" and stem not in wanted:
        return
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise _refused(
            path.name,
            f"the file is {size:,} bytes, and more than {limits.file_bytes:,} are not read",
            "Export fewer days",
        )
    if path.suffix.lower() == ".csv":
        yield _csv_table(path, stem, limits)
    else:
        yield from _sheets(path, wanted, limits)


def _refused(place: str, what: str, todo: str, row: int | None = None) -> Unreadable:
    return Unreadable(Problem(place=place, row=row, what=what, todo=todo))


def _csv_table(path: Path, name: str, limits: Limits) -> Table:
    text = _decoded(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        numbered = ((reader.line_num, row) for row in reader)
        return _table(name, path.name, _modified(path), numbered, limits)
    except csv.Error as error:
        raise _refused(
            path.name, f"the row is not CSV ({error})", "Correct its quotes", reader.line_num
        ) from error


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            path.name,
            f"the file is not UTF-8: byte 0x{data[error.start]:02x} cannot be read",
            'Save it as "CSV UTF-8"',
            row=data.count(b"\n", 0, error.start) + 1,
        ) from error
    if "\0" in text:
        raise _refused(path.name, "the file holds NUL characters", 'Save it as "CSV UTF-8"')
    return text


def _delimiter(text: str) -> str:
    """Return the semicolon where the header has one and no comma, as European Excel writes."""
    header = text.partition("\n")[0]
    return ";" if ";" in header and "," not in header else ","


def _table(
    name: str,
    place: str,
    modified: datetime,
    numbered: Iterable[tuple[int, Sequence[str]]],
    limits: Limits,
) -> Table:
    """Return the table of rows of text, the first that is not blank being its header."""
    filled = ((number, row) for number, row in numbered if any(row))
    first = next(filled, None)
    if first is None:
        raise _refused(place, "the table is empty", "Give it at least its header")
    header = _header(first[1])
    rows: list[Row] = []
    problems: list[Problem] = []
    clean = _Clean()
    for number, row in filled:
        if len(rows) >= limits.rows:
            raise _refused(
                place, f"there are more than {limits.rows:,} rows", "Export fewer days", number
            )
        wrong = _misfit(row, len(header))
        if wrong:
            problems.append(Problem(place=place, row=number, what=wrong[0], todo=wrong[1]))
        else:
            cells = [clean[cell] for cell in row[: len(header)]]
            rows.append((number, (*cells, *[""] * (len(header) - len(cells)))))
    return Table(
        name=name, place=place, modified=modified, header=header, rows=rows, problems=problems
    )


def _header(row: Sequence[str]) -> tuple[str, ...]:
    names = [_BLANK.sub("_", cell.strip().lower()) for cell in row]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


class _Clean(dict[str, str]):
    """Cells trimmed and without the guard that we write, each spelling once."""

    def __missing__(self, cell: str) -> str:
        """Clean a cell that was not there before."""
        self[cell] = unguarded(cell.strip())
        return self[cell]


def _misfit(row: Sequence[str], width: int) -> tuple[str, str] | None:
    """Return what is wrong with a row as a whole, and what to do, or None."""
    if any(row[width:]):
        return (
            f"the row has {len(row)} cells, and the header has {width}",
            "Put quotes around text that holds the separator",
        )
    if FORMULA in row:
        return "the row holds a formula", "Paste its value instead"
    return None


def _sheets(path: Path, wanted: Sequence[str], limits: Limits) -> Iterator[Table]:
    """Yield the wanted sheets of a workbook."""
    try:
        _check_archive(path, limits)
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        try:
            for position, sheet in enumerate(book.worksheets):
                names = [sheet.title.strip().lower(), path.stem.lower() if not position else ""]
                name = next((each for each in names if each in wanted), None)
                if name is None:
                    continue
                values = sheet.iter_rows(max_col=limits.columns, values_only=True)
                bounded = islice(values, limits.rows + 2)
                rows = (
                    (n, [text_of(cell) for cell in row]) for n, row in enumerate(bounded, start=1)
                )
                yield _table(
                    name, f"{path.name}, sheet {sheet.title}", _modified(path), rows, limits
                )
        finally:
            book.close()
    except _WORKBOOK_ERRORS as error:
        raise _refused(
            path.name, "the file is not a readable .xlsx workbook", "Save it again from Excel"
        ) from error


def _check_archive(path: Path, limits: Limits) -> None:
    """Refuse an archive that unpacks to too much, or whose XML declares a DTD or hides its text."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > limits.unpacked_bytes:
            raise _refused(
                path.name,
                f"the workbook unpacks to {unpacked:,} bytes, more than {limits.unpacked_bytes:,}",
                "Export fewer days",
            )
        for entry in entries:
            with archive.open(entry) as part:
                if entry.filename.endswith((".xml", ".rels", ".vml")) and _hides_a_dtd(part):
                    raise _refused(
                        path.name, "the workbook's XML holds a DTD", "Save it again from Excel"
                    )


def _hides_a_dtd(part: IO[bytes]) -> bool:
    """Whether an XML part declares a document type, or is in an encoding that could hide one."""
    tail = b""
    while chunk := part.read(65_536):
        seen = tail + chunk
        if b"\0" in chunk or b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
            return True
        tail = chunk[-9:]
    return False


def text_of(value: object) -> str:
    """Return what a person would type for a value that a spreadsheet holds.

    Date-times are rounded to the second, because Excel keeps them as fractions of a day.
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            rounded = (value + timedelta(milliseconds=500)).replace(microsecond=0)
            return rounded.isoformat(sep=" ")
        case float():
            return f"{value:.15g}"
        case str() if value.startswith("="):
            return FORMULA
        case _:
            return str(value).strip()


def guarded(text: str) -> str:
    """Return ``text`` with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.lstrip("'").startswith(_DANGEROUS) else text


def unguarded(text: str) -> str:
    """Return what ``guarded`` was given."""
    return text[1:] if text.startswith("'") and guarded(text) != text else text


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Put a CSV file in place of what was there, all at once; cells are guarded."""
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([guarded(cell) for cell in row] for row in rows)
    part.replace(path)


def write_workbook(
    path: Path, tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[str]]]]
) -> None:
    """Put a workbook with a sheet per (name, header, rows) in place, all at once; text cells only."""
    book = openpyxl.Workbook(write_only=True)
    for name, header, rows in tables:
        sheet = book.create_sheet(name)
        sheet.append(list(header))
        for row in rows:
            sheet.append([guarded(cell) for cell in row])
    part = path.with_name(f".{path.name}.part")
    book.save(part)
    part.replace(path)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
