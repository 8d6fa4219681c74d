"""The searches of a run: meetings of several people first, then everything else around them.

The caps of a type count everybody who is away, so that "two of a team at once" would leave no time
for that team's own meeting. It is searched by its own type's rules, as one that is asked for is.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date

from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.templates import Occurrence
from scheduling.optimizer.outcome import Answer, CurveImpact, PeriodImpact
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.storage.bookings import NOBODY, SessionRow
from scheduling.workflows import problems, whole_unit
from scheduling.workflows.problems import World
from scheduling.workflows.run_ground import Ground, zones_of
from scheduling.workflows.services import Services, Solver
from scheduling.workflows.whole_unit import Wanted

PATIENCE = 180.0
"""Seconds that the search of a run may take; what it has then is its plan, and the plan says so."""
LEAST_PATIENCE = 5.0
"""Seconds below which a further search is not begun."""


@asynccontextmanager
async def solver_of(services: Services) -> AsyncIterator[Solver]:
    """Lend what searches for a run: a solver of its own, where there is one."""
    if services.batch_solver is None:
        yield services.solver
        return
    async with services.batch_solver() as lent:
        yield lent


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found for all of a run. ``reconciled``: the staffing it was found on adds up."""

    answer: Answer
    reconciled: bool


async def search(services: Services, ground: Ground) -> Found | None:
    """Return where everything that a run asks for would be; None where it asks for nothing.

    All searches together have ``PATIENCE``. SOLVER_AWAY where an answer is not within the rules.
    """
    begun, found, world = services.clock.now(), None, ground.world
    async with solver_of(services) as solver:
        for asked in _in_order(ground.asked):
            patience = PATIENCE - (services.clock.now() - begun).total_seconds()
            one = _Searching(services, solver, ground, asked, world)
            problem, answer = await one.answer(max(patience, LEAST_PATIENCE))
            reconciled = all(curve.reconciled for curve in problem.curves)
            world = problems.holding(world, list(_rows(ground, asked, answer.plan.placements)))
            found = Found(
                answer=merged(found.answer, answer) if found else answer,
                reconciled=reconciled and (found is None or found.reconciled),
            )
    return found


def _in_order(asked: Wanted) -> Iterator[Wanted]:
    """Yield what is searched at once: those of several people, then those of one."""
    for several in (True, False):
        some = tuple(one for one in asked.occurrences if bool(one.attendee_ids) is several)
        ids = {one.template_id for one in some}
        if some:
            mine = {i: template for i, template in asked.templates.items() if i in ids}
            yield replace(asked, templates=mine, occurrences=some)


@dataclass(frozen=True, slots=True)
class _Searching:
    """Searches of one part of a run in one world."""

    services: Services
    solver: Solver
    ground: Ground
    asked: Wanted
    world: World

    async def answer(self, patience: float) -> tuple[Problem, Answer]:
        """Search at an even pace, then again with more days and fewer people for what has no time.

        A further search has the patience that those before it have left.
        """
        begun, searched = self.services.clock.now(), Counter[str]()
        problem, found = await self._once((), searched, patience)
        while again := self._again(found, searched):
            left = patience - (self.services.clock.now() - begun).total_seconds()
            if left < LEAST_PATIENCE:
                break
            searched.update(again)
            problem, found = await self._once(found.plan.placements, searched, left)
        return problem, found

    def _again(self, found: Answer, searched: Mapping[str, int]) -> list[str]:
        """Return what has no time and may be searched in another way."""
        failed = {failure.meeting_id for failure in found.plan.failures}
        every = self.asked.occurrences
        return [
            one.id
            for one in every
            if one.id in failed and searched.get(one.id, 0) + 1 < one.searches
        ]

    async def _once(
        self, pinned: Sequence[Placement], searched: Mapping[str, int], patience: float
    ) -> tuple[Problem, Answer]:
        problem = await asyncio.to_thread(
            whole_unit.build,
            self.asked,
            self.world,
            self.ground.leaders,
            self.services.catalogue.types,
            self.ground.history,
            pinned=pinned,
            searched=searched,
        )
        zones = zones_of(self.world.facts)
        found = await self.solver.answer(problem, zones, patience=patience)
        if found.faults:
            raise Refused(Refusal.SOLVER_AWAY, {"faults": len(found.faults)})
        return problem, found


def _rows(ground: Ground, asked: Wanted, placements: Iterable[Placement]) -> Iterator[SessionRow]:
    """Yield placements as rows that nobody has reserved, for the next search to go around."""
    occurrences: Mapping[str, Occurrence] = {one.id: one for one in asked.occurrences}
    for placed in placements:
        one = occurrences[placed.meeting_id]
        row = SessionRow(
            id=one.id,
            request_id="",
            unit_id=ground.world.facts.unit.id,
            attendee_id=NOBODY,
            facilitator_id=one.facilitator_id,
            zone=ground.world.facts.zone_of(one.people[0]),
            interval=placed.interval,
            place=placed.place,
            room_id=placed.room_id,
        )
        yield row
        for person_id in placed.attendee_ids or one.people:
            yield replace(
                row, id=f"{one.id}:{person_id}", attendee_id=person_id, gathering_id=one.id
            )


def merged(first: Answer, second: Answer) -> Answer:
    """Return two answers as one, of which the second was found with the first's plan in place."""
    curves: dict[tuple[str, date], CurveImpact] = {}
    days: dict[tuple[str, date], PeriodImpact] = {}
    for curve, day in zip(first.curves, first.days, strict=True):
        curves[day.demand_id, day.day], days[day.demand_id, day.day] = curve, day
    for curve, day in zip(second.curves, second.days, strict=True):
        key = day.demand_id, day.day
        curves[key] = _from(curves[key], curve) if key in curves else curve
        days[key] = _since(days[key], day) if key in days else day
    return replace(
        second,
        plan=replace(
            second.plan,
            placements=first.plan.placements + second.plan.placements,
            failures=first.plan.failures + second.plan.failures,
            cost=first.plan.cost + second.plan.cost,
            bound=first.plan.bound + second.plan.bound,
        ),
        curves=tuple(curves[key] for key in sorted(curves)),
        days=tuple(days[key] for key in sorted(days)),
    )


def _from(before: CurveImpact, after: CurveImpact) -> CurveImpact:
    return replace(after, before=before.before, service_before=before.service_before)


def _since(before: PeriodImpact, after: PeriodImpact) -> PeriodImpact:
    return replace(
        after,
        before=before.before,
        stressed_before=before.stressed_before,
        late_before=before.late_before,
        lowest_net=min(before.lowest_net, after.lowest_net),
        understaffed_before=before.understaffed_before,
        understaffed_hours=before.understaffed_hours + after.understaffed_hours,
    )
