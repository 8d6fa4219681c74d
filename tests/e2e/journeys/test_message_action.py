"""A one-to-one about a message: with its author, in private, and the message stays where it is."""

import pytest

from bot.rehearsal.rooms import Room
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

SECRET = "My landlord threw me out, can we talk?"


async def test_in_every_kind_of_chat_the_answer_comes_in_private(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.meets("Asha Patel")
    asha, alex = house.user("Asha Patel"), house.user("Alex Wilber")
    own = house.chat("Alex Wilber")
    await own.install()
    channel = await house.channel("Alex Wilber", "Hamza Green")
    group = house.teams.group("lunch", alex, asha)
    await group.install()
    house.clock.forward(minutes=1)
    room = Room(
        id=f"19:{alex.object_id}_{asha.object_id}@unq.gbl.spaces",
        kind="personal",
        members=[alex, asha],
        installed=False,
    )
    two = house.teams._chat(room, alex)
    for number, chat in enumerate((own, two, group, channel), start=1):
        shown = await chat.share("oneToOne", SECRET, asha)
        assert "One-to-one with Asha Patel" in read(shown.dialog or {})
        before = len(chat.posts)
        sent = await chat.send_dialog("Find a time", first="2026-11-30", last="2026-12-04")
        assert sent.text == "I have answered in our own chat."
        assert "One-to-one with Asha Patel" in read(own.card)
        assert len([post for post in own.posts if post.card]) == number + 1
        assert len(chat.posts) - before == (1 if chat is own else 0)
    await own.tap("Book")
    await house.until(own, "Undo (until")
    database = (house.world.folder.parent / "aside.db").read_bytes()
    assert b"landlord" not in database
    assert "landlord" not in caplog.text
    assert "landlord" not in str([post.activity for post in (*own.posts, *channel.posts)])


async def test_who_may_not_ask_for_the_author_is_told_who_can(house: House) -> None:
    await house.meets("Asha Patel")
    stranger = house.teams.user("Stranger")
    for asker, author in (("Asha Patel", house.user("Tom Baker")), ("Alex Wilber", stranger)):
        told = await house.chat(asker).share("oneToOne", SECRET, author)
        assert told.dialog is None
        assert told.text.startswith("Nothing was")


async def test_an_edited_form_reaches_nobody_outside_the_hierarchy(house: House) -> None:
    await house.meets("Asha Patel")
    yusuf = house.chat("Yusuf Clarke")
    await yusuf.install()
    asha = house.person("Asha Patel")
    data = {"attendees": asha.id, "n": 0}
    await yusuf.share("oneToOne", SECRET, house.user("Asha Patel"), **data)
    assert "Asha" not in read(yusuf.card)
    assert house.nothing_written()
