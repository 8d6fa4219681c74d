"""Who may do what to what. Every check reads the person afresh; nothing trusts a card."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.centre import Agent
from scheduling.domain.people import ASKERS, Actor, Deputy, Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.templates import Template
from scheduling.domain.times import zone_of
from scheduling.storage import people
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import RequestRow
from scheduling.storage.work_items import WorkItemRow

AnyOne = TypeVar("AnyOne", Agent, Person)
UNIT_WIDE = (Role.SCHEDULER, Role.TRAINER, Role.LEARNING)


async def person_of(tx: AsyncConnection, actor: Actor) -> Person:
    """Return the person bound to the actor's account now; UNKNOWN_PERSON where there is none."""
    person = await people.by_object_id(tx, actor.object_id)
    if person is None:
        raise Refused(Refusal.UNKNOWN_PERSON)
    return person


async def scheduler_of(tx: AsyncConnection, actor: Actor) -> Person:
    """Return the same, of whichever unit they schedule; NOT_YOUR_ROLE where they are no scheduler."""
    person = await person_of(tx, actor)
    if not person.has(Role.SCHEDULER):
        raise Refused(Refusal.NOT_YOUR_ROLE, {"who": Role.SCHEDULER.value})
    return person


async def acts_for(tx: AsyncConnection, person: Person, now: datetime) -> Sequence[Person]:
    """Return the people for whom ``person`` may act now, as their deputy, by name.

    The dates of a deputyship are dates in the zone of the person who is represented.
    """
    named = await people.represented_by(tx, person.id)
    return [each for each, deputy in named if _in_force(deputy, each, now)]


def may_ask_for_others(person: Person, represented: Collection[Person] = ()) -> bool:
    """Whether the person, or somebody they act for, may ask for sessions of others."""
    return any(one.has(*ASKERS) and one.unit_id is not None for one in (person, *represented))


def unit_of(person: Person, represented: Iterable[Person]) -> str | None:
    """Return the unit in which somebody asks: their own, else that of whom they act for."""
    return next((one.unit_id for one in (person, *represented) if one.unit_id), None)


def own_teams(person: Person, represented: Iterable[Person]) -> frozenset[str]:
    """Return the teams that count as somebody's: led, or else led by whom they act for."""
    return person.leads or frozenset(team for one in represented for team in one.leads)


def all_asked_for(
    person: Person, represented: Sequence[Person], agents: Sequence[Person]
) -> list[Person]:
    """Return those of ``agents`` whom the person may ask for, also for whom they act for."""
    found = {
        agent.id: agent
        for one in (person, *represented)
        if one.has(*ASKERS)
        for agent in may_ask_for(one, agents)
    }
    return [agent for agent in agents if agent.id in found and agent.id != person.id]


