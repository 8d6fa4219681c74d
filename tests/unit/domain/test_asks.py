"""An ask for one meeting says who must be there and how many; any other has nobody to miss."""

from dataclasses import replace
from datetime import date

import pytest

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.times import DateRange

ALONE = Ask(
    type_id="one_to_one",
    attendee_ids=("asha", "bo", "cem"),
    facilitator_id="mia",
    dates=DateRange(date(2026, 11, 24), date(2026, 11, 25)),
    minutes=30,
    place=PlaceKind.ONLINE,
)
TOGETHER = replace(ALONE, together=True)


def test_sessions_are_sought_for_each_and_a_meeting_once() -> None:
    assert ALONE.sought_ids == ("asha", "bo", "cem")
    assert TOGETHER.sought_ids == ("asha",)
    assert replace(TOGETHER, optional_ids=("asha",)).sought_ids == ("bo",)


@pytest.mark.parametrize(
    ("optional", "quorum", "required", "least"),
    [
        ((), None, ("asha", "bo", "cem"), 3),
        ((), 3, ("asha", "bo", "cem"), 3),
        ((), 2, (), 2),
        (("cem",), None, ("asha", "bo"), 2),
        (("cem",), 3, ("asha", "bo"), 3),
        (("cem",), 1, (), 1),
        (("asha", "bo", "cem"), None, (), 1),
    ],
)
def test_a_quorum_below_the_required_lets_any_of_them_be_missing(
    optional: tuple[str, ...], quorum: int | None, required: tuple[str, ...], least: int
) -> None:
    ask = replace(TOGETHER, optional_ids=optional, quorum=quorum)
    assert (ask.required_ids, ask.least) == (required, least)


@pytest.mark.parametrize(
    "wrong",
    [
        {"together": False, "quorum": 2},
        {"together": False, "optional_ids": ("bo",)},
        {"optional_ids": ("stranger",)},
        {"quorum": 0},
        {"quorum": 4},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"optional|quorum"):
        replace(TOGETHER, **wrong)  # type: ignore[arg-type]
