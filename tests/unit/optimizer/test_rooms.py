"""Rooms for chosen starts."""

from datetime import UTC, datetime, timedelta

from scheduling.domain.times import Interval
from scheduling.optimizer.seats.rooms import RoomNeed, assign
from scheduling.optimizer.supply import RoomChoice

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


def minutes(first: int, last: int) -> Interval:
    return Interval(NINE + timedelta(minutes=first), NINE + timedelta(minutes=last))


def need(name: str, first: int, last: int, *, seats: int = 2, with_: str = "") -> RoomNeed:
    equipment = frozenset({with_} - {""})
    return RoomNeed(
        id=name,
        interval=minutes(first, last),
        sites=frozenset({"leeds"}),
        seats=seats,
        equipment=equipment,
    )


def room(name: str, capacity: int = 2, **changes: object) -> RoomChoice:
    return RoomChoice(id=name, site_id="leeds", capacity=capacity, **changes)  # type: ignore[arg-type]


def test_the_smallest_sufficient_room_is_taken_and_of_equals_the_first_by_id() -> None:
    given = assign([need("m", 0, 30)], [room("b"), room("a"), room("hall", 20)])
    assert given.rooms == {"m": "a"}


def test_a_room_of_another_site_or_without_the_equipment_does_not_suit() -> None:
    elsewhere = RoomChoice(id="a", site_id="york", capacity=9)
    given = assign([need("m", 0, 30, with_="screen")], [elsewhere, room("b")])
    assert given.without == ("m",)


def test_a_room_is_kept_empty_for_its_turnover() -> None:
    needs = [need("first", 0, 30), need("second", 30, 60), need("third", 90, 120)]
    given = assign(needs, [room("a", turnover=30)])
    assert given.rooms == {"first": "a", "third": "a"}
    assert given.without == ("second",)


def test_a_room_whose_calendar_is_taken_in_the_turnover_is_not_free() -> None:
    given = assign([need("m", 0, 30)], [room("a", turnover=15, busy=(minutes(40, 60),))])
    assert given.without == ("m",)


def test_where_best_fit_strands_a_session_all_are_assigned_anew() -> None:
    needs = [need("any", 0, 60), need("screen", 30, 60, with_="screen")]
    rooms = [room("a", equipment=frozenset({"screen"})), room("b", 6)]
    given = assign(needs, rooms)
    assert given.rooms == {"any": "b", "screen": "a"}
    assert given.without == ()


def test_as_many_as_can_be_get_a_room() -> None:
    needs = [need("long", 0, 90), need("early", 0, 30), need("late", 30, 90)]
    given = assign(needs, [room("a")])
    assert len(given.rooms) == 2
    assert given.without == ("long",)
