"""The desk of recurring meetings: who may keep which template, and run it."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.rollouts import RolloutPreview
from scheduling.domain.runs import MOST_RUN_DAYS, RunState, RunView
from scheduling.domain.templates import Template
from scheduling.domain.times import DateRange
from scheduling.recurrence.audience import lost, managers, members
from scheduling.recurrence.faults import faults_of
from scheduling.recurrence.teams import parties
from scheduling.storage import audit, commits, courses, people, runs, selfcare, templates
from scheduling.storage.runs import RunRow
from scheduling.workflows import commit, rights, running
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.runs_port import Offers, TemplateView
from scheduling.workflows.runtime import Runtime

PLANNERS = (Role.SCHEDULER, Role.MANAGER)
LOOKERS = (*PLANNERS, Role.LEARNING)
"""Who may look at runs and confirm them: of recurring meetings, or of courses."""


class RunsDesk:
    """``runs_port.Planner`` over the store, the WFM and the engine."""

    def __init__(self, runtime: Runtime, reader: FactsReader) -> None:
        """Answer with this process's runtime."""
        self._runtime = runtime
        self._services = runtime.services
        self._reader = reader

    async def offers(self, actor: Actor) -> Offers:
        """Return what the actor may make a template of: a manager of own teams only."""
        me = await self._me(actor)
        unit = await self._reader.unit(str(me.unit_id))
        agents = await self._reader.agents(unit.id)
        async with self._services.store.read() as tx:
            everyone = await people.of_unit(tx, unit.id)
        kinds = self._services.catalogue.types.values()
        every = me.has(Role.SCHEDULER)
        return Offers(
            types=tuple((k.id, k.name) for k in kinds if not k.confidential),
            teams=tuple((t.id, t.name) for t in unit.teams if every or t.id in me.leads),
            people=tuple(
                (a.id, a.name, a.team_id) for a in agents if every or a.team_id in me.leads
            ),
            facilitators=tuple(
                (p.id, p.name) for p in everyone if p.has(Role.MANAGER, Role.TRAINER)
            ),
            today=self._today(me),
        )

    async def template(self, actor: Actor, template_id: str) -> TemplateView:
        """Return one template that the actor may run."""
        me = await self._me(actor)
        async with self._services.store.read() as tx:
            found = await self._usable(tx, me, template_id)
        return await self._view(found)

    async def shown_to(self, person: Person, template_id: str) -> TemplateView | None:
        """Return a template as somebody may see it who is not acting now; None for others."""
        async with self._services.store.read() as tx:
            try:
                found = await self._usable(tx, person, template_id)
            except Refused:
                return None
        return await self._view(found)

    async def templates(self, actor: Actor) -> tuple[TemplateView, ...]:
        """Return the templates that the actor may run, by name."""
        me = await self._me(actor)
        async with self._services.store.read() as tx:
            found = await templates.of_unit(tx, str(me.unit_id))
        mine = [each for each in found if rights.may_use(me, each)]
        return tuple([await self._view(each) for each in mine])

    async def save(self, actor: Actor, template: Template) -> TemplateView:
        """Keep a new template (version 0) or the next version; one without owner becomes the actor's."""
        me = await self._me(actor)
        new = template.version == 0
        wanted = replace(template, unit_id=str(me.unit_id), owner_id=me.id if new else "")
        if new:
            wanted = replace(wanted, id=self._services.ids.new())
        await self._require_possible(wanted)
        await self._require_own(me, [wanted])
        agents = await self._reader.agents(wanted.unit_id)
        now = self._services.clock.now()
        async with self._services.store.write() as tx:
            before = None if new else await self._usable(tx, me, template.id)
            owner = await people.get(tx, before.owner_id) if before else None
            if before is not None and rights.owns(owner, before, agents):
                wanted = replace(wanted, owner_id=before.owner_id)
            else:
                wanted = replace(wanted, owner_id=me.id)
            if not rights.may_use(me, wanted):
                raise takes(Role.SCHEDULER)
            if before is None:
                await templates.insert(tx, wanted, now)
            elif not await templates.change(tx, wanted, now):
                raise Refused(Refusal.STALE)
            await audit.record(
                tx,
                at=now,
                actor=me.id,
                action="template.saved",
                subject=wanted.id,
                before={"version": before.version} if before else None,
                after={"version": (before.version if before else 0) + 1},
                parameters=audit.digest(wanted),
                detail={},
            )
            kept = await templates.get(tx, wanted.id)
        return await self._view(kept or wanted)

    async def end(self, actor: Actor, template_id: str) -> None:
        """Let a template ask for nothing more."""
        me = await self._me(actor)
        now = self._services.clock.now()
        async with self._services.store.write() as tx:
            await self._usable(tx, me, template_id)
            await templates.end(tx, template_id, now)
            await audit.record(
                tx, at=now, actor=me.id, action="template.ended", subject=template_id, detail={}
            )

    async def start(
        self, actor: Actor, dates: DateRange, template_ids: Collection[str] = ()
    ) -> RunView:
        """Plan the templates over ``dates``."""
        me = await self._me(actor)
        today = self._today(me)
        if dates.last < today or (dates.end - dates.start).days > MOST_RUN_DAYS:
            raise Refused(Refusal.BAD_DATES, {"most": MOST_RUN_DAYS})
        async with self._services.store.read() as tx:
            asked = await templates.of_unit(tx, str(me.unit_id), template_ids or None)
        await self._require_own(me, [each for each in asked if rights.may_use(me, each)])
        async with self._services.store.write() as tx:
            found = await templates.of_unit(tx, str(me.unit_id), template_ids or None)
            mine = [each for each in found if rights.may_use(me, each)]
            if not mine or (template_ids and len(mine) < len(set(template_ids))):
                raise Refused(Refusal.NO_TEMPLATE)
            new = running.NewRun(
                unit_id=str(me.unit_id),
                dates=DateRange(max(dates.start, today), dates.end),
                template_ids=tuple(each.id for each in mine),
                requester_id=me.id,
                requester_object_id=actor.object_id,
            )
            row = await running.start(tx, self._runtime, new)
        return await self.run(actor, row.id)

    async def runs(self, actor: Actor) -> tuple[RunView, ...]:
        """Return the newest runs that the actor may see."""
        me = await self._me(actor)
        async with self._services.store.read() as tx:
            found = [row for row in await runs.of_unit(tx, str(me.unit_id)) if row.rollout is None]
            return tuple([await self._shown(tx, row) for row in found if _may_see(me, row)])

    async def run(self, actor: Actor, run_id: str) -> RunView:
        """Return a run."""
        me = await self._me(actor, *LOOKERS)
        async with self._services.store.read() as tx:
            return await self._shown(tx, await self._seen(tx, me, run_id))

    async def hold(
        self, actor: Actor, run_id: str, version: int, days: Collection[date]
    ) -> RunView:
        """Keep exactly ``days`` out of what will be booked."""
        me = await self._me(actor, *LOOKERS)
        async with self._services.store.write() as tx:
            row = await self._at(tx, me, run_id, version)
            known = {day.day for day in row.preview.days} if row.preview else set()
            if not await running.hold(tx, self._runtime, row, sorted(known & set(days)), me.id):
                raise Refused(Refusal.STALE)
        return await self.run(actor, run_id)

    async def confirm(self, actor: Actor, run_id: str, version: int) -> RunView:
        """Book what was planned."""
        me = await self._me(actor, *LOOKERS)
        async with self._services.store.read() as tx:
            row = await self._at(tx, me, run_id, version)
            asked = await templates.ever(tx, row.template_ids)
        await self._require_own(me, asked)
        async with self._services.store.write() as tx:
            row = await self._at(tx, me, run_id, version)
            if not await running.confirm(tx, self._runtime, row, me.id, actor.object_id):
                raise Refused(Refusal.STALE)
        return await self.run(actor, run_id)

    async def discard(self, actor: Actor, run_id: str) -> RunView:
        """Forget a run of which nothing is booked; stop one that is being booked."""
        me = await self._me(actor, *LOOKERS)
        async with self._services.store.write() as tx:
            row = await self._seen(tx, me, run_id)
            forgotten = await running.discard(tx, self._runtime, row, me.id)
            handed = await commits.get(tx, run_id) is not None
        if not forgotten and handed and row.state is RunState.BOOKING:
            await commit.cancel(self._runtime, run_id, me.id)
        return await self.run(actor, run_id)

    def _today(self, me: Person) -> date:
        return self._services.clock.now().astimezone(ZoneInfo(me.zone)).date()

    async def _me(self, actor: Actor, *roles: Role) -> Person:
        """Return the actor's person, who plans in a unit (or has one of ``roles``); else refuse."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
        if not me.has(*(roles or PLANNERS)) or me.unit_id is None:
            raise takes(*(roles or PLANNERS))
        return me

    async def _usable(self, tx: AsyncConnection, me: Person, template_id: str) -> Template:
        found = await templates.get(tx, template_id)
        if found is None or found.unit_id != me.unit_id or not rights.may_use(me, found):
            raise Refused(Refusal.NO_TEMPLATE)
        return found

    async def _seen(self, tx: AsyncConnection, me: Person, run_id: str) -> RunRow:
        row = await runs.get(tx, run_id)
        if row is None or row.unit_id != me.unit_id or not _may_see(me, row):
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return row

    async def _at(self, tx: AsyncConnection, me: Person, run_id: str, version: int) -> RunRow:
        row = await self._seen(tx, me, run_id)
        if row.version != version or row.state is not RunState.PREVIEW:
            raise Refused(Refusal.STALE)
        asked = await templates.ever(tx, row.template_ids)
        if not all(rights.may_use(me, each) for each in asked):
            raise takes(Role.SCHEDULER)  # who led those teams when it was planned, and does no more
        return row

    async def _require_own(self, me: Person, kept: Iterable[Template]) -> None:
        """Refuse a manager agents who are not, or not any more, in a team that they lead."""
        some = list(kept)
        if me.has(Role.SCHEDULER) or not any(one.audience.agent_ids for one in some):
            return
        agents = await self._reader.agents(str(me.unit_id))
        others = [one.name for one in rights.not_led(me, some, agents)]
        if others:
            raise Refused(Refusal.OUTSIDE_HIERARCHY, {"names": sorted(others)})

    async def _require_possible(self, template: Template) -> None:
        """Refuse a template that can never be met, or is for nobody whom the hierarchy has."""
        kind = self._services.catalogue.types.get(template.type_id)
        if kind is None or kind.confidential:
            raise Refused(Refusal.BAD_TEMPLATE, {"faults": ["type"], "lost": []})
        window = kind.parameters.window
        if window and template.window and window.clip(template.window) is None:
            facts = {"start": str(window.start), "end": str(window.end)}
            raise Refused(Refusal.OUTSIDE_HOURS, facts)
        agents = await self._reader.agents(template.unit_id)
        faults = [fault.value for fault in faults_of(template)]
        gone = sorted(lost(template.audience, agents))
        if faults or gone:
            raise Refused(Refusal.BAD_TEMPLATE, {"faults": faults, "lost": gone})

    async def _view(self, template: Template) -> TemplateView:
        agents = await self._reader.agents(template.unit_id)
        unit = await self._reader.unit(template.unit_id)
        asked = members(template.audience, agents)
        async with self._services.store.read() as tx:
            led = managers(await people.of_unit(tx, template.unit_id))
            owner = await people.get(tx, template.owner_id)
            who = {template.owner_id, *template.audience.agent_ids, *template.audience.except_ids}
            names = dict(await people.names(tx, who | {i for i in (template.facilitator_id,) if i}))
        names |= {team.id: team.name for team in unit.teams}
        names |= {site.id: site.name for site in unit.sites}
        own = template.facilitator_id is None
        kind = self._services.catalogue.types.get(template.type_id)
        several = kind is not None and kind.group
        every = parties(template, agents, led, kind.quorum) if kind and kind.group else ()
        return TemplateView(
            template=template,
            type_name=kind.name if kind else template.type_id,
            names=names,
            attendees=len(asked),
            lost=lost(template.audience, agents),
            unled=sum(len(one.people) for one in every if one.facilitator_id is None)
            if several
            else sum(own and each.team_id not in led for each in asked),
            typed=kind is not None,
            unowned=not rights.owns(owner, template, agents),
            meetings=len(every) if several else None,
        )

    async def _shown(self, tx: AsyncConnection, row: RunRow) -> RunView:
        return await shown(tx, self._reader, row)


async def shown(tx: AsyncConnection, reader: FactsReader, row: RunRow) -> RunView:
    """Return a run as it is to be shown, with the names that its preview needs."""
    unit = await reader.unit(row.unit_id)
    named = await templates.names(tx, row.template_ids)
    ids = {row.requester_id}
    course = await courses.name_of(tx, row.rollout.course_id) if row.rollout else None
    if row.preview is not None and row.preview.rollout is not None:
        ids |= _people_of(row.preview.rollout)
    if row.preview is not None:
        ids |= {change.agent_id for change in row.preview.changes}
        ids |= {change.leader_id for change in row.preview.changes if change.leader_id}
        ids |= {i.rsplit(":", 1)[-1] for i in row.preview.unplaced_ids}
        for one in row.preview.meetings:
            ids |= {one.facilitator_id, *one.missing_ids}
    names = {**named, **await people.names(tx, ids)}
    names |= {team.id: team.name for team in unit.teams}
    return RunView(
        id=row.id,
        version=row.version,
        unit_id=row.unit_id,
        unit_name=unit.name,
        zone=unit.sites[0].zone if unit.sites else "UTC",
        dates=row.dates,
        state=row.state,
        template_names=(course,) if course else tuple(sorted(named.values())),
        requested_by=names.get(row.requester_id, row.requester_id),
        created_at=row.created_at,
        preview=row.preview,
        held=row.held,
        progress=await running.progress_of(tx, row.id),
        care=await selfcare.cared_for(tx, row.id, reader.now()),
        trouble=row.trouble,
        names=names,
        course=course,
    )


def _people_of(rollout: RolloutPreview) -> set[str]:
    """Return whom a roll-out's preview names."""
    trainers = {trainer for group in rollout.groups for _, trainer, _ in group.parts}
    return {*trainers, *rollout.waiting}


def _may_see(me: Person, row: RunRow) -> bool:
    """Whether a run is the person's: a scheduler's any, of courses also whoever fills courses."""
    if me.has(Role.SCHEDULER) or (row.rollout is not None and me.has(Role.LEARNING)):
        return True
    return row.requester_id == me.id and me.has(*PLANNERS)
