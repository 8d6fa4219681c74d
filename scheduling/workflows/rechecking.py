"""Whether a plan still holds when it is to be booked, which may be days after it was made.

Of a roll-out another plan may have been booked since, a late joiner seated, the course changed, or
somebody have left its audience.
The course is locked, so that of two plans that are confirmed at once the later one sees what the
first will book. Of recurring meetings a template may have changed or ended, and people have left.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.centre import Agent
from scheduling.domain.commits import LeftOut, PlannedSession
from scheduling.domain.rollouts import Rollout
from scheduling.domain.runs import RunSession
from scheduling.domain.templates import Template
from scheduling.learning.needs import audience_of
from scheduling.ports.wfm import Wfm, WfmError
from scheduling.recurrence.audience import managers, members
from scheduling.storage import courses, people, templates
from scheduling.storage.runs import RunRow
from scheduling.workflows.learners import learners_among
from scheduling.workflows.rolling_out import is_piloting

log = structlog.get_logger()


def not_held(row: RunRow, sessions: Sequence[RunSession]) -> list[PlannedSession]:
    """Return what is to be booked; of a course no group with a day on hold, for a part is nothing."""
    groups = {one.session.group for one in sessions if one.day in row.held} - {""}
    return [
        one.session
        for one in sessions
        if one.day not in row.held and one.session.group not in groups
    ]


async def holds(
    tx: AsyncConnection,
    row: RunRow,
    rollout: Rollout,
    planned: Sequence[PlannedSession],
    agents: Mapping[str, Agent] | None,
    now: datetime,
) -> bool:
    """Whether the course is as it was planned, and everybody ``planned`` is of it and needs a seat.

    ``agents`` as ``hierarchy`` returns them. Until ``tx`` ends nobody else gives seats in the
    course.
    """
    course = await courses.locked(tx, rollout.course_id)
    if course is None or row.preview is None or row.preview.versions != {course.id: course.version}:
        return False
    ids = sorted({i for one in planned for i in one.attendee_ids})
    if agents is not None:
        there = members(course.audience, [agents[i] for i in ids if i in agents])
        if len(audience_of(course, there, rollout.within)) < len(ids):
            return False
    learners = await learners_among(tx, course, ids, now, row.dates.start, besides=row.id)
    return not (learners.needs.not_now or (is_piloting(course, learners) and learners.under_way))


async def hierarchy(wfm: Wfm, unit_id: str) -> Mapping[str, Agent] | None:
    """Return a unit's agents by id, None where the WFM does not say: it is to hear of each anyway."""
    try:
        return {agent.id: agent for agent in await wfm.agents(unit_id)}
    except WfmError as error:
        log.warning("hierarchy_unknown", unit=unit_id, error=type(error).__name__)
        return None


async def looked_at_again(
    tx: AsyncConnection,
    row: RunRow,
    planned: Sequence[RunSession],
    agents: Mapping[str, Agent] | None,
    type_ids: Collection[str],
) -> Sequence[RunSession]:
    """Return what is ``planned`` with who of it is gone or has moved since, among ``agents`` now.

    Nothing, where the templates of the run (of types on offer) are not those of its plan any more.
    """
    every = await templates.of_unit(tx, row.unit_id, row.template_ids)
    asked = {one.id: one for one in every if one.type_id in type_ids}
    now = {one.id: one.version for one in asked.values()}
    if row.preview is None or row.preview.versions != now:
        return ()
    if agents is None:
        return planned
    led = managers(await people.of_unit(tx, row.unit_id))
    return [_marked(one, asked[one.template_id], agents, led) for one in planned]


def _marked(
    one: RunSession, template: Template, agents: Mapping[str, Agent], led: Mapping[str, str]
) -> RunSession:
    found = {}
    for agent_id in one.session.attendee_ids:
        agent = agents.get(agent_id)
        if agent is None:
            found[agent_id] = LeftOut.GONE
            continue
        leader = template.facilitator_id or led.get(agent.team_id)
        if one.session.facilitator_id != leader or not members(template.audience, [agent]):
            found[agent_id] = LeftOut.MOVED
    return replace(one, session=replace(one.session, left_out=found)) if found else one
