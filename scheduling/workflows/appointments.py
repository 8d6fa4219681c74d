"""Roles, teams led, accounts and deputies, given by an administrator on a card."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor, Appointment, Deputy, Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.times import zone_of
from scheduling.ports.directory import DirectoryError
from scheduling.ports.wfm import WfmError
from scheduling.storage import appointments, people
from scheduling.workflows import rights
from scheduling.workflows.appointing import GIVEN, bring_into_force, may_stand_in
from scheduling.workflows.appointments_port import Found, Match, Standing
from scheduling.workflows.services import Services

LISTED = 15
OBJECT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Appointments:
    """The desk over the person table and the directory."""

    def __init__(self, services: Services) -> None:
        """Answer with these services."""
        self._services = services

    async def _administrator(self, tx: AsyncConnection, actor: Actor) -> Person:
        me = await rights.person_of(tx, actor)
        if not me.has(Role.ADMINISTRATOR):
            raise takes(Role.ADMINISTRATOR)
        return me

    async def find(self, actor: Actor, typed: str) -> Found:
        """Return whose name fits."""
        async with self._services.store.read() as tx:
            await self._administrator(tx, actor)
            everyone = await people.everybody(tx)
        parts = typed.casefold().split()
        fits = [p for p in everyone if all(part in p.name.casefold() for part in parts)]
        teams = await self._teams()
        matches = tuple(
            Match(id=p.id, name=p.name, place=teams.get(p.team_id or "", p.unit_id or ""))
            for p in fits[:LISTED]
        )
        return Found(typed=typed, matches=matches, more=len(fits) > LISTED)

    async def _teams(self) -> Mapping[str, str]:
        try:
            units = await self._services.wfm.units()
        except WfmError:
            return {}
        return {team.id: team.name for unit in units for team in unit.teams}

    async def standing(self, actor: Actor, person_id: str) -> Standing:
        """Return a person as they stand."""
        async with self._services.store.read() as tx:
            await self._administrator(tx, actor)
        return await self._standing(person_id)

    async def _standing(self, person_id: str, wrong: tuple[str, str] | None = None) -> Standing:
        """Return a person to an administrator, who may just have given up being one."""
        async with self._services.store.read() as tx:
            person = await _known(tx, person_id)
            everyone = await people.everybody(tx)
            last = await appointments.last_of(tx, person_id)
            given = (await appointments.of_people(tx, [person_id]))[person_id]
            return Standing(
                person=person,
                appointed=given.roles is not None,
                teams=await self._teams(),
                deputy=given.deputy,
                deputies={p.id: p.name for p in everyone if may_stand_in(p, person)},
                today=self._services.clock.now().astimezone(zone_of(person.zone)).date(),
                newest=last.number if last is not None and last.after == given else None,
                wrong=wrong,
            )

    async def appoint(
        self, actor: Actor, person_id: str, roles: Collection[Role], leads: Collection[str]
    ) -> Standing:
        """Give roles and teams."""
        teams = (await self._teams()).keys()

        def given(person: Person, before: Appointment) -> Appointment:
            return replace(
                before,
                roles=frozenset(roles) & GIVEN | person.roles & {Role.AGENT},
                leads=frozenset(leads) & (teams | person.leads),
            )

        return await self._give(actor, person_id, given)

    async def recall(self, actor: Actor, person_id: str) -> Standing:
        """Let the WFM and ``people.csv`` say again what a person's roles and teams are."""
        return await self._give(
            actor, person_id, lambda _, before: replace(before, roles=None, leads=frozenset())
        )

    async def bind(self, actor: Actor, person_id: str, account: str) -> Standing:
        """Bind to an account by its address or object id."""
        async with self._services.store.read() as tx:
            await self._administrator(tx, actor)
        object_id = await self._account(account.strip().lower())
        if object_id is None:
            return await self._standing(person_id, ("account", "no_account"))

        def given(_: Person, before: Appointment) -> Appointment:
            if before.account not in (None, object_id):
                raise people.AlreadyBound(f"person {person_id} is bound already")
            return replace(before, account=object_id)

        try:
            return await self._give(actor, person_id, given)
        except people.AlreadyBound:
            return await self._standing(person_id, ("account", "bound"))

    async def _account(self, account: str) -> str | None:
        """Return the object id of an enabled account of the house, no guest's.

        As it was typed where there is no directory.
        """
        directory = self._services.directory
        is_id = OBJECT_ID.fullmatch(account) is not None
        if directory is None:
            return account if is_id else None
        try:
            look_up = directory.by_object_id if is_id else directory.by_address
            found = await look_up(account) if account else None
        except DirectoryError:
            return None
        return found.object_id if found is not None and found.may_be_bound else None

    async def unbind(self, actor: Actor, person_id: str) -> Standing:
        """Take the binding away."""
        return await self._give(actor, person_id, lambda _, before: replace(before, account=None))

    async def deputise(
        self, actor: Actor, person_id: str, deputy_id: str, first: date | None, last: date | None
    ) -> Standing:
        """Let somebody act for a person between two dates, or nobody for an empty id."""
        async with self._services.store.read() as tx:
            await self._administrator(tx, actor)
            other = await people.get(tx, deputy_id)
        if deputy_id and (first is None or last is None or last < first):
            return await self._standing(person_id, ("last", "dates"))

        def given(person: Person, before: Appointment) -> Appointment:
            if not deputy_id or first is None or last is None:
                return replace(before, deputy=None)
            if other is None or not may_stand_in(other, person):
                raise Refused(Refusal.UNKNOWN_DRAFT)
            return replace(before, deputy=Deputy(deputy_id=deputy_id, first=first, last=last))

        return await self._give(actor, person_id, given)

    async def take_back(self, actor: Actor, person_id: str, number: int) -> Standing:
        """Give back what a person had before their change ``number``, while it is their newest."""
        async with self._services.store.read() as tx:
            last = await appointments.last_of(tx, person_id)

        def given(_: Person, before: Appointment) -> Appointment:
            if last is None or last.number != number or last.after != before:
                raise Refused(Refusal.STALE)
            return last.before

        try:
            return await self._give(actor, person_id, given)
        except people.AlreadyBound:
            return await self._standing(person_id, ("account", "bound"))

    async def _give(
        self, actor: Actor, person_id: str, given: Callable[[Person, Appointment], Appointment]
    ) -> Standing:
        """Let a person have what ``given`` makes of who they are and what they had."""
        async with self._services.store.write() as tx:
            me = await self._administrator(tx, actor)
            await people.lock(tx)
            person = await _known(tx, person_id)
            before = (await appointments.of_people(tx, [person_id]))[person_id]
            after = {person_id: given(person, before)}
            await bring_into_force(tx, after, by=me.id, at=self._services.clock.now())
        return await self._standing(person_id)


async def _known(tx: AsyncConnection, person_id: str) -> Person:
    person = await people.get(tx, person_id)
    if person is None:
        raise Refused(Refusal.UNKNOWN_DRAFT)
    return person
