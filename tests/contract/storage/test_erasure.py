"""Erasure: no table keeps a name or an address, history keeps ids, and who is needed is refused."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import ERASED, Person, Role
from scheduling.domain.requests import RequestState, SessionState, WorkItemCause, WorkItemState
from scheduling.storage import bookings, cards, notes, people, requests, work_items
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.storage.erasure import NotErasable, erase
from scheduling.storage.notes import NoteRow
from scheduling.storage.people import NotKnown
from scheduling.storage.requests import NewRequest
from scheduling.storage.store import Store
from scheduling.storage.work_items import WorkItemRow

ZOE = Person(
    id="asha",
    name="Zoë Ångström",
    zone="Europe/London",
    roles=frozenset({Role.AGENT}),
    unit_id="north",
    address="Zoe.Angstrom@Contoso.example",
    in_wfm=True,
)
MIA = replace(ZOE, id="mia", name="Mia Weber", address="mia@contoso.example")


async def everything(store: Store) -> str:
    """Return every row of every table but the audit as text, as people would read it."""
    parts = []
    async with store.read() as tx:
        for table in t.metadata.sorted_tables:
            if table is not t.audit:
                parts += [str(tuple(row)) for row in await tx.execute(sa.select(table))]
    return "\n".join(parts).lower()


@pytest.fixture
async def history(
    store: Store,
    now: datetime,
    new_request: Callable[..., NewRequest],
    planned: Callable[..., SessionRow],
) -> None:
    """Know Zoë by name wherever a name can stand, in the past; she has left since."""
    async with store.write() as tx:
        await people.sync(tx, [ZOE, MIA])
        await people.bind(tx, "asha", "oid-asha", at=now, by="administrator")
        await people.sync(tx, [MIA])
        await requests.insert(tx, new_request("r"))
        unplaced = [{"attendee_id": "asha", "attendee_name": ZOE.name, "rivals": [ZOE.name]}]
        await tx.execute(
            t.request.update().values(
                state=RequestState.BOOKED.value,
                unplaced=unplaced,
                note="ZOË ÅNGSTRÖM asked for another day",
            )
        )
        session = replace(planned("s", after=-60), state=SessionState.BOOKED)
        await bookings.reserve(tx, [session])
        event = {"organiser": "zoe.angstrom@contoso.example", "event_id": "e", "ical_uid": "u"}
        await bookings.update_session(tx, "s", event=event)
        for number, (author, subject) in enumerate((("mia", "s"), ("mia", "r"), ("asha", "r"))):
            text = "Zoë wants more of these"
            row = NoteRow(
                id=f"n{number}",
                subject=subject,
                request_id="r",
                author_id=author,
                text=text,
                written_at=now,
            )
            await notes.insert(tx, row)
        facts = {"unplaced": unplaced, "last_held": {"asha": "2026-11-01"}, "failures": 1}
        await work_items.insert(tx, _item(facts, now))
        await tx.execute(
            t.conversation.insert().values(
                id="c", record={}, kind="personal", object_id="oid-asha", updated_at=now
            )
        )
        await _appointed(tx, now)
        value = {"people": [[ZOE.name, ZOE.address]], "start": "2026-11-01T09:00:00+00:00"}
        await cards.keep_event_value(tx, "k", value, None)
        await tx.execute(
            t.draft.insert().values(
                id="d",
                version=1,
                owner_id="oid-mia",
                conversation_id="c",
                state="asking",
                expires_at=now,
                payload={"attendees": ["asha"], "problems": [{"facts": {"said": ZOE.name}}]},
                proposal={"facilitator_name": "Mia Weber", "without_mailbox": [ZOE.name]},
            )
        )


async def _appointed(tx: AsyncConnection, now: datetime) -> None:
    deputy = {"deputy_id": "asha", "first": "2026-11-01", "last": "2026-11-02"}
    given = {"asha": {"account": "oid-asha"}, "mia": {"deputy": deputy}}
    rows = [
        {"number": 1, "person_id": who, "before": {}, "after": after, "by": "mia", "at": now}
        for who, after in given.items()
    ]
    await tx.execute(t.appointment_change.insert(), rows)


def _item(facts: Mapping[str, object], now: datetime) -> WorkItemRow:
    return WorkItemRow(
        id="r-1",
        version=1,
        cause=WorkItemCause.NOT_PLACED,
        state=WorkItemState.SENT_BACK,
        request_id="r",
        unit_id="north",
        facts=facts,
        claimed_by=None,
        decided_by=None,
        note=f"{ZOE.name}: see {ZOE.address}, or ask zoe.angstrom@contoso.example.",
        created_at=now,
        decide_by=None,
    )


@pytest.mark.usefixtures("history")
async def test_no_table_knows_the_name_or_the_address_any_more(store: Store, now: datetime) -> None:
    before = await everything(store)
    assert before.count("zoë ångström") > 5
    assert before.count("zoe.angstrom@") > 4
    async with store.write() as tx:
        changed = await erase(tx, "asha", at=now, by="administrator")
    after = await everything(store)
    for trace in ("zoë", "ångström", "\\xeb", "\\u00eb", "zoe.angstrom", "oid-asha'"):
        assert trace not in after
    assert "mia weber" in after, "nobody else is erased"
    assert changed == {
        "appointment_change": 2,
        "conversation": 1,
        "draft": 1,
        "keyed_event": 1,
        "note": 3,
        "request": 1,
        "session": 1,
        "work_item": 1,
    }


@pytest.mark.usefixtures("history")
async def test_history_keeps_ids_and_says_that_a_person_was_erased(
    store: Store, now: datetime
) -> None:
    async with store.write() as tx:
        await erase(tx, "asha", at=now, by="administrator")
    async with store.read() as tx:
        session = await bookings.require(tx, "s")
        item = await work_items.get(tx, "r-1")
        request = (await tx.execute(sa.select(t.request))).one()
        line = (await tx.execute(sa.select(t.audit))).one()
        names = await people.names(tx, ["asha", "mia", "nobody"])
    assert item is not None
    assert session.attendee_id == "asha"
    assert item.facts["last_held"] == {"asha": "2026-11-01"}
    assert item.note == f"{ERASED}: see {ERASED}, or ask {ERASED}."
    assert request.unplaced[0] == {
        "attendee_id": "asha",
        "attendee_name": ERASED,
        "rivals": [ERASED],
    }
    assert request.note == f"{ERASED} asked for another day"
    assert (line.action, line.subject, line.detail["rows"]["session"]) == (
        "person.erased",
        "asha",
        1,
    )
    assert names == {"asha": ERASED, "mia": "Mia Weber"}


@pytest.mark.usefixtures("history")
async def test_erasing_again_changes_nothing_more(store: Store, now: datetime) -> None:
    async with store.write() as tx:
        await erase(tx, "asha", at=now, by="administrator")
        assert await erase(tx, "asha", at=now, by="administrator") == {}


@pytest.mark.usefixtures("history")
async def test_who_has_sessions_ahead_is_refused_and_the_sentence_says_how_many(
    store: Store, now: datetime
) -> None:
    async with store.write() as tx:
        await bookings.update_session(tx, "s", end=now + timedelta(minutes=1))
    async with store.read() as tx:
        for person in ("asha", "mia"):
            with pytest.raises(NotErasable, match=r"has 1 session\(s\) ahead: cancel them"):
                await erase(tx, person, at=now, by="administrator")


@pytest.mark.usefixtures("history")
async def test_who_is_in_a_request_under_way_is_refused(store: Store, now: datetime) -> None:
    async with store.write() as tx:
        await tx.execute(t.request.update().values(state=RequestState.ESCALATED.value))
        with pytest.raises(NotErasable, match=r"1 request\(s\) that are not over \(r\)"):
            await erase(tx, "asha", at=now, by="administrator")


@pytest.mark.usefixtures("history")
async def test_who_is_still_in_the_wfm_is_refused_for_the_name_would_come_back(
    store: Store, now: datetime
) -> None:
    async with store.write() as tx:
        with pytest.raises(NotErasable, match="still in the WFM or in"):
            await erase(tx, "mia", at=now, by="administrator")


async def test_nobody_cannot_be_erased(store: Store, now: datetime) -> None:
    async with store.write() as tx:
        with pytest.raises(NotKnown, match="aside people list"):
            await erase(tx, "nobody", at=now, by="administrator")


async def test_a_name_that_is_also_an_id_stays_where_it_is_an_id(
    store: Store, now: datetime
) -> None:
    short = Person(id="Li", name="Li", zone="UTC", roles=frozenset({Role.AGENT}))
    async with store.write() as tx:
        await people.sync(tx, [short])
        await people.sync(tx, [])
        await cards.keep_event_value(tx, "k", {"ids": ["Li"], "said": "Li likes lists"}, None)
        await erase(tx, "Li", at=now, by="administrator")
        kept = await cards.event_value(tx, "k")
    assert kept == {"ids": ["Li"], "said": f"{ERASED} likes lists"}
