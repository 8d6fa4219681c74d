"""The WFM in memory fails on demand, and remembers what it was asked."""

from datetime import timedelta

import pytest

from scheduling.domain.centre import AgentDay
from scheduling.domain.times import Interval
from scheduling.ports.clock import Clock
from scheduling.ports.wfm import (
    AuthFailed,
    ChangeSet,
    Insert,
    NotFound,
    Outcome,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
    WfmError,
)
from wfm.centre.memory import Fault, MemoryWfm
from wfm.centre.model import Centre


@pytest.fixture
def wfm(small: Centre, clock: Clock) -> MemoryWfm:
    return MemoryWfm(small, clock)


@pytest.fixture
def day(small: Centre) -> AgentDay:
    return next(d for d in small.days.values() if d.segments[0].code_id == "work")


@pytest.fixture
def change(day: AgentDay) -> ChangeSet:
    start = day.segments[0].interval.start
    insert = Insert(
        agent_id=day.agent_id,
        interval=Interval(start, start + timedelta(minutes=30)),
        code_id="one_to_one",
        label="One-to-one",
        version=day.version,
    )
    return ChangeSet(key="k", inserts=(insert,))


async def test_a_lost_answer_has_been_written_all_the_same(
    wfm: MemoryWfm, day: AgentDay, change: ChangeSet
) -> None:
    wfm.faults.plan("apply", Fault(lose_answer=True))
    with pytest.raises(OutcomeUnknown) as caught:
        await wfm.apply(change)
    assert caught.value.receipt.key == "k"
    assert caught.value.receipt.all_in(Outcome.UNKNOWN)
    assert (await wfm.status("k")).all_in(Outcome.APPLIED)
    assert wfm.day(day.agent_id, day.business_date) != day


async def test_a_lost_answer_to_an_undo_is_settled_by_asking_again(
    wfm: MemoryWfm, day: AgentDay, change: ChangeSet
) -> None:
    await wfm.apply(change)
    wfm.faults.plan("undo", Fault(lose_answer=True))
    with pytest.raises(OutcomeUnknown):
        await wfm.undo("k", "u")
    assert (await wfm.undo("k", "u")).all_in(Outcome.UNDONE)
    assert wfm.day(day.agent_id, day.business_date) == day


@pytest.mark.parametrize(
    "error", [RateLimited("slow down", 3.0), Unavailable("down"), AuthFailed("expired")]
)
async def test_an_error_strikes_once_and_nothing_is_written(
    wfm: MemoryWfm, change: ChangeSet, error: WfmError
) -> None:
    wfm.faults.plan("apply", Fault(error=error))
    with pytest.raises(type(error)):
        await wfm.apply(change)
    with pytest.raises(NotFound):
        await wfm.status("k")
    assert (await wfm.apply(change)).all_in(Outcome.APPLIED)


async def test_an_edit_can_slip_in_between_read_and_write(
    wfm: MemoryWfm, day: AgentDay, change: ChangeSet
) -> None:
    fault = Fault(meanwhile=lambda other: other.edit(day.agent_id, day.business_date, ()))
    wfm.faults.plan("apply", fault)
    assert (await wfm.apply(change)).all_in(Outcome.CONFLICT)


async def test_minutes_that_somebody_opened_again_count_as_undone(
    wfm: MemoryWfm, day: AgentDay, change: ChangeSet
) -> None:
    await wfm.apply(change)
    wfm.edit(day.agent_id, day.business_date, day.segments)
    assert (await wfm.undo("k", "u")).all_in(Outcome.UNDONE)
    assert wfm.day(day.agent_id, day.business_date) == day


async def test_undo_on_a_day_that_is_gone_is_a_conflict(
    wfm: MemoryWfm, day: AgentDay, change: ChangeSet
) -> None:
    await wfm.apply(change)
    wfm.edit(day.agent_id, day.business_date, ())
    assert (await wfm.undo("k", "u")).all_in(Outcome.CONFLICT)


async def test_draft_days_are_not_written_to(
    wfm: MemoryWfm, day: AgentDay, change: ChangeSet
) -> None:
    wfm.edit(day.agent_id, day.business_date, day.segments, published=False)
    assert (await wfm.apply(change)).all_in(Outcome.CONFLICT)


async def test_every_call_is_in_the_journal(wfm: MemoryWfm, change: ChangeSet) -> None:
    await wfm.units()
    await wfm.apply(change)
    assert [call.name for call in wfm.journal] == ["units", "apply"]
    assert wfm.journal[1].arguments == (change,)


async def test_the_centre_itself_is_left_alone(
    wfm: MemoryWfm, small: Centre, day: AgentDay, change: ChangeSet
) -> None:
    await wfm.apply(change)
    assert small.days[day.agent_id, day.business_date] == day
