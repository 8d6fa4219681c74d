"""A unit's templates and the facts to one Problem for the optimiser, and who needs no meeting."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from scheduling.domain.centre import Agent, CodeKind
from scheduling.domain.meetings import CapRule, MeetingType, PlaceKind
from scheduling.domain.people import Person
from scheduling.domain.templates import Occurrence, Passed, Skipped, Standing, Template
from scheduling.domain.times import DAY, DateRange, WallWindow, zone_of
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Cap, Grid
from scheduling.optimizer.wanted import Limits, Meeting, Series
from scheduling.recurrence.audience import members
from scheduling.recurrence.due import due
from scheduling.recurrence.teams import Party, met_on, parties, standing
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.caps import caps
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.problems import (
    World,
    attendee_of,
    facilitator_of,
    grid_of,
    limits_of,
    rooms_of,
)
from scheduling.workflows.staffing import curves, heads

History = Mapping[tuple[str, str], Sequence[date]]
"""Local dates of meetings that are held or booked, by (agent, meeting type)."""

EMPTY: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the templates of a run ask for, and who of their audiences needs nothing.

    ``met`` is when each party has met, by template and key: see ``recurrence.teams``.
    """

    templates: Mapping[str, Template]
    occurrences: tuple[Occurrence, ...]
    passed: tuple[Skipped, ...]
    met: Mapping[tuple[str, str], Sequence[date]] = field(default_factory=dict)


def wanted(
    templates: Sequence[Template],
    dates: DateRange,
    facts: UnitFacts,
    led: Mapping[str, str],
    history: History,
    joined: Mapping[tuple[str, str], date],
    quorums: Mapping[str, float],
) -> Wanted:
    """Return what ``templates`` ask for in ``dates``; ``led`` is who leads each team.

    ``joined`` is since when a template (by id) is for an agent, where it was not always.

    An agent whom two templates of one type have in a period meets for the first of them only; so
    does a team. ``quorums`` are the parts of one that are enough, of types for several people.
    """
    known = {each: list(days) for each, days in history.items()}
    asked: list[Occurrence] = []
    passed: list[Skipped] = []
    met: dict[tuple[str, str], Sequence[date]] = {}
    for template in templates:
        if template.type_id in quorums:
            every = parties(template, facts.agents.values(), led, quorums[template.type_id])
            gathered = _together(template, every, dates, facts, known)
            asked += gathered.occurrences
            passed += gathered.passed
            met |= gathered.met
            continue
        people = [
            _standing(
                agent.id,
                facts,
                led,
                known.get((agent.id, template.type_id), ()),
                joined.get((template.id, agent.id)),
            )
            for agent in members(template.audience, facts.agents.values())
        ]
        found, without = due(template, people, dates)
        asked += found
        passed += without
        for one in found:
            known.setdefault((one.attendee_id, template.type_id), []).append(one.preferred[0])
    return Wanted(
        templates={template.id: template for template in templates},
        occurrences=tuple(asked),
        passed=tuple(passed),
        met=met,
    )


def _together(
    template: Template,
    every: Sequence[Party],
    dates: DateRange,
    facts: UnitFacts,
    known: dict[tuple[str, str], list[date]],
) -> Wanted:
    """Return the meetings of a template's parties, and add them to what is ``known``."""
    shifts = {
        one.id: frozenset(d.business_date for d in facts.days.get(one.id, ()) if d.segments)
        for party in every
        for one in party.people
    }
    met = {}
    for party in every:
        history = {one.id: known.get((one.id, template.type_id), ()) for one in party.people}
        met[template.id, party.key] = met_on(party, history)
    standings = [
        standing(party, met[template.id, party.key], shifts, facts.unread) for party in every
    ]
    found, passed = due(template, standings, dates)
    of_key = {party.key: party for party in every}
    occurrences = tuple(_of_party(one, of_key[one.attendee_id], shifts) for one in found)
    for one in occurrences:
        for person_id in one.people:
            known.setdefault((person_id, template.type_id), []).append(one.preferred[0])
    return Wanted(templates={}, occurrences=occurrences, passed=passed, met=met)


