"""A room that was chosen is taken and no other; where it cannot be had, that is said with others."""

from dataclasses import replace

import pytest

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind, Room
from scheduling.domain.proposals import Proposal, RoomLack
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import DraftState, RequestState
from scheduling.domain.times import DAY, Interval
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import EIGHT, actor, ask_for, meeting_of

ELM, OAK = "elm@rooms.example", "oak@rooms.example"
MIA = actor("mia")


def in_room(room_id: str) -> Ask:
    """Return a wish for a one-to-one on Tuesday in one room."""
    return replace(ask_for("north-1", place=PlaceKind.ROOM), room_id=room_id)


async def proposed(house: House, ask: Ask) -> Proposal:
    """Return what is proposed for an ask, twice the same."""
    draft = await house.look_at(ask)
    shown = await house.desk.propose(MIA, draft, ask)
    assert await house.desk.propose(MIA, draft, ask) == shown
    return shown


@pytest.mark.parametrize("room_id", [ELM, OAK])
async def test_the_room_that_was_chosen_is_booked_at_each_time(house: House, room_id: str) -> None:
    shown = await proposed(house, in_room(room_id))
    (session,) = shown.sessions
    assert {one.room_id for one in session.options} == {room_id}
    assert shown.room_missed is None
    request_id = await house.take(await house.look_at(in_room(room_id)))
    await house.settled(request_id, RequestState.BOOKED)
    assert {one.room_id for one in await house.sessions(request_id)} == {room_id}


async def test_a_room_that_is_never_free_is_said_and_other_rooms_are_offered(house: House) -> None:
    house.calendar.elsewhere[ELM] = [Interval(EIGHT - DAY, EIGHT + 7 * DAY)]
    shown = await proposed(house, in_room(ELM))
    assert shown.room_missed is not None
    assert (shown.room_missed.room_name, shown.room_missed.lack) == ("Elm", RoomLack.NOT_FREE)
    assert (shown.ask.room_id, shown.asked.room_id) == (None, ELM)
    (session,) = shown.sessions
    assert session.best.room_id == OAK
    draft = await house.look_at(in_room(ELM))
    request_id = await house.take(draft)
    await house.settled(request_id, RequestState.BOOKED)
    assert {one.room_id for one in await house.sessions(request_id)} == {OAK}


async def test_a_room_that_is_too_small_or_elsewhere_is_said(house: House) -> None:
    house.calendar.listed += [
        Room(id="nook@x", name="Nook", capacity=2, building="Leeds"),
        Room(id="far@x", name="Far", capacity=20, building="Berlin"),
        Room(id="near@x", name="Near", capacity=20, site_id="leeds"),
    ]
    ask = replace(meeting_of("north-1", "north-2"), place=PlaceKind.ROOM, room_id="nook@x")
    shown = await proposed(house, ask)
    assert shown.room_missed is not None
    assert shown.room_missed.lack is RoomLack.TOO_SMALL
    assert shown.sessions
    with pytest.raises(Refused) as caught:  # on no site of the unit: nobody was offered it
        await house.look_at(in_room("far@x"))
    assert caught.value.refusal is Refusal.UNKNOWN_DRAFT
    with pytest.raises(Refused):
        await house.look_at(in_room("none@x"))


async def test_the_roster_holds_the_rooms_of_the_peoples_sites(house: House) -> None:
    house.calendar.listed += [Room(id="far@x", name="Far", capacity=20, building="Berlin")]
    rooms = (await house.desk.roster(MIA)).rooms
    assert [(one.id, one.name, one.site_name) for one in rooms] == [
        (ELM, "Elm", "Leeds"),
        (OAK, "Oak", "Leeds"),
    ]
    assert (await house.desk.roster(actor("north-1"))).rooms == ()


async def test_a_later_draft_of_the_same_card_lets_go_of_the_room(house: House) -> None:
    house.calendar.elsewhere[ELM] = [Interval(EIGHT - DAY, EIGHT + 7 * DAY)]
    draft = await house.look_at(in_room(ELM))
    draft = await house.desk.save_draft(MIA, draft, DraftState.PROPOSED, {})
    shown = await house.desk.propose(MIA, draft, replace(in_room(ELM), room_id=None))
    assert shown.room_missed is None
