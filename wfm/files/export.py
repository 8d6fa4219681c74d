"""The domain to tables of text: what ``mapping`` reads back as the same centre. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from scheduling.domain.centre import StaffingSeries
from scheduling.domain.people import Person, WorkingTime
from scheduling.domain.times import MINUTE
from wfm.centre.model import Centre
from wfm.files.cells import WEEKDAYS, write_instant
from wfm.files.tables import (
    AGENTS,
    CODES,
    DEMANDS,
    PEOPLE,
    SCHEDULE,
    SETTINGS,
    SITES,
    STAFFING,
    TEAMS,
    UNITS,
    TableSpec,
)

Rows = Iterable[Sequence[str]]


def tables_of(centre: Centre) -> Iterator[tuple[TableSpec, Rows]]:
    """Yield each table with its rows, in the order of its columns."""
    writers: tuple[tuple[TableSpec, Callable[[Centre], Rows]], ...] = (
        (SETTINGS, _settings),
        (UNITS, _units),
        (SITES, _sites),
        (TEAMS, _teams),
        (DEMANDS, _demands),
        (CODES, _codes),
        (AGENTS, _agents),
        (SCHEDULE, _schedule),
        (STAFFING, _staffing),
        (PEOPLE, _people),
    )
    for spec, write in writers:
        yield spec, write(centre)


def _settings(centre: Centre) -> Rows:
    """Return the settings of the first series: those of one folder share them."""
    series = next(iter(centre.staffing.values()))
    return (
        ("zone", centre.zone),
        ("interval_minutes", str(series.interval_minutes)),
        ("shrinkage", _number(series.shrinkage)),
        ("requirement", "gross" if series.gross else "net"),
        ("as_of", write_instant(series.as_of, centre.zone)),
    )


def _units(centre: Centre) -> Rows:
    return ((unit.id, unit.name) for unit in centre.units)


def _sites(centre: Centre) -> Rows:
    return ((s.id, unit.id, s.name, s.zone) for unit in centre.units for s in unit.sites)


def _teams(centre: Centre) -> Rows:
    return ((team.id, team.site_id, team.name) for unit in centre.units for team in unit.teams)


def _demands(centre: Centre) -> Rows:
    for unit_id, demands in centre.demands.items():
        for demand in demands:
            yield (
                demand.id,
                unit_id,
                demand.name,
                _number(demand.goal.percent),
                _number(demand.goal.seconds),
                demand.kind.value,
                _number(demand.weight),
                "none" if demand.floor is None else _number(demand.floor),
                str(demand.minimum_heads),
                _number(demand.patience),
            )


def _codes(centre: Centre) -> Rows:
    return ((c.id, c.name, c.kind.value, _yes(c.paid)) for c in centre.codes)


def _agents(centre: Centre) -> Rows:
    for agent in centre.agents:
        parts = agent.shares.items()
        shares = (f"{d}={_number(p)}" if agent.shares_known else d for d, p in parts)
        yield (
            agent.id,
            agent.name,
            agent.team_id,
            "; ".join(shares),
            agent.address or "",
            agent.zone,
            str(agent.weekly_minutes),
            "; ".join(f"{name}={level}" for name, level in agent.skills.items()),
        )


def _schedule(centre: Centre) -> Rows:
    zones = {agent.id: agent.zone for agent in centre.agents}
    for day in centre.days.values():
        zone = zones[day.agent_id]
        for segment in day.segments:
            yield (
                day.agent_id,
                day.business_date.isoformat(),
                write_instant(segment.interval.start, zone),
                write_instant(segment.interval.end, zone),
                segment.code_id,
                _yes(day.published),
            )


def _staffing(centre: Centre) -> Rows:
    for series in centre.staffing.values():
        for slot, figures in enumerate(_figures(series)):
            if any(figures):
                start = series.start + slot * series.interval_minutes * MINUTE
                yield (
                    series.demand_id,
                    write_instant(start, centre.zone),
                    *(_number(figure) for figure in figures),
                )


def _figures(series: StaffingSeries) -> Iterator[tuple[float, ...]]:
    """Return the figures of each interval; all zero where it is closed."""
    return zip(series.required, series.scheduled, series.volume, series.handling, strict=True)


def _people(centre: Centre) -> Rows:
    return (_person(person) for person in centre.people)


def _person(person: Person) -> Sequence[str]:
    return (
        person.id,
        person.name,
        person.zone,
        "; ".join(sorted(person.roles)),
        person.address or "",
        person.unit_id or "",
        person.site_id or "",
        "; ".join(sorted(person.leads)),
        *_working(person.working),
        person.locale,
    )


def _working(working: WorkingTime | None) -> tuple[str, str, str]:
    if working is None:
        return "", "", ""
    days = " ".join(WEEKDAYS[day] for day in sorted(working.weekdays))
    return days, f"{working.window.start:%H:%M}", f"{working.window.end:%H:%M}"


def _number(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    return repr(int(value)) if value == int(value) else repr(float(value))


def _yes(value: bool) -> str:
    return "yes" if value else "no"