def _of_party(one: Occurrence, party: Party, shifts: Mapping[str, frozenset[date]]) -> Occurrence:
    """Return an occurrence of those who are at work on any of its days."""
    here = [person.id for person in party.people if not shifts[person.id].isdisjoint(one.days)]
    absent = tuple(person.id for person in party.people if person.id not in here)
    return replace(one, attendee_ids=tuple(here), least=party.least, absent_ids=absent)


def led(asked: Wanted, leaders: Collection[str]) -> Wanted:
    """Return what one of ``leaders`` leads; the rest is passed over, as its leader is gone."""
    gone = [one for one in asked.occurrences if one.facilitator_id not in leaders]
    passed = [
        Skipped(
            template_id=one.template_id,
            period=one.period,
            attendee_id=one.attendee_id,
            why=Passed.LEADER_GONE,
        )
        for one in gone
    ]
    return replace(
        asked,
        occurrences=tuple(one for one in asked.occurrences if one.facilitator_id in leaders),
        passed=(*asked.passed, *passed),
    )


def untyped(
    asked: Wanted, templates: Iterable[Template], dates: DateRange, facts: UnitFacts
) -> Wanted:
    """Return ``asked`` with everybody of ``templates`` passed over, whose type is not set up."""
    passed = [
        Skipped(
            template_id=template.id,
            period=dates.start,
            attendee_id=agent.id,
            why=Passed.NO_TYPE,
        )
        for template in templates
        for agent in members(template.audience, facts.agents.values())
    ]
    return replace(asked, passed=(*asked.passed, *passed))


def _standing(
    agent_id: str,
    facts: UnitFacts,
    led: Mapping[str, str],
    history: Iterable[date],
    joined: date | None,
) -> Standing:
    agent = facts.agents[agent_id]
    return Standing(
        agent_id=agent_id,
        site_id=agent.site_id,
        team_id=agent.team_id,
        manager_id=led.get(agent.team_id),
        history=tuple(sorted(history)),
        present=frozenset(
            day.business_date
            for day in facts.days.get(agent_id, ())
            if any(facts.kind(one.code_id) is CodeKind.WORK for one in day.segments)
        ),
        joined=joined,
        unread=agent_id in facts.unread,
    )


@dataclass(frozen=True, slots=True)
class _Sets:
    """The problem's sets of limits, each made once."""

    types: Mapping[str, MeetingType]
    made: dict[tuple[object, ...], str]
    limits: dict[str, Limits]

    def name(self, template: Template, days: Sequence[date]) -> str:
        """Return the name of the set for a meeting on ``days`` alone."""
        whole = DateRange(days[0], days[-1] + DAY)
        closed = frozenset(whole.days()) - set(days)
        key = (template.type_id, template.window, closed)
        if key not in self.made:
            self.made[key] = f"set-{len(self.made)}"
            self.limits[self.made[key]] = self._of(template, closed)
        return self.made[key]

    def _of(self, template: Template, closed: frozenset[date]) -> Limits:
        allowed = self.types[template.type_id].parameters
        return limits_of(allowed, _windows(template.window, allowed.window), closed)


def _windows(*windows: WallWindow | None) -> tuple[WallWindow, ...]:
    """Return the times of day that all of ``windows`` allow; where they share none, the first."""
    given = [window for window in windows if window is not None]
    if len(given) == 2:
        return (given[0].clip(given[1]) or given[0],)
    return tuple(given)


def build(
    asked: Wanted,
    world: World,
    leaders: Mapping[str, Person],
    types: Mapping[str, MeetingType],
    history: History,
    *,
    pinned: Sequence[Placement] = (),
    searched: Mapping[str, int] = EMPTY,
) -> Problem:
    """Return the problem of placing every occurrence; one of ``leaders`` leads each.

    Each keeps to the days an even pace gives it; those that have been ``searched`` before may be on
    all of their days, and with fewer people. ``pinned`` are the placements of an earlier pass.
    """
    facts, grid = world.facts, grid_of(world)
    sets = _Sets(types=types, made={}, limits={})
    every = asked.occurrences
    meetings = tuple(_meeting(one, asked, types, sets, searched.get(one.id, 0)) for one in every)
    people = sorted({i for one in every for i in one.people})
    leading = sorted({one.facilitator_id for one in every})
    demands = {d for i in (*people, *leading) if i in facts.agents for d in facts.agents[i].shares}
    sites = {facts.agents[i].site_id for i in people}
    mine: defaultdict[str, list[SessionRow]] = defaultdict(list)
    for row in world.ours:
        mine[row.attendee_id].append(row)
    indoors = any(one.place is PlaceKind.ROOM for one in meetings)
    return Problem(
        now=world.now,
        grid=grid,
        curves=curves(facts, grid, demands, world.ours),
        attendees=tuple(attendee_of(i, replace(world, ours=mine[i])) for i in people),
        facilitators=tuple(facilitator_of(replace(world, facilitator=leaders[i])) for i in leading),
        rooms=rooms_of(world, sites) if indoors else (),
        meetings=meetings,
        series=tuple(_series(asked, history)),
        pinned=tuple(pinned),
        limit_sets=sets.limits,
        caps=_caps(asked, types, world, grid, people),
        heads=heads(facts, grid, sites, demands, world.ours),
        as_of=facts.as_of,
    )


