"""Who completed a course: by closed registers, and kept beyond the sessions they come from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.courses import Completion, Course
from scheduling.domain.runs import RunState
from scheduling.domain.times import zone_of
from scheduling.storage import audit, courses, people, registers, runs
from scheduling.storage.bookings import SessionRow
from scheduling.storage.courses import SeatsRow
from scheduling.storage.registers import RegisterRow, Said
from scheduling.workflows.resuming import seats_together
from scheduling.workflows.runtime import LASTING, current

log = structlog.get_logger()

EVERY = timedelta(days=1)

BOOKED = (RunState.BOOKING, RunState.BOOKED)

UNREGISTERED = timedelta(hours=1)
"""Where registers were looked for so long after a session that has none, everybody counts as there.

Its type has none then. While all stands still nobody looks, and nobody has completed anything.
"""


class Taken(StrEnum):
    """How somebody took the parts of a group in which they had a seat."""

    PARTLY = auto()
    """A seat in some parts only."""
    AHEAD = auto()
    """Not over."""
    UNSAID = auto()
    """Over, and a register of it is not closed."""
    MISSED = auto()
    """Not there in one part or more."""
    FAILED = auto()
    """There, and did not pass."""
    DONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One group of a course that has seats booked, and how each of its people took it.

    Who took parts of several groups took the one with the last of them; ``begun`` are the first
    parts of those who have no more, wherever they had them, if they were there.
    """

    seats: SeatsRow
    taken: Mapping[str, Taken]
    begun: Mapping[str, tuple[SessionRow, ...]] = field(default_factory=dict)

    def completions(self, course_id: str) -> list[Completion]:
        """Return who completed the course in it, with the local date of the last part."""
        return [
            Completion(course_id=course_id, person_id=i, on=_local_day(self.seats.of[i][-1]))
            for i, taken in self.taken.items()
            if taken is Taken.DONE
        ]


def _local_day(row: SessionRow) -> date:
    return row.interval.end.astimezone(zone_of(row.zone)).date()


async def taught(
    tx: AsyncConnection, course: Course, groups: Iterable[SeatsRow], now: datetime
) -> list[Taught]:
    """Return how these groups of a course were taken, by their registers."""
    some = list(groups)
    sessions = {_registered(row) for one in some for rows in one.of.values() for row in rows}
    said = await registers.said(tx, sessions)
    looked = await registers.looked(tx)
    found = [
        Taught(
            seats=one,
            taken={
                i: how_taken(i, rows, one.parts, said, course.passing, now, looked)
                for i, rows in one.of.items()
            },
        )
        for one in some
    ]
    together = seats_together(some, course)
    for person_id, (at, rows) in together.items():
        one, whole = found[at], len(rows) == some[at].parts
        passing = course.passing if whole else None
        how = how_taken(person_id, rows, len(rows), said, passing, now, looked)
        if whole:
            found[at] = replace(one, taken={**one.taken, person_id: how})
        elif how is not Taken.MISSED:
            found[at] = replace(one, begun={**one.begun, person_id: rows})
    return found


def _registered(row: SessionRow) -> str:
    """Return the id under which a session has its register."""
    return row.gathering_id or row.id


def how_taken(
    person_id: str,
    rows: Sequence[SessionRow],
    parts: int,
    said: Mapping[str, Said],
    passing: int | None,
    now: datetime,
    looked: datetime | None,
) -> Taken:
    """Return how somebody took a group of ``parts`` in which their seats are ``rows``, by start.

    ``said`` are the registers by the id of their session, ``passing`` is the score to pass,
    ``looked`` is until when it was looked for sessions that need one. The last score given counts.
    """
    if len(rows) < parts:
        return Taken.PARTLY
    if rows[-1].interval.end > now:
        return Taken.AHEAD
    score: int | None = None
    unsaid = False
    for row in rows:
        register = said.get(_registered(row))
        if register is None or not register.closed:
            waited = looked is not None and looked >= row.interval.end + UNREGISTERED
            unsaid |= register is not None or not waited
            continue
        line = register.lines.get(person_id)
        if line is None or not line.state.there:
            return Taken.MISSED
        score = score if line.score is None else line.score
    if unsaid:
        return Taken.UNSAID
    failed = passing is not None and (score is None or score < passing)
    return Taken.FAILED if failed else Taken.DONE


