"""How far the commit of a plan has come is told by its sessions, each counted once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from scheduling.domain.commits import PlannedSession
from scheduling.domain.proposals import Option
from scheduling.domain.requests import SessionState
from scheduling.domain.times import DAY, Interval
from scheduling.storage import bookings, commits, requests, standins
from scheduling.storage.bookings import SessionRow
from scheduling.storage.commits import CommitRow
from scheduling.storage.requests import NewRequest
from scheduling.storage.store import Store


@pytest.mark.parametrize("state", [SessionState.PLANNED, SessionState.FAILED])
async def test_a_session_that_is_being_moved_or_could_not_be_counts_once(
    store: Store,
    planned: Callable[..., SessionRow],
    new_request: Callable[..., NewRequest],
    now: datetime,
    state: SessionState,
) -> None:
    session = replace(planned("s"), state=SessionState.BOOKED)
    next_day = Interval(session.interval.start + DAY, session.interval.end + DAY)
    elsewhere = Option(interval=next_day, place=session.place, price=0)
    asked = PlannedSession(
        type_id="one_to_one",
        attendee_id=session.attendee_id,
        facilitator_id=session.facilitator_id,
        zone=session.zone,
        option=Option(interval=session.interval, place=session.place, price=0),
    )
    commit = CommitRow(
        id="january",
        unit_id="north",
        requester_id="mia",
        requester_object_id="oid-mia",
        sessions=1,
        cancel_requested=False,
        created_at=now,
        ended_at=now,
    )
    async with store.write() as tx:
        await requests.insert(tx, new_request("r"))
        assert await commits.insert(tx, commit, [[asked]])
        assert not await commits.insert(tx, commit, [[asked]])
        part = await commits.part(tx, commit.id, 1)
        assert part is not None
        await commits.give_request(tx, part, "r")
        await bookings.reserve(tx, [session])
        standin = standins.standin(session, elsewhere, "s-next")
        await standins.reserve(tx, [replace(standin, state=state)])
        come = await commits.progress(tx, commit)
    assert (come.reserved, come.booked, come.failed) == (0, 1, 0)
