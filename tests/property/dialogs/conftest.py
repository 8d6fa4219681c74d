"""A roster for the rules that hold for every sentence."""

from datetime import date, time

import pytest

from scheduling.domain.meetings import MeetingType, PlaceKind
from scheduling.domain.people import Person, Role
from scheduling.domain.times import at_wall
from scheduling.workflows.desk_port import Roster, RosterPerson

ZONE = "Europe/London"
TODAY = date(2026, 11, 24)
NAMES = ("Asha Patel", "Tom Reed", "Tom Hughes", "José Núñez", "April May", "Anne-Marie Ng")


def _person(name: str, team: str | None) -> RosterPerson:
    return RosterPerson(id=name.lower(), name=name, team_id=team, team_name=team, zone=ZONE)


@pytest.fixture(scope="session")
def roster() -> Roster:
    """Return the roster of a manager of one team."""
    return Roster(
        me=Person(id="morgan lane", name="Morgan Lane", zone=ZONE, roles=frozenset({Role.MANAGER})),
        zone=ZONE,
        today=TODAY,
        now=at_wall(TODAY, time(9), ZONE),
        people=tuple(_person(name, "Billing") for name in NAMES),
        teams={"Billing": "Billing"},
        own_teams=("Billing",),
        facilitators=(_person("Morgan Lane", None), _person("Priya Shah", None)),
        types=(
            MeetingType(id="one_to_one", name="One-to-one", subject="1:1", code_id="m"),
            MeetingType(id="coaching", name="Coaching", subject="Coaching", code_id="c"),
        ),
        type_places={
            "one_to_one": (PlaceKind.ROOM, PlaceKind.ONLINE),
            "coaching": (PlaceKind.ONLINE,),
        },
    )
