"""Tables of text to the domain: units, agents, codes, activities and people. Pure."""

from collections.abc import Iterable, Mapping
from datetime import time
from enum import StrEnum

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
from wfm.centre.model import Centre
from wfm.files.cells import (
    CellError,
    parse_choice,
    parse_clock,
    parse_instant,
    parse_list,
    parse_number,
    parse_shares,
    parse_skills,
    parse_weekdays,
    parse_whole,
    parse_yes,
    parse_zone,
)
from wfm.files.client import Table
from wfm.files.problems import Problem, Problems
from wfm.files.rows import RowView, by_id, each, reference, well_formed
from wfm.files.tables import PEOPLE, SETTING_SAYS, SITES, TABLES, TEAMS, UNITS, TableSpec
from wfm.files.timetable import Basis, Settings, read_days, read_staffing

INTERVALS = (5, 10, 15, 30, 60)
PEOPLE_TABLES = (UNITS, SITES, TEAMS, PEOPLE)
Tables = Mapping[str, Table]


class Requirement(StrEnum):
    """Whether the requirement already includes the unplanned shrinkage."""

    NET = "net"
    GROSS = "gross"


def centre_of(tables: Tables, problems: Problems) -> Centre | None:
    """Return the centre that the tables hold, or None where ``problems`` tells what is wrong.

    Tables that others refer to are read first; where one of those is broken, the rest are not
    looked at, because every row would be wrong for the same reason.
    """
    if not _complete(tables, TABLES, problems):
        return None
    before = problems.count
    settings = _settings(tables["settings"], problems)
    units = _units(tables, problems)
    demands = _demands(tables["demands"], units, problems)
    codes = _codes(tables["codes"], problems)
    demand_ids = {demand.id for group in demands.values() for demand in group}
    agents = _agents(tables["agents"], units, demand_ids, problems)
    people = _people(tables["people"], units, problems)
    if settings is None or problems.count > before:
        return None
    basis = Basis(
        settings=settings,
        agent_zones={agent.id: agent.zone for agent in agents.values()},
        code_ids=frozenset(codes),
        demand_ids=frozenset(demand_ids),
    )
    days = read_days(tables["schedule"], basis, problems)
    staffing = read_staffing(tables["staffing"], basis, problems)
    if problems.count > before:
        return None
    return Centre(
        zone=settings.zone,
        units=tuple(units.values()),
        agents=tuple(agents.values()),
        codes=tuple(codes.values()),
        demands=demands,
        days=days,
        staffing=staffing,
        people=people,
    )


def people_of(tables: Tables, problems: Problems) -> tuple[Person, ...]:
    """Return the people who are not in the WFM; of the other tables only the hierarchy is read."""
    if not _complete(tables, PEOPLE_TABLES, problems):
        return ()
    return _people(tables["people"], _units(tables, problems), problems)


def _complete(tables: Tables, specs: Iterable[TableSpec], problems: Problems) -> bool:
    """Whether every table is there with its columns."""
    complete = True
    for spec in specs:
        if spec.name in tables:
            complete &= well_formed(tables[spec.name], spec, problems)
        else:
            complete = False
            problems.add(
                Problem(
                    place=f"{spec.name}.csv",
                    what="the file is missing",
                    todo=f"Add it, or a sheet {spec.name} ({spec.says})",
                )
            )
    return complete


def _settings(table: Table, problems: Problems) -> Settings | None:
    """Return the settings; each row of the table is one."""
    before = problems.count
    rows = each(table, lambda row: (row.read("setting", str.lower), row.text("value")), problems)
    given = {
        name: value for name, (_, value) in by_id(table, rows, lambda r: r[0], problems).items()
    }
    for name in given.keys() - SETTING_SAYS.keys():
        problems.add(
            Problem(
                place=table.place,
                what=f"{name!r} is not a setting",
                todo=f"Use {', '.join(SETTING_SAYS)}",
            )
        )
    view = RowView(tuple(given.values()), {name: at for at, name in enumerate(given)})
    try:
        zone = view.read("zone", parse_zone)
        settings = Settings(
            zone=zone,
            interval_minutes=view.read("interval_minutes", _interval),
            shrinkage=view.read("shrinkage", lambda text: parse_number(text, 0, 0.9)),
            gross=view.optional("requirement", _requirement, Requirement.NET) is Requirement.GROSS,
            as_of=view.optional("as_of", lambda text: parse_instant(text, zone), table.modified),
        )
    except CellError as error:
        problems.add(
            Problem(
                place=table.place,
                column="value",
                what=f"setting {error.column}: {error.what}",
                todo=error.todo,
            )
        )
        return None
    return settings if problems.count == before else None


def _interval(text: str) -> int:
    minutes = parse_whole(text)
    if minutes not in INTERVALS:
        raise CellError(
            f"{text!r} is not an interval length", f"Write one of {', '.join(map(str, INTERVALS))}"
        )
    return minutes


def _requirement(text: str) -> Requirement:
    return parse_choice(text, Requirement)


def _units(tables: Tables, problems: Problems) -> dict[str, Unit]:
    """Return the units with their sites and teams, by id."""
    unit_table, site_table, team_table = (tables[name] for name in ("units", "sites", "teams"))
    names = by_id(
        unit_table,
        each(unit_table, lambda row: (row.read("unit", str), row.read("name", str)), problems),
        lambda unit: unit[0],
        problems,
    )
    sites = by_id(
        site_table,
        each(
            site_table,
            lambda row: (
                row.known("unit", names, "units"),
                Site(
                    id=row.read("site", str),
                    name=row.read("name", str),
                    zone=row.read("zone", parse_zone),
                ),
            ),
            problems,
        ),
        lambda pair: pair[1].id,
        problems,
    )
    teams = by_id(
        team_table,
        each(
            team_table,
            lambda row: Team(
                id=row.read("team", str),
                name=row.read("name", str),
                site_id=row.known("site", sites, "sites"),
            ),
            problems,
        ),
        lambda team: team.id,
        problems,
    )
    return {
        unit_id: Unit(
            id=unit_id,
            name=name,
            sites=tuple(site for owner, site in sites.values() if owner == unit_id),
            teams=tuple(team for team in teams.values() if sites[team.site_id][0] == unit_id),
        )
        for unit_id, name in names.values()
    }


