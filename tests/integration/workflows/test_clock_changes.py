"""Runs over the nights on which clocks change, in units whose sites change theirs on different ones."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest

from scheduling.domain.centre import Demand, Segment, Site, Team
from scheduling.domain.people import Role
from scheduling.domain.runs import RunSession
from scheduling.domain.templates import Audience, Frequency, Recurrence
from scheduling.domain.times import DAY, MINUTE, DateRange, Interval, WallWindow, at_wall, zone_of
from scheduling.storage import people
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import SAM, Runs, weekly
from tests.integration.workflows.small_centre import centre, person
from tests.support.clocks import StoppedClock
from wfm.centre.memory import MemoryWfm
from wfm.centre.model import Centre
from wfm.ledger import agent_day

ZONES = {
    "berlin": "Europe/Berlin",
    "kolkata": "Asia/Kolkata",
    "new_york": "America/New_York",
    "sydney": "Australia/Sydney",
}
"""Each site of the unit. Sydney's morning is the evening before in New York."""
EACH = 4
SLOT = 15
MORNING = WallWindow(time(9), time(12))
SPRING = DateRange(date(2027, 3, 8), date(2027, 4, 13))
"""New York changes on 14 March, Berlin on the 28th, Sydney (back) on 4 April."""
AUTUMN = DateRange(date(2027, 9, 27), date(2027, 11, 9))
"""Sydney changes on 3 October, Berlin (back) on the 31st, New York on 7 November."""


def spread(dates: DateRange) -> Centre:
    """Return a centre whose north has a site in each zone, at work every day from nine to five."""
    plain = centre()
    model = plain.agents_of("north")[0]
    agents = [
        replace(
            model,
            id=f"{site}-{n}",
            name=f"Agent {n} of {site}",
            site_id=site,
            team_id=site,
            zone=zone,
            shares={site: 1.0},
        )
        for site, zone in ZONES.items()
        for n in range(EACH)
    ]
    north = replace(
        plain.units[0],
        sites=tuple(Site(id=site, name=site, zone=zone) for site, zone in ZONES.items()),
        teams=tuple(Team(id=site, name=site, site_id=site) for site in ZONES),
    )
    around = DateRange(dates.start - 7 * DAY, dates.end + 7 * DAY)
    return replace(
        plain,
        units=(north, plain.units[1]),
        agents=(*agents, *plain.agents_of("south")),
        demands={"north": tuple(Demand(id=site, name=site) for site in ZONES)},
        days={
            (one.id, day): agent_day(one.id, day, True, [_shift(day, one.zone)])  # noqa: FBT003 - published
            for one in agents
            for day in around.days()
        },
        staffing={site: _staffing(plain, site, around) for site in ZONES},
    )


def _shift(day: date, zone: str) -> Segment:
    span = Interval(at_wall(day, time(9), zone), at_wall(day, time(17), zone))
    return Segment(interval=span, code_id="work")


def _staffing(plain: Centre, site: str, dates: DateRange) -> object:
    """Return a demand with one to spare, day and night: what matters here is the clock."""
    slots = int((dates.end - dates.start) / (SLOT * MINUTE))
    return replace(
        plain.staffing["north-calls"],
        demand_id=site,
        start=datetime.combine(dates.start, time(0), UTC),
        required=(float(EACH - 1),) * slots,
        scheduled=(float(EACH),) * slots,
        volume=(2.0,) * slots,
        handling=(300.0,) * slots,
    )


async def employ(house: House) -> None:
    """Let each site have a leader of its own, who works there."""
    leaders = [
        replace(person(f"lead-{site}", Role.MANAGER, leads=[site]), zone=zone)
        for site, zone in ZONES.items()
    ]
    async with house.store.write() as tx:
        await people.sync(tx, [*await people.everybody(tx), *leaders])


@pytest.mark.parametrize("dates", [SPRING, AUTUMN], ids=["spring", "autumn"])
async def test_each_site_keeps_its_own_wall_time_and_days_over_every_change(
    database: str, dates: DateRange
) -> None:
    before = datetime.combine(dates.start - 2 * DAY, time(8), UTC)
    wfm = MemoryWfm(spread(dates), StoppedClock(before))
    async with House.open(database, wfm=wfm) as house:
        house.clock.instant = before
        await employ(house)
        runs = Runs(house)
        mondays = [day for day in dates.days() if day.weekday() == 0]
        await runs.desk.save(
            SAM,
            weekly(
                audience=Audience(team_ids=frozenset(ZONES)),
                recurrence=Recurrence(frequency=Frequency.WEEKLY, weekdays=frozenset({0})),
                start=dates.start,
                window=MORNING,
                least_days=7,
                most_days=7,
            ),
        )
        run = await runs.planned(dates)
        assert run.preview is not None
        assert run.preview.unplaced == ()
        assert [day.day for day in run.preview.days] == mondays
        assert {day.sessions for day in run.preview.days} == {EACH * len(ZONES)}
        for day in run.preview.days:
            assert {one.demand_id for one in day.services} == set(ZONES), day.day
            assert day.worst is not None
            there = zone_of(str(day.worst_zone))
            assert day.worst.astimezone(there).date() == day.day
            assert 9 <= day.worst.astimezone(there).hour < 12
        theirs: defaultdict[str, list[RunSession]] = defaultdict(list)
        for one in await runs.kept(run.id):
            theirs[one.session.attendee_id].append(one)
        assert len(theirs) == EACH * len(ZONES)
        for sessions in theirs.values():
            assert [one.day for one in sessions] == mondays
            assert all(b.day - a.day == 7 * DAY for a, b in pairwise(sessions))
            for one in sessions:
                zone = zone_of(one.session.zone)
                starts = one.session.option.interval.start.astimezone(zone)
                ends = one.session.option.interval.end.astimezone(zone)
                assert starts.date() == ends.date() == one.day
                assert MORNING.start <= starts.time() < ends.time() <= MORNING.end
