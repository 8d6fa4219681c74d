"""Where Aside may write, and where no more: removed, blocked, disabled, renamed, read by others."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import find_action
from bot.rehearsal.rooms import Call, User
from bot.world import READER
from dialogs.verbs import Verb
from graph.apps import GraphApps
from graph.client import GraphClient
from graph.sandbox.model import User as Account
from scheduling.domain.notices import NoticeKind
from scheduling.storage import boards, bookings, outbox, requests
from scheduling.storage import tables as t
from scheduling.workflows import notices, reach
from scheduling.workflows.runtime import current, use
from scheduling.workflows.timers import take_due
from tests.e2e.journeys.test_work_items import ask_for_the_edge
from tests.support.house import CHANNEL, House, read

pytestmark = pytest.mark.e2e

LEAD, SCHEDULER = "Alex Wilber", "Hamza Green"


def all_words(chat: Chat) -> str:
    """Return everything that a person can read in a conversation."""
    cards = [read(chat.seen(post)) for post in chat.posts if post.card is not None]
    return "\n".join([*chat.texts, *cards])


async def shown(house: House, chat: Chat, text: str) -> None:
    """Wait until a conversation shows a text somewhere."""
    await house.until_true(lambda: text in all_words(chat))


# The schedulers' channel


async def test_without_their_channel_schedulers_get_work_items_in_their_chats_and_hear_of_it_once(
    house: House,
) -> None:
    channel = await house.channel(SCHEDULER)
    hamza = house.chat(SCHEDULER)
    await hamza.install()
    await ask_for_the_edge(house)
    await house.until(channel, "No time found")
    await channel.uninstall()
    await shown(house, hamza, "Aside is not in the schedulers' channel any more")
    await shown(house, hamza, "No time found")
    assert all_words(hamza).count("Aside is not in the schedulers' channel any more") == 1
    item = next(post for post in hamza.posts if post.card and "No time found" in read(post.card))
    await hamza.tap("Assign to me", post=item)
    await shown(house, hamza, f"{SCHEDULER} is handling this")
    owen = house.chat("Owen Davies")
    await owen.say("setup")
    assert "The bot cannot write to a channel called Schedulers." in read(owen.card)

    before = channel.posts
    await channel.install()
    await shown(house, hamza, "✓ Solved. Aside writes there again.")
    await house.until_true(lambda: len(channel.posts) > len(before))
    (back,) = [post for post in channel.posts if post not in before]
    assert "No time found" in read(channel.seen(back))
    assert f"{SCHEDULER} is handling this" in read(channel.seen(back))
    await house.until_true(lambda: item not in hamza.posts)


async def test_a_channel_that_was_lost_without_a_word_gets_back_what_is_open(house: House) -> None:
    channel = await house.channel(SCHEDULER)
    hamza = house.chat(SCHEDULER)
    await hamza.install()
    await ask_for_the_edge(house)
    await house.until(channel, "No time found")
    channel.room.installed = False
    await house.running.showing.work_item_changed(await item_of(house))
    await shown(house, hamza, "No time found")
    await channel.install()
    await house.until_true(lambda: len(channel.posts) > 1)
    await house.until_true(lambda: "No time found" not in all_words(hamza))


async def test_a_channel_that_is_renamed_is_still_the_schedulers(house: House) -> None:
    channel = await house.channel(SCHEDULER)
    await channel.rename("Dispatch")
    await ask_for_the_edge(house)
    await house.until(channel, "No time found")


async def test_a_channel_that_is_deleted_is_left(house: House) -> None:
    channel = await house.channel(SCHEDULER)
    hamza = house.chat(SCHEDULER)
    await hamza.install()
    await channel.delete()
    await ask_for_the_edge(house)
    await shown(house, hamza, "No time found")
    assert not channel.posts


async def test_a_work_item_that_somebody_deletes_is_posted_once_more(house: House) -> None:
    channel = await house.channel(SCHEDULER)
    chat = await ask_for_the_edge(house)
    await house.until(channel, "No time found")
    (first,) = channel.posts
    channel.room.posts.remove(first)
    await house.running.showing.work_item_changed(await item_of(house))
    (again,) = channel.posts
    assert again.id != first.id
    channel.room.posts.clear()
    for _ in range(2):
        await house.running.showing.work_item_changed(await item_of(house))
    assert not channel.posts
    assert "… With the schedulers" in read(chat.card)


async def item_of(house: House) -> str:
    """Return the id of the one work item."""
    async with house.running.services.store.read() as tx:
        (only,) = await boards.undecided(tx)
    return only.removeprefix("work_item:")


async def test_a_word_in_a_thread_whose_first_message_is_gone_loses_no_channel(
    house: House,
) -> None:
    channel = await house.channel(SCHEDULER)
    thread = Chat(teams=house.teams, room=channel.room, user=channel.user, thread="1700000000001")
    channel.room.gone.add("1700000000001")
    await thread.say("help")
    assert len(channel.room.posts) == 1
    await ask_for_the_edge(house)
    await house.until(channel, "No time found")


@pytest.mark.parametrize("who", ["guest", "agent", "other tenant", "nobody we know"])
async def test_who_else_reads_the_channel_learns_nothing_about_anybody(
    house: House, who: str
) -> None:
    others = {
        "guest": lambda: house.teams.user("Gus", guest=True),
        "agent": lambda: house.user("Asha Patel"),
        "nobody we know": lambda: house.teams.user("Nia"),
        "other tenant": lambda: house.teams.user("Ida", tenant_id="aaaaaaaa-0000-4000-8000-0"),
    }
    reader: User = others[who]()
    channel = house.teams.channel("contact-centre", CHANNEL, house.user(SCHEDULER), reader)
    await channel.install()
    await house.meets(SCHEDULER, "Asha Patel")
    await ask_for_the_edge(house)
    await house.until(channel, "No time found", "Farah Ahmed")  # the scheduler's own view
    outside = channel.as_(reader)
    words = read(outside.card)
    assert "Something for the schedulers to decide" in words
    for telling in ("Farah", "Yusuf", "staffing", "%", "available"):
        assert telling not in words
    if who == "agent":
        answer = await outside.tap("Show me the details")
        assert answer.card is not None
        assert "Farah" not in read(answer.card)
        assert "scheduler" in read(answer.card).lower()


async def test_who_comes_into_the_channel_later_finds_cards_that_name_nobody(house: House) -> None:
    channel = await house.channel(SCHEDULER)
    await ask_for_the_edge(house)
    await house.until(channel, "No time found", "Farah Ahmed")
    showing, gus = house.running.showing, house.teams.user("Gus", guest=True)
    outside = channel.as_(gus)
    assert "Farah" in read(outside.card)
    await channel.join(gus)
    await house.until_true(lambda: "Farah" not in read(outside.card))
    await house.until(channel, "No time found", "Farah Ahmed")  # the scheduler's own view
    await channel.leave(gus)
    await house.until_true(lambda: "Farah" in read(outside.card))

    channel.room.members.append(gus)  # and Teams tells nobody
    assert await showing.readers_changed()
    assert "Farah" not in read(outside.card)


# People


async def test_who_blocks_the_bot_is_sent_nothing_until_they_write_again(house: House) -> None:
    channel = house.teams.channel("contact-centre", CHANNEL, house.user(SCHEDULER, "de-DE"))
    await channel.install()
    chat = house.chat(LEAD)
    await chat.say("1:1 with Asha next week")
    chat.room.refuses = "ConversationBlockedByUser"
    await chat.tap("Book")
    await shown(house, channel, "Jemand hat Aside blockiert")
    assert LEAD not in all_words(channel)
    sent = len(sendings(house))
    await house.running.showing.request_changed(await request_of(house))
    assert len(sendings(house)) == sent
    chat.room.refuses = None
    await chat.say("help")
    await shown(house, channel, "✓ Gelöst. Aside schreibt dort wieder.")


def sendings(house: House) -> list[Call]:
    """Return what was sent or edited; who reads a channel is asked of it by itself."""
    return [call for call in house.teams.calls if "/activities" in call.path]


async def request_of(house: House) -> str:
    """Return the id of the one request."""
    async with house.running.services.store.read() as tx:
        return str(await tx.scalar(sa.select(t.request.c.id)))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("BotDisabledByAdmin", "An administrator has disabled Aside"),
        ("BotNotInConversationRoster", "Aside was removed from a conversation"),
        ("MessageWritesBlocked", "A conversation takes no messages from Aside"),
    ],
)
async def test_each_cause_is_told_once_however_many_it_concerns(
    house: House, code: str, says: str
) -> None:
    channel = await house.channel(SCHEDULER)
    for name, agent in ((LEAD, "Asha"), ("Yusuf Clarke", "Farah")):
        chat = house.chat(name)
        await chat.say(f"1:1 with {agent} next week")
        chat.room.refuses = code
        await chat.tap("Book")
    await shown(house, channel, "2 conversations")
    assert all_words(channel).count(says) == 1


async def test_guests_and_other_tenants_are_refused_at_every_tap(house: House) -> None:
    chat = house.chat(LEAD)
    await chat.say("1:1 with Asha next week")
    data = find_action(chat.card, "Book")["data"]
    for user in (
        house.teams.user("Gus", guest=True),
        house.teams.user("Ida", tenant_id="aaaaaaaa-0000-4000-8000-00000000a51d"),
    ):
        theirs = house.teams.personal(user)
        for verb in Verb:
            value = {
                "action": {"type": "Action.Execute", "verb": verb.value, "data": data},
                "trigger": "manual",
            }
            activity = theirs._invoke("adaptiveCard/action", value, chat.post)
            assert (await house.teams.deliver(activity)).status == 403
        fallback = theirs._activity("message", chat.post) | {"value": {**data, "verb": "book"}}
        assert (await house.teams.deliver(fallback)).status == 403
    assert house.nothing_written()


# Proactive installation


@pytest.fixture
async def installing(house: House) -> AsyncIterator[House]:
    """Let Aside install itself, and Teams tell the bot of every app that Graph installs."""
    graph = house.world.graph

    async def told(account: Account) -> None:
        name = next(p.name for p in house.known.values() if p.address == account.address)
        await house.chat(name).install()

    graph.sandbox.on_installed = told
    async with GraphClient(graph.settings(READER)) as client:
        apps = GraphApps(client, graph.sandbox.settings.catalogue_id, f"{graph.url}/v1.0")
        use(replace(current(), services=replace(current().services, apps=apps)))
        yield house


async def test_the_app_is_put_where_people_are_and_says_nothing_until_it_must(
    installing: House,
) -> None:
    house = installing
    await reach.look_after("")
    asha = house.chat("Asha Patel")
    assert house.world.account(house.person("Asha Patel")).app_installed
    assert not asha.posts
    lead = house.chat(LEAD)
    await house.meets("Asha Patel")
    await house.book(lead, f"1:1 with Asha on {date(2026, 11, 24)}, 30 min")
    await lead.say("who can be reached")
    assert "Who can be reached" in read(lead.card)


# Noise


async def test_a_message_waits_for_the_shift_and_then_tells_what_is_true(house: House) -> None:
    house.clock.instant = house.clock.instant.replace(hour=5)
    asha = house.chat("Asha Patel")
    await asha.install()
    posts = len(asha.posts)
    lead = house.chat(LEAD)
    begin, _ = await house.shift("Asha Patel", house.clock.instant.date())
    until = begin + timedelta(hours=6)
    await house.book(lead, f"1:1 with Asha today {begin + timedelta(hours=2):%H:%M}-{until:%H:%M}")
    await house.until_true(lambda: bool(house.changes()))
    await lead.until(lambda card: "told later" in read(card) or "Undo" in read(card))
    assert len(asha.posts) == posts
    house.clock.instant = begin.astimezone(house.clock.instant.tzinfo) + timedelta(minutes=5)
    await take_due(current())
    await shown(house, asha, "New in your schedule")
    async with house.running.services.store.read() as tx:
        assert not await outbox.waiting(tx, house.person("Asha Patel").id)


async def test_what_can_wait_comes_as_one_card_in_the_morning(house: House) -> None:
    chat = house.chat(LEAD)
    house.clock.forward(hours=1)
    await house.book(chat, "1:1 with Asha in the week of 30 November")
    house.clock.forward(minutes=20)
    posts = len(chat.posts)
    store = house.running.services.store
    async with store.write() as tx:
        row = await requests.require(tx, await request_of(house))
        rows = await bookings.sessions(tx, row.id)
        for times in range(2):
            await notices.notify(tx, NoticeKind.MOVED, row, key=f"move-{times}", sessions=rows)
    assert len(chat.posts) == posts
    house.clock.instant = house.clock.instant.replace(hour=8, minute=45) + timedelta(days=1)
    await take_due(current())
    await shown(house, chat, "What happened in your schedule")
    digest = read(chat.card)
    assert digest.count("Moved: a session that you asked for, with Asha Patel") == 1
    assert len(chat.posts) == posts + 1


async def test_a_group_chat_reads_only_that_the_answer_is_elsewhere(house: House) -> None:
    chat = house.chat(LEAD)
    await chat.install()
    group = house.teams.group("Team leads", house.user(LEAD), house.user("Yusuf Clarke"))
    await group.say("1:1 with Asha next week")
    assert group.texts == ["I have answered in our own chat."]
    assert not [post for post in group.posts if post.card]
    await chat.tap("Book")
    await house.until(chat, "Undo (until")
    assert len(group.posts) == 1
