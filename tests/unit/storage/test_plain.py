"""A set-up as plain data: there and back the same, and every fault found with its place."""

import copy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.settings import default_types
from scheduling.domain.meetings import CapRule, PlaceKind, Room, SearchParameters
from scheduling.domain.rules import Rule
from scheduling.domain.setup import Floor, Location, Pause, Setup, first_setup
from scheduling.domain.times import WallWindow
from scheduling.storage.plain import Misread, read, write

TYPES = [(one.type, one.places) for one in default_types() if not one.type.group]
FULL = replace(
    first_setup(TYPES),
    parameters={
        "standard": SearchParameters(
            window=WallWindow(time(9), time(17, 30)),
            weekdays=frozenset({0, 2}),
            caps=(
                CapRule(scope=Rule.TEAM_CAP, heads=0),
                CapRule(scope=Rule.SITE_CAP, part=0.125),
            ),
        ),
        "spare": SearchParameters(caps=()),
    },
    locations={
        "leeds": Location(
            id="leeds",
            site_id="site-1",
            buildings=frozenset({"Mill"}),
            holidays=frozenset({date(2026, 12, 25), date(2026, 12, 28)}),
        )
    },
    rooms={"oak@x": Room(id="oak@x", name="Oak", capacity=4, equipment=frozenset({"screen"}))},
    floors={"voice": Floor(deficit=None, heads=3), "chat": Floor(deficit=0.5)},
    paused={"north": Pause(by="sam", since=datetime(2026, 11, 23, 9, tzinfo=UTC))},
    notice=timedelta(hours=36),
)


def test_a_set_up_is_the_same_there_and_back() -> None:
    plain = write(FULL)
    assert read(Setup, plain) == FULL
    assert plain["parameters"]["standard"]["caps"] == {"team_cap": 0, "site_cap": "12.5%"}
    assert plain["parameters"]["standard"]["window"] == "09:00-17:30"
    assert plain["notice"] == "36h"
    assert plain["locations"]["leeds"]["holidays"] == ["2026-12-25", "2026-12-28"]
    assert "id" not in plain["rooms"]["oak@x"]


def test_a_date_may_be_one_that_yaml_has_read_itself() -> None:
    plain = write(FULL)
    plain["locations"]["leeds"]["holidays"] = [date(2026, 12, 25), "2026-12-28"]
    assert read(Setup, plain) == FULL


def test_what_is_left_out_has_its_usual_value() -> None:
    plain = write(FULL)
    del plain["noise"], plain["types"]["coaching"]["tier"]
    assert read(Setup, plain) == FULL


def _at(plain: Any, *path: str) -> Any:  # noqa: ANN401 - plain data
    for name in path[:-1]:
        plain = plain[name]
    return plain, path[-1]


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        (("types", "coaching", "minutes"), 4, "outside"),
        (("types", "coaching", "minutes"), "45", "no_whole_number"),
        (("types", "coaching", "minutes"), True, "no_whole_number"),
        (("types", "coaching", "minutes"), 45.0, "no_whole_number"),
        (("types", "coaching", "name"), " ", "no_text"),
        (("types", "coaching", "name"), "a\x00b", "too_long"),
        (("types", "coaching", "subject"), "x" * 101, "too_long"),
        (("types", "coaching", "subject"), "<at>All</at>", "formatting"),
        (("types", "coaching", "name"), "see http://x", "formatting"),
        (("types", "coaching", "tier"), "urgent", "no_choice"),
        (("types", "coaching", "tier"), ["due"], "no_choice"),
        (("types", "coaching", "private"), "yes", "no_choice"),
        (("types", "coaching", "walk_away"), float("nan"), "no_number"),
        (("types", "coaching", "notice"), "4 weeks", "no_length"),
        (("locations", "leeds", "holidays"), "2026-12-25", "no_list"),
        (("types", "coaching", "notice"), "91d", "outside"),
        (("types", "coaching", "subjekt"), "x", "unknown"),
        (("types", "one_to_one", "auto_schedule"), True, "confidential"),
        (("types", "coaching"), "coaching", "no_mapping"),
        (("types", "a/b"), {}, "no_key"),
        (("places", "coaching"), ["room", "room"], "twice"),
        (("places", "coaching"), "room", "no_list"),
        (("places", "coaching"), [], "missing"),
        (("mapping", "coaching"), "nothing", "no_parameters"),
        (("mapping", "training"), "standard", "no_type"),
        (("parameters", "standard", "window"), "9-17", "no_window"),
        (("parameters", "standard", "window"), "17:00-09:00", "no_window"),
        (("parameters", "standard", "weekdays"), [], "no_weekdays"),
        (("parameters", "standard", "weekdays"), ["monday"], "no_weekdays"),
        (("parameters", "standard", "caps", "team_cap"), "101%", "no_cap"),
        (("parameters", "standard", "caps", "team_cap"), -1, "no_cap"),
        (("parameters", "standard", "caps", "town_cap"), 1, "no_choice"),
        (("noise", "digest"), 525, "no_clock"),
        (("noise", "digest"), "24:00", "no_clock"),
        (("keep", "audit"), 0, "outside"),
        (("floors", "voice", "heads"), -1, "outside"),
        (("paused", "north", "since"), "2026-11-23T09:00:00", "no_instant"),
        (("colour",), "red", "unknown"),
    ],
)
def test_a_fault_is_told_with_its_place(path: tuple[str, ...], value: object, kind: str) -> None:
    plain = copy.deepcopy(write(FULL))
    plain["types"]["one_to_one"]["confidential"] = True
    inner, name = _at(plain, *path)
    inner[name] = value
    with pytest.raises(Misread) as told:
        read(Setup, plain)
    assert (path, kind) in {(each.path, each.kind) for each in told.value.misfits}


