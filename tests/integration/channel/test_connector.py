"""The way out: what is repeated, what never is, and where the token goes."""

from dataclasses import replace

import pytest

from bot.channel.connector import (
    Blocked,
    Gone,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Throttled,
    TooLarge,
    Unavailable,
)
from bot.channel.messages import message
from bot.channel.references import BlockReason, Conversation
from bot.channel.turns import Reply
from bot.rehearsal.chat import Chat
from bot.rehearsal.teams import FakeTeams
from tests.support.edge import Bot
from tests.support.identity import Identity

HELLO = message(text="hello")


@pytest.fixture
async def mia(bot: Bot, teams: FakeTeams) -> Chat:
    """Let a person speak once, and return her chat."""
    chat = teams.personal(teams.user("Mia"))
    await chat.say("hello")
    assert len(bot.script.turns) == 1
    return chat


@pytest.fixture
async def place(bot: Bot, mia: Chat) -> Conversation | None:
    """Return the reference to her chat."""
    return await bot.references.personal_for(mia.user.object_id)


async def test_a_post_carries_our_token_and_gives_its_id(
    bot: Bot, teams: FakeTeams, identity: Identity, mia: Chat, place: Conversation
) -> None:
    posted = await bot.connector.send(place, HELLO)
    assert [post.id for post in mia.posts] == [posted]
    assert teams.calls[-1].authorization == "Bearer outbound-1"
    form = identity.asked[0]
    assert (form["grant_type"], form["scope"]) == (
        "client_credentials",
        "https://api.botframework.com/.default",
    )


async def test_one_token_serves_until_shortly_before_its_end(
    bot: Bot, identity: Identity, place: Conversation
) -> None:
    for minutes, asked in ((0, 1), (54, 1), (2, 2)):
        bot.clock.forward(minutes=minutes)
        await bot.connector.send(place, HELLO)
        assert len(identity.asked) == asked


async def test_a_token_that_is_refused_is_replaced(
    bot: Bot, teams: FakeTeams, identity: Identity, mia: Chat, place: Conversation
) -> None:
    await bot.connector.send(place, HELLO)
    identity.given[0] = "withdrawn"
    await bot.connector.send(place, HELLO)
    assert len(mia.posts) == 2
    assert teams.calls[-1].authorization == "Bearer outbound-2"


async def test_without_a_token_nothing_is_sent(
    bot: Bot, teams: FakeTeams, identity: Identity, place: Conversation
) -> None:
    identity.down = True
    with pytest.raises(NotSent, match="sign-in"):
        await bot.connector.send(place, HELLO)
    assert teams.calls == []


@pytest.mark.parametrize("status", [412, 429])
async def test_a_post_is_repeated_when_asked_to_slow_down(
    bot: Bot, teams: FakeTeams, mia: Chat, place: Conversation, status: int
) -> None:
    teams.fail("POST", status, times=2, retry_after=3)
    await bot.connector.send(place, HELLO)
    assert (len(teams.calls), len(mia.posts)) == (3, 1)
    assert all(3 <= pause <= 4 for pause in bot.pauses)


async def test_asked_to_slow_down_for_too_long_it_gives_up(
    bot: Bot, teams: FakeTeams, place: Conversation
) -> None:
    teams.fail("POST", 429, retry_after=120)
    with pytest.raises(Throttled):
        await bot.connector.send(place, HELLO)
    teams.fail("POST", 429, times=9)
    with pytest.raises(Throttled):
        await bot.connector.send(place, HELLO)
    assert len(teams.calls) == 5


@pytest.mark.parametrize("status", [0, 408, 500, 502, 503, 504])
@pytest.mark.parametrize("lost", [True, False])
async def test_a_post_whose_answer_is_lost_is_never_repeated(
    bot: Bot, teams: FakeTeams, mia: Chat, place: Conversation, status: int, lost: bool
) -> None:
    teams.fail("POST", status, lost=lost)
    with pytest.raises(OutcomeUnknown):
        await bot.connector.send(place, HELLO)
    assert (len(teams.calls), len(mia.posts)) == (1, int(lost))


@pytest.mark.parametrize("status", [0, 408, 412, 429, 502, 504])
async def test_edits_and_deletes_are_repeated(
    bot: Bot, teams: FakeTeams, mia: Chat, place: Conversation, status: int
) -> None:
    posted = await bot.connector.send(place, HELLO)
    teams.fail("PUT", status, lost=True)
    await bot.connector.update(place, posted, message(text="changed"))
    assert mia.texts == ["changed"]
    teams.fail("DELETE", status, lost=True)
    await bot.connector.delete(place, posted)
    assert mia.posts == []


