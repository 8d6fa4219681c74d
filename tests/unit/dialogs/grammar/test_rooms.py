"""A room by its name: one of those that the asker may see, and no other is guessed."""

from dataclasses import replace

import pytest

from dialogs import verbs
from dialogs.grammar.understand import corrected, understand
from dialogs.problems import ProblemKind
from scheduling.domain.meetings import PlaceKind
from scheduling.workflows.desk_port import Roster, RosterRoom

ROOMS = tuple(
    RosterRoom(id=f"{number}@rooms.example", name=name, site_name=site)
    for number, (name, site) in enumerate(
        [
            ("Leeds Quiet", "Leeds"),
            ("Quiet", "Leeds"),
            ("Training Room 2", "Leeds"),
            ("Küche", "Leeds"),
            ("Window", "Leeds"),
            ("Window", "Berlin"),
        ]
    )
)
QUIET, TRAINING, KITCHEN = (ROOMS[n].id for n in (0, 2, 3))

MEANT = {
    "1:1 with Asha tomorrow in room Leeds Quiet": QUIET,
    "1:1 with Asha in Leeds Quiet tomorrow, 45 min": QUIET,
    "1:1 with Asha, room leeds-quiet, Thursday afternoon": QUIET,
    "1:1 with Asha in the meeting room Leeds Quiet": QUIET,
    "1:1 with Asha in Training Room 2 on Friday": TRAINING,
    "1:1 mit Asha morgen in Raum Leeds Quiet": QUIET,
    "1:1 mit Asha morgen im Raum Leeds Quiet um 10 Uhr": QUIET,
    "1:1 mit Asha im Besprechungsraum Küche nächste Woche": KITCHEN,
    "1:1 with Asha in Room Quiet": ROOMS[1].id,
    "1:1 with Asha in a room Thursday": None,
    "1:1 with Asha tomorrow in a room": None,
}
ASKED = {
    "1:1 with Asha tomorrow in room Foo": ProblemKind.UNKNOWN_ROOM,
    "1:1 mit Asha morgen in Raum Foo": ProblemKind.UNKNOWN_ROOM,
    "1:1 with Asha tomorrow in room Window": ProblemKind.SAID_TWICE,
    "1:1 with Asha in room Leeds Quiet or in Training Room 2": ProblemKind.SAID_TWICE,
    "1:1 with Asha online in room Leeds Quiet": ProblemKind.SAID_TWICE,
}


@pytest.fixture
def housed(roster: Roster) -> Roster:
    """Return the roster with rooms to choose from."""
    return replace(roster, rooms=ROOMS)


@pytest.mark.parametrize("text", MEANT, ids=lambda text: f"sentence: {text}")
def test_a_room_is_meant_by_its_name_alone(text: str, housed: Roster) -> None:
    understood = understand(text, housed)
    assert understood.problems == ()
    wish = understood.wish
    assert (wish.attendee_ids, wish.place) == (("asha",), PlaceKind.ROOM)
    assert wish.room_id == MEANT[text]


@pytest.mark.parametrize("text", ASKED, ids=lambda text: f"sentence: {text}")
def test_a_room_that_is_not_clear_is_asked_about(text: str, housed: Roster) -> None:
    (first, *_) = understand(text, housed).problems
    assert (first.field, first.kind) == (verbs.PLACE, ASKED[text])


def test_a_correction_changes_the_room_and_online_lets_go_of_it(housed: Roster) -> None:
    wish = understand("1:1 with Asha tomorrow in room Leeds Quiet", housed).wish
    other = corrected("no, in Training Room 2", housed, wish, ()).wish
    assert other.room_id == TRAINING
    friday = corrected("no, Friday", housed, other, ()).wish
    assert friday.room_id == TRAINING
    online = corrected("no, online", housed, friday, ()).wish
    assert (online.place, online.room_id) == (PlaceKind.ONLINE, None)
