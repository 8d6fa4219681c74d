"""What is wrong with templates of a file, by the set-up, the hierarchy and who is to own them."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.meetings import MeetingType
from scheduling.domain.people import Person, Role
from scheduling.domain.templates import Template
from scheduling.storage import people, templates
from scheduling.workflows.rights import may_use, not_led

Fault = tuple[str, str]
"""Where in a template something is wrong, and what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What templates are held against: meeting types, people by unit, and templates by id.

    ``ended`` are the ids among ``before`` of those that ask for nothing more.
    """

    types: Mapping[str, MeetingType]
    people: Mapping[str, Sequence[Person]]
    before: Mapping[str, Template]
    ended: Collection[str]


async def known_to(
    tx: AsyncConnection, types: Mapping[str, MeetingType], found: Sequence[Template]
) -> Known:
    """Gather what the templates ``found`` are held against."""
    before = {each.id: each for each in await templates.ever(tx, {one.id for one in found})}
    return Known(
        types=types,
        people={
            unit_id: await people.of_unit(tx, unit_id)
            for unit_id in sorted({one.unit_id for one in found})
        },
        before=before,
        ended=[i for i in before if await templates.get(tx, i) is None],
    )


def faults_in(found: Sequence[Template], known: Known) -> list[str]:
    """Return every fault of every template as a line with its place in the file."""
    ids = Counter(one.id for one in found if one.id)
    lines = []
    for number, one in enumerate(found):
        if one.id not in known.ended and known.before.get(one.id) == one:
            continue  # an export that was not changed here is no fault of its file
        faults = [*_of_id(one, known), *_of_owner(one, known), *_of_type(one, known)]
        faults += _of_hierarchy(one, known.people[one.unit_id])
        if ids[one.id] > 1:
            faults.append(("id", f"{one.id!r} is there {ids[one.id]} times"))
        lines += [f"  /{number}/{place}: {why}" for place, why in faults]
    return lines


def _of_id(one: Template, known: Known) -> Iterator[Fault]:
    before = known.before.get(one.id)
    if one.id in known.ended:
        yield "id", f"{one.id!r} was ended; give it another id, or an empty one, to begin it anew"
    elif before is not None and before.unit_id != one.unit_id:
        yield "unit_id", f"{one.id!r} is of the unit {before.unit_id!r} and stays there"


def _of_owner(one: Template, known: Known) -> Iterator[Fault]:
    unit = known.people[one.unit_id]
    owner = next((each for each in unit if each.id == one.owner_id), None)
    if owner is None or not owner.has(Role.SCHEDULER, Role.MANAGER):
        why = "is no scheduler or manager of the unit; `aside people list` shows who is"
        yield "owner_id", f"{one.owner_id} {why}"
        return
    others = [each.id for each in not_led(owner, [one], unit)]
    if others or not may_use(owner, one):
        why = "may use it only for own teams, or as a scheduler; own are"
        whose = f", of which {', '.join(sorted(others))} are not" if others else ""
        yield "audience", f"{owner.id} {why} {', '.join(sorted(owner.leads)) or 'none'}{whose}"


def _of_type(one: Template, known: Known) -> Iterator[Fault]:
    kind = known.types.get(one.type_id)
    if kind is None:
        offered = ", ".join(sorted(k.id for k in known.types.values() if not k.confidential))
        yield "type_id", f"the set-up has no type {one.type_id!r}; it has {offered}"
        return
    if kind.confidential:
        yield "type_id", f"{one.type_id!r} is confidential and is never planned by itself"
    window = kind.parameters.window
    if window and one.window and window.clip(one.window) is None:
        yield "window", f"{one.type_id!r} is held from {window.start} to {window.end} only"


def _of_hierarchy(one: Template, unit: Sequence[Person]) -> Iterator[Fault]:
    """Yield what the unit does not have: teams, sites and people as the WFM was last read."""
    there, asked = {each.id for each in unit}, one.audience
    for place, ids, has in (
        ("team_ids", asked.team_ids, {each.team_id for each in unit}),
        ("site_ids", asked.site_ids, {each.site_id for each in unit}),
    ):
        for each in sorted(ids - has):
            yield f"audience/{place}", f"the unit has no {each!r} with people in it"
    for each in sorted(asked.agent_ids - there):
        yield "audience/agent_ids", f"the unit has nobody with the id {each!r}"
    if one.facilitator_id is not None and one.facilitator_id not in there:
        yield "facilitator_id", f"the unit has nobody with the id {one.facilitator_id!r}"
