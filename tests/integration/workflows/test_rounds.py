"""Requests that go round more than once: nobody is dropped, and what is booked is never forgotten."""

from dataclasses import replace
from datetime import time

import pytest

from scheduling.domain.proposals import Proposal
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import DraftState, RequestState, WorkItemState
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, WallWindow
from scheduling.storage import tables as t
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows.escalation import dump_facts, load_facts
from scheduling.workflows.place import requeue
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor, ask_for

MORNING = WallWindow(time(10), time(11))


async def asked(house: House, *attendees: str, who: str = "mia") -> tuple[str, Proposal]:
    """Ask for one hour on Tuesday, book what is proposed and send the rest to the schedulers."""
    ask = replace(ask_for(*attendees, who=who, first=TUESDAY, days=1), window=MORNING)
    me = actor(who)
    draft = await house.desk.open_draft(me, "chat", {})
    draft = await house.desk.save_draft(me, draft, DraftState.PROPOSED, {})
    proposal = await house.desk.propose(me, draft, ask)
    request = await house.desk.submit(me, draft, {}, escalate=True)
    return request.id, proposal


async def half_booked(house: House) -> tuple[str, WorkItemRow]:
    """Return a request of which one session is booked, and the work item about the other."""
    house.wfm.edit("north-2", TUESDAY, ())
    request_id, _ = await asked(house, "north-1", "north-2")
    await house.settled(request_id, RequestState.PARTLY_BOOKED)
    await house.quiet()
    item = await house.item(request_id)
    assert item is not None
    return request_id, item


async def test_who_loses_to_the_others_of_the_same_request_is_told_and_escalated(
    house: House,
) -> None:
    request_id, proposal = await asked(house, "north-1", "north-2", "north-3", "north-4")
    assert (len(proposal.sessions), len(proposal.unplaced)) == (2, 2)
    row = await house.settled(request_id, RequestState.PARTLY_BOOKED)
    await house.quiet()
    booked = {one.attendee_id for one in await house.sessions(request_id)}
    missing = {one.attendee_id for one in row.unplaced}
    assert booked | missing == set(row.ask.attendee_ids)
    assert not booked & missing
    item = await house.item(request_id)
    assert item is not None
    assert item.state is WorkItemState.OPEN


async def test_what_stands_is_undone_when_a_round_that_waits_is_cancelled(house: House) -> None:
    request_id, item = await half_booked(house)
    held = house.calendar
    await house.desk.cancel(actor("mia"), request_id)
    await house.settled(request_id, RequestState.UNDONE, RequestState.CANCELLED)
    await house.quiet()
    assert house.applied() == 0
    assert not held.live
    closed = await house.item(request_id)
    assert closed is not None
    assert closed.id == item.id
    assert closed.state is WorkItemState.CLOSED


async def test_a_second_round_that_finds_nothing_leaves_the_first_booked(house: House) -> None:
    request_id, item = await half_booked(house)
    for day in range(1, 14):
        house.wfm.edit("north-2", TUESDAY + day * DAY, ())
    await house.desk.approve(actor("sam"), item.id, item.version, 0)
    await house.quiet()
    row = await house.settled(request_id, RequestState.PARTLY_BOOKED)
    assert (row.state, house.applied()) == (RequestState.PARTLY_BOOKED, 1)
    again = await house.item(request_id)
    assert again is not None
    await house.desk.send_back(actor("sam"), again.id, again.version, "next month")
    await house.quiet()
    view = await house.view(request_id)
    assert (view.state, view.note) == (RequestState.PARTLY_BOOKED, "next month")
    assert view.undo_until is not None


async def test_a_decision_that_was_followed_is_not_followed_again(house: House) -> None:
    request_id, item = await half_booked(house)
    for day in range(1, 14):
        house.wfm.edit("north-2", TUESDAY + day * DAY, ())
    await house.desk.approve(actor("sam"), item.id, item.version, 0)
    await house.quiet()
    before = await house.settled(request_id, RequestState.PARTLY_BOOKED)
    await requeue(item.id)
    assert await house.row(request_id) == before


async def test_what_one_version_of_a_card_shows_is_what_it_books(house: House) -> None:
    me = actor("mia")
    ask = ask_for("north-1", who="mia", first=TUESDAY, days=1)
    draft = await house.desk.open_draft(me, "chat", {})
    draft = await house.desk.save_draft(me, draft, DraftState.PROPOSED, {})
    first = await house.desk.propose(me, draft, ask)
    again = await house.desk.propose(me, draft, ask)
    assert again == first


async def test_who_has_taken_a_work_item_on_can_be_relieved(house: House) -> None:
    _, item = await half_booked(house)
    claimed = await house.desk.assign(actor("sam"), item.id, item.version)
    with pytest.raises(Refused) as refused:
        await house.desk.send_back(actor("sue"), item.id, claimed.version, "no")
    assert refused.value.refusal is Refusal.CLAIMED_BY_OTHER
    taken = await house.desk.assign(actor("sue"), item.id, claimed.version)
    back = await house.desk.send_back(actor("sue"), item.id, taken.version, "no")
    assert back.state is WorkItemState.SENT_BACK


async def test_nobody_approves_below_the_floor_alone(house: House) -> None:
    request_id, item = await half_booked(house)
    ways = (await house.desk.work_item(actor("sam"), item.id)).ways_out
    below = replace(ways[0], rules=frozenset({Rule.FLOOR}))
    facts = replace(load_facts(item.facts), ways_out=(below,))
    async with house.store.write() as tx:
        await tx.execute(
            t.work_item.update().where(t.work_item.c.id == item.id).values(facts=dump_facts(facts))
        )
    waiting = await house.desk.approve(actor("sam"), item.id, item.version, 0)
    assert waiting.state is WorkItemState.AWAITING_SECOND
    with pytest.raises(Refused) as refused:
        await house.desk.confirm_force(actor("sam"), item.id, waiting.version)
    assert refused.value.refusal is Refusal.SECOND_PERSON
    confirmed = await house.desk.confirm_force(actor("sue"), item.id, waiting.version)
    assert confirmed.state is WorkItemState.APPROVED
    row = await house.row(request_id)
    assert Rule.FLOOR in row.relaxed
