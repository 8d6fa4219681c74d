"""The two large tables to the domain: agents' days, and staffing series. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise

from scheduling.domain.centre import AgentDay, Segment, StaffingSeries, StaffingSource
from scheduling.domain.times import Interval, zone_of
from wfm.files.cells import CellError, parse_date, parse_instant, parse_number, parse_yes
from wfm.files.client import Table
from wfm.files.problems import Problem, Problems
from wfm.files.rows import Memo, RowView, each, reference
from wfm.ledger import agent_day

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for the whole folder; ``as_of`` is a UTC instant."""

    zone: str
    interval_minutes: int
    shrinkage: float
    gross: bool
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the rows are read against: the settings, and the ids that exist."""

    settings: Settings
    agent_zones: Mapping[str, str]
    code_ids: frozenset[str]
    demand_ids: frozenset[str]


@dataclass(slots=True)
class _Draft:
    """A day as its rows come in: (segment, row number) each, and what they say of publishing."""

    rows: list[tuple[Segment, int]] = field(default_factory=list)
    published: set[bool] = field(default_factory=set)


_Place = tuple[str, date]
_ScheduleRow = tuple[_Place, Segment, bool]


def read_days(table: Table, basis: Basis, problems: Problems) -> dict[_Place, AgentDay]:
    """Return the days by agent id and business date."""
    agents = Memo(lambda text: reference(text, basis.agent_zones, "agents"))
    codes = Memo(lambda text: reference(text, basis.code_ids, "codes"))
    dates, yes = Memo(parse_date), Memo(parse_yes)
    zones = set(basis.agent_zones.values())
    instants = {zone: Memo(partial(parse_instant, zone=zone)) for zone in zones}

    def row_of(row: RowView) -> _ScheduleRow:
        agent_id = row.read("agent", agents.__getitem__)
        instant = instants[basis.agent_zones[agent_id]].__getitem__
        start, end = row.read("start", instant), row.read("end", instant)
        if not start < end <= start + LONGEST:
            raise CellError(
                "the row does not end after its start, within 24 hours", "Correct start or end"
            )
        return (
            (agent_id, row.read("schedule_date", dates.__getitem__)),
            Segment(interval=Interval(start, end), code_id=row.read("code", codes.__getitem__)),
            row.optional("published", yes.__getitem__, default=True),
        )

    drafts: dict[_Place, _Draft] = {}
    for number, (place, segment, published) in each(table, row_of, problems):
        draft = drafts.setdefault(place, _Draft())
        draft.rows.append((segment, number))
        draft.published.add(published)
    before = problems.count
    _check_overlaps(table, drafts, problems)
    for place, draft in drafts.items():
        _check_day(table, place, draft, basis, problems)
    if problems.count > before:
        return {}
    return {
        (agent_id, day): agent_day(
            agent_id, day, published=True in draft.published, segments=[s for s, _ in draft.rows]
        )
        for (agent_id, day), draft in drafts.items()
    }


def _check_overlaps(table: Table, drafts: Mapping[_Place, _Draft], problems: Problems) -> None:
    """Report rows of one agent that share a minute, on one day or on two that meet."""
    by_agent: dict[str, list[tuple[Segment, int]]] = {}
    for (agent_id, _), draft in drafts.items():
        by_agent.setdefault(agent_id, []).extend(draft.rows)
    for rows in by_agent.values():
        rows.sort(key=lambda row: row[0].interval.start)
        for (segment, number), (later, other) in pairwise(rows):
            if later.interval.start < segment.interval.end:
                same = segment == later
                first, second = sorted((number, other))
                problems.add(
                    Problem(
                        place=table.place,
                        row=second,
                        what=f"the row {'repeats' if same else 'overlaps'} row {first}",
                        todo="Delete one of them" if same else "Correct the times of one of them",
                    )
                )


def _check_day(
    table: Table, place: _Place, draft: _Draft, basis: Basis, problems: Problems
) -> None:
    """Report a day that is half published, or filed under another date than its start's."""
    agent_id, day = place
    segment, number = min(draft.rows, key=lambda row: row[0].interval.start)
    local = segment.interval.start.astimezone(zone_of(basis.agent_zones[agent_id])).date()
    if local != day:
        problems.add(
            Problem(
                place=table.place,
                row=number,
                column="schedule_date",
                what=f"{day} is not the date on which the shift starts, {local}",
                todo=f"Write {local} on all rows of the shift",
            )
        )
    if len(draft.published) > 1:
        problems.add(
            Problem(
                place=table.place,
                row=number,
                column="published",
                what=f"the rows of {agent_id} on {day} differ",
                todo="Write the same on all of them",
            )
        )


