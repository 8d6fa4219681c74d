"""What `aside course trainers` reads: who may teach which part of which course, and what nobody may."""

from dataclasses import dataclass

from bot import logs
from bot.clocks import SystemClock
from bot.course_work import require_filler
from bot.keeping import opened
from bot.recurring_work import CannotPlan
from bot.remotes import open_wfm
from bot.settings import Settings
from scheduling.learning.teaching import skills_of, trainers_of, untaught
from scheduling.ports.wfm import WfmError
from scheduling.storage import courses, people


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One part of a course, by number from 1, and the names of those who are here and may teach it.

    ``together`` is where one trainer is to teach all parts, and nobody may.
    """

    course: str
    part: int
    parts: int
    trainers: tuple[str, ...]
    together: bool


async def pool(settings: Settings, owner_id: str) -> list[Taught]:
    """Return each part of each course of somebody's unit; CannotPlan where the WFM cannot be read."""
    logs.configure("warning")  # what is printed is the answer
    try:
        wfm = await open_wfm(settings, SystemClock())
        async with opened(settings) as store, store.read() as tx:
            owner = await require_filler(tx, owner_id)
            unit_id = str(owner.unit_id)
            skills = skills_of(await wfm.agents(unit_id))
            there = {one.id: one.name for one in await people.of_unit(tx, unit_id)}
            known = await courses.of_unit(tx, unit_id)
    except WfmError as error:
        raise CannotPlan(f"the workforce system cannot be read: {error}") from error
    return [
        Taught(
            course=course.name,
            part=at + 1,
            parts=len(course.parts),
            trainers=tuple(sorted(there[i] for i in trainers_of(course, at, skills) if i in there)),
            together=untaught(course, there, skills).together,
        )
        for course in known
        for at in range(len(course.parts))
    ]
