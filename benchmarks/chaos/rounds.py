"""Runs in the midst of requests: begun twice, killed while they are planned and booked, confirmed thrice."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

from benchmarks.chaos.database import Looks
from benchmarks.chaos.evidence import Amid, Notes
from scheduling.domain.runs import RunState

LOOK = 0.1
BEGINNINGS = 8
"""So often a run is begun whose facts could not be read; people would give up sooner."""
Ids = Callable[[], Awaitable[Collection[str]]]
Over = Callable[[], Awaitable[bool]]


class Ask(Protocol):
    """Asks any worker until one answers."""

    async def __call__(self, verb: str, **told: object) -> dict[str, Any]:
        """Return the answer of ``verb``."""
        ...


class Kill(Protocol):
    """Kills a worker that has some work in hand."""

    async def __call__(self, amid: Amid, of: Ids, over: Over) -> None:
        """Wait for a worker with workflows of these requests or runs, but no longer than ``over``."""
        ...


class Rounds:
    """Every run of a plan, one after the other in a unit and side by side across units."""

    def __init__(self, ask: Ask, kill: Kill, looks: Looks, notes: Notes) -> None:
        """Ask and kill by these, and keep what is seen in ``notes``."""
        self._ask = ask
        self._kill = kill
        self._looks = looks
        self._notes = notes

    async def see_through(self, number: int) -> None:
        """Keep what run ``number`` is of, and begin, confirm and kill it until it is booked."""
        await self._ask("keep", number=number, who=0)
        for _ in range(BEGINNINGS):
            run_id = await self._begun(number)
            if await self._planned(run_id):
                break
        self._notes.runs[number] = run_id
        await asyncio.gather(
            *(self._ask("confirm", number=number, who=n % 2, run=run_id) for n in range(3))
        )
        watching = asyncio.create_task(self._watch(run_id))
        await self._kill(
            Amid.BOOKING,
            lambda: self._looks.requests_of_run(run_id),
            lambda: self._over(run_id),
        )
        await watching

    async def _begun(self, number: int) -> str:
        """Begin a run as two schedulers at once, on any replicas."""
        answers = await asyncio.gather(
            *(self._ask("begin", number=number, who=who) for who in range(2))
        )
        return str(answers[0]["run"])

    async def _planned(self, run_id: str) -> bool:
        """Wait for a plan, through a kill where there is time for one; False where it failed."""

        async def ids() -> Collection[str]:
            return [run_id]

        async def over() -> bool:
            return await self._looks.state_of_run(run_id) is not RunState.PLANNING

        await self._kill(Amid.PLANNING, ids, over)
        while not await over():  # noqa: ASYNC110 - it polls a database
            await asyncio.sleep(LOOK)
        return await self._looks.state_of_run(run_id) is RunState.PREVIEW

    async def _over(self, run_id: str) -> bool:
        return (await self._looks.state_of_run(run_id)).over

    async def _watch(self, run_id: str) -> None:
        """Note how far the booking is until it is over."""
        while True:
            over = await self._over(run_id)
            self._notes.progress[run_id].append(await self._looks.settled_of_run(run_id))
            if over:
                return
            await asyncio.sleep(LOOK)
