"""Changes of one event that meet: the later one is made of what the earlier one left."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from graph.adapter import TRIES, GraphCalendar
from graph.sandbox import Fault, IfMatch, Running
from scheduling.domain.times import Interval
from scheduling.ports.calendar import CalendarUnavailable, EventDraft, EventRef, Mailbox

NINE = datetime(2026, 10, 5, 9, tzinfo=UTC)
FAY = Mailbox(name="Fay Finch", address="fay@contoso.example")
ASHA = Mailbox(name="Asha Rao", address="asha@contoso.example")


@pytest.fixture
async def held(calendar: GraphCalendar) -> EventRef:
    """Hold an event with its room."""
    draft = EventDraft(
        key="request-1:calendar",
        organiser=FAY,
        interval=Interval(NINE, NINE + timedelta(minutes=30)),
        zone="Europe/London",
        subject="One-to-one",
        room=Mailbox(name="Oak", address="oak@contoso.example"),
    )
    return await calendar.hold(draft)


def patches(running: Running) -> list[int]:
    return [entry.status for entry in running.journal if entry.method == "PATCH"]


@pytest.mark.parametrize("switch", [IfMatch.IGNORED, IfMatch.REFUSED])
async def test_a_mailbox_that_knows_no_versions_is_written_to_all_the_same(
    running: Running,
    calendar: GraphCalendar,
    held: EventRef,
    reconfigure: Callable[..., None],
    switch: IfMatch,
) -> None:
    reconfigure(if_match=switch)
    await calendar.invite(held, [ASHA])
    assert patches(running) == ([200] if switch is IfMatch.IGNORED else [412, 200])
    assert set((await calendar.read(held)).attendees) == {ASHA.address}


async def test_who_is_overtaken_again_and_again_is_told_to_come_later(
    running: Running, calendar: GraphCalendar, held: EventRef
) -> None:
    running.fail(Fault(method="PATCH", status=412, code="ErrorIrresolvableConflict", times=TRIES))
    with pytest.raises(CalendarUnavailable):
        await calendar.invite(held, [ASHA])
    await calendar.invite(held, [ASHA])
    assert patches(running) == [412] * TRIES + [200]
