"""The cap of a week counts the days of that week before the dates asked for."""

from datetime import time

import pytest

from scheduling.domain.centre import Segment
from scheduling.domain.requests import RequestState
from scheduling.domain.times import DAY, Interval, at_wall
from scheduling.workflows.escalation import load_facts
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import MONDAY, TUESDAY, ZONE, actor, ask_for

WEDNESDAY = TUESDAY + DAY


def off_phone_until(house: House, hour: int) -> None:
    """Let north-1 spend Monday from nine until ``hour`` in a meeting."""
    walls = [(9, hour, "one_to_one"), (hour, 17, "work")]
    house.wfm.edit(
        "north-1",
        MONDAY,
        [
            Segment(
                interval=Interval(at_wall(MONDAY, time(a), ZONE), at_wall(MONDAY, time(b), ZONE)),
                code_id=code,
            )
            for a, b, code in walls
        ],
    )


@pytest.mark.parametrize(("hour", "placed"), [(12, True), (13, False)])
async def test_what_was_off_the_phones_before_the_dates_counts(
    house: House, hour: int, placed: bool
) -> None:
    off_phone_until(house, hour)
    draft = await house.desk.open_draft(actor("mia"), "chat", {})
    proposal = await house.desk.propose(actor("mia"), draft, ask_for("north-1", first=WEDNESDAY))
    assert bool(proposal.sessions) is placed


async def test_used_this_week_is_of_the_week_of_the_recommended_start(house: House) -> None:
    """This week north-1 only works on Monday, and so is recommended for the next."""
    off_phone_until(house, 11)
    for n in range(1, 5):
        house.wfm.edit("north-1", MONDAY + n * DAY, ())
    draft = await house.propose("north-1", first=WEDNESDAY)
    request_id = await house.take(draft, escalate=True)
    await house.settled(request_id, RequestState.ESCALATED)
    item = await house.item(request_id)
    assert item is not None
    facts = load_facts(item.facts)
    assert facts.ways_out[0].option.interval.start.date() >= MONDAY + 7 * DAY
    assert facts.offline_used == 0


async def test_used_this_week_counts_the_days_before_the_dates(house: House) -> None:
    off_phone_until(house, 13)
    draft = await house.propose("north-1", first=WEDNESDAY)
    request_id = await house.take(draft, escalate=True)
    await house.settled(request_id, RequestState.ESCALATED)
    item = await house.item(request_id)
    assert item is not None
    facts = load_facts(item.facts)
    in_week = facts.ways_out[0].option.interval.start.date() < MONDAY + 7 * DAY
    assert facts.offline_used == (240 if in_week else 0)