@dataclass(frozen=True, slots=True)
class _Figures:
    """One interval's figures and where they were written."""

    row: int
    required: float
    scheduled: float
    volume: float
    handling: float


_CLOSED = _Figures(0, 0.0, 0.0, 0.0, 0.0)


def read_staffing(table: Table, basis: Basis, problems: Problems) -> dict[str, StaffingSeries]:
    """Return a series per demand id; intervals without a row are closed: all figures are zero."""
    demands = Memo(lambda text: reference(text, basis.demand_ids, "demands"))
    starts = Memo(lambda text: _interval_start(text, basis.settings))
    numbers = Memo(parse_number)

    def row_of(row: RowView) -> tuple[str, datetime, list[float]]:
        columns = ("required", "scheduled", "volume", "handling")
        return (
            row.read("demand", demands.__getitem__),
            row.read("interval_start", starts.__getitem__),
            [row.read(column, numbers.__getitem__) for column in columns],
        )

    found: dict[str, dict[datetime, _Figures]] = {}
    for number, (demand_id, start, figures) in each(table, row_of, problems):
        intervals = found.setdefault(demand_id, {})
        if start in intervals:
            what = f"the interval of {demand_id} is in row {intervals[start].row} already"
            problems.add(
                Problem(place=table.place, row=number, what=what, todo="Delete one of them")
            )
            continue
        intervals[start] = _Figures(number, *figures)
    for demand_id, intervals in found.items():
        _check_gaps(table, demand_id, intervals, basis.settings, problems)
    return {demand_id: _series(demand_id, found[demand_id], basis.settings) for demand_id in found}


def _interval_start(text: str, settings: Settings) -> datetime:
    start = parse_instant(text, settings.zone)
    if start.astimezone(zone_of(settings.zone)).minute % settings.interval_minutes:
        raise CellError(
            f"{text!r} does not start an interval of {settings.interval_minutes} minutes",
            "Correct it, or interval_minutes in settings",
        )
    return start


def _check_gaps(
    table: Table,
    demand_id: str,
    intervals: Mapping[datetime, _Figures],
    settings: Settings,
    problems: Problems,
) -> None:
    """Report intervals that are missing between a day's first and last: a day closes once."""
    place = zone_of(settings.zone)
    step = timedelta(minutes=settings.interval_minutes)
    starts = sorted(intervals)
    for one, following in pairwise(starts):
        local, after = one.astimezone(place), following.astimezone(place)
        if following == one + step or local.date() != after.date():
            continue
        minutes = (following - one) // timedelta(minutes=1)
        problems.add(
            Problem(
                place=table.place,
                row=intervals[following].row,
                column="interval_start",
                what=(
                    f"{demand_id} has no row for the {settings.interval_minutes} minutes from "
                    f"{(one + step).astimezone(place):%Y-%m-%d %H:%M}; the one before is {minutes} "
                    "minutes earlier"
                ),
                todo="Add the rows, or correct interval_minutes in settings",
            )
        )


def _series(
    demand_id: str, intervals: Mapping[datetime, _Figures], settings: Settings
) -> StaffingSeries:
    """Return the series from the first interval to the last."""
    start, last = min(intervals), max(intervals)
    step = timedelta(minutes=settings.interval_minutes)
    rows = [intervals.get(start + n * step, _CLOSED) for n in range((last - start) // step + 1)]
    return StaffingSeries(
        demand_id=demand_id,
        start=start,
        interval_minutes=settings.interval_minutes,
        required=tuple(row.required for row in rows),
        scheduled=tuple(row.scheduled for row in rows),
        volume=tuple(row.volume for row in rows),
        handling=tuple(row.handling for row in rows),
        as_of=settings.as_of,
        source=StaffingSource.IMPORT,
        shrinkage=settings.shrinkage,
        gross=settings.gross,
    )
