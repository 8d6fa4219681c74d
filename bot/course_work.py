"""What planners' commands do about courses; they act as whoever may write to the database.

A roll-out that is begun here is taken up by the serving process within a minute, and is then a run
like any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import logs
from bot.clocks import RandomIds, SystemClock
from bot.course_files import COLUMNS, NEEDED, Row, course_of, day_of, rows_of
from bot.keeping import ADMINISTRATOR, opened
from bot.recurring_work import CannotPlan, new_run, note, require_idle, to_come
from bot.remotes import open_wfm
from bot.settings import Settings
from bot.setup_work import holding
from scheduling.domain.centre import Agent
from scheduling.domain.courses import Completion, Course
from scheduling.domain.meetings import MeetingType
from scheduling.domain.people import Person, Role
from scheduling.domain.rollouts import Rollout
from scheduling.domain.times import zone_of
from scheduling.learning.needs import circle_of
from scheduling.ports.wfm import WfmError
from scheduling.recurrence.audience import unknown_skills
from scheduling.storage import audit, courses, people, runs
from scheduling.storage.runs import RunRow

OF_THE_WFM = ("activities", "skills", "qualification")
"""Columns that name what only the WFM knows."""
COMPLETED = ("course", "person", "date")
TOLD = 50


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
    there = await _known_to_wfm(settings, owner_id, rows)
    async with holding(settings) as held, held.store.write() as tx:
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
        _blame_unknown(rows, found, there)
        _require_possible(rows, found, members, known, held.setups.setup.types)
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
            await note_saved(tx, one, now, {})
    return new, changed


async def note_saved(
    tx: AsyncConnection, course: Course, at: datetime, detail: Mapping[str, audit.Fact]
) -> None:
    """Leave an audit line of a course that was kept."""
    await audit.record(
        tx,
        at=at,
        actor=ADMINISTRATOR,
        action="course.saved",
        subject=course.id,
        parameters=audit.digest(course),
        detail=detail,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the WFM has in a unit: its agents, and the ids of its activities."""

    agents: Sequence[Agent]
    activity_ids: frozenset[str]


async def _known_to_wfm(settings: Settings, owner_id: str, rows: Sequence[Row]) -> _Known | None:
    """Return what the WFM has in somebody's unit; None where no row names anything of it."""
    if not any(row.text(name) for row in rows for name in OF_THE_WFM):
        return None
    logs.configure("warning")  # what is printed is the answer
    async with opened(settings) as store, store.read() as tx:
        unit_id = str((await require_filler(tx, owner_id)).unit_id)
    try:
        wfm = await open_wfm(settings, SystemClock())
        return _Known(
            agents=await wfm.agents(unit_id),
            activity_ids=frozenset(each.id for each in await wfm.demands(unit_id)),
        )
    except WfmError as error:
        raise CannotPlan(f"the workforce system cannot be read: {error}") from error


def _blame_unknown(
    rows: Sequence[Row], found: Sequence[Course | None], there: _Known | None
) -> None:
    """Note the activities and skills of courses that the WFM does not have."""
    for row, course in zip(rows, found, strict=True):
        if course is None or there is None:
            continue
        for each in sorted(course.activity_ids - there.activity_ids):
            row.blame("activities", f"the workforce system has no activity {each!r}")
        for column, asked in (
            ("skills", course.audience.skills),
            ("qualification", course.qualification),
        ):
            for each in sorted(unknown_skills(asked, there.agents)):
                row.blame(column, f"nobody in the workforce system has the skill {each!r}")


def _require_possible(
    rows: Sequence[Row],
    found: Sequence[Course | None],
    members: Sequence[Person],
    known: Mapping[str, Course],
    types: Mapping[str, MeetingType],
) -> None:
    """Raise CannotPlan with every fault of every row, also of what the unit does not have."""
    there = {one.id for one in members}
    teams = {one.team_id for one in members} | {one.site_id for one in members}
    others = {each.id: each for each in (*known.values(), *(one for one in found if one))}
    for row, course in zip(rows, found, strict=True):
        if course is None:
            continue
        kind = types.get(course.type_id)
        if kind is None or kind.confidential:
            offered = ", ".join(sorted(k.id for k in types.values() if not k.confidential))
            row.blame("type", f"{course.type_id!r} is none of {offered}")
        elif course.passing is not None and not kind.scored:
            row.blame("passing", f"registers of {course.type_id!r} take no score")
        for each in sorted((set(course.trainer_ids) | course.audience.agent_ids) - there):
            row.blame("trainers or agents", f"the unit has nobody with the id {each!r}")
        for each in sorted((course.audience.team_ids | course.audience.site_ids) - teams):
            row.blame("teams or sites", f"the unit has no {each!r} with people in it")
        if circle := circle_of(course, others):
            row.blame("requires", f"{', '.join(circle)} require each other")
    require_no_fault(rows)


def require_no_fault(rows: Sequence[Row]) -> None:
    """Raise CannotPlan where something is wrong in any of the rows of a file."""
    faults = [fault for row in rows for fault in row.faults]
    if faults:
        shown = "\n".join(faults[:TOLD])
        raise CannotPlan(f"Nothing was kept, {len(faults)} to correct:\n{shown}")


async def complete(settings: Settings, path: Path, owner_id: str) -> int:
    """Note who completed which course when, from a file; how many are new. All of it or nothing."""
    rows, now = rows_of(path, COMPLETED, COMPLETED), SystemClock().now()
    async with opened(settings) as store, store.write() as tx:
        owner = await require_filler(tx, owner_id)
        unit_id = str(owner.unit_id)
        known = {each.name.casefold(): each.id for each in await courses.of_unit(tx, unit_id)}
        there = {one.id: one for one in await people.of_unit(tx, unit_id)}
        found = []
        for row in rows:
            course_id = known.get(row.text("course").casefold())
            on = row.read("date", day_of, None)
            if course_id is None:
                row.blame("course", f"there is no course {row.text('course')[:40]!r}")
            person = there.get(row.text("person"))
            if person is None:
                row.blame("person", f"the unit has nobody with the id {row.text('person')[:40]!r}")
            if on is None and not row.text("date"):
                row.blame("date", "is empty")
            if on and person and on > now.astimezone(zone_of(person.zone)).date():
                row.blame("date", f"{on} is in the future")
            if course_id and on:
                found.append(Completion(course_id=course_id, person_id=row.text("person"), on=on))
        require_no_fault(rows)
        new = await courses.complete(tx, found)
        await audit.record(
            tx,
            at=now,
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
        await require_idle(tx, unit_id)
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
