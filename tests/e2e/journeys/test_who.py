"""Who is speaking, where, and what is understood."""

from datetime import date
from pathlib import Path

import pytest

from scheduling.optimizer.pool import SolverPool
from tests.support.edge import StoppedClock
from tests.support.house import House, edited, read, write_centre

pytestmark = pytest.mark.e2e


async def test_help_and_nonsense_are_answered_with_what_can_be_asked(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("help")
    assert "What I can do\nHello Alex Wilber." in read(chat.card)
    await chat.say("the quick brown fox")
    assert "I did not understand that. Nothing was booked." in read(chat.card)
    assert "[One-to-one with Asha next week]" in read(chat.card)
    await chat.tap("Fill in a form")
    assert "Almost there" in read(chat.card)
    assert house.nothing_written()


async def test_whose_role_asks_for_nothing_is_told_who_can(house: House) -> None:
    for name in ("Asha Patel", "Owen Davies"):  # an agent, an administrator
        chat = house.chat(name)
        await chat.say("1:1 with Tom Baker next week")
        assert read(chat.card).startswith(
            "Nothing was changed: this takes a team manager, a trainer"
        )
        assert "Tom" not in read(chat.card)
    assert house.nothing_written()


async def test_help_shows_each_role_its_own_sentences(house: House) -> None:
    for name, sentence in (("Asha Patel", "[my sessions]"), ("Owen Davies", "[setup]")):
        chat = house.chat(name)
        await chat.say("help")
        assert sentence in read(chat.card)
        assert "[Fill in a form]" not in read(chat.card)


async def test_an_account_that_nobody_knows_is_told_whom_to_ask(house: House) -> None:
    stranger = house.teams.personal(house.teams.user("Stranger"))
    await stranger.say("1:1 with Asha next week")
    assert "Ask an administrator to link your Teams account." in read(stranger.card)
    assert house.nothing_written()


async def test_guests_and_other_tenants_get_no_answer(house: House) -> None:
    guest = house.teams.user("Guest", guest=True)
    other = house.teams.user("Other", tenant_id="aaaaaaaa-0000-4000-8000-00000000a51d")
    for user in (guest, other):
        chat = house.teams.personal(user)
        activity = chat._activity("message") | {"text": "1:1 with Asha next week"}
        assert (await house.teams.deliver(activity)).status == 403
        assert not chat.posts
    assert house.nothing_written()


async def test_a_mention_in_a_channel_is_answered_in_private(house: House) -> None:
    channel = await house.channel("Alex Wilber", "Hamza Green")
    await channel.say("1:1 with Asha next week")
    assert "Open a chat with me first" in channel.texts[-1]
    chat = house.chat("Alex Wilber")
    await chat.install()
    await channel.say("1:1 with Asha next week")
    assert channel.texts[-1] == "I have answered in our own chat."
    assert not [post for post in channel.posts if post.card]
    assert "One-to-one with Asha Patel" in read(chat.card)
    for telling in ("Asha", "Dec", "needed", "%"):
        assert telling not in " ".join(channel.texts)
    await chat.tap("Book")
    await house.until(chat, "Undo (until")
    assert len(house.changes()) == 1


ASKED_ABOUT = {
    "1:1 with Ashaa next week": "Asha Patel",
    "1:1 with Zebedee next week": "I don't know anybody called “Zebedee” in your teams.",
    "1:1 with Maria next week": "Which “Maria” do you mean: Maria Kowalska (Aire) or Maria Santos",
    "1:1 with Asha on 2026-11-20": "Those dates ended on Fri 20 Nov",
    "1:1 with Asha last week": "Those dates ended on Sun 22 Nov",
    "1:1 with Asha in January": "there is no published schedule for Asha Patel from Fri 1 Jan",
    "1:1 with Asha on 30 February": "is not a date",
    "1:1 with Asha next week, 3 min": "A session lasts 5 to 480 minutes",
}
"""What is said, and what is answered."""


async def test_what_is_wrong_with_a_sentence_is_asked_about_in_one_card(house: House) -> None:
    chat = house.chat("Alex Wilber")
    for number, (sentence, says) in enumerate(ASKED_ABOUT.items(), start=1):
        await chat.say(sentence)
        assert says in read(chat.card)
        assert len(chat.posts) == number
    assert house.nothing_written()


async def test_a_team_with_nobody_in_it_is_said_to_be_empty(
    tmp_path: Path, centre: Path, solver: SolverPool
) -> None:
    def move(row: dict[str, str]) -> None:
        if row["team"] == "team-2":
            row["team"] = "team-1"

    folder = edited(centre, tmp_path / "centre", "agents", move)
    async with House.open(tmp_path, folder, solver) as house:
        chat = house.chat("Yusuf Clarke")
        await chat.say("1:1s with my team next week")
        assert "has nobody in it in the workforce system" in read(chat.card)
        assert house.nothing_written()


async def test_wall_times_are_right_on_both_sides_of_the_change_of_clocks(
    tmp_path: Path, solver: SolverPool
) -> None:
    folder = tmp_path / "centre"
    clock = StoppedClock()
    monday = date(2027, 3, 22)
    clock.forward(days=(monday - clock.now().date()).days)
    write_centre(folder, monday)
    async with House.open(tmp_path, folder, solver, clock=clock) as house:
        chat = house.chat("Alex Wilber")
        for day, sites in (
            (date(2027, 3, 26), {"leeds": "+00:00", "berlin": "+01:00"}),
            (date(2027, 3, 29), {"leeds": "+01:00", "berlin": "+02:00"}),
        ):
            for site, offset in sites.items():
                await chat.say(f"1:1 with {await _somebody(house, site, day)} on {day}")
                await chat.tap("Book")
                booked = await house.until(chat, "Undo (until")
                row = house.changes()[-1]
                assert row["start"].startswith(str(day))
                assert row["start"].endswith(offset)
                wall = row["start"][11:16]
                assert wall in booked
                created = [
                    entry.body["start"]["dateTime"]
                    for entry in house.world.graph.journal
                    if entry.method == "POST" and entry.path.endswith("/events")
                ]
                assert created[-1][:16] == f"{day}T{wall}"


async def _somebody(house: House, site: str, day: date) -> str:
    """Return an agent of a site who can be placed on a date."""
    for person in house.known.values():
        if person.site_id == site and person.in_wfm:
            probe = house.chat("Isla D'Souza")
            await probe.say(f"1:1 with {person.name} on {day}")
            if "[Book]" in read(probe.card):
                await probe.tap("Discard")
                return person.name
            await probe.tap("Discard")
    raise AssertionError(f"nobody in {site} can be placed on {day}")
