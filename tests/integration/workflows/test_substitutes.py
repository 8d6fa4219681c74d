"""A trainer who cannot come: another of the pool takes the session, or the schedulers decide."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.domain.courses import CoursePart
from scheduling.domain.notices import NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import WorkItemCause
from scheduling.domain.templates import Audience
from scheduling.domain.times import DAY, Interval
from scheduling.storage import bookings, people, requests
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.substitutes import Substitutes
from scheduling.workflows.timers import take_due
from scheduling.workflows.trainer_watch import look_at_trainers
from scheduling.workflows.trainers_port import Seek
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import actor
from tests.integration.workflows.teaching import FORTNIGHT, SAM, TEAM, Teaching, opened, told
from tests.support.postgres import BOTH

ONE_PART = (CoursePart(minutes=60),)


@pytest.fixture
async def teaching(house: House) -> Teaching:
    """Know Lea, who fills courses."""
    return await opened(house)


async def booked(teaching: Teaching, **changes: object) -> SessionRow:
    """Book one group of a course with one part; its own row."""
    audience = Audience(agent_ids=frozenset(TEAM[:3]))
    course = await teaching.course(parts=ONE_PART, audience=audience, least=3, **changes)
    await teaching.booked(await teaching.planned(course))
    async with teaching.house.store.read() as tx:
        rows = await bookings.active_in(tx, "north", FORTNIGHT.interval("UTC"))
    return next(row for row in rows if row.gathers)


async def own_row(house: House, session_id: str) -> SessionRow:
    """Return a session as it is now."""
    async with house.store.read() as tx:
        return await bookings.require(tx, session_id)


async def acted(house: House) -> None:
    """Let what is due be done."""
    house.clock.forward(seconds=1)
    await take_due(house.runtime)
    await house.quiet()


def other(row: SessionRow) -> str:
    """Return who else may teach."""
    return "tom" if row.facilitator_id == "mia" else "mia"


@BOTH
async def test_another_trainer_takes_it_at_the_same_time_and_everybody_hears_once(
    teaching: Teaching,
) -> None:
    house = teaching.house
    before = await booked(teaching)
    event = before.event
    house.clock.forward(hours=1)
    desk = Substitutes(house.runtime.services)
    me = actor(before.facilitator_id)
    assert (await desk.cannot_lead(me, before.id)).seek is Seek.SOUGHT
    assert (await desk.cannot_lead(me, before.id)).seek is Seek.SOUGHT
    await acted(house)
    after = await own_row(house, before.id)
    assert after == replace(before, facilitator_id=other(before))
    async with house.store.read() as tx:
        attending = await bookings.attendees_of(tx, before.id)
        request = await requests.require(tx, before.request_id)
        taken = {
            name
            for name, _ in await bookings.taken(tx, ["person:mia", "person:tom"], before.interval)
        }
    assert {row.facilitator_id for row in attending} == {other(before)}
    assert request.ask.facilitator_id == other(before)
    assert taken == {f"person:{other(before)}"}
    (live,) = house.calendar.live
    assert live.ref == event, "its people keep their one invitation"
    assert f"{other(before)}@contoso.example" in live.people
    assert house.applied() == len(attending)
    assert await told(house, NoticeKind.LED_BY) == sorted(
        [other(before), "lea", *(row.attendee_id for row in attending)]
    )
    assert await told(house, NoticeKind.RELIEVED) == [before.facilitator_id]
    assert (await desk.cannot_lead(me, before.id)).seek is Seek.FOUND
    await acted(house)
    assert (await own_row(house, before.id)).facilitator_id == other(before)


async def test_nobody_gets_back_what_they_gave_up_and_a_substitute_who_cannot_leaves_the_event(
    teaching: Teaching,
) -> None:
    house = teaching.house
    before = await booked(teaching, trainer_ids=("mia", "tom", "sue"))
    desk = Substitutes(house.runtime.services)
    led = [before.facilitator_id]
    for _ in range(2):
        await desk.cannot_lead(actor(led[-1]), before.id)
        await acted(house)
        led.append((await own_row(house, before.id)).facilitator_id)
    assert sorted(led) == ["mia", "sue", "tom"]
    (live,) = house.calendar.live
    assert f"{led[1]}@contoso.example" not in live.people
    assert f"{led[2]}@contoso.example" in live.people


async def test_where_nobody_else_is_free_the_schedulers_decide_and_may_try_again(
    teaching: Teaching,
) -> None:
    house = teaching.house
    before = await booked(teaching)
    busy = f"{other(before)}@contoso.example"
    house.calendar.elsewhere[busy] = [before.interval]
    desk = Substitutes(house.runtime.services)
    await desk.cannot_lead(actor(before.facilitator_id), before.id)
    await acted(house)
    assert (await own_row(house, before.id)).facilitator_id == before.facilitator_id
    item = await house.item(before.request_id)
    assert item is not None
    assert (item.cause, item.facts["trouble"]) == (WorkItemCause.NO_SUBSTITUTE, "trainers_busy")
    assert await told(house, NoticeKind.NO_SUBSTITUTE) == [before.facilitator_id]
    assert (await desk.led(actor(before.facilitator_id), None, None))[0].seek is Seek.NOBODY
    house.calendar.elsewhere.clear()
    front: FrontDesk = house.desk
    await front.try_again(SAM, item.id, item.version)
    await acted(house)
    assert (await own_row(house, before.id)).facilitator_id == other(before)


async def test_a_session_that_is_being_moved_is_left_alone_until_it_stands(
    teaching: Teaching,
) -> None:
    house = teaching.house
    before = await booked(teaching)
    async with house.store.write() as tx:
        await bookings.update_session(tx, before.id, change_id="somebody-moves-it")
    await Substitutes(house.runtime.services).cannot_lead(actor(before.facilitator_id), before.id)
    await acted(house)
    assert (await own_row(house, before.id)).facilitator_id == before.facilitator_id
    assert await house.item(before.request_id) is None
    async with house.store.write() as tx:
        await bookings.update_session(tx, before.id, change_id=None)
    house.clock.forward(minutes=1)
    await acted(house)
    assert (await own_row(house, before.id)).facilitator_id == other(before)


async def test_what_goes_wrong_while_seeking_is_the_schedulers_to_know(teaching: Teaching) -> None:
    house = teaching.house
    before = await booked(teaching)
    house.calendar.fail("free_busy", RuntimeError("of no kind that is known"))
    await Substitutes(house.runtime.services).cannot_lead(actor(before.facilitator_id), before.id)
    await acted(house)
    item = await house.item(before.request_id)
    assert item is not None
    assert item.cause is WorkItemCause.NO_SUBSTITUTE
    assert (await own_row(house, before.id)).facilitator_id == before.facilitator_id


async def test_nobody_else_may_teach_it(teaching: Teaching) -> None:
    house = teaching.house
    before = await booked(teaching, trainer_ids=("tom",))
    await Substitutes(house.runtime.services).cannot_lead(actor("tom"), before.id)
    await acted(house)
    item = await house.item(before.request_id)
    assert item is not None
    assert item.facts["trouble"] == "no_other_trainer"


async def test_only_who_leads_a_course_may_say_so_and_only_before_it_begins(
    teaching: Teaching,
) -> None:
    house = teaching.house
    before = await booked(teaching)
    desk = Substitutes(house.runtime.services)
    alone = await house.settled(
        await house.submit("north-1", first=before.interval.start.date() + DAY)
    )
    (single,) = await house.sessions(alone.id)
    for who, session_id in (
        (other(before), before.id),
        ("sam", before.id),
        ("mia", single.id),
        ("mia", "none"),
    ):
        with pytest.raises(Refused) as refused:
            await desk.cannot_lead(actor(who), session_id)
        assert refused.value.refusal is Refusal.NOT_LED
    house.clock.forward(seconds=(before.interval.start - house.clock.now()).total_seconds())
    with pytest.raises(Refused) as refused:
        await desk.cannot_lead(actor(before.facilitator_id), before.id)
    assert refused.value.refusal is Refusal.SESSION_OVER


async def test_a_calendar_that_has_something_else_then_is_found_once(teaching: Teaching) -> None:
    house = teaching.house
    before = await booked(teaching)
    mine = f"{before.facilitator_id}@contoso.example"
    assert await look_at_trainers("all") == 0, "its own event is no conflict"
    half = timedelta(minutes=30)
    start = before.interval.start
    house.calendar.elsewhere[mine] = [
        Interval(start - half, start),
        Interval(start + half, start + 2 * half),
    ]
    assert await look_at_trainers("all") == 1
    assert await look_at_trainers("all") == 0
    await acted(house)
    assert (await own_row(house, before.id)).facilitator_id == other(before)


async def test_a_trainer_who_has_left_is_replaced(teaching: Teaching) -> None:
    house = teaching.house
    before = await booked(teaching)
    async with house.store.write() as tx:
        staying = [p for p in await people.everybody(tx) if p.id != before.facilitator_id]
        await people.sync(tx, staying)
    assert await look_at_trainers("all") == 1
    await acted(house)
    assert (await own_row(house, before.id)).facilitator_id == other(before)
