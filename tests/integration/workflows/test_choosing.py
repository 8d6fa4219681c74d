"""Each of those without a time is decided on: another by a rule loosened, a scheduler, or none."""

from dataclasses import replace

import pytest

from scheduling.domain.people import Role
from scheduling.domain.proposals import Proposal
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import Draft, DraftState, RequestState
from scheduling.storage import drafts
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor, ask_for

MIA = actor("mia")


async def proposed(house: House) -> tuple[Draft, Proposal]:
    """Ask for three on Tuesday, when two of them are off; the draft and its proposal."""
    for absent in ("north-2", "north-3"):
        house.wfm.edit(absent, TUESDAY, ())
    draft = await house.desk.open_draft(MIA, "chat", {})
    draft = await house.desk.save_draft(MIA, draft, DraftState.PROPOSED, {})
    ask = ask_for("north-1", "north-2", "north-3", first=TUESDAY)
    return draft, await house.desk.propose(MIA, draft, ask)


def own_way(proposal: Proposal, attendee_id: str) -> int:
    """Return the number of a way out for somebody that a manager may grant."""
    (one,) = (each for each in proposal.unplaced if each.attendee_id == attendee_id)
    return next(n for n, way in enumerate(one.ways_out) if way.granted_by is Role.MANAGER)


async def test_one_is_placed_on_another_day_and_the_other_left_out(house: House) -> None:
    draft, proposal = await proposed(house)
    assert {one.attendee_id for one in proposal.unplaced} == {"north-2", "north-3"}
    way = own_way(proposal, "north-2")
    decisions = {"north-2": str(way), "north-3": "leave"}
    request = await house.desk.submit(MIA, draft, {}, escalate=True, decisions=decisions)
    row = await house.settled(request.id)
    assert row.state is RequestState.BOOKED
    assert row.ask.attendee_ids == ("north-1", "north-2")
    assert row.granted
    assert not row.relaxed
    booked = {one.attendee_id: one.interval for one in await house.sessions(request.id)}
    assert booked.keys() == {"north-1", "north-2"}
    assert booked["north-2"].start.date() > TUESDAY
    assert await house.items(request.id) == 0


async def test_what_was_granted_for_one_is_not_used_for_who_goes_to_a_scheduler(
    house: House,
) -> None:
    draft, proposal = await proposed(house)
    decisions = {"north-2": str(own_way(proposal, "north-2")), "north-3": "ask"}
    request = await house.desk.submit(MIA, draft, {}, escalate=True, decisions=decisions)
    await house.settled(request.id, RequestState.PARTLY_BOOKED)
    booked = {one.attendee_id for one in await house.sessions(request.id)}
    assert booked == {"north-1", "north-2"}
    item = await house.item(request.id)
    assert item is not None


async def test_a_lost_minute_is_proposed_anew_and_never_replaced_unasked(house: House) -> None:
    draft, proposal = await proposed(house)
    way = own_way(proposal, "north-2")
    (lost,) = (one for one in proposal.unplaced if one.attendee_id == "north-2")
    house.wfm.edit("north-2", lost.ways_out[way].option.interval.start.date(), ())
    decisions = {"north-2": str(way), "north-3": "leave"}
    request = await house.desk.submit(MIA, draft, {}, escalate=True, decisions=decisions)
    assert (await house.settled(request.id)).state is RequestState.TAKEN
    assert await house.sessions(request.id) == []


async def test_who_leaves_everybody_out_is_told(house: House) -> None:
    house.wfm.edit("north-2", TUESDAY, ())
    draft = await house.desk.open_draft(MIA, "chat", {})
    draft = await house.desk.save_draft(MIA, draft, DraftState.PROPOSED, {})
    await house.desk.propose(MIA, draft, ask_for("north-2", first=TUESDAY))
    with pytest.raises(Refused) as caught:
        await house.desk.submit(MIA, draft, {}, escalate=True, decisions={"north-2": "leave"})
    assert caught.value.refusal is Refusal.NOBODY_CHOSEN


@pytest.mark.parametrize("said", ["99", "-1", "1e0", "", "drop table", "٣"])
async def test_a_decision_that_the_card_did_not_offer_is_refused(house: House, said: str) -> None:
    draft, _ = await proposed(house)
    with pytest.raises(Refused) as caught:
        await house.desk.submit(MIA, draft, {}, escalate=True, decisions={"north-2": said})
    assert caught.value.refusal is Refusal.STALE


async def test_a_way_out_that_is_a_schedulers_is_not_a_managers_to_grant(house: House) -> None:
    draft, proposal = await proposed(house)
    ways = tuple(replace(way, granted_by=Role.SCHEDULER) for way in proposal.unplaced[0].ways_out)
    theirs = replace(proposal.unplaced[0], ways_out=ways)
    changed = replace(proposal, unplaced=(theirs, *proposal.unplaced[1:]))
    async with house.store.write() as tx:
        await drafts.keep_proposal(tx, draft, changed)
    decisions = {theirs.attendee_id: "0"}
    with pytest.raises(Refused) as caught:
        await house.desk.submit(MIA, draft, {}, escalate=True, decisions=decisions)
    assert caught.value.refusal is Refusal.NOT_YOUR_ROLE
