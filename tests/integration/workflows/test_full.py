"""A SQLite file that is full stops work where it is; with space it goes on, nothing twice."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from scheduling.domain.requests import RequestState
from tests.integration.workflows.house import House, eventually
from tests.support.full import Ceiling

GROWING = """
CREATE TRIGGER growing AFTER INSERT ON operation_outputs BEGIN
INSERT INTO notice VALUES (hex(randomblob(8)), hex(zeroblob(9000)), '2026-11-23');
END
"""
"""Each step that the engine notes takes pages, so that none finds room by chance."""


@pytest.fixture
def ceiling() -> Iterator[Ceiling]:
    """Return what holds every database of this process where it is."""
    made = Ceiling(sa.Engine)
    yield made
    made.lift()


@pytest.mark.parametrize("call", ["hold", "invite"])
async def test_a_booking_waits_for_space_and_goes_on(
    house: House, ceiling: Ceiling, call: str
) -> None:
    async with house.store.write() as tx:
        await tx.execute(sa.text(GROWING))
    draft = await house.propose("north-1")

    async def fill(name: str) -> None:
        if name == call:
            ceiling.low = True

    async def hit() -> bool | None:
        return ceiling.hit or None

    house.calendar.before = fill
    request_id = await house.take(draft)
    await eventually(hit)
    house.calendar.before = None
    ceiling.low = False
    row = await house.settled(request_id)
    assert row.state is RequestState.BOOKED
    assert house.applied() == len(house.calendar.live) == 1
    assert len(await house.sessions(request_id)) == 1