def latest(groups: Iterable[Taught]) -> Mapping[str, Taken]:
    """Return how each person took the last group in which they had a seat in all parts."""
    seats = [
        (group.seats.of[person_id][-1].interval.end, person_id, taken)
        for group in groups
        for person_id, taken in group.taken.items()
        if taken is not Taken.PARTLY
    ]
    return {person_id: taken for _, person_id, taken in sorted(seats)}


async def groups_of(
    tx: AsyncConnection, course: Course, now: datetime, *, besides: str = ""
) -> list[Taught]:
    """Return every group of a course that has seats booked, but by the roll-out ``besides``."""
    rollouts = await runs.of_course(tx, course.unit_id, course.id)
    booked = [row.id for row in rollouts if row.state in BOOKED and row.id != besides]
    return await taught(tx, course, await courses.seats(tx, booked), now)


async def seated_elsewhere(tx: AsyncConnection, run_id: str, now: datetime) -> set[str]:
    """Return who has seats ahead in another roll-out of the course that a run is of."""
    run = await runs.get(tx, run_id)
    course = await courses.get(tx, run.rollout.course_id) if run and run.rollout else None
    if course is None:
        return set()
    taken = latest(await groups_of(tx, course, now, besides=run_id))
    return {person_id for person_id, how in taken.items() if how is Taken.AHEAD}


async def completed(
    tx: AsyncConnection, course_ids: Collection[str], now: datetime
) -> dict[tuple[str, str], date]:
    """Return when each of these courses was last completed, by (course, person), up to ``now``."""
    found = await courses.completions(tx, course_ids)
    for course_id in sorted(course_ids):
        course = await courses.get(tx, course_id, ended=True)
        if course is not None:
            add(found, course, await groups_of(tx, course, now))
    return found


def add(found: dict[tuple[str, str], date], course: Course, groups: Iterable[Taught]) -> None:
    """Add to ``found`` what was completed in groups and may not be noted yet."""
    for one in (one for group in groups for one in group.completions(course.id)):
        key = (one.course_id, one.person_id)
        found[key] = max(one.on, found.get(key, one.on))


async def follow(tx: AsyncConnection, row: RegisterRow, by: str, now: datetime) -> None:
    """Note what a register that was closed or changed says of a course; on record. Repeatable."""
    found = await courses.group_of(tx, row.request_id)
    run = await runs.get(tx, found[0]) if found else None
    if found is None or run is None or run.rollout is None:
        return
    course = await courses.get(tx, run.rollout.course_id, ended=True)
    if course is None:
        return
    groups = await groups_of(tx, course, now)
    here = next((set(one.seats.of) for one in groups if one.seats.group == found[1]), set())
    for group in groups:  # who took its parts in several groups may complete it in another
        if group.seats.group == found[1] or here & {*group.seats.of}:
            await _note(tx, course, group, row, by, now)


async def _note(
    tx: AsyncConnection, course: Course, taught_: Taught, row: RegisterRow, by: str, now: datetime
) -> None:
    """Note who completed a course in a group, as the registers are since ``row`` was changed."""
    group = taught_.seats.group
    noted = await courses.of_group(tx, course.id, group)
    said = taught_.completions(course.id)
    gone = [one for one in noted if one not in said]
    new = [one for one in said if one not in noted]
    if not (new or gone):
        return
    await courses.take_back(tx, gone, group)
    await courses.complete(tx, new, group)
    await audit.record(
        tx,
        at=now,
        actor=by,
        action="course.attended",
        subject=course.id,
        before={one.person_id: one.on.isoformat() for one in gone},
        after={one.person_id: one.on.isoformat() for one in new},
        detail={"session": row.session_id, "group": group},
    )


@DBOS.step(**LASTING)
async def keep_completions(_subject: str) -> int:
    """Keep who completed a course of which no register tells; how many are new. Repeatable."""
    services = current().services
    now = services.clock.now()
    new = 0
    async with services.store.read() as tx:
        known = await courses.everything(tx)
    for course in known:
        async with services.store.write() as tx:
            for group in await groups_of(tx, course, now):
                done = group.completions(course.id)
                here = await people.by_ids(tx, [one.person_id for one in done])
                there = [one for one in done if one.person_id in here]
                new += await courses.complete(tx, there, group.seats.group)
    log.info("completions_kept", new=new)
    return new
