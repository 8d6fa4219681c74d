"""The administrator's commands on people: list, bind, unbind, and what they are given, by file."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import logs
from bot.clocks import SystemClock
from bot.keeping import ADMINISTRATOR, opened
from bot.people_file import faults, read, written
from bot.remotes import open_wfm
from bot.settings import Settings
from bot.yaml_file import english
from scheduling.domain.people import Appointment, Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.storage import appointments, people
from scheduling.storage.appointments import NOTHING, AppointmentChange
from scheduling.storage.edits import Edit, differences
from scheduling.storage.plain import write as plain
from scheduling.workflows.appointing import bring_into_force, misfits


async def known_people(settings: Settings) -> Sequence[Person]:
    """Return everybody in the database, by name."""
    async with opened(settings) as store, store.read() as tx:
        return await people.everybody(tx)


async def bind_account(settings: Settings, person_id: str, object_id: str) -> None:
    """Bind by hand; NotKnown, or AlreadyBound where either has another."""
    async with _changing(settings) as tx:
        before = await _of(tx, person_id)
        if before.account not in (None, object_id):
            raise people.AlreadyBound(f"person {person_id} or that account is bound already")
        await _give(tx, {person_id: replace(before, account=object_id)})


async def unbind_account(settings: Settings, person_id: str) -> bool:
    """Remove a binding; whether there was one. Whoever sits here can bind the next one."""
    async with _changing(settings) as tx:
        after = replace(await _of(tx, person_id), account=None)
        return await _give(tx, {person_id: after}, last=True) is not None


async def exported(settings: Settings) -> str:
    """Return what people are given, as a file."""
    async with opened(settings) as store, store.read() as tx:
        return written(await appointments.of_people(tx), await people.everybody(tx))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What some people have, and what they are to have."""

    before: Mapping[str, Appointment]
    after: Mapping[str, Appointment]

    @property
    def edits(self) -> Sequence[Edit]:
        """What differs, by person."""
        return [
            edit
            for who, after in self.after.items()
            for edit in differences(plain(self.before[who]), plain(after), (who,))
        ]


async def planned(settings: Settings, text: str) -> Plan:
    """Return what a file would change; BadFile tells all that is wrong with it, WfmError."""
    logs.configure("warning")  # what is printed is the answer
    wfm = await open_wfm(settings, SystemClock())
    teams = {team.id for unit in await wfm.units() for team in unit.teams}
    words = english(SystemClock().now())
    async with opened(settings) as store, store.read() as tx:
        given = await appointments.of_people(tx)
        after = read(text, given, words)
        if found := await misfits(tx, given, after, teams):
            raise faults(text, found, words)
        return Plan(before=await appointments.of_people(tx, after), after=after)


async def changed(settings: Settings, plan: Plan) -> int | None:
    """Bring a plan into force; the number of the change. STALE where somebody was faster."""
    async with _changing(settings) as tx:
        if await appointments.of_people(tx, plan.after) != plan.before:
            raise Refused(Refusal.STALE)
        return await _give(tx, plan.after)


async def undone(settings: Settings) -> Plan | None:
    """Return what taking the newest change back would change, None where there is none.

    STALE where somebody it concerns has something else by now, such as an account of their own.
    """
    async with opened(settings) as store, store.read() as tx:
        newest = {one.person_id: one for one in await appointments.changes(tx, 1)}
        before = await appointments.of_people(tx, newest)
    if any(before.get(who, NOTHING) != one.after for who, one in newest.items()):
        raise Refused(Refusal.STALE)
    after = {who: one.before for who, one in newest.items()}
    return Plan(before=before, after=after) if after else None


async def history(
    settings: Settings, most: int
) -> Sequence[tuple[AppointmentChange, str, Sequence[Edit]]]:
    """Return the newest changes, person by person, with who made them and what differed."""
    async with opened(settings) as store, store.read() as tx:
        found = await appointments.changes(tx, most)
        names = await people.names(tx, {one.by for one in found})
    return [
        (
            one,
            names.get(one.by, one.by),
            list(differences(plain(one.before), plain(one.after), (one.person_id,))),
        )
        for one in found
    ]


@asynccontextmanager
async def _changing(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """Open a transaction in which nobody else changes what people have."""
    async with opened(settings) as store, store.write() as tx:
        await people.lock(tx)
        yield tx


async def _of(tx: AsyncConnection, person_id: str) -> Appointment:
    found = await appointments.of_people(tx, [person_id])
    if person_id not in found:
        raise people.unknown(person_id)
    return found[person_id]


async def _give(
    tx: AsyncConnection, after: Mapping[str, Appointment], *, last: bool = False
) -> int | None:
    return await bring_into_force(tx, after, by=ADMINISTRATOR, at=SystemClock().now(), last=last)
