"""Courses as they are taught in a small centre: kept, rolled out, held, and what tests wait for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa

from scheduling.domain.courses import Completion, Course, CoursePart
from scheduling.domain.meetings import Registers
from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Actor, Role
from scheduling.domain.registers import AttendanceState, Marks
from scheduling.domain.rollouts import RolloutPreview
from scheduling.domain.runs import RunState, RunView
from scheduling.domain.templates import Audience
from scheduling.domain.times import DAY, DateRange
from scheduling.storage import bookings, courses, people
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.workflows import register_times
from scheduling.workflows.courses_desk import CoursesDesk
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.participation import Participations
from scheduling.workflows.participation_port import Participation
from scheduling.workflows.runs_desk import RunsDesk
from tests.integration.workflows.house import QUICK, House, eventually
from tests.integration.workflows.small_centre import MONDAY, actor, person

FORTNIGHT = DateRange(MONDAY + DAY, MONDAY + 14 * DAY)
TEAM = tuple(f"north-{n}" for n in range(1, 7))
LEA, SAM, MIA = actor("lea"), actor("sam"), actor("mia")


def empathy(**changes: object) -> Course:
    """Return a new course in two parts, a day or more apart, for the team in the north."""
    given: dict[str, object] = {
        "id": "",
        "version": 0,
        "name": "Empathy 2",
        "unit_id": "",
        "owner_id": "",
        "type_id": "team_meeting",
        "parts": (CoursePart(minutes=60), CoursePart(minutes=30, least_days=1)),
        "audience": Audience(team_ids=frozenset({"north-team"})),
        "trainer_ids": ("mia", "tom"),
        "least": 2,
        "most": 3,
    }
    return Course(**{**given, **changes})  # type: ignore[arg-type]  # any field by name


class Teaching:
    """The desks of courses and runs in a house, with what tests wait for."""

    def __init__(self, house: House) -> None:
        """Ask as Lea, of Learning & Development."""
        self.house = house
        reader = FactsReader(house.wfm, house.clock, QUICK)
        self.desk = CoursesDesk(house.runtime, reader)
        self.runs = RunsDesk(house.runtime, reader)

    async def course(self, **changes: object) -> Course:
        """Keep a course."""
        return (await self.desk.save(LEA, empathy(**changes))).course

    async def planned(
        self, course: Course, dates: DateRange = FORTNIGHT, **more: object
    ) -> RunView:
        """Plan a roll-out, and wait for the preview."""
        run = await self.desk.start(LEA, course.id, dates, **more)  # type: ignore[arg-type]
        return await self.until(run.id, RunState.PREVIEW)

    async def until(self, run_id: str, state: RunState) -> RunView:
        """Wait until a roll-out is in ``state``."""

        async def there() -> RunView | None:
            run = await self.runs.run(LEA, run_id)
            assert run.state is state or not run.state.over, run.trouble
            return run if run.state is state else None

        return await eventually(there, patience=90.0)  # a first search compiles

    async def booked(self, run: RunView) -> RunView:
        """Confirm, and wait until all is written."""
        await self.runs.confirm(LEA, run.id, run.version)
        done = await self.until(run.id, RunState.BOOKED)
        await self.house.quiet()
        return done

    async def complete(self, course: Course, *person_ids: str, days_ago: int = 1) -> None:
        """Let people have completed a course."""
        on = MONDAY - days_ago * DAY
        async with self.house.store.write() as tx:
            await courses.complete(
                tx, [Completion(course_id=course.id, person_id=i, on=on) for i in person_ids]
            )

    async def completed(self, course: Course) -> dict[str, date]:
        """Return who has completed a course, and when."""
        async with self.house.store.read() as tx:
            found = await courses.completions(tx, {course.id})
        return {person_id: on for (_, person_id), on in found.items()}

    async def dues(self, who: Actor) -> Participation:
        """Return what somebody sees of who took part and who is due."""
        reader = FactsReader(self.house.wfm, self.house.clock, QUICK)
        desk = Participations(self.house.runtime.services, reader)
        return await desk.participation(who, days=30, type_id=None)

    async def sessions(self) -> list[SessionRow]:
        """Return what is planned or booked in the north, one for each attendee."""
        async with self.house.store.read() as tx:
            found = await bookings.active_in(tx, "north", FORTNIGHT.interval("UTC"))
        return [row for row in found if not row.gathers]


def skilled(house: House, **levels: Mapping[str, int]) -> None:
    """Let agents of the team in the north, by ``n1`` to ``n6``, have skills in the WFM."""
    centre = house.wfm._centre
    given = {f"north-{name[1:]}": skills for name, skills in levels.items()}
    agents = [replace(one, skills=given.get(one.id, one.skills)) for one in centre.agents]
    house.wfm._centre = replace(centre, agents=tuple(agents))


def without_registers(teaching: Teaching) -> None:
    """Let nobody note who attends what these courses are taught as."""
    setups = teaching.house.runtime.services.setups
    kind = replace(setups.setup.types["team_meeting"], registers=Registers.NEVER)
    types = {**setups.setup.types, kind.id: kind}
    setups._take(setups.number, replace(setups.setup, types=types))


def of(run: RunView) -> RolloutPreview:
    """Return what a roll-out would do."""
    assert run.preview is not None
    assert run.preview.rollout is not None
    return run.preview.rollout


@dataclass(frozen=True, kw_only=True)
class Held:
    """A course of two parts of which one group is over, its registers open."""

    course: Course
    parts: tuple[str, ...]
    people: list[str]
    day: date


async def held(teaching: Teaching) -> Held:
    """Teach three of six, and let all of it be over."""
    course = await teaching.course(least=3, due=MONDAY + 13 * DAY)
    await teaching.booked(await teaching.planned(course, seats=3))
    rows = await teaching.sessions()
    parts = sorted({row.gathering_id or "" for row in rows}, key=_start_in(rows))
    until = max(row.interval.end for row in rows)
    while teaching.house.clock.now() < until:
        teaching.house.clock.forward(hours=12)
        await register_times.open_due("all")
    people_ = sorted({row.attendee_id for row in rows})
    return Held(course=course, parts=tuple(parts), people=people_, day=until.date())


def no_show(*person_ids: str) -> Marks:
    """Return marks that some did not come."""
    return Marks(exceptions={AttendanceState.NO_SHOW: frozenset(person_ids)})


def _start_in(rows: Sequence[SessionRow]) -> Callable[[str], datetime]:
    return lambda name: next(row.interval.start for row in rows if row.gathering_id == name)


async def opened(house: House) -> Teaching:
    """Know Lea, who fills courses, and ask as her."""
    async with house.store.write() as tx:
        await people.sync(tx, [*await people.everybody(tx), person("lea", Role.LEARNING)])
    await house.bind("lea")
    return Teaching(house)


async def told(house: House, kind: NoticeKind) -> list[str]:
    """Return who is to hear of a kind."""
    async with house.store.read() as tx:
        query = sa.select(t.outbox.c.person_id).where(t.outbox.c.kind == kind.value)
        return sorted(await tx.scalars(query))
