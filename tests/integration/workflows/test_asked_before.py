"""What was asked for already meets whoever asks for the same, and their own comes first."""

import asyncio
from dataclasses import replace

import pytest

from scheduling.domain.proposals import AskedBefore
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import Draft, DraftState, RequestState
from scheduling.domain.times import DAY
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor, ask_for, meeting_of
from tests.integration.workflows.test_deputy import VERA, deputise, know


async def told(house: House, draft: Draft, who: str) -> tuple[AskedBefore, ...]:
    """Return what a proposal says that others have asked for before."""
    ask = ask_for("north-1", who=who, days=3)
    return (await house.desk.propose(actor(who), draft, ask)).asked_before


async def test_what_another_manager_has_booked_is_said_with_its_time_and_may_be_asked_again(
    house: House,
) -> None:
    first = await house.submit("north-1")
    await house.settled(first, RequestState.BOOKED)
    (session,) = await house.sessions(first)
    draft = await house.propose("north-1", who="tom", days=3)
    (before,) = await told(house, draft, "tom")
    assert (before.request_id, before.asked_by, before.on_behalf_of) == (first, "Mia", None)
    assert (before.attendee_name, before.interval) == ("Agent north-1", session.interval)
    second = await house.take(draft, who="tom")
    assert (await house.settled(second)).state is RequestState.BOOKED
    assert house.applied() == 2


async def test_of_two_at_once_the_second_is_told_and_nothing_is_booked_twice(house: House) -> None:
    mine, theirs = (
        await house.propose("north-1", days=3),
        await house.propose("north-1", who="tom", days=3),
    )
    assert not await told(house, theirs, "tom")
    taken = await asyncio.gather(
        house.take(mine), house.take(theirs, who="tom"), return_exceptions=True
    )
    (lost,) = [one for one in taken if isinstance(one, Refused)]
    assert lost.refusal is Refusal.ALREADY_ASKED
    (first,) = [one for one in taken if isinstance(one, str)]
    await house.settled(first, RequestState.BOOKED)
    assert house.applied() == 1


async def test_who_was_slower_sees_it_under_way_on_a_fresh_card_and_can_ask_all_the_same(
    house: House,
) -> None:
    mine, draft = (
        await house.propose("north-1", days=3),
        await house.propose("north-1", who="tom", days=3),
    )
    go_on = asyncio.Event()

    async def wait(call: str) -> None:
        if call == "hold":
            await go_on.wait()

    house.calendar.before = wait
    first = await house.take(mine)
    for _ in range(2):  # a double tap on the old card tells nobody that they have been told
        with pytest.raises(Refused) as caught:
            await house.take(draft, who="tom")
        assert caught.value.refusal is Refusal.ALREADY_ASKED
    await house.settled(first, RequestState.BOOKING)
    draft = await house.desk.save_draft(actor("tom"), draft, DraftState.PROPOSED, {})
    (before,) = await told(house, draft, "tom")
    assert (before.request_id, before.interval) == (first, None)
    go_on.set()
    second = await house.take(draft, who="tom")
    for request_id in (first, second):
        await house.settled(request_id, RequestState.BOOKED)


async def test_a_manager_is_told_by_which_deputy_and_for_whom(house: House) -> None:
    await know(house, VERA)
    await deputise(house, "mia", "vera")
    draft = await house.look_at(ask_for("north-1"), who="vera")
    first = await house.take(draft, who="vera")
    await house.settled(first, RequestState.BOOKED)
    draft = await house.propose("north-1", days=3)
    (before,) = await told(house, draft, "mia")
    assert (before.asked_by, before.on_behalf_of) == ("Vera", "Mia")


@pytest.mark.parametrize("how", ["another week", "cancelled", "another agent"])
async def test_what_is_not_the_same_is_not_met(house: House, how: str) -> None:
    first = await house.submit("north-1")
    await house.settled(first, RequestState.BOOKED)
    if how == "cancelled":
        await house.desk.undo(actor("mia"), first)
        await house.settled(first, RequestState.UNDONE)
    day = TUESDAY + 7 * DAY if how == "another week" else TUESDAY
    agent = "north-2" if how == "another agent" else "north-1"
    for who in ("mia", "tom"):
        ask = ask_for(agent, who=who, first=day)
        draft = await house.look_at(ask, who=who)
        assert not (await house.desk.propose(actor(who), draft, ask)).asked_before


async def test_what_the_asker_has_already_comes_first_and_another_is_booked_only_on_purpose(
    house: House,
) -> None:
    theirs = await house.submit("north-1", who="tom")
    await house.settled(theirs, RequestState.BOOKED)
    mine, late = [await house.propose("north-1", days=3) for _ in range(2)]
    first = await house.take(mine)
    await house.settled(first, RequestState.BOOKED)
    (session,) = await house.sessions(first)
    with pytest.raises(Refused) as caught:  # this card was made before there was one
        await house.take(late)
    assert caught.value.refusal is Refusal.ALREADY_ASKED
    late = await house.desk.save_draft(actor("mia"), late, DraftState.PROPOSED, {})
    own, other = await told(house, late, "mia")
    assert (own.request_id, own.mine, own.session_id) == (first, True, session.id)
    assert own.interval == session.interval
    assert (other.request_id, other.mine) == (theirs, False)
    assert (await house.settled(await house.take(late))).state is RequestState.BOOKED


async def test_a_session_that_was_moved_out_of_the_dates_is_not_met(house: House) -> None:
    first = await house.submit("north-1", days=3)
    await house.settled(first, RequestState.BOOKED)
    (session,) = await house.sessions(first)
    day = session.interval.start.date() + DAY
    ask = ask_for("north-1", who="tom", first=day)
    draft = await house.look_at(ask, who="tom")
    assert not (await house.desk.propose(actor("tom"), draft, ask)).asked_before


async def test_a_team_meeting_meets_that_of_most_of_the_same_people(house: House) -> None:
    first = await house.gather(meeting_of("north-1", "north-2", "north-3"))
    await house.settled(first, RequestState.BOOKED)
    same = replace(meeting_of("north-1", "north-2"), facilitator_id="tom")
    draft = await house.look_at(same, who="tom")
    (before,) = (await house.desk.propose(actor("tom"), draft, same)).asked_before
    assert before.attendee_name == ""
    assert before.interval is not None
    other = replace(meeting_of("north-3", "north-4", "north-5"), facilitator_id="tom")
    draft = await house.look_at(other, who="tom")
    assert not (await house.desk.propose(actor("tom"), draft, other)).asked_before
