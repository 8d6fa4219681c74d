"""Retention: what is old goes and is proved, what is young stays, and nothing goes by halves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.house import Keep
from scheduling.domain.petitions import PetitionState
from scheduling.domain.requests import RequestState, WorkItemState
from scheduling.domain.runs import RunState
from scheduling.domain.templates import Audience, Frequency, Recurrence, Template
from scheduling.domain.times import DateRange
from scheduling.storage import audit, bookings, petitions, requests, retention, runs, templates
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.storage.petitions import PetitionRow
from scheduling.storage.requests import NewRequest
from scheduling.storage.runs import RunRow
from scheduling.storage.store import Store
from tests.support.past import Past, expired_draft

Count = Callable[[sa.Table], Awaitable[int]]
KEEP = Keep()
WAITS = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
KEPT_FOR_EVER = {"unit", "person", "binding", "appointment", "deputy", "setup_version"}
"""What no age ends: units' tickets, people until they are erased, and how the house was set up."""


@pytest.fixture
def past(
    store: Store, new_request: Callable[..., NewRequest], planned: Callable[..., SessionRow]
) -> Past:
    """Return a maker of the past."""
    return Past(store, new_request, planned)


async def test_a_request_goes_with_all_that_hangs_on_it(
    store: Store, past: Past, now: datetime, count: Count
) -> None:
    await past.request("old", days=401, now=now)
    went = await retention.clear(store, KEEP, now)
    assert went == {
        "request": 1,
        "session": 1,
        "reservation": 12,
        "work_item": 1,
        "decision": 1,
        "card": 2,
        "card_copy": 1,
        "note": 1,
        "acknowledgement": 1,
        "petition": 1,
        "draft": 1,
    }
    assert [await count(table) for table in (t.request, t.session, t.decision, t.card)] == [0] * 4


@pytest.mark.parametrize(
    ("days", "state", "item"),
    [
        (399, RequestState.BOOKED, WorkItemState.APPROVED),
        (401, RequestState.ESCALATED, WorkItemState.APPROVED),
        (401, RequestState.BOOKED, WorkItemState.OPEN),
    ],
    ids=["young", "not-over", "undecided"],
)
async def test_a_request_that_is_young_or_not_over_stays(
    store: Store,
    past: Past,
    now: datetime,
    count: Count,
    days: int,
    state: RequestState,
    item: WorkItemState,
) -> None:
    await past.request("r", days=days, now=now, state=state, item=item)
    went = await retention.clear(store, KEEP, now)
    assert set(went) <= {"draft_content"}
    assert [await count(table) for table in (t.request, t.session, t.decision)] == [1, 1, 1]


async def test_a_request_of_which_a_decision_is_still_followed_stays(
    store: Store, past: Past, now: datetime
) -> None:
    await past.request("mended", days=401, now=now, item=WorkItemState.RETRIED, followed=False)
    await past.request("over", days=402, now=now, item=WorkItemState.SENT_BACK, followed=False)
    assert (await retention.clear(store, KEEP, now))["request"] == 1
    async with store.read() as tx:
        assert await requests.get(tx, "mended") is not None


async def test_a_request_asked_for_long_ago_stays_until_its_last_session_is_old(
    store: Store, past: Past, now: datetime, count: Count
) -> None:
    await past.request("r", days=401, now=now)
    async with store.write() as tx:
        await bookings.update_session(tx, "s-r", end=now - timedelta(days=399))
    await retention.clear(store, KEEP, now)
    assert await count(t.request) == 1


async def test_what_a_dry_run_counts_is_what_goes_and_the_second_run_finds_nothing(
    store: Store, past: Past, now: datetime
) -> None:
    await past.request("old", days=500, now=now)
    await past.request("young", days=3, now=now)
    async with store.write() as tx:
        await tx.execute(expired_draft("loose", now - timedelta(days=2)))
        await tx.execute(expired_draft("fresh", now))
        for days in (91, 89):
            at = now - timedelta(days=days)
            await tx.execute(t.notice.insert().values(key=f"n{days}", state="sent", at=at))
        for days in (401, 399):
            end = (now - timedelta(days=days)).isoformat()
            value = {"end": end, "people": [["Asha", "asha@contoso.example"]]}
            await tx.execute(t.keyed_event.insert().values(key=f"e{days}", value=value))
    async with store.read() as tx:
        counted = await retention.count(tx, KEEP, now)
    went = await retention.clear(store, KEEP, now)
    assert went["draft_content"] == 1
    assert counted == {**went, "draft_content": 2}, "the old request's draft is gone, not emptied"
    assert (went["draft"], went["notice"], went["keyed_event"]) == (2, 1, 1)
    assert await retention.clear(store, KEEP, now) == {}


async def test_what_was_typed_goes_from_a_draft_whose_request_is_still_shown(
    store: Store, past: Past, now: datetime
) -> None:
    await past.request("r", days=3, now=now)
    await retention.clear(store, KEEP, now)
    async with store.read() as tx:
        row = (await tx.execute(sa.select(t.draft))).one()
    assert (row.payload, row.proposal, row.request_id) == ({}, None, "r")


