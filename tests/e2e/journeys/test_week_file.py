"""A week as a calendar file: offered, put where Teams says, or said in words."""

import pytest
from icalendar import Calendar

from tests.support.house import House, read

pytestmark = pytest.mark.e2e


async def offered(house: House) -> None:
    """Book a session, and tap for the file of its week."""
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    await chat.say("my meetings next week")
    await chat.tap("Calendar file")
    await house.until_true(lambda: any(post.offer for post in chat.posts))


async def test_who_agrees_has_the_file_in_their_chat(house: House) -> None:
    await offered(house)
    chat = house.chat("Alex Wilber")
    await chat.answer_offer()
    await house.until_true(lambda: any(post.file for post in chat.posts))
    await house.until_true(lambda: not any(post.offer for post in chat.posts))
    (content,) = house.teams.files.values()
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    row = house.changes()[0]
    assert event["DTSTART"].dt.isoformat()[:10] == row["start"][:10]
    assert str(event["SUMMARY"]) == "One-to-one"
    assert "Asha" not in content.decode()


async def test_who_refuses_has_no_file(house: House) -> None:
    await offered(house)
    chat = house.chat("Alex Wilber")
    await chat.answer_offer(accept=False)
    await house.until_true(lambda: not any(post.offer for post in chat.posts))
    assert not house.teams.files
    assert not any(post.file for post in chat.posts)


async def test_an_address_that_is_not_ours_gets_nothing_and_the_week_is_said(house: House) -> None:
    await offered(house)
    chat = house.chat("Alex Wilber")
    await chat.answer_offer(uploadUrl="https://evil.example/drive/x.ics")
    await house.until_true(lambda: any("One-to-one with Asha Patel" in t for t in chat.texts))
    assert not house.teams.files


async def test_an_edited_week_is_only_ever_a_week_of_the_person_who_asks(house: House) -> None:
    await offered(house)
    chat = house.chat("Alex Wilber")
    await chat.execute("agenda_file", {"week": "x' OR 1=1", "n": 0})
    assert read(chat.card).startswith("My meetings")
    other = house.chat("Yusuf Clarke")
    await other.say("my meetings next week")
    assert "Asha" not in read(other.card)