def _meeting(
    one: Occurrence,
    asked: Wanted,
    types: Mapping[str, MeetingType],
    sets: _Sets,
    searched: int,
) -> Meeting:
    template = asked.templates[one.template_id]
    kind = types[template.type_id]
    days = one.days if searched else one.preferred
    least = one.least_in(searched)
    some = least < len(one.people)
    return Meeting(
        id=one.id,
        attendee_ids=() if some else one.people,
        optional_ids=one.people if some else (),
        quorum=least if some else None,
        facilitator_id=one.facilitator_id,
        minutes=template.minutes or kind.minutes,
        first=days[0],
        last=days[-1],
        place=template.place,
        tier=one.tier,
        walk_away=kind.walk_away,
        type_id=template.type_id,
        limit_set=sets.name(template, days),
    )


def _series(asked: Wanted, history: History) -> Iterable[Series]:
    """Yield what keeps the meetings of one attendee apart, where a template asks for that."""
    of_attendee: defaultdict[tuple[str, str], list[Occurrence]] = defaultdict(list)
    for one in asked.occurrences:
        of_attendee[one.template_id, one.attendee_id].append(one)
    for (template_id, attendee_id), some in of_attendee.items():
        template = asked.templates[template_id]
        if not template.least_days and (template.most_days is None or len(some) == 1):
            continue
        own = history.get((attendee_id, template.type_id), ())
        past = asked.met.get((template_id, attendee_id), own)
        yield Series(
            id=f"{template_id}:{attendee_id}",
            meeting_ids=tuple(one.id for one in sorted(some, key=lambda one: one.period)),
            least=template.least_days,
            most=template.most_days if len(some) > 1 else None,
            history=tuple(sorted(set(past))),
        )


def _caps(
    asked: Wanted,
    types: Mapping[str, MeetingType],
    world: World,
    grid: Grid,
    people: Sequence[str],
) -> tuple[Cap, ...]:
    """Return every cap of every type in the run: where two are of one group, both hold."""
    rules: list[CapRule] = []
    for template in asked.templates.values():
        rules += [r for r in types[template.type_id].parameters.caps if r not in rules]
    return tuple(
        replace(cap, id=f"{number}:{cap.id}")
        for number, rule in enumerate(rules)
        for cap in caps((rule,), world.facts, grid, people, world.ours)
    )


def held_dates(facts: UnitFacts, code_of: Mapping[str, str]) -> dict[tuple[str, str], set[date]]:
    """Return when each (agent, type) has a meeting in the WFM; ``code_of`` is each type's code."""
    types_of: defaultdict[str, list[str]] = defaultdict(list)
    for type_id, code in code_of.items():
        types_of[code].append(type_id)
    found: defaultdict[tuple[str, str], set[date]] = defaultdict(set)
    for agent_id, days in facts.days.items():
        zone = zone_of(facts.zone_of(agent_id)) if agent_id in facts.agents else None
        for segment in (s for day in days for s in day.segments):
            for type_id in types_of.get(segment.code_id, ()):
                found[agent_id, type_id].add(segment.interval.start.astimezone(zone).date())
    return found


def audience(templates: Iterable[Template], facts: UnitFacts) -> tuple[Agent, ...]:
    """Return everybody whom any of ``templates`` is for, by id."""
    found = {one.id: one for t in templates for one in members(t.audience, facts.agents.values())}
    return tuple(found[i] for i in sorted(found))
