"""Courses: kept, counted, rolled out group by group, looked at, booked, and asked for in a sentence."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import course_work
from bot.rehearsal.reading import actions_of
from scheduling.domain.notices import NoticeKind
from scheduling.domain.times import Interval
from scheduling.storage import bookings, leading
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.workflows import register_times
from scheduling.workflows.runtime import current
from scheduling.workflows.selfcare import care_for
from scheduling.workflows.small_groups import look_for_small_groups
from scheduling.workflows.timers import take_due
from scheduling.workflows.trainer_watch import look_at_trainers
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

FIRST, LAST = "2026-11-24", "2026-11-29"
SOON = "2026-11-26"
"""So near that nothing is moved unasked."""
PATIENCE = 150.0
"""Seconds: a solver that has never trained compiles first."""
CARDS_3 = {"A1004", "A1009", "A1014", "A1019", "A1024", "A1029"}
"""Who has the skill Cards at level 3 in the centre."""


async def keep(house: House, **inputs: str) -> None:
    """Let Hamza, a scheduler, keep a course for the first of the unit's teams."""
    chat = house.chat("Hamza Green")
    await chat.say("courses")
    assert "There is none yet." in read(chat.card)
    await chat.tap("New course")
    given = {"name": "Empathy 2", "trainers": "T1", "teams": "team-1", "group_least": "2"}
    await chat.tap("Keep it", **{**given, **inputs})
    assert "Empathy 2" in read(chat.card)


async def test_a_course_is_counted_planned_and_booked_in_groups(house: House) -> None:
    await keep(house)
    chat = house.chat("Hamza Green")
    await chat.say("roll out Empathy 2 by 29 November")
    counted = read(chat.card)
    assert "Roll out Empathy 2" in counted
    assert "To be taught now: " in counted
    assert house.nothing_written()
    await chat.tap("Find the groups", first=FIRST, last=LAST)
    preview = await house.until(
        chat, "planned, nothing booked yet", "Roll-out of Empathy 2", seconds=PATIENCE
    )
    assert "seats taken" in preview
    assert house.nothing_written()
    await house.tap(chat, "Book ")
    booked = await house.until(chat, "✓ booked", seconds=PATIENCE)
    number = len(house.changes())
    assert number > 0
    assert f"{number} of {number} booked" in booked
    assert 0 < len(house.meetings()) < number, "one meeting for a group, not one for each"
    await chat.tap("All courses")
    await chat.tap("Roll out Empathy 2")
    assert f"{number} have their seats already" in read(chat.card)


async def test_short_seats_are_drawn_for_and_the_waiting_list_is_shown(house: House) -> None:
    await keep(house)
    chat = house.chat("Hamza Green")
    await chat.say("course Empathy 2")
    await chat.say("schedule Empathy-2 for everyone in Billing by 29 November")
    await chat.tap("Count again", first=FIRST, last=LAST, seats="2", within="billing")
    card = read(chat.card)
    assert "To be taught now: 2" in card
    assert "Seats are short: who gets one is drawn" in card
    await chat.tap("Find the groups", first=FIRST, last=LAST, seats="2", within="billing")
    preview = await house.until(
        chat, "planned, nothing booked yet", "on the waiting list", seconds=PATIENCE
    )
    assert "[Book 1 group]" in preview


async def test_who_cannot_teach_is_replaced_and_a_closed_register_completes_the_course(
    house: House,
) -> None:
    manager = house.person("Yusuf Clarke")
    await booked(house, trainers=f"T1,{manager.id}", due="2026-12-20")
    session = await the_session(house)
    by_id = {one.id: one for one in house.known.values()}
    leader = house.chat(by_id[session.facilitator_id].name)
    await leader.say("I can't make it")
    await house.tap(leader, "I can't lead it")
    assert "Another trainer is sought." in read(leader.card)
    house.clock.forward(seconds=1)
    await take_due(current())
    await house.until(leader, "Somebody else leads your session now")
    await house.quiet()  # who waited for a seat has got one
    given = await the_session(house)
    assert {session.facilitator_id, given.facilitator_id} == {"T1", manager.id}
    assert given.interval == session.interval

    substitute = house.chat(by_id[given.facilitator_id].name)
    await substitute.say("help")
    house.clock.forward(seconds=(given.interval.end - house.clock.now()).total_seconds())
    await register_times.open_due("all")
    number = len(await attendees(house, given))
    await house.until(substitute, "Register: ", f"{number} people were expected")
    chat = house.chat("Hamza Green")
    await chat.say("completion")
    assert "No register of these days is closed yet." in read(chat.card)
    await substitute.tap("Close the register")
    await house.until(substitute, f"{number} of {number} people were there.")
    await chat.say("completion")
    card = read(chat.card)
    assert "Empathy 2, due on " in card
    assert f"{number} of " in card


async def test_a_course_of_a_file_is_for_and_by_those_with_the_skills_it_names(
    house: House, tmp_path: Path
) -> None:
    file = tmp_path / "courses.csv"
    file.write_text(
        "name,type,parts,skills,trainers,qualification,least,most\n"
        "Card disputes,training,30,Cards >= 3,A1002;A1010;T1,Complaints >= 2,1,3\n"
    )
    assert await course_work.keep(house.settings, file, "S1") == (1, 0)
    chat = house.chat("Hamza Green")
    await chat.say("roll out Card disputes by 29 November")
    assert f"To be taught now: {len(CARDS_3)}" in read(chat.card)
    await chat.tap("Find the groups", first=FIRST, last=LAST)
    await house.until(chat, "planned, nothing booked yet", seconds=PATIENCE)
    await house.tap(chat, "Book ")
    await house.until(chat, "✓ booked", seconds=PATIENCE)
    assert {row["agent"] for row in house.changes()} - {"A1010"} <= CARDS_3
    able = {str(house.known[name].address).lower() for name in ("Zainab Chaudhry", "Isla D'Souza")}
    led = {meeting.organiser for meeting in house.meetings()}
    assert led
    assert led <= able, "Tom Baker has too low a level of what its trainers must have"


