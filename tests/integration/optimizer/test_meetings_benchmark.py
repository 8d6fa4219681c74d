"""The public meeting-scheduling instances: what a schedule is worth, and that ours is found again."""

import numpy as np
import pytest

from benchmarks.meetings.anneal import anneal, meetings_of
from benchmarks.meetings.instance import FILES, Instance, read
from benchmarks.meetings.score import Score, score

ROUNDS = 60


def _lists(*rows: list[int]) -> np.ndarray:
    return np.array([[person in row for person in range(4)] for row in rows])


@pytest.fixture
def three() -> Instance:
    """Return three meetings of four people on two days of four grains, in rooms for 3 and 2."""
    return Instance(
        days=np.array([0, 0, 0, 0, 1, 1, 1, 1]),
        seats=np.array([3, 2]),
        grains=np.array([2, 2, 1]),
        required=_lists([0, 1], [1, 2], [3]),
        preferred=_lists([], [3], [0]),
    )


@pytest.mark.parametrize(
    ("starts", "rooms", "worth"),
    [
        pytest.param([0, 2, 5], [0, 1, 0], Score(1, 0, 112), id="one after the other, one crowded"),
        pytest.param([1, 2, 2], [0, 0, 1], Score(2, 2, 39), id="all at once"),
        pytest.param([3, 7, 0], [0, 0, 0], Score(9, 0, 12), id="over night and past the end"),
    ],
)
def test_a_schedule_is_worth_what_the_published_rules_say(
    three: Instance, starts: list[int], rooms: list[int], worth: Score
) -> None:
    assert score(three, np.array(starts), np.array(rooms)) == worth


def test_a_meeting_that_fits_into_no_room_is_refused(three: Instance) -> None:
    crowded = Instance(
        days=three.days,
        seats=np.array([2]),
        grains=three.grains,
        required=three.required,
        preferred=three.preferred,
    )
    with pytest.raises(ValueError, match="into no day or into no room"):
        meetings_of(crowded)


@pytest.fixture
def fifty() -> Instance:
    """Return the published instance of 50 meetings."""
    if not FILES[50].exists():
        pytest.skip("the published instances are in a sibling folder that is not here")
    return read(FILES[50])


def test_the_published_instance_has_the_grains_of_its_name(fifty: Instance) -> None:
    assert (len(fifty.grains), len(fifty.days), len(fifty.seats)) == (50, 160, 5)
    assert fifty.days.max() == 4


def test_annealing_keeps_the_best_schedule_and_finds_it_again(fifty: Instance) -> None:
    meetings = meetings_of(fifty)
    short, again, longer = (anneal(meetings, 1, rounds) for rounds in (ROUNDS, ROUNDS, 10 * ROUNDS))
    assert short.tolist() == again.tolist()
    assert score(fifty, *longer.T) < score(fifty, *short.T)
    starts_and_rooms = longer.T
    assert all(meetings.may[np.arange(50), starts_and_rooms[0], starts_and_rooms[1]])
