"""Unknown is not free: a room that cannot be read is not offered, a person is named."""

from scheduling.domain.meetings import PlaceKind
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import actor, ask_for


async def test_people_whose_calendar_cannot_be_read_are_named(house: House) -> None:
    house.calendar.unread = {"north-2@contoso.example", "mia@contoso.example"}
    draft = await house.desk.open_draft(actor("mia"), "chat", {})
    proposal = await house.desk.propose(actor("mia"), draft, ask_for("north-1", "north-2"))
    assert len(proposal.sessions) == 2
    assert proposal.unknown_calendars == ("Agent north-2", "Mia")


async def test_a_room_that_cannot_be_read_is_not_offered_and_nobody_is_named(
    house: House,
) -> None:
    house.calendar.unread = {"elm@rooms.example"}
    draft = await house.desk.open_draft(actor("mia"), "chat", {})
    ask = ask_for("north-1", place=PlaceKind.ROOM)
    proposal = await house.desk.propose(actor("mia"), draft, ask)
    assert {one.room_id for one in proposal.sessions[0].options} == {"oak@rooms.example"}
    assert proposal.unknown_calendars == ()
