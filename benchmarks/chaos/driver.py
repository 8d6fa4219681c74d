"""A run: requests go in, workers and the database go down, and everything is noted for the verdict."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.chaos import centre as small
from benchmarks.chaos import evidence
from benchmarks.chaos.database import Looks, Server, furnish, serving
from benchmarks.chaos.evidence import Amid, Evidence, Killing, Notes
from benchmarks.chaos.fleet import Fleet
from benchmarks.chaos.processes import Process, children, start, still_there
from benchmarks.chaos.rounds import Ids, Over, Rounds
from benchmarks.chaos.worker import Orders
from scheduling.domain.changes import ChangeKind
from scheduling.domain.requests import WorkItemCause, WorkItemState

LOOK = 0.25
CHANGED = (ChangeKind.MOVE, ChangeKind.MOVE, ChangeKind.CANNOT, ChangeKind.CANCEL)
"""What people do to booked sessions, each as often as it stands here."""
ONE_CHANGE_IN = 4
"""So many requests are booked for each change of a booked session."""
SHORTEST, LONGEST = 0.2, 2.5
"""Seconds between a fleet that is whole and the next blow."""
ORPHANS_AFTER = 2.0
TRIES = 6
CALL = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run does. ``patience`` is how many seconds it may take in all.

    ``runs`` are of recurring meetings and courses by turns. A worker is killed while each is booked,
    and while it is planned where that takes long enough; these kills come on top of ``kills``.
    """

    database: str
    requests: int
    kills: int
    restarts: int = 0
    replicas: int = 1
    units: int = 5
    runs: int = 0
    seed: int = 1
    tickets: bool = True
    patience: float = 1800.0

    def __post_init__(self) -> None:
        """Refuse what no database of that kind can do."""
        if self.database == "sqlite" and (self.replicas > 1 or self.restarts):
            raise ValueError("SQLite serves one process and has no server to restart")
        if self.runs > self.units:
            raise ValueError("a unit books one run at a time: ask for no more runs than units")

    @property
    def low(self) -> int:
        """So many requests are kept under way."""
        return 3 * self.units

    @property
    def burst(self) -> int:
        """So many requests are made at once."""
        return 2 * self.units


