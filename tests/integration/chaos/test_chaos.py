"""Requests, a recurring run and a course, with kills amid each, on each database: nothing lost or twice."""

import asyncio
import json
import sys
from typing import Any

import pytest

from tests.support.postgres import POSTGRES_ONLY

REQUESTS, KILLS, RUNS = 48, 4, 2
PATIENCE = 600.0
"""Seconds; a quiet machine takes less than a tenth."""
NONE_OF = (
    "lost",
    "extra",
    "missing",
    "inversions",
    "double decisions",
    "double or inverted writes",
    "solver orphans",
)


async def chaos(*arguments: str) -> tuple[int | None, dict[str, Any]]:
    """Run the command: (its exit code, its figures)."""
    asked = ("--requests", str(REQUESTS), "--kills", str(KILLS), "--runs", str(RUNS))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "ignore", "-m", "benchmarks.chaos", "--json"),
        *(*asked, "--patience", str(PATIENCE)),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    return process.returncode, json.loads(told.decode().splitlines()[0])


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--database", "sqlite"), id="sqlite", marks=pytest.mark.xdist_group("chaos")),
        pytest.param(
            ("--database", "postgresql", "--replicas", "2"), id="postgresql", marks=POSTGRES_ONLY
        ),
    ],
)
async def test_what_was_promised_is_kept_while_workers_are_killed(
    arguments: tuple[str, ...],
) -> None:
    code, figures = await chaos(*arguments)
    assert {name: figures[name] for name in NONE_OF} == dict.fromkeys(NONE_OF, 0)
    assert figures["faults"] == []
    assert (figures["requests"], figures["kills in flight"]) == (REQUESTS, KILLS)
    assert (figures["runs booked"], figures["kills while a run was booked"]) == (RUNS, RUNS)
    assert code == 0
