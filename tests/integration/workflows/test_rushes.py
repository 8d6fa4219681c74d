"""A rush is found by looking at current staffing, and offered once until it has passed."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.domain.meetings import Tier
from scheduling.domain.people import Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState, SessionState
from scheduling.domain.times import DAY, MINUTE
from scheduling.storage import bookings, people, rushes
from scheduling.storage.rushes import RushRow
from scheduling.storage.store import Store
from scheduling.workflows import relief
from scheduling.workflows.changes import ChangeDesk
from scheduling.workflows.rushes import RushDesk, relief_of, watch
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import MONDAY, actor, person
from tests.support.postgres import BOTH


def staff(house: House, missing: float, *, after: timedelta = timedelta(0)) -> None:
    """Let ``missing`` FTE call in sick from ``after`` from now on, until the end of the day."""
    series = house.wfm._centre.staffing["north-calls"]
    begin = house.clock.now() + after - timedelta(minutes=15)
    midnight = house.clock.now().replace(hour=0, minute=0) + DAY
    step = series.interval_minutes * MINUTE
    scheduled = tuple(
        max(was - missing, 0.0) if begin <= series.start + n * step < midnight else was
        for n, was in enumerate(series.scheduled)
    )
    house.wfm._centre.staffing["north-calls"] = replace(
        series, scheduled=scheduled, as_of=house.clock.now()
    )


async def booked_today(house: House, number: int) -> list[str]:
    """Book a session of each of some agents today; let it be ten afterwards. Their ids."""
    found = []
    for n in range(1, number + 1):
        who = "mia" if n % 2 else "tom"
        request_id = await house.submit(f"north-{n}", who=who, first=MONDAY)
        await house.settled(request_id, RequestState.BOOKED)
        found += [one.id for one in await house.sessions(request_id)]
    await house.quiet()
    house.clock.instant = house.clock.instant.replace(hour=9, minute=0)
    await take_due(house.runtime)  # the first look is five minutes after the start
    await house.quiet()
    return found


@pytest.fixture
def desk(house: House) -> RushDesk:
    """Return the desk at which sessions are released."""
    return RushDesk(house.runtime, ChangeDesk(house.runtime))


async def looked(house: House) -> None:
    """Let the next look at staffing be due, and done."""
    house.clock.forward(minutes=5)
    await take_due(house.runtime)
    await house.quiet()


async def offered(house: House) -> RushRow | None:
    """Return the rush that has not passed."""
    async with house.store.read() as tx:
        return await rushes.opened(tx, "north")


async def test_what_gives_way_is_what_helps_and_no_more_than_needed(house: House) -> None:
    ids = await booked_today(house, 3)
    staff(house, 6.0)
    found = await relief.look(house.runtime, "north")
    assert [one.demand_name for one in found.shortages] == ["Calls"]
    assert {one.session_id for one in found.candidates} == set(ids)
    assert set(found.chosen) <= set(ids)
    assert found.chosen
    (day,) = found.days
    assert day.after > day.before
    one = await relief.look(house.runtime, "north", count=1)
    assert len(one.chosen) == 1
    none = await relief.weighed(house.runtime, "north", ["no such session"])
    assert (none.chosen, none.days) == ((), ())


async def test_who_must_have_it_today_or_has_begun_does_not_give_way(house: House) -> None:
    ids = await booked_today(house, 2)
    staff(house, 6.0)
    start = min(
        one.interval.start for one in (await relief.look(house.runtime, "north")).candidates
    )
    house.clock.instant = start
    left = await relief.look(house.runtime, "north")
    assert {one.session_id for one in left.candidates} < set(ids)
    held = house.runtime.services.setups
    kinds = {n: replace(kind, tier=Tier.MANDATORY) for n, kind in held.setup.types.items()}
    held._take(held.number, replace(held.setup, types=kinds))
    assert (await relief.look(house.runtime, "north")).candidates == ()


@BOTH
async def test_a_rush_is_offered_once_and_again_only_after_it_has_passed(house: House) -> None:
    await booked_today(house, 2)
    await looked(house)
    assert await offered(house) is None
    staff(house, 6.0)
    for _ in range(3):
        await looked(house)
    first = await offered(house)
    assert first is not None
    assert house.notifier.rushes == [first.id]
    staff(house, -6.0)
    await looked(house)
    assert await offered(house) is None
    assert house.notifier.rushes == [first.id, first.id]
    assert (await relief_of(house.runtime, replace(first, closed_at=house.clock.now()))).over
    staff(house, 6.0)
    await looked(house)
    second = await offered(house)
    assert second is not None
    assert second.id != first.id


async def test_a_unit_that_the_wfm_has_no_more_keeps_nobody_from_looking_at_the_others(
    house: House,
) -> None:
    await booked_today(house, 2)
    async with house.store.write() as tx:
        gone = person("zed", Role.MANAGER, unit="closed")
        await people.sync(tx, [*await people.everybody(tx), gone])
    staff(house, 6.0)
    for _ in range(3):
        await looked(house)
    assert await offered(house) is not None


async def test_what_is_short_later_or_too_little_is_no_rush(house: House) -> None:
    await booked_today(house, 2)
    staff(house, 6.0, after=timedelta(minutes=25))
    await looked(house)
    assert await offered(house) is None
    staff(house, -6.0, after=timedelta(minutes=-30))
    staff(house, 4.0)
    await looked(house)
    assert await offered(house) is None


async def test_nothing_is_offered_where_nothing_can_give_way(house: House) -> None:
    house.clock.instant = house.clock.instant.replace(hour=10)
    staff(house, 6.0)
    await looked(house)
    assert await offered(house) is None


async def test_a_wfm_that_does_not_answer_is_asked_again_at_the_next_look(house: House) -> None:
    await booked_today(house, 2)
    staff(house, 6.0)
    house.weather.away = True
    await looked(house)
    assert await offered(house) is None
    house.weather.away = False
    await looked(house)
    assert await offered(house) is not None


@BOTH
async def test_two_replicas_that_look_at_once_offer_once(house: House) -> None:
    await booked_today(house, 2)
    staff(house, 6.0)
    stores = [Store(house.store.url) for _ in range(3)]
    runtimes = [
        replace(house.runtime, services=replace(house.runtime.services, store=store))
        for store in stores
    ]
    found = await asyncio.gather(*(watch(runtime, "north") for runtime in runtimes))
    for store in stores:
        await store.close()
    assert sum(len(one) for one in found) == 1


@pytest.mark.parametrize("minutes", [10, 30])
async def test_the_next_look_is_as_soon_as_the_house_says(house: House, minutes: int) -> None:
    held = house.runtime.services.setups
    often = replace(held.setup.intraday, every=timedelta(minutes=minutes))
    held._take(held.number, replace(held.setup, intraday=often))
    await booked_today(house, 2)
    await looked(house)
    staff(house, 6.0)
    await looked(house)
    assert await offered(house) is None
    house.clock.forward(minutes=minutes)
    await looked(house)
    assert await offered(house) is not None


@BOTH
async def test_the_chosen_are_released_and_have_first_claim_on_a_new_time(
    house: House, desk: RushDesk
) -> None:
    ids = await booked_today(house, 3)
    staff(house, 6.0)
    await looked(house)
    rush = await offered(house)
    assert rush is not None
    seen = await desk.rush(actor("sam"), rush.id)
    assert seen.chosen
    done = await desk.release(actor("sam"), "north", seen.chosen, rush.id)
    assert (len(done.released), done.left) == (len(seen.chosen), 0)
    await house.quiet()
    async with house.store.read() as tx:
        rows = [await bookings.require(tx, one) for one in ids]
    gone = [row for row in rows if row.id in seen.chosen]
    assert all(row.interval.start.date() > MONDAY for row in gone)
    assert {row.state for row in rows} == {SessionState.BOOKED}
    after = await desk.rush(actor("sue"), rush.id)
    assert (after.decided_by, after.gave_way) == ("Sam", len(seen.chosen))
    await looked(house)
    assert house.notifier.rushes.count(rush.id) == 2


@BOTH
async def test_two_schedulers_that_release_the_same_release_it_once(
    house: House, desk: RushDesk
) -> None:
    ids = await booked_today(house, 2)
    staff(house, 6.0)
    await looked(house)
    rush = await offered(house)
    assert rush is not None
    both = await asyncio.gather(
        *(desk.release(actor(who), "north", ids, rush.id) for who in ("sam", "sue"))
    )
    assert max(len(one.released) for one in both) == 2
    assert (await desk.rush(actor("sam"), rush.id)).gave_way == 2
    await desk.dismiss(actor("sue"), rush.id)
    assert (await desk.rush(actor("sam"), rush.id)).gave_way == 2
    await house.quiet()
    async with house.store.read() as tx:
        rows = [await bookings.require(tx, one) for one in ids]
    assert [row.moves for row in rows] == [1, 1]
    assert house.applied() == 2


async def test_what_may_not_give_way_is_left_whatever_a_card_says(
    house: House, desk: RushDesk
) -> None:
    ids = await booked_today(house, 2)
    tomorrow = await house.submit("north-3")
    await house.settled(tomorrow, RequestState.BOOKED)
    (later,) = await house.sessions(tomorrow)
    staff(house, 6.0)
    done = await desk.release(actor("sam"), "north", [ids[0], later.id, "no such"], None)
    assert (len(done.released), done.left) == (1, 2)
    await house.quiet()
    (same,) = await house.sessions(tomorrow)
    assert same.interval == later.interval


async def test_what_is_released_without_the_card_of_a_rush_leaves_it_undecided(
    house: House, desk: RushDesk
) -> None:
    ids = await booked_today(house, 2)
    staff(house, 6.0)
    await looked(house)
    rush = await offered(house)
    assert rush is not None
    assert len((await desk.release(actor("sam"), "north", ids[:1], None)).released) == 1
    assert await offered(house) == rush


async def test_a_card_of_a_rush_that_has_passed_or_of_none_releases_nothing(
    house: House, desk: RushDesk
) -> None:
    ids = await booked_today(house, 2)
    staff(house, 6.0)
    await looked(house)
    rush = await offered(house)
    assert rush is not None
    with pytest.raises(Refused) as refused:
        await desk.release(actor("sam"), "north", ids, "no such")
    assert refused.value.refusal is Refusal.UNKNOWN_DRAFT
    async with house.store.write() as tx:
        await rushes.close(tx, "north", house.clock.now())
    shown = await desk.release(actor("sam"), "north", ids, rush.id)
    assert (shown.over, shown.released) == (True, ())
    await house.quiet()
    async with house.store.read() as tx:
        assert [(await bookings.require(tx, one)).moves for one in ids] == [0, 0]


async def test_only_schedulers_of_the_unit_see_and_release(house: House, desk: RushDesk) -> None:
    await booked_today(house, 1)
    for who in ("mia", "nia"):
        for call in (
            desk.relief(actor(who), None),
            desk.release(actor(who), "north", [], None),
            desk.weigh(actor(who), "north", [], None),
        ):
            with pytest.raises(Refused) as refused:
                await call
            assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
    with pytest.raises(Refused) as refused:
        await desk.weigh(actor("sam"), "south", [], None)
    assert refused.value.refusal is Refusal.NOT_YOUR_ROLE


async def test_a_rush_that_is_let_be_is_not_offered_again_while_it_lasts(
    house: House, desk: RushDesk
) -> None:
    await booked_today(house, 2)
    staff(house, 6.0)
    await looked(house)
    rush = await offered(house)
    assert rush is not None
    let_be = await desk.dismiss(actor("sam"), rush.id)
    assert (let_be.decided_by, let_be.gave_way) == ("Sam", 0)
    await looked(house)
    let = {**rush.facts, "gave": []}
    assert await offered(house) == replace(rush, decided_by="sam", released=0, facts=let)


async def test_figures_of_yesterday_say_nothing_of_now(house: House) -> None:
    await booked_today(house, 2)
    staff(house, 6.0)
    series = house.wfm._centre.staffing["north-calls"]
    old = replace(series, as_of=house.clock.now() - timedelta(hours=25))
    house.wfm._centre.staffing["north-calls"] = old
    await looked(house)
    assert await offered(house) is None