async def test_a_trainer_whom_outlook_has_twice_is_replaced_and_then_asked_about(
    house: House,
) -> None:
    manager = house.person("Yusuf Clarke")
    await booked(house, trainers=f"T1,{manager.id}")
    before = await the_session(house)
    by_id = {one.id: one for one in house.known.values()}

    async def also_elsewhere(person_id: str) -> None:
        """Let Outlook have something else for a trainer then, and Aside see it."""
        half = before.interval.start + timedelta(minutes=30)
        there = Interval(half, half + timedelta(hours=1))
        house.world.account(by_id[person_id]).busy.append(there)
        assert await look_at_trainers("all") == 1
        house.clock.forward(seconds=1)
        await take_due(current())

    first = house.chat(by_id[before.facilitator_id].name)
    await first.say("help")
    await also_elsewhere(before.facilitator_id)
    await house.until(first, "Somebody else leads your session now")
    await house.quiet()  # who waited for a seat has got one
    given = await the_session(house)
    assert {before.facilitator_id, given.facilitator_id} == {"T1", manager.id}
    assert given.interval == before.interval
    (meeting,) = house.meetings()
    assert house.events(by_id[given.facilitator_id].name) == [meeting]

    schedulers = await house.channel("Hamza Green")
    await also_elsewhere(given.facilitator_id)
    await house.until(schedulers, "a trainer who cannot come")
    await house.quiet()
    await care_for("service")
    chat = house.chat("Hamza Green")
    await house.until(chat, "not available")


async def test_a_group_that_became_too_small_is_cancelled_only_by_a_tap(house: House) -> None:
    await booked(house, settle_days="14")
    session = await the_session(house)
    leaving = (await attendees(house, session))[1:]
    by_id = {one.id: one for one in house.known.values()}
    for person_id in leaving:
        agent = house.chat(by_id[person_id].name)
        await agent.say("I can't make it")
        await house.tap(agent, "I can't")
        await house.until(agent, "✓ You are free at that time")
    chat = house.chat("Lukas Zimmermann")  # of learning and development
    await chat.say("help")
    assert await look_for_small_groups("all") == 1
    decider = by_id[min(await deciders(house))]
    assert decider.name == "Lukas Zimmermann"
    await house.until(chat, "Too few people: Empathy 2", "1 person has a seat")
    assert len(house.meetings()) == 1
    await chat.tap("Cancel it and let them wait")
    await house.until(chat, f"✗ {decider.name} has cancelled it")
    await house.until_true(lambda: house.meetings() == [])
    scheduler = house.chat("Hamza Green")
    await scheduler.say("courses")
    assert "0 of " in read(scheduler.card)


async def deciders(house: House) -> Sequence[str]:
    """Return who was asked to decide."""
    async with house.running.services.store.read() as tx:
        found = await tx.scalars(
            sa.select(t.outbox.c.person_id).where(t.outbox.c.kind == NoticeKind.SMALL_GROUP.value)
        )
        return list(found)


async def booked(house: House, **inputs: str) -> None:
    """Let Hamza roll a course out to three at most."""
    await keep(house, **inputs)
    chat = house.chat("Hamza Green")
    await chat.say("roll out Empathy 2 by 29 November")
    await chat.tap("Find the groups", first=FIRST, last=SOON, seats="3")
    await house.until(chat, "planned, nothing booked yet", seconds=PATIENCE)
    await house.tap(chat, "Book ")
    await house.until(chat, "✓ booked", seconds=PATIENCE)


async def attendees(house: House, session: SessionRow) -> list[str]:
    """Return whom a session has or had, by id."""
    async with house.running.services.store.read() as tx:
        return [row.attendee_id for row in await bookings.attendees_of(tx, session.id)]


async def the_session(house: House) -> SessionRow:
    """Return the one session that was booked, as it is now."""
    async with house.running.services.store.read() as tx:
        found = await leading.course_sessions(
            tx, Interval(house.clock.now(), house.clock.now() + timedelta(days=14))
        )
    (row,) = found
    return row


async def test_what_cannot_be_kept_is_said_beside_what_was_typed(house: House) -> None:
    chat = house.chat("Hamza Green")
    await chat.say("courses")
    await chat.tap("New course")
    await chat.tap("Keep it", name="", parts="60, x", group_least="41")
    card = read(chat.card)
    for field in ("Name", "Minutes of each part, in order (such as 60, 90)", "Smallest group"):
        assert f"Please look at “{field}”: it cannot be used." in card
    await chat.tap("Keep it", name="Empathy 2", parts="60", group_least="2", trainers="nobody")
    assert "Nothing was kept: this course cannot be taught as it is." in read(chat.card)
    await chat.tap("Back")
    assert "There is none yet." in read(chat.card)


async def test_who_has_no_right_learns_who_has(house: House) -> None:
    await keep(house)
    for name in ("Asha Patel", "Yusuf Clarke"):
        chat = house.chat(name)
        await chat.say("courses")
        assert "learning & development" in read(chat.card).casefold()
    scheduler = house.chat("Hamza Green")
    await scheduler.say("roll out Empathy 2")
    data = next(
        one["data"] for one in actions_of(scheduler.card) if one.get("verb") == "course_roll_out"
    )
    manager = house.chat("Yusuf Clarke")
    await manager.execute("course_roll_out", {**data, "first": FIRST, "last": LAST})
    assert "learning & development" in read(manager.card).casefold()
    assert house.nothing_written()
