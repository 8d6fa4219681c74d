"""Roles, teams led, accounts and deputies, given by an administrator; audited with before and after."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor, Deputy, Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.times import zone_of
from scheduling.ports.directory import DirectoryError
from scheduling.ports.wfm import WfmError
from scheduling.storage import audit, people
from scheduling.storage.audit import Fact
from scheduling.workflows import rights
from scheduling.workflows.appointments_port import Found, Match, Standing
from scheduling.workflows.services import Services

LISTED = 15
GIVEN = frozenset(Role) - {Role.AGENT}
"""Roles that may be given; who is an agent the WFM says."""
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
            return Standing(
                person=person,
                appointed=await people.is_appointed(tx, person_id),
                teams=await self._teams(),
                deputy=await people.deputy_of(tx, person_id),
                deputies={p.id: p.name for p in everyone if _may_stand_in(p, person)},
                today=self._services.clock.now().astimezone(zone_of(person.zone)).date(),
                wrong=wrong,
            )

    async def appoint(
        self, actor: Actor, person_id: str, roles: Collection[Role], leads: Collection[str]
    ) -> Standing:
        """Give roles and teams."""
        teams = (await self._teams()).keys()
        async with self._services.store.write() as tx:
            me = await self._administrator(tx, actor)
            await people.lock(tx)
            person = await _known(tx, person_id)
            given = frozenset(roles) & GIVEN | person.roles & {Role.AGENT}
            leads = frozenset(leads) & (teams | person.leads)
            if Role.ADMINISTRATOR not in given:
                await _require_another(tx, person)
            now = self._services.clock.now()
            await people.appoint(tx, person_id, given, leads, at=now, by=me.id)
            after = _standing_facts(replace(person, roles=given, leads=leads))
            await self._record(tx, me, person, "person.appointed", _standing_facts(person), after)
        return await self._standing(person_id)

    async def recall(self, actor: Actor, person_id: str) -> Standing:
        """Let the WFM and ``people.csv`` say again what a person's roles and teams are."""
        async with self._services.store.write() as tx:
            me = await self._administrator(tx, actor)
            await people.lock(tx)
            person = await _known(tx, person_id)
            await people.recall(tx, person_id)
            again = await _known(tx, person_id)
            if not again.has(Role.ADMINISTRATOR):
                await _require_another(tx, person)
            facts = _standing_facts(person), _standing_facts(again)
            await self._record(tx, me, person, "person.recalled", *facts)
        return await self._standing(person_id)

    async def bind(self, actor: Actor, person_id: str, account: str) -> Standing:
        """Bind to an account by its address or object id."""
        async with self._services.store.read() as tx:
            await self._administrator(tx, actor)
        object_id = await self._account(account.strip().lower())
        if object_id is None:
            return await self._standing(person_id, ("account", "no_account"))
        try:
            async with self._services.store.write() as tx:
                me = await self._administrator(tx, actor)
                person = await _known(tx, person_id)
                now = self._services.clock.now()
                await people.bind(tx, person_id, object_id, at=now, by=me.id)
                before: Mapping[str, Fact] = {"object_id": person.object_id}
                after: Mapping[str, Fact] = {"object_id": object_id}
                await self._record(tx, me, person, "person.bound", before, after)
        except people.AlreadyBound:
            return await self._standing(person_id, ("account", "bound"))
        return await self._standing(person_id)

    async def _account(self, account: str) -> str | None:
        """Return the object id of an enabled account; as it was typed where there is no directory."""
        directory = self._services.directory
        is_id = OBJECT_ID.fullmatch(account) is not None
        if directory is None:
            return account if is_id else None
        try:
            look_up = directory.by_object_id if is_id else directory.by_address
            found = await look_up(account) if account else None
        except DirectoryError:
            return None
        return found.object_id if found is not None and found.enabled else None

    async def unbind(self, actor: Actor, person_id: str) -> Standing:
        """Take the binding away."""
        async with self._services.store.write() as tx:
            me = await self._administrator(tx, actor)
            await people.lock(tx)
            person = await _known(tx, person_id)
            await _require_another(tx, person)
            if await people.unbind(tx, person_id):
                facts: Mapping[str, Fact] = {"object_id": person.object_id}
                await self._record(tx, me, person, "person.unbound", facts, {"object_id": None})
        return await self._standing(person_id)

    async def deputise(
        self, actor: Actor, person_id: str, deputy_id: str, first: date | None, last: date | None
    ) -> Standing:
        """Let somebody act for a person between two dates, or nobody for an empty id."""
        async with self._services.store.read() as tx:
            await self._administrator(tx, actor)
        if deputy_id and (first is None or last is None or last < first):
            return await self._standing(person_id, ("last", "dates"))
        async with self._services.store.write() as tx:
            me = await self._administrator(tx, actor)
            person = await _known(tx, person_id)
            deputy = None
            if deputy_id and first and last:
                if not _may_stand_in(await _known(tx, deputy_id), person):
                    raise Refused(Refusal.UNKNOWN_DRAFT)
                deputy = Deputy(deputy_id=deputy_id, first=first, last=last)
            before = _deputy_facts(await people.deputy_of(tx, person_id))
            now = self._services.clock.now()
            await people.deputise(tx, person_id, deputy, at=now, by=me.id)
            await self._record(tx, me, person, "person.deputised", before, _deputy_facts(deputy))
        return await self._standing(person_id)

    async def _record(
        self,
        tx: AsyncConnection,
        me: Person,
        person: Person,
        action: str,
        before: Mapping[str, Fact],
        after: Mapping[str, Fact],
    ) -> None:
        await audit.record(
            tx,
            at=self._services.clock.now(),
            actor=me.id,
            action=action,
            subject=person.id,
            before=before,
            after=after,
            detail={},
        )


async def _known(tx: AsyncConnection, person_id: str) -> Person:
    person = await people.get(tx, person_id)
    if person is None:
        raise Refused(Refusal.UNKNOWN_DRAFT)
    return person


async def _require_another(tx: AsyncConnection, person: Person) -> None:
    """Refuse to lose the only administrator who has an account; the caller holds ``people.lock``."""
    if not person.has(Role.ADMINISTRATOR) or person.object_id is None:
        return
    everyone = await people.everybody(tx)
    others = [p for p in everyone if p.has(Role.ADMINISTRATOR) and p.id != person.id]
    if not any(other.object_id for other in others):
        raise Refused(Refusal.LAST_ADMINISTRATOR)


def _may_stand_in(one: Person, person: Person) -> bool:
    """Whether somebody may act for a person: of the same unit or of none, and no mere agent."""
    same = one.unit_id in (None, person.unit_id)
    return one.id != person.id and same and one.has(*GIVEN)


def _standing_facts(person: Person) -> Mapping[str, Fact]:
    return {"roles": sorted(person.roles), "leads": sorted(person.leads)}


def _deputy_facts(deputy: Deputy | None) -> Mapping[str, Fact]:
    if deputy is None:
        return {"deputy": None}
    first, last = deputy.first.isoformat(), deputy.last.isoformat()
    return {"deputy": deputy.deputy_id, "first": first, "last": last}
