"""What planners' commands do about courses; they act as whoever may write to the database.

A roll-out that is begun here is taken up by the serving process within a minute, and is then a run
like any other.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clocks import RandomIds, SystemClock
from bot.keeping import ADMINISTRATOR, opened
from bot.recurring_work import MOST_BYTES, CannotPlan, new_run, note, require_idle, to_come
from bot.settings import Settings
from scheduling.domain.courses import Completion, Course, CoursePart
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.people import Person, Role
from scheduling.domain.rollouts import Rollout
from scheduling.domain.templates import Audience
from scheduling.learning.needs import circle_of
from scheduling.storage import audit, courses, people, runs
from scheduling.storage.runs import RunRow

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
    "trainers",
    "least",
    "most",
    "per_team",
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
"""Columns of a file of courses; lists have semicolons between, ``requires`` names courses."""
NEEDED = ("name", "type", "parts", "trainers")
COMPLETED = ("course", "person", "date")
TOLD = 50


@dataclass
class _Row:
    """One row of a file, and what is wrong with it."""

    number: int
    cells: Mapping[str, str]
    faults: list[str] = field(default_factory=list)

    def blame(self, column: str, why: str) -> None:
        self.faults.append(f"  row {self.number}, {column}: {why}")

    def text(self, column: str) -> str:
        return (self.cells.get(column) or "").strip()

    def several(self, column: str) -> tuple[str, ...]:
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


def rows_of(path: Path, needed: Sequence[str], known: Sequence[str]) -> list[_Row]:
    """Return the rows of a CSV file, the first being row 2; CannotPlan for another kind of file."""
    if path.stat().st_size > MOST_BYTES:
        raise CannotPlan(f"{path} has more than {MOST_BYTES:,} bytes")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            columns = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            missing = [name for name in needed if name not in columns]
            strange = [name for name in columns if name not in known]
            if missing or strange:
                raise CannotPlan(
                    f"{path}: missing columns: {', '.join(missing) or 'none'}; unknown columns:"
                    f" {', '.join(strange) or 'none'}. Known are {', '.join(known)}"
                )
            return [_Row(number, cells) for number, cells in enumerate(reader, 2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise CannotPlan(f"{path} is not a CSV file in UTF-8: {error}") from None


def course_of(row: _Row, ids: Mapping[str, str]) -> Course | None:
    """Return the course of a row; None where something in it is wrong, which the row then says.

    ``ids`` are those of all courses by their lower-case names.
    """
    for name in (each for each in NEEDED if not row.text(each)):
        row.blame(name, "is empty")
    requires = {each: ids.get(each.casefold()) for each in row.several("requires")}
    for name in (each for each, course_id in requires.items() if course_id is None):
        row.blame("requires", f"there is no course {name!r}")
    parts, rest = _parts_of(row), _limits_of(row)
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
            ),
            trainer_ids=row.several("trainers"),
            activity_ids=frozenset(row.several("activities")),
            requires=frozenset(each for each in requires.values() if each),
            **rest,
        )
    except ValueError as error:
        where = getattr(error, "field", ("audience",))
        row.blame(str(where[0]), str(error))
        return None


def _parts_of(row: _Row) -> list[dict[str, Any]]:
    """Return the values of each part; the gap before the first is none."""
    least_days = row.read("least_days", int, 0)
    shared = {
        "most_days": row.read("most_days", int, 28),
        "place": row.read("place", PlaceKind, PlaceKind.ONLINE),
        "equipment": frozenset(row.several("equipment")),
    }
    minutes: tuple[int, ...] = row.read("parts", _numbers, ())
    return [
        {"minutes": each, "least_days": least_days if number else 0, **shared}
        for number, each in enumerate(minutes)
    ]


def _limits_of(row: _Row) -> dict[str, Any]:
    """Return the sizes, limits and dates that have a usual value."""
    return {
        "least": row.read("least", int, 4),
        "most": row.read("most", int, 10),
        "prepare": row.read("prepare", int, 0),
        **{each: row.read(each, _number, None) for each in ("per_team", "contact_a_day")},
        "valid_days": row.read("valid_days", _number, None),
        "due": row.read("due", _day, None),
        "tier": row.read("tier", Tier, Tier.NORMAL),
        "pilot": row.read("pilot", _yes, usual=False),
        "no_show": row.read("no_show", float, 5.0) / 100,
        "passing": row.read("passing", _number, None),
        "settle_days": row.read("settle_days", int, 3),
    }


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(";"))


def _number(text: str) -> int | None:
    return int(text)


def _day(text: str) -> date | None:
    return date.fromisoformat(text)


def _yes(text: str) -> bool:
    if text.casefold() not in {"yes", "no"}:
        raise ValueError(text)
    return text.casefold() == "yes"


async def kept(settings: Settings, owner_id: str) -> Sequence[Course]:
    """Return the courses of somebody's unit, by name."""
    async with opened(settings) as store, store.read() as tx:
        owner = await require_filler(tx, owner_id)
        return await courses.of_unit(tx, str(owner.unit_id))


