"""What goes wrong outside, and a restart in the middle."""

from dataclasses import replace
from pathlib import Path

import pytest

from graph.sandbox import Fault, OnAttendees, RoomMode
from scheduling.optimizer.pool import SolverPool
from scheduling.ports.wfm import AgentOutcome, ChangeSet, Outcome, Receipt, Wfm
from tests.support.house import House, edited, read

pytestmark = pytest.mark.e2e

ASK = "1:1 with Asha next week"


def rooms_asked(house: House) -> list[str]:
    """Return the rooms of all events ever made, in order; none for an event online."""
    return [
        next((one.address for one in meeting.attendees if one.kind == "resource"), "online")
        for meeting in house.world.graph.sandbox.meetings
    ]


async def test_a_room_that_declines_is_replaced_by_the_next(house: House) -> None:
    house.world.graph.sandbox.rooms["leeds.quiet@rooms.example"].longest = 5
    booked = await house.book(house.chat("Alex Wilber"), ASK)
    assert "Leeds Window, led by Alex Wilber" in booked
    assert rooms_asked(house) == ["leeds.quiet@rooms.example", "leeds.window@rooms.example"]
    (meeting,) = house.events("Asha Patel")
    assert meeting.attendees[0].response == "accepted"
    assert not house.events("leeds.quiet@rooms.example")
    assert len(house.changes()) == 1


async def test_where_every_room_declines_the_session_is_online(house: House) -> None:
    for room in house.world.graph.sandbox.rooms.values():
        room.longest = 5
    booked = await house.book(house.chat("Alex Wilber"), ASK)
    assert "online, led by Alex Wilber" in booked
    assert rooms_asked(house) == [
        "leeds.quiet@rooms.example",
        "leeds.window@rooms.example",
        "leeds.corner@rooms.example",
        "online",
    ]
    (meeting,) = house.events("Asha Patel")
    assert meeting.join_url
    assert len(house.changes()) == 1


async def test_a_room_lost_after_the_invitation_goes_to_the_schedulers(house: House) -> None:
    sandbox = house.world.graph.sandbox
    sandbox.settings = replace(sandbox.settings, on_attendees=OnAttendees.DECLINE)
    schedulers = await house.channel("Hamza Green")
    booked = await house.book(house.chat("Alex Wilber"), ASK)
    assert "Not everything could be written; the schedulers are looking at it." in booked
    assert "Room: ✗ failed" in booked
    await house.until(schedulers, "A booking could not be written everywhere")
    assert len(house.changes()) == 1
    assert len(house.events("Asha Patel")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path="/events$", method="POST", status=429, retry_after=1, times=2),
        Fault(path="/events$", method="POST", status=None, after_commit=True),
        Fault(path="/events$", method="POST", status=503, after_commit=True),
    ],
    ids=["throttled", "answer lost", "error after the work was done"],
)
async def test_graph_in_trouble_still_gets_exactly_one_event(house: House, fault: Fault) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say(ASK)
    house.world.graph.fail(replace(fault))
    await chat.tap("Book")
    await house.until(chat, "Undo (until")
    assert len(house.world.graph.sandbox.meetings) == 1
    assert len(house.events("Asha Patel")) == 1
    assert len(house.changes()) == 1


class RefusingWfm:
    """The house's WFM, except that it takes no change."""

    def __init__(self, real: Wfm) -> None:
        """Read from ``real``."""
        self._real = real

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    async def apply(self, change: ChangeSet) -> Receipt:
        """Refuse."""
        outcomes = tuple(
            AgentOutcome(agent_id=one.agent_id, outcome=Outcome.REJECTED, reasons=("locked",))
            for one in change.inserts
        )
        return Receipt(key=change.key, handle=change.key, outcomes=outcomes)


async def test_what_the_wfm_refuses_is_undone_and_given_to_the_schedulers(house: House) -> None:
    await house.stop()
    house.world = replace(house.world, wfm=RefusingWfm(house.world.wfm))
    await house.start()
    schedulers = await house.channel("Hamza Green")
    chat = house.chat("Alex Wilber")
    await chat.say(ASK)
    await chat.tap("Book")
    card = await house.until(chat, "… With the schedulers", "Not everything could be written")
    assert "[Undo" not in card
    await house.until(schedulers, "A booking could not be written everywhere")
    assert house.nothing_written()


async def test_somebody_without_a_mailbox_is_booked_in_the_wfm_only_and_the_card_says_so(
    tmp_path: Path, centre: Path, solver: SolverPool
) -> None:
    def forget_the_address(row: dict[str, str]) -> None:
        if row["agent"] == "A1001":
            row["address"] = ""

    folder = edited(centre, tmp_path / "centre", "agents", forget_the_address)
    async with House.open(tmp_path, folder, solver) as house:
        chat = house.chat("Alex Wilber")
        await chat.say(ASK)
        assert "No mailbox, so no invite: Asha Patel" in read(chat.card)
        await chat.tap("Book")
        booked = await house.until(chat, "Undo (until")
        assert "Invite: ○ not needed" in booked
        assert "No mailbox, so no invite: Asha Patel" in booked
        assert [row["agent"] for row in house.changes()] == ["A1001"]
        (meeting,) = house.meetings()
        assert [one.kind for one in meeting.attendees] == ["resource"]


async def test_a_calendar_that_is_away_is_said_and_nothing_is_booked(house: House) -> None:
    house.world.graph.fail(Fault(path="getSchedule", status=503, times=99))
    chat = house.chat("Alex Wilber")
    await chat.say(ASK)
    assert "Nothing was booked: the calendar does not answer just now." in read(chat.card)
    assert house.nothing_written()


async def test_a_restart_in_the_middle_of_a_booking_ends_it_once(house: House) -> None:
    sandbox = house.world.graph.sandbox
    sandbox.rooms["leeds.quiet@rooms.example"].mode = RoomMode.DELEGATE
    chat = house.chat("Alex Wilber")
    await chat.say(ASK)
    await chat.tap("Book")
    await house.until(chat, "… Being booked", "Workforce schedule: ✓ done")
    await house.until_true(lambda: bool(sandbox.meetings))
    await house.stop()
    (meeting,) = sandbox.meetings
    sandbox.respond(meeting, "leeds.quiet@rooms.example", "accepted")
    await house.start()
    booked = await house.until(chat, "✓ Booked", "Undo (until")
    assert "Leeds Quiet" in booked
    assert len(house.changes()) == 1
    assert sandbox.meetings == [meeting]
    assert house.events("Asha Patel") == [meeting]


async def test_a_stop_right_after_the_tap_loses_nothing(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say(ASK)
    await chat.tap("Book")
    await house.stop()
    await house.start()
    await house.until(chat, "✓ Booked", "Undo (until")
    assert len(house.changes()) == len(house.world.graph.sandbox.meetings) == 1
    await house.tap(chat, "Undo")
    await house.until(chat, "↶ Undone: nothing is booked any more")
    assert not house.meetings()
