"""A run whose remotes do not answer, or not for everybody, and one that is stopped early."""

from collections.abc import Collection, Sequence

import pytest

from scheduling.domain.centre import AgentDay
from scheduling.domain.runs import RunState, RunView
from scheduling.domain.templates import Passed
from scheduling.domain.times import DateRange
from scheduling.ports.wfm import BadRequest
from scheduling.workflows.engine import BATCH_QUEUE
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.recurring import FORTNIGHT, SAM, Runs, weekly
from tests.integration.workflows.small_centre import EIGHT, centre
from tests.integration.workflows.test_runs import Forgetful
from tests.support.clocks import StoppedClock
from tests.support.postgres import BOTH
from wfm.centre.memory import MemoryWfm


class Illegible(MemoryWfm):
    """A WFM that can give no schedule that has to do with ``spoiled``."""

    spoiled = frozenset[str]()

    async def schedules(self, agent_ids: Collection[str], dates: DateRange) -> Sequence[AgentDay]:
        """See ports.Wfm."""
        if not self.spoiled.isdisjoint(agent_ids):
            raise BadRequest("a shift ends before it begins")
        return await super().schedules(agent_ids, dates)


async def test_a_run_waits_for_what_does_not_answer_and_says_so(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly())
    house.calendar.away = True
    begun = await runs.desk.start(SAM, FORTNIGHT)

    async def waits() -> RunView | None:
        run = await runs.desk.run(SAM, begun.id)
        return run if run.trouble else None

    waiting = await eventually(waits)
    assert (waiting.state, waiting.trouble) == (RunState.PLANNING, "calendar_away")
    house.calendar.away = False
    run = await runs.until(begun.id, RunState.PREVIEW)
    assert run.trouble is None
    assert run.preview is not None
    assert run.preview.sessions == 12


@pytest.mark.parametrize(("many", "sessions"), [(1, 10), (2, 8)])
async def test_whose_schedule_cannot_be_read_is_left_out_and_the_others_are_planned(
    database: str, many: int, sessions: int
) -> None:
    wfm = Illegible(centre(), StoppedClock(EIGHT))
    async with House.open(database, wfm=wfm) as house:
        runs = Runs(house)
        await runs.desk.save(SAM, weekly())
        wfm.spoiled = frozenset({"north-2", "north-5"} if many > 1 else {"north-2"})
        run = await runs.planned()
        assert run.preview is not None
        assert run.preview.passed == {Passed.UNREAD: 2 * many}
        assert run.preview.sessions == sessions


async def test_where_no_schedule_can_be_read_the_run_says_whom_to_ask(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduling.workflows.run_ground.MOST_UNREAD", 2)
    wfm = Illegible(centre(), StoppedClock(EIGHT))
    async with House.open(database, wfm=wfm) as house:
        runs = Runs(house)
        await runs.desk.save(SAM, weekly())
        wfm.spoiled = frozenset({"north-2", "north-3", "north-5"})
        run = await runs.desk.start(SAM, FORTNIGHT)
        assert (await runs.until(run.id, RunState.FAILED)).trouble == "wfm_unreadable"


@BOTH
async def test_a_run_that_is_stopped_before_its_booking_has_begun_books_nothing(
    database: str,
) -> None:
    async with House.open(database, engine=Forgetful) as house:
        runs, engine = Runs(house), house.engine
        assert isinstance(engine, Forgetful)
        engine.losing = False
        await runs.desk.save(SAM, weekly())
        run = await runs.planned()
        engine.losing = True
        await runs.desk.confirm(SAM, run.id, run.version)
        stopped = await runs.desk.discard(SAM, run.id)
        assert stopped.state is RunState.DISCARDED
        engine.losing = False
        async with house.store.write() as tx:
            await engine.enqueue_followup(tx, "book_run", "late", run.id, queue=BATCH_QUEUE)
        await house.quiet()
        assert (await runs.desk.run(SAM, run.id)).state is RunState.DISCARDED
        assert await runs.sessions() == []
