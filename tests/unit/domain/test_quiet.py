"""Quiet hours by shift, and when the digest is due, in several zones and on nights of two lengths."""

from datetime import UTC, datetime, time, timedelta

import pytest

from scheduling.domain.house import Noise
from scheduling.domain.people import WorkingTime
from scheduling.domain.quiet import Rhythm, digest_at, local_day, release
from scheduling.domain.times import Interval, WallWindow

NOISE = Noise()
OFFICE = Rhythm(zone="Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shift(start: str, end: str) -> Interval:
    return Interval(at(start), at(end))


@pytest.mark.parametrize(
    ("zone", "now", "free"),
    [
        pytest.param("Europe/London", "2026-11-23T12:00", "2026-11-23T12:00", id="by day"),
        pytest.param("Europe/London", "2026-11-23T07:00", "2026-11-23T07:00", id="just awake"),
        pytest.param("Europe/London", "2026-11-23T06:59", "2026-11-23T07:00", id="early"),
        pytest.param("Europe/London", "2026-11-23T20:00", "2026-11-24T07:00", id="evening"),
        pytest.param("Asia/Kolkata", "2026-11-23T16:00", "2026-11-24T01:30", id="half an hour off"),
        pytest.param(
            "America/New_York", "2026-11-23T02:00", "2026-11-23T12:00", id="their evening"
        ),
        # clocks go forward in London on 2026-03-29 at 01:00 UTC, back on 2026-10-25 at 01:00 UTC
        pytest.param("Europe/London", "2026-03-28T22:00", "2026-03-29T06:00", id="spring night"),
        pytest.param("Europe/London", "2026-10-24T22:00", "2026-10-25T07:00", id="autumn night"),
        pytest.param("Australia/Sydney", "2026-10-03T12:00", "2026-10-03T20:00", id="their spring"),
    ],
)
def test_who_has_no_shift_is_reached_while_awake(zone: str, now: str, free: str) -> None:
    assert release(NOISE, Rhythm(zone=zone), at(now)) == at(free)


@pytest.mark.parametrize(
    ("now", "free"),
    [
        pytest.param("2026-11-23T08:00", "2026-11-23T09:05", id="before it: settled first"),
        pytest.param("2026-11-23T09:02", "2026-11-23T09:05", id="just begun"),
        pytest.param("2026-11-23T12:00", "2026-11-23T12:00", id="within it"),
        pytest.param("2026-11-23T17:00", "2026-11-24T22:05", id="after it, though awake"),
        pytest.param("2026-11-25T03:00", "2026-11-25T03:00", id="by night, on shift"),
        pytest.param("2026-11-25T06:00", "2026-11-25T07:00", id="no shift ahead any more"),
    ],
)
def test_who_has_shifts_is_reached_within_them(now: str, free: str) -> None:
    shifts = (
        shift("2026-11-23T09:00", "2026-11-23T17:00"),
        shift("2026-11-24T22:00", "2026-11-25T06:00"),
    )
    rhythm = Rhythm(zone="Europe/London", shifts=shifts)
    assert release(NOISE, rhythm, at(now)) == at(free)


def test_a_shift_shorter_than_settling_in_holds_nothing() -> None:
    short = shift("2026-11-23T09:00", "2026-11-23T09:03")
    rhythm = Rhythm(zone="Europe/London", shifts=(short,))
    assert release(NOISE, rhythm, at("2026-11-23T08:00")) == at("2026-11-23T08:00")


def test_who_comes_back_in_more_than_two_weeks_is_told_as_somebody_without_shifts() -> None:
    rhythm = Rhythm(zone="Europe/London", shifts=(shift("2026-12-20T09:00", "2026-12-20T17:00"),))
    assert release(NOISE, rhythm, at("2026-11-23T12:00")) == at("2026-11-23T12:00")


def test_night_without_a_waking_hour_in_spring_is_passed_over() -> None:
    """In New York clocks skip from two to three on 2026-03-08."""
    noise = Noise(awake=WallWindow(time(2, 10), time(2, 50)))
    rhythm = Rhythm(zone="America/New_York")
    assert release(noise, rhythm, at("2026-03-08T04:00")) == at("2026-03-09T06:10")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param("2026-11-23T08:00", "2026-11-23T08:45", id="this morning"),
        pytest.param("2026-11-23T08:45", "2026-11-24T08:45", id="never now"),
        pytest.param("2026-03-28T12:00", "2026-03-29T07:45", id="summer time"),
    ],
)
def test_the_digest_is_due_at_a_time_of_day(now: str, due: str) -> None:
    assert digest_at(NOISE, OFFICE, at(now)) == at(due)


def test_the_digest_waits_for_a_working_day() -> None:
    working = WorkingTime(weekdays=frozenset(range(5)), window=WallWindow(time(9), time(17)))
    rhythm = Rhythm(zone="Europe/London", working=working)
    assert digest_at(NOISE, rhythm, at("2026-11-27T12:00")) == at("2026-11-30T08:45")


def test_the_digest_of_who_has_shifts_comes_as_the_next_one_begins() -> None:
    shifts = (
        shift("2026-11-23T06:00", "2026-11-23T14:00"),
        shift("2026-11-24T13:00", "2026-11-24T21:00"),
    )
    rhythm = Rhythm(zone="Europe/London", shifts=shifts)
    assert digest_at(NOISE, rhythm, at("2026-11-23T05:00")) == at("2026-11-23T06:05")
    assert digest_at(NOISE, rhythm, at("2026-11-23T06:05")) == at("2026-11-24T13:05")


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29T12:00", 23), ("2026-11-23T12:00", 24), ("2026-10-25T12:00", 25)],
)
def test_a_local_day_has_as_many_hours_as_it_has(day: str, hours: int) -> None:
    span = local_day(at(day), "Europe/London")
    assert span.end - span.start == timedelta(hours=hours)
