"""An agent's own wish to meet their manager: sent once, booked in one tap, or declined politely."""

import pytest
import sqlalchemy as sa

from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import find_action
from bot.rehearsal.rooms import Post
from scheduling.domain.notices import ALONE, NoticeKind
from scheduling.storage import tables as t
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

WISH = "I would like a 1:1 with my manager"


@pytest.fixture
async def manager(house: House) -> Chat:
    """Return the chat of Asha's manager, who is known to the bot."""
    chat = house.chat("Alex Wilber")
    await chat.say("help")
    return chat


async def wished(house: House, manager: Chat) -> Chat:
    """Let Asha ask, and wait until her manager has it; return her chat."""
    asha = house.chat("Asha Patel")
    await asha.say(WISH)
    assert "Alex Wilber has it" in read(asha.card)
    await house.until(manager, "Asha Patel would like a time with you")
    return asha


async def says(house: House, wish: Post, text: str) -> None:
    """Wait until the card of a wish, which changes by itself, says something."""
    await house.until_true(lambda: text in read(wish.card or {}))


async def test_a_wish_says_when_it_is_booked_and_that_it_is_open_again_once_that_is_undone(
    house: House, manager: Chat
) -> None:
    asha = await wished(house, manager)
    wish = asha.posts[-1]
    await manager.tap("Book")
    await house.until(manager, "Undo (until")
    assert len(house.changes()) == 1
    await says(house, wish, "✓ Booked for ")
    await house.tap(manager, "Undo")
    await house.until(manager, "Undone", "The wish of Asha Patel is open again.")
    await says(house, wish, "It is not booked. Your wish is open again: Alex Wilber can")
    await asha.say(WISH)  # once more, which reaches the manager anew
    assert any(
        "Alex Wilber has it" in read(post.card or {}) for post in asha.posts if post is not wish
    )
    await house.until(manager, "Asha Patel would like a time with you")
    await manager.tap("Not for now")
    assert "Asha Patel was told politely" in read(manager.card)


async def test_a_wish_that_is_open_again_is_answered_from_the_card_of_what_was_undone(
    house: House, manager: Chat
) -> None:
    await wished(house, manager)
    await manager.tap("Book")
    await house.until(manager, "Undo (until")
    await house.tap(manager, "Undo")
    await house.until(manager, "Undone", "The wish of Asha Patel is open again.")
    await manager.tap("Answer Asha Patel")
    assert "Asha Patel would still like a time with you." in read(manager.card)
    await manager.tap("Show the best times")
    await manager.tap("Book")
    await house.until(manager, "Undo (until")


async def test_a_polite_no_reaches_the_agent_and_nothing_is_written(
    house: House, manager: Chat
) -> None:
    asha = await wished(house, manager)
    await manager.tap("Not for now")
    assert "Asha Patel was told politely" in read(manager.card)
    await asha.tap("Check now")
    assert "cannot make it for now. You can ask again later." in read(asha.card)
    async with house.running.services.store.read() as tx:
        told = await tx.scalars(
            sa.select(t.outbox.c.kind).where(t.outbox.c.person_id == house.person("Asha Patel").id)
        )
    assert list(told) == [NoticeKind.WISHED]
    drawn = set(house.running.showing.messenger._drawers)
    assert drawn >= ALONE - {NoticeKind.DIGEST}, "what is told alone has a card"
    assert house.nothing_written()


async def test_there_is_one_open_wish_and_it_can_be_taken_back(house: House, manager: Chat) -> None:
    asha = await wished(house, manager)
    await asha.say("status")
    assert "Alex Wilber has it" in read(asha.card)
    posts = len(manager.posts)
    await asha.say(WISH)
    await asha.tap("Take it back")
    assert "You took it back." in read(asha.card)
    assert len(manager.posts) == posts
    await manager.tap("Not for now")
    assert "Asha Patel took it back." in read(manager.card)


async def test_nobody_decides_on_a_wish_that_is_not_theirs(house: House, manager: Chat) -> None:
    await wished(house, manager)
    tapped = find_action(manager.card, "Not for now")
    for name in ("Yusuf Clarke", "Tom Baker"):
        chat = house.chat(name)
        await chat.say("help")
        for verb in ("petition", "decline_petition", "withdraw_petition"):
            await chat.execute(verb, tapped["data"])
            assert "Asha" not in read(chat.card)
    await manager.say("I would like a 1:1 with my manager")
    assert "Nothing was" in read(manager.card)
