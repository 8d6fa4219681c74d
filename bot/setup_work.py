"""What the administrator's commands do to the set-up; they act as whoever may write to the database."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot import logs
from bot.clocks import RandomIds, SystemClock
from bot.keeping import ADMINISTRATOR, opened
from bot.remotes import open_remotes, open_wfm
from bot.settings import Settings, setup_of
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.setup import Setup
from scheduling.optimizer.pool import SolverPool
from scheduling.ports.calendar import Calendar
from scheduling.ports.clock import Clock
from scheduling.ports.wfm import Wfm
from scheduling.storage import people, setups
from scheduling.storage.edits import Edit, to_rows
from scheduling.storage.setups import Change, ChangeState, Version
from scheduling.storage.store import Store
from scheduling.workflows.rehearsal import Rehearsal, rehearse
from scheduling.workflows.services import Solver
from scheduling.workflows.setup import LIFE, keeping_types
from scheduling.workflows.setup_changes import between, bring_into_force, lowered
from scheduling.workflows.setup_form import Area
from scheduling.workflows.setups import Setups

PATIENCE = timedelta(minutes=10)
"""How long a dry run may take here; what is not through by then is said to be skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An open database with the set-up in force."""

    settings: Settings
    store: Store
    clock: Clock
    setups: Setups


@asynccontextmanager
async def holding(settings: Settings) -> AsyncIterator[Held]:
    """Open the database; its first version is made where there is none."""
    logs.configure("warning")  # what is printed is the answer
    clock = SystemClock()
    async with opened(settings) as store:
        held = Setups(store, clock, setup_of(settings))
        await held.start()
        yield Held(settings=settings, store=store, clock=clock, setups=held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A change that came into force as ``number``, or that ``waits`` for a second person."""

    number: int
    edits: Sequence[Edit]
    waits: tuple[str, ...] = ()


async def change(held: Held, after: Setup, *, restores: int | None = None) -> Done:
    """Make ``after`` the next version; one that lowers a floor waits for a person in Teams."""
    before, now = held.setups.setup, held.clock.now()
    edits = between(before, after)
    waits: tuple[str, ...] = ()
    if before.floors != after.floors:
        waits = await lowered(await open_wfm(held.settings, held.clock), before, after)
    async with held.store.write() as tx:
        if not waits:
            base = held.setups.number
            number, changed = await bring_into_force(
                tx, held.setups, edits, base=base, by=ADMINISTRATOR, at=now, restores=restores
            )
            return Done(number=number, edits=changed)
        await setups.put_change(
            tx,
            Change(
                id=RandomIds().new(),
                owner_id=ADMINISTRATOR,
                area=Area.EVERYTHING.value,
                base=held.setups.number,
                edits=to_rows(edits),
                state=ChangeState.WAITING,
                rehearsal=None,
                expires_at=now + LIFE,
                restores=restores,
            ),
        )
    return Done(number=held.setups.number, edits=edits, waits=waits)


async def earlier(held: Held) -> tuple[int, Setup]:
    """Return the version before the one in force, as it would be restored; STALE for the first."""
    number = held.setups.number - 1
    if number < 1:
        raise Refused(Refusal.STALE)
    async with held.store.read() as tx:
        then = await held.setups.at(tx, number)
    return number, keeping_types(held.setups.setup, then)


async def versions(held: Held, most: int) -> Sequence[tuple[Version, str, Sequence[Edit]]]:
    """Return the newest versions with who made them and what they changed, the newest first."""
    async with held.store.read() as tx:
        found = await setups.history(tx, most + 1)
        names = await people.names(tx, {version.by for version in found})
        whole = {version.number: await held.setups.at(tx, version.number) for version in found}
    return [
        (each, names.get(each.by, each.by), _changed(whole, each.number)) for each in found[:most]
    ]


def _changed(whole: dict[int, Setup], number: int) -> Sequence[Edit]:
    return between(whole[number - 1], whole[number]) if number - 1 in whole else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remotes:
    """What a dry run reads through."""

    store: Store
    wfm: Wfm
    calendar: Calendar
    solver: Solver
    clock: Clock


async def dry_run(
    held: Held, after: Setup, told: Callable[[Rehearsal], Awaitable[None]]
) -> Rehearsal:
    """Run the last 30 days' requests under the set-up in force and under ``after``."""
    async with AsyncExitStack() as stack:
        remotes = await open_remotes(held.settings, held.store, held.clock, stack)
        solver = SolverPool(held.settings.solver_processes)
        stack.callback(solver.close)
        await solver.warm_up()
        until = held.clock.now() + PATIENCE
        return await rehearse(
            _Remotes(
                store=held.store,
                wfm=remotes.wfm,
                calendar=remotes.calendar,
                solver=solver,
                clock=held.clock,
            ),
            held.setups.setup,
            after,
            told=told,
            late=lambda: held.clock.now() > until,
        )
