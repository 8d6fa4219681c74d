"""Files of courses: the rows of a CSV or YAML file, and the courses in them, with every fault told."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.recurring_work import MOST_BYTES, CannotPlan
from scheduling.domain.courses import Course, CoursePart
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.skills import SkillLevel
from scheduling.domain.templates import Audience

T = TypeVar("T")
COLUMNS = (
    "name",
    "type",
    "parts",
    "least_days",
    "most_days",
    "place",
    "equipment",
    "sites",
    "teams",
    "agents",
    "activities",
    "skills",
    "trainers",
    "part_trainers",
    "qualification",
    "least",
    "most",
    "per_team",
    "per_skill",
    "prepare",
    "contact_a_day",
    "requires",
    "valid_days",
    "due",
    "tier",
    "pilot",
    "no_show",
    "passing",
    "settle_days",
)
"""Columns of a file of courses; lists have semicolons between, ``requires`` names courses.

``part_trainers`` has the trainers of each part, bars between them; ``skills`` and ``qualification``
are written as ``SkillLevel`` says.
"""
NEEDED = ("name", "type", "parts", "trainers")
BAR = "|"
Skills = tuple[SkillLevel, ...]


@dataclass
class Row:
    """One row of a file, with what it is called, and what is wrong with it."""

    place: str
    cells: Mapping[str, str]
    faults: list[str] = field(default_factory=list)

    def blame(self, column: str, why: str) -> None:
        """Note what is wrong in a column."""
        self.faults.append(f"  {self.place}, {column}: {why}")

    def text(self, column: str) -> str:
        """Return a cell, trimmed."""
        return (self.cells.get(column) or "").strip()

    def several(self, column: str) -> tuple[str, ...]:
        """Return the parts of a cell between semicolons, each once."""
        parts = (each.strip() for each in self.text(column).split(";"))
        return tuple(dict.fromkeys(each for each in parts if each))

    def read(self, column: str, how: Callable[[str], T], usual: T) -> T:
        """Return a cell as ``how`` reads it, ``usual`` where it is empty or cannot be read."""
        text = self.text(column)
        try:
            return how(text) if text else usual
        except ValueError:
            self.blame(column, f"{text[:40]!r} cannot be read")
            return usual


def rows_of(path: Path, needed: Sequence[str], known: Sequence[str]) -> list[Row]:
    """Return the rows of a file; CannotPlan for one that is neither CSV nor YAML, or too large.

    The first row of a CSV file is row 2. A YAML file (``.yaml``, ``.yml``) is a list of entries.
    """
    if path.stat().st_size > MOST_BYTES:
        raise CannotPlan(f"{path} has more than {MOST_BYTES:,} bytes")
    if path.suffix.lower() in {".yaml", ".yml"}:
        return _entries(path, known)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            columns = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            missing = [name for name in needed if name not in columns]
            strange = [name for name in columns if name not in known or columns.count(name) > 1]
            if missing or strange:
                raise CannotPlan(
                    f"{path}: missing columns: {', '.join(missing) or 'none'}; unknown columns, or"
                    f" there twice: {', '.join(strange) or 'none'}. Known are {', '.join(known)}"
                )
            return [_row(number, cells) for number, cells in enumerate(reader, 2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise CannotPlan(f"{path} is not a CSV file in UTF-8: {error}") from None


def _row(number: int, cells: dict[str | None, Any]) -> Row:
    """Return a row of a CSV file; cells beyond its columns are a fault of it."""
    surplus = cells.pop(None, ())
    row = Row(f"row {number}", {str(name): text for name, text in cells.items()})
    if surplus:
        row.blame(
            f"column {len(cells) + 1}",
            f"the header has {len(cells)} columns; a text with commas needs quotes",
        )
    return row


def _entries(path: Path, known: Sequence[str]) -> list[Row]:
    """Return the entries of a YAML file as rows; nothing in it can run or refer to anything."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise CannotPlan(f"{path} is not a YAML file in UTF-8: {error}") from None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise CannotPlan(f"{path} is not a list of entries, each with {', '.join(known)}")
    rows = []
    for number, entry in enumerate(found, 1):
        row = Row(f"entry {number}", {str(name): _cell(value) for name, value in entry.items()})
        for name in sorted(row.cells.keys() - set(known)):
            row.blame(name, f"is unknown; known are {', '.join(known)}")
        rows.append(row)
    return rows