async def test_chats_with_people_who_left_go_and_those_of_who_is_here_stay(
    store: Store, now: datetime
) -> None:
    long_ago = now - timedelta(days=31)
    async with store.write() as tx:
        for person, active in (("mia", True), ("asha", False)):
            await tx.execute(t.person.insert().values(id=person, record={}, active=active))
            await tx.execute(
                t.binding.insert().values(
                    object_id=f"oid-{person}", person_id=person, bound_at=now, bound_by="x"
                )
            )
        for key, kind, account, at in (
            ("here", "personal", "oid-mia", long_ago),
            ("left", "personal", "oid-asha", long_ago),
            ("stranger", "personal", "oid-x", long_ago),
            ("lately", "personal", "oid-y", now),
            ("team", "channel", None, long_ago),
        ):
            await tx.execute(
                t.conversation.insert().values(
                    id=key, record={}, kind=kind, object_id=account, updated_at=at
                )
            )
    assert await retention.clear(store, KEEP, now) == {"conversation": 2}
    async with store.read() as tx:
        kept = set((await tx.execute(sa.select(t.conversation.c.id))).scalars())
    assert kept == {"here", "lately", "team"}


async def test_a_line_proves_what_went(store: Store, past: Past, now: datetime) -> None:
    for number in range(3):
        await past.request(f"r{number}", days=500 + number, now=now)
    await retention.clear(store, KEEP, now)
    async with store.read() as tx:
        line = (await tx.execute(sa.select(t.audit))).one()
        assert (await audit.verify(tx)).broken is None
    assert (line.action, line.subject) == ("retention.deleted", "requests")
    assert line.detail["rows"]["request"] == 3
    assert line.detail["before"] == (now - timedelta(days=400)).isoformat()
    assert line.detail["ids"]["request"] == retention.proof(["r2", "r0", "r1"])
    assert line.detail["ids"]["request"] != retention.proof(["r0", "r1"])


