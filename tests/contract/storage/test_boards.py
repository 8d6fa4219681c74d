"""What schedulers share: where its cards are, which of them are to be seen, and who read them."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from scheduling.domain.house import Keep
from scheduling.storage import boards, retention
from scheduling.storage import tables as t
from scheduling.storage.store import Store


async def test_cards_of_several_readers_are_found_by_their_conversation(
    store: Store, now: datetime
) -> None:
    shown = [
        ("work_item:i1", "channel", "1"),
        ("item_group:g1", "channel", "2"),
        ("rush:r1", "chat", "3"),
        ("draft:d1", "team", "4"),
    ]
    async with store.write() as tx:
        for name, kind in (("channel", "channel"), ("team", "channel"), ("chat", "personal")):
            row = {"id": name, "record": {}, "kind": kind, "object_id": None, "updated_at": now}
            await tx.execute(t.conversation.insert().values(row))
        for subject, where, activity in shown:
            row = {"subject": subject, "conversation_id": where, "activity_id": activity}
            await tx.execute(t.card.insert().values(row))
    async with store.read() as tx:
        assert await boards.conversations(tx) == ["channel"]
        assert await boards.shown_in(tx, "channel") == ["item_group:g1", "work_item:i1"]


async def test_what_still_goes_on_is_to_be_seen(store: Store, now: datetime) -> None:
    async with store.write() as tx:
        for n, closed_at in enumerate((None, now)):
            own = {"id": f"n{n}", "unit_id": "north", "opened_at": now, "closed_at": closed_at}
            await tx.execute(t.item_group.insert().values({**own, "cause": "room"}))
            await tx.execute(t.rush.insert().values({**own, "facts": {}}))
    async with store.read() as tx:
        assert sorted(await boards.undecided(tx)) == ["item_group:n0", "rush:n0"]


async def test_who_reads_is_known_until_the_conversation_is_no_more(
    store: Store, now: datetime
) -> None:
    long_ago = now - timedelta(days=Keep().conversations + 1)
    async with store.write() as tx:
        assert await boards.audience(tx, "c") is None
        for digest in ("one", "other"):
            await boards.keep_audience(tx, "c", digest, long_ago)
        assert await boards.audience(tx, "c") == "other"
    assert await retention.clear(store, Keep(), now) == {"audience": 1}
    async with store.read() as tx:
        assert not await tx.scalar(sa.select(sa.func.count()).select_from(t.audience))
