"""A rush that sessions give way to, and quiet minutes that agents may take, in Teams."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import NotShown, actions_of
from scheduling.domain.house import Intraday
from scheduling.domain.refusals import Refusal, Refused
from scheduling.workflows import relief
from scheduling.workflows.runtime import current
from scheduling.workflows.timers import take_due
from tests.support.house import MONDAY, House, read, rewrite

pytestmark = pytest.mark.e2e

TODAY = date(2026, 11, 25)
"""Wednesday: what was booked on Monday kept its notice."""


WEDNESDAY = datetime(2026, 11, 25, 8, tzinfo=UTC)


def quiet_sooner(house: House) -> None:
    """Let half an FTE to spare be quiet: this centre is small."""
    held = house.running.services.setups
    held._take(held.number, replace(held.setup, intraday=Intraday(spare=0.5)))


def require(house: House, times: float, as_of: datetime = MONDAY) -> None:
    """Let the centre's staffing be exported anew, with so many times the people needed."""

    def needed(row: dict[str, str]) -> None:
        row["required"] = str(times * float(row["required"]))

    def exported(row: dict[str, str]) -> None:
        if row["setting"] == "as_of":
            row["value"] = as_of.isoformat()

    rewrite(house.world.folder, "staffing", needed)
    rewrite(house.world.folder, "settings", exported)


async def look(house: House, hour: int, minute: int) -> None:
    """Let it be then on Wednesday, and staffing be looked at."""
    house.clock.instant = datetime(2026, 11, 25, hour, minute, tzinfo=UTC)
    await take_due(current())


async def at_work(house: House, names: list[str]) -> str:
    """Return one of these agents who is at work from ten to two today."""
    for name in names:
        try:
            begin, end = await house.shift(name, TODAY)
        except ValueError:
            continue
        ten = datetime(2026, 11, 25, 10, tzinfo=UTC)
        if begin <= ten and end >= ten + timedelta(hours=4):
            return name
    raise AssertionError("nobody is at work")


async def silent(*_: object, **__: object) -> None:
    """Let the WFM not answer."""
    raise Refused(Refusal.WFM_AWAY)


async def booked_today(house: House, manager: str) -> tuple[Chat, str]:
    """Book somebody of a manager's team today while there is little to do; chat and name."""
    leads = house.person(manager).leads
    team = [one.name for one in house.known.values() if one.team_id in leads]
    name = await at_work(house, team)
    chat = house.chat(manager)
    await house.book(chat, f"1:1 with {name} on {TODAY} after 11")
    return chat, name


async def test_a_rush_is_offered_in_the_channel_and_sessions_give_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(house, 0.3)
    hamza = await house.channel("Hamza Green", "Alex Wilber")
    _, name = await booked_today(house, "Yusuf Clarke")
    require(house, 10, WEDNESDAY)
    await look(house, 9, 0)
    await look(house, 9, 5)
    card = await house.until(hamza, "Short-staffed now: release 1 of 1?", name)
    assert "gives back" in card
    assert "Service level" in card
    before = len(hamza.room.posts)
    await look(house, 9, 10)
    stored = hamza.post.card
    with monkeypatch.context() as away:
        away.setattr(relief, "today_of", silent)
        await hamza.tap("Show the effect")
    said = read(hamza.card)
    assert "does not answer just now" in said
    assert "booked" not in said
    assert hamza.titles == ["Help"]
    assert hamza.post.card == stored
    hamza.post.views.clear()
    await hamza.tap("Show the effect")
    assert "From now to the end of the day" in read(hamza.card)
    await hamza.tap("Release the chosen")
    assert f"✓ Released: {name}. They are being told." in read(hamza.card)
    alex = hamza.as_(house.user("Alex Wilber"))
    await house.until(alex, "✓ Hamza Green released 1 session.")
    assert len(hamza.room.posts) == before
    await house.until_true(lambda: len(house.changes()) > 1)


async def test_a_scheduler_asks_what_could_give_way(house: House) -> None:
    require(house, 0.3)
    _, name = await booked_today(house, "Yusuf Clarke")
    await look(house, 9, 0)
    chat = house.chat("Hamza Green")
    await chat.say("release 1 session")
    card = read(chat.card)
    assert "No activity is short-staffed right now." in card
    assert name in str(chat.card)
    refused = house.chat("Yusuf Clarke")
    await refused.say("release 1 session")
    assert "scheduler" in read(refused.card)


async def quiet_for(house: House, agent: Chat) -> datetime:
    """Look at staffing each half hour until the agent is offered something; when that was."""
    require(house, 0.1, WEDNESDAY)
    quiet_sooner(house)
    await look(house, 9, 55)
    for half in range(8):
        await look(house, 10 + half // 2, 30 * (half % 2))
        try:
            await house.until(agent, "It is quiet: earlier?", seconds=4)
        except NotShown:
            continue
        return house.clock.instant
    raise AssertionError("nothing was offered")


async def test_an_agent_takes_a_quiet_quarter_of_an_hour(house: House) -> None:
    leads = house.person("Yusuf Clarke").leads
    team = [one.name for one in house.known.values() if one.team_id in leads]
    name = await at_work(house, team)
    agent, chat = house.chat(name), house.chat("Yusuf Clarke")
    await agent.say("earlier if quiet")
    assert "✓ You are offered earlier times when it is quiet." in read(agent.card)
    await house.book(chat, f"1:1 with {name} next week")
    (before,) = house.changes()
    await agent.say("my sessions next week")
    assert "Earlier if quiet: on" in read(agent.card)
    now = await quiet_for(house, agent)
    until = now + timedelta(minutes=5)
    assert f"The offer stands until {until:%H:%M}." in read(agent.card)
    assert "led by Yusuf Clarke" in read(agent.card)
    await agent.tap("Take it")
    await house.until(agent, "✓ Your session was moved.")
    assert any(row["start"].startswith("2026-11-25") for row in house.changes())
    assert before in house.changes()
    await agent.say("not earlier")
    assert "You are not offered earlier times." in read(agent.card)


async def test_an_offer_that_nobody_answers_is_over(house: House) -> None:
    leads = house.person("Yusuf Clarke").leads
    team = [one.name for one in house.known.values() if one.team_id in leads]
    name = await at_work(house, team)
    agent, chat = house.chat(name), house.chat("Yusuf Clarke")
    await agent.say("earlier if quiet")
    await house.book(chat, f"1:1 with {name} next week")
    now = await quiet_for(house, agent)
    offered = agent.post
    take = next(one for one in actions_of(offered.card or {}) if one.get("verb") == "early_take")
    await look(house, now.hour, now.minute + 5)
    await house.until(agent, "This offer is over. Your session stays as it was.")
    late = await agent.execute("early_take", take["data"], post=offered)
    assert late.card is not None
    assert "This offer is over." in read(late.card)
    assert len(house.changes()) == 1
