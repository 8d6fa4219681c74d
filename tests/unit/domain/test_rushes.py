"""What gives way to a rush: the most helpful first, and no more than needed."""

import pytest

from scheduling.domain.rushes import Giving, enough, helps, without

LACKS = {"voice": [3.0, 3.0, 1.0, 0.0], "chat": [0.0, -2.0, 0.0, 0.0]}


def session(name: str, *slots: float, demand: str = "voice") -> Giving:
    """Return a session that gives so much back."""
    return Giving(session_id=name, gives={demand: slots})


EARLY, LATE, LONG = (
    session("early", 1, 0, 0, 0),
    session("late", 0, 0, 1, 1),
    session("long", 1, 1, 0, 0),
)


def test_only_what_is_lacking_counts() -> None:
    assert helps(LONG, LACKS) == 2
    assert helps(LATE, LACKS) == 1
    assert helps(session("x", 5, 0, 0, 0), LACKS) == 3
    assert helps(session("chat", 1, 1, 1, 1, demand="chat"), LACKS) == 0
    assert helps(session("other", 1, 1, 1, 1, demand="mail"), LACKS) == 0


def test_what_gave_way_lacks_no_more() -> None:
    assert without(LONG, LACKS)["voice"] == [2.0, 2.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("short", "most", "chosen"),
    [
        (2.5, None, ("long",)),
        (2.0, None, ("long", "early")),
        (0.5, None, ("long", "early", "late")),
        (3.5, None, ()),
        (3.5, 2, ("long", "early")),
        (0.5, 1, ("long",)),
        (0.5, 9, ("long", "early", "late")),
    ],
)
def test_as_many_as_are_enough_or_as_were_said(
    short: float, most: int | None, chosen: tuple[str, ...]
) -> None:
    assert enough((EARLY, LATE, LONG), LACKS, short=short, most=most) == chosen


def test_who_helps_nothing_is_never_chosen() -> None:
    chat = session("chat", 1, 1, 1, 1, demand="chat")
    assert enough((chat,), LACKS, short=0.0, most=3) == ()
