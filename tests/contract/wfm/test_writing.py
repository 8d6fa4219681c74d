"""What every WFM must do when it is written to, whichever way it is reached."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import pytest

from scheduling.domain.centre import AgentDay, Segment
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.ports.wfm import ChangeSet, Insert, NotFound, Outcome, Wfm
from wfm.centre.model import Centre
from wfm.ledger import pieces

Edit = Callable[[str, date, Iterable[Segment]], None]
AUTUMN = date(2026, 10, 25)
HALF_HOUR = timedelta(minutes=30)


def open_days(centre: Centre, count: int) -> list[AgentDay]:
    """Return days of different agents that have half an hour of open time in their first stretch."""
    by_agent: dict[str, AgentDay] = {}
    for day in centre.days.values():
        first = day.segments[0]
        if first.code_id == "work" and first.interval.minutes >= 60:
            by_agent.setdefault(day.agent_id, day)
    return list(by_agent.values())[:count]


def opening(day: AgentDay) -> Interval:
    """Return the second quarter of the day's first stretch of work and the quarter after it."""
    start = day.segments[0].interval.start + timedelta(minutes=15)
    return Interval(start, start + HALF_HOUR)


def insert(day: AgentDay, interval: Interval | None = None, **changes: str) -> Insert:
    given = {"code_id": "one_to_one", "version": day.version, **changes}
    return Insert(
        agent_id=day.agent_id,
        interval=interval or opening(day),
        label="One-to-one",
        code_id=given["code_id"],
        version=given["version"],
    )


def one(key: str, *inserts: Insert, together: bool = True) -> ChangeSet:
    return ChangeSet(key=key, inserts=inserts, all_or_nothing=together)


async def read(wfm: Wfm, day: AgentDay) -> AgentDay:
    dates = DateRange(day.business_date, day.business_date + DAY)
    (found,) = await wfm.schedules([day.agent_id], dates)
    return found


def over(day: AgentDay, interval: Interval, code_id: str) -> Sequence[Segment]:
    """Return the day's segments with one code over an interval, as another person would write them."""
    before = [s for s in day.segments if s.interval.end <= interval.start]
    after = [s for s in day.segments if s.interval.start >= interval.end]
    cut = [s for s in day.segments if s.interval.overlaps(interval)]
    edges = []
    if cut and cut[0].interval.start < interval.start:
        edges.append(
            Segment(
                interval=Interval(cut[0].interval.start, interval.start), code_id=cut[0].code_id
            )
        )
    if cut and cut[-1].interval.end > interval.end:
        edges.append(
            Segment(interval=Interval(interval.end, cut[-1].interval.end), code_id=cut[-1].code_id)
        )
    return [*before, *edges, Segment(interval=interval, code_id=code_id), *after]


async def test_an_insert_lies_over_the_work_under_it(wfm: Wfm, autumn: Centre) -> None:
    (day,) = open_days(autumn, 1)
    receipt = await wfm.apply(one("k", insert(day)))
    assert receipt.key == "k"
    assert receipt.all_in(Outcome.APPLIED)
    after = await read(wfm, day)
    assert [s.code_id for s in pieces(after.segments, opening(day))] == ["one_to_one"]
    assert sum(s.interval.minutes for s in after.segments) == sum(
        s.interval.minutes for s in day.segments
    )
    assert after.version != day.version


async def test_the_doubled_hour_can_be_written_to(wfm: Wfm, autumn: Centre) -> None:
    day = autumn.days[autumn.agents[0].id, AUTUMN - DAY]
    pause = next(s.interval for s in day.segments if s.code_id == "break")
    second_pass = Interval(pause.end, pause.end + HALF_HOUR)
    receipt = await wfm.apply(one("k", insert(day, second_pass)))
    assert receipt.all_in(Outcome.APPLIED)
    after = await read(wfm, day)
    assert Segment(interval=second_pass, code_id="one_to_one") in after.segments


async def test_the_same_key_again_answers_as_before_and_changes_nothing(
    wfm: Wfm, autumn: Centre
) -> None:
    (day,) = open_days(autumn, 1)
    first = await wfm.apply(one("k", insert(day)))
    once = await read(wfm, day)
    assert await wfm.apply(one("k", insert(day))) == first
    assert await read(wfm, day) == once


async def test_a_refused_key_stays_refused(wfm: Wfm, autumn: Centre) -> None:
    (day,) = open_days(autumn, 1)
    refused = await wfm.apply(one("k", insert(day, code_id="yoga")))
    assert await wfm.apply(one("k", insert(day))) == refused


async def test_status_tells_what_became_of_a_key(wfm: Wfm, autumn: Centre) -> None:
    (day,) = open_days(autumn, 1)
    await wfm.apply(one("k", insert(day)))
    assert (await wfm.status("k")).all_in(Outcome.APPLIED)
    await wfm.undo("k", "u")
    assert (await wfm.status("k")).all_in(Outcome.UNDONE)
    assert (await wfm.status("u")).all_in(Outcome.UNDONE)


async def test_a_key_that_never_arrived_is_not_found(wfm: Wfm) -> None:
    with pytest.raises(NotFound):
        await wfm.status("never")
    with pytest.raises(NotFound):
        await wfm.undo("never", "u")


async def test_a_change_elsewhere_on_the_day_does_not_stand_in_the_way(
    wfm: Wfm, autumn: Centre, edit: Edit
) -> None:
    (day,) = open_days(autumn, 1)
    end = day.segments[-1].interval.end
    edit(day.agent_id, day.business_date, over(day, Interval(end - HALF_HOUR, end), "training"))
    assert (await wfm.apply(one("k", insert(day)))).all_in(Outcome.APPLIED)


