"""Who and what is in the generated centre: sites, teams, agents, activities, codes, people."""

from dataclasses import dataclass
from datetime import time
from random import Random

from scheduling.domain.centre import (
    ActivityCode,
    Agent,
    CodeKind,
    Demand,
    DemandKind,
    ServiceGoal,
    Site,
    Team,
    Unit,
)
from scheduling.domain.people import Person, Role, WorkingTime
from scheduling.domain.times import WallWindow
from wfm.centre.names import FIRST_TEAM, Names

UNIT = "service"
LEEDS = Site(id="leeds", name="Leeds", zone="Europe/London")
BERLIN = Site(id="berlin", name="Berlin", zone="Europe/Berlin")
SITES = (LEEDS, BERLIN)
RIVERS = {
    LEEDS.id: ("Aire", "Calder", "Wharfe", "Nidd", "Swale", "Ouse"),
    BERLIN.id: ("Spree", "Havel", "Panke", "Dahme", "Wuhle", "Erpe"),
}

WORK, BREAK, MEAL = "work", "break", "meal"
ONE_TO_ONE, TEAM_MEETING, COACHING = "one_to_one", "team_meeting", "coaching"
TRAINING, OFFLINE, TIME_OFF, SICK = "training", "offline", "time_off", "sick"

CODES = (
    ActivityCode(id=WORK, name="Open for contacts", kind=CodeKind.WORK),
    ActivityCode(id=BREAK, name="Break", kind=CodeKind.BREAK),
    ActivityCode(id=MEAL, name="Meal", kind=CodeKind.MEAL, paid=False),
    ActivityCode(id=ONE_TO_ONE, name="One-to-one", kind=CodeKind.MEETING),
    ActivityCode(id=TEAM_MEETING, name="Team meeting", kind=CodeKind.MEETING),
    ActivityCode(id=COACHING, name="Coaching", kind=CodeKind.MEETING),
    ActivityCode(id=TRAINING, name="Training", kind=CodeKind.TRAINING),
    ActivityCode(id=OFFLINE, name="Offline work", kind=CodeKind.OFFLINE),
    ActivityCode(id=TIME_OFF, name="Time off", kind=CodeKind.TIME_OFF),
    ActivityCode(id=SICK, name="Absent", kind=CodeKind.TIME_OFF),
)

BILLING, TECHNICAL, SALES, CHAT = "billing", "technical", "sales", "chat"
DEMANDS = (
    Demand(id=BILLING, name="Billing", goal=ServiceGoal(percent=80, seconds=20)),
    Demand(id=TECHNICAL, name="Technical help", goal=ServiceGoal(percent=80, seconds=30)),
    Demand(
        id=SALES,
        name="Sales",
        goal=ServiceGoal(percent=85, seconds=20),
        weight=1.5,
        minimum_heads=1,
    ),
    Demand(
        id=CHAT,
        name="Chat",
        kind=DemandKind.CHAT,
        goal=ServiceGoal(percent=80, seconds=60),
        minimum_heads=1,
        patience=180.0,
    ),
)
HANDLING = {BILLING: 330.0, TECHNICAL: 560.0, SALES: 420.0, CHAT: 610.0}
"""Seconds per contact."""

PROFILES: tuple[dict[str, float], ...] = (
    {BILLING: 0.7, SALES: 0.3},
    {TECHNICAL: 1.0},
    {BILLING: 1.0},
    {SALES: 0.6, CHAT: 0.4},
    {TECHNICAL: 0.7, CHAT: 0.3},
    {BILLING: 0.5, TECHNICAL: 0.5},
    {SALES: 0.6, BILLING: 0.4},
)
"""Shares of productive time by skill set; whole tenths, so that their sums are exact."""

SKILLS: tuple[dict[str, int], ...] = (
    {"Cards": 1},
    {"Cards": 2, "Complaints": 1},
    {},
    {"Cards": 3},
    {"Complaints": 2},
)
"""Skills and their levels, dealt out in turn."""
RARE, EVERY_RARE = "Danish", 24
"""A skill that one in so many has beside others."""

OFFICE = WorkingTime(
    weekdays=frozenset(range(5)), window=WallWindow(start=time(8, 30), end=time(17, 0))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The unit, its agents, and the people who are not in the WFM."""

    unit: Unit
    agents: tuple[Agent, ...]
    people: tuple[Person, ...]


def cast(rng: Random, agents: int, teams: int) -> Cast:
    """Return ``agents`` spread evenly over ``teams``, the first half of the teams in Leeds."""
    names = Names(rng, taken=FIRST_TEAM)
    made = _teams(teams)
    hired = tuple(
        _agent(number, made[number * teams // agents], made, names) for number in range(agents)
    )
    return Cast(
        unit=Unit(id=UNIT, name="Customer service", sites=SITES, teams=made),
        agents=hired,
        people=_people(made, names),
    )


def _teams(count: int) -> tuple[Team, ...]:
    """Return teams named after rivers, numbered once the rivers run out."""
    made: list[Team] = []
    for number in range(count):
        site = LEEDS if number < (count + 1) // 2 else BERLIN
        position = sum(team.site_id == site.id for team in made)
        rivers = RIVERS[site.id]
        lap = position // len(rivers)
        name = rivers[position % len(rivers)] + (f" {lap + 1}" if lap else "")
        made.append(Team(id=f"team-{number + 1}", name=name, site_id=site.id))
    return tuple(made)


def _agent(number: int, team: Team, teams: tuple[Team, ...], names: Names) -> Agent:
    site = _site(team)
    fixed = FIRST_TEAM[number] if team is teams[0] and number < len(FIRST_TEAM) else None
    name = fixed or names.draw(german=site is BERLIN)
    return Agent(
        id=f"A{1001 + number}",
        name=name,
        unit_id=UNIT,
        site_id=site.id,
        team_id=team.id,
        zone=site.zone,
        shares=PROFILES[number % len(PROFILES)],
        address=names.address(name),
        skills=SKILLS[number % len(SKILLS)] | ({RARE: 2} if number % EVERY_RARE == 1 else {}),
    )


def _site(team: Team) -> Site:
    return next(site for site in SITES if site.id == team.site_id)


def _people(teams: tuple[Team, ...], names: Names) -> tuple[Person, ...]:
    """Return a manager per team, the first one a scheduler too, and the staff functions."""
    people = [_person("M1", "Alex Wilber", LEEDS, {Role.MANAGER, Role.SCHEDULER}, names, teams[0])]
    for number, team in enumerate(teams[1:], start=2):
        site = _site(team)
        manager = names.draw(german=site is BERLIN)
        people.append(_person(f"M{number}", manager, site, {Role.MANAGER}, names, team))
    staff = (
        ("S1", LEEDS, Role.SCHEDULER),
        ("S2", BERLIN, Role.SCHEDULER),
        ("T1", LEEDS, Role.TRAINER),
        ("L1", BERLIN, Role.LEARNING),
        ("D1", LEEDS, Role.ADMINISTRATOR),
    )
    for person_id, site, role in staff:
        name = names.draw(german=site is BERLIN)
        people.append(_person(person_id, name, site, {role}, names))
    return tuple(people)


def _person(
    person_id: str, name: str, site: Site, roles: set[Role], names: Names, team: Team | None = None
) -> Person:
    return Person(
        id=person_id,
        name=name,
        zone=site.zone,
        roles=frozenset(roles),
        unit_id=UNIT,
        site_id=site.id,
        leads=frozenset({team.id}) if team else frozenset(),
        address=names.address(name),
        working=OFFICE,
        locale="de" if site is BERLIN else "en",
    )
