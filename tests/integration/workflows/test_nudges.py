"""Service clocks of work items: each nudge once, in working time, and none after a decision."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Deputy
from scheduling.domain.service_clocks import Nudge
from scheduling.storage import people
from scheduling.storage.store import Store
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor
from tests.support.postgres import BOTH


async def escalated(house: House) -> WorkItemRow:
    """Ask for somebody who is off, with the schedulers' help; the work item, made at eight."""
    house.wfm.edit("north-1", TUESDAY, ())
    request_id = await house.take(await house.propose("north-1", "north-2"), escalate=True)
    await house.quiet()
    item = await house.item(request_id)
    assert item is not None
    house.notifier.nudges.clear()
    return item


async def at(house: House, moment: datetime) -> None:
    """Let it be then, and what is due be done."""
    house.clock.instant = moment
    await take_due(house.runtime)
    await house.quiet()


def said(house: House) -> list[tuple[Nudge, tuple[str, ...]]]:
    """Return which nudges were sent, mentioning whom."""
    return [(nudge, people) for _, nudge, people in house.notifier.nudges]


def eight(hours: float) -> datetime:
    """Return so many hours after eight on Monday, when the item is made."""
    return datetime(2026, 11, 23, 8, tzinfo=UTC) + timedelta(hours=hours)


async def test_an_item_is_due_in_the_schedulers_own_hours(house: House) -> None:
    item = await escalated(house)
    assert (item.take_on_by, item.resolve_by) == (eight(0.5), eight(4))
    shown = await house.desk.work_item(actor("sam"), item.id)
    assert shown.resolve_by == eight(4)
    assert (await house.view(item.request_id)).decide_by == eight(4)


@BOTH
async def test_each_part_of_the_time_has_its_nudge_once(house: House) -> None:
    item = await escalated(house)
    for hours in (0.4, 0.5, 1.9, 2, 2.1, 3.1, 3.2, 3.3, 3.9, 4, 4.5, 24):
        await at(house, eight(hours))
    assert said(house) == [
        (Nudge.TAKE_ON, ()),
        (Nudge.REMIND, ()),
        (Nudge.MENTION, ("sam", "sue")),
        (Nudge.OVERDUE, ("sam", "sue")),
    ]
    overdue = [one for one in house.notifier.notices if one.kind is NoticeKind.OVERDUE]
    assert [(one.person_id, one.subject) for one in overdue] == [("mia", item.request_id)]


async def test_who_is_on_it_is_mentioned_then_their_deputy_and_the_others(house: House) -> None:
    item = await escalated(house)
    await house.desk.assign(actor("sam"), item.id, item.version)
    async with house.store.write() as tx:
        off = Deputy(deputy_id="tom", first=date(2026, 11, 23), last=date(2026, 11, 23))
        await people.deputise(tx, "sam", off, at=house.clock.now(), by="test")
    for hours in (0.5, 3.2, 4):
        await at(house, eight(hours))
    assert said(house) == [(Nudge.MENTION, ("sam",)), (Nudge.OVERDUE, ("tom", "sue"))]


async def test_nothing_is_sent_after_the_decision(house: House) -> None:
    item = await escalated(house)
    await at(house, eight(2))
    await house.desk.send_back(actor("sam"), item.id, item.version, "Another week, please.")
    before = len(house.notifier.notices)
    for hours in (3.2, 4, 24):
        await at(house, eight(hours))
    assert [nudge for nudge, _ in said(house)] == [Nudge.REMIND]
    told = house.notifier.notices[before:]
    assert not [one for one in told if one.kind is NoticeKind.OVERDUE]
    assert (await house.view(item.request_id)).decide_by is None


async def test_after_a_night_without_aside_only_the_loudest_is_sent(house: House) -> None:
    await escalated(house)
    await at(house, eight(20))
    assert [nudge for nudge, _ in said(house)] == [Nudge.OVERDUE]


@BOTH
async def test_two_replicas_that_read_at_once_nudge_once(house: House) -> None:
    await escalated(house)
    house.clock.instant = eight(2)
    stores = [Store(house.store.url) for _ in range(3)]
    runtimes = [
        replace(house.runtime, services=replace(house.runtime.services, store=store))
        for store in stores
    ]
    await asyncio.gather(*(take_due(runtime) for runtime in runtimes))
    await house.quiet()
    for store in stores:
        await store.close()
    assert [nudge for nudge, _ in said(house)] == [Nudge.REMIND]
