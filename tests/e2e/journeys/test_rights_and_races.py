"""Who may, and what happens when two want the same minute."""

import asyncio
from typing import Any

import pytest

from bot.rehearsal.reading import find_action
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

MINUTE = "1:1 with Asha on 2 Dec 12:30-13:00, 30 min"


async def test_of_two_who_ask_for_the_same_one_books_and_the_other_reads_who_was_faster(
    house: House,
) -> None:
    chats = {name: house.chat(name) for name in ("Alex Wilber", "Isla D'Souza")}
    for chat in chats.values():
        await chat.say("1:1 with Asha on 2 Dec, 30 min")
    await asyncio.gather(*(chat.tap("Book") for chat in chats.values()))

    def booked() -> list[str]:
        return [name for name, chat in chats.items() if "✓ Booked" in read(chat.card)]

    await house.until_true(lambda: bool(booked()))
    (faster,) = booked()
    (slower,) = (read(chat.card) for name, chat in chats.items() if name != faster)
    assert "Nothing was booked: this has been asked for already." in slower
    assert f"{faster} has asked for this with Asha Patel" in slower
    assert "[Book another one]" in slower
    assert len(house.changes()) == 1


async def test_what_one_person_is_looking_at_is_not_proposed_to_another(house: House) -> None:
    alex, isla = house.chat("Alex Wilber"), house.chat("Isla D'Souza")
    await alex.say(MINUTE)
    await isla.say(MINUTE)
    assert "Wed 2 Dec, 12:30" in read(alex.card)
    assert "I found no time in these dates." in read(isla.card)
    await alex.tap("Discard")
    await isla.tap("Search again")
    assert "Wed 2 Dec, 12:30" in read(isla.card)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (",manager,", ",agent,", "Nothing was changed: this takes a team manager, a trainer"),
        (",team-2,", ",team-1,", "Some of what was chosen may not be asked for; choose again."),
    ],
    ids=["no manager any more", "another team"],
)
async def test_rights_lost_between_proposal_and_book_count_at_the_commit(
    house: House, before: str, after: str, says: str
) -> None:
    yusuf = house.chat("Yusuf Clarke")
    await yusuf.say("1:1 with Farah next week")
    people = house.world.folder / "people.csv"
    lines = people.read_text(encoding="utf-8").splitlines()
    people.write_text(
        "\n".join(line.replace(before, after) if "Yusuf" in line else line for line in lines),
        encoding="utf-8",
    )
    await house.running.refresh_people()
    refused = await yusuf.tap("Book")
    assert refused.card is not None
    assert says in read(refused.card)
    assert house.nothing_written()


async def test_another_persons_draft_is_unknown_to_everybody_else(house: House) -> None:
    alex, yusuf = house.chat("Alex Wilber"), house.chat("Yusuf Clarke")
    await alex.say("1:1 with Asha next week")
    await yusuf.say("1:1 with Farah next week")
    book = find_action(alex.card, "Book")
    for verb in ("book", "propose", "refresh", "discard", "undo", "cancel", "escalate"):
        refused = await yusuf.execute(verb, book["data"])
        assert refused.card is not None
        assert "I have no such card for you here." in read(refused.card)
    assert house.nothing_written()
    assert (await alex.tap("Book")).status == 200
    await house.until(alex, "Undo (until")
    stolen = await yusuf.execute("undo", book["data"])
    assert stolen.card is not None
    assert "I have no such card for you here." in read(stolen.card)
    assert len(house.events("Asha Patel")) == 1


async def test_a_draft_of_yesterday_has_expired(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha next week")
    house.clock.forward(hours=25)
    refused = await chat.tap("Book")
    assert refused.card is not None
    assert "this card is too old and its times are no longer held" in read(refused.card)
    assert house.nothing_written()


async def test_people_outside_the_hierarchy_cannot_be_put_into_a_payload(house: House) -> None:
    chat = house.chat("Yusuf Clarke")
    await chat.say("1:1 with Farah next week")
    book = find_action(chat.card, "Book")
    for verb in ("book", "propose", "escalate"):
        for forged in ({"attendees": "A1001"}, {"attendees": "A1012,A1001"}, {"facilitator": "A1"}):
            answer = await chat.execute(verb, {**book["data"], **forged})
            assert answer.card is not None
            assert "Asha" not in read(answer.card)
            assert "… In the queue" not in read(answer.card)
    assert house.nothing_written()


async def test_suggestions_keep_to_what_the_asker_leads(house: House) -> None:
    def titles(body: dict[str, Any] | None) -> list[str]:
        assert body is not None
        return [one["title"] for one in body["value"]["results"]]

    async def suggested(name: str, query: str, dataset: str = "people") -> list[str]:
        chat = house.chat(name)
        value = {
            "queryText": query,
            "queryOptions": {"skip": 0, "top": 15},
            "dataset": dataset,
        }
        activity = chat._invoke("application/search", value)
        delivered = await house.teams.deliver(activity)
        assert delivered.status == 200
        return titles(delivered.body)

    assert await suggested("Yusuf Clarke", "far") == ["Farah Ahmed (Calder)"]
    assert "Asha" not in str(await suggested("Yusuf Clarke", "asha"))
    assert await suggested("Alex Wilber", "asha") == ["Asha Patel (Aire)"]
    assert await suggested("Asha Patel", "tom") == []
    assert await suggested("Alex Wilber", "a", "no such thing") == []
    assert len(await suggested("Alex Wilber", "")) == 15
    assert "Leeds Quiet (Leeds)" in await suggested("Alex Wilber", "quiet", "rooms")
    assert await suggested("Asha Patel", "quiet", "rooms") == []
