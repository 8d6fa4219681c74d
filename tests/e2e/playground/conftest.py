"""``aside demo`` as somebody starts it, with the Playground in a browser in front of it."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.playground import INSTALLED, Demo, browsing

START_SECONDS = 120
INVITATION = re.compile(r"Open (\S+) and talk to Aside as ([^.]+)\. Try:\n((?:  .+\n)+)")


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """Start the demo in an empty folder, and open the page that it names."""
    home = tmp_path / ".aside"
    home.mkdir()
    (home / "playground").symlink_to(INSTALLED)
    async with _started(tmp_path) as said:
        url, speaker, lines = said.groups()
        async with browsing(url, tmp_path / "profile") as page:
            yield Demo(
                page=page,
                speaker=speaker,
                sentences=tuple(line.strip() for line in lines.splitlines()),
                folder=home / "demo",
            )


@asynccontextmanager
async def _started(folder: Path) -> AsyncIterator[re.Match[str]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "demo", "--port", "0"),
        cwd=folder,
        env=os.environ | {"COLUMNS": "400", "PYTHONPATH": str(INSTALLED.parents[1])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield await asyncio.wait_for(_invited(process), START_SECONDS)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _invited(process: asyncio.subprocess.Process) -> re.Match[str]:
    """Read until the demo has said where to go and what to try."""
    assert process.stdout is not None
    said = ""
    while line := await process.stdout.readline():
        said += line.decode()
        if (found := INVITATION.search(said)) and not line.startswith(b"  "):
            return found
    raise AssertionError(f"the demo ended before it could be talked to:\n{said}")