def principal_of(
    person: Person,
    represented: Sequence[Person],
    agents: Sequence[Person],
    *,
    wanted: Collection[str],
    facilitator_id: str,
) -> Person | None:
    """Return for whom a deputy asks: who is to lead, or whose right alone it takes.

    None where somebody asks for themselves. OUTSIDE_HIERARCHY where no one person may ask for all.
    """
    able = [
        one
        for one in represented
        if one.has(*ASKERS) and set(wanted) <= {each.id for each in may_ask_for(one, agents)}
    ]
    leading = next((one for one in able if one.id == facilitator_id), None)
    own = person.has(*ASKERS) and set(wanted) <= {each.id for each in may_ask_for(person, agents)}
    if leading is None and not able:
        require_asker(person)
        require_attendees(person, agents, wanted)
    return leading or (None if own else able[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Askable:
    """The agents of a unit, whom of them somebody may ask for, and the teams that count as theirs."""

    agents: Sequence[Person]
    mine: Sequence[Person]
    own_teams: frozenset[str]


async def askable(tx: AsyncConnection, person: Person, now: datetime) -> Askable:
    """Return whom the person may ask for, also as a deputy; refuses who may ask for nobody."""
    represented = await acts_for(tx, person, now)
    if not may_ask_for_others(person, represented):
        require_asker(person)
    unit_id = str(unit_of(person, represented))
    agents = [one for one in await people.of_unit(tx, unit_id) if one.in_wfm]
    return Askable(
        agents=agents,
        mine=all_asked_for(person, represented, agents),
        own_teams=own_teams(person, represented),
    )


async def same_side(tx: AsyncConnection, row: RequestRow, now: datetime) -> frozenset[str]:
    """Return who counts as the requester where a second person is needed.

    The requester, for whom they asked, and whoever acts for either of them now.
    """
    asked = {i for i in (row.requester_id, row.on_behalf_of) if i}
    pairs = [(i, await people.deputy_of(tx, i)) for i in sorted(asked)]
    known = await people.by_ids(tx, asked)
    return frozenset(asked) | {
        deputy.deputy_id
        for i, deputy in pairs
        if deputy is not None and i in known and _in_force(deputy, known[i], now)
    }


def _in_force(deputy: Deputy, person: Person, now: datetime) -> bool:
    return deputy.first <= now.astimezone(zone_of(person.zone)).date() <= deputy.last


def require_asker(person: Person) -> None:
    """Refuse who may not ask for sessions (a manager can), or belongs to no unit yet."""
    if not person.has(*ASKERS):
        raise takes(*ASKERS)
    if person.unit_id is None:
        raise takes(Role.ADMINISTRATOR)


def schedules(person: Person, unit_id: str) -> bool:
    """Whether the person is a scheduler of the unit."""
    return person.has(Role.SCHEDULER) and person.unit_id in (None, unit_id)


def require_scheduler(person: Person, unit_id: str) -> None:
    """Refuse who is no scheduler of the unit."""
    if not schedules(person, unit_id):
        raise takes(Role.SCHEDULER)


def may_ask_for(person: Person, agents: Sequence[Person]) -> list[Person]:
    """Return those of ``agents`` whom the person may ask for: own teams, or the unit."""
    if person.has(*UNIT_WIDE):
        return [a for a in agents if a.id != person.id]
    return [a for a in agents if a.team_id in person.leads and a.id != person.id]


def require_attendees(person: Person, agents: Sequence[Person], wanted: Collection[str]) -> None:
    """Refuse anyone outside the hierarchy by the name that the actor may know."""
    require_within(may_ask_for(person, agents), agents, wanted)


def require_within(
    mine: Collection[Person], agents: Sequence[Person], wanted: Collection[str]
) -> None:
    """Refuse whoever of ``agents`` is wanted and not among ``mine``, by name."""
    allowed = {one.id for one in mine}
    outside = [i for i in wanted if i not in allowed]
    if outside:
        names = {a.id: a.name for a in agents}
        shown = sorted(names.get(i, "?") for i in outside)
        raise Refused(Refusal.OUTSIDE_HIERARCHY, {"names": shown})


def may_use(person: Person, template: Template) -> bool:
    """Whether the person may keep a template: a scheduler any, a manager an own one for own teams.

    Whether the agents that it names are the manager's is ``not_led``'s to say.
    """
    if person.has(Role.SCHEDULER):
        return True
    asked = template.audience
    own = asked.team_ids <= person.leads and template.owner_id == person.id
    named = bool(asked.team_ids or asked.agent_ids) and not asked.site_ids
    return person.has(Role.MANAGER) and own and named


def not_led(person: Person, kept: Iterable[Template], people: Iterable[AnyOne]) -> list[AnyOne]:
    """Return whom templates name of ``people`` who is in no team that the person leads."""
    named = {agent_id for template in kept for agent_id in template.audience.agent_ids}
    if person.has(Role.SCHEDULER):
        return []
    return [one for one in people if one.id in named and one.team_id not in person.leads]


def owns(owner: Person | None, template: Template, agents: Iterable[Agent]) -> bool:
    """Whether a template's owner is with its unit, and may use it as the hierarchy is now."""
    if owner is None or owner.unit_id != template.unit_id or owner.id != template.owner_id:
        return False
    return may_use(owner, template) and not not_led(owner, [template], agents)


def require_request(person: Person, row: RequestRow, represented: Collection[Person] = ()) -> None:
    """Refuse a request that is not the person's own, in their name, or of their scheduling unit.

    ``represented`` are the people for whom they act: what is those people's is theirs as well.
    """
    if not may_read(person, row, represented):
        raise takes(Role.SCHEDULER)


def may_read(person: Person, row: RequestRow, represented: Collection[Person] = ()) -> bool:
    """Whether a request is the person's own, in their name, or of their scheduling unit."""
    mine = {person.id, *(one.id for one in represented)}
    schedules = person.has(Role.SCHEDULER) and person.unit_id in (None, row.unit_id)
    return schedules or not mine.isdisjoint({row.requester_id, row.on_behalf_of})


async def may_change(
    tx: AsyncConnection,
    person: Person,
    row: RequestRow,
    sessions: Collection[SessionRow],
    now: datetime,
) -> bool:
    """Whether the person may move or cancel these sessions of a request.

    Who asked for them or leads them, who manages all of their attendees, the deputies of either,
    and the unit's schedulers.
    """
    if schedules(person, row.unit_id):
        return True
    known = await people.by_ids(tx, {one.attendee_id for one in sessions if not one.gathers})
    return any(
        one.id in (row.requester_id, row.ask.facilitator_id)
        or (known and all(each.team_id in one.leads for each in known.values()))
        for one in (person, *await acts_for(tx, person, now))
    )


def require_item(person: Person, item: WorkItemRow) -> None:
    """Refuse a work item to all but the unit's schedulers."""
    require_scheduler(person, item.unit_id)
