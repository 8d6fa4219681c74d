"""A booked meeting of several people, and what must be true of it whatever became of it."""

from collections.abc import Sequence

from scheduling.domain.requests import SessionState, Target, TargetState
from scheduling.storage import bookings, standins
from scheduling.storage.bookings import SessionRow
from tests.integration.workflows.house import House

THREE = ("north-1", "north-2", "north-3")


async def everything(house: House, request_id: str) -> Sequence[SessionRow]:
    """Return the gathering's row and its attendees'."""
    async with house.store.read() as tx:
        return await bookings.rows_of(tx, request_id)


async def reserved(house: House, request_id: str) -> int:
    """Return how many slots a request's rows reserve, and their stand-ins."""
    async with house.store.read() as tx:
        rows = [*await bookings.rows_of(tx, request_id), *await standins.of_request(tx, request_id)]
        return len(await standins._held(tx, {one.id for one in rows}))


async def whole(house: House, request_id: str, people: Sequence[str] = THREE) -> SessionRow:
    """Assert that everything is where the meeting says it is, once; its gathering."""
    gathering, *rows = [
        one for one in await everything(house, request_id) if one.state is SessionState.BOOKED
    ]
    assert {one.attendee_id for one in rows} == set(people)
    assert {(one.interval, one.place, one.room_id, one.moves, one.change_id) for one in rows} == {
        (gathering.interval, gathering.place, gathering.room_id, gathering.moves, None)
    }
    assert gathering.change_id is None
    (event,) = house.calendar.live
    assert event.draft.interval == gathering.interval
    assert (event.draft.room.address if event.draft.room else None) == gathering.room_id
    assert event.people == [f"{one}@contoso.example" for one in sorted(people)]
    assert house.applied() == len(people)
    rooms = 1 if gathering.room_id else 0
    assert await reserved(house, request_id) == (len(people) + 1 + rooms) * 6
    assert gathering.targets[Target.WFM] is gathering.targets[Target.NOTICE] is TargetState.SKIPPED
    assert {one.targets[Target.WFM] for one in rows} == {TargetState.DONE}
    return gathering
