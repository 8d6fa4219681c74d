"""Quiet minutes are offered to agents who want them, the least offered first; the first yes has them."""

import asyncio
from datetime import datetime, timedelta

import pytest

from scheduling.domain.changes import ChangeState
from scheduling.domain.notices import NoticeKind
from scheduling.domain.offers import OfferState
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState
from scheduling.domain.times import DAY, Interval
from scheduling.storage import earlier
from scheduling.storage.bookings import SessionRow
from scheduling.storage.earlier import OfferRow
from scheduling.workflows.offers import OfferDesk
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor
from tests.integration.workflows.test_rushes import looked, staff
from tests.support.postgres import BOTH


@pytest.fixture
def desk(house: House) -> OfferDesk:
    """Return the desk at which agents answer."""
    return OfferDesk(house.runtime)


async def waiting(house: House, desk: OfferDesk, *numbers: int) -> dict[str, SessionRow]:
    """Let agents want earlier times, each with a session tomorrow; it is ten. Their sessions."""
    found = {}
    for n in numbers:
        assert await desk.opt(actor(f"north-{n}"), into=True)
        who = "mia" if n % 2 else "tom"
        request_id = await house.submit(f"north-{n}", who=who, first=TUESDAY)
        await house.settled(request_id, RequestState.BOOKED)
        (found[f"north-{n}"],) = await house.sessions(request_id)
    await house.quiet()
    house.clock.instant = house.clock.instant.replace(hour=9, minute=55)
    await take_due(house.runtime)  # the first look is five minutes after the start
    await house.quiet()
    return found


async def offers(house: House, state: OfferState = OfferState.OPEN) -> list[OfferRow]:
    """Return the unit's offers in a state."""
    async with house.store.read() as tx:
        since = house.clock.now() - DAY
        return list(await earlier.of_unit(tx, "north", state, since))


async def session(house: House, row: SessionRow) -> SessionRow:
    """Return a session as it is now."""
    (found,) = await house.sessions(row.request_id)
    return found


def soon(house: House) -> Interval:
    """Return when an earlier time may begin."""
    now: datetime = house.clock.now()
    return Interval(now + timedelta(minutes=10), now + timedelta(hours=1))


@BOTH
async def test_who_takes_an_offer_is_moved_there_and_the_others_are_told(
    house: House, desk: OfferDesk
) -> None:
    (row,) = (await waiting(house, desk, 1)).values()
    await looked(house)
    (offer,) = await offers(house)
    assert offer.person_id == "north-1"
    assert soon(house).covers(offer.option.interval)
    told = [one for one in house.notifier.notices if one.kind is NoticeKind.OFFERED]
    assert [(one.person_id, one.subject) for one in told] == [("north-1", offer.id)]
    taken = await desk.accept(actor("north-1"), offer.id)
    assert taken.state is OfferState.ACCEPTED
    await house.quiet()
    after = await desk.offer(actor("north-1"), offer.id)
    assert after.moving is ChangeState.DONE
    assert (await session(house, row)).interval == offer.option.interval
    assert house.applied() == 1
    await house.quiet()
    moved = [one for one in house.notifier.notices if one.kind is NoticeKind.MOVED]
    assert "north-1" not in {one.person_id for one in moved}


@BOTH
async def test_the_first_to_accept_has_it_and_the_second_keeps_what_they_had(
    house: House, desk: OfferDesk
) -> None:
    rows = await waiting(house, desk, 1, 2)
    await looked(house)
    made = await offers(house)
    assert {one.person_id for one in made} == {"north-1", "north-2"}
    first, second = made
    await desk.accept(actor(second.person_id), second.id)
    late = await desk.accept(actor(first.person_id), first.id)
    assert late.state is OfferState.GONE
    await house.quiet()
    assert (await session(house, rows[first.person_id])).interval == rows[first.person_id].interval
    assert (await session(house, rows[second.person_id])).interval == second.option.interval


@BOTH
async def test_two_taps_move_once(house: House, desk: OfferDesk) -> None:
    (row,) = (await waiting(house, desk, 1)).values()
    await looked(house)
    (offer,) = await offers(house)
    await asyncio.gather(*(desk.accept(actor("north-1"), offer.id) for _ in range(3)))
    await house.quiet()
    moved = await session(house, row)
    assert (moved.interval, moved.moves) == (offer.option.interval, 1)
    assert house.applied() == 1


async def test_an_offer_is_over_after_its_minutes(house: House, desk: OfferDesk) -> None:
    (row,) = (await waiting(house, desk, 1)).values()
    await looked(house)
    (offer,) = await offers(house)
    house.clock.forward(minutes=5)
    late = await desk.accept(actor("north-1"), offer.id)
    assert late.state is OfferState.CLOSED
    await take_due(house.runtime)
    await house.quiet()
    assert offer.id in house.notifier.offers
    assert (await session(house, row)).interval == row.interval
    assert house.applied() == 1


async def test_it_is_quiet_no_more(house: House, desk: OfferDesk) -> None:
    await waiting(house, desk, 1)
    await looked(house)
    (offer,) = await offers(house)
    staff(house, 2.0)
    gone = await desk.accept(actor("north-1"), offer.id)
    assert gone.state is OfferState.GONE


async def test_one_offer_at_a_time_and_the_least_offered_first(
    house: House, desk: OfferDesk
) -> None:
    await waiting(house, desk, 1, 2, 3, 4)
    turns = []
    for _ in range(2):
        await looked(house)
        made = await offers(house)
        turns.append({one.person_id for one in made})
        for one in made:
            await desk.pass_up(actor(one.person_id), one.id)
    assert all(len(one) == 2 for one in turns)
    assert not turns[0] & turns[1]


@BOTH
async def test_that_somebody_said_no_is_kept_nowhere(house: House, desk: OfferDesk) -> None:
    await waiting(house, desk, 1, 2)
    await looked(house)
    said_no, silent = await offers(house)
    await desk.pass_up(actor(said_no.person_id), said_no.id)
    await looked(house)
    closed = await offers(house, OfferState.CLOSED)
    assert {one.id for one in closed} == {said_no.id, silent.id}
    assert {one.version for one in closed} == {2}


async def test_who_did_not_ask_for_it_is_offered_nothing(house: House, desk: OfferDesk) -> None:
    await waiting(house, desk, 1)
    await desk.opt(actor("north-1"), into=False)
    await looked(house)
    assert not await offers(house)


async def test_no_offers_where_it_is_not_quiet(house: House, desk: OfferDesk) -> None:
    await waiting(house, desk, 1)
    staff(house, 0.5)
    await looked(house)
    assert not await offers(house)


async def test_offers_are_their_agents_own(house: House, desk: OfferDesk) -> None:
    await waiting(house, desk, 1, 2)
    await looked(house)
    offer = (await offers(house))[0]
    other = "north-2" if offer.person_id == "north-1" else "north-1"
    for who in (other, "mia", "sam"):
        with pytest.raises(Refused) as refused:
            await desk.accept(actor(who), offer.id)
        assert refused.value.refusal is Refusal.UNKNOWN_DRAFT
    with pytest.raises(Refused) as refused:
        await desk.opt(actor("mia"), into=True)
    assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
