"""Whose week it is, who is due, and whose notes they are: from the tables and the WFM's history."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from scheduling.domain.centre import Segment
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.setup import first_setup
from scheduling.domain.times import DAY, Interval
from scheduling.storage import agenda, people
from scheduling.storage import tables as t
from scheduling.workflows.agenda import Agendas
from scheduling.workflows.agenda_port import Act, Cadence
from scheduling.workflows.notes import Notes
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import MONDAY, TUESDAY, actor, one_to_one

TEAM = 6


async def due(house: House, who: str = "mia", days: int = 1, **more: object) -> Cadence:
    """Return who is due of somebody's people."""
    asked = {"type_id": None, "person_ids": ()} | more
    agendas = Agendas(house.runtime.services)
    return await agendas.cadence(actor(who), days=days, **asked)  # type: ignore[arg-type]


def lay(house: House, agent_id: str, day: int, code: str = "one_to_one") -> None:
    """Lay a session over an agent's day by hand, as somebody at the WFM's own screen would."""
    date = MONDAY + day * DAY
    known = house.wfm.day(agent_id, date)
    assert known is not None
    first, *rest = known.segments
    middle = first.interval.start + timedelta(minutes=30)
    span = Interval(first.interval.start, middle)
    left = replace(first, interval=Interval(middle, first.interval.end))
    house.wfm.edit(agent_id, date, [Segment(code_id=code, interval=span), left, *rest])


async def test_who_had_none_for_longest_is_first_and_a_meeting_by_hand_counts(
    house: House,
) -> None:
    lay(house, "north-1", 0)
    lay(house, "north-2", 3)
    lay(house, "north-3", 9)  # still ahead
    house.clock.instant += timedelta(days=7)
    found = await due(house, days=5)
    assert (found.asked, found.since) == (TEAM, MONDAY)
    by_id = {one.person_id: one for one in found.due}
    assert "north-2" not in by_id, "had one four days ago"
    assert by_id["north-1"].last == MONDAY
    assert by_id["north-3"].last is None
    assert by_id["north-3"].next_at is not None
    assert by_id["north-4"].next_at is None
    assert [one.person_id for one in found.due][-1] == "north-1", "who had none at all comes first"


async def test_our_own_bookings_count_and_are_planned_until_they_were(house: House) -> None:
    request_id = await house.submit("north-1", first=TUESDAY)
    await house.settled(request_id)
    (before,) = (one for one in (await due(house)).due if one.person_id == "north-1")
    assert before.next_at is not None
    house.clock.instant += timedelta(days=2)
    found = await due(house, days=30)
    assert "north-1" not in {one.person_id for one in found.due}


async def test_what_is_confidential_is_neither_counted_nor_asked_about(house: House) -> None:
    request_id = await house.submit("north-1", first=TUESDAY)
    await house.settled(request_id)
    secret = replace(one_to_one(), id="hearing", name="Hearing", confidential=True)
    held = house.runtime.services.setups
    both = next(iter(held.catalogue.places.values()))
    held._take(0, first_setup([(one_to_one(), both), (secret, both)]))
    async with house.store.write() as tx:
        await tx.execute(t.request.update().values(type_id="hearing"))
    house.clock.instant += timedelta(days=2)
    found = await due(house, days=30)
    assert "north-1" in {one.person_id for one in found.due}, "the WFM's code alone tells nothing"
    with pytest.raises(Refused) as caught:
        await due(house, type_id="hearing")
    assert caught.value.refusal is Refusal.UNKNOWN_DRAFT


async def test_nobody_outside_the_own_hierarchy_is_looked_at(house: House) -> None:
    found = await due(house)
    assert all(one.person_id.startswith("north-") for one in found.due)
    with pytest.raises(Refused) as caught:
        await due(house, person_ids=("south-1",))
    assert caught.value.refusal is Refusal.OUTSIDE_HIERARCHY
    with pytest.raises(Refused) as caught:
        await due(house, "north-1")
    assert caught.value.refusal is Refusal.NOT_YOUR_ROLE