@pytest.mark.parametrize(
    "day",
    ["2026-02-30", "20261225", "2026-W52-5", 20261225, None, datetime(2026, 12, 25, tzinfo=UTC)],
)
def test_what_is_no_date_is_told_with_its_place(day: object) -> None:
    plain = write(FULL)
    plain["locations"]["leeds"]["holidays"] = ["2026-12-25", day]
    with pytest.raises(Misread) as told:
        read(Setup, plain)
    (misfit,) = told.value.misfits
    assert (misfit.path[-1], misfit.kind) == ("1", "no_day")


def test_every_fault_is_found_at_once() -> None:
    plain = write(FULL)
    plain["types"]["coaching"]["minutes"] = 1
    plain["types"]["one_to_one"]["minute"] = 30
    plain["floors"]["voice"]["deficit"] = "much"
    with pytest.raises(Misread) as told:
        read(Setup, plain)
    assert [each.path[-1] for each in told.value.misfits] == ["minute", "minutes", "deficit"]
    assert told.value.misfits[0].facts == {"near": "minutes"}


@pytest.mark.parametrize("given", [None, 3, "setup", [], {}])
def test_what_is_no_set_up_at_all_is_refused(given: object) -> None:
    with pytest.raises(Misread):
        read(Setup, given)


@pytest.mark.parametrize(
    ("mine", "below"),
    [
        (Floor(deficit=1.5, heads=2), True),
        (Floor(deficit=None, heads=2), True),
        (Floor(deficit=1.0, heads=1), True),
        (Floor(deficit=0.5, heads=3), False),
        (Floor(deficit=1.0, heads=2), False),
    ],
)
def test_a_floor_is_below_another_where_it_protects_less(mine: Floor, below: bool) -> None:
    assert mine.below(Floor(deficit=1.0, heads=2)) is below


def test_no_floor_is_below_no_floor() -> None:
    assert not Floor(deficit=None).below(Floor(deficit=None))
    assert not Floor(deficit=3.0).below(Floor(deficit=None))


def test_a_pause_is_of_one_unit_until_it_is_over() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    pause = Pause(by="sam", since=at, until=at + timedelta(hours=1))
    paused = replace(FULL, paused={"north": pause})
    assert paused.paused_in("north", at) == pause
    assert paused.paused_in("south", at) is None
    assert paused.paused_in("north", at + timedelta(hours=1)) is None
    assert FULL.paused_in("north", at + timedelta(days=400)) is not None


def test_a_room_is_placed_by_its_building_replaced_and_closed() -> None:
    listed = [
        Room(id="Oak@x", name="OAK-1", capacity=2),
        Room(id="elm@x", name="Elm", capacity=2, building="mill"),
        Room(id="ash@x", name="Ash", capacity=2),
    ]
    closed = replace(FULL, rooms={**FULL.rooms, "ash@x": replace(listed[2], closed=True)})
    rooms = {room.id: room for room in closed.rooms_among(listed)}
    assert rooms["oak@x"].name == "Oak"
    assert rooms["elm@x"].site_id == "site-1"
    assert set(rooms) == {"oak@x", "elm@x"}


def test_settings_that_share_search_parameters_share_their_name() -> None:
    kinds = [kind for kind, _ in TYPES]
    late = replace(kinds[1], parameters=SearchParameters(lead=600))
    setup = first_setup([(kinds[0], (PlaceKind.ROOM,)), (late, (PlaceKind.ONLINE,))])
    assert setup.mapping == {"one_to_one": "standard", "coaching": "coaching"}
    assert FULL.mapping == {"one_to_one": "standard", "coaching": "standard"}