def _demands(
    table: Table, units: Mapping[str, Unit], problems: Problems
) -> dict[str, tuple[Demand, ...]]:
    """Return the activities by unit id."""
    rows = each(table, lambda row: (row.known("unit", units, "units"), _demand(row)), problems)
    found = by_id(table, rows, lambda pair: pair[1].id, problems).values()
    return {unit_id: tuple(d for owner, d in found if owner == unit_id) for unit_id in units}


def _demand(row: RowView) -> Demand:
    plain = Demand(id="", name="")
    return Demand(
        id=row.read("demand", str),
        name=row.read("name", str),
        kind=row.optional("kind", lambda text: parse_choice(text, DemandKind), plain.kind),
        goal=ServiceGoal(
            percent=row.read("goal_percent", lambda text: parse_number(text, 1, 100)),
            seconds=row.read("goal_seconds", parse_number),
        ),
        weight=row.optional("weight", parse_number, plain.weight),
        floor=row.optional("floor", _floor, plain.floor),
        minimum_heads=row.optional("minimum_heads", parse_whole, plain.minimum_heads),
        patience=row.optional("patience", parse_number, plain.patience),
    )


def _floor(text: str) -> float | None:
    return None if text.lower() == "none" else parse_number(text)


def _codes(table: Table, problems: Problems) -> dict[str, ActivityCode]:
    """Return the activity codes by id; at least one takes contacts."""
    rows = each(
        table,
        lambda row: ActivityCode(
            id=row.read("code", str),
            name=row.read("name", str),
            kind=row.read("kind", lambda text: parse_choice(text, CodeKind)),
            paid=row.optional("paid", parse_yes, default=True),
        ),
        problems,
    )
    codes = by_id(table, rows, lambda code: code.id, problems)
    if all(code.kind is not CodeKind.WORK for code in codes.values()):
        problems.add(
            Problem(
                place=table.place,
                column="kind",
                what="no code is of the kind work",
                todo="Give it to the code of time open for contacts",
            )
        )
    return codes


def _agents(
    table: Table, units: Mapping[str, Unit], demand_ids: set[str], problems: Problems
) -> dict[str, Agent]:
    """Return the agents by id."""
    teams = {team.id: (unit, team) for unit in units.values() for team in unit.teams}
    sites = {site.id: site for unit in units.values() for site in unit.sites}

    def agent(row: RowView) -> Agent:
        unit, team = teams[row.known("team", teams, "teams")]
        shares, known = row.read("shares", lambda text: _shares(text, demand_ids))
        return Agent(
            id=row.read("agent", str),
            name=row.read("name", str),
            unit_id=unit.id,
            site_id=team.site_id,
            team_id=team.id,
            zone=row.optional("zone", parse_zone, sites[team.site_id].zone),
            shares=shares,
            shares_known=known,
            address=row.text("address") or None,
            weekly_minutes=row.optional(
                "weekly_minutes", lambda t: parse_whole(t, 1, 10_080), 2400
            ),
            skills=row.optional("skills", parse_skills, {}),
        )

    return by_id(table, each(table, agent, problems), lambda found: found.id, problems)


def _shares(text: str, demand_ids: set[str]) -> tuple[dict[str, float], bool]:
    shares, known = parse_shares(text)
    for demand_id in shares:
        reference(demand_id, demand_ids, "demands")
    return shares, known


def _people(table: Table, units: Mapping[str, Unit], problems: Problems) -> tuple[Person, ...]:
    """Return the people who are not in the WFM."""
    sites = {site.id for unit in units.values() for site in unit.sites}
    teams = {team.id for unit in units.values() for team in unit.teams}

    nobody: tuple[str, ...] = ()

    def person(row: RowView) -> Person:
        return Person(
            id=row.read("person", str),
            name=row.read("name", str),
            zone=row.read("zone", parse_zone),
            roles=frozenset(
                row.read("roles", lambda t: [parse_choice(role, Role) for role in parse_list(t)])
            ),
            unit_id=row.known("unit", units, "units") if row.text("unit") else None,
            site_id=row.known("site", sites, "sites") if row.text("site") else None,
            leads=frozenset(row.optional("leads", lambda text: _leads(text, teams), nobody)),
            address=row.text("address") or None,
            working=_working(row),
            locale=row.text("locale") or "en",
        )

    return tuple(by_id(table, each(table, person, problems), lambda p: p.id, problems).values())


def _leads(text: str, teams: set[str]) -> tuple[str, ...]:
    return tuple(reference(team, teams, "teams") for team in parse_list(text))


def _working(row: RowView) -> WorkingTime:
    """Return the days and times worked; Monday to Friday from nine to five where none are given."""
    if bool(row.text("from")) != bool(row.text("to")):
        missing = "to" if row.text("from") else "from"
        row.read(missing, parse_clock)
    window = WallWindow(
        start=row.optional("from", parse_clock, time(9, 0)),
        end=row.optional("to", parse_clock, time(17, 0)),
    )
    weekdays = row.optional("weekdays", parse_weekdays, frozenset(range(5)))
    return WorkingTime(weekdays=weekdays, window=window)
