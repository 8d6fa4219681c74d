"""Figures out of closed registers; see ``participation_port`` for the promises."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from scheduling.domain.courses import Course
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.registers import AttendanceState
from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.learning.standings import DueFigures
from scheduling.storage import people, registers
from scheduling.storage.registers import Placed, RegisterRow
from scheduling.workflows import rights
from scheduling.workflows.dues import Dues, courses_of, dues_of
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.participation_port import (
    FEWEST,
    DueGroup,
    Figures,
    Group,
    Level,
    Participation,
)
from scheduling.workflows.registers import KEEPERS
from scheduling.workflows.services import Services

MOST_DAYS = 731

Line = tuple[RegisterRow, Placed]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """Whose figures somebody may see, by person id, and the teams that are their own."""

    people: dict[str, Person]
    own: frozenset[str]
    unit_id: str


class Participations:
    """The figures over the store."""

    def __init__(self, services: Services, reader: FactsReader) -> None:
        """Read registers from the store, and names of teams and sites through ``reader``."""
        self._services = services
        self._reader = reader

    async def participation(self, actor: Actor, *, days: int, type_id: str | None) -> Participation:
        """Return the figures."""
        kinds = {i: k for i, k in self._services.catalogue.types.items() if k.has_register}
        if type_id is not None and type_id not in kinds:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            represented = await rights.acts_for(tx, me, now)
            unit = await people.of_unit(tx, str(me.unit_id))
            scope = _scope(me, represented, unit)
            today = now.astimezone(zone_of(me.zone)).date()
            days = min(max(days, 1), MOST_DAYS)
            dates = DateRange(today - (days - 1) * DAY, today + DAY)
            lines = await registers.closed_lines(
                tx, unit_id=scope.unit_id, type_id=type_id, span=dates.interval(me.zone)
            )
            taught = await courses_of(tx, scope.unit_id, type_id)
        lines = [one for one in lines if one[1].line.person_id in scope.people]
        names = await self._names(scope.unit_id)
        dues = await self._dues(scope, taught, names, today) if taught else ()
        whole = figures(lines, scope.people)
        return Participation(
            days=days,
            first=dates.start,
            last=dates.last,
            type_id=type_id,
            type_name=kinds[type_id].name if type_id else None,
            types=tuple((i, kind.name) for i, kind in kinds.items()),
            whole=whole if _large(scope, scope.people.values()) else None,
            groups=(
                *_by_type(lines, scope, {i: kind.name for i, kind in kinds.items()}),
                *_by(Level.SITE, lines, scope, names, lambda person: person.site_id),
                *_by(Level.TEAM, lines, scope, names, lambda person: person.team_id),
                *_people(lines, scope),
            ),
            closed=bool(lines),
            dues=dues,
        )

    async def _dues(
        self, scope: _Scope, taught: Sequence[Course], names: dict[str, str], today: date
    ) -> tuple[DueGroup, ...]:
        agents = [a for a in await self._reader.agents(scope.unit_id) if a.id in scope.people]
        async with self._services.store.read() as tx:
            found = await dues_of(tx, taught, agents, self._services.clock.now(), today)
        return (
            *_courses_due(found, scope),
            *_due_by(Level.SITE, found, scope, names, lambda person: person.site_id),
            *_due_by(Level.TEAM, found, scope, names, lambda person: person.team_id),
            *_people_due(found, scope),
        )

    async def _names(self, unit_id: str) -> dict[str, str]:
        unit = await self._reader.unit(unit_id)
        sites = {one.id: one.name for one in unit.sites}
        return sites | {one.id: one.name for one in unit.teams}


def _scope(me: Person, represented: Sequence[Person], unit: Sequence[Person]) -> _Scope:
    """Return whose figures the person may see; NOT_YOUR_ROLE for none."""
    managers = [one for one in (me, *represented) if one.has(Role.MANAGER)]
    own = frozenset(team for one in managers for team in one.leads)
    whole = me.has(*KEEPERS)
    if me.unit_id is None or not (whole or own):
        raise takes(Role.MANAGER, *KEEPERS)
    agents = [one for one in unit if one.in_wfm and (whole or one.team_id in own)]
    return _Scope(people={one.id: one for one in agents}, own=own, unit_id=me.unit_id)


def _large(scope: _Scope, members: Iterable[Person]) -> bool:
    """Whether figures of these people may be seen: enough of them, or all of them one's own."""
    some = list(members)
    return len(some) >= FEWEST or all(one.team_id in scope.own for one in some)


