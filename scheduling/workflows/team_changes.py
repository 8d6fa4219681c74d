"""Who joined, left or moved since each template's last run that was confirmed, and what that does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from scheduling.domain.runs import RunSession
from scheduling.domain.templates import Membership, TeamChange, TeamEffect, Template
from scheduling.domain.times import DateRange
from scheduling.recurrence.audience import changes, members, memberships
from scheduling.storage import diary
from scheduling.storage.diary import Met
from scheduling.storage.runs import RunRow
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.run_history import WAITED
from scheduling.workflows.services import Services

Belonging = Mapping[str, Membership]


def belonging(
    found: Sequence[Template], facts: UnitFacts, led: Mapping[str, str]
) -> dict[str, Membership]:
    """Return everybody whom any of the templates is for now, and of which."""
    every: dict[str, Membership] = {}
    for template in found:
        for i, one in memberships(members(template.audience, facts.agents.values()), led).items():
            of = every[i].template_ids if i in every else frozenset()
            every[i] = replace(one, template_ids=of | {template.id})
    return every


def of_template(
    every: Belonging, template_id: str, otherwise: Sequence[str] = ()
) -> dict[str, Membership]:
    """Return who of ``every`` a template was for; of an earlier release, any template ``otherwise``."""
    return {
        i: replace(one, template_ids=frozenset())
        for i, one in every.items()
        if template_id in (one.template_ids or otherwise)
    }


def known_before(confirmed: Mapping[str, RunRow], template_id: str) -> dict[str, Membership]:
    """Return whom a template was for at its last run that was confirmed; nobody where none was."""
    row = confirmed.get(template_id)
    return of_template(row.members, template_id, row.template_ids) if row else {}


async def changes_of(
    services: Services,
    row: RunRow,
    confirmed: Mapping[str, RunRow],
    now: Belonging,
    types: Mapping[str, str],
    sessions: Sequence[RunSession],
) -> tuple[TeamChange, ...]:
    """Return each change once, by agent, with what it does; ``types`` are those of the templates."""
    found = {
        (change.agent_id, change.kind): change
        for template_id in types
        if template_id in confirmed
        for change in changes(known_before(confirmed, template_id), of_template(now, template_id))
    }
    ahead = DateRange(row.dates.start, row.dates.start + WAITED)
    ids = {agent_id for agent_id, _ in found}
    async with services.store.read() as tx:
        booked = await diary.met(
            tx, row.unit_id, set(types.values()), ahead, agent_ids=ids, besides=row.id
        )
    return tuple(_told(found[key], booked, sessions) for key in sorted(found))


def _told(change: TeamChange, booked: Sequence[Met], sessions: Sequence[RunSession]) -> TeamChange:
    """Return a change with their next session: what is booked stays, else what is planned."""
    stays = [(one.day, one.leader_id) for one in booked if one.agent_id == change.agent_id]
    planned: list[tuple[date, str]] = [
        (one.day, one.session.facilitator_id)
        for one in sessions
        if change.agent_id in one.session.attendee_ids
    ]
    if not (stays or planned):
        return replace(change, effect=TeamEffect.NONE)
    day, leader_id = min(stays or planned)
    effect = TeamEffect.BOOKED if stays else TeamEffect.PLANNED
    return replace(change, effect=effect, day=day, leader_id=leader_id)
