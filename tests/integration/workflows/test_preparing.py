"""The time in which a trainer prepares a part of a course is theirs also once it is booked."""

from datetime import timedelta

from scheduling.domain.courses import CoursePart
from scheduling.domain.templates import Audience
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.storage import bookings
from scheduling.storage.bookings import person_resource
from scheduling.workflows.problems import facilitator_of
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import ask_for
from tests.integration.workflows.teaching import TEAM, of, opened
from tests.support.postgres import BOTH

PREPARE = timedelta(minutes=60)


@BOTH
async def test_no_meeting_and_no_other_course_is_put_where_a_trainer_prepares(house: House) -> None:
    teaching = await opened(house)
    shape = {"trainer_ids": ("mia",), "parts": (CoursePart(minutes=60),), "prepare": 60}
    some = Audience(agent_ids=frozenset(TEAM[:3]))
    course = await teaching.course(audience=some, **shape)
    others = await teaching.course(
        name="Other", audience=Audience(agent_ids=frozenset(TEAM[3:])), **shape
    )
    await teaching.booked(await teaching.planned(course))
    (begins,) = {row.interval.start for row in await teaching.sessions()}
    preparing = Interval(begins - PREPARE, begins)
    day = begins.date()

    ask = ask_for(TEAM[5], first=day)
    world = await house.runtime.search.world(ask, "north", fresh=True)
    assert any(busy.covers(preparing) for busy in facilitator_of(world).busy)

    plan = await teaching.planned(others, dates=DateRange(day, day + DAY))
    (group,) = of(plan).groups
    for interval, *_ in group.parts:
        assert not interval.overlaps(preparing)

    mia = person_resource("mia")
    async with house.store.read() as tx:
        before = Interval(preparing.start - DAY, preparing.start)
        found = await bookings.preparing(tx, [mia, person_resource(TEAM[0])], preparing)
        assert list(found) == [(mia, preparing)]
        assert not await bookings.preparing(tx, [mia], before)
        assert not await bookings.preparing(tx, [person_resource("tom")], preparing)
