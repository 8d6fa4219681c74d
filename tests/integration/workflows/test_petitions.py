"""What an agent's own wish says follows the request that answers it, to its end and beyond."""

from dataclasses import replace

import pytest

from scheduling.domain.petitions import PetitionState
from scheduling.domain.requests import RequestState
from scheduling.workflows.petitions import PetitionDesk
from scheduling.workflows.petitions_port import PetitionFacts
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor
from tests.support.postgres import BOTH

AGENT, MIA, SAM = actor("north-1"), actor("mia"), actor("sam")


@pytest.fixture
def wishes(house: House) -> PetitionDesk:
    """Return the desk of agents' wishes."""
    return PetitionDesk(house.runtime.services)


async def reads(wishes: PetitionDesk, asked: PetitionFacts) -> PetitionFacts:
    """Return the wish as its agent sees it now."""
    return await wishes.petition(AGENT, asked.id)


@BOTH
async def test_a_wish_is_booked_with_its_time_and_open_again_once_that_is_undone(
    house: House, wishes: PetitionDesk
) -> None:
    asked = await wishes.ask(AGENT)
    assert asked.state is PetitionState.OPEN
    request_id = await house.submit("north-1")
    await house.settled(request_id, RequestState.BOOKED)
    (session,) = await house.sessions(request_id)
    shown = await reads(wishes, asked)
    assert (shown.state, shown.booked) == (PetitionState.BOOKED, session.interval)
    assert await wishes.waiting(AGENT) is None
    await house.desk.undo(MIA, request_id)
    await house.settled(request_id, RequestState.UNDONE)
    shown = await reads(wishes, asked)
    assert (shown.state, shown.booked) == (PetitionState.REOPENED, None)
    assert (await house.view(request_id)).wishes == ((asked.id, "Agent north-1"),)
    assert (await house.view(request_id, "sam")).wishes == ()
    again = await house.submit("north-1")
    await house.settled(again, RequestState.BOOKED)
    assert (await reads(wishes, asked)).state is PetitionState.BOOKED
    assert (await house.view(request_id)).wishes == ()


async def test_a_wish_that_a_scheduler_sends_back_is_being_arranged_until_then(
    house: House, wishes: PetitionDesk
) -> None:
    asked = await wishes.ask(AGENT)
    house.wfm.edit("north-1", TUESDAY, ())
    draft = await house.propose("north-1")
    request_id = await house.take(draft, escalate=True)
    await house.settled(request_id, RequestState.ESCALATED)
    assert (await reads(wishes, asked)).state is PetitionState.ARRANGING
    assert (await wishes.ask(AGENT)).id == asked.id
    item = await house.item(request_id)
    assert item is not None
    await house.desk.send_back(SAM, item.id, item.version, "no")
    await house.settled(request_id, RequestState.SENT_BACK)
    assert (await reads(wishes, asked)).state is PetitionState.REOPENED
    declined = await wishes.decline(MIA, asked.id)
    assert declined.state is PetitionState.DECLINED
    assert (await reads(wishes, asked)).state is PetitionState.DECLINED


async def test_who_of_several_has_no_time_is_open_again_once_nobody_looks_for_one(
    house: House, wishes: PetitionDesk
) -> None:
    asked = await wishes.ask(AGENT)
    house.wfm.edit("north-1", TUESDAY, ())
    draft = await house.propose("north-1", "north-2")
    request_id = await house.take(draft, escalate=True)
    await house.settled(request_id, RequestState.PARTLY_BOOKED)
    assert (await reads(wishes, asked)).state is PetitionState.ARRANGING
    item = await house.item(request_id)
    assert item is not None
    await house.desk.send_back(SAM, item.id, item.version, "no")
    await house.quiet()
    assert (await reads(wishes, asked)).state is PetitionState.REOPENED


async def test_asking_once_more_sends_the_same_wish_again(
    house: House, wishes: PetitionDesk
) -> None:
    asked = await wishes.ask(AGENT)
    request_id = await house.submit("north-1")
    await house.settled(request_id, RequestState.BOOKED)
    booked = await reads(wishes, asked)
    assert booked == replace(
        asked, version=2, state=booked.state, booked=booked.booked, zone=booked.zone
    )
    await house.desk.undo(MIA, request_id)
    await house.settled(request_id, RequestState.UNDONE)
    again = await wishes.ask(AGENT)
    assert (again.id, again.state) == (asked.id, PetitionState.OPEN)
    assert (await house.view(request_id)).wishes == ()
    withdrawn = await wishes.withdraw(AGENT, asked.id)
    assert withdrawn.state is PetitionState.WITHDRAWN
