"""What could not be placed: the schedulers' thread, and one decision."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import actions_of
from scheduling.domain.times import DateRange
from scheduling.optimizer.pool import SolverPool
from tests.support.house import House, edited, read

pytestmark = pytest.mark.e2e

TUESDAY = date(2026, 12, 1)
REASON = "Back from a hard week"


async def ask_for_the_edge(house: House) -> Chat:
    """Ask, as Yusuf, for the first half hour of Farah's shift, which needs a scheduler."""
    begin, _ = await house.shift("Farah Ahmed", TUESDAY)
    end = begin + timedelta(minutes=30)
    chat = house.chat("Yusuf Clarke")
    await chat.say(f"1:1 with Farah on {TUESDAY} {begin:%H:%M}-{end:%H:%M}, 30 min")
    assert "I found no time in these dates." in read(chat.card)
    await chat.tap("Ask a scheduler")
    return chat


async def thread_of(house: House, *readers: str) -> Chat:
    """Return the channel's thread about the work item, as the first reader sees it."""
    return await house.channel(*readers)


async def test_one_scheduler_claims_and_the_others_see_who(house: House) -> None:
    hamza = await thread_of(house, "Hamza Green", "Alex Wilber", "Anja B. Lindström")
    chat = await ask_for_the_edge(house)
    await house.until(chat, "… With the schedulers", "nobody has taken it on yet")
    await house.until(hamza, "Open: nobody has taken this on yet")
    alex = hamza.as_(house.user("Alex Wilber"))
    anja = hamza.as_(house.user("Anja B. Lindström"))
    await alex.look()

    claimed = await hamza.tap("Assign to me")
    assert claimed.card is not None
    assert "Hamza Green is handling this" in read(claimed.card)
    await house.until(alex, "Hamza Green is handling this")
    await house.until(anja, "Hamza Green is handling this")
    await house.until(chat, "Hamza Green is looking at it.")

    late = await house.tap(alex, "Approve")
    assert late.card is not None
    assert "Nothing was changed: Hamza Green is handling this." in read(late.card)
    assert house.nothing_written()


async def test_approve_books_exactly_the_way_out_that_was_tapped(house: House) -> None:
    hamza = await thread_of(house, "Hamza Green")
    chat = await ask_for_the_edge(house)
    await house.until(hamza, "No time found")
    second = [title for title in hamza.titles if title.startswith("Approve")][1]
    assert second.startswith("Approve Wed 2 Dec, 15:30")
    first = next(a for a in actions_of(hamza.card) if a.get("verb") == "approve")
    await hamza.tap(second)
    booked = await house.until(chat, "✓ Booked", "Hamza Green approved it", "Undo (until")
    assert "Wed 2 Dec, 15:30" in booked
    (row,) = house.changes()
    assert (row["agent"], row["start"]) == ("A1012", "2026-12-02 15:30+00:00")
    await house.until(hamza, "✓ Approved by Hamza Green", "✓ Booked")
    again = await hamza.execute("approve", first["data"])
    assert again.card is not None
    assert "has already decided (approved)" in read(again.card)
    assert len(house.changes()) == 1


async def test_a_manager_who_is_no_scheduler_decides_nothing(house: House) -> None:
    hamza = await thread_of(house, "Hamza Green", "Yusuf Clarke")
    await ask_for_the_edge(house)
    await house.until(hamza, "No time found")
    refreshed_for = hamza.post.card["refresh"]["userIds"] if hamza.post.card else []
    assert refreshed_for == [house.user("Hamza Green").account_id]
    yusuf = hamza.as_(house.user("Yusuf Clarke"))
    assert yusuf.titles == ["Show me the details"]
    for verb in ("approve", "assign"):
        tapped = next(a for a in actions_of(hamza.card) if a.get("verb") == verb)
        refused = await yusuf.execute(verb, tapped["data"])
        assert refused.card is not None
        assert read(refused.card).startswith("Nothing was changed: this takes a scheduler.")
    assert "Open: nobody has taken this on yet" in read(hamza.card)
    assert house.nothing_written()


async def test_a_force_needs_a_reason_which_stays_out_of_every_chat(
    tmp_path: Path, centre: Path, solver: SolverPool
) -> None:
    def require_less(row: dict[str, str]) -> None:
        row["required"] = str(0.3 * float(row["required"]))

    calm = edited(centre, tmp_path / "calm", "staffing", require_less)
    async with House.open(tmp_path, calm, solver) as house:
        hamza = await thread_of(house, "Hamza Green")
        chat = await ask_for_the_edge(house)
        await house.until(hamza, "No time found")
        force = next(a for a in actions_of(hamza.card) if a.get("verb") == "force")
        empty = await hamza.execute("force", {**force["data"], "reason": "  "})
        assert empty.card is not None
        assert "Nothing was forced: please write a reason first." in read(empty.card)
        assert house.nothing_written()

        await hamza.tap("Force it", reason=REASON)
        await house.until(
            chat, "✓ Booked", "Hamza Green approved it as an exception", "Undo (until"
        )
        await house.until(hamza, "✓ Forced by Hamza Green", "✓ Booked")
        assert len(house.changes()) == 1
        assert not [call for call in house.teams.calls if REASON in str(call.body)]
        assert REASON not in read(hamza.card)
        assert REASON not in str(house.world.graph.journal)
        assert REASON not in str(house.changes())


