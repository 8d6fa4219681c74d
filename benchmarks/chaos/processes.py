"""The processes of a run: started, told apart, killed, and looked for after their end."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STARTED_WITHIN = 120.0
ENDED_WITHIN = 20.0


class NeverStarted(Exception):
    """A process ended, or said nothing, before it was ready; its log says why."""


@dataclass(slots=True, kw_only=True)
class Process:
    """One process that has said where it listens. Times are seconds of the epoch."""

    name: str
    handle: asyncio.subprocess.Process
    said: Mapping[str, Any]
    log: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.said['port']}"

    @property
    def executor(self) -> str:
        """The executor id of a worker."""
        return str(self.said["executor"])

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self.handle.returncode is not None

    def kill(self) -> None:
        """End it as kill -9 does."""
        with suppress(ProcessLookupError):
            self.handle.send_signal(signal.SIGKILL)

    async def stop(self) -> None:
        """Close its input and wait; kill it where it does not end."""
        if self.handle.stdin is not None:
            self.handle.stdin.close()
        try:
            await asyncio.wait_for(self.handle.wait(), ENDED_WITHIN)
        except TimeoutError:
            self.kill()
            await self.handle.wait()


async def start(name: str, folder: Path, module: str, *arguments: str) -> Process:
    """Run a module of ours until it has said, in a line of JSON, where it listens."""
    log = folder / f"{name}.log"
    with log.open("ab") as file:
        handle = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=file,
        )
    if handle.stdout is None:
        raise NeverStarted(name)
    try:
        line = await asyncio.wait_for(handle.stdout.readline(), STARTED_WITHIN)
    except TimeoutError:
        line = b""
    except asyncio.CancelledError:
        handle.kill()
        raise
    if not line.startswith(b"{"):
        with suppress(ProcessLookupError):
            handle.kill()
        await handle.wait()
        raise NeverStarted(f"{name} did not start; see {log}")
    return Process(name=name, handle=handle, said=json.loads(line), log=log)


def children(pid: int) -> dict[int, str]:
    """Return the processes that a process has started, each with the instant of its start."""
    found: dict[int, str] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            parent, born = _stat(int(entry.name))
            if parent == pid:
                found[int(entry.name)] = born
    return found


def still_there(known: Mapping[int, str]) -> list[int]:
    """Return which of the processes still run: the same id, started at the same instant."""
    return [pid for pid, born in known.items() if _stat(pid)[1] == born]


def _stat(pid: int) -> tuple[int, str]:
    """Return a process's parent and the instant of its start; nothing for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0, ""
    return (0, "") if fields[0] == "Z" else (int(fields[1]), fields[19])
