"""The edge and our Teams together, over HTTP: what people do, and what they then see."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.channel.messages import message
from bot.channel.references import ConversationKind
from bot.channel.turns import (
    Choice,
    Installed,
    Reply,
    Said,
    Shared,
    Tapped,
    Turn,
    Typed,
    Uninstalled,
    Update,
)
from bot.rehearsal.reading import speak
from bot.rehearsal.teams import FakeTeams
from tests.support.edge import Bot


def card(*words: str, **more: object) -> dict[str, Any]:
    """Return a card of texts, with a Book button that has its fallback."""
    data = {"draft": "d1", "version": 1}
    book = {
        "type": "Action.Execute",
        "title": "Book",
        "verb": "book",
        "data": data,
        "fallback": {"type": "Action.Submit", "title": "Book", "data": data | {"verb": "book"}},
    }
    body = [{"type": "TextBlock", "text": word} for word in words]
    return {"type": "AdaptiveCard", "version": "1.5", "body": body, "actions": [book]} | more


async def test_a_sentence_is_answered_with_a_card_and_its_activity_is_told(
    bot: Bot, teams: FakeTeams
) -> None:
    held: list[str] = []

    async def sent(activity_id: str) -> None:
        held.append(activity_id)

    bot.answers(Reply(card=card("Thursday 10:00"), sent=sent))
    mia = teams.user("Mia Meyer", locale="de-DE")
    chat = teams.personal(mia)
    post = await chat.say("1:1 with <b>Asha</b>&nbsp;next week")
    assert post is not None
    assert chat.words == ["Thursday 10:00", "[Book]"]
    assert held == [post.id]
    (turn,) = bot.script.turns
    assert turn.content == Said(text="1:1 with Asha next week")
    assert (turn.speaker.object_id, turn.speaker.locale) == (mia.object_id, "de-DE")
    assert turn.conversation.kind is ConversationKind.PERSONAL
    assert await bot.references.personal_for(mia.object_id) == turn.conversation


async def test_a_tap_replaces_the_card_for_the_person_and_updates_it_for_the_rest(
    bot: Bot, teams: FakeTeams
) -> None:
    mia, ben = teams.user("Mia"), teams.user("Ben")
    chat = teams.group("rota", mia, ben)
    bot.answers(Reply(card=card("Choose")))
    post = await chat.say("1:1 with Asha")
    bot.answers(Reply(card=card("Yours"), update=Update(activity_id=post.id, card=card("Taken"))))
    tap = await chat.tap("Book")
    assert speak(tap.card)[0] == "Yours"
    await teams.until(lambda: post.updates == 1)
    assert chat.as_(ben).words[0] == "Taken"
    content = bot.script.turns[-1].content
    assert content == Tapped(verb="book", data={"draft": "d1", "version": 1}, card_id=post.id)


async def test_the_submit_fallback_means_the_same_and_changes_the_personal_card(
    bot: Bot, teams: FakeTeams
) -> None:
    chat = teams.personal(teams.user("Mia"))
    bot.answers(Reply(card=card("Choose")))
    post = await chat.say("hello")
    bot.answers(Reply(card=card("Booked")))
    await chat.tap("Book", submit=True)
    content = bot.script.turns[-1].content
    data = {"draft": "d1", "version": 1}
    assert content == Tapped(verb="book", data=data, card_id=post.id, private=False)
    assert (post.updates, chat.words[0]) == (1, "Booked")


async def test_the_submit_fallback_shows_nobody_elses_answer_in_a_group(
    bot: Bot, teams: FakeTeams
) -> None:
    mia, ben = teams.user("Mia"), teams.user("Ben")
    chat = teams.group("rota", mia, ben)
    bot.answers(Reply(card=card("Choose")))
    post = await chat.say("hello")
    bot.answers(Reply(card=card("Private"), text="private"))
    await chat.tap("Book", submit=True)
    assert chat.as_(ben).words[0] == "Choose"
    assert (post.updates, chat.texts) == (0, [])


async def test_a_tap_can_be_answered_by_a_line_of_text(bot: Bot, teams: FakeTeams) -> None:
    chat = teams.personal(teams.user("Mia"))
    bot.answers(Reply(card=card("Choose")))
    await chat.say("hello")
    bot.answers(Reply(text="That slot has gone."))
    assert (await chat.tap("Book")).text == "That slot has gone."
    assert chat.words[0] == "Choose"


async def test_a_card_refreshes_itself_for_those_it_names(bot: Bot, teams: FakeTeams) -> None:
    mia, ben = teams.user("Mia"), teams.user("Ben")
    chat = teams.group("rota", mia, ben)
    action = {"type": "Action.Execute", "verb": "show", "data": {"draft": "d1"}}
    bot.answers(Reply(card=card("All", refresh={"action": action, "userIds": [ben.account_id]})))
    await chat.say("hello")
    bot.answers(Reply(card=card("For Ben")))
    await chat.look()
    await chat.as_(ben).look()
    assert (chat.words[0], chat.as_(ben).words[0]) == ("All", "For Ben")
    assert bot.script.turns[-1].content.automatic


async def test_letters_in_a_field_bring_suggestions(bot: Bot, teams: FakeTeams) -> None:
    field = {"type": "Input.ChoiceSet", "id": "who", "choices": []}
    field["choices.data"] = {"type": "Data.Query", "dataset": "people"}
    chat = teams.personal(teams.user("Mia"))
    bot.answers(Reply(card={"type": "AdaptiveCard", "body": [field]}))
    await chat.say("hello")
    bot.answers(Reply(choices=tuple(Choice(title=f"Asha {n}", value=str(n)) for n in range(20))))
    found = await chat.suggest("who", "as", team="t1")
    assert (len(found), found[0]) == (15, {"title": "Asha 0", "value": "0"})
    assert bot.script.turns[-1].content == Typed(query="as", dataset="people", data={"team": "t1"})


async def test_a_message_action_opens_a_dialog_and_sends_its_form(
    bot: Bot, teams: FakeTeams
) -> None:
    mia, asha = teams.user("Mia"), teams.user("Asha")
    chat = teams.personal(mia)
    bot.answers(Reply(card=card("About this")))
    shown = await chat.share("oneToOne", "Can we talk?", asha)
    assert speak(shown.dialog)[0] == "About this"
    bot.answers(Reply(text="Look in your chat with Aside."))
    assert (await chat.share("oneToOne", "Can we talk?", asha, when="mon")).text.startswith("Look")
    first, second = (turn.content for turn in bot.script.turns)
    assert first == Shared(author_id=asha.object_id, author_name="Asha")
    assert second.data == {"when": "mon"}


async def test_an_answer_in_a_channel_goes_into_the_thread_and_the_channel_is_known_by_name(
    bot: Bot, teams: FakeTeams
) -> None:
    chat = teams.channel("Service", "Schedulers", teams.user("Sam"))
    bot.answers(Reply(text="Here."))
    post = await chat.say("queue")
    assert post.thread is not None
    reference = await bot.references.channel("Schedulers")
    assert reference.conversation_id == chat.room.id
    root = await bot.connector.send(reference, {"type": "message", "text": "New item"})
    await bot.connector.send(reference.thread(root), {"type": "message", "text": "More"})
    assert [p.thread for p in chat.posts[1:]] == [None, root]


async def test_install_is_told_once_and_uninstall_forgets_the_chat(
    bot: Bot, teams: FakeTeams
) -> None:
    mia = teams.user("Mia")
    chat = teams.personal(mia, installed=False)
    bot.answers(Reply(text="Hello, I am Aside."))
    await chat.install()
    assert [turn.content for turn in bot.script.turns] == [Installed()]
    assert chat.texts == ["Hello, I am Aside."]
    await chat.uninstall()
    assert bot.script.turns[-1].content == Uninstalled()
    assert await bot.references.personal_for(mia.object_id) is None


async def test_a_repeated_activity_is_answered_alike_and_done_once(
    bot: Bot, teams: FakeTeams
) -> None:
    chat = teams.personal(teams.user("Mia"))
    bot.answers(Reply(card=card("Choose")))
    await chat.say("hello")
    assert (await teams.retry()).status == 200
    assert (len(bot.script.turns), len(chat.posts)) == (1, 1)
    bot.answers(Reply(card=card("Booked")))
    await chat.tap("Book")
    again = await teams.retry()
    assert again.body["value"]["body"][0]["text"] == "Booked"
    assert len(bot.script.turns) == 2


async def test_an_activity_repeated_while_the_first_is_under_way_waits_for_its_answer(
    bot: Bot, teams: FakeTeams
) -> None:
    chat = teams.personal(teams.user("Mia"))
    bot.answers(Reply(card=card("Choose")))
    await chat.say("hello")
    under_way, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_turn: Turn) -> Reply:
        under_way.set()
        await go_on.wait()
        return Reply(card=card("Booked"))

    bot.script.answer = slow
    first = asyncio.create_task(chat.tap("Book"))
    await under_way.wait()
    second = asyncio.create_task(teams.retry())
    go_on.set()
    assert (await first).card == (await second).body["value"]
    assert len(bot.script.turns) == 2


async def test_a_failure_is_an_apology_with_a_reference_that_is_in_the_log(
    bot: Bot, teams: FakeTeams, logs: list[MutableMapping[str, Any]]
) -> None:
    async def broken(_turn: Turn) -> Reply:
        raise RuntimeError("canary: 1:1 with Asha about sickness")

    chat = teams.personal(teams.user("Mia"))
    bot.answers(Reply(card=card("Choose")))
    await chat.say("hello")
    bot.script.answer = broken
    tap = await chat.tap("Book")
    assert tap.status == 200
    (failed,) = [entry for entry in logs if entry["event"] == "turn_failed"]
    assert failed["correlation_id"] in tap.text
    assert "canary" not in str(logs)
    post = await chat.say("again")
    assert "fault is ours" in post.text


async def test_a_lost_answer_to_a_post_is_never_followed_by_another_post(
    bot: Bot, teams: FakeTeams
) -> None:
    chat = teams.personal(teams.user("Mia"))
    bot.answers(Reply(text="Hello"))
    teams.fail("POST", 502, lost=True)
    await chat.say("hello")
    assert chat.texts == ["Hello"]
    assert len(teams.calls_of("POST")) == 1


async def test_waiting_for_a_card_sees_later_updates_and_says_what_it_saw_instead(
    bot: Bot, teams: FakeTeams
) -> None:
    mia = teams.user("Mia")
    chat = teams.personal(mia)
    bot.answers(Reply(card=card("Queued")))
    post = await chat.say("hello")
    assert post is not None
    place = await bot.references.personal_for(mia.object_id)
    assert place is not None
    waiting = asyncio.create_task(chat.until(lambda shown: "Booked" in speak(shown)))
    refresh = {"action": {"type": "Action.Execute", "verb": "show"}, "userIds": [mia.account_id]}
    bot.answers(Reply(card=card("Booked")))
    await bot.connector.update(place, post.id, message(card=card("Changed", refresh=refresh)))
    assert speak(await waiting)[0] == "Booked"
    with pytest.raises(AssertionError, match="Booked"):
        await chat.until(lambda shown: "Undone" in speak(shown), seconds=0.05)
