"""Figures out of closed registers; see ``participation_port`` for the promises."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.registers import AttendanceState
from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.storage import people, registers
from scheduling.storage.registers import Placed, RegisterRow
from scheduling.workflows import rights
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.participation_port import FEWEST, Figures, Group, Level, Participation
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
        lines = [one for one in lines if one[1].line.person_id in scope.people]
        names = await self._names(scope.unit_id)
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
        raise Refused(Refusal.NOT_YOUR_ROLE, {"who": Role.MANAGER.value})
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
    members: defaultdict[str, list[Person]] = defaultdict(list)
    for person in scope.people.values():
        if group_id := key(person):
            members[group_id].append(person)
    groups = []
    for group_id, some in sorted(members.items(), key=lambda each: names.get(each[0], each[0])):
        ids = {one.id for one in some}
        mine = [one for one in lines if one[1].line.person_id in ids]
        shown = figures(mine, ids) if _large(scope, some) else None
        groups.append(Group(level=level, name=names.get(group_id, group_id), figures=shown))
    return _unsubtractable(groups)


def _unsubtractable(groups: list[Group]) -> list[Group]:
    """Hide one more group where only one is hidden: the rest of the whole would be its figures."""
    if sum(one.figures is None for one in groups) != 1 or len(groups) < 2:
        return groups
    sizes = {place: one.figures.people for place, one in enumerate(groups) if one.figures}
    smallest = min(sizes, key=lambda place: (sizes[place], place))
    return [replace(one, figures=None) if n == smallest else one for n, one in enumerate(groups)]


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
