"""What `aside course completion` reads: how courses stand by their due dates, unmasked."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot import logs
from bot.clocks import SystemClock
from bot.course_work import require_filler
from bot.keeping import opened
from bot.recurring_work import CannotPlan
from bot.remotes import open_wfm
from bot.settings import Settings
from scheduling.domain.centre import Agent, Unit
from scheduling.learning.standings import DueFigures
from scheduling.ports.wfm import WfmError
from scheduling.workflows.dues import Dues, courses_of, dues_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How one course, site, team or person stands today."""

    level: str
    name: str
    figures: DueFigures


async def stand(settings: Settings, owner_id: str, *, by_person: bool) -> list[Line]:
    """Return how somebody's unit stands today: by course, site, team and (if asked) person.

    Of people only who has something overdue or due soon. CannotPlan where the WFM cannot be read.
    """
    logs.configure("warning")  # what is printed is the answer
    clock = SystemClock()
    try:
        wfm = await open_wfm(settings, clock)
        async with opened(settings) as store, store.read() as tx:
            owner = await require_filler(tx, owner_id)
            unit = next((u for u in await wfm.units() if u.id == owner.unit_id), None)
            if unit is None:
                raise CannotPlan(f"the workforce system has no unit {owner.unit_id}")
            agents = list(await wfm.agents(unit.id))
            now = clock.now()
            today = now.astimezone(ZoneInfo(owner.zone)).date()
            taught = await courses_of(tx, unit.id, None)
            found = await dues_of(tx, taught, agents, now, today)
    except WfmError as error:
        raise CannotPlan(f"the workforce system cannot be read: {error}") from error
    return [*_lines(found, unit, agents), *(_people(found, agents) if by_person else ())]


def _lines(found: Dues, unit: Unit, agents: list[Agent]) -> Iterator[Line]:
    """Yield the courses by name, then sites and teams."""
    for course in found.courses:
        if counted := found.figures(found.people(course.id), course.id):
            due = f", due on {course.due}" if course.due else ""
            yield Line(level="course", name=f"{course.name}{due}", figures=counted)
    names = {one.id: one.name for one in unit.sites} | {one.id: one.name for one in unit.teams}
    for level in ("site", "team"):
        members: defaultdict[str, set[str]] = defaultdict(set)
        for agent in agents:
            members[agent.site_id if level == "site" else agent.team_id].add(agent.id)
        for group_id, ids in sorted(members.items(), key=lambda one: names.get(one[0], one[0])):
            if counted := found.figures(ids):
                yield Line(level=level, name=names.get(group_id, group_id), figures=counted)


def _people(found: Dues, agents: list[Agent]) -> list[Line]:
    lines = [
        Line(level="person", name=f"{agent.name} ({agent.id})", figures=counted)
        for agent in agents
        if (counted := found.figures({agent.id})) and counted.overdue + counted.soon
    ]
    return sorted(lines, key=lambda one: (-one.figures.overdue, -one.figures.soon, one.name))
