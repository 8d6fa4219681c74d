"""The schedulers' queue, service clocks, and pausing auto-scheduling, in Teams."""

from datetime import UTC, date, datetime

import pytest

from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import actions_of
from scheduling.workflows.runtime import current
from scheduling.workflows.timers import take_due
from tests.e2e.journeys.test_work_items import ask_for_the_edge, thread_of
from tests.support.house import House, read

pytestmark = pytest.mark.e2e


async def at(house: House, hour: int, minute: int = 0) -> None:
    """Let it be then on Monday, and what is due be taken."""
    house.clock.instant = datetime(2026, 11, 23, hour, minute, tzinfo=UTC)
    await take_due(current())


async def scheduler(house: House, name: str = "Hamza Green") -> Chat:
    """Return a scheduler's own chat, who has written to the bot."""
    chat = house.chat(name)
    await chat.say("help")
    return chat


async def test_a_scheduler_sees_what_waits_takes_it_on_and_filters(house: House) -> None:
    await thread_of(house, "Hamza Green")
    chat = await scheduler(house)
    await chat.say("queue")
    assert "✓ Nothing waits for a decision." in read(chat.card)
    empty = chat.post
    asker = await ask_for_the_edge(house)
    await house.until(asker, "nobody has taken it on yet", "They are to decide by 13:00")
    await chat.look(empty)
    assert "1 to decide · 1 not taken on · 0 overdue" in read(chat.seen(empty))

    await chat.say("what is waiting?")
    words = read(chat.card)
    assert "1 to decide · 1 not taken on · 0 overdue" in words
    assert "One-to-one with Farah Ahmed" in words
    assert "decide by 13:00 (in 4 hours)" in words
    assert "asked for by Yusuf Clarke" in words
    await house.tap(chat, "Take on no.")
    assert "Hamza Green is handling this" in read(chat.card)
    await house.until(asker, "Hamza Green is looking at it.")

    await chat.say("my items")
    assert "yours · waiting since" in read(chat.card)
    await chat.tap("Show", which="unclaimed")
    assert "Nothing fits these filters." in read(chat.card)
    await chat.say("what is overdue?")
    assert "Nothing fits these filters." in read(chat.card)
    await at(house, 13)
    await chat.tap("Show", which="overdue")
    assert "1 overdue" in read(chat.card)
    assert "One-to-one with Farah Ahmed" in read(chat.card)


async def test_a_manager_sees_only_how_their_own_requests_stand(house: House) -> None:
    await thread_of(house, "Hamza Green")
    asker = await ask_for_the_edge(house)
    await house.until(asker, "nobody has taken it on yet")
    await asker.say("queue")
    assert "Under way" in read(asker.card)
    refused = await asker.execute("queue", {"n": 0})
    assert refused.card is not None
    assert "this takes a scheduler" in read(refused.card)


async def test_schedulers_are_reminded_in_the_thread_until_they_decide(house: House) -> None:
    hamza = await thread_of(house, "Hamza Green", "Alex Wilber")
    asker = await ask_for_the_edge(house)
    await house.until(hamza, "Take on by: 09:30 (in 30 minutes)", "Decide by: 13:00")
    root = hamza.post
    assert root is not None
    before = len(hamza.room.posts)
    for hour, minute in ((9, 30), (11, 0), (12, 12), (13, 0)):
        await at(house, hour, minute)
        before += 1
        await house.until_true(lambda expected=before: len(hamza.room.posts) == expected)
    *_, take_on, half, most, over = [post for post in hamza.room.posts if post.card]
    said = [read(post.card) for post in (take_on, half, most, over) if post.card]
    assert said[0].startswith("Nobody has taken this on yet.")
    assert said[1].startswith("Half of the time is over: decide by 13:00")
    assert said[2].startswith("Most of the time is over")
    assert "Farah" not in "".join(said)
    assert {post.thread for post in (take_on, half, most, over)} == {root.id}
    assert over.card is not None
    mentioned = {one["mentioned"]["name"] for one in over.card["msteams"]["entities"]}
    assert mentioned == {"Hamza Green", "Alex Wilber"}
    await house.until(asker, "The schedulers are late with your request for Farah Ahmed")

    approve = next(one for one in actions_of(root.card or {}) if one.get("verb") == "approve")
    await hamza.execute("approve", approve["data"], post=root)
    await house.until(asker, "The schedulers have decided on your request")
    await at(house, 14)
    assert len(hamza.room.posts) == before


async def test_auto_scheduling_is_paused_and_goes_on(house: House) -> None:
    await thread_of(house, "Hamza Green")
    chat = await scheduler(house)
    await chat.say("pause auto-scheduling")
    assert "✓ It is going on." in read(chat.card)
    await chat.tap("Pause")
    assert "▲ It is paused until somebody resumes it" in read(chat.card)
    asker = house.chat("Yusuf Clarke")
    await asker.say(f"coaching with Farah on {date(2026, 12, 1)}")
    await house.until(asker, "… With the schedulers", "Auto-scheduling is paused")
    await chat.say("queue")
    assert "▲ Auto-scheduling is paused.\nPaused by Hamza Green until somebody" in read(chat.card)
    assert house.nothing_written()
    await chat.say("resume auto-scheduling")
    assert "1 request went back into the queue." in read(chat.card)
    await house.until(asker, "✓ Booked")


async def test_the_end_that_was_said_is_the_one_that_is_offered(house: House) -> None:
    await thread_of(house, "Hamza Green")
    chat = await scheduler(house)
    for said, offered in (
        ("until 5pm", "Mon 23 Nov, 17:00"),
        ("until 8:00", "Tue 24 Nov, 08:00"),
        ("until tomorrow 9:00", "Tue 24 Nov, 09:00"),
        ("until Friday", "Fri 27 Nov, 00:00"),
    ):
        await chat.say(f"pause auto-scheduling {said}")
        assert f"Pause until: {offered}" in read(chat.card)
    await chat.tap("Pause")
    assert "▲ It is paused until Fri 27 Nov, 00:00" in read(chat.card)


async def test_a_manager_pauses_nothing(house: House) -> None:
    chat = house.chat("Yusuf Clarke")
    await chat.say("pause auto-scheduling")
    assert "scheduler" in read(chat.card)
    refused = await chat.execute("pause", {"n": 0, "until": "-"})
    assert refused.card is not None
    assert "this takes a scheduler" in read(refused.card)


async def test_the_same_cause_five_times_is_one_card_that_is_decided_at_once(house: House) -> None:
    hamza = await thread_of(house, "Hamza Green")
    chat = await scheduler(house)
    await chat.say("pause auto-scheduling")
    await chat.tap("Pause")
    yusuf = house.person("Yusuf Clarke")
    team = [one.name for one in house.known.values() if one.team_id in yusuf.leads][:6]
    asker = house.chat("Yusuf Clarke")
    for name in team:
        await asker.say(f"coaching with {name} on {date(2026, 12, 1)}")
        await house.until(asker, "… With the schedulers")
    card = await house.until(hamza, "6 times the same: Auto-scheduling is paused", "6 to decide")
    assert card.count("Open no.") == 6
    assert len(hamza.room.posts) == 5  # the fifth and the sixth are on the card alone
    await hamza.tap("Try all again")
    await house.until(hamza, "✓ All are decided.")
    await house.until_true(lambda: len(house.changes()) >= 2)
