"""Who a Teams account is: bound once to a person, by object id; an address only proposes."""

from collections.abc import Sequence

import structlog

from bot.channel.turns import Speaker
from scheduling.domain.people import Actor, Person, Role
from scheduling.ports.clock import Clock
from scheduling.ports.directory import Directory, DirectoryError
from scheduling.ports.wfm import Wfm
from scheduling.storage import audit, people
from scheduling.storage.store import Store

log = structlog.get_logger()


class Identity:
    """Finds the person behind an account, binding at the first sign-in."""

    def __init__(self, store: Store, directory: Directory | None, clock: Clock) -> None:
        """Look accounts up in ``directory``; without one only an administrator binds."""
        self._store = store
        self._directory = directory
        self._clock = clock

    async def actor(self, speaker: Speaker) -> Actor:
        """Return the actor, bound to a person or not. Lifecycle events have no authority."""
        object_id = speaker.object_id or ""
        person = await self._bound(object_id) or await self._first_sign_in(object_id)
        return Actor(
            object_id=object_id,
            tenant_id=speaker.tenant_id,
            name=speaker.name,
            locale=speaker.locale,
            person=person,
        )

    async def person_id(self, object_id: str) -> str | None:
        """Return the id of who is bound to an account, or None; nobody is bound by this."""
        person = await self._bound(object_id) if object_id else None
        return person.id if person else None

    async def _bound(self, object_id: str) -> Person | None:
        async with self._store.read() as tx:
            return await people.by_object_id(tx, object_id)

    async def _first_sign_in(self, object_id: str) -> Person | None:
        """Bind where the directory's own address names exactly one person who is not bound yet."""
        if self._directory is None or not object_id:
            return None
        try:
            account = await self._directory.by_object_id(object_id)
        except DirectoryError as error:
            log.warning("directory_unavailable", error=type(error).__name__)
            return None
        if account is None or not account.may_be_bound or not account.address:
            return None
        async with self._store.read() as tx:
            proposed = await people.by_address(tx, account.address)
        if len(proposed) != 1 or proposed[0].object_id is not None:
            log.info("account_not_bound", candidates=len(proposed))
            return None
        await bind(self._store, self._clock, proposed[0].id, object_id, by="first_sign_in")
        return await self._bound(object_id)


async def bind(store: Store, clock: Clock, person_id: str, object_id: str, *, by: str) -> None:
    """Bind a person to an account, audited; AlreadyBound where either has another."""
    now = clock.now()
    async with store.write() as tx:
        await people.bind(tx, person_id, object_id, at=now, by=by)
        await audit.record(
            tx,
            at=now,
            actor=by,
            action="person.bound",
            subject=person_id,
            after={"object_id": object_id},
            detail={},
        )


async def refresh_people(store: Store, wfm: Wfm, listed: Sequence[Person]) -> int:
    """Bring the person table in line with the WFM and ``people.csv``; return how many people.

    Somebody in both is one person: the WFM's facts, the list's roles and teams. May raise
    WfmError, and then changes nothing.
    """
    known = {person.id: person for person in listed}
    for unit in await wfm.units():
        for agent in await wfm.agents(unit.id):
            also = known.get(agent.id)
            known[agent.id] = Person(
                id=agent.id,
                name=agent.name,
                zone=agent.zone,
                roles=frozenset({Role.AGENT}) | (also.roles if also else frozenset()),
                unit_id=agent.unit_id,
                site_id=agent.site_id,
                team_id=agent.team_id,
                leads=also.leads if also else frozenset(),
                address=agent.address,
                in_wfm=True,
            )
    async with store.write() as tx:
        await people.sync(tx, known.values())
    return len(known)
