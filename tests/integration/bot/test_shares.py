"""Edge and solver as processes of one deployment, on PostgreSQL."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.clocks import SystemClock
from tests.support.postgres import POSTGRES_ONLY, database_on
from wfm.files.template import write_template

pytestmark = POSTGRES_ONLY

EDGE_MEGABYTES = 200
WAIT_SECONDS = 60

EDGE = """
import asyncio, json, re, sys
from pathlib import Path
from bot.bootstrap import running
from bot.settings import load_settings
from scheduling.workflows.share import Share

async def main():
    async with running(load_settings(), share=Share.EDGE) as aside:
        # getrusage would count what the process was forked from
        status = Path("/proc/self/status").read_text()
        print(json.dumps({
            "heavy": [n for n in ("ortools", "numba", "statsmodels") if n in sys.modules],
            "ready": dict(await aside.checks()),
            "megabytes": int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024,
        }))

asyncio.run(main())
"""


@pytest.fixture
def environment(postgres: str, tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """Return the settings of a small deployment with a database of its own."""
    today = SystemClock().now().date()
    write_template(tmp_path / "wfm", today - timedelta(days=today.weekday()))
    with database_on(postgres) as url:
        yield {
            **{name: value for name, value in os.environ.items() if not name.startswith("ASIDE_")},
            "ASIDE_DEVELOPMENT": "true",
            "ASIDE_PORT": "0",
            "ASIDE_DATABASE_URL": url,
            "ASIDE_WFM_FOLDER": str(tmp_path / "wfm"),
            "ASIDE_CALENDAR": "smtp",
            "ASIDE_LOG_LEVEL": "error",
            "ASIDE_SMTP__SENDER_ADDRESS": "aside@contoso.example",
            "ASIDE_SMTP__ENCRYPTION": "none",
            "COLUMNS": "200",
        }


@asynccontextmanager
async def serving(environment: Mapping[str, str], only: str) -> AsyncIterator[str]:
    """Run ``aside serve --only`` and yield where it listens."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "serve", "--only", only),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            said = (await process.stdout.readline()).decode()
        yield said.split()[-1]
    finally:
        process.terminate()
        await process.communicate()
    assert process.returncode == 0


async def test_a_solver_is_healthy_and_ready_and_has_no_endpoint_for_teams(
    environment: Mapping[str, str],
) -> None:
    async with serving(environment, "solver") as url, aiohttp.ClientSession() as session:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await session.get(url + path)).status == 200
        assert (await session.post(f"{url}/api/messages", json={})).status == 404


async def test_an_edge_stays_light_although_it_has_a_solver_for_who_waits(
    environment: Mapping[str, str],
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", EDGE), env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    found = json.loads(said.splitlines()[-1])
    assert found["heavy"] == []
    assert all(found["ready"].values())
    assert found["megabytes"] <= EDGE_MEGABYTES