async def test_a_week_holds_what_its_reader_attends_leads_or_asked_for(house: House) -> None:
    request_id = await house.submit("north-1", first=TUESDAY)
    await house.settled(request_id)
    agendas = Agendas(house.runtime.services)
    (led,) = (await agendas.week(actor("mia"))).items
    (attended,) = (await agendas.week(actor("north-1"))).items
    assert led.id == attended.id
    assert led.acts == {Act.MOVE, Act.CANCEL, Act.NOTE}
    assert attended.acts == {Act.ACKNOWLEDGE, Act.CANNOT, Act.SWAP}
    for other in ("north-2", "tom", "sam", "nia"):
        assert (await agendas.week(actor(other))).items == ()
        with pytest.raises(Refused) as caught:
            await agendas.session(actor(other), led.id)
        assert caught.value.refusal is Refusal.UNKNOWN_DRAFT
    assert (await agendas.week(actor("mia"), MONDAY + 7 * DAY)).items == ()


async def test_an_empty_week_says_when_the_next_session_is_and_whose_it_is(house: House) -> None:
    request_id = await house.submit("north-1", first=TUESDAY)
    await house.settled(request_id)
    agendas = Agendas(house.runtime.services)
    (led,) = (await agendas.week(actor("mia"))).items
    for reader in ("mia", "north-1"):
        before = await agendas.week(actor(reader), MONDAY - 7 * DAY)
        assert (before.items, before.next_at) == ((), led.interval.start)
        assert (await agendas.week(actor(reader))).next_at is None
        assert (await agendas.week(actor(reader), MONDAY + 7 * DAY)).next_at is None
    assert (await agendas.week(actor("tom"), MONDAY - 7 * DAY)).next_at is None


async def test_ok_is_said_once_by_the_attendee_alone_and_ends_undo(house: House) -> None:
    request_id = await house.submit("north-1", first=TUESDAY)
    await house.settled(request_id)
    agendas = Agendas(house.runtime.services)
    (item,) = (await agendas.week(actor("mia"))).items
    assert not (await agendas.acknowledge(actor("mia"), item.id)).acknowledged
    for _ in range(2):
        assert (await agendas.acknowledge(actor("north-1"), item.id)).acknowledged
    async with house.store.read() as tx:
        assert await agenda.acknowledged(tx, [item.id]) == {item.id}
    with pytest.raises(Refused) as caught:
        await house.desk.undo(actor("mia"), request_id)
    assert caught.value.facts == {"why": "acted"}


async def test_a_note_is_read_by_its_author_and_the_facilitator_and_changed_by_its_author(
    house: House,
) -> None:
    request_id = await house.submit("north-1", who="mia", first=TUESDAY)
    await house.settled(request_id)
    async with house.store.write() as tx:
        await tx.execute(t.session.update().values(facilitator_id="tom"))
    (session,) = await house.sessions(request_id)
    notes = Notes(house.runtime.services)
    mine = (await notes.write(actor("mia"), session.id, "from the requester")).notes[0]
    theirs = (await notes.write(actor("tom"), session.id, "from the facilitator")).notes[-1]
    assert [one.text for one in (await notes.notes(actor("mia"), session.id)).notes] == [mine.text]
    assert len((await notes.notes(actor("tom"), session.id)).notes) == 2
    for who in ("sam", "nia", "north-1"):
        with pytest.raises(Refused):
            await notes.notes(actor(who), session.id)
    for call in (
        lambda: notes.write(actor("tom"), session.id, "changed", mine.id),
        lambda: notes.delete(actor("tom"), session.id, mine.id),
        lambda: notes.write(actor("mia"), request_id, "moved", theirs.id),
    ):
        with pytest.raises(Refused) as caught:
            await call()
        assert caught.value.refusal is Refusal.UNKNOWN_DRAFT
    async with house.store.read() as tx:
        details = "".join(str(row) for row in await tx.execute(sa.select(t.audit)))
        assert await people.names(tx, ["mia"]) == {"mia": "Mia"}
    assert "from the" not in details, "the audit holds no words"
