"""The outbox and what is known of reach, on each database."""

from datetime import datetime, timedelta

from bot.channel.references import BlockReason, Conversation, ConversationKind
from bot.memory import CHANNEL_GONE, StoredReferences
from scheduling.domain.notices import Concern, Means, NoticeKind
from scheduling.domain.times import DAY, Interval
from scheduling.storage import outbox, reach
from scheduling.storage.outbox import OutboxRow, OutboxState
from scheduling.storage.store import Store
from tests.support.clocks import StoppedClock


def row(key: str, now: datetime, person_id: str | None = "p1", **more: object) -> OutboxRow:
    made: dict[str, object] = {
        "key": key,
        "person_id": person_id,
        "concern": Concern.TRAINER,
        "kind": NoticeKind.MOVED,
        "subject": "r1",
        "about": ("s1", "s2"),
        "means": Means.DIGEST,
        "created_at": now,
        "due_at": now,
    }
    return OutboxRow(**(made | more))  # type: ignore[arg-type]


async def test_a_key_is_kept_once_and_read_as_it_was_written(store: Store, now: datetime) -> None:
    first = row("a", now, until=now + DAY)
    async with store.write() as tx:
        assert await outbox.put(tx, first)
        assert not await outbox.put(tx, row("a", now, kind=NoticeKind.BOOKED))
        assert await outbox.get(tx, "a") == first


async def test_what_has_an_end_keeps_it(store: Store, now: datetime) -> None:
    async with store.write() as tx:
        await outbox.put(tx, row("a", now))
        await outbox.settle(tx, ["a"], OutboxState.SENDING, now)
        await outbox.settle(tx, ["a"], OutboxState.TOLD, now)
        await outbox.settle(tx, ["a"], OutboxState.DROPPED, now + DAY)
        await outbox.replan(tx, "a", Means.CHAT, now + DAY)
        found = await outbox.get(tx, "a")
    assert found is not None
    assert (found.state, found.ended_at, found.means) == (OutboxState.TOLD, now, Means.DIGEST)


async def test_the_pushes_of_a_day_are_those_under_way_and_those_that_went(
    store: Store, now: datetime
) -> None:
    today = Interval(now - timedelta(hours=1), now + timedelta(hours=1))
    ends = {
        "a": (OutboxState.TOLD, now),
        "b": (OutboxState.SENDING, now),
        "c": (OutboxState.DIGESTED, now),
        "d": (OutboxState.TOLD, now - DAY),
        "e": (OutboxState.UNREACHED, now),
    }
    async with store.write() as tx:
        for key, (state, at) in ends.items():
            await outbox.put(tx, row(key, now))
            await outbox.settle(tx, [key], state, at)
        await outbox.put(tx, row("other", now, "p2"))
        await outbox.settle(tx, ["other"], OutboxState.TOLD, now)
        assert await outbox.pushes(tx, "p1", today) == 2


async def test_what_waits_is_found_by_person_also_for_the_schedulers(
    store: Store, now: datetime
) -> None:
    async with store.write() as tx:
        await outbox.put(tx, row("a", now))
        await outbox.put(tx, row("b", now, means=Means.CHAT))
        await outbox.put(tx, row("thread", now, None, means=Means.THREAD))
        assert [one.key for one in await outbox.waiting(tx, "p1", [Means.DIGEST])] == ["a"]
        assert [one.key for one in await outbox.waiting(tx, None)] == ["thread"]
        assert await outbox.held(tx, "r1", NoticeKind.MOVED) == {"p1"}
        late = await outbox.overdue(tx, now + DAY, 2)
    assert [one.key for one in late] == ["a", "b"]


def chat(number: int, now: datetime, **more: object) -> Conversation:
    made: dict[str, object] = {
        "tenant_id": "t",
        "conversation_id": f"c{number}",
        "kind": ConversationKind.PERSONAL,
        "service_url": "https://teams.example",
        "bot_id": "bot",
        "updated_at": now,
        "object_id": f"o{number}",
    }
    return Conversation(**(made | more))  # type: ignore[arg-type]


async def test_an_obstacle_opens_grows_shrinks_and_is_gone_with_its_conversations(
    store: Store, now: datetime
) -> None:
    heard: list[str] = []
    references = StoredReferences(store, "Schedulers", StoppedClock(now))
    references.tell_of_obstacles(heard.append)
    for number in range(2):
        await references.save(chat(number, now))
    cause = BlockReason.BLOCKED_BY_USER
    seen = []
    for act in (
        references.block("c0", cause),
        references.block("c1", cause),
        references.save(chat(0, now)),
        references.forget("c1"),
        references.block("c0", cause),
    ):
        await act
        async with store.read() as tx:
            found = await reach.obstacle(tx, cause.value)
        assert found is not None
        seen.append((found.version, found.affected, found.closed_at is None))
    assert seen == [(1, 1, True), (1, 2, True), (1, 1, True), (1, 1, False), (2, 1, True)]
    assert heard == [cause.value] * 5
    async with store.read() as tx:
        assert await reach.chats(tx, ["o0", "o1"]) == {"o0": cause.value}


async def test_the_schedulers_channel_is_missed_until_it_is_heard_of_again(
    store: Store, now: datetime
) -> None:
    references = StoredReferences(store, "Schedulers", StoppedClock(now))
    named = {"kind": ConversationKind.CHANNEL, "object_id": None}
    await references.save(chat(1, now, channel_name="Schedulers", **named))
    await references.save(chat(1, now, channel_name="Dispatch", **named))
    assert await references.channel("Schedulers") == await references.channel("Dispatch")
    await references.forget("c1")
    async with store.read() as tx:
        assert [one.cause for one in await reach.obstacles(tx)] == [CHANNEL_GONE]
    await references.save(chat(2, now, channel_name="Schedulers", **named))
    async with store.read() as tx:
        assert not await reach.obstacles(tx)
    assert (await references.anywhere()) is not None
