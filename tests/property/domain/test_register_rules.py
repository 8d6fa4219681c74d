"""Registers: everybody has exactly one state, scores belong to who was there, locks are in order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.registers import (
    Attendance,
    AttendanceState,
    Marks,
    contradicted,
    lock_at,
    marked,
    misscored,
)
from scheduling.domain.times import zone_of

START = datetime(2020, 1, 1, tzinfo=UTC)
IDS = st.sampled_from([f"a{n}" for n in range(8)])
EXCEPTIONS = [one for one in AttendanceState if one is not AttendanceState.ATTENDED]
MARKS = st.builds(
    Marks,
    exceptions=st.dictionaries(st.sampled_from(EXCEPTIONS), st.frozensets(IDS)),
    scores=st.dictionaries(IDS, st.integers(-5, 105)),
)


@given(roster=st.sets(IDS), marks=MARKS, scored=st.booleans())
def test_everybody_of_the_roster_has_exactly_one_state(
    roster: set[str], marks: Marks, scored: bool
) -> None:
    before = tuple(Attendance(person_id=one) for one in sorted(roster))
    after = marked(before, marks, scored=scored)
    assert [one.person_id for one in after] == sorted(roster)
    twice, wrong = set(contradicted(roster, marks)), set(misscored(roster, marks))
    for one in after:
        said = marks.states_of(one.person_id)
        assert (len(said) > 1) == (one.person_id in twice)
        assert one.state in (said or [AttendanceState.ATTENDED])
        if not (scored and one.state.there):
            assert one.score is None
        elif one.person_id not in wrong:
            assert one.score is None or 0 <= one.score <= 100


@given(marks=MARKS, roster=st.sets(IDS, min_size=1))
def test_marking_twice_is_marking_once(marks: Marks, roster: set[str]) -> None:
    before = tuple(Attendance(person_id=one) for one in sorted(roster))
    once = marked(before, marks, scored=True)
    assert marked(once, marks, scored=True) == once


@given(
    end=st.integers(0, 10**7).map(lambda n: START + timedelta(minutes=n)),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney"]),
)
def test_a_register_stays_open_for_five_working_days(end: datetime, zone: str) -> None:
    lock = lock_at(end, zone).astimezone(zone_of(zone))
    first = end.astimezone(zone_of(zone)).date()
    days = [first + timedelta(days=n) for n in range(1, (lock.date() - first).days)]
    assert sum(day.weekday() < 5 for day in days) == 5
    assert days[-1].weekday() < 5
