"""A problem per slot, and sessions laid on it and taken off again."""

from types import SimpleNamespace

import numpy as np

from scheduling.domain.meetings import PlaceKind
from scheduling.optimizer.lattice.layout import BUSY, OFF, OWN
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.supply import RoomChoice


def placement(make: SimpleNamespace, start: str, end: str, room: str | None = None) -> Placement:
    place = PlaceKind.ONLINE if room is None else PlaceKind.ROOM
    return Placement(meeting_id="m", interval=make.span(start, end), place=place, room_id=room)


def test_busy_time_is_rounded_outwards_and_shifts_inwards(make: SimpleNamespace) -> None:
    asha = make.agent(
        "asha", shifts=(make.span("08:05", "15:50"),), busy=(make.span("10:05", "10:10"),)
    )
    state = Lattice.of(make.problem(attendees=(asha,))).layers.state[0]
    assert state[make.slot("08:00")] & OFF
    assert not state[make.slot("08:15")]
    assert state[make.slot("15:45")] & OFF
    assert np.flatnonzero(state & BUSY).tolist() == [make.slot("10:00")]


def test_shifts_that_touch_are_one(make: SimpleNamespace) -> None:
    shifts = (make.span("08:00", "12:05"), make.span("12:05", "16:00"))
    lattice = Lattice.of(make.problem(attendees=(make.agent("asha", shifts=shifts),)))
    assert not lattice.layers.state[0][make.slot("12:00")]


def test_a_session_laid_takes_people_staffing_and_minutes_and_gives_them_back(
    make: SimpleNamespace,
) -> None:
    asha = make.agent("asha", transition=5)
    rooms = (RoomChoice(id="r", site_id="leeds", capacity=2, turnover=15),)
    lattice = Lattice.of(make.problem(attendees=(asha,), rooms=rooms))
    one = placement(make, "10:00", "10:30", room="r")
    laid = lattice.having([one])
    assert laid.ground.removed[0, make.slot("09:45") : make.slot("11:00")].tolist() == [
        20,
        60,
        60,
        20,
        0,
    ]
    assert np.flatnonzero(laid.layers.state[0] & OWN).tolist() == list(
        range(make.slot("09:45"), make.slot("10:45"))
    )
    assert laid.layers.taken[0][make.slot("10:30")]
    assert laid.layers.offline[0][0] == 40
    assert lattice.ground.removed.sum() == 0
    lifted = laid.without([one])
    assert lifted.ground.removed.sum() == 0
    assert (lifted.layers.state[0] == lattice.layers.state[0]).all()
