"""How the stand-in's rooms decide."""

from datetime import UTC, datetime, timedelta

from graph.sandbox.assistant import decide
from graph.sandbox.model import RoomMailbox, RoomMode
from scheduling.domain.times import Interval

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASKED = Interval(NOW + HOUR, NOW + 2 * HOUR)


def room(**changes: int | RoomMode) -> RoomMailbox:
    made = RoomMailbox(address="oak@contoso.example", name="Oak")
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_a_free_room_accepts() -> None:
    touching = [Interval(NOW, NOW + HOUR), Interval(NOW + 2 * HOUR, NOW + 3 * HOUR)]
    assert decide(room(), ASKED, touching, NOW) == "accepted"


def test_a_room_declines_a_conflict() -> None:
    assert decide(room(), ASKED, [Interval(NOW, NOW + 1.5 * HOUR)], NOW) == "declined"


def test_a_room_declines_what_is_too_long() -> None:
    assert decide(room(longest=60), ASKED, [], NOW) == "accepted"
    assert decide(room(longest=59), ASKED, [], NOW) == "declined"


def test_a_room_declines_what_is_too_far_ahead() -> None:
    far = Interval(NOW + timedelta(days=180), NOW + timedelta(days=180) + HOUR)
    assert decide(room(), far, [], NOW) == "declined"
    assert decide(room(booking_days=181), far, [], NOW) == "accepted"


def test_a_room_with_a_delegate_leaves_the_decision_open() -> None:
    assert decide(room(mode=RoomMode.DELEGATE), ASKED, [], NOW) == "tentativelyAccepted"
