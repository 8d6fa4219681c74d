"""How what people are given here comes into force: checked, in numbered changes, audited."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.limits import Misfit
from scheduling.domain.people import Appointment, Deputy, Person, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.storage import appointments, audit, people
from scheduling.storage.audit import Fact

GIVEN = frozenset(Role) - {Role.AGENT}
"""Roles that may be given; who is an agent the WFM says."""


async def bring_into_force(
    tx: AsyncConnection,
    after: Mapping[str, Appointment],
    *,
    by: str,
    at: datetime,
    last: bool = False,
) -> int | None:
    """Give people what ``after`` says, as one numbered change; None where nothing differs.

    The caller has authorised ``by``, holds ``people.lock`` and names people who are there. Raises
    AlreadyBound, and LAST_ADMINISTRATOR where nobody who can sign in would be left to set things up,
    unless also the ``last`` may go.
    """
    before = await appointments.of_people(tx, after)
    changed = {each: given for each, given in after.items() if given != before[each]}
    if not changed:
        return None
    were = await people.by_ids(tx, changed)
    required = not last and await _administered(tx)
    number = await appointments.give(tx, before, changed, by=by, at=at)
    if required and not await _administered(tx):
        raise Refused(Refusal.LAST_ADMINISTRATOR)
    are = await people.by_ids(tx, changed)
    for each, given in changed.items():
        for action, was, now in _told(before[each], given, were[each], are[each]):
            await audit.record(
                tx,
                at=at,
                actor=by,
                action=action,
                subject=each,
                before=was,
                after=now,
                detail={"number": number},
            )
    return number


async def _administered(tx: AsyncConnection) -> bool:
    """Whether an administrator has an account."""
    everyone = await people.everybody(tx)
    return any(one.has(Role.ADMINISTRATOR) and one.object_id for one in everyone)


def _told(
    before: Appointment, after: Appointment, was: Person, now: Person
) -> Iterator[tuple[str, Mapping[str, Fact], Mapping[str, Fact]]]:
    """Yield each thing that changed as an action, with its facts on both sides."""
    if (before.roles, before.leads) != (after.roles, after.leads):
        action = "person.recalled" if after.roles is None else "person.appointed"
        yield action, _standing(was), _standing(now)
    if before.account != after.account:
        action = "person.bound" if after.account else "person.unbound"
        yield action, {"object_id": before.account}, {"object_id": after.account}
    if before.deputy != after.deputy:
        yield "person.deputised", _acting(before.deputy), _acting(after.deputy)


def _standing(person: Person) -> Mapping[str, Fact]:
    return {"roles": sorted(person.roles), "leads": sorted(person.leads)}


def _acting(deputy: Deputy | None) -> Mapping[str, Fact]:
    if deputy is None:
        return {"deputy": None}
    first, last = deputy.first.isoformat(), deputy.last.isoformat()
    return {"deputy": deputy.deputy_id, "first": first, "last": last}


async def misfits(
    tx: AsyncConnection,
    before: Mapping[str, Appointment],
    after: Mapping[str, Appointment],
    teams: Collection[str],
) -> tuple[Misfit, ...]:
    """Return what people cannot be given: all of it, by the person's id and the part.

    ``before`` is what everybody has who has anything, ``after`` what some are to have.
    """
    known = {one.id: one for one in await people.everybody(tx)}
    accounts = {given.account: each for each, given in before.items() if each not in after}
    found = []
    for each, given in after.items():
        if each not in known:
            found.append(Misfit(path=(each,), kind="nobody"))
            continue
        leads = set(teams) | known[each].leads
        found += [
            Misfit(path=(each, *path), kind=kind)
            for path, kind in _wrong(known[each], given, leads, known)
        ]
        if given.account and accounts.setdefault(given.account, each) != each:
            found.append(Misfit(path=(each, "account"), kind="bound"))
    return tuple(found)


def _wrong(
    person: Person, given: Appointment, leads: Collection[str], known: Mapping[str, Person]
) -> Iterator[tuple[tuple[str, ...], str]]:
    if given.roles is not None and Role.AGENT in given.roles - person.roles:
        yield ("roles",), "no_agent"
    if not given.leads <= set(leads):
        yield ("leads",), "no_team"
    deputy = given.deputy and known.get(given.deputy.deputy_id)
    if given.deputy and not (deputy and may_stand_in(deputy, person)):
        yield ("deputy", "deputy_id"), "no_deputy"


def may_stand_in(one: Person, person: Person) -> bool:
    """Whether somebody may act for a person: of the same unit or of none, and no mere agent."""
    same = one.unit_id in (None, person.unit_id)
    return one.id != person.id and same and one.has(*GIVEN)
