"""The desk of recurring meetings in a house, with what tests wait for."""

from collections.abc import Collection
from dataclasses import replace

from scheduling.domain.runs import RunSession, RunState, RunView
from scheduling.domain.templates import Audience, Frequency, Recurrence, Template
from scheduling.domain.times import DAY, DateRange
from scheduling.storage import bookings, people
from scheduling.storage import runs as storage
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.runs_desk import RunsDesk
from tests.integration.workflows.house import QUICK, House, eventually
from tests.integration.workflows.small_centre import MONDAY, actor

FORTNIGHT = DateRange(MONDAY + DAY, MONDAY + 14 * DAY)
SAM, SUE, MIA = actor("sam"), actor("sue"), actor("mia")


def weekly(**changes: object) -> Template:
    """Return a new weekly one-to-one of the team in the north with its own manager."""
    given: dict[str, object] = {
        "id": "",
        "version": 0,
        "name": "Weekly one-to-one",
        "unit_id": "",
        "owner_id": "",
        "type_id": "one_to_one",
        "audience": Audience(team_ids=frozenset({"north-team"})),
        "recurrence": Recurrence(frequency=Frequency.WEEKLY),
        "start": MONDAY,
    }
    return Template(**{**given, **changes})  # type: ignore[arg-type]  # any field by name


class Runs:
    """The desk of runs in a house, with what tests wait for."""

    def __init__(self, house: House) -> None:
        """Ask as Sam, who is a scheduler."""
        self.house = house
        self.desk = RunsDesk(house.runtime, FactsReader(house.wfm, house.clock, QUICK))

    async def planned(
        self, dates: DateRange = FORTNIGHT, template_ids: Collection[str] = ()
    ) -> RunView:
        """Plan, and wait for the preview."""
        run = await self.desk.start(SAM, dates, template_ids)
        return await self.until(run.id, RunState.PREVIEW)

    async def until(self, run_id: str, state: RunState) -> RunView:
        """Wait until a run is in ``state``."""

        async def there() -> RunView | None:
            run = await self.desk.run(SAM, run_id)
            return run if run.state is state else None

        return await eventually(there)

    async def sessions(self) -> list[SessionRow]:
        """Return what is planned or booked in the north."""
        async with self.house.store.read() as tx:
            return list(await bookings.active_in(tx, "north", FORTNIGHT.interval("UTC")))

    async def kept(self, run_id: str) -> list[RunSession]:
        """Return what a run planned."""
        async with self.house.store.read() as tx:
            return list(await storage.sessions_of(tx, run_id))

    def employ(self, *agent_ids: str) -> None:
        """Let the WFM have exactly these agents in the north, each like the first of today."""
        wfm = self.house.wfm
        known = {agent.id: agent for agent in wfm._centre.agents}
        first = known["north-1"]
        south = [agent for agent in wfm._centre.agents if agent.unit_id != "north"]
        agents = [known.get(i, replace(first, id=i, name=i)) for i in agent_ids]
        wfm._centre = replace(wfm._centre, agents=(*agents, *south))
        for day in FORTNIGHT.days():
            model = wfm.day("north-1", day)
            for agent_id in set(agent_ids) - set(known):
                if model is not None:
                    wfm.edit(agent_id, day, model.segments)

    async def retire(self, *person_ids: str) -> None:
        """Let people be there no more."""
        async with self.house.store.write() as tx:
            everybody = await people.everybody(tx)
            await people.sync(tx, [one for one in everybody if one.id not in person_ids])

    async def booked(self, run: RunView) -> RunView:
        """Confirm, and wait until all is written."""
        await self.desk.confirm(SAM, run.id, run.version)
        return await self.until(run.id, RunState.BOOKED)
