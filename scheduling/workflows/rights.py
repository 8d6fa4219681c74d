"""Who may do what to what. Every check reads the person afresh; nothing trusts a card."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import ASKERS, Actor, Person, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import zone_of
from scheduling.storage import people
from scheduling.storage.requests import RequestRow
from scheduling.storage.work_items import WorkItemRow

UNIT_WIDE = (Role.SCHEDULER, Role.TRAINER, Role.LEARNING)


async def person_of(tx: AsyncConnection, actor: Actor) -> Person:
    """Return the person bound to the actor's account now; UNKNOWN_PERSON where there is none."""
    person = await people.by_object_id(tx, actor.object_id)
    if person is None:
        raise Refused(Refusal.UNKNOWN_PERSON)
    return person


async def acts_for(tx: AsyncConnection, person: Person, now: datetime) -> Sequence[Person]:
    """Return the people for whom ``person`` may act now, as their deputy, by name.

    The dates of a deputyship are dates in the zone of the person who is represented.
    """
    named = await people.represented_by(tx, person.id)
    return [
        each
        for each, deputy in named
        if deputy.first <= now.astimezone(zone_of(each.zone)).date() <= deputy.last
    ]


def require_asker(person: Person) -> None:
    """Refuse who may not ask for sessions (a manager can), or belongs to no unit yet."""
    if not person.has(*ASKERS):
        raise Refused(Refusal.NOT_YOUR_ROLE, {"who": Role.MANAGER.value})
    if person.unit_id is None:
        raise Refused(Refusal.NOT_YOUR_ROLE, {"who": Role.ADMINISTRATOR.value})


def require_scheduler(person: Person, unit_id: str) -> None:
    """Refuse who is no scheduler of the unit."""
    if not person.has(Role.SCHEDULER) or person.unit_id not in (None, unit_id):
        raise Refused(Refusal.NOT_YOUR_ROLE, {"who": Role.SCHEDULER.value})


def may_ask_for(person: Person, agents: Sequence[Person]) -> list[Person]:
    """Return those of ``agents`` whom the person may ask for: own teams, or the unit."""
    if person.has(*UNIT_WIDE):
        return [a for a in agents if a.id != person.id]
    return [a for a in agents if a.team_id in person.leads and a.id != person.id]


def require_attendees(person: Person, agents: Sequence[Person], wanted: Collection[str]) -> None:
    """Refuse anyone outside the hierarchy by the name that the actor may know."""
    allowed = {a.id for a in may_ask_for(person, agents)}
    outside = [i for i in wanted if i not in allowed]
    if outside:
        names = {a.id: a.name for a in agents}
        shown = sorted(names.get(i, "?") for i in outside)
        raise Refused(Refusal.OUTSIDE_HIERARCHY, {"names": shown})


def require_request(person: Person, row: RequestRow) -> None:
    """Refuse a request that is neither the person's own nor of their scheduling unit."""
    if row.requester_id != person.id:
        require_scheduler(person, row.unit_id)


def require_item(person: Person, item: WorkItemRow) -> None:
    """Refuse a work item to all but the unit's schedulers."""
    require_scheduler(person, item.unit_id)