async def test_a_crash_between_chunks_leaves_whole_requests_and_the_next_run_goes_on(
    store: Store,
    past: Past,
    now: datetime,
    count: Count,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(5):
        await past.request(f"r{number}", days=500 + number, now=now)
    monkeypatch.setattr(retention, "CHUNK", 2)
    chunks = 0

    async def dies(tx: object, *arguments: object, **named: object) -> None:
        nonlocal chunks
        chunks += 1
        if chunks == 2:
            raise ConnectionError("killed with the second chunk's rows deleted")
        await proves(tx, *arguments, **named)  # type: ignore[arg-type]

    proves = retention.prove
    monkeypatch.setattr(retention, "prove", dies)
    with pytest.raises(ConnectionError):
        await retention.clear(store, KEEP, now)
    tables = (t.request, t.session, t.work_item, t.decision, t.draft, t.audit)
    assert [await count(table) for table in tables] == [3, 3, 3, 3, 3, 1]
    assert (await retention.clear(store, KEEP, now))["request"] == 3
    assert [await count(table) for table in tables] == [0, 0, 0, 0, 0, 3]


class TestTheAudit:
    """It is kept longest, and shortened only at its old end."""

    @staticmethod
    async def lines(store: Store, now: datetime, *days: int) -> None:
        """Write a line so many days ago for each of ``days``."""
        for number in days:
            async with store.write() as tx:
                await audit.record(
                    tx,
                    at=now - timedelta(days=number),
                    actor="mia",
                    action="request.submitted",
                    subject="r",
                    detail={},
                )

    async def test_old_lines_go_and_the_chain_says_where_it_begins(
        self, store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "CHUNK", 2)
        await self.lines(store, now, 3000, 2900, 2800, 100, 2700, 1)
        assert await retention.clear(store, KEEP, now) == {"audit": 3}
        async with store.read() as tx:
            chain = await audit.verify(tx)
        assert chain.broken is None
        assert chain.first is not None
        assert chain.first[0] == 4, "an older line behind a younger one stays"

    async def test_two_that_shorten_at_once_agree_on_where_it_begins(
        self, store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "CHUNK", 2)
        await self.lines(store, now, 3000, 2999, 2998, 2997, 2996, 1)
        reads, looks = retention._first_kept, 0
        other: asyncio.Task[object] | None = None

        async def waits() -> bool:
            async with store.read() as tx:
                return bool(await tx.scalar(WAITS))

        async def overtaken(tx: AsyncConnection, before: datetime) -> int:
            nonlocal looks, other
            looks += 1
            if looks == 1:
                other = asyncio.create_task(retention.clear(store, KEEP, now))
                if tx.dialect.name == "postgresql":
                    async with asyncio.timeout(10):
                        while not other.done() and not await waits():
                            pass
            return await reads(tx, before)

        monkeypatch.setattr(retention, "_first_kept", overtaken)
        await retention.clear(store, KEEP, now)
        assert other is not None
        await other
        async with store.read() as tx:
            chain = await audit.verify(tx)
        assert chain.broken is None
        assert chain.first is not None
        assert chain.first[0] == 6

    async def test_a_line_taken_off_afterwards_is_found(self, store: Store, now: datetime) -> None:
        await self.lines(store, now, 3000, 100, 1)
        await retention.clear(store, KEEP, now)
        async with store.write() as tx:
            await tx.execute(t.audit.delete().where(t.audit.c.seq == 2))
            chain = await audit.verify(tx)
        assert chain.broken is not None
        assert "line 2" in chain.broken.what

    async def test_the_newest_line_stays_however_old(self, store: Store, now: datetime) -> None:
        await self.lines(store, now, 3000, 2999)
        await retention.clear(store, KEEP, now)
        async with store.read() as tx:
            assert (await audit.verify(tx)).first is not None
            assert (await audit.verify(tx)).broken is None


async def test_a_wish_that_nobody_booked_goes_by_its_age(
    store: Store, now: datetime, count: Count
) -> None:
    async with store.write() as tx:
        for number, days in enumerate((401, 399)):
            row = PetitionRow(
                id=f"p{number}",
                version=1,
                state=PetitionState.OPEN,
                unit_id="north",
                agent_id=f"agent-{number}",
                manager_id="mia",
                type_id="one_to_one",
                created_at=now - timedelta(days=days),
            )
            await petitions.insert(tx, row)
            await shown(tx, f"wished:{row.id}:mia")
    assert await retention.clear(store, KEEP, now) == {"petition": 1, "card": 1}
    assert (await count(t.petition), await count(t.card)) == (1, 1)


async def shown(tx: AsyncConnection, subject: str) -> None:
    """Write where ``subject`` is shown."""
    await tx.execute(t.card.insert().values(subject=subject, conversation_id="c", activity_id="a"))


async def test_a_card_goes_with_the_obstacle_that_it_told_of(
    store: Store, now: datetime, count: Count
) -> None:
    async with store.write() as tx:
        for cause, days in (("old", 401), ("new", 1)):
            at = now - timedelta(days=days)
            row = {"cause": cause, "version": 2, "affected": 1, "opened_at": at, "closed_at": at}
            await tx.execute(t.obstacle.insert().values(row))
            await shown(tx, f"obstacle:{cause}:2")
    assert await retention.clear(store, KEEP, now) == {"obstacle": 1, "card": 1}
    assert await count(t.card) == 1


async def test_runs_go_once_their_dates_are_long_over_and_templates_once_they_have_ended(
    store: Store, now: datetime, count: Count
) -> None:
    rows = {
        "old": (410, RunState.PREVIEW),
        "stuck": (410, RunState.BOOKING),
        "new": (10, RunState.BOOKED),
    }
    async with store.write() as tx:
        for run_id, (days, state) in rows.items():
            await runs.insert(tx, a_run(run_id, state, now - timedelta(days=days)))
            await shown(tx, f"run:{run_id}")
            await shown(tx, f"run_planned:{run_id}:mia")
        await tx.execute(t.run_session.insert().values(run_id="old", number=1, record={}))
        for template_id, days in (("gone", 401), ("ended", 10), ("kept", 500)):
            await templates.insert(tx, a_template(template_id), now - timedelta(days=days))
        for template_id, days in (("gone", 401), ("ended", 10)):
            await templates.end(tx, template_id, now - timedelta(days=days))
    cleared = await retention.clear(store, KEEP, now)
    assert cleared == {"run": 1, "run_session": 1, "card": 2, "template": 1}
    assert [await count(table) for table in (t.run, t.template, t.card)] == [2, 2, 4]


def a_run(run_id: str, state: RunState, at: datetime) -> RunRow:
    """Return a run that was begun ``at``, over the five days from then."""
    return RunRow(
        id=run_id,
        unit_id="north",
        state=state,
        dates=DateRange(at.date(), at.date() + timedelta(days=5)),
        template_ids=("gone",),
        requester_id="sam",
        requester_object_id="oid-sam",
        created_at=at,
    )


def a_template(template_id: str) -> Template:
    """Return a weekly one-to-one of a team."""
    return Template(
        id=template_id,
        name="Weekly",
        unit_id="north",
        owner_id="sam",
        type_id="one_to_one",
        audience=Audience(team_ids=frozenset({"billing"})),
        recurrence=Recurrence(frequency=Frequency.WEEKLY),
        start=date(2026, 1, 1),
    )


def test_every_table_is_cleared_or_kept_for_a_reason() -> None:
    cleared = {str(kind.key.table.name) for kind in retention.KINDS}
    cleared |= {str(table.name) for kind in retention.KINDS for table, _ in kind.also}
    by_their_own = {"audit", "timer"}
    assert cleared | by_their_own | KEPT_FOR_EVER == set(t.metadata.tables)


def test_nothing_is_kept_for_less_than_a_day() -> None:
    with pytest.raises(ValueError, match="a day at least"):
        Keep(drafts=0)
