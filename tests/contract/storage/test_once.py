"""What may happen once happens once, whoever else tries at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from scheduling.domain.requests import Draft, DraftState, WorkItemCause, WorkItemState
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.storage import audit, cards, drafts, requests, work_items
from scheduling.storage import tables as t
from scheduling.storage.cards import CardPlace
from scheduling.storage.requests import NewRequest
from scheduling.storage.store import Store
from scheduling.storage.work_items import AlreadyDecided, Decision, WorkItemRow

New = Callable[..., NewRequest]


async def all_at_once(attempt: Callable[[int], Awaitable[bool]], times: int = 8) -> Sequence[bool]:
    return await asyncio.gather(*(attempt(n) for n in range(times)))


@pytest.fixture
async def draft(store: Store, now: datetime) -> Draft:
    """Keep a draft of version 1."""
    made = Draft(
        id="d",
        version=1,
        owner_id="oid",
        conversation_id="chat",
        state=DraftState.ASKING,
        expires_at=now + timedelta(hours=1),
        payload={"text": "1:1 with Asha", "ids": ["asha"]},
    )
    async with store.write() as tx:
        await drafts.insert(tx, made)
    return made


@pytest.fixture
async def item(store: Store, new_request: New, now: datetime) -> WorkItemRow:
    """Keep an open work item."""
    made = WorkItemRow(
        id="r-1",
        version=1,
        cause=WorkItemCause.NOT_PLACED,
        state=WorkItemState.OPEN,
        request_id="r",
        unit_id="north",
        facts={"failures": 1},
        claimed_by=None,
        decided_by=None,
        note=None,
        created_at=now,
        decide_by=now + timedelta(days=1),
    )
    async with store.write() as tx:
        await requests.insert(tx, new_request("r"))
        assert await work_items.insert(tx, made)
        assert not await work_items.insert(tx, made)
    return made


async def test_a_draft_comes_back_as_it_was_given(store: Store, draft: Draft) -> None:
    async with store.read() as tx:
        assert await drafts.get(tx, "d") == draft
        assert await drafts.get(tx, "other") is None


async def test_the_latest_open_draft_is_its_owners_own_in_that_chat(
    store: Store, draft: Draft, now: datetime
) -> None:
    others = [
        replace(
            draft, id="younger", state=DraftState.PROPOSED, expires_at=now + timedelta(hours=2)
        ),
        replace(draft, id="taken", state=DraftState.SUBMITTED, expires_at=now + timedelta(hours=3)),
        replace(draft, id="theirs", owner_id="other", expires_at=now + timedelta(hours=3)),
        replace(draft, id="elsewhere", conversation_id="x", expires_at=now + timedelta(hours=3)),
    ]
    async with store.write() as tx:
        for each in others:
            await drafts.insert(tx, each)
    async with store.read() as tx:
        assert await drafts.latest_open(tx, "oid", "chat", now) == others[0]
        assert await drafts.latest_open(tx, "nobody", "chat", now) is None
        later = now + timedelta(hours=2)
        assert await drafts.latest_open(tx, "oid", "chat", later) is None


async def test_of_many_who_advance_a_draft_one_does(store: Store, draft: Draft) -> None:
    async def tap(number: int) -> bool:
        async with store.write() as tx:
            return await drafts.advance(
                tx, draft, state=DraftState.PROPOSED, payload={"tap": number}
            )

    won = await all_at_once(tap)
    assert sum(won) == 1
    async with store.read() as tx:
        after = await drafts.get(tx, "d")
    assert after is not None
    assert (after.version, after.payload) == (2, {"tap": won.index(True)})


async def test_soft_holds_bind_others_until_they_expire(
    store: Store, draft: Draft, now: datetime
) -> None:
    span = Interval(now + timedelta(days=1), now + timedelta(days=1, minutes=30))
    over = now + timedelta(minutes=10)
    async with store.write() as tx:
        await drafts.hold(tx, draft.id, [("person:asha", span), ("person:asha", span)], over)
        names = ["person:asha", "person:bo"]
        just = over - timedelta(seconds=1)
        assert await drafts.held(tx, names, now=just, besides="x") == [("person:asha", span)]
        assert not await drafts.held(tx, names, now=over, besides="x")
        assert not await drafts.held(tx, names, now=now, besides="d")
        assert not await drafts.held(tx, ["person:bo"], now=now, besides="x")
        await drafts.hold(tx, draft.id, [("person:bo", span)], over)
        assert await drafts.held(tx, names, now=now, besides="x") == [("person:bo", span)]
        await drafts.release(tx, draft.id)
        assert not await drafts.held(tx, names, now=now, besides="x")


async def test_holds_that_are_over_are_forgotten(store: Store, now: datetime) -> None:
    span = Interval(now, now + timedelta(minutes=30))
    async with store.write() as tx:
        await drafts.hold(tx, "d", [("person:asha", span)], now)
        await drafts.hold(tx, "e", [("person:bo", span)], now + timedelta(seconds=1))
        await drafts.forget_holds(tx, now)
        assert list(await tx.scalars(sa.select(t.soft_hold.c.draft_id))) == ["e"]


async def test_of_many_taps_one_decides(store: Store, item: WorkItemRow, now: datetime) -> None:
    async def tap(number: int) -> bool:
        decision = Decision(
            work_item_id=item.id,
            kind="approved",
            first_id=f"s{number}",
            rules=frozenset({Rule.FLOOR}),
            decided_at=now,
        )
        try:
            async with store.write() as tx:
                await work_items.decide(tx, decision)
        except AlreadyDecided:
            return False
        return True

    won = await all_at_once(tap)
    assert sum(won) == 1
    async with store.read() as tx:
        (kept,) = (await tx.execute(sa.select(t.decision))).all()
    assert (kept.first_id, kept.rules) == (f"s{won.index(True)}", ["floor"])


async def test_an_item_moves_only_from_the_version_and_state_that_were_seen(
    store: Store, item: WorkItemRow
) -> None:
    async def tap(number: int) -> bool:
        async with store.write() as tx:
            return await work_items.advance(
                tx,
                item,
                to=WorkItemState.CLAIMED,
                of=(WorkItemState.OPEN,),
                claimed_by=f"s{number}",
            )

    assert sum(await all_at_once(tap)) == 1
    async with store.write() as tx:
        newest = await work_items.latest_of(tx, "r")
        assert newest is not None
        assert (newest.version, newest.state) == (2, WorkItemState.CLAIMED)
        assert not await work_items.advance(
            tx, newest, to=WorkItemState.APPROVED, of=(WorkItemState.OPEN,)
        )
        assert await work_items.count_of(tx, "r") == 1


async def test_a_notice_is_claimed_once(store: Store, now: datetime) -> None:
    async def claim(_number: int) -> bool:
        async with store.write() as tx:
            return await cards.claim_notice(tx, "key", now)

    assert sum(await all_at_once(claim)) == 1
    async with store.write() as tx:
        await cards.settle_notice(tx, "key", "sent")
        assert await tx.scalar(sa.select(t.notice.c.state)) == "sent"
        assert not await cards.claim_notice(tx, "key", now)


async def test_a_calendar_without_memory_has_ours(store: Store) -> None:
    async with store.write() as tx:
        assert await cards.event_value(tx, "k") is None
        assert await cards.keep_event_value(tx, "k", {"sequence": 0}, None)
        assert await cards.keep_event_value(tx, "k", {"sequence": 1}, {"sequence": 0})
        assert not await cards.keep_event_value(tx, "k", {"sequence": 2}, {"sequence": 0})
        assert not await cards.keep_event_value(tx, "k", {"sequence": 3}, None)
        assert await cards.keep_event_value(tx, "l", {"sequence": 7}, None)
    async with store.read() as tx:
        assert await cards.event_value(tx, "k") == {"sequence": 1}
        assert {v["sequence"] for v in await cards.event_values(tx)} == {1, 7}


async def test_a_subject_has_one_card(store: Store) -> None:
    first = CardPlace(subject="r", conversation_id="chat", activity_id="a0")
    second = replace(first, activity_id="a1")
    async with store.write() as tx:
        await cards.put(tx, first)
        await cards.put(tx, second)
        assert await cards.place_of(tx, "r") == second
        assert await cards.place_of(tx, "other") is None


class TestAudit:
    """A chain of lines that shows every change made to it."""

    @staticmethod
    async def write(store: Store, now: datetime, number: int) -> None:
        async with store.write() as tx:
            await audit.record(
                tx,
                at=now + timedelta(microseconds=number),
                actor="mia",
                action="request.submitted",
                subject=f"r{number}",
                detail={"ticket": number, "attendees": ["asha"], "note": None},
            )

    @pytest.fixture
    async def five(self, store: Store, now: datetime) -> None:
        """Keep five lines."""
        for number in range(1, 6):
            await self.write(store, now, number)

    @pytest.mark.usefixtures("five")
    async def test_an_untouched_chain_is_whole(self, store: Store) -> None:
        async with store.read() as tx:
            assert await audit.first_break(tx) is None

    @pytest.mark.parametrize(
        ("change", "found_at"),
        [
            (t.audit.update().where(t.audit.c.seq == 3).values(actor="tom"), 3),
            (t.audit.update().where(t.audit.c.seq == 2).values(detail={"ticket": 9}), 2),
            (
                t.audit.update()
                .where(t.audit.c.seq == 4)
                .values(at=datetime(2026, 1, 1, tzinfo=UTC)),
                4,
            ),
            (t.audit.update().where(t.audit.c.seq == 1).values(hash="0" * 64), 1),
            (t.audit.delete().where(t.audit.c.seq == 3), 4),
            (t.audit.delete().where(t.audit.c.seq == 1), 2),
            (t.audit.update().where(t.audit.c.seq == 5).values(seq=9), 9),
        ],
        ids=["who", "what", "when", "hash", "deleted", "first-deleted", "renumbered"],
    )
    @pytest.mark.usefixtures("five")
    async def test_a_change_is_found(
        self, store: Store, change: sa.Executable, found_at: int
    ) -> None:
        async with store.write() as tx:
            await tx.execute(change)
            assert await audit.first_break(tx) == found_at

    async def test_lines_written_at_once_make_one_chain(self, store: Store, now: datetime) -> None:
        await asyncio.gather(*(self.write(store, now, n) for n in range(10)))
        async with store.read() as tx:
            assert await audit.first_break(tx) is None
            seqs = (await tx.execute(sa.select(t.audit.c.seq).order_by(t.audit.c.seq))).scalars()
            assert list(seqs) == list(range(1, 11))


class TestInstants:
    """Times go in aware and come out in UTC."""

    @staticmethod
    async def kept(store: Store, at: datetime) -> datetime:
        async with store.write() as tx:
            await cards.claim_notice(tx, "key", at)
            found: datetime | None = await tx.scalar(sa.select(t.notice.c.at))
        assert found is not None
        return found

    async def test_another_zone_is_the_same_instant(self, store: Store, now: datetime) -> None:
        there = now.replace(microsecond=123456).astimezone(timezone(timedelta(hours=9, minutes=30)))
        back = await self.kept(store, there)
        assert back == there
        assert back.utcoffset() == timedelta(0)

    async def test_a_naive_datetime_is_refused(self, store: Store, now: datetime) -> None:
        with pytest.raises(StatementError, match="not an instant"):
            await self.kept(store, now.replace(tzinfo=None))


class TestTransactions:
    """All of a write is kept, or none; a read keeps nothing."""

    async def test_an_error_undoes_the_whole_write(self, store: Store, draft: Draft) -> None:
        async def fail() -> None:
            async with store.write() as tx:
                await drafts.insert(tx, replace(draft, id="gone"))
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await fail()
        async with store.read() as tx:
            assert await drafts.get(tx, "gone") is None

    async def test_a_read_keeps_nothing(self, store: Store, draft: Draft) -> None:
        async with store.read() as tx:
            await drafts.insert(tx, replace(draft, id="gone"))
        async with store.read() as tx:
            assert await drafts.get(tx, "gone") is None
