"""A process is killed while a session is changed: what is done again is neither lost nor doubled."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from scheduling.domain.changes import ChangeState
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import RequestState, SessionState
from scheduling.domain.times import DAY, DateRange, WallWindow
from scheduling.storage import bookings, changes, standins
from scheduling.storage.changes import ChangeRow
from scheduling.workflows import book, changing, rewriting
from scheduling.workflows.change_care import care
from tests.integration.workflows.fakes import FakeCalendar
from tests.integration.workflows.gathered import THREE
from tests.integration.workflows.gathered import whole as whole_meeting
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import EIGHT, actor, centre, meeting_of
from tests.support.clocks import StoppedClock
from tests.support.postgres import BOTH
from wfm.centre.memory import MemoryWfm


class Killed(Exception):
    """The process ends without waiting for anything."""


STEPS = {
    changing: ("reserve_new_times",),
    rewriting: (
        *("begin_rewrite", "vacate", "write_next", "move_event", "stand", "move_back", "readmit"),
        *("ask_for_room", "take_next_room", "finish_rewrite", "finish_anew", "give_back"),
        *("take", "finish_drop"),
    ),
    book: ("write_wfm", "hold_room", "send_invite", "undo_calendar", "undo_wfm", "release"),
}
"""Every step of a change that does something, by the module that takes it."""


def twice(step: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
    """Return a step that is done, not noted, and done again: as after a kill in between."""

    async def repeated(*arguments: object) -> object:
        await step(*arguments)
        return await step(*arguments)

    return repeated


Begin = Callable[[House, str], Awaitable[object]]


async def move(house: House, request_id: str) -> object:
    """Move the first session."""
    session = (await house.sessions(request_id))[0]
    offer = await house.changes.propose_move(actor("mia"), session.id, None, None)
    return await house.changes.move(actor("mia"), offer.id, offer.version, 0)


async def swap(house: House, request_id: str) -> object:
    """Let the two agents swap."""
    mine, theirs = await house.sessions(request_id)
    view = await house.changes.ask_swap(actor(mine.attendee_id), mine.id, theirs.id)
    peer = actor(theirs.attendee_id)
    return await house.changes.answer_swap(peer, view.id, view.version, agree=True)


async def release(house: House, request_id: str) -> object:
    """Release the first session, which gets another time."""
    session = (await house.sessions(request_id))[0]
    return await house.changes.release(actor("sam"), [session.id])


async def move_meeting(house: House, request_id: str) -> object:
    """Move a meeting of three by a quarter of an hour: its old exceptions go first."""
    gathering = await house.gathering(request_id)
    start = gathering.interval.start + timedelta(minutes=15)
    window = WallWindow(start.time(), (start + timedelta(minutes=30)).time())
    dates = DateRange(start.date(), start.date() + DAY)
    offer = await house.changes.propose_move(actor("mia"), gathering.id, dates, window)
    return await house.changes.move(actor("mia"), offer.id, offer.version, 0)


async def book_for(house: House, begin: Begin) -> str:
    """Book what is to be changed: two sessions, or one meeting; the request's id."""
    if begin is move_meeting:
        request_id = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    else:
        request_id = await house.submit("north-1", "north-2", place=PlaceKind.ROOM, days=14)
    await house.settled(request_id)
    await house.quiet()
    return request_id


async def killed_in(
    url: str, wfm: MemoryWfm, calendar: FakeCalendar, begin: Begin, call: str
) -> str:
    """Book, begin a change, and end in a call of the calendar; the request's id."""
    booked: list[str] = []
    stuck, never = asyncio.Event(), asyncio.Event()

    hung: list[asyncio.Task[object]] = []

    async def hang(name: str) -> None:
        if name == call:
            hung.extend(filter(None, [asyncio.current_task()]))
            stuck.set()
            await never.wait()
            raise asyncio.CancelledError  # the process is gone; nothing more is done in it

    async def until_killed() -> None:
        async with House.open(url, wfm=wfm, calendar=calendar, prefix="a") as house:
            booked.append(await book_for(house, begin))
            await begin(house, booked[0])
            calendar.before = hang
            await stuck.wait()
            raise Killed

    with pytest.raises(Killed):
        await until_killed()
    never.set()
    await asyncio.wait(hung)
    calendar.before = None
    return booked[0]


