"""Folders that Aside writes: an empty template to fill in, and a whole centre."""

from datetime import date
from pathlib import Path

from wfm.centre.model import Centre
from wfm.files.client import write_csv, write_workbook
from wfm.files.export import tables_of
from wfm.files.tables import EXAMPLE_DAY, SETTING_SAYS, SETTINGS, TABLES, TableSpec

INTRODUCTION = """\
Your own data for Aside
=======================

Each file here is one table; replace the example rows with your own and keep the headers. The same
tables may be sheets of one .xlsx workbook, named like the files. Extra columns are ignored. Save CSV
as UTF-8, with commas or semicolons between cells and a point in decimals.

Times are local: in the zone of the agent for schedule, of the settings for staffing. In the autumn
hour that the clocks repeat, write the offset (2026-10-25 01:30+01:00); without it the row is refused,
because either guess could be wrong. A final Z means UTC.

Aside writes what it books to changes.csv, beside these files. Import its rows whose outcome is
applied (op insert) or undone (op remove) into your WFM, and export schedule again. Do not edit it.
"""


def write_folder(centre: Centre, folder: Path) -> None:
    """Write the centre as a folder of CSV files; files of those names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for spec, rows in tables_of(centre):
        write_csv(folder / f"{spec.name}.csv", [column.name for column in spec.columns], rows)


def write_book(centre: Centre, path: Path) -> None:
    """Write the centre as one Excel workbook of text cells, a sheet per table."""
    tables = ((spec.name, [c.name for c in spec.columns], rows) for spec, rows in tables_of(centre))
    write_workbook(path, tables)


def write_template(folder: Path, day: date = EXAMPLE_DAY) -> None:
    """Write a folder with a few valid rows in each table, and a README.txt that explains them.

    The rows of schedule and staffing are of ``day``, so that they can be tried at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for spec in TABLES:
        header = [column.name for column in spec.columns]
        rows = [
            [cell.replace(EXAMPLE_DAY.isoformat(), day.isoformat()) for cell in row]
            for row in spec.example
        ]
        write_csv(folder / f"{spec.name}.csv", header, rows)
    parts = [INTRODUCTION, *(_explained(spec) for spec in TABLES)]
    (folder / "README.txt").write_text("\n".join(parts), encoding="utf-8")


def _explained(spec: TableSpec) -> str:
    """Return a table's part of the README."""
    lines = [f"{spec.name}.csv: {spec.says}"]
    lines += [
        f"  {column.name}{'' if column.required else ' (optional)'}: {column.says}"
        for column in spec.columns
    ]
    if spec is SETTINGS:
        lines += [f"    {name}: {says}" for name, says in SETTING_SAYS.items()]
    return "\n".join(lines) + "\n"