class Run:
    """One run over a database, a ledger and a fleet that are up."""

    def __init__(
        self, plan: Plan, server: Server, fleet: Fleet, looks: Looks, session: aiohttp.ClientSession
    ) -> None:
        """Draw everything from the plan's seed."""
        self._plan = plan
        self._server = server
        self._fleet = fleet
        self._looks = looks
        self._session = session
        self._rng = random.Random(plan.seed)  # noqa: S311 - chaos, not secrets
        self._units = small.unit_names(plan.units)
        self._made = 0
        self._blows = 0
        self._tried = 0
        self._later: list[asyncio.Task[None]] = []
        self._blow = asyncio.Lock()
        self.notes = Notes()

    async def until_over(self) -> bool:
        """Run everything until all is settled; False where the patience ends first."""
        try:
            async with asyncio.timeout(self._plan.patience), asyncio.TaskGroup() as group:
                beside = [group.create_task(self._decide()), group.create_task(self._listen())]
                beside.append(group.create_task(self._change()))
                beside.append(group.create_task(self._fleet.keep_whole()))
                group.create_task(self._strike())
                rounds = Rounds(self._until_answered, self._kill, self._looks, self.notes)
                plans = [
                    group.create_task(rounds.see_through(number))
                    for number in range(self._plan.runs)
                ]
                await self._feed()
                await asyncio.gather(*plans)
                while not await self._settled():  # noqa: ASYNC110 - it polls a database
                    await asyncio.sleep(LOOK)
                for task in beside:
                    task.cancel()
        except TimeoutError:
            return False
        finally:
            await asyncio.gather(*self._later)
        return True

    async def _settled(self) -> bool:
        all_blows = self._blows >= self._plan.kills + self._plan.restarts
        return all_blows and await self._dry()

    @property
    def _answered(self) -> int:
        return len(self.notes.acknowledged) + len(self.notes.refused)

    async def _dry(self) -> bool:
        """Whether every request is made, and final or with a human who has to look."""
        standing = await self._looks.standing()
        return self._answered >= self._plan.requests and not (
            standing.unsettled or standing.working or any(_verb(i) for i in standing.items)
        )

    async def _feed(self) -> None:
        """Make requests in bursts, spread over the blows, so that there is always work."""
        plan = self._plan
        blows = plan.kills + plan.restarts
        while self._made < plan.requests:
            unsettled = (await self._looks.standing()).unsettled
            due = plan.requests * (self._blows + 1) / (blows + 1)
            if unsettled == 0 or (unsettled < plan.low and self._made < due):
                numbers = range(self._made, min(self._made + plan.burst, plan.requests))
                self._made = numbers.stop
                await asyncio.gather(*(self._submit(number) for number in numbers))
            else:
                await asyncio.sleep(LOOK)

    async def _submit(self, number: int) -> None:
        """Make one request, on any replica, asking again until there is an answer."""
        why = ""
        for _ in range(TRIES):
            answer = await self._until_answered("draft", number=number)
            if "draft" in answer:
                answer = await self._until_answered("submit", number=number, **answer)
            if "request" in answer:
                self.notes.acknowledged[number] = answer["request"]
                return
            why = answer["refused"]
        self.notes.refused[number] = why

    async def _until_answered(self, verb: str, **told: object) -> dict[str, Any]:
        while True:
            status, answer = await self._call(self._any(), verb, told)
            if status in (200, 409):
                return answer
            await asyncio.sleep(0.1)

    async def _call(
        self, worker: Process | None, door: str, told: Mapping[str, object]
    ) -> tuple[int, dict[str, Any]]:
        if worker is None:
            return 0, {}
        try:
            async with self._session.post(
                f"{worker.url}/{door}", json=told, timeout=CALL
            ) as response:
                return response.status, await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return 0, {}

    def _any(self) -> Process | None:
        ready = self._fleet.ready
        return self._rng.choice(ready) if ready else None

    async def _decide(self) -> None:
        """Tap three times at once, on any replicas, on everything that a scheduler can decide."""
        while True:
            for item in (await self._looks.standing()).items:
                verb = _verb(item)
                if verb:
                    await asyncio.gather(*(self._tap(item, verb, n) for n in range(3)))
            await asyncio.sleep(LOOK)

    async def _tap(self, item: dict[str, Any], verb: str, number: int) -> None:
        schedulers = [f"{item['unit_id']}-scheduler-{n}" for n in range(2)]
        if verb == "confirm":
            who = next(one for one in schedulers if one != item["decided_by"])
        else:
            who = schedulers[number % 2]
        tap = {"item": item["id"], "version": item["version"], "verb": verb, "who": who}
        status, answer = await self._call(self._any(), "decide", tap)
        if status == 200 and WorkItemState(answer["decided"]).decided:
            self.notes.accepted[item["id"]] += 1

    async def _change(self) -> None:
        """Move, give up or cancel booked sessions, as requests are answered."""
        while True:
            while self._tried < self._answered // ONE_CHANGE_IN:
                sessions = await self._looks.changeable()
                if not sessions:
                    break
                self._tried += 1
                await self._change_one(self._rng.choice(sessions))
            await asyncio.sleep(LOOK)

    async def _change_one(self, session: dict[str, Any]) -> None:
        kind = self._rng.choice(CHANGED)
        own = kind is ChangeKind.CANNOT
        who = session["attendee_id"] if own else session["requester_id"]
        answer = await self._until_answered(
            "change", kind=kind.value, session=session["id"], who=who
        )
        if "change" in answer:
            self.notes.changes[answer["change"]] = kind.value

    async def _strike(self) -> None:
        """Kill workers and restart the database, in an order drawn from the seed.

        Each blow waits for its share of the requests, so that they are spread over the run.
        """
        blows = [self._kill_any] * self._plan.kills + [self._restart] * self._plan.restarts
        self._rng.shuffle(blows)
        for blow in blows:
            share = self._plan.requests * self._blows // (len(blows) + 1)
            while self._answered < share:  # noqa: ASYNC110 - it polls what others note
                await asyncio.sleep(LOOK)
            await self._fleet.whole()
            await asyncio.sleep(self._rng.uniform(SHORTEST, LONGEST))
            await blow()
            self._blows += 1

    async def _kill_any(self) -> None:
        """Kill a worker that has work of a request in hand; wait for one that does."""
        await self._kill(Amid.REQUEST, None, self._dry)

    async def _kill(self, amid: Amid, of: Ids | None, over: Over) -> None:
        """Kill a worker with work in hand, ``of`` some requests or runs where given; see ``Kill``."""
        while not await over():
            async with self._blow:
                await self._fleet.whole()
                worker = await self._holder(of)
                if worker is not None:
                    offspring = children(worker.handle.pid)
                    at = self._fleet.kill(worker)
                    held = await self._held(worker, of)
                    if held:
                        killing = Killing(at=at, executor=worker.executor, held=held, amid=amid)
                        self.notes.kills.append(killing)
                    self._later.append(asyncio.create_task(self._look_for(offspring)))
                    if held:
                        return
            await asyncio.sleep(0.02)

    async def _holder(self, of: Ids | None) -> Process | None:
        """Return a worker with work in hand; None where none has, or the last death is still felt."""
        if self.notes.kills and await self._looks.first_step(self.notes.kills[-1].at) is None:
            return None
        ready = self._fleet.ready
        for worker in self._rng.sample(ready, len(ready)):
            if await self._held(worker, of):
                return worker
        return None

    async def _held(self, worker: Process, of: Ids | None) -> list[str]:
        """Return the workflows in a worker's hand; their ids begin with what they are of."""
        held = await self._looks.in_hand(worker.executor)
        if of is None or not held:
            return held
        wanted = await of()
        return [one for one in held if one.partition(":")[0] in wanted]

    async def _look_for(self, offspring: dict[int, str]) -> None:
        await asyncio.sleep(ORPHANS_AFTER)
        self.notes.orphans += still_there(offspring)

    async def _restart(self) -> None:
        """Restart the database while there is work under way."""
        while not (await self._looks.standing()).working:
            if await self._dry():
                return
            await asyncio.sleep(0.05)
        await self._server.restart()
        self.notes.restarts.append(_now())

    async def _listen(self) -> None:
        """Collect what the workers measured of their event loops."""
        while True:
            for worker in self._fleet.ready:
                _, answer = await self._call(worker, "lag", {})
                self.notes.late += answer.get("late", ())
            await asyncio.sleep(1.0)


