"""One tap on a card, token checked and draft saved: Aside's edge beside the SDK's stock adapter.

    .venv/bin/python -m benchmarks.bench_turns [--turns 400]

Each bot runs in its own process on core 0, the loader and the token issuer on core 1. All write
the same draft row to SQLite (write-ahead log) and answer with the same card. Rounds alternate, so
that a noisy machine is unfair to none. "CPU" is the server process's own time per turn, which
other load on the machine changes least. "patched" is the stock adapter with its slowest line
cured, which nobody ships: the comparison that flatters us least.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from sys import executable
from time import perf_counter
from typing import Any

import aiohttp

from benchmarks._turn_card import APP_ID, TENANT, SystemClock
from tests.support.identity import Identity

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("edge", "stock", "patched")
LOADER_CORE = 1
WARM = 50
ROUNDS = 4
TOGETHER = 8
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(kw_only=True)
class Server:
    """A bot under load, and what was measured of it (seconds)."""

    kind: str
    url: str
    pid: int
    single: list[float] = field(default_factory=list)
    together: float = 0.0
    turns_together: int = 0
    cpu: float = 0.0

    def cpu_so_far(self) -> float:
        """Return the processor seconds of the server since its start."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def row(self) -> dict[str, float]:
        """Return the figures, in milliseconds and turns a second."""
        ordered = sorted(self.single)
        turns = len(self.single) + self.turns_together
        return {
            "p50 ms": statistics.median(ordered) * 1000,
            "p95 ms": ordered[int(len(ordered) * 0.95)] * 1000,
            "turns/s": self.turns_together / self.together,
            "CPU ms": self.cpu / turns * 1000,
        }


class Loader:
    """Taps a button again and again, each time as a new activity."""

    def __init__(self, session: aiohttp.ClientSession, identity: Identity) -> None:
        """Keep one token, as Teams does for its life."""
        self._session = session
        self._headers = {"Authorization": f"Bearer {identity.mint(service_url=SERVICE_URL)}"}
        self._numbers = count(1)

    async def tap(self, server: Server) -> float:
        """Send one tap and return how long its answer took; AssertionError if it is no card."""
        activity = self._activity()
        begun = perf_counter()
        async with self._session.post(server.url, json=activity, headers=self._headers) as answer:
            body = await answer.read()
        took = perf_counter() - begun
        assert answer.status == 200, f"{server.kind} answered {answer.status}"
        assert b"Thursday 10:00" in body
        return took

    async def load(self, server: Server, turns: int) -> None:
        """Measure ``turns`` taps one by one, then as many from several at a time."""
        cpu = server.cpu_so_far()
        server.single += [await self.tap(server) for _ in range(turns)]
        begun = perf_counter()
        await asyncio.gather(*(self._several(server, turns // TOGETHER) for _ in range(TOGETHER)))
        server.together += perf_counter() - begun
        server.turns_together += turns // TOGETHER * TOGETHER
        server.cpu += server.cpu_so_far() - cpu

    async def _several(self, server: Server, turns: int) -> None:
        for _ in range(turns):
            await self.tap(server)

    def _activity(self) -> dict[str, Any]:
        number = next(self._numbers)
        return {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "id": f"f:{number}",
            "timestamp": SystemClock().now().isoformat(),
            "serviceUrl": SERVICE_URL,
            "channelId": "msteams",
            "from": {"id": "29:mia", "name": "Mia Meyer", "aadObjectId": "mia"},
            "recipient": {"id": f"28:{APP_ID}", "name": "Aside"},
            "conversation": {"id": "a:mia", "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            "locale": "en-GB",
            "replyToId": "1",
            "value": {
                "action": {
                    "type": "Action.Execute",
                    "verb": "book",
                    "data": {"draft": f"draft-{number % 50}", "version": 1, "field-1": "agent-1"},
                },
                "trigger": "manual",
            },
        }


@asynccontextmanager
async def running(kind: str, metadata: str, folder: Path) -> AsyncIterator[Server]:
    """Start a bot in a process of its own; it ends when its input closes."""
    process = await asyncio.create_subprocess_exec(
        executable,
        "-m",
        "benchmarks._turn_server",
        kind,
        metadata,
        str(folder / f"{kind}.sqlite"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        yield Server(kind=kind, url=f"http://127.0.0.1:{port}/api/messages", pid=process.pid)
    finally:
        process.stdin.close()
        await process.wait()


async def measure(turns: int) -> dict[str, dict[str, float]]:
    """Return the figures of each bot over ``turns`` single taps, in alternating rounds."""
    os.sched_setaffinity(0, {LOADER_CORE})
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Identity.open(app_id=APP_ID, clock=SystemClock()) as identity,
            aiohttp.ClientSession() as session,
            AsyncExitStack() as stack,
        ):
            metadata = f"{identity.url}/metadata"
            servers = [
                await stack.enter_async_context(running(kind, metadata, Path(folder)))
                for kind in KINDS
            ]
            loader = Loader(session, identity)
            for server in servers:
                for _ in range(WARM):
                    await loader.tap(server)
            for _ in range(ROUNDS):
                for server in servers:
                    await loader.load(server, turns // ROUNDS)
            return {server.kind: server.row() for server in servers}


def main() -> None:
    """Print each bot's row, and how many times better the edge is in each column."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=400, help="single taps for each bot")
    figures = asyncio.run(measure(parser.parse_args().turns))
    edge = figures["edge"]
    print(f"{'':14}" + "".join(f"{name:>10}" for name in edge))
    for kind, row in figures.items():
        print(f"{kind:14}" + "".join(f"{value:10.1f}" for value in row.values()))
    for kind in KINDS[1:]:
        print(f"{'edge/' + kind:14}" + "".join(f"{x:9.1f}x" for x in better(edge, figures[kind])))
    print("goals: p50 at least 3x better than stock, 200 turns/s or more")


def better(edge: dict[str, float], other: dict[str, float]) -> list[float]:
    """Return how many times better ``edge`` is, column by column."""
    return [
        edge[name] / other[name] if name == "turns/s" else other[name] / edge[name] for name in edge
    ]


if __name__ == "__main__":
    main()