async def test_an_edit_that_keeps_failing_says_so(
    bot: Bot, teams: FakeTeams, place: Conversation
) -> None:
    posted = await bot.connector.send(place, HELLO)
    teams.fail("PUT", 502, times=9)
    with pytest.raises(Unavailable):
        await bot.connector.update(place, posted, HELLO)
    assert len(teams.calls_of("PUT")) == 4
    assert bot.pauses == sorted(bot.pauses)


@pytest.mark.parametrize("reason", list(BlockReason))
async def test_a_refused_conversation_is_blocked_until_somebody_speaks_there(
    bot: Bot, teams: FakeTeams, mia: Chat, place: Conversation, reason: BlockReason
) -> None:
    teams.fail("POST", 403, code=reason.value)
    with pytest.raises(Blocked) as caught:
        await bot.connector.send(place, HELLO)
    assert caught.value.reason is reason
    blocked = await bot.references.get(place.conversation_id)
    with pytest.raises(Blocked):
        await bot.connector.send(blocked, HELLO)
    assert len(teams.calls) == 1
    bot.answers(Reply(text="welcome back"))
    await mia.say("are you there?")
    assert mia.texts == ["welcome back"]


async def test_a_conversation_that_is_gone_twice_is_forgotten(
    bot: Bot, teams: FakeTeams, place: Conversation
) -> None:
    teams.fail("POST", 404)
    await bot.connector.send(place, HELLO)
    teams.fail("POST", 404, times=2)
    with pytest.raises(Gone):
        await bot.connector.send(place, HELLO)
    assert await bot.references.get(place.conversation_id) is None


async def test_other_refusals_and_oversize_have_names(
    bot: Bot, teams: FakeTeams, place: Conversation
) -> None:
    teams.fail("POST", 400)
    with pytest.raises(Rejected, match="400"):
        await bot.connector.send(place, HELLO)
    teams.fail("POST", 302)
    with pytest.raises(Rejected, match="302"):
        await bot.connector.send(place, HELLO)
    teams.fail("POST", 413)
    with pytest.raises(TooLarge):
        await bot.connector.send(place, HELLO)
    calls = len(teams.calls)
    with pytest.raises(TooLarge):
        await bot.connector.send(place, message(card={"body": ["x" * 50_000]}))
    assert len(teams.calls) == calls


async def test_a_long_text_arrives_whole_in_several_posts(
    bot: Bot, mia: Chat, place: Conversation
) -> None:
    words = " ".join(f"word{n}" for n in range(6_000))
    last = await bot.connector.send(place, message(text=words))
    assert len(mia.posts) > 1
    assert mia.posts[-1].id == last
    assert " ".join(mia.texts) == words


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/",
        "https://smba.trafficmanager.net/emea/",
        "http://127.0.0.1.evil.example/",
        "http://user@127.0.0.1/",
    ],
)
async def test_the_token_never_leaves_for_a_foreign_host(
    bot: Bot, identity: Identity, place: Conversation, foreign: str
) -> None:
    with pytest.raises(NotSent, match="serviceUrl"):
        await bot.connector.send(replace(place, service_url=foreign), HELLO)
    assert identity.asked == []


async def test_a_redirect_is_not_followed_with_the_token(
    bot: Bot, teams: FakeTeams, place: Conversation
) -> None:
    teams.fail("PUT", 307)
    with pytest.raises(Rejected):
        await bot.connector.update(place, "1", HELLO)
    assert len(teams.calls) == 1


async def test_where_nobody_listens_the_post_is_known_not_to_be_sent(
    bot: Bot, place: Conversation, unused_tcp_port: int
) -> None:
    nobody = replace(place, service_url=f"http://127.0.0.1:{unused_tcp_port}/")
    with pytest.raises(NotSent):
        await bot.connector.send(nobody, HELLO)


async def test_a_personal_chat_is_opened_for_a_colleague(
    bot: Bot, teams: FakeTeams, place: Conversation
) -> None:
    asha = teams.user("Asha")
    chat = teams.personal(asha)
    assert await bot.connector.create_conversation(place, asha.object_id) == chat.room.id
    stranger = teams.user("Stranger")
    with pytest.raises(Blocked):
        await bot.connector.create_conversation(place, stranger.object_id)
    assert (await bot.references.get(place.conversation_id)).blocked is None


async def test_the_roster_is_read_page_by_page_and_says_who_is_a_guest(
    bot: Bot, teams: FakeTeams
) -> None:
    people = [teams.user(name) for name in ("Ann", "Ben", "Cem", "Dan")]
    chat = teams.group("rota", *people, teams.user("Guest", guest=True))
    await chat.say("hello")
    members = await bot.connector.members(await bot.references.get(chat.room.id))
    assert [(m.name, m.guest) for m in members] == [
        ("Ann", False),
        ("Ben", False),
        ("Cem", False),
        ("Dan", False),
        ("Guest", True),
    ]
    assert members[0].object_id == people[0].object_id
