"""One of a type in a period and so many days between two, whatever part of a period a run is over."""

from datetime import date, time, timedelta

from scheduling.domain.centre import Segment
from scheduling.domain.commits import LeftOut
from scheduling.domain.requests import RequestState
from scheduling.domain.runs import RunView
from scheduling.domain.templates import Frequency, Passed, Recurrence
from scheduling.domain.times import DAY, DateRange, Interval, at_wall
from scheduling.storage import runs as storage
from scheduling.workflows.run_ground import ground_of
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import SAM, Runs, weekly
from tests.integration.workflows.small_centre import MONDAY, ZONE
from tests.support.postgres import BOTH

FORTNIGHTLY = Recurrence(frequency=Frequency.WEEKLY, every=2)
HALF_YEARLY = Recurrence(frequency=Frequency.MONTHLY, every=6)
MONDAYS_OR_FRIDAYS = Recurrence(frequency=Frequency.WEEKLY, weekdays=frozenset({0, 4}))
FIRST_WEEK = DateRange(MONDAY + DAY, MONDAY + 7 * DAY)
FRIDAY = DateRange(MONDAY + 4 * DAY, MONDAY + 5 * DAY)
NEXT_MONDAY = DateRange(MONDAY + 7 * DAY, MONDAY + 8 * DAY)
JULY = date(2026, 7, 1)


async def days_of(runs: Runs, agent_id: str) -> list[date]:
    """Return when somebody has a session."""
    rows = await runs.sessions()
    return sorted(one.interval.start.date() for one in rows if one.attendee_id == agent_id)


def by_hand(runs: Runs, agent_id: str, day: date) -> None:
    """Let the WFM hold a one-to-one that somebody entered there."""
    span = Interval(at_wall(day, time(10), ZONE), at_wall(day, time(10, 30), ZONE))
    runs.house.wfm.edit(agent_id, day, [Segment(interval=span, code_id="one_to_one")])


def left_out(run: RunView) -> set[tuple[str, LeftOut]]:
    """Return whom a run left out."""
    assert run.progress is not None
    return set(run.progress.left_out)


async def _missed(runs: Runs) -> dict[str, bool]:
    """Return whom a run finds due, and whether they went without the period before."""
    run = await runs.planned()
    async with runs.house.store.read() as tx:
        row = await storage.require(tx, run.id)
    ground = await ground_of(runs.house.runtime.services, row)
    return {one.attendee_id: one.missed for one in ground.asked.occurrences}


@BOTH
async def test_who_is_met_later_in_a_period_gets_no_second_one_by_a_run_over_its_beginning(
    house: House,
) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly(recurrence=FORTNIGHTLY))
    later = DateRange(MONDAY + 7 * DAY, MONDAY + 14 * DAY)
    await runs.booked(await runs.planned(later))
    again = await runs.planned(FIRST_WEEK)
    assert again.preview is not None
    assert (again.preview.sessions, again.preview.kept) == (0, 6)


async def test_what_was_entered_in_the_wfm_later_in_the_period_counts_too(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly(recurrence=FORTNIGHTLY))
    by_hand(runs, "north-1", MONDAY + 9 * DAY)
    run = await runs.planned(FIRST_WEEK)
    assert run.preview is not None
    assert (run.preview.sessions, run.preview.kept) == (5, 1)


async def test_a_session_is_not_too_close_before_one_after_the_run(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly(least_days=5, recurrence=MONDAYS_OR_FRIDAYS))
    await runs.booked(await runs.planned(NEXT_MONDAY))
    friday = await runs.planned(FIRST_WEEK)
    assert friday.preview is not None
    assert (friday.preview.sessions, dict(friday.preview.passed)) == (0, {Passed.TOO_CLOSE: 6})


async def test_a_long_period_has_one_however_long_ago_it_was(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly(recurrence=HALF_YEARLY, start=JULY))
    by_hand(runs, "north-1", JULY)
    run = await runs.planned()
    assert run.preview is not None
    assert (run.preview.sessions, run.preview.kept) == (5, 1)


async def test_who_was_met_in_the_last_long_period_has_missed_nothing(house: House) -> None:
    runs = Runs(house)
    quarterly = Recurrence(frequency=Frequency.MONTHLY, every=3)
    await runs.desk.save(SAM, weekly(recurrence=quarterly, start=date(2026, 5, 1)))
    by_hand(runs, "north-1", date(2026, 8, 5))
    missed = await _missed(runs)
    assert missed == {f"north-{n}": n != 1 for n in range(1, 7)}


async def test_more_days_between_than_two_months_are_kept_as_well(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(
        SAM, weekly(least_days=120, recurrence=HALF_YEARLY, start=date(2026, 5, 1))
    )
    by_hand(runs, "north-1", date(2026, 10, 30))
    run = await runs.planned()
    assert run.preview is not None
    assert dict(run.preview.passed) == {Passed.TOO_CLOSE: 1}


@BOTH
async def test_of_two_previews_of_neighbouring_weeks_the_second_leaves_out_who_is_too_close(
    house: House,
) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly(least_days=5, recurrence=MONDAYS_OR_FRIDAYS))
    friday, monday = await runs.planned(FRIDAY), await runs.planned(NEXT_MONDAY)
    await runs.booked(friday)
    done = await runs.booked(monday)
    assert left_out(done) == {(f"north-{n}", LeftOut.ANOTHER) for n in range(1, 7)}
    assert await days_of(runs, "north-1") == [FRIDAY.start]


async def test_a_meeting_by_hand_just_after_the_run_counts_when_it_is_booked(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly(least_days=5, recurrence=MONDAYS_OR_FRIDAYS))
    friday = await runs.planned(FRIDAY)
    one = await house.submit("north-1", first=NEXT_MONDAY.start, days=1)
    await house.settled(one, RequestState.BOOKED)
    assert left_out(await runs.booked(friday)) == {("north-1", LeftOut.ANOTHER)}
    assert await days_of(runs, "north-1") == [NEXT_MONDAY.start]


async def test_what_was_asked_for_before_the_plan_and_placed_after_it_counts_in_its_week_alone(
    house: House,
) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly())
    house.clock.instant += timedelta(minutes=5)
    run = await runs.planned()
    house.clock.instant -= timedelta(minutes=3)
    one = await house.submit("north-1", first=MONDAY + 3 * DAY, days=1)
    await house.settled(one, RequestState.BOOKED)
    house.clock.instant += timedelta(minutes=3)
    assert left_out(await runs.booked(run)) == {("north-1", LeftOut.ANOTHER)}
    thursday, later = await days_of(runs, "north-1")
    assert thursday == MONDAY + 3 * DAY
    assert later >= MONDAY + 7 * DAY


async def test_a_template_that_starts_within_its_first_period_is_planned(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly(recurrence=FORTNIGHTLY, start=MONDAY + 2 * DAY))
    run = await runs.planned()
    assert run.preview is not None
    assert run.preview.sessions == 6