async def keep(settings: Settings, path: Path, owner_id: str) -> tuple[int, int]:
    """Keep the courses of a file: one of a known name is changed; how many are new, and changed.

    Nothing is kept where a row is wrong: CannotPlan says every row and column.
    """
    rows = rows_of(path, NEEDED, COLUMNS)
    now, new, changed = SystemClock().now(), 0, 0
    async with opened(settings) as store, store.write() as tx:
        owner = await require_filler(tx, owner_id)
        unit_id = str(owner.unit_id)
        known = {each.name.casefold(): each for each in await courses.of_unit(tx, unit_id)}
        ids = {name: each.id for name, each in known.items()}
        seen = set[str]()
        for row in rows:
            name = row.text("name").casefold()
            if name in seen:
                row.blame("name", "is there twice")
            seen.add(name)
            ids.setdefault(name, RandomIds().new())
        found = [course_of(row, ids) for row in rows]
        members = await people.of_unit(tx, unit_id)
        _require_possible(rows, found, members, known)
        for course in (each for each in found if each is not None):
            before = known.get(course.name.casefold())
            one = replace(course, unit_id=unit_id, owner_id=before.owner_id if before else owner.id)
            if before is None:
                await courses.insert(tx, one, now)
                new += 1
            elif replace(one, version=before.version) != before:
                await courses.change(tx, replace(one, version=before.version), now)
                changed += 1
            else:
                continue
            await audit.record(
                tx,
                at=now,
                actor=ADMINISTRATOR,
                action="course.saved",
                subject=one.id,
                parameters=audit.digest(one),
                detail={},
            )
    return new, changed


def _require_possible(
    rows: Sequence[_Row],
    found: Sequence[Course | None],
    members: Sequence[Person],
    known: Mapping[str, Course],
) -> None:
    """Raise CannotPlan with every fault of every row, also of what the unit does not have."""
    there = {one.id for one in members}
    teams = {one.team_id for one in members} | {one.site_id for one in members}
    others = {each.id: each for each in (*known.values(), *(one for one in found if one))}
    for row, course in zip(rows, found, strict=True):
        if course is None:
            continue
        for each in sorted((set(course.trainer_ids) | course.audience.agent_ids) - there):
            row.blame("trainers or agents", f"the unit has nobody with the id {each!r}")
        for each in sorted((course.audience.team_ids | course.audience.site_ids) - teams):
            row.blame("teams or sites", f"the unit has no {each!r} with people in it")
        if circle := circle_of(course, others):
            row.blame("requires", f"{', '.join(circle)} require each other")
    _require_no_fault(rows)


def _require_no_fault(rows: Sequence[_Row]) -> None:
    faults = [fault for row in rows for fault in row.faults]
    if faults:
        shown = "\n".join(faults[:TOLD])
        raise CannotPlan(f"Nothing was kept, {len(faults)} to correct:\n{shown}")


async def complete(settings: Settings, path: Path, owner_id: str) -> int:
    """Note who completed which course when, from a file; how many are new. All of it or nothing."""
    rows = rows_of(path, COMPLETED, COMPLETED)
    async with opened(settings) as store, store.write() as tx:
        owner = await require_filler(tx, owner_id)
        unit_id = str(owner.unit_id)
        known = {each.name.casefold(): each.id for each in await courses.of_unit(tx, unit_id)}
        there = {one.id for one in await people.of_unit(tx, unit_id)}
        found = []
        for row in rows:
            course_id = known.get(row.text("course").casefold())
            on = row.read("date", _day, None)
            if course_id is None:
                row.blame("course", f"there is no course {row.text('course')[:40]!r}")
            if row.text("person") not in there:
                row.blame("person", f"the unit has nobody with the id {row.text('person')[:40]!r}")
            if on is None and not row.text("date"):
                row.blame("date", "is empty")
            if course_id and on:
                found.append(Completion(course_id=course_id, person_id=row.text("person"), on=on))
        _require_no_fault(rows)
        new = await courses.complete(tx, found)
        await audit.record(
            tx,
            at=SystemClock().now(),
            actor=ADMINISTRATOR,
            action="course.completed",
            subject=unit_id,
            detail={"rows": len(rows), "new": new},
        )
    return new


async def start(
    settings: Settings, name: str, owner_id: str, first: date, last: date, seats: int | None
) -> RunRow:
    """Let a roll-out of the course of that name be planned, for its owner to look at."""
    now = SystemClock().now()
    async with opened(settings) as store, store.write() as tx:
        owner = await require_filler(tx, owner_id)
        unit_id = str(owner.unit_id)
        dates = to_come("a roll-out", owner, first, last, now)
        known = {each.name.casefold(): each for each in await courses.of_unit(tx, unit_id)}
        course = known.get(name.casefold())
        if course is None:
            raise CannotPlan(f"there is no course {name!r}; `aside course list` shows them")
        await require_idle(tx, owner)
        rollouts = await runs.of_course(tx, unit_id, course.id)
        seed = runs.seed_of(rollouts) or RandomIds().new()
        row = new_run(
            owner, dates, now, rollout=Rollout(course_id=course.id, seed=seed, seats=seats)
        )
        await runs.insert(tx, row)
        detail = {"course": course.id, "seats": seats, "seed": seed}
        await note(tx, row.id, row.state, detail)
    return row


async def require_filler(tx: AsyncConnection, person_id: str) -> Person:
    """Return who fills courses: of Learning & Development, or a scheduler."""
    person = await people.get(tx, person_id)
    if person is None or person.unit_id is None or not person.has(Role.LEARNING, Role.SCHEDULER):
        raise CannotPlan(
            f"{person_id} is not of learning and development, and no scheduler, of a unit;"
            " `aside people list` shows who is"
        )
    return person
