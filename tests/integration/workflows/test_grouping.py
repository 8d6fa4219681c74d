"""Work items of one cause within a while become one group, which hides nothing of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.domain.house import ServiceClock
from scheduling.domain.meetings import Tier
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import FailedWrite, RequestState, Target, WorkItemCause
from scheduling.storage import groups, requests
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows import escalation
from scheduling.workflows.grouped import GroupDesk
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import actor
from tests.support.postgres import BOTH


@pytest.fixture(autouse=True)
def three_make_a_group(house: House) -> None:
    """Let three of a cause within an hour be a group."""
    held = house.runtime.services.setups
    held._take(held.number, replace(held.setup, clock=ServiceClock(group_after=3)))


@pytest.fixture
def desk(house: House) -> GroupDesk:
    """Return the desk at which schedulers decide on groups."""
    return GroupDesk(house.runtime.services, house.desk)


async def booked(house: House, number: int) -> list[str]:
    """Book one session each; the requests' ids."""
    ids = [
        await house.submit(f"north-{n}", who="mia" if n % 2 else "tom")
        for n in range(1, number + 1)
    ]
    for request_id in ids:
        await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    house.notifier.items.clear()
    return ids


async def fail(house: House, request_id: str, target: Target = Target.INVITE) -> WorkItemRow:
    """Give a write of a request up, as its booking does; the work item."""
    session = (await house.sessions(request_id))[0]
    failed = (FailedWrite(session_id=session.id, target=target),)
    facts = escalation.ItemFacts(as_of=house.clock.now(), trouble="write_failed", failed=failed)
    async with house.store.write() as tx:
        row = await requests.require(tx, request_id)
        await escalation.add(tx, house.runtime, row, WorkItemCause.WRITE_FAILED, facts)
    await house.quiet()
    house.clock.forward(seconds=1)
    item = await house.item(request_id)
    assert item is not None
    return item


async def group_of(house: House, request_ids: Sequence[str]) -> set[str | None]:
    """Return the groups in which the requests' work items are."""
    items = [await house.item(one) for one in request_ids]
    return {item.group_id for item in items if item}


@BOTH
async def test_the_third_of_a_cause_makes_a_group_and_the_fourth_joins_unseen(house: House) -> None:
    ids = await booked(house, 4)
    for request_id in ids[:2]:
        await fail(house, request_id)
    assert await group_of(house, ids[:2]) == {None}
    third = await fail(house, ids[2])
    fourth = await fail(house, ids[3])
    assert await group_of(house, ids) == {third.group_id}
    assert third.group_id is not None
    assert set(house.notifier.groups) == {third.group_id}
    assert third.id not in house.notifier.items
    assert fourth.id not in house.notifier.items


async def test_another_cause_or_another_hour_is_no_part_of_it(house: House) -> None:
    ids = await booked(house, 4)
    await fail(house, ids[0])
    house.clock.forward(hours=1, seconds=1)
    await fail(house, ids[1])
    await fail(house, ids[2])
    await fail(house, ids[3], Target.WFM)
    assert await group_of(house, ids) == {None}


async def test_a_mandatory_one_keeps_its_own_thread(house: House) -> None:
    ids = await booked(house, 4)
    for request_id in ids[:3]:
        await fail(house, request_id)
    held = house.runtime.services.setups
    kinds = {n: replace(kind, tier=Tier.MANDATORY) for n, kind in held.setup.types.items()}
    held._take(held.number, replace(held.setup, types=kinds))
    fourth = await fail(house, ids[3])
    assert fourth.group_id is not None
    assert fourth.id in house.notifier.items


async def test_all_are_tried_again_but_what_somebody_else_has(
    house: House, desk: GroupDesk
) -> None:
    ids = await booked(house, 4)
    for request_id in ids:
        last = await fail(house, request_id)
    assert last.group_id is not None
    first = await house.item(ids[0])
    assert first is not None
    await house.desk.assign(actor("sue"), first.id, first.version)
    seen = await desk.group(actor("sam"), last.group_id)
    assert (seen.seen, len(seen.undecided)) == (4, 4)
    after = await desk.try_all(actor("sam"), last.group_id, 3)
    assert (after.done, after.left) == (2, 1)
    assert [item.id for item in after.undecided] == [first.id, last.id]
    await desk.send_all_back(actor("sue"), last.group_id, 4, "Please ask again tomorrow.")
    await house.quiet()
    async with house.store.read() as tx:
        closed = await groups.get(tx, last.group_id)
    assert closed is not None
    assert closed.closed_at is not None


@BOTH
async def test_two_schedulers_that_decide_on_all_at_once_decide_each_once(
    house: House, desk: GroupDesk
) -> None:
    ids = await booked(house, 3)
    for request_id in ids:
        last = await fail(house, request_id)
    assert last.group_id is not None
    both = await asyncio.gather(
        *(desk.try_all(actor(who), last.group_id, 3) for who in ("sam", "sue"))
    )
    assert sum(each.done for each in both) == 3
    await house.quiet()
    assert [await house.items(one) for one in ids] == [1, 1, 1]


@BOTH
async def test_failures_at_once_make_one_group(house: House) -> None:
    ids = await booked(house, 5)
    await asyncio.gather(*(fail(house, request_id) for request_id in ids))
    found = await group_of(house, ids)
    assert len(found) == 1
    assert None not in found


async def test_who_is_no_scheduler_of_the_unit_sees_no_group(house: House, desk: GroupDesk) -> None:
    ids = await booked(house, 3)
    for request_id in ids:
        last = await fail(house, request_id)
    for who in ("mia", "nia"):
        with pytest.raises(Refused) as refused:
            await desk.try_all(actor(who), str(last.group_id), 3)
        assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
    with pytest.raises(Refused) as refused:
        await desk.group(actor("sam"), "no such group")
    assert refused.value.refusal is Refusal.UNKNOWN_DRAFT


async def test_once_all_are_decided_the_next_failure_begins_anew(
    house: House, desk: GroupDesk
) -> None:
    ids = await booked(house, 4)
    for request_id in ids[:3]:
        last = await fail(house, request_id)
    await desk.try_all(actor("sam"), str(last.group_id), 3)
    await house.quiet()
    house.clock.forward(hours=2)
    fourth = await fail(house, ids[3])
    assert fourth.group_id is None
    assert house.clock.now() - fourth.created_at < timedelta(minutes=1)
