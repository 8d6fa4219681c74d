"""Workbooks: real dates, loose types, and what a hostile one may not do."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from wfm.centre.model import Centre
from wfm.files.client import Limits, guarded, sources, unguarded
from wfm.files.tables import TABLES
from wfm.files.template import write_book, write_folder
from wfm.files.validate import read_centre, validate

Cells = dict[tuple[str, int, int], object]


@pytest.fixture
def book(tmp_path: Path) -> Callable[[Cells], Path]:
    """Return a function that writes the template's rows as a workbook, some cells replaced."""

    def write(cells: Cells) -> Path:
        workbook = openpyxl.Workbook()
        for spec in TABLES:
            sheet = workbook.create_sheet(spec.name.upper())
            sheet.append([column.name for column in spec.columns])
            for row in spec.example:
                sheet.append(row)
        for (table, row, column), value in cells.items():
            workbook[table.upper()].cell(row, column).value = value
        path = tmp_path / "export.xlsx"
        workbook.save(path)
        return path

    return write


def repack(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Write the archive again with each part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, change(name, data))


def test_real_dates_and_numbers_are_taken(book: Callable[[Cells], Path]) -> None:
    path = book(
        {
            ("schedule", 5, 2): datetime(2026, 11, 23),  # noqa: DTZ001 - as a cell holds it
            ("schedule", 5, 3): datetime(2026, 11, 23, 9, 29, 59, 999_600),  # noqa: DTZ001
            ("schedule", 5, 6): True,
            ("staffing", 2, 3): 1.25,
            ("settings", 3, 2): 15,
        }
    )
    assert validate(path) == ()
    centre = read_centre([path], Limits())
    (day,) = [day for day in centre.days.values() if day.agent_id == "A2"]
    assert f"{day.segments[0].interval.start:%H:%M}" == "09:30"


def test_a_serial_number_is_refused_with_its_sheet_and_row(book: Callable[[Cells], Path]) -> None:
    path = book({("schedule", 5, 3): 46349.5})
    assert str(validate(path)[0]) == (
        "export.xlsx, sheet SCHEDULE, row 5, column start: '46349.5' is an Excel serial number. "
        "Format the column as text and write dates as 2026-11-23 09:00."
    )


def test_a_formula_is_not_trusted(book: Callable[[Cells], Path]) -> None:
    path = book({("agents", 2, 2): "=1+1"})
    assert str(validate(path)[0]) == (
        "export.xlsx, sheet AGENTS, row 2: the row holds a formula. Paste its value instead."
    )


def test_a_workbook_with_a_dtd_is_refused(book: Callable[[Cells], Path]) -> None:
    path = book({})
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    repack(path, lambda name, data: evil + data if name.endswith("workbook.xml") else data)
    assert str(validate(path)[0]) == (
        "export.xlsx: the workbook's XML holds a DTD. Save it again from Excel."
    )


def test_a_dtd_hidden_in_another_encoding_is_refused(book: Callable[[Cells], Path]) -> None:
    path = book({})
    repack(
        path,
        lambda name, data: (
            data.decode().encode("utf-16") if name.endswith("workbook.xml") else data
        ),
    )
    assert "holds a DTD" in validate(path)[0].what


def test_a_workbook_that_unpacks_to_too_much_is_refused(book: Callable[[Cells], Path]) -> None:
    problem = validate(book({}), Limits(unpacked_bytes=1000))[0]
    assert "more than 1,000" in problem.what


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "export.xlsx").write_bytes(b"PK\x03\x04 no more")
    assert str(validate(tmp_path)[0]) == (
        "export.xlsx: the file is not a readable .xlsx workbook. Save it again from Excel."
    )


def test_a_table_given_twice_is_refused(tiny: Centre, tmp_path: Path) -> None:
    write_book(tiny, tmp_path / "all.xlsx")
    write_folder(tiny, tmp_path)
    (tmp_path / "units.csv").rename(tmp_path / "kept")
    for path in tmp_path.glob("*.csv"):
        path.unlink()
    (tmp_path / "kept").rename(tmp_path / "units.csv")
    assert [str(p) for p in validate(tmp_path)] == [
        "units.csv: the table units is in all.xlsx, sheet units too. Keep one of them."
    ]


def test_a_workbook_reads_back_as_the_same_centre(tiny: Centre, tmp_path: Path) -> None:
    write_book(tiny, tmp_path / "all.xlsx")
    assert read_centre(sources(tmp_path), Limits()) == tiny


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1"])
def test_text_that_a_spreadsheet_would_run_is_guarded_and_read_back(text: str) -> None:
    assert guarded(text).startswith("'")
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["O'Brien", "'tis", "a=b", ""])
def test_other_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text == unguarded(text)