def figures(lines: Iterable[Line], members: Collection[str]) -> Figures:
    """Return what the lines say of ``members``."""
    counted: defaultdict[AttendanceState, int] = defaultdict(int)
    completed = set()
    for _, placed in lines:
        counted[placed.line.state] += 1
        if placed.line.state.there:
            completed.add(placed.line.person_id)
    late, no_shows = counted[AttendanceState.LATE], counted[AttendanceState.NO_SHOW]
    attended = counted[AttendanceState.ATTENDED] + late
    return Figures(
        people=len(members),
        completed=len(completed),
        expected=attended + no_shows,
        attended=attended,
        late=late,
        no_shows=no_shows,
        excused=counted[AttendanceState.EXCUSED],
    )


def _by_type(lines: Sequence[Line], scope: _Scope, names: dict[str, str]) -> list[Group]:
    of_type: defaultdict[str, list[Line]] = defaultdict(list)
    for one in lines:
        of_type[one[0].type_id].append(one)
    shown = _large(scope, scope.people.values())
    return [
        Group(
            level=Level.TYPE,
            name=names.get(type_id, type_id),
            figures=figures(some, scope.people) if shown else None,
        )
        for type_id, some in sorted(of_type.items())
    ]


def _by(
    level: Level,
    lines: Sequence[Line],
    scope: _Scope,
    names: dict[str, str],
    key: Callable[[Person], str | None],
) -> list[Group]:
    """Return the figures of each site or team, by where its people belong now."""
    groups = []
    for name, ids, shown in _members(scope, names, key):
        mine = [one for one in lines if one[1].line.person_id in ids]
        groups.append(Group(level=level, name=name, figures=figures(mine, ids) if shown else None))
    return groups


def _members(
    scope: _Scope, names: dict[str, str], key: Callable[[Person], str | None]
) -> list[tuple[str, frozenset[str], bool]]:
    """Return the name of each site or team, whom it has, and whether its figures are shown.

    Where only one would be hidden, so is one more: the rest of the whole would be its figures.
    """
    found: defaultdict[str, list[Person]] = defaultdict(list)
    for person in scope.people.values():
        if group_id := key(person):
            found[group_id].append(person)
    by_name = sorted(found, key=lambda each: (names.get(each, each), each))
    hidden = {each for each in by_name if not _large(scope, found[each])}
    if len(hidden) == 1 and len(by_name) > 1:
        hidden.add(
            min((each for each in by_name if each not in hidden), key=lambda i: len(found[i]))
        )
    return [
        (names.get(i, i), frozenset(one.id for one in found[i]), i not in hidden) for i in by_name
    ]


def _courses_due(found: Dues, scope: _Scope) -> list[DueGroup]:
    groups = []
    for course in found.courses:
        ids = found.people(course.id)
        shown = _large(scope, [scope.people[i] for i in ids])
        groups.append(
            DueGroup(
                level=Level.COURSE,
                name=course.name,
                figures=found.figures(ids, course.id) if shown else None,
                due=course.due,
            )
        )
    return groups


def _due_by(
    level: Level,
    found: Dues,
    scope: _Scope,
    names: dict[str, str],
    key: Callable[[Person], str | None],
) -> list[DueGroup]:
    """Return how each site or team stands for which a course is."""
    groups = []
    for name, ids, shown in _members(scope, names, key):
        if counted := found.figures(ids):
            groups.append(DueGroup(level=level, name=name, figures=counted if shown else None))
    return groups


def _people_due(found: Dues, scope: _Scope) -> list[DueGroup]:
    """Return who of the reader's own teams has something overdue or due soon, the latest first."""
    groups = [
        DueGroup(level=Level.PERSON, name=one.name, figures=counted)
        for one in scope.people.values()
        if one.team_id in scope.own
        and (counted := found.figures({one.id}))
        and counted.overdue + counted.soon
    ]
    return sorted(groups, key=lambda one: (*_pressing(one.figures), one.name))


def _pressing(counted: DueFigures | None) -> tuple[int, int]:
    return (-counted.overdue, -counted.soon) if counted else (0, 0)


def _people(lines: Sequence[Line], scope: _Scope) -> list[Group]:
    """Return each person of the reader's own teams, who took part least first."""
    mine: defaultdict[str, list[Line]] = defaultdict(list)
    for one in lines:
        mine[one[1].line.person_id].append(one)
    own = [one for one in scope.people.values() if one.team_id in scope.own]
    groups = [_person(one, mine[one.id]) for one in own]
    return sorted(groups, key=lambda one: (one.figures.attended if one.figures else 0, one.name))


def _person(person: Person, lines: Sequence[Line]) -> Group:
    there = [row for row, placed in lines if placed.line.state.there]
    scores = [p.line.score for _, p in lines if p.line.score is not None]
    zone = zone_of(person.zone)
    return Group(
        level=Level.PERSON,
        name=person.name,
        figures=figures(lines, {person.id}),
        last=max((row.interval.start.astimezone(zone).date() for row in there), default=None),
        score=round(sum(scores) / len(scores)) if scores else None,
    )
