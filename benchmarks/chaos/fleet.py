"""The workers of a run: started, killed, and started again as a supervisor would."""

import asyncio
import itertools
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.chaos.processes import NeverStarted, Process, start

LOOK = 0.05
MOST_FAILED_STARTS = 40


class Fleet:
    """So many workers, each with a name of its own however often they are started again."""

    def __init__(self, folder: Path, size: int, orders: str) -> None:
        """Keep logs in ``folder``; tell each worker ``orders``."""
        self._folder = folder
        self.size = size
        self._orders = orders
        self._names = (f"worker-{n}" for n in itertools.count())
        self._workers: list[Process] = []
        self._failed_starts = 0
        self.starts: list[float] = []
        self.left = 0
        """How many ended by themselves, as they do when the database goes away."""

    @property
    def ready(self) -> list[Process]:
        """The workers that can be asked."""
        return [worker for worker in self._workers if not worker.ended]

    async def begin(self) -> None:
        """Start all of them."""
        self._workers = list(await asyncio.gather(*(self._start() for _ in range(self.size))))

    async def _start(self) -> Process:
        """Start one; again where it could not, for the database may be away just then."""
        while True:
            self.starts.append(time.time())  # noqa: TID251 - set beside the engine's clock
            try:
                return await start(
                    next(self._names), self._folder, "benchmarks.chaos.begin", self._orders
                )
            except NeverStarted:
                self._failed_starts += 1
                if self._failed_starts > MOST_FAILED_STARTS:
                    raise

    def kill(self, worker: Process) -> float:
        """End one without warning, and return when."""
        worker.kill()
        self._workers.remove(worker)
        return time.time()  # noqa: TID251 - set beside the engine's clock

    async def keep_whole(self) -> None:
        """Start another for each that has ended, for ever."""
        starting: set[asyncio.Task[None]] = set()
        try:
            while True:
                gone = [worker for worker in self._workers if worker.ended]
                self.left += len(gone)
                self._workers = self.ready
                for _ in range(self.size - len(self._workers) - len(starting)):
                    starting.add(asyncio.create_task(self._add()))
                for task in [task for task in starting if task.done()]:
                    starting.discard(task)
                    task.result()
                await asyncio.sleep(LOOK)
        finally:
            for task in starting:
                task.cancel()

    async def _add(self) -> None:
        worker = await self._start()
        self._workers.append(worker)  # to the list as it is by now

    async def whole(self) -> None:
        """Wait until all of them are there."""
        while len(self.ready) < self.size:  # noqa: ASYNC110 - processes tell nobody
            await asyncio.sleep(LOOK)

    async def end(self) -> None:
        """Stop those that are left."""
        left, self._workers = self.ready, []
        with suppress(ProcessLookupError):
            await asyncio.gather(*(worker.stop() for worker in left))
