"""Retention and erasure beside the engine: its histories go, and no table of either keeps a name."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogs.cards import render
from dialogs.views import RequestCardView, Viewer
from scheduling.domain.house import Keep
from scheduling.domain.people import ERASED
from scheduling.domain.requests import RequestState
from scheduling.storage import audit, people
from scheduling.storage import tables as t
from scheduling.storage.erasure import erase
from scheduling.workflows import retention
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import EIGHT, UNITS
from tests.support.postgres import BOTH

LATER = EIGHT + timedelta(days=3650)
"""Past any day on which this runs: the engine notes the ends by its own clock."""

AGES = 40_000
ONLY_HISTORIES = Keep(
    drafts=AGES,
    notices=AGES,
    conversations=AGES,
    keyed_events=AGES,
    requests=AGES,
    audit=AGES,
    histories=1,
)


pytestmark = BOTH


@pytest.fixture
async def booked(house: House) -> str:
    """Book a session; the request's id."""
    request_id = await house.submit("north-1")
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    await house.quiet()
    return request_id


async def test_histories_of_what_ended_go_are_proved_and_the_bot_works_on(
    house: House, booked: str
) -> None:
    counted = await retention.count(house.store, ONLY_HISTORIES, LATER)
    assert counted["histories"] >= 2, "the placing and the booking at least"
    assert await retention.run(house.store, ONLY_HISTORIES, LATER) == counted
    assert await retention.run(house.store, ONLY_HISTORIES, LATER) == {}
    async with house.store.read() as tx:
        line = (
            await tx.execute(sa.select(t.audit).where(t.audit.c.action == "retention.deleted"))
        ).one()
        assert (await audit.verify(tx)).broken is None
    assert line.detail["rows"] == {"histories": counted["histories"]}
    assert (await house.row(booked)).state is RequestState.BOOKED
    assert (await house.settled(await house.submit("north-2"))).state is RequestState.BOOKED


@pytest.mark.usefixtures("booked")
async def test_what_is_young_keeps_its_history(house: House) -> None:
    assert "histories" not in await retention.count(house.store, Keep(), EIGHT)


async def test_a_booking_leaves_a_trail_of_who_when_and_on_what(house: House, booked: str) -> None:
    async with house.store.read() as tx:
        query = sa.select(t.audit).where(t.audit.c.subject == booked).order_by(t.audit.c.seq)
        submitted, reserved, done = (await tx.execute(query)).all()
    assert (submitted.actor, submitted.after) == ("mia", {"state": "queued"})
    assert (reserved.actor, reserved.on_behalf_of) == ("aside", "mia")
    assert (reserved.before, reserved.after) == ({"state": "queued"}, {"state": "reserved"})
    (session,) = await house.sessions(booked)
    start = session.interval.start.isoformat()
    assert reserved.detail["sessions"] == {session.id: {"attendee": "north-1", "start": start}}
    assert len(reserved.inputs) == 64
    assert submitted.parameters == reserved.parameters == done.parameters
    assert done.detail[session.id]["wfm"] == "done"


async def test_no_table_of_ours_or_of_the_engine_keeps_an_erased_name(
    house: House, booked: str
) -> None:
    async with house.store.read() as tx:
        known = await people.get(tx, "north-1")
        everyone = [one for unit in UNITS for one in await people.of_unit(tx, unit)]
    assert known is not None
    assert known.address is not None
    async with house.store.write() as tx:
        await people.sync(tx, [one for one in everyone if one.id != "north-1"])
    later = EIGHT + timedelta(days=30)
    async with house.store.write() as tx:
        await erase(tx, "north-1", at=later, by="administrator")
    said = await _every_table(house)
    assert known.name.lower() not in said
    assert known.address.lower() not in said
    house.clock.instant = later
    view = await house.view(booked)
    assert [one.attendee_name for one in view.sessions] == [ERASED]
    card = render(
        RequestCardView(request=view, draft_id="d", draft_version=1),
        Viewer(locale="en", zone="Europe/London", now=later),
    )
    assert ERASED in str(card)


async def _every_table(house: House) -> str:
    """Return all rows of all tables but the audit, the engine's as well, as one text."""

    def read(connection: sa.Connection) -> str:
        schemas = [None, "dbos"] if connection.dialect.name == "postgresql" else [None]
        every = sa.MetaData()
        for schema in schemas:
            every.reflect(connection, schema=schema)
        tables = [table for table in every.sorted_tables if table.name != "audit"]
        assert {"request", "operation_outputs"} <= {table.name for table in tables}
        return "\n".join(
            str(tuple(row)) for table in tables for row in connection.execute(sa.select(table))
        )

    async with house.store.read() as tx:
        return (await tx.run_sync(read)).lower()