def _now() -> float:
    return time.time()  # noqa: TID251 - the harness's own clock, set beside the engine's


def _verb(item: dict[str, Any]) -> str | None:
    """Return what a scheduler does about an item; None leaves it with them, as a doomed room's."""
    if item["state"] == WorkItemState.AWAITING_SECOND.value:
        return "confirm"
    if item["cause"] == WorkItemCause.NOT_PLACED.value:
        return "approve" if item["facts"].get("ways_out") else "send_back"
    return "force" if item["cause"] == WorkItemCause.ENGINE_ERROR.value else None


@asynccontextmanager
async def _ledger(plan: Plan, folder: Path) -> AsyncIterator[tuple[str, Path]]:
    log = folder / "ledger.jsonl"
    process = await start("ledger", folder, "benchmarks.chaos.ledger", str(log), str(plan.seed))
    try:
        yield process.url, log
    finally:
        await process.stop()


async def run(plan: Plan, folder: Path) -> Evidence:
    """Do what the plan says in ``folder``, and return everything that was seen."""
    began = _now()
    today = datetime.fromtimestamp(began, UTC).date()
    async with (
        serving(plan.database, folder) as server,
        _ledger(plan, folder) as (ledger, log),
        aiohttp.ClientSession() as session,
    ):
        orders = Orders(
            url=server.url,
            ledger=ledger,
            units=plan.units,
            monday=(today - timedelta(days=today.weekday())).isoformat(),
            first=(today + timedelta(days=1)).isoformat(),
            tickets=plan.tickets,
        )
        looks = Looks(server.url)
        await furnish(looks.store, orders.names, ledger)
        fleet = Fleet(folder, plan.replicas, json.dumps(asdict(orders)))
        run = Run(plan, server, fleet, looks, session)
        try:
            await fleet.begin()
            over = await run.until_over()
            await fleet.end()
            return await evidence.gather(run.notes, looks, log, fleet, over=over, began=began)
        finally:
            await fleet.end()
            await looks.close()
