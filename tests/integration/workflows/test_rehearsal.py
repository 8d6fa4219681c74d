"""A dry run: stored asks under two set-ups, the same answer each time, with what it left out."""

from dataclasses import replace

import pytest

from scheduling.domain.setup import Floor, Setup
from scheduling.domain.times import DAY
from scheduling.workflows.rehearsal import Rehearsal, rehearse
from tests.integration.workflows.house import House
from tests.support.postgres import BOTH

pytestmark = BOTH


@pytest.fixture
async def asked(house: House) -> House:
    """Return a house in which three sessions were asked for and booked."""
    for name in ("north-1", "north-2", "north-3"):
        await house.settled(await house.submit(name))
    await house.quiet()
    return house


async def run(house: House, after: Setup) -> Rehearsal:
    heard: list[int] = []

    async def told(so_far: Rehearsal) -> None:
        heard.append(so_far.done)

    services = house.runtime.services
    found = await rehearse(services, services.setups.setup, after, told=told)
    assert heard == sorted(heard)
    return found


def by_itself(setup: Setup) -> Setup:
    types = {n: replace(kind, auto_schedule=not kind.group) for n, kind in setup.types.items()}
    return replace(setup, types=types)


async def test_bookings_that_stand_are_taken_out_before_they_are_tried_again(asked: House) -> None:
    setup = asked.runtime.services.setups.setup
    found = await run(asked, setup)
    assert (found.asked, found.done, found.ended) == (3, 3, True)
    assert found.before == found.after
    assert (found.before.found, found.before.not_found) == (3, 0), "one session a day is allowed"


async def test_the_same_data_gives_the_same_answer(asked: House) -> None:
    after = by_itself(asked.runtime.services.setups.setup)
    first = await run(asked, after)
    assert await run(asked, after) == first
    assert (first.before.booked, first.after.booked) == (0, 3)


async def test_a_floor_that_falls_is_counted_against_the_one_in_force(house: House) -> None:
    await house.submit(*(f"north-{n}" for n in range(1, 7)), days=1)
    await house.quiet()
    setup = house.runtime.services.setups.setup
    strict = replace(setup, floors={"north-calls": Floor(deficit=0.0, heads=7)})
    loose = await run(house, strict)
    assert loose.after.found < loose.before.found
    services = house.runtime.services
    services.setups._take(1, strict)
    back = await rehearse(services, strict, setup, told=_nobody)
    assert back.after.found > back.before.found
    assert back.before.under_floor == 0


async def _nobody(_so_far: Rehearsal) -> None:
    """Hear nothing."""


async def test_what_cannot_be_tried_again_is_counted_by_its_reason(asked: House) -> None:
    setup = asked.runtime.services.setups.setup
    asked.wfm._days = {k: v for k, v in asked.wfm._days.items() if k[0] != "north-1"}
    found = await run(asked, setup)
    assert found.skipped == {"no_schedule": 1}
    asked.weather.away = True
    assert (await run(asked, setup)).skipped == {"away": 3}
    asked.weather.away = False
    services = asked.runtime.services
    late = await rehearse(services, setup, setup, told=_nobody, late=lambda: True)
    assert (late.skipped, late.done, late.ended) == ({"late": 3}, 3, True)


async def test_only_the_last_thirty_days_are_tried(asked: House) -> None:
    asked.clock.instant += 31 * DAY
    assert (await run(asked, asked.runtime.services.setups.setup)).asked == 0


async def test_nothing_is_written(asked: House) -> None:
    before = asked.applied()
    await run(asked, by_itself(asked.runtime.services.setups.setup))
    assert before > 0
    assert asked.applied() == before
