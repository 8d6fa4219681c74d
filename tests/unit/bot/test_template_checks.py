"""What a file of templates is held against in the set-up: types that may not be planned, and hours."""

from dataclasses import replace
from datetime import date, time

from bot.template_checks import Known, faults_in
from scheduling.domain.meetings import MeetingType, SearchParameters
from scheduling.domain.people import Person, Role
from scheduling.domain.templates import Audience, Frequency, Recurrence, Template
from scheduling.domain.times import WallWindow

MORNING = WallWindow(time(8), time(12))
KIND = MeetingType(
    id="talk",
    name="Talk",
    subject="Talk",
    code_id="talk",
    parameters=SearchParameters(window=MORNING),
)
SAM = Person(
    id="sam",
    name="Sam",
    zone="UTC",
    roles=frozenset({Role.SCHEDULER}),
    unit_id="north",
    team_id="billing",
)
TALK = Template(
    id="t",
    name="Talk",
    unit_id="north",
    owner_id="sam",
    type_id="talk",
    audience=Audience(team_ids=frozenset({"billing"})),
    recurrence=Recurrence(frequency=Frequency.WEEKLY),
    start=date(2026, 1, 1),
)


def known(kind: MeetingType, *before: Template) -> Known:
    """Return a house with one meeting type, in which Sam schedules."""
    return Known(
        types={kind.id: kind},
        people={"north": (SAM,)},
        before={one.id: one for one in before},
        ended=(),
    )


def test_what_fits_has_no_fault() -> None:
    assert faults_in([replace(TALK, window=MORNING)], known(KIND)) == []


def test_a_confidential_type_is_never_planned_by_itself() -> None:
    (line,) = faults_in([TALK], known(replace(KIND, confidential=True)))
    assert line == "  /0/type_id: 'talk' is confidential and is never planned by itself"


def test_hours_in_which_the_type_is_never_held_are_named() -> None:
    late = replace(TALK, window=WallWindow(time(14), time(16)))
    (line,) = faults_in([late], known(KIND))
    assert line == "  /0/window: 'talk' is held from 08:00:00 to 12:00:00 only"


def test_a_template_stays_in_its_unit() -> None:
    (line,) = faults_in([TALK], known(KIND, replace(TALK, unit_id="south")))
    assert line == "  /0/unit_id: 't' is of the unit 'south' and stays there"
