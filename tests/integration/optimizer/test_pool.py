"""The solver's processes: what they import, how they die, and that none is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from bot.planning.canonical import canonical
from scheduling.domain.centre import ServiceGoal
from scheduling.domain.times import Interval
from scheduling.optimizer import worker
from scheduling.optimizer.generator import generate
from scheduling.optimizer.plan import Status
from scheduling.optimizer.pool import SolverPool
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Curve, Facilitator, Grid
from scheduling.optimizer.wanted import Meeting

ROOT = Path(__file__).resolve().parents[3]
NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def problem() -> Problem:
    day = Interval(NINE, NINE + timedelta(hours=8))
    return Problem(
        now=NINE - timedelta(days=1),
        grid=Grid(start=NINE, slots=32),
        curves=(
            Curve(
                demand_id="calls",
                required=(8.0,) * 32,
                coverage=(10.0,) * 32,
                volume=tuple(15.0 + slot % 7 for slot in range(32)),
                handling=(300.0,) * 32,
                goal=ServiceGoal(percent=80, seconds=20),
            ),
        ),
        attendees=(
            Attendee(
                id="asha",
                zone="UTC",
                site_id="s",
                team_id="t",
                shares={"calls": 1.0},
                shifts=(day,),
            ),
        ),
        facilitators=(Facilitator(id="mo", zone="UTC", working=(day,)),),
        rooms=(),
        meetings=(
            Meeting(
                id="m",
                attendee_ids=("asha",),
                facilitator_id="mo",
                minutes=30,
                first=date(2026, 11, 2),
                last=date(2026, 11, 2),
            ),
        ),
    )


@pytest.fixture
async def pool() -> AsyncIterator[SolverPool]:
    made = SolverPool()
    yield made
    await asyncio.to_thread(made.close)


async def test_one_process_and_two_give_the_same_bytes() -> None:
    problems = [generate(agents=40, weeks=1, seed=seed, training=0.3) for seed in range(4)]
    told = []
    for workers in (1, 2):
        several = SolverPool(workers)
        answers = await asyncio.gather(
            *(several.answer(each, "UTC", patience=600) for each in problems)
        )
        await asyncio.to_thread(several.close)
        told.append([canonical(answer) for answer in answers])
    assert told[0] == told[1]
    assert all(answer.plan.placed and not answer.faults for answer in answers)


async def test_a_solver_gives_way_to_the_process_that_answers_people(pool: SolverPool) -> None:
    child = await pool._run(worker.warm_up)
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, child) == min(ours + 10, 19)


async def test_a_pool_answers_with_plan_forecast_and_check(
    pool: SolverPool, problem: Problem
) -> None:
    await pool.warm_up()
    answer = await pool.answer(problem, "Europe/London")
    assert answer.plan.status is Status.OPTIMAL
    assert answer.faults == ()
    assert [day.demand_id for day in answer.days] == ["calls"]
    assert answer.days[0].after < answer.days[0].before


async def test_a_pool_whose_process_dies_is_rebuilt_and_the_call_repeated(
    pool: SolverPool, problem: Problem
) -> None:
    child = await pool._run(worker.warm_up)
    os.kill(child, signal.SIGKILL)
    assert (await pool.answer(problem, "UTC")).faults == ()
    assert await pool._run(worker.warm_up) != child


def test_neither_the_edge_loads_the_solver_nor_a_child_the_callers_main(tmp_path: Path) -> None:
    script = tmp_path / "edge.py"
    script.write_text(
        textwrap.dedent("""
        import asyncio, sys
        from scheduling.optimizer.pool import SolverPool
        from scheduling.optimizer import worker
        print("main ran", __name__)

        async def main():
            pool = SolverPool()
            await pool.warm_up()
            print("ortools" in sys.modules, "numpy" in sys.modules)
            pool.close()
            import bot.bootstrap
            print("ortools" in sys.modules, "numba" in sys.modules)

        if __name__ == "__main__":
            asyncio.run(main())
        """)
    )
    out = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, str(script)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert out.stdout.splitlines() == ["main ran __main__", "False False", "False False"]


def test_no_process_is_left_two_seconds_after_the_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent("""
        import asyncio
        from scheduling.optimizer.pool import SolverPool
        from scheduling.optimizer import worker

        async def main():
            pool = SolverPool()
            print(await pool._run(worker.warm_up), flush=True)
            await asyncio.sleep(60)

        if __name__ == "__main__":
            asyncio.run(main())
        """)
    )
    with subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable, str(script)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        family = _children(parent.pid)
        assert child in family
        parent.kill()
        until = monotonic() + 2
        while (left := [pid for pid in family if _alive(pid)]) and monotonic() < until:
            Event().wait(0.02)
    assert left == []


def _children(parent: int) -> list[int]:
    """Return the processes started by ``parent``: the solver and multiprocessing's tracker."""
    listing = Path(f"/proc/{parent}/task/{parent}/children")
    if not listing.exists():
        pytest.skip("the kernel does not list children here")
    return [int(pid) for pid in listing.read_text().split()]


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
