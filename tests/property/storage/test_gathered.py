"""Meetings and sessions in any order: nobody and no room twice in one minute, a meeting whole or not."""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import SessionState, Target, TargetState
from scheduling.domain.times import Interval
from scheduling.storage import bookings
from scheduling.storage import tables as t
from scheduling.storage.bookings import NOBODY, RESERVATION_MINUTES, SessionRow, SlotTaken
from scheduling.storage.store import Store

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
PEOPLE = ("asha", "bo", "cem", "dai", "eva")


@dataclass(frozen=True)
class Wanted:
    """One to reserve: who, led by whom, from which quarter of an hour, in which room."""

    people: tuple[str, ...]
    leader: str
    start: int
    room: str | None


wanted = st.lists(
    st.builds(
        Wanted,
        people=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4, unique=True).map(tuple),
        leader=st.sampled_from(("mia", "tom")),
        start=st.integers(0, 4),
        room=st.sampled_from((None, "elm", "oak")),
    ),
    max_size=8,
)


def rows(number: int, one: Wanted) -> list[SessionRow]:
    """Return the rows of a session, or of a meeting of several."""
    start = NINE + timedelta(minutes=15 * one.start)
    alone = SessionRow(
        id=f"{number}",
        request_id="r",
        unit_id="north",
        attendee_id=one.people[0],
        facilitator_id=one.leader,
        zone="Europe/London",
        interval=Interval(start, start + timedelta(minutes=30)),
        place=PlaceKind.ROOM if one.room else PlaceKind.ONLINE,
        room_id=one.room,
        room_name=one.room,
        room_attempt=0,
        state=SessionState.PLANNED,
        targets=dict.fromkeys(Target, TargetState.PENDING),
        event=None,
        join_url=None,
        written_at=None,
    )
    if len(one.people) == 1:
        return [alone]
    each = [
        replace(alone, id=f"{number}-{who}", attendee_id=who, gathering_id=alone.id)
        for who in one.people
    ]
    return [replace(alone, attendee_id=NOBODY), *each]


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Make an empty database once, without what sessions refer to; each example empties it."""
    url = f"sqlite:///{tmp_path / 'aside.db'}"
    with sa.create_engine(url).begin() as connection:
        t.metadata.create_all(connection)
        connection.exec_driver_sql("INSERT INTO unit (id, next_ticket) VALUES ('north', 2)")
        connection.exec_driver_sql(
            "INSERT INTO request (id, unit_id, ticket, state, version, draft_id, requester_id,"
            " requester_object_id, type_id, ask, chosen, relaxed, escalate, unplaced, attempts,"
            " cancel_requested, created_at) VALUES ('r', 'north', 1, 'queued', 1, 'd', 'mia', 'o',"
            " 't', '{}', '{}', '[]', 0, '[]', 0, 0, '2026-11-24 08:00:00')"
        )
    return url


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plan=wanted)
def test_nobody_and_no_room_is_twice_in_one_minute_and_a_meeting_is_whole(
    database: str, plan: list[Wanted]
) -> None:
    async def play() -> tuple[list[Wanted], list[SessionRow]]:
        store, kept = Store(database), list[Wanted]()
        try:
            async with store.write() as tx:
                await tx.execute(t.reservation.delete())
                await tx.execute(t.session.delete())
                for number, one in enumerate(plan):
                    try:
                        await bookings.reserve(tx, rows(number, one))
                        kept.append(one)
                    except SlotTaken:
                        continue
                return kept, list(await bookings.rows_of(tx, "r"))
        finally:
            await store.close()

    kept, stored = asyncio.run(play())
    minutes = Counter(
        (name, NINE + timedelta(minutes=15 * one.start + at))
        for one in kept
        for name in (*one.people, one.leader, *([one.room] if one.room else []))
        for at in range(0, 30, RESERVATION_MINUTES)
    )
    assert all(count == 1 for count in minutes.values())
    attended = sorted(row.attendee_id for row in stored if not row.gathers)
    assert attended == sorted(who for one in kept for who in one.people)
    lost = [one for one in plan if one not in kept]
    assert all(
        any(
            abs(one.start - other.start) < 2
            and (
                {*one.people, one.leader} & {*other.people, other.leader}
                or (one.room and one.room == other.room)
            )
            for other in kept
        )
        for one in lost
    )