async def whole(house: House, request_id: str) -> None:
    """Assert that everything is where its session says it is, once."""
    if (await house.row(request_id)).ask.together:
        gathering = await whole_meeting(house, request_id)
        assert gathering.moves == house.calendar.moved == 1
        return
    rows = [r for r in await house.sessions(request_id) if r.state is SessionState.BOOKED]
    assert len(rows) == 2
    assert house.applied() == len(house.calendar.live) == 2
    for row in rows:
        assert row.change_id is None
        assert row.event is not None
        state = await house.calendar.read(row.event)
        assert state.interval == row.interval
        assert state.attendees
        async with house.store.read() as tx:
            assert len(await standins._held(tx, [row.id])) == 3 * 6
    async with house.store.read() as tx:
        past = await standins.of_request(tx, request_id)
        assert await standins._held(tx, {one.id for one in past}) == set()
    assert (await house.row(request_id)).state is RequestState.BOOKED
    assert await house.items(request_id) == 0


@BOTH
@pytest.mark.parametrize("begin", [move, swap, release, move_meeting])
async def test_every_step_that_is_done_again_has_the_effect_of_doing_it_once(
    house: House, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = await book_for(house, begin)
    for module, names in STEPS.items():
        for name in names:
            monkeypatch.setattr(module, name, twice(getattr(module, name)))
    await begin(house, request_id)
    await nothing_under_way(house)
    await whole(house, request_id)


@BOTH
@pytest.mark.parametrize(
    ("begin", "call"),
    [
        *((move, "move"), (move, "read"), (swap, "move"), (release, "cancel"), (release, "hold")),
        *((move_meeting, "move"), (move_meeting, "read")),
    ],
)
async def test_the_next_process_goes_on_where_the_last_one_stopped(
    database: str, begin: Begin, call: str
) -> None:
    wfm, calendar = MemoryWfm(centre(), StoppedClock(EIGHT)), FakeCalendar()
    request_id = await killed_in(database, wfm, calendar, begin, call)
    async with House.open(database, wfm=wfm, calendar=calendar, prefix="b") as house:
        await nothing_under_way(house)
        await whole(house, request_id)


async def nothing_under_way(house: House) -> None:
    """Wait until no change is being carried out."""

    async def look() -> bool | None:
        async with house.store.read() as tx:
            return not await changes.under_way(tx) or None

    await eventually(look)
    await house.quiet()


async def test_a_change_that_nobody_carries_on_is_set_out_again(house: House) -> None:
    request_id = await house.submit("north-1", "north-2", place=PlaceKind.ROOM, days=14)
    await house.settled(request_id)
    await house.quiet()
    session = (await house.sessions(request_id))[0]
    offer = await house.changes.propose_move(actor("mia"), session.id, None, None)
    assert offer.proposal is not None
    best = offer.proposal.sessions[0].best
    async with house.store.write() as tx:  # as where the engine's tables were lost
        row = await changes.require(tx, offer.id)
        await changes.advance(
            tx, row, to=ChangeState.QUEUED, of=(row.state,), chosen={session.id: best}
        )
        await bookings.update_session(tx, session.id, change_id=row.id)
    for _ in range(3):
        house.clock.forward(minutes=2)
        await care(house.runtime)
    await nothing_under_way(house)
    assert (await house.sessions(request_id))[0].id
    await whole(house, request_id)
    async with house.store.read() as tx:
        ended: ChangeRow = await changes.require(tx, offer.id)
    assert ended.state is ChangeState.DONE
