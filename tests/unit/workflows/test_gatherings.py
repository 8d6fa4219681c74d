"""Who is in a meeting, what it takes, and when too few are left of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.proposals import Option
from scheduling.domain.requests import SessionState
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, DateRange, Interval, WallWindow, at_wall
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.gatherings import exactly, holds, present, resources

TUESDAY = date(2026, 11, 24)
ZONE = "Europe/London"
ASK = Ask(
    type_id="team_meeting",
    attendee_ids=("asha", "bo", "cem", "dai"),
    facilitator_id="mia",
    dates=DateRange(TUESDAY, TUESDAY + 5 * DAY),
    minutes=30,
    place=PlaceKind.ROOM,
    together=True,
)
TIMES = Interval(at_wall(TUESDAY, time(14), ZONE), at_wall(TUESDAY, time(14, 30), ZONE))
OPTION = Option(
    interval=TIMES, place=PlaceKind.ROOM, price=1.0, room_id="Elm@x", missing_ids=("cem",)
)


@pytest.fixture
def attending(booking: Callable[..., SessionRow]) -> Callable[..., list[SessionRow]]:
    """Return a maker of everybody's rows, of whom some are lost."""

    def make(*lost: str) -> list[SessionRow]:
        return [
            replace(
                booking(who),
                gathering_id="g",
                state=SessionState.FAILED if who in lost else SessionState.PLANNED,
            )
            for who in ASK.attendee_ids
        ]

    return make


def test_who_is_missing_at_a_time_is_not_in_it_and_not_taken() -> None:
    assert present(ASK, "asha", OPTION) == ("asha", "bo", "dai")
    assert set(resources(ASK, "asha", OPTION)) == {
        "person:asha",
        "person:bo",
        "person:dai",
        "person:mia",
        "room:elm@x",
    }


@pytest.mark.parametrize(
    ("changes", "lost", "still"),
    [
        ({}, (), True),
        ({}, ("dai",), False),
        ({"optional_ids": ("dai",)}, ("dai",), True),
        ({"optional_ids": ("dai",)}, ("asha",), False),
        ({"quorum": 2}, ("asha", "bo"), True),
        ({"quorum": 2}, ("asha", "bo", "cem"), False),
        ({"optional_ids": ("cem", "dai"), "quorum": 3}, ("cem",), True),
        ({"optional_ids": ("cem", "dai"), "quorum": 3}, ("cem", "dai"), False),
    ],
)
def test_a_meeting_holds_while_enough_and_all_the_required_are_left(
    attending: Callable[..., list[SessionRow]],
    changes: dict[str, object],
    lost: tuple[str, ...],
    *,
    still: bool,
) -> None:
    ask = replace(ASK, **changes)  # type: ignore[arg-type]
    assert holds(ask, frozenset(), attending(*lost)) is still


def test_fewer_that_were_granted_are_all_needed(
    attending: Callable[..., list[SessionRow]],
) -> None:
    granted = frozenset({Rule.QUORUM})
    assert holds(ASK, granted, attending()[:2])
    assert not holds(ASK, granted, attending("bo")[:2])


def test_a_time_is_asked_for_exactly_with_those_who_come() -> None:
    exact = exactly(ASK, OPTION, ZONE)
    assert exact is not None
    assert exact.required_ids == ("asha", "bo", "dai")
    assert exact.dates == DateRange(TUESDAY, TUESDAY + DAY)
    assert exact.window == WallWindow(time(14), time(14, 30))


def test_a_time_over_midnight_cannot_be_asked_for_exactly() -> None:
    late = Interval(at_wall(TUESDAY, time(23, 45), ZONE), at_wall(TUESDAY + DAY, time(0, 15), ZONE))
    assert exactly(ASK, replace(OPTION, interval=late), ZONE) is None
