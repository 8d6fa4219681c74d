"""A session is moved to a time that overlaps its own: the old exception goes first, or is put back."""

from datetime import timedelta

import pytest

from scheduling.domain.changes import ChangeState, ChangeView
from scheduling.domain.requests import RequestState, SessionState, Target, TargetState
from scheduling.domain.times import DAY, DateRange, WallWindow
from scheduling.ports.calendar import CalendarRejected
from scheduling.ports.wfm import Rejected
from scheduling.storage.bookings import SessionRow
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor
from tests.integration.workflows.test_moves import booked, ended, reserved
from wfm.centre.memory import Fault

__all__ = ["booked"]


async def a_quarter_later(house: House, session: SessionRow) -> ChangeView:
    """Propose to move a session to a quarter of an hour later, which overlaps its time."""
    start = session.interval.start + timedelta(minutes=15)
    window = WallWindow(start.time(), (start + timedelta(minutes=30)).time())  # London is on UTC
    day = DateRange(TUESDAY, TUESDAY + DAY)
    return await house.changes.propose_move(actor("mia"), session.id, day, window)


async def test_its_own_minutes_are_free_so_that_it_moves_by_a_quarter(
    house: House, booked: str
) -> None:
    before = (await house.sessions(booked))[-1]
    start = before.interval.start + timedelta(minutes=15)
    view = await a_quarter_later(house, before)
    await house.changes.move(actor("mia"), view.id, view.version, 0)
    assert (await ended(house, view.id)).state is ChangeState.DONE
    after = (await house.sessions(booked))[-1]
    assert (after.id, after.interval.start) == (before.id, start)
    assert house.applied() == 2
    assert await reserved(house, after) == 3 * 6


async def test_what_overlaps_and_cannot_be_written_is_put_back(house: House, booked: str) -> None:
    before = (await house.sessions(booked))[-1]
    view = await a_quarter_later(house, before)
    house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    await house.changes.move(actor("mia"), view.id, view.version, 0)
    assert (await ended(house, view.id)).state is ChangeState.FAILED
    after = (await house.sessions(booked))[-1]
    assert (after.interval, after.targets) == (before.interval, before.targets)
    assert house.applied() == 2
    assert await house.items(booked) == 0
    await house.desk.cancel(actor("mia"), booked)
    house.clock.instant += timedelta(minutes=1)
    await house.settled(booked, RequestState.UNDONE, RequestState.CANCELLED)
    assert house.applied() == 0


@pytest.mark.parametrize("refused", ["apply", "undo"])
async def test_what_overlapped_and_could_not_be_put_back_is_so_by_try_again(
    house: House, booked: str, refused: str
) -> None:
    before = (await house.sessions(booked))[-1]
    view = await a_quarter_later(house, before)
    no = Fault(error=Rejected("no"))
    house.wfm.faults.plan("apply", no)
    for fault in (no,) if refused == "apply" else (Fault(), Fault(), no):
        house.wfm.faults.plan(refused, fault)
    await house.changes.move(actor("mia"), view.id, view.version, 0)
    assert (await ended(house, view.id)).state is ChangeState.FAILED
    assert house.applied() == 1
    item = await house.item(booked)
    assert item is not None
    (lost,) = [one for one in await house.sessions(booked) if one.id == before.id]
    assert lost.state is SessionState.BOOKED
    assert lost.targets[Target.WFM] is not TargetState.DONE
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.quiet()
    (after,) = [one for one in await house.sessions(booked) if one.id == before.id]
    assert (after.interval, after.targets) == (before.interval, before.targets)
    assert house.applied() == len(house.calendar.live) == 2
    assert await house.items(booked) == 1


async def test_the_old_exception_is_not_laid_beside_the_new_one_that_could_not_be_taken_back(
    house: House, booked: str
) -> None:
    before = (await house.sessions(booked))[-1]
    view = await a_quarter_later(house, before)
    house.calendar.fail("move", CalendarRejected("no"))  # the new exception is written by then
    no = Fault(error=Rejected("no"))
    for fault in (Fault(), no, Fault(), no):  # the new one's undo fails, and once more later
        house.wfm.faults.plan("undo", fault)
    before_it = _written(house)
    await house.changes.move(actor("mia"), view.id, view.version, 0)
    assert (await ended(house, view.id)).state is ChangeState.FAILED
    assert house.applied() == 2  # the other session's, and the new one
    for _ in range(2):
        assert _written(house) == before_it + 1  # not every WFM would refuse the old one beside it
        item = await house.item(booked)
        assert item is not None
        await house.desk.try_again(actor("sam"), item.id, item.version)
        await house.quiet()
        assert house.applied() == 2
    assert _written(house) == before_it + 2
    (after,) = [one for one in await house.sessions(booked) if one.id == before.id]
    assert (after.interval, after.targets) == (before.interval, before.targets)
    assert await house.items(booked) == 2


def _written(house: House) -> int:
    """Return how often the WFM was asked to lay an exception."""
    return sum(call.name == "apply" for call in house.wfm.journal)
