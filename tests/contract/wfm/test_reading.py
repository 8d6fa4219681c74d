"""What every WFM must answer when it is asked, whichever way it is reached."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling.domain.centre import CodeKind, Segment
from scheduling.domain.times import DAY, DateRange, Interval, at_wall
from scheduling.ports.wfm import NotFound, Wfm
from wfm.centre.model import Centre

Edit = Callable[[str, date, Iterable[Segment]], None]
AUTUMN = date(2026, 10, 25)
SPRING = date(2027, 3, 28)


def whole_day(day: date) -> Interval:
    return DateRange(day, day + DAY).interval("Europe/London")


async def test_the_hierarchy_is_what_the_centre_holds(wfm: Wfm, autumn: Centre) -> None:
    units = await wfm.units()
    assert tuple(units) == autumn.units
    assert tuple(await wfm.agents(units[0].id)) == autumn.agents
    assert tuple(await wfm.demands(units[0].id)) == autumn.demands[units[0].id]


async def test_skills_come_with_their_levels(wfm: Wfm, autumn: Centre) -> None:
    found = {agent.id: agent.skills for agent in await wfm.agents(autumn.units[0].id)}
    assert found == {agent.id: agent.skills for agent in autumn.agents}
    assert {"Cards": 3} in found.values()
    assert {} in found.values()


async def test_codes_say_what_kind_of_time_they_are(wfm: Wfm, autumn: Centre) -> None:
    codes = await wfm.codes(autumn.units[0].id)
    assert {c.id for c in codes if c.kind is CodeKind.WORK} == {"work"}
    assert {c.id for c in codes if not c.paid} == {"meal"}


@pytest.mark.parametrize("call", ["agents", "demands", "codes"])
async def test_an_unknown_unit_is_not_found(wfm: Wfm, call: str) -> None:
    with pytest.raises(NotFound):
        await getattr(wfm, call)("nowhere")


async def test_staffing_of_an_unknown_unit_is_not_found(wfm: Wfm) -> None:
    with pytest.raises(NotFound):
        await wfm.staffing("nowhere", whole_day(AUTUMN))


async def test_every_day_comes_back_as_it_was(wfm: Wfm, autumn: Centre) -> None:
    ids = [agent.id for agent in autumn.agents]
    days = await wfm.schedules(ids, DateRange(AUTUMN - 6 * DAY, AUTUMN + DAY))
    assert {(d.agent_id, d.business_date): d for d in days} == autumn.days


async def test_dates_are_half_open(wfm: Wfm, autumn: Centre) -> None:
    ids = [agent.id for agent in autumn.agents]
    days = await wfm.schedules(ids, DateRange(AUTUMN - 2 * DAY, AUTUMN))
    assert {d.business_date for d in days} == {AUTUMN - 2 * DAY, AUTUMN - DAY}


async def test_agents_that_do_not_exist_have_no_days(wfm: Wfm) -> None:
    assert not await wfm.schedules(["nobody"], DateRange(AUTUMN - 6 * DAY, AUTUMN))


@pytest.mark.parametrize(("sunday", "hours"), [(AUTUMN, 10), (SPRING, 8)])
async def test_a_night_in_which_the_clocks_change_keeps_its_length(
    reach: Callable[[Centre], tuple[Wfm, Edit]],
    request: pytest.FixtureRequest,
    sunday: date,
    hours: int,
) -> None:
    centre: Centre = request.getfixturevalue("autumn" if sunday == AUTUMN else "spring")
    wfm, _ = reach(centre)
    agent_id = centre.agents[0].id
    (day,) = await wfm.schedules([agent_id], DateRange(sunday - DAY, sunday + DAY))
    assert day.business_date == sunday - DAY
    assert sum(segment.interval.minutes for segment in day.segments) == hours * 60
    pause = next(s.interval for s in day.segments if s.code_id == "break")
    assert pause.start == datetime.combine(sunday, time(0, 30), UTC)


@pytest.mark.parametrize(("sunday", "intervals"), [(AUTUMN, 100), (SPRING, 92)])
async def test_staffing_has_every_interval_of_the_day_on_which_the_clocks_change(
    reach: Callable[[Centre], tuple[Wfm, Edit]],
    request: pytest.FixtureRequest,
    sunday: date,
    intervals: int,
) -> None:
    centre: Centre = request.getfixturevalue("autumn" if sunday == AUTUMN else "spring")
    wfm, _ = reach(centre)
    series = await wfm.staffing(centre.units[0].id, whole_day(sunday))
    first = next(s for s in series if s.demand_id == next(iter(centre.staffing)))
    assert first.start == at_wall(sunday, time(0, 0), "Europe/London")
    assert first.required == tuple(float(n) for n in range(97, 97 + intervals))


async def test_staffing_is_clipped_to_half_open_spans(wfm: Wfm, autumn: Centre) -> None:
    noon = at_wall(AUTUMN - DAY, time(12, 0), "Europe/London")
    span = Interval(noon, noon + timedelta(minutes=45))
    for series in await wfm.staffing(autumn.units[0].id, span):
        assert series.start == noon
        assert len(series.required) == 3
        assert series.as_of == autumn.staffing[series.demand_id].as_of
        assert series.shrinkage == autumn.staffing[series.demand_id].shrinkage


async def test_an_interval_that_a_span_only_touches_is_given_whole(
    wfm: Wfm, autumn: Centre
) -> None:
    noon = at_wall(AUTUMN - DAY, time(12, 0), "Europe/London")
    span = Interval(noon + timedelta(minutes=5), noon + timedelta(minutes=20))
    assert all(
        series.start == noon and len(series.required) == 2
        for series in await wfm.staffing(autumn.units[0].id, span)
    )


async def test_series_without_figures_in_the_span_are_left_out(wfm: Wfm, autumn: Centre) -> None:
    assert not await wfm.staffing(autumn.units[0].id, whole_day(AUTUMN - 60 * DAY))
