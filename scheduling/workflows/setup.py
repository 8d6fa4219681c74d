"""The desk at which the house is set up; see ``setup_port`` for the promises."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.setup import Setup
from scheduling.storage import audit, people, plain, setups
from scheduling.storage.codec import load
from scheduling.storage.edits import Edit, from_rows, to_rows
from scheduling.storage.plain import Misread
from scheduling.storage.setups import Change, ChangeState, Version
from scheduling.workflows import rights, setup_changes
from scheduling.workflows.rehearsal import Rehearsal
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.setup_changes import SEARCHED, between, bring_into_force, edited
from scheduling.workflows.setup_checks import Checks
from scheduling.workflows.setup_form import (
    AREA_OWNERS,
    NEW,
    REMOVABLE,
    Area,
)
from scheduling.workflows.setup_forms import Forms
from scheduling.workflows.setup_port import (
    Applied,
    Form,
    History,
    Overview,
    Preview,
    VersionLine,
    Waiting,
)

LIFE = timedelta(hours=24)
"""How long a change may wait to be confirmed."""
PATIENCE = 2.5
"""Seconds for which a preview waits for its dry run, so that most need not be asked for again."""
VERSIONS = 10


class HouseDesk:
    """The set-up desk over the store, the WFM and the engine."""

    def __init__(self, runtime: Runtime) -> None:
        """Answer with this process's runtime."""
        self._runtime = runtime
        self._services = runtime.services
        self._forms = Forms(runtime.services)
        self._checks = Checks(runtime.services)

    async def _me(self, tx: AsyncConnection, actor: Actor) -> Person:
        me = await rights.person_of(tx, actor)
        if not me.has(Role.ADMINISTRATOR, Role.SCHEDULER):
            raise takes(Role.ADMINISTRATOR, Role.SCHEDULER)
        return me

    async def overview(self, actor: Actor) -> Overview:
        """Check everything, and say what the actor may change."""
        now = self._services.clock.now()
        held = self._services.setups
        await held.look()
        async with self._services.store.read() as tx:
            me = await self._me(tx, actor)
            version = await setups.version(tx, held.number)
            waits = await setups.waiting(tx, now)
            ids = {version.by if version else ""} | {change.owner_id for change in waits}
            names = await people.names(tx, ids)
        return Overview(
            number=held.number,
            at=version.at if version else now,
            by_name=names.get(version.by, "") if version else "",
            checks=await self._checks.all(),
            subjects=await self._forms.subjects(me),
            waiting=tuple(
                Waiting(
                    change_id=change.id,
                    by_name=names.get(change.owner_id, ""),
                    own=change.owner_id == me.id,
                )
                for change in waits
            ),
            paused=any(pause.holds(now) for pause in held.setup.paused.values()),
            administrator=me.has(Role.ADMINISTRATOR),
        )

    async def form(self, actor: Actor, area: Area, subject: str) -> Form:
        """Return a form with what is in force."""
        await self._services.setups.look()
        me = await self._may(actor, area)
        return await self._forms.form(me, area, subject)

    async def _may(self, actor: Actor, area: Area) -> Person:
        async with self._services.store.read() as tx:
            me = await self._me(tx, actor)
        if not me.has(*AREA_OWNERS[area]):
            raise takes(*AREA_OWNERS[area])
        return me

    async def preview(
        self, actor: Actor, area: Area, subject: str, inputs: Mapping[str, str]
    ) -> Form | Preview:
        """Return what the inputs would change, or the form again with what is wrong with them."""
        me = await self._may(actor, area)
        form = await self._forms.form(me, area, subject)
        current = self._services.setups.setup
        filled, after = self._forms.filled(form, inputs)
        if after is None:
            return filled
        return await self._propose(actor, area, between(current, after))

    async def remove(self, actor: Actor, area: Area, subject: str) -> Form | Preview:
        """Return what taking a subject out would change, or the form with why it is needed."""
        me = await self._may(actor, area)
        form = await self._forms.form(me, area, subject)
        if area not in REMOVABLE or subject in ("", NEW):
            raise Refused(Refusal.UNKNOWN_DRAFT)
        current = self._services.setups.setup
        filled, after = self._forms.without(form, current)
        if after is None:
            return filled
        return await self._propose(actor, area, between(current, after))

    async def restore(self, actor: Actor, number: int) -> Preview:
        """Return what going back to an earlier version would change."""
        change_id = await self._keep(actor, Area.EVERYTHING, await self._back_to(number), number)
        return await self._rehearsed(actor, change_id)

    async def _back_to(self, number: int) -> tuple[Edit, ...]:
        """Return the edits that restore a version; types that came later are only not offered."""
        held = self._services.setups
        try:
            async with self._services.store.read() as tx:
                then = await held.at(tx, number)
        except LookupError:
            raise Refused(Refusal.UNKNOWN_DRAFT) from None
        return tuple(between(held.setup, keeping_types(held.setup, then)))

    async def _propose(self, actor: Actor, area: Area, edits: Sequence[Edit]) -> Preview:
        return await self._rehearsed(actor, await self._keep(actor, area, edits))

    async def _keep(
        self, actor: Actor, area: Area, edits: Sequence[Edit], restores: int | None = None
    ) -> str:
        """Keep a change, and begin its dry run; the change's id."""
        if not edits:
            raise Refused(Refusal.STALE)
        services = self._services
        async with services.store.write() as tx:
            me = await self._me(tx, actor)
            setup_changes.require_owner(me, edits)
            await self._forms.require_units(me, edits)
            change = Change(
                id=services.ids.new(),
                owner_id=me.id,
                area=area.value,
                base=services.setups.number,
                edits=to_rows(edits),
                state=ChangeState.PREVIEWED,
                rehearsal=None,
                expires_at=services.clock.now() + LIFE,
                restores=restores,
            )
            await setups.put_change(tx, change)
            if setup_changes.parts_of(edits) & SEARCHED:
                await self._runtime.engine.enqueue_followup(
                    tx, "rehearse_setup", f"{change.id}:rehearse", change.id
                )
        return change.id

    async def _rehearsed(self, actor: Actor, change_id: str) -> Preview:
        """Return the preview, with its dry run where that is quick."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while True:
            preview = await self.change(actor, change_id)
            touched = setup_changes.parts_of(preview.edits) & SEARCHED
            ended = preview.rehearsal is not None and preview.rehearsal.ended
            if ended or not touched or loop.time() > until:
                return preview
            await asyncio.sleep(0.1)

    async def change(self, actor: Actor, change_id: str) -> Preview:
        """Return a change as it is now: one's own, or one that waits for a second person."""
        async with self._services.store.read() as tx:
            me = await self._me(tx, actor)
            change = self._known(await setups.look_at_change(tx, change_id), me)
            names = await people.names(tx, [change.owner_id])
            base = await self._services.setups.at(tx, change.base)
        edits = from_rows(change.edits)
        return Preview(
            change_id=change.id,
            state=change.state,
            edits=edits,
            lowers=await self._lowers(base, edits),
            own=change.owner_id == me.id,
            by_name=names.get(change.owner_id, ""),
            rehearsal=load(Rehearsal, change.rehearsal) if change.rehearsal else None,
        )

    def _known(self, change: Change | None, me: Person) -> Change:
        """Return the change if ``me`` may see it; whoever may not learns nothing of it."""
        if change is None or change.expires_at <= self._services.clock.now():
            raise Refused(Refusal.UNKNOWN_DRAFT)
        if change.owner_id != me.id and change.state is not ChangeState.WAITING:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return change

    async def _lowers(self, base: Setup, edits: Sequence[Edit]) -> tuple[str, ...]:
        try:
            return await setup_changes.lowered(self._services.wfm, base, edited(base, edits))
        except Misread:
            raise Refused(Refusal.STALE) from None

    async def confirm(self, actor: Actor, change_id: str) -> Applied | Preview:
        """Bring a change into force, or let it wait for a second person."""
        preview = await self.change(actor, change_id)
        if preview.lowers and preview.state is ChangeState.PREVIEWED:
            async with self._services.store.write() as tx:
                me = await self._me(tx, actor)
                setup_changes.require_owner(me, preview.edits)
                waits = (ChangeState.PREVIEWED,)
                await setups.move_change(tx, change_id, ChangeState.WAITING, of=waits)
            return await self.change(actor, change_id)
        return await self._apply(actor, change_id)

    async def _apply(self, actor: Actor, change_id: str) -> Applied:
        now, held = self._services.clock.now(), self._services.setups
        try:
            async with self._services.store.write() as tx:
                me = await self._me(tx, actor)
                change = self._known(await setups.locked_change(tx, change_id), me)
                edits = from_rows(change.edits)
                second = await self._require_rights(tx, me, change, edits)
                open_states = (ChangeState.PREVIEWED, ChangeState.WAITING)
                if not await setups.move_change(tx, change_id, ChangeState.APPLIED, of=open_states):
                    raise Refused(Refusal.ALREADY_DECIDED)
                number, changed = await bring_into_force(
                    tx,
                    held,
                    edits,
                    base=change.base,
                    by=change.owner_id,
                    at=now,
                    seconded_by=second,
                    restores=change.restores,
                )
        except Misread:
            raise Refused(Refusal.STALE) from None
        await held.look()
        return Applied(number=number, edits=changed)

    async def _require_rights(
        self, tx: AsyncConnection, me: Person, change: Change, edits: Sequence[Edit]
    ) -> str | None:
        """Refuse unless whoever made the change, and whoever confirms it, may; the second's id."""
        await self._require_confirmer(tx, me, change, edits)
        if change.state is not ChangeState.WAITING:
            return None
        owner = await people.get(tx, change.owner_id)
        if owner is not None:
            setup_changes.require_owner(owner, edits)
        return me.id

    async def _require_confirmer(
        self, tx: AsyncConnection, me: Person, change: Change, edits: Sequence[Edit]
    ) -> None:
        setup_changes.require_owner(me, edits)
        await self._forms.require_units(me, edits)
        if change.state is ChangeState.WAITING:
            await setup_changes.require_second(tx, me, change.owner_id)

    async def drop(self, actor: Actor, change_id: str) -> None:
        """Give a change up, one's own or one that the actor could confirm; on record."""
        async with self._services.store.write() as tx:
            me = await self._me(tx, actor)
            change = self._known(await setups.locked_change(tx, change_id), me)
            if change.owner_id != me.id:
                await self._require_confirmer(tx, me, change, from_rows(change.edits))
            open_states = (ChangeState.PREVIEWED, ChangeState.WAITING)
            if await setups.move_change(tx, change_id, ChangeState.DROPPED, of=open_states):
                await audit.record(
                    tx,
                    at=self._services.clock.now(),
                    actor=me.id,
                    action="setup.dropped",
                    subject=change_id,
                    before={"state": change.state.value},
                    after={"state": ChangeState.DROPPED.value},
                    detail={"area": change.area, "owner": change.owner_id},
                )

    async def undo(self, actor: Actor, number: int) -> Applied | Preview:
        """Restore what was before version ``number``, as a new one."""
        held = self._services.setups
        await held.look()
        if number != held.number or number < 2:
            raise Refused(Refusal.STALE)
        edits = await self._back_to(number - 1)
        return await self.confirm(
            actor, await self._keep(actor, Area.EVERYTHING, edits, number - 1)
        )

    async def history(self, actor: Actor) -> History:
        """Return the newest versions."""
        async with self._services.store.read() as tx:
            await self._me(tx, actor)
            found = await setups.history(tx, VERSIONS + 1)
            ids = {v.by for v in found} | {v.seconded_by for v in found if v.seconded_by}
            names = await people.names(tx, ids)
            held = self._services.setups
            whole = {v.number: await held.at(tx, v.number) for v in found}
        return History(versions=tuple(_line(v, whole, names) for v in found[:VERSIONS]))


def _line(version: Version, whole: Mapping[int, Setup], names: Mapping[str, str]) -> VersionLine:
    earlier = whole.get(version.number - 1)
    return VersionLine(
        number=version.number,
        at=version.at,
        by_name=names.get(version.by, ""),
        seconded_by_name=names.get(version.seconded_by or ""),
        restores=version.restores,
        changed=between(earlier, whole[version.number]) if earlier else (),
    )


def keeping_types(now: Setup, then: Setup) -> Setup:
    """Return ``then`` with the types that came later, not offered: what was asked for needs them."""
    later = {n: kind for n, kind in now.types.items() if n not in then.types}
    if not later:
        return then
    content = plain.write(then)
    current = plain.write(now)
    for name in later:
        content["types"][name] = {**current["types"][name], "offered": False}
        content["places"][name] = current["places"][name]
        content["mapping"][name] = next(iter(content["parameters"]))
    return plain.read(Setup, content)
