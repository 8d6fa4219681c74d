"""What planners' commands do about recurring meetings; they act as whoever may write to the database.

A run that is begun or confirmed here is taken up by the serving process within a minute.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clocks import RandomIds, SystemClock
from bot.keeping import ADMINISTRATOR, opened
from bot.settings import Settings
from bot.setup_work import holding
from bot.template_checks import faults_in, known_to
from scheduling.domain.people import Person, Role
from scheduling.domain.rollouts import Rollout
from scheduling.domain.runs import MOST_RUN_DAYS, RunState
from scheduling.domain.selfcare import CaredFor
from scheduling.domain.templates import Template
from scheduling.domain.times import DAY, DateRange
from scheduling.recurrence.faults import faults_of
from scheduling.storage import audit, people, runs, selfcare, templates
from scheduling.storage.audit import Fact
from scheduling.storage.codec import dump, load
from scheduling.storage.runs import RunRow
from scheduling.workflows.rights import may_use, not_led

MOST_BYTES = 1_000_000
Templates = tuple[Template, ...]


class CannotPlan(Exception):
    """Nothing was changed; the message says why and what to do."""


async def kept(settings: Settings) -> Sequence[Template]:
    """Return every active template, by unit and name."""
    async with opened(settings) as store, store.read() as tx:
        units = await templates.units(tx)
        return [one for unit_id in units for one in await templates.of_unit(tx, unit_id)]


def written(found: Sequence[Template]) -> str:
    """Return templates as a JSON file, to be changed and imported again."""
    return json.dumps(dump(Templates, tuple(found)), indent=2, ensure_ascii=False) + "\n"


def read(path: Path) -> Templates:
    """Return the templates of a file; CannotPlan with every fault and its place."""
    if path.stat().st_size > MOST_BYTES:
        raise CannotPlan(f"{path} has more than {MOST_BYTES:,} bytes")
    try:
        found = load(Templates, json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        lines = [
            f"  /{'/'.join(str(part) for part in one['loc'])}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        ]
        raise CannotPlan(f"{path} cannot be used:\n" + "\n".join(lines)) from None
    except ValueError as error:
        raise CannotPlan(f"{path} is not a JSON file in UTF-8: {error}") from None
    lines = [
        f"  /{place}: {fault.value.replace('_', ' ')}"
        for place, one in enumerate(found)
        for fault in faults_of(one)
    ]
    if lines:
        raise CannotPlan(f"{path} has templates that can never be met:\n" + "\n".join(lines))
    return found


async def keep(settings: Settings, found: Templates) -> tuple[int, int]:
    """Keep templates: one with a known id is changed, one without is new; how many of each.

    Nothing is kept where one cannot be: CannotPlan with every fault and its place.
    """
    now, new, changed = SystemClock().now(), 0, 0
    async with holding(settings) as held, held.store.write() as tx:
        known = await known_to(tx, held.setups.setup.types, found)
        if lines := faults_in(found, known):
            raise CannotPlan("Nothing was kept. To correct, by place:\n" + "\n".join(lines))
        for one in found:
            before = known.before.get(one.id)
            if before is None:
                one = replace(one, id=one.id or RandomIds().new())  # noqa: PLW2901 - its own name
                await templates.insert(tx, one, now)
                new += 1
            elif before != one:
                await templates.change(tx, replace(one, version=before.version), now)
                changed += 1
            else:
                continue
            await audit.record(
                tx,
                at=now,
                actor=ADMINISTRATOR,
                action="template.saved",
                subject=one.id,
                parameters=audit.digest(one),
                detail={},
            )
    return new, changed


async def end(settings: Settings, template_id: str) -> None:
    """Let a template ask for nothing more; CannotPlan where there is none."""
    now = SystemClock().now()
    async with opened(settings) as store, store.write() as tx:
        if not await templates.end(tx, template_id, now):
            raise CannotPlan(
                f"there is no template {template_id}; `aside template list` shows them"
            )
        await audit.record(
            tx, at=now, actor=ADMINISTRATOR, action="template.ended", subject=template_id, detail={}
        )


async def start(settings: Settings, owner_id: str, first: date, last: date) -> RunRow:
    """Let the templates that the owner may use be planned from ``first`` to ``last``."""
    now = SystemClock().now()
    async with opened(settings) as store, store.write() as tx:
        owner = await _require_planner(tx, owner_id, None)
        dates = to_come("a run", owner, first, last, now)
        unit_id = str(owner.unit_id)
        found = [one for one in await templates.of_unit(tx, unit_id) if may_use(owner, one)]
        await _require_own(tx, owner, found)
        await require_idle(tx, unit_id)
        if not found:
            raise CannotPlan(
                f"{owner_id} has no template to plan; `aside template import` adds some, and a"
                " scheduler of the unit may plan those of everybody"
            )
        row = new_run(owner, dates, now, template_ids=tuple(one.id for one in found))
        await runs.insert(tx, row)
        await note(tx, row.id, RunState.PLANNING)
    return row


def to_come(what: str, owner: Person, first: date, last: date, now: datetime) -> DateRange:
    """Return the dates of ``what``, none before the owner's today; CannotPlan where they cannot be."""
    today = now.astimezone(ZoneInfo(owner.zone)).date()
    if last < max(first, today) or (last - first).days >= MOST_RUN_DAYS:
        raise CannotPlan(f"{what} is over dates to come, {MOST_RUN_DAYS} days at most")
    return DateRange(max(first, today), last + DAY)


