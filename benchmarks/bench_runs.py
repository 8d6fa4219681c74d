"""A run over a whole unit: planned and previewed, against the three minutes that a planner waits.

    .venv/bin/python -m benchmarks.bench_runs [--agents 500 5000]

A one-to-one a month for each agent of a generated centre with its own manager, over four weeks that
meet two months, at an even pace. Each size is a process of its own; the remotes are in memory and
answer at once, the search runs in a process beside, as in the product. What is booked then is
`bench_capacity`'s to measure. Ends non-zero where a preview takes longer than ``BOUND``.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

from benchmarks._capacity import QuickCalendar, QuietTeams
from bot.clocks import RandomIds
from bot.settings import default_types
from scheduling.domain.people import Person, Role
from scheduling.domain.runs import RunState
from scheduling.domain.setup import first_setup
from scheduling.domain.templates import Audience, Frequency, Recurrence, Template
from scheduling.domain.times import DAY, DateRange
from scheduling.optimizer.pool import SolverPool
from scheduling.storage import people, templates
from scheduling.storage.runs import RunRow
from scheduling.storage.store import Store
from scheduling.workflows import planning
from scheduling.workflows.engine import Engine
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.search import Search
from scheduling.workflows.services import Services
from scheduling.workflows.setups import Setups
from wfm.centre.generate import generate
from wfm.centre.memory import MemoryWfm
from wfm.centre.model import Centre

BOUND = 180.0
"""Seconds from asking to the preview."""
MONDAY = date(2026, 11, 23)
DATES = DateRange(MONDAY, MONDAY + 28 * DAY)
TEAM = 15
SEED = 1
Figures = dict[str, float]


@dataclass(frozen=True)
class Stopped:
    """A clock that stands on the Sunday before."""

    def now(self) -> datetime:
        """See Clock."""
        return datetime(2026, 11, 22, 9, tzinfo=UTC)


def main() -> int:
    """Measure each size in a process of its own; 1 where a preview took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, nargs="+", default=[500])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(asyncio.run(measured(given.one))))
        return 0
    missed = 0
    for agents in given.agents:
        command = [sys.executable, "-m", "benchmarks.bench_runs", "--one", str(agents)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
        missed += show(agents, json.loads(done.stdout.splitlines()[-1]))
    return int(missed > 0)


def show(agents: int, figures: Figures) -> int:
    """Print one size's figures; 1 where it took too long."""
    print(
        f"{agents} agents: {figures['sessions']:.0f} sessions planned, {figures['unplaced']:.0f} without a"
        f" time, {figures['kept']:.0f} held already; preview after {figures['seconds']:.1f} s (goal {BOUND:.0f});"
        f" cost {figures['cost']:.1f}, bound {figures['bound']:.1f}; peak {figures['own']:.0f} MB, the"
        f" search {figures['search']:.0f} MB",
        flush=True,
    )
    return int(figures["seconds"] > BOUND)


async def measured(agents: int) -> Figures:
    """Return the figures of one size; times are in seconds, memory in MB."""
    world = generate(
        SEED, MONDAY, weeks=4, history_days=35, agents=agents, teams=max(8, agents // TEAM)
    )
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'aside.db'}"
        async with opened(url, world) as runtime:
            row = await asked(runtime, world)
            begun = perf_counter()
            planned = await planning.plan(runtime, row)
            took = perf_counter() - begun
    preview = planned.preview
    return {
        "seconds": took,
        "sessions": len(planned.sessions),
        "unplaced": len(preview.unplaced_ids),
        "kept": preview.kept,
        "cost": preview.cost,
        "bound": preview.bound,
        "own": getrusage(RUSAGE_SELF).ru_maxrss / 1024,
        "search": getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


@asynccontextmanager
async def opened(url: str, world: Centre) -> AsyncIterator[Runtime]:
    """Run what a run is planned with, over ``world``."""
    clock, store, pool = Stopped(), Store(url), SolverPool(1)
    await store.prepare()
    wfm, calendar = MemoryWfm(world, clock), QuickCalendar()
    kinds = [(one.type, one.places) for one in default_types()]
    services = Services(
        store=store,
        wfm=wfm,
        calendar=calendar,
        patient_calendar=calendar,
        notifier=QuietTeams(),
        solver=pool,
        clock=clock,
        ids=RandomIds(),
        setups=Setups(store, clock, first_setup(kinds)),
    )
    search = Search(services, FactsReader(wfm, clock, services.policy))
    yield Runtime(services=services, search=search, engine=Engine(url))
    pool.close()
    await store.close()


async def asked(runtime: Runtime, world: Centre) -> RunRow:
    """Keep a monthly one-to-one for every team, and return the run that is to be planned."""
    services, unit = runtime.services, world.units[0]
    agents = [
        Person(
            id=agent.id,
            name=agent.name,
            zone=agent.zone,
            roles=frozenset({Role.AGENT}),
            unit_id=unit.id,
            site_id=agent.site_id,
            team_id=agent.team_id,
            address=agent.address,
            in_wfm=True,
        )
        for agent in world.agents
    ]
    monthly = Template(
        id="monthly",
        name="Monthly one-to-one",
        unit_id=unit.id,
        owner_id="",
        type_id="one_to_one",
        audience=Audience(team_ids=frozenset(team.id for team in unit.teams)),
        recurrence=Recurrence(frequency=Frequency.MONTHLY),
        start=MONDAY,
        least_days=14,
    )
    async with services.store.write() as tx:
        await people.sync(tx, [*world.people, *agents])
        await templates.insert(tx, monthly, services.clock.now())
    return RunRow(
        id="run",
        version=1,
        unit_id=unit.id,
        state=RunState.PLANNING,
        dates=DATES,
        template_ids=(monthly.id,),
        requester_id="",
        requester_object_id="",
        preview=None,
        held=frozenset(),
        members={},
        trouble=None,
        created_at=services.clock.now(),
        ended_at=None,
    )


if __name__ == "__main__":
    raise SystemExit(main())
