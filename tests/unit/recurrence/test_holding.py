"""Which booked sessions no longer hold: each cause binds, and does not, and as few as can be move."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.centre import AgentDay, Segment
from scheduling.domain.selfcare import Cause
from scheduling.domain.times import DAY, Interval
from scheduling.recurrence.holding import Booked, Ground, Spare, no_longer_held

TUESDAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
SLOT = timedelta(minutes=15)


def span(first: int, slots: int = 2) -> Interval:
    """Return ``slots`` quarters of an hour from the ``first`` after nine."""
    return Interval(NINE + first * SLOT, NINE + (first + slots) * SLOT)


def day(agent_id: str, *segments: tuple[int, int, str], on: date = TUESDAY) -> AgentDay:
    """Return a published day of (first quarter, quarters, code)."""
    shift = (on - TUESDAY) * 1
    return AgentDay(
        agent_id=agent_id,
        business_date=on,
        published=True,
        segments=tuple(
            Segment(
                interval=Interval(span(at, long).start + shift, span(at, long).end + shift),
                code_id=code,
            )
            for at, long, code in segments
        ),
        version="1",
    )


def booked(name: str = "s1", at: int = 4, **changes: object) -> Booked:
    """Return a session of Asha with Mia, two quarters long."""
    base = Booked(
        id=name,
        attendee_ids=("asha",),
        facilitator_id="mia",
        interval=span(at),
        day=TUESDAY,
        code_id="one_to_one",
        takes={"calls": 1.0},
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # any field by name


AT_WORK = Ground(
    days={"asha": [day("asha", (0, 4, "work"), (4, 2, "one_to_one"), (6, 10, "work"))]},
    open_codes=frozenset({"work"}),
)


def with_day(*segments: tuple[int, int, str]) -> Ground:
    """Return a ground in which Asha's day is these, and Ben works."""
    return replace(
        AT_WORK, days={"asha": [day("asha", *segments)], "ben": [day("ben", (0, 16, "work"))]}
    )


def test_what_is_in_the_schedule_as_it_was_booked_holds() -> None:
    assert no_longer_held([booked()], AT_WORK) == {}


def test_an_exception_that_is_lost_at_an_open_time_is_no_reason_to_move() -> None:
    assert no_longer_held([booked()], with_day((0, 16, "work"))) == {}


@pytest.mark.parametrize(
    "segments",
    [
        ((0, 16, "sick"),),
        ((8, 16, "work"),),
        ((0, 5, "work"), (5, 1, "meal"), (6, 10, "work")),
        (),
    ],
    ids=["absent", "later shift", "a meal in it", "day off"],
)
def test_who_does_not_work_then_cannot_come(segments: tuple[tuple[int, int, str], ...]) -> None:
    assert no_longer_held([booked()], with_day(*segments)) == {"s1": Cause.SCHEDULE}


def test_a_date_that_is_published_for_nobody_says_nothing() -> None:
    assert no_longer_held([booked()], replace(AT_WORK, days={"asha": [], "ben": []})) == {}


def test_a_shift_over_midnight_is_of_the_day_before() -> None:
    night = day("asha", (40, 40, "work"), on=TUESDAY)
    early = booked(interval=span(62), day=TUESDAY + DAY)
    days = {"asha": [night], "ben": [day("ben", (0, 16, "work"), on=TUESDAY + DAY)]}
    assert no_longer_held([early], replace(AT_WORK, days=days)) == {}


def test_a_leader_with_another_appointment_at_once_cannot_lead() -> None:
    ground = replace(AT_WORK, contested={"mia": [span(5, 1)]})
    assert no_longer_held([booked()], ground) == {"s1": Cause.LEADER}
    beside = replace(AT_WORK, contested={"mia": [span(6, 2)]})
    assert no_longer_held([booked()], beside) == {}


def test_a_leader_who_does_not_work_then_cannot_lead() -> None:
    assert no_longer_held([booked()], replace(AT_WORK, leading={"mia": []})) == {"s1": Cause.LEADER}
    assert no_longer_held([booked()], replace(AT_WORK, leading={"mia": [span(0, 16)]})) == {}


def test_a_declined_room_is_the_last_of_the_reasons_that_bind() -> None:
    lost = booked(room_declined=True)
    assert no_longer_held([lost], AT_WORK) == {"s1": Cause.ROOM}
    assert no_longer_held([lost], with_day()) == {"s1": Cause.SCHEDULE}


def spare(*fte: float) -> dict[str, Spare]:
    """Return what calls can lose from ten o'clock on."""
    return {"calls": Spare(start=span(4).start, minutes=15, fte=fte)}


def at_work(*names: str) -> Ground:
    """Return a ground in which these work all day."""
    return replace(AT_WORK, days={one: [day(one, (0, 16, "work"))] for one in names})


def test_where_a_floor_is_broken_no_more_make_way_than_have_to() -> None:
    names = ("a", "b", "c")
    sessions = [booked(f"s{one}", attendee_ids=(one,)) for one in names]
    ground = replace(at_work(*names), spare=spare(-1.5, -1.0))
    assert no_longer_held(sessions, ground) == {"sa": Cause.DEMAND, "sb": Cause.DEMAND}
    assert no_longer_held(sessions, replace(ground, spare=spare(0.0, 0.0))) == {}


def test_who_leaves_anyway_gives_back_what_another_would_have_to() -> None:
    sessions = [booked("sa", attendee_ids=("a",)), booked("sb", attendee_ids=("b",))]
    ground = replace(
        at_work("b"),
        days={"a": [day("a")], "b": [day("b", (0, 16, "work"))]},
        spare=spare(-1.0, -1.0),
    )
    assert no_longer_held(sessions, ground) == {"sa": Cause.SCHEDULE}


@given(
    starts=st.lists(st.integers(0, 12), min_size=1, max_size=8),
    left=st.lists(st.integers(-3, 3), min_size=16, max_size=16),
)
def test_no_floor_stays_broken_that_a_session_could_ease_and_none_moves_in_vain(
    starts: list[int], left: list[int]
) -> None:
    names = [f"a{n}" for n in range(len(starts))]
    sessions = [booked(f"s{n}", at=at, attendee_ids=(names[n],)) for n, at in enumerate(starts)]
    fte = {"calls": Spare(start=NINE, minutes=15, fte=tuple(map(float, left)))}
    moved = no_longer_held(sessions, replace(at_work(*names), spare=fte))
    after = list(left)
    for n, at in enumerate(starts):
        for slot in (at, at + 1) if f"s{n}" in moved else ():
            after[slot] += 1
    for n, at in enumerate(starts):
        if f"s{n}" in moved:
            assert min(left[at], left[at + 1]) < 0
        else:
            assert min(after[at], after[at + 1]) >= 0


@given(st.permutations(["sa", "sb", "sc"]))
def test_the_order_of_sessions_is_no_matter(order: list[str]) -> None:
    ground = replace(at_work("a", "b", "c"), spare=spare(-1.0, -1.0))
    sessions = [booked(name, attendee_ids=(name[1],)) for name in order]
    assert no_longer_held(sessions, ground) == {"sa": Cause.DEMAND}