async def require_idle(tx: AsyncConnection, unit_id: str) -> None:
    """Raise CannotPlan while a run of the unit is planned or booked; keep others waiting."""
    await runs.alone(tx, unit_id)
    busy = await runs.under_way(tx, unit_id)
    if busy is not None:
        raise CannotPlan(f"run {busy.id} is {busy.state.value}; wait for it, or discard it")


def new_run(
    owner: Person,
    dates: DateRange,
    now: datetime,
    *,
    template_ids: tuple[str, ...] = (),
    rollout: Rollout | None = None,
) -> RunRow:
    """Return a run of the owner's unit that is yet to be planned."""
    return RunRow(
        id=RandomIds().new(),
        unit_id=str(owner.unit_id),
        state=RunState.PLANNING,
        dates=dates,
        template_ids=template_ids,
        requester_id=owner.id,
        requester_object_id="",
        created_at=now,
        rollout=rollout,
    )


async def newest(settings: Settings) -> Sequence[RunRow]:
    """Return the newest runs of every unit."""
    async with opened(settings) as store, store.read() as tx:
        return await runs.newest(tx)


async def found(settings: Settings, run_id: str) -> RunRow:
    """Return a run; CannotPlan where there is none."""
    async with opened(settings) as store, store.read() as tx:
        return await _run(tx, run_id)


async def cared_for(settings: Settings, run_id: str) -> Sequence[CaredFor]:
    """Return what self-care did about the sessions of a run, the newest first."""
    async with opened(settings) as store, store.read() as tx:
        return await selfcare.cared_for(tx, run_id, SystemClock().now())


async def confirm(settings: Settings, run_id: str, hold: Sequence[date]) -> None:
    """Let what a run planned be booked, except on the days ``hold``."""
    async with opened(settings) as store, store.write() as tx:
        row = await _run(tx, run_id)
        extra = (Role.LEARNING,) if row.rollout else ()
        owner = await _require_planner(tx, row.requester_id, row.unit_id, *extra)
        await _require_own(tx, owner, await templates.ever(tx, row.template_ids))
        if row.state is RunState.PREVIEW:
            await require_idle(tx, row.unit_id)
        held = sorted({*row.held, *hold})
        if not await runs.move_on(
            tx,
            run_id,
            of=(RunState.PREVIEW,),
            to=RunState.BOOKING,
            version=row.version,
            held=[day.isoformat() for day in held],
            requester_object_id=owner.object_id or owner.id,
        ):
            raise CannotPlan(f"run {run_id} is {row.state.value}: only a plan can be confirmed")
        await note(tx, run_id, RunState.BOOKING)


async def discard(settings: Settings, run_id: str) -> None:
    """Forget a run of which nothing is booked."""
    now = SystemClock().now()
    async with opened(settings) as store, store.write() as tx:
        row = await _run(tx, run_id)
        of = (RunState.PLANNING, RunState.PREVIEW)
        if not await runs.move_on(tx, run_id, of=of, to=RunState.DISCARDED, ended_at=now):
            raise CannotPlan(f"run {run_id} is {row.state.value}: stop it on its card in Teams")
        await note(tx, run_id, RunState.DISCARDED)


async def _run(tx: AsyncConnection, run_id: str) -> RunRow:
    row = await runs.get(tx, run_id)
    if row is None:
        raise CannotPlan(f"there is no run {run_id}; `aside run list` shows them")
    return row


async def _require_planner(
    tx: AsyncConnection, person_id: str, unit_id: str | None, *extra: Role
) -> Person:
    """Return who owns a template or run: a scheduler or manager of the unit, or of an ``extra`` role."""
    person = await people.get(tx, person_id)
    if (
        person is None
        or person.unit_id is None
        or not person.has(Role.SCHEDULER, Role.MANAGER, *extra)
        or unit_id not in (None, person.unit_id)
    ):
        raise CannotPlan(
            f"{person_id} is no scheduler or manager of the unit; `aside people list` shows who is"
        )
    return person


async def _require_own(tx: AsyncConnection, owner: Person, found: Sequence[Template]) -> None:
    """Raise CannotPlan where ``found`` is for others than the owner leads (any more)."""
    others = not_led(owner, found, await people.of_unit(tx, str(owner.unit_id)))
    if others:
        raise CannotPlan(
            f"templates of {owner.id} name {', '.join(sorted(each.id for each in others))}, who are"
            f" in no team that {owner.id} leads (any more); change those templates"
        )
    lost = sorted(each.name for each in found if not may_use(owner, each))
    if lost:
        raise CannotPlan(
            f"{owner.id} may not use {', '.join(lost)} (any more); a scheduler of the unit may"
        )


async def note(
    tx: AsyncConnection, run_id: str, to: RunState, detail: Mapping[str, Fact] | None = None
) -> None:
    """Write into the audit what became of a run."""
    await audit.record(
        tx,
        at=SystemClock().now(),
        actor=ADMINISTRATOR,
        action=f"run.{to.value}",
        subject=run_id,
        after={"state": to.value},
        detail=detail or {},
    )
