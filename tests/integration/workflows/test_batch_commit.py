"""A batch run's plan is booked part by part; nobody who asks meanwhile waits for all of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import Any

import pytest
import sqlalchemy as sa

from scheduling.domain.commits import CommitProgress, LeftOut, PlannedSession
from scheduling.domain.requests import RequestState, SessionState
from scheduling.domain.times import DAY, MINUTE, Interval, at_wall
from scheduling.storage import drafts
from scheduling.storage import tables as t
from scheduling.storage.bookings import person_resource
from scheduling.workflows import commit
from scheduling.workflows.commit import Batch
from tests.integration.workflows.fakes import FakeCalendar
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import (
    EIGHT,
    MONDAY,
    TUESDAY,
    ZONE,
    actor,
    centre,
    planned,
)
from tests.support.clocks import StoppedClock
from tests.support.postgres import BOTH
from wfm.centre.memory import MemoryWfm

BATCH = Batch(id="january", unit_id="north", requester_id="sam", requester_object_id="oid-sam")


def plan(days: int = 1) -> list[PlannedSession]:
    """Return a session for each agent of the north on each day, by one of two managers."""
    return [
        planned(n, day=TUESDAY + day * DAY, at=time(9 + n), who="mia" if n % 2 else "tom")
        for day in range(days)
        for n in (1, 2, 4)
    ]


async def ended(house: House, batch_id: str = BATCH.id) -> CommitProgress:
    """Wait until nothing of the batch is left to do."""

    async def look() -> CommitProgress | None:
        now = await commit.progress(house.runtime, batch_id)
        return now if now.ended and not now.reserved else None

    return await eventually(look, patience=60.0)


async def parts(house: House) -> Sequence[tuple[str, int, str]]:
    """Return the unit's requests (id, ticket, requester) in the order of their tickets."""
    async with house.store.read() as tx:
        found = await tx.execute(
            sa.select(t.request.c.id, t.request.c.ticket, t.request.c.requester_id).order_by(
                t.request.c.ticket
            )
        )
        return [tuple(row) for row in found]


@BOTH
async def test_every_session_of_a_plan_is_booked_and_written_once(house: House) -> None:
    begun = await commit.begin(house.runtime, BATCH, plan(days=2))
    assert (begun.sessions, begun.booked, begun.ended) == (6, 0, False)
    now = await ended(house)
    assert (now.booked, now.left_out, now.failed) == (6, (), 0)
    assert house.applied() == len(house.calendar.live) == 6
    assert [ticket for _, ticket, _ in await parts(house)] == [1, 2, 3, 4]


async def test_the_same_run_twice_is_one(house: House) -> None:
    await commit.begin(house.runtime, BATCH, plan())
    again = await commit.begin(house.runtime, BATCH, plan())
    assert again.sessions == 3
    await ended(house)
    assert house.applied() == 3


async def test_a_plan_of_nothing_or_of_an_unknown_type_is_refused(house: House) -> None:
    with pytest.raises(ValueError, match="a plan has sessions"):
        await commit.begin(house.runtime, BATCH, [])
    with pytest.raises(LookupError, match="there is no batch january"):
        await commit.progress(house.runtime, BATCH.id)


async def test_what_no_longer_holds_is_left_out_by_name_and_the_rest_is_booked(
    house: House,
) -> None:
    taken = await house.submit("north-1")
    await house.settled(taken)
    (booked,) = await house.sessions(taken)
    offered = Interval(at_wall(TUESDAY, time(14), ZONE), at_wall(TUESDAY, time(15), ZONE))
    async with house.store.write() as tx:
        until = house.clock.now() + 10 * MINUTE
        await drafts.hold(tx, "draft", [(person_resource("north-5"), offered)], until)
    clash = booked.interval.start.astimezone(at_wall(TUESDAY, time(9), ZONE).tzinfo)
    sessions = [
        planned(2, at=time(15)),
        planned(3, at=clash.time()),
        planned(4, day=MONDAY, at=time(8, 30)),
        planned(5, at=time(14)),
        PlannedSession(
            type_id="one_to_one",
            attendee_id="nobody",
            facilitator_id="mia",
            zone=ZONE,
            option=planned(6, at=time(16)).option,
        ),
    ]
    await commit.begin(house.runtime, BATCH, sessions)
    now = await ended(house)
    assert dict(now.left_out) == {
        "north-3": LeftOut.TAKEN,
        "north-4": LeftOut.TOO_SOON,
        "north-5": LeftOut.HELD,
        "nobody": LeftOut.GONE,
    }
    assert (now.booked, house.applied()) == (1, 2)