def _cell(value: object) -> str:
    """Return a value of YAML as it is written in a cell: lists in lists with bars between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(
            BAR.join(map(str, each)) if isinstance(each, list) else _cell(each) for each in value
        )
    return str(value)


def course_of(row: Row, ids: Mapping[str, str]) -> Course | None:
    """Return the course of a row; None where something in it is wrong, which the row then says.

    ``ids`` are those of all courses by their lower-case names.
    """
    for name in (each for each in NEEDED if not row.text(each)):
        row.blame(name, "is empty")
    requires = {each: ids.get(each.casefold()) for each in row.several("requires")}
    for name in (each for each, course_id in requires.items() if course_id is None):
        row.blame("requires", f"there is no course {name!r}")
    parts, rest = _parts_of(row), _limits_of(row)
    skills: Skills = row.read("skills", _skills, ())
    qualification: Skills = row.read("qualification", _skills, ())
    if row.faults:
        return None
    try:
        return Course(
            id=ids[row.text("name").casefold()],
            version=0,
            name=row.text("name"),
            unit_id="",
            owner_id="",
            type_id=row.text("type"),
            parts=tuple(CoursePart(**each) for each in parts),
            audience=Audience(
                site_ids=frozenset(row.several("sites")),
                team_ids=frozenset(row.several("teams")),
                agent_ids=frozenset(row.several("agents")),
                skills=skills,
            ),
            trainer_ids=row.several("trainers"),
            qualification=qualification,
            activity_ids=frozenset(row.several("activities")),
            requires=frozenset(each for each in requires.values() if each),
            **rest,
        )
    except ValueError as error:
        where = getattr(error, "field", ("audience",))
        row.blame(str(where[0]), str(error))
        return None


def _parts_of(row: Row) -> list[dict[str, Any]]:
    """Return the values of each part; the gap before the first is none."""
    least_days = row.read("least_days", int, 0)
    shared = {
        "most_days": row.read("most_days", int, 28),
        "place": row.read("place", PlaceKind, PlaceKind.ONLINE),
        "equipment": frozenset(row.several("equipment")),
    }
    minutes: tuple[int, ...] = row.read("parts", _numbers, ())
    written = row.text("part_trainers")
    named = [tuple(filter(None, map(str.strip, each.split(BAR)))) for each in written.split(";")]
    if written and len(named) != len(minutes):
        row.blame("part_trainers", f"has {len(named)} parts, and the course {len(minutes)}")
        named = []
    return [
        {
            "minutes": each,
            "least_days": least_days if number else 0,
            "trainer_ids": named[number] if written and named else (),
            **shared,
        }
        for number, each in enumerate(minutes)
    ]


def _limits_of(row: Row) -> dict[str, Any]:
    """Return the sizes, limits and dates that have a usual value."""
    return {
        "least": row.read("least", int, 4),
        "most": row.read("most", int, 10),
        "prepare": row.read("prepare", int, 0),
        **{
            each: row.read(each, _number, None)
            for each in ("per_team", "per_skill", "contact_a_day")
        },
        "valid_days": row.read("valid_days", _number, None),
        "due": row.read("due", day_of, None),
        "tier": row.read("tier", Tier, Tier.NORMAL),
        "pilot": row.read("pilot", _yes, usual=False),
        "no_show": row.read("no_show", float, 5.0) / 100,
        "passing": row.read("passing", _number, None),
        "settle_days": row.read("settle_days", int, 3),
    }


def _skills(text: str) -> Skills:
    return tuple(sorted({SkillLevel.read(each) for each in text.split(";") if each.strip()}))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(";"))


def _number(text: str) -> int | None:
    return int(text)


def day_of(text: str) -> date | None:
    """Return a date in ISO 8601; ValueError."""
    return date.fromisoformat(text)


def _yes(text: str) -> bool:
    if text.casefold() not in {"yes", "no"}:
        raise ValueError(text)
    return text.casefold() == "yes"