async def test_minutes_taken_between_read_and_write_are_a_conflict(
    wfm: Wfm, autumn: Centre, edit: Edit
) -> None:
    (day,) = open_days(autumn, 1)
    edit(day.agent_id, day.business_date, over(day, opening(day), "training"))
    receipt = await wfm.apply(one("k", insert(day)))
    assert receipt.all_in(Outcome.CONFLICT)
    assert receipt.outcomes[0].reasons
    after = await read(wfm, day)
    assert [s.code_id for s in pieces(after.segments, opening(day))] == ["training"]


@pytest.mark.parametrize("where", ["on a break", "after the shift"])
async def test_minutes_that_are_not_open_are_rejected(wfm: Wfm, autumn: Centre, where: str) -> None:
    day = autumn.days[autumn.agents[0].id, AUTUMN - DAY]
    pause = next(s.interval for s in day.segments if s.code_id == "break")
    end = day.segments[-1].interval.end
    interval = (
        pause if where == "on a break" else Interval(end - timedelta(minutes=15), end + HALF_HOUR)
    )
    receipt = await wfm.apply(one("k", insert(day, interval)))
    assert receipt.all_in(Outcome.REJECTED)
    assert await read(wfm, day) == day


async def test_an_unknown_code_or_agent_is_rejected(wfm: Wfm, autumn: Centre) -> None:
    (day,) = open_days(autumn, 1)
    stranger = Insert(
        agent_id="nobody", interval=opening(day), code_id="one_to_one", label="", version=""
    )
    assert (await wfm.apply(one("k", insert(day, code_id="yoga")))).all_in(Outcome.REJECTED)
    assert (await wfm.apply(one("k2", stranger))).all_in(Outcome.REJECTED)


async def test_all_or_nothing_writes_nothing_where_one_is_refused(
    wfm: Wfm, autumn: Centre, edit: Edit
) -> None:
    good, bad = open_days(autumn, 2)
    edit(bad.agent_id, bad.business_date, over(bad, opening(bad), "training"))
    receipt = await wfm.apply(one("k", insert(good), insert(bad)))
    assert [o.outcome for o in receipt.outcomes] == [Outcome.REJECTED, Outcome.CONFLICT]
    assert await read(wfm, good) == good


async def test_a_partial_change_writes_what_it_can(wfm: Wfm, autumn: Centre, edit: Edit) -> None:
    good, bad = open_days(autumn, 2)
    edit(bad.agent_id, bad.business_date, over(bad, opening(bad), "training"))
    receipt = await wfm.apply(one("k", insert(good), insert(bad), together=False))
    assert [(o.agent_id, o.outcome) for o in receipt.outcomes] == [
        (good.agent_id, Outcome.APPLIED),
        (bad.agent_id, Outcome.CONFLICT),
    ]
    undone = await wfm.undo("k", "u")
    assert [(o.agent_id, o.outcome) for o in undone.outcomes] == [(good.agent_id, Outcome.UNDONE)]
    assert await read(wfm, good) == good


async def test_two_inserts_of_one_change_cannot_share_a_minute(wfm: Wfm, autumn: Centre) -> None:
    (day,) = open_days(autumn, 1)
    receipt = await wfm.apply(one("k", insert(day), insert(day), together=False))
    assert [o.outcome for o in receipt.outcomes] == [Outcome.APPLIED, Outcome.REJECTED]


async def test_undo_restores_the_day(wfm: Wfm, autumn: Centre) -> None:
    (day,) = open_days(autumn, 1)
    await wfm.apply(one("k", insert(day)))
    receipt = await wfm.undo("k", "u")
    assert receipt.key == "u"
    assert receipt.all_in(Outcome.UNDONE)
    assert await read(wfm, day) == day


async def test_undo_again_answers_as_before_and_changes_nothing(wfm: Wfm, autumn: Centre) -> None:
    (day,) = open_days(autumn, 1)
    await wfm.apply(one("k", insert(day)))
    first = await wfm.undo("k", "u")
    await wfm.apply(one("k2", insert(day)))
    assert await wfm.undo("k", "u") == first
    assert (await wfm.undo("k", "u2")).all_in(Outcome.UNDONE)
    assert (await wfm.status("k2")).all_in(Outcome.APPLIED)


async def test_undo_keeps_changes_elsewhere_on_the_day(
    wfm: Wfm, autumn: Centre, edit: Edit
) -> None:
    (day,) = open_days(autumn, 1)
    await wfm.apply(one("k", insert(day)))
    end = day.segments[-1].interval.end
    last = Interval(end - HALF_HOUR, end)
    edit(day.agent_id, day.business_date, over(await read(wfm, day), last, "training"))
    assert (await wfm.undo("k", "u")).all_in(Outcome.UNDONE)
    after = await read(wfm, day)
    assert [s.code_id for s in pieces(after.segments, last)] == ["training"]
    assert [s.code_id for s in pieces(after.segments, opening(day))] == ["work"]


async def test_undo_after_somebody_else_took_the_minutes_is_a_conflict(
    wfm: Wfm, autumn: Centre, edit: Edit
) -> None:
    (day,) = open_days(autumn, 1)
    await wfm.apply(one("k", insert(day)))
    edit(day.agent_id, day.business_date, over(day, opening(day), "training"))
    assert (await wfm.status("k")).all_in(Outcome.CONFLICT)
    assert (await wfm.undo("k", "u")).all_in(Outcome.CONFLICT)
    after = await read(wfm, day)
    assert [s.code_id for s in pieces(after.segments, opening(day))] == ["training"]


async def test_undo_of_a_change_that_was_refused_has_nothing_to_do(
    wfm: Wfm, autumn: Centre
) -> None:
    (day,) = open_days(autumn, 1)
    await wfm.apply(one("k", insert(day, code_id="yoga")))
    assert (await wfm.undo("k", "u")).outcomes == ()