async def test_a_part_of_which_nothing_holds_fails_and_the_next_has_its_turn(
    house: House,
) -> None:
    await commit.begin(
        house.runtime, BATCH, [planned(1, day=MONDAY, at=time(8, 30)), planned(2, who="tom")]
    )
    now = await ended(house)
    (first, *_), (second, *_) = await parts(house)
    assert (await house.row(first)).state is RequestState.FAILED
    assert (await house.row(second)).state is RequestState.BOOKED
    assert (now.booked, now.left_out) == (1, (("north-1", LeftOut.TOO_SOON),))


async def test_who_asks_during_a_commit_waits_for_one_part_only(house: House) -> None:
    draft = await house.propose("north-3", days=5)
    await commit.begin(house.runtime, BATCH, plan(days=4))
    mine = await house.take(draft)
    await house.settled(mine, RequestState.BOOKED, patience=60.0)
    await ended(house)
    tickets = [who for _, _, who in await parts(house)]
    assert tickets.index("mia") <= 2
    assert tickets.count("sam") == 8


async def test_a_cancelled_commit_takes_no_more_turns_and_keeps_what_is_booked(
    house: House,
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(call: str) -> None:
        if call == "hold":
            begun.set()
            await go_on.wait()

    await commit.begin(house.runtime, BATCH, [planned(1), planned(2, who="tom")])
    await ended(house)
    house.calendar.before = wait
    second = Batch(
        id="february", unit_id="north", requester_id="sam", requester_object_id="oid-sam"
    )
    await commit.begin(house.runtime, second, [planned(n, at=time(13)) for n in (3,)])
    await begun.wait()
    await commit.cancel(house.runtime, second.id, "sam")
    go_on.set()
    now = await ended(house, second.id)
    assert (now.booked, now.failed) == (0, 1)
    assert house.applied() == len(house.calendar.live) == 2


@BOTH
@pytest.mark.parametrize("whole", [True, False])
async def test_what_is_cancelled_while_it_is_reserved_is_not_booked(
    house: House, monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    held = drafts.held
    taps: list[asyncio.Task[object]] = []

    async def tap(*arguments: Any, **named: Any) -> object:  # noqa: ANN401 - as it comes
        monkeypatch.setattr(drafts, "held", held)
        first = (await parts(house))[0][0]
        cancelling = (
            commit.cancel(house.runtime, BATCH.id, "sam")
            if whole
            else house.desk.cancel(actor("sam"), first)
        )
        taps.append(asyncio.create_task(cancelling))
        await asyncio.wait(taps, timeout=1)  # it ends now, or waits for us
        return await held(*arguments, **named)

    async def tapped(_call: str) -> None:
        await asyncio.wait(taps)

    monkeypatch.setattr(drafts, "held", tap)
    house.calendar.before = tapped
    await commit.begin(house.runtime, BATCH, [planned(1), planned(2, who="tom")])
    await ended(house)
    await house.quiet()
    first, *others = [(await house.row(i)).state for i, *_ in await parts(house)]
    assert first in (RequestState.CANCELLED, RequestState.UNDONE)
    assert others == [RequestState.CANCELLED if whole else RequestState.BOOKED]
    assert house.applied() == (0 if whole else 1)


async def test_a_part_cancelled_by_itself_does_not_hold_up_the_others(house: House) -> None:
    await commit.begin(house.runtime, BATCH, [planned(1), planned(2, who="tom")])
    first = (await parts(house))[0][0]
    await house.desk.cancel(actor("sam"), first)
    await ended(house)
    states = [(await house.row(i)).state for i, *_ in await parts(house)]
    assert len(states) == 2
    assert states[1] is RequestState.BOOKED


async def test_a_part_that_breaks_goes_to_a_human_and_the_next_has_its_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = commit.drafts.held

    async def once(*_: object, **__: object) -> object:
        monkeypatch.setattr(commit.drafts, "held", broken)
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(commit.drafts, "held", once)
    await commit.begin(house.runtime, BATCH, [planned(1), planned(2, who="tom")])
    now = await ended(house)
    first = (await parts(house))[0][0]
    assert (await house.row(first)).state is RequestState.ESCALATED
    assert await house.item(first) is not None
    assert now.booked == 1


class Killed(Exception):
    """The process ends without waiting for anything."""


@pytest.mark.usefixtures("steps_end")
@pytest.mark.parametrize("call", ["hold", "invite"])
async def test_the_next_process_goes_on_with_a_commit(database: str, call: str) -> None:
    wfm, calendar = MemoryWfm(centre(), StoppedClock(EIGHT)), FakeCalendar()
    stuck, never = asyncio.Event(), asyncio.Event()

    async def hang(name: str) -> None:
        if name == call and len(calendar.events) >= 3:
            stuck.set()
            await never.wait()

    async def until_killed() -> None:
        async with House.open(database, wfm=wfm, calendar=calendar, prefix="a") as house:
            calendar.before = hang
            await commit.begin(house.runtime, BATCH, plan(days=2))
            await stuck.wait()
            raise Killed

    with pytest.raises(Killed):
        await until_killed()
    calendar.before = None
    async with House.open(database, wfm=wfm, calendar=calendar, prefix="b") as house:
        now = await ended(house)
        assert (now.booked, now.left_out) == (6, ())
        assert house.applied() == len(calendar.live) == 6
        assert {s.state for i, *_ in await parts(house) for s in await house.sessions(i)} == {
            SessionState.BOOKED
        }


def meeting(at: time = time(15)) -> PlannedSession:
    """Return a meeting of three, of whom two are enough."""
    others = ("north-3", "north-4")
    return replace(planned(2, at=at), type_id="team_meeting", with_ids=others, quorum=2)


@BOTH
async def test_a_meeting_of_a_plan_is_one_event_and_a_part_by_itself(house: House) -> None:
    begun = await commit.begin(house.runtime, BATCH, [*plan(), meeting()])
    assert begun.sessions == 6
    now = await ended(house)
    assert (now.booked, now.left_out) == (6, ())
    assert house.applied() == 6
    assert sorted(len(event.people) for event in house.calendar.live) == [1, 1, 1, 3]


async def test_who_of_a_meeting_is_taken_is_left_out_while_a_quorum_is_left(house: House) -> None:
    taken = await house.submit("north-3")
    await house.settled(taken)
    (booked,) = await house.sessions(taken)
    clash = booked.interval.start.astimezone(at_wall(TUESDAY, time(9), ZONE).tzinfo).time()
    await commit.begin(house.runtime, BATCH, [replace(meeting(clash), facilitator_id="tom")])
    now = await ended(house)
    assert (now.booked, dict(now.left_out)) == (2, {"north-3": LeftOut.TAKEN})


async def test_a_meeting_that_too_few_could_come_to_is_left_out_whole(house: House) -> None:
    alone = replace(meeting(), with_ids=("nobody", "no-one"))
    await commit.begin(house.runtime, BATCH, [alone])
    now = await ended(house)
    assert now.booked == 0
    assert dict(now.left_out) == {
        "north-2": LeftOut.QUORUM,
        "nobody": LeftOut.GONE,
        "no-one": LeftOut.GONE,
    }
    assert house.calendar.events == {}


def taught(*days: int, at: time = time(14), start: int = 2) -> list[PlannedSession]:
    """Return the parts of a course of three agents, one on each of the days from Tuesday."""
    return [
        replace(
            planned(start, day=TUESDAY + day * DAY, at=at),
            type_id="team_meeting",
            with_ids=("north-3", "north-4"),
            quorum=2,
            group="course:1",
        )
        for day in days
    ]


async def test_who_is_taken_at_a_later_part_of_a_course_is_left_out_of_all_its_parts(
    house: House,
) -> None:
    await commit.begin(
        house.runtime, replace(BATCH, id="one"), [planned(3, day=TUESDAY + DAY, who="tom")]
    )
    await ended(house, "one")
    await commit.begin(house.runtime, BATCH, taught(0, 1, at=time(9)))
    now = await ended(house)
    assert now.left_out == (("north-3", LeftOut.PART), ("north-3", LeftOut.TAKEN))
    assert now.booked == 4


async def test_a_course_of_which_a_part_cannot_be_is_not_begun(house: House) -> None:
    await commit.begin(house.runtime, replace(BATCH, id="one"), [planned(1, day=TUESDAY + DAY)])
    await ended(house, "one")
    await commit.begin(house.runtime, BATCH, taught(0, 1, at=time(9)))
    now = await ended(house)
    assert now.booked == 0
    assert {why for _, why in now.left_out} == {LeftOut.PART}
    assert len(now.left_out) == 6
