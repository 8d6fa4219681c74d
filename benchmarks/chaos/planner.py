"""What the driver may ask a worker about runs: recurring meetings and courses, planned and confirmed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from benchmarks.chaos import centre as small
from benchmarks.chaos.accounts import actor, chat_of
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.runs import RunState, RunView
from scheduling.domain.times import DateRange
from scheduling.storage import cards
from scheduling.storage.cards import CardPlace
from scheduling.workflows.courses_desk import CoursesDesk
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.runs_desk import RunsDesk
from scheduling.workflows.runtime import Runtime

Answer = dict[str, Any]
WHOLE = timedelta(days=20)
"""What a run covers: three weeks and parts of them."""


class Planner:
    """Runs through the product's own desks. Each call may be repeated, and names the same run."""

    def __init__(
        self, runtime: Runtime, reader: FactsReader, units: Sequence[str], first: date
    ) -> None:
        """Plan in ``units`` from ``first``."""
        self._runs = RunsDesk(runtime, reader)
        self._courses = CoursesDesk(runtime, reader)
        self._services = runtime.services
        self._units = units
        self._first = first

    async def keep(self, told: Answer) -> Answer:
        """Keep what run ``number`` is of: a template, or a course."""
        me, number = self._who(told), told["number"]
        unit = small.unit_of_run(number, self._units)
        if not await self._kept(me, number):
            if small.is_course(number):
                await self._courses.save(me, small.course(number, unit))
            else:
                await self._runs.save(me, small.template(number, unit, self._first))
        return {}

    async def begin(self, told: Answer) -> Answer:
        """Begin a run as one of two schedulers; the one that there is already, where there is one."""
        me, number = self._who(told), told["number"]
        going = [run for run in await self._of(me, number) if run.state is not RunState.FAILED]
        if going:
            return {"run": going[0].id}
        dates = DateRange(self._first, self._first + WHOLE)
        kept = await self._kept(me, number)
        try:
            if small.is_course(number):
                run = await self._courses.start(me, kept[0], dates)
            else:
                run = await self._runs.start(me, dates, kept)
        except Refused as refused:
            if refused.refusal is not Refusal.RUN_UNDER_WAY:
                raise
            return {"run": refused.facts["run_id"]}
        place = CardPlace(
            subject=cards.of_run(run.id),
            conversation_id=chat_of(small.planners(self._unit(number))[0]),
            activity_id=f"card-{run.id}",
        )
        async with self._services.store.write() as tx:
            await cards.put(tx, place)
        return {"run": run.id}

    async def confirm(self, told: Answer) -> Answer:
        """Let what was planned be booked, unless somebody did so before."""
        me = self._who(told)
        run = await self._runs.run(me, told["run"])
        if run.state is RunState.PREVIEW:
            run = await self._runs.confirm(me, run.id, run.version)
        return {"state": run.state.value}

    def _unit(self, number: int) -> str:
        return small.unit_of_run(number, self._units)

    def _who(self, told: Answer) -> Actor:
        return actor(small.planners(self._unit(told["number"]))[told["who"]])

    async def _kept(self, me: Actor, number: int) -> list[str]:
        name = small.name_of_run(number)
        if small.is_course(number):
            return [
                one.course.id for one in await self._courses.courses(me) if one.course.name == name
            ]
        found = await self._runs.templates(me)
        return [one.template.id for one in found if one.template.name == name]

    async def _of(self, me: Actor, number: int) -> list[RunView]:
        desk = self._courses.rollouts if small.is_course(number) else self._runs.runs
        return [run for run in await desk(me) if run.template_names == (small.name_of_run(number),)]
