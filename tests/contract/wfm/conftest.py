"""One bench per way to reach a WFM: the same centre, the same questions, the same hand that edits."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from scheduling.domain.centre import AgentDay, Segment, StaffingSeries
from scheduling.domain.times import DAY, DateRange, Interval, at_wall
from scheduling.ports.wfm import Wfm
from tests.support.clocks import StoppedClock
from wfm.centre.generate import generate
from wfm.centre.memory import MemoryWfm
from wfm.centre.model import Centre, clip
from wfm.files.adapter import FilesWfm
from wfm.files.template import write_book, write_folder
from wfm.ledger import agent_day

LONDON = "Europe/London"
AUTUMN = date(2026, 10, 25)
SPRING = date(2027, 3, 28)
NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
Edit = Callable[[str, date, Iterable[Segment]], None]
"""Another person's hand on the same data: agent id, business date, the day's new segments."""


def night(agent_id: str, sunday: date) -> AgentDay:
    """Return a shift of Saturday 22:00 to Sunday 07:00 by the wall, paused from 00:30 to 01:00 UTC."""
    starts = at_wall(sunday - DAY, time(22, 0), LONDON)
    ends = at_wall(sunday, time(7, 0), LONDON)
    pause = Interval(
        datetime.combine(sunday, time(0, 30), UTC), datetime.combine(sunday, time(1, 0), UTC)
    )
    stretches = (
        (starts, pause.start, "work"),
        (pause.start, pause.end, "break"),
        (pause.end, ends, "work"),
    )
    segments = [Segment(interval=Interval(a, b), code_id=code) for a, b, code in stretches]
    return agent_day(agent_id, sunday - DAY, published=True, segments=segments)


def around_the_clock(series: StaffingSeries, sunday: date) -> StaffingSeries:
    """Return figures for each interval of that Saturday and Sunday, their number in ``required``."""
    start = at_wall(sunday - DAY, time(0, 0), LONDON)
    count = (at_wall(sunday + DAY, time(0, 0), LONDON) - start) // timedelta(minutes=15)
    rising = tuple(float(n + 1) for n in range(count))
    return replace(
        series,
        start=start,
        required=rising,
        scheduled=rising,
        volume=rising,
        handling=(300.0,) * count,
    )


def centre_around(sunday: date) -> Centre:
    """Return a small weekend whose first agent works the night in which the clocks change."""
    centre = generate(11, sunday - 6 * DAY, weeks=1, history_days=0, agents=8, teams=2)
    agent_id = centre.agents[0].id
    days = {
        (other, day): found
        for (other, day), found in centre.days.items()
        if other != agent_id and day >= sunday - 2 * DAY
    }
    shift = night(agent_id, sunday)
    days[agent_id, shift.business_date] = shift
    span = DateRange(sunday - DAY, sunday + DAY).interval(LONDON)
    staffing = {demand: clip(series, span) for demand, series in centre.staffing.items()}
    first, *_ = staffing
    staffing[first] = around_the_clock(centre.staffing[first], sunday)
    return replace(centre, days=days, staffing={d: s for d, s in staffing.items() if s})


def in_memory(centre: Centre) -> tuple[Wfm, Edit]:
    """Return the WFM in memory, and its own hand."""
    wfm = MemoryWfm(centre, StoppedClock(NOW))
    return wfm, wfm.edit


def in_files(centre: Centre, folder: Path, write: Callable[[Centre], None]) -> tuple[Wfm, Edit]:
    """Return the adapter over files, and a hand that exports them again."""
    days = dict(centre.days)

    def edit(agent_id: str, day: date, segments: Iterable[Segment]) -> None:
        days[agent_id, day] = agent_day(agent_id, day, published=True, segments=segments)
        write(replace(centre, days=days))

    write(centre)
    return FilesWfm(folder, StoppedClock(NOW)), edit


@pytest.fixture(scope="session")
def autumn() -> Centre:
    """Return the centre around the night in which the clocks go back."""
    return centre_around(AUTUMN)


@pytest.fixture(scope="session")
def spring() -> Centre:
    """Return the centre around the night in which the clocks go forward."""
    return centre_around(SPRING)


@pytest.fixture(params=["memory", "csv", "excel"])
def reach(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Centre], tuple[Wfm, Edit]]:
    """Return a function that puts a centre behind one of the ways to reach a WFM."""
    ways: dict[str, Callable[[Centre], tuple[Wfm, Edit]]] = {
        "memory": in_memory,
        "csv": lambda c: in_files(c, tmp_path, lambda now: write_folder(now, tmp_path)),
        "excel": lambda c: in_files(
            c, tmp_path, lambda now: write_book(now, tmp_path / "all.xlsx")
        ),
    }
    return ways[request.param]


@pytest.fixture
def bench(reach: Callable[[Centre], tuple[Wfm, Edit]], autumn: Centre) -> tuple[Wfm, Edit]:
    """Return the WFM over the autumn's centre, and somebody else's hand on it."""
    return reach(autumn)


@pytest.fixture
def wfm(bench: tuple[Wfm, Edit]) -> Wfm:
    """Return the WFM under test."""
    return bench[0]


@pytest.fixture
def edit(bench: tuple[Wfm, Edit]) -> Edit:
    """Return somebody else's hand."""
    return bench[1]