async def test_a_force_below_the_floor_needs_a_second_scheduler(
    tmp_path: Path, centre: Path, solver: SolverPool
) -> None:
    def require_more(row: dict[str, str]) -> None:
        row["required"] = str(3 * float(row["required"]))

    short = edited(centre, tmp_path / "short", "staffing", require_more)
    async with House.open(tmp_path, short, solver) as house:
        hamza = await thread_of(house, "Hamza Green", "Alex Wilber", "Anja B. Lindström")
        chat = house.chat("Alex Wilber")
        await chat.say("1:1 with Asha on 2 Dec")
        await chat.tap("Ask a scheduler")
        await house.until(hamza, "No time found")
        await hamza.tap("Force it", reason=REASON)
        await house.until(hamza, "a second scheduler must confirm")
        await house.until(chat, "a second scheduler must confirm")
        for name in ("Hamza Green", "Alex Wilber"):
            one = hamza.as_(house.user(name))
            await one.look()
            refused = await one.tap("Confirm as second")
            assert refused.card is not None
            assert "neither asked for it" in read(refused.card)
        assert house.nothing_written()
        anja = hamza.as_(house.user("Anja B. Lindström", "en-GB"))
        await anja.tap("Confirm as second")
        await house.until(chat, "✓ Booked", "Undo (until")
        (row,) = house.changes()
        assert row["agent"] == "A1001"


async def test_send_back_gives_the_requester_the_note(house: House) -> None:
    hamza = await thread_of(house, "Hamza Green")
    chat = await ask_for_the_edge(house)
    await house.until(hamza, "No time found")
    back = next(a for a in actions_of(hamza.card) if a.get("verb") == "send_back")
    await hamza.execute("send_back", {**back["data"], "note": "Please ask for an afternoon."})
    card = await house.until(chat, "↩ Sent back to you, nothing is booked")
    assert "Hamza Green sent it back to you." in card
    assert "Their note: “Please ask for an afternoon.”" in card
    assert "[Ask anew]" in card
    await house.until(hamza, "↩ Sent back by Hamza Green")
    assert house.nothing_written()


async def test_two_schedulers_approving_at_once_make_one_decision(house: House) -> None:
    hamza = await thread_of(house, "Hamza Green", "Alex Wilber")
    chat = await ask_for_the_edge(house)
    await house.until(hamza, "No time found")
    alex = hamza.as_(house.user("Alex Wilber"))
    await alex.look()
    taps = await asyncio.gather(house.tap(hamza, "Approve"), house.tap(alex, "Approve"))
    words = [read(tap.card) for tap in taps if tap.card is not None]
    assert sum("Nothing was changed" in each for each in words) == 1
    await house.until(chat, "✓ Booked", "Undo (until")
    assert len(house.changes()) == 1
    assert len(house.world.graph.sandbox.meetings) == 1


async def test_why_somebody_is_away_is_for_schedulers_only(house: House) -> None:
    hamza = await thread_of(house, "Hamza Green")
    name, day = await _somebody_away(house)
    manager = next(p for p in house.world.people if house.person(name).team_id in p.leads)
    chat = house.chat(manager.name)
    await chat.say(f"1:1 with {name} on {day}")
    shown = read(chat.card)
    assert "not available" in shown
    await chat.tap("Ask a scheduler")
    item = await house.until(hamza, "No time found")
    await house.until(chat, "… With the schedulers")
    shown += read(chat.card)
    for telling in ("time off", "another activity", "outside the shift", "absent", "sick"):
        assert telling not in shown.lower()
    assert "time off or another activity planned" in str(hamza.card)  # behind a toggle
    assert "time off" not in str(hamza.post.card)  # what everybody in the channel reads
    assert "sick" not in item.lower()


async def _somebody_away(house: House) -> tuple[str, date]:
    """Return an agent and a coming date on which they are absent all day."""
    dates = DateRange(date(2026, 11, 24), date(2026, 12, 7))
    names = {p.id: p.name for p in house.known.values() if p.in_wfm}
    days = await house.running.services.wfm.schedules(list(names), dates)
    away = {"time_off", "sick"}
    return next(
        (names[day.agent_id], day.business_date)
        for day in days
        if {s.code_id for s in day.segments} <= away
    )
