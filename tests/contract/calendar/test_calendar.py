"""What every adapter of ports.Calendar must do; a calendar is done when it passes."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain.times import Interval
from scheduling.ports.calendar import (
    Calendar,
    CalendarError,
    CalendarNotFound,
    CalendarRejected,
    EventDraft,
    EventRef,
    Mailbox,
    RoomAnswer,
)

FACILITATOR = Mailbox(name="Fay Finch", address="fay@contoso.example")
ASHA = Mailbox(name="Asha Rao", address="asha@contoso.example")
BO = Mailbox(name="Bo Lind", address="bo@contoso.example")
TEAM = tuple(
    Mailbox(name=f"Agent {n}", address=f"agent{n}@contoso.example", optional=n > 12)
    for n in range(1, 16)
)
OAK = Mailbox(name="Oak", address="oak@contoso.example")
ELM = Mailbox(name="Elm", address="elm@contoso.example")
NINE = datetime(2026, 10, 5, 9, tzinfo=UTC)
DAY = Interval(NINE - timedelta(hours=9), NINE + timedelta(hours=15))


def draft(key: str = "request-1:calendar", **changes: Any) -> EventDraft:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {
        "key": key,
        "organiser": FACILITATOR,
        "interval": Interval(NINE, NINE + timedelta(minutes=30)),
        "zone": "Europe/London",
        "subject": "One-to-one",
        "room": OAK,
    }
    return EventDraft(**fields | changes)


async def test_the_rooms_are_listed_with_what_the_planner_needs(calendar: Calendar) -> None:
    rooms = {room.id: room for room in await calendar.rooms()}
    assert set(rooms) == {OAK.address, ELM.address}
    assert rooms[OAK.address].name == "Oak"
    assert rooms[OAK.address].capacity == 4


async def test_a_held_event_has_its_room_and_nobody_else(
    calendar: Calendar, invitations: Callable[[Mailbox], int]
) -> None:
    ref = await calendar.hold(draft())
    state = await calendar.read(ref)
    assert state.ref == ref
    assert state.interval == draft().interval
    assert state.room is RoomAnswer.ACCEPTED
    assert state.attendees == {}
    assert invitations(ASHA) == 0


async def test_holding_twice_under_one_key_finds_the_same_event(calendar: Calendar) -> None:
    first = await calendar.hold(draft())
    assert await calendar.hold(draft()) == first
    assert (await calendar.read(first)).room is RoomAnswer.ACCEPTED


async def test_holding_at_once_under_one_key_makes_one_event(calendar: Calendar) -> None:
    refs = await asyncio.gather(*(calendar.hold(draft()) for _ in range(4)))
    assert len(set(refs)) == 1


async def test_of_two_bookings_for_one_room_one_is_declined(calendar: Calendar) -> None:
    refs = await asyncio.gather(
        calendar.hold(draft("request-1:calendar")),
        calendar.hold(draft("request-2:calendar")),
    )
    answers = [(await calendar.read(ref)).room for ref in refs]
    assert sorted(answers) == [RoomAnswer.ACCEPTED, RoomAnswer.DECLINED]


async def test_bookings_that_only_touch_both_have_the_room(calendar: Calendar) -> None:
    later = Interval(NINE + timedelta(minutes=30), NINE + timedelta(minutes=60))
    await calendar.hold(draft("request-1:calendar"))
    ref = await calendar.hold(draft("request-2:calendar", interval=later))
    assert (await calendar.read(ref)).room is RoomAnswer.ACCEPTED


async def test_a_declined_room_leaves_the_other_room_to_be_asked(calendar: Calendar) -> None:
    await calendar.hold(draft("request-1:calendar"))
    ref = await calendar.hold(draft("request-2:calendar:1", room=ELM))
    assert (await calendar.read(ref)).room is RoomAnswer.ACCEPTED


async def test_inviting_adds_the_people_and_keeps_the_room(
    calendar: Calendar, invitations: Callable[[Mailbox], int], after_invite: RoomAnswer
) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA])
    state = await calendar.read(ref)
    assert state.attendees == {ASHA.address: "none"}
    assert state.room is after_invite
    assert invitations(ASHA) == 1


async def test_inviting_again_changes_nothing(
    calendar: Calendar, invitations: Callable[[Mailbox], int]
) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA])
    before = await calendar.read(ref)
    await calendar.invite(ref, [ASHA])
    assert await calendar.read(ref) == before
    assert invitations(ASHA) == 1


async def test_a_later_guest_joins_those_already_invited(calendar: Calendar) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA])
    await calendar.invite(ref, [BO])
    assert set((await calendar.read(ref)).attendees) == {ASHA.address, BO.address}


async def test_fifteen_people_are_invited_at_once_and_told_once(
    calendar: Calendar, invitations: Callable[[Mailbox], int]
) -> None:
    ref = await calendar.hold(draft(room=None))
    await calendar.invite(ref, TEAM)
    await calendar.invite(ref, TEAM)
    assert set((await calendar.read(ref)).attendees) == {each.address for each in TEAM}
    assert [invitations(each) for each in TEAM] == [1] * len(TEAM)


async def test_who_is_taken_off_an_event_leaves_the_others_and_the_room(
    calendar: Calendar, after_invite: RoomAnswer
) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA, BO])
    for _ in range(2):
        await calendar.withdraw(ref, [ASHA])
    state = await calendar.read(ref)
    assert set(state.attendees) == {BO.address}
    assert state.room is after_invite
    assert not state.cancelled


async def test_who_was_taken_off_can_be_invited_again(calendar: Calendar) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA, BO])
    await calendar.withdraw(ref, [ASHA])
    await calendar.invite(ref, [ASHA])
    assert set((await calendar.read(ref)).attendees) == {ASHA.address, BO.address}


async def test_taking_somebody_off_what_is_gone_or_never_was_is_success(
    calendar: Calendar,
) -> None:
    await calendar.withdraw(
        EventRef(organiser=FACILITATOR.address, event_id="AAkAnothing", ical_uid="nothing"), [ASHA]
    )
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA])
    await calendar.cancel(ref, "")
    await calendar.withdraw(ref, [ASHA])
    assert await is_over(calendar, ref)


async def test_two_who_leave_and_one_who_joins_at_once_all_get_their_way(
    calendar: Calendar,
) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA, BO, TEAM[0]])
    await asyncio.gather(
        calendar.withdraw(ref, [ASHA]),
        calendar.withdraw(ref, [BO]),
        calendar.invite(ref, [TEAM[1]]),
    )
    state = await calendar.read(ref)
    assert set(state.attendees) == {TEAM[0].address, TEAM[1].address}


async def test_who_leaves_while_the_event_moves_has_left_the_moved_event(
    calendar: Calendar,
) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA, BO])
    await asyncio.gather(
        calendar.move(ref, LATER, "Europe/London", ELM), calendar.withdraw(ref, [BO])
    )
    state = await calendar.read(ref)
    assert (state.interval, set(state.attendees)) == (LATER, {ASHA.address})


async def test_cancelling_twice_is_as_good_as_once_and_frees_the_room(calendar: Calendar) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA])
    await calendar.cancel(ref, "Called off.")
    await calendar.cancel(ref, "Called off.")
    assert await is_over(calendar, ref)
    assert await calendar.find(FACILITATOR.address, draft().key) is None
    other = await calendar.hold(draft("request-2:calendar"))
    assert (await calendar.read(other)).room is RoomAnswer.ACCEPTED


async def is_over(calendar: Calendar, ref: EventRef) -> bool:
    try:
        return (await calendar.read(ref)).cancelled
    except CalendarNotFound:
        return True


async def test_cancelling_what_never_was_is_success(calendar: Calendar) -> None:
    ref = EventRef(organiser=FACILITATOR.address, event_id="AAkAnothing", ical_uid="nothing")
    await calendar.cancel(ref, "Called off.")


async def test_a_key_whose_event_was_cancelled_is_never_used_again(calendar: Calendar) -> None:
    ref = await calendar.hold(draft())
    await calendar.cancel(ref, "Called off.")
    with pytest.raises(CalendarRejected):
        await calendar.hold(draft())


async def test_an_event_is_found_by_its_key_and_no_other(calendar: Calendar) -> None:
    for key in ("request-1:calendar", "it's:a:key", "50% & more:1"):
        ref = await calendar.hold(draft(key))
        assert await calendar.find(FACILITATOR.address, key) == ref
    assert await calendar.find(FACILITATOR.address, "request-9:calendar") is None


async def test_an_event_that_never_was_is_not_found(calendar: Calendar) -> None:
    ref = EventRef(organiser=FACILITATOR.address, event_id="AAkAnothing", ical_uid="nothing")
    with pytest.raises(CalendarNotFound):
        await calendar.read(ref)


async def test_a_room_that_does_not_exist_is_not_taken_for_a_yes(calendar: Calendar) -> None:
    nowhere = Mailbox(name="Nowhere", address="nowhere@contoso.example")
    try:
        ref = await calendar.hold(draft(room=nowhere))
    except CalendarError:
        return
    assert (await calendar.read(ref)).room is not RoomAnswer.ACCEPTED


async def test_an_online_event_has_a_link_and_no_room(calendar: Calendar) -> None:
    state = await calendar.read(await calendar.hold(draft(room=None)))
    assert state.join_url is not None
    assert state.room is RoomAnswer.NONE


async def test_free_busy_keeps_the_order_and_tells_unknown_from_free(
    calendar: Calendar, people_are_known: bool
) -> None:
    await calendar.hold(draft())
    asked = [ELM.address, "nobody@contoso.example", OAK.address, ASHA.address]
    elm, nobody, oak, asha = await calendar.free_busy(asked, DAY)
    assert [each.address for each in (elm, nobody, oak, asha)] == asked
    assert elm.known
    assert elm.busy == ()
    assert not nobody.known
    assert oak.busy == (draft().interval,)
    assert asha.known is people_are_known


async def test_two_appointments_at_once_are_told_from_two_that_follow_each_other(
    calendar: Calendar, people_are_known: bool
) -> None:
    half = timedelta(minutes=30)
    await calendar.hold(draft(room=None))
    await calendar.hold(draft("after", room=None, interval=Interval(NINE + half, NINE + 2 * half)))
    (leader,) = await calendar.free_busy([FACILITATOR.address], DAY)
    assert leader.contested == ()
    late = Interval(NINE + half / 2, NINE + half)
    await calendar.hold(draft("at once", room=None, interval=late))
    (leader,) = await calendar.free_busy([FACILITATOR.address], DAY)
    assert leader.contested == ((late,) if people_are_known else ())


async def test_free_busy_is_cut_to_the_span_asked_for(calendar: Calendar) -> None:
    await calendar.hold(draft())
    span = Interval(NINE + timedelta(minutes=15), NINE + timedelta(minutes=20))
    (oak,) = await calendar.free_busy([OAK.address], span)
    assert oak.busy == (span,)


async def test_events_around_the_autumn_clock_change_keep_their_instants(
    calendar: Calendar,
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for wall, fold in (("01:30", 0), ("02:30", 0), ("02:30", 1), ("03:30", 0)):
        local = datetime.fromisoformat(f"2026-10-25T{wall}").replace(tzinfo=berlin, fold=fold)
        start = local.astimezone(UTC)
        asked = Interval(start, start + timedelta(minutes=45))
        key = f"{wall}:{fold}"
        ref = await calendar.hold(draft(key, interval=asked, zone="Europe/Stockholm"))
        await calendar.invite(ref, [ASHA])
        assert (await calendar.read(ref)).interval == asked


LATER = Interval(NINE + timedelta(hours=3), NINE + timedelta(hours=3, minutes=30))


async def test_a_moved_event_is_the_same_event_with_its_people_and_the_room_asked_anew(
    calendar: Calendar, invitations: Callable[[Mailbox], int]
) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA])
    await calendar.move(ref, LATER, "Europe/London", OAK)
    state = await calendar.read(ref)
    assert (state.ref, state.interval) == (ref, LATER)
    assert state.room is RoomAnswer.ACCEPTED
    assert state.attendees == {ASHA.address: "none"}
    assert invitations(ASHA) == 1
    assert await calendar.find(FACILITATOR.address, draft().key) == ref
    (oak,) = await calendar.free_busy([OAK.address], DAY)
    assert oak.busy == (LATER,)


async def test_moving_again_to_the_same_place_changes_nothing(calendar: Calendar) -> None:
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA])
    await calendar.move(ref, LATER, "Europe/London", OAK)
    before = await calendar.read(ref)
    await calendar.move(ref, LATER, "Europe/London", OAK)
    assert await calendar.read(ref) == before


async def test_an_event_is_moved_by_less_than_its_length(calendar: Calendar) -> None:
    ref = await calendar.hold(draft())
    quarter = timedelta(minutes=15)
    await calendar.move(ref, Interval(NINE + quarter, NINE + 3 * quarter), "Europe/London", OAK)
    assert (await calendar.read(ref)).room is RoomAnswer.ACCEPTED


async def test_a_room_that_declines_a_moved_event_gives_way_to_another_and_to_none(
    calendar: Calendar,
) -> None:
    await calendar.hold(draft("request-2:calendar", interval=LATER))
    ref = await calendar.hold(draft())
    await calendar.invite(ref, [ASHA])
    await calendar.move(ref, LATER, "Europe/London", OAK)
    assert (await calendar.read(ref)).room is RoomAnswer.DECLINED
    await calendar.move(ref, LATER, "Europe/London", ELM)
    state = await calendar.read(ref)
    assert (state.room, state.attendees) == (RoomAnswer.ACCEPTED, {ASHA.address: "none"})
    await calendar.move(ref, LATER, "Europe/London", None)
    state = await calendar.read(ref)
    assert (state.room, state.interval) == (RoomAnswer.NONE, LATER)
    assert state.join_url is not None
    assert state.attendees == {ASHA.address: "none"}


async def test_a_moved_event_goes_back_to_the_room_it_had(calendar: Calendar) -> None:
    ref = await calendar.hold(draft())
    await calendar.move(ref, LATER, "Europe/London", None)
    await calendar.move(ref, draft().interval, "Europe/London", OAK)
    state = await calendar.read(ref)
    assert (state.room, state.interval) == (RoomAnswer.ACCEPTED, draft().interval)


async def test_an_event_that_is_cancelled_or_never_was_is_not_moved(calendar: Calendar) -> None:
    ref = await calendar.hold(draft())
    await calendar.cancel(ref, "Called off.")
    nothing = EventRef(organiser=FACILITATOR.address, event_id="AAkAnothing", ical_uid="nothing")
    for gone in (ref, nothing):
        with pytest.raises(CalendarNotFound):
            await calendar.move(gone, LATER, "Europe/London", OAK)
