"""How soon ``aside serve`` answers after it is started, and what it then weighs.

The bounds are those of design: /healthz within 3 s, the first answer to a sentence within 8 s of
the start, at most 200 MB for the edge process after load (its solver process is shown beside it).
Prints one line per figure, with its bound and the peer it is held against: a bare interpreter.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from bot.clocks import SystemClock
from bot.rehearsal.teams import FakeTeams
from bot.world import World, generate_folder, open_world

HEALTHY_SECONDS = 3.0
ANSWER_SECONDS = 8.0
EDGE_MEGABYTES = 200.0
PATIENCE = 60.0
LOAD = 40


def environment(world: World, folder: Path, port: int) -> Mapping[str, str]:
    """Return the settings of a server in this world."""
    graph = world.graph_group()
    return os.environ | {
        "ASIDE_DEVELOPMENT": "true",
        "ASIDE_PORT": str(port),
        "ASIDE_DATABASE_URL": f"sqlite:///{folder / 'aside.db'}",
        "ASIDE_WFM_FOLDER": str(world.folder),
        "ASIDE_LOG_LEVEL": "error",
        "ASIDE_GRAPH__TENANT_ID": graph.tenant_id,
        "ASIDE_GRAPH__CLIENT_ID": graph.client_id,
        "ASIDE_GRAPH__SECRET": graph.secret.get_secret_value() if graph.secret else "",
        "ASIDE_GRAPH__READER_MAILBOX": graph.reader_mailbox,
        "ASIDE_GRAPH__BASE_URL": graph.base_url,
        "ASIDE_GRAPH__HOST": graph.host,
        "ASIDE_GRAPH__AUTHORITY": graph.authority,
    }


async def good(url: str) -> None:
    """Return once ``url`` answers 200."""
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.02)


def megabytes(pid: int) -> float:
    """Return the resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def children(pid: int) -> list[int]:
    """Return the child processes of ``pid``."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(one) for one in text.split()]


async def bare_seconds() -> float:
    """Return how long a Python that does nothing takes: the floor of this machine just now."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "pass")
    await process.wait()
    return time.perf_counter() - started


async def measure(folder: Path) -> bool:
    """Start a server, talk to it, and print what that took; whether all bounds hold."""
    clock, port = SystemClock(), 39780
    generate_folder(folder / "wfm", clock.now())
    async with open_world(folder / "wfm", clock) as world:
        bare = await bare_seconds()
        started = time.perf_counter()
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", "serve"),
            env=environment(world, folder, port),
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            await good(f"{url}/healthz")
            alive = time.perf_counter() - started
            await good(f"{url}/readyz")
            manager = next(person for person in world.people if person.leads)
            async with FakeTeams.open(clock=clock, bot_url=f"{url}/api/messages") as teams:
                user = teams.user(manager.name, object_id=world.account(manager).id)
                chat = teams.personal(user)
                await chat.say("1:1s with my team next week")
                answered = time.perf_counter() - started
                assert "Service level" in "\n".join(chat.words), "that was no proposal"
                for _ in range(LOAD):
                    await chat.say("1:1s with my team next week")
            edge = megabytes(server.pid)
            solver = sum(megabytes(child) for child in children(server.pid))
        finally:
            server.terminate()
            await server.wait()
    print(f"bare interpreter              {bare:7.2f} s")
    return all(
        [
            show("/healthz answers after", alive, HEALTHY_SECONDS, "s"),
            show("first proposal after", answered, ANSWER_SECONDS, "s"),
            show(f"edge after {LOAD} team proposals", edge, EDGE_MEGABYTES, "MB"),
            show("solver process beside it", solver, None, "MB"),
        ]
    )


def show(what: str, figure: float, bound: float | None, unit: str) -> bool:
    """Print a figure with its bound; whether it holds."""
    verdict = (
        ""
        if bound is None
        else f"  bound {bound:g} {unit}: {'met' if figure <= bound else 'MISSED'}"
    )
    print(f"{what:<30}{figure:7.2f} {unit}{verdict}")
    return bound is None or figure <= bound


def main() -> int:
    """Measure in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(measure(Path(folder))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
