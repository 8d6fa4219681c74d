"""The ledger's remotes: keyed ones know a key again, the others do what they are told, each time."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from benchmarks.chaos import centre as small
from benchmarks.chaos.faults import Dice, Fault, Odds
from benchmarks.chaos.ledger import Ledger
from benchmarks.chaos.remotes import LedgerCalendar, LedgerWfm, Line
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.ports.calendar import (
    CalendarRejected,
    CalendarThrottled,
    CalendarUnavailable,
    EventDraft,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.wfm import ChangeSet, Insert, NotFound, Outcome, OutcomeUnknown

UNITS = small.unit_names(2)
MONDAY = date(2026, 11, 23)
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
HALF_HOUR = Interval(TEN, TEN + timedelta(minutes=30))
KEY = "r1:s1:wfm"


class Told(Dice):
    """Faults as a test says, in their order; none after that, and nobody is doomed."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__(0)
        self.next: list[Fault] = []

    def draw(self, odds: Odds) -> Fault:
        """See Dice."""
        del odds
        return self.next.pop(0) if self.next else Fault.NONE

    def is_doomed(self, request_id: str) -> bool:
        """See Dice."""
        return request_id == "doomed"


class Bench:
    """A ledger and both adapters over it."""

    def __init__(self, line: Line, log: io.StringIO, dice: Told) -> None:
        """Keep them."""
        self.line = line
        self.dice = dice
        self.wfm = LedgerWfm(line, small.centre(UNITS, MONDAY))
        self.calendar = LedgerCalendar(line, small.rooms(UNITS))
        self._log = log

    def effects(self, verb: str) -> int:
        """Return how often the ledger saw an effect."""
        lines = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return sum(line["verb"] == verb and line["effect"] for line in lines)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Serve a ledger in this process."""
    log, dice = io.StringIO(), Told()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(Ledger(log, dice).application()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield Bench(Line(session, str(server.make_url("")).rstrip("/")), log, dice)


def change(unit: str) -> ChangeSet:
    """Return an exception for an agent of a unit."""
    insert = Insert(
        agent_id=f"{unit}-agent-0",
        interval=HALF_HOUR,
        code_id="one_to_one",
        label="One-to-one",
        version="",
    )
    return ChangeSet(key=KEY, inserts=(insert,))


def event(unit: str, request: str = "r1") -> EventDraft:
    """Return an event of a manager of a unit in the unit's first room."""
    return EventDraft(
        key=f"{request}:s1:event:0",
        organiser=Mailbox(name="Manager", address=f"{unit}-manager-0@contoso.example"),
        interval=HALF_HOUR,
        zone=small.ZONE,
        subject="One-to-one",
        room=Mailbox(name="Room", address=f"{unit}-room-0@rooms.example"),
    )


@pytest.mark.parametrize("unit", UNITS)
async def test_an_exception_is_written_once_whether_its_answer_is_lost_or_not(
    bench: Bench, unit: str
) -> None:
    bench.dice.next = [Fault.NONE] * (not small.keyed(unit)) + [Fault.AFTER]
    with pytest.raises(OutcomeUnknown):
        await bench.wfm.apply(change(unit))
    assert (await bench.wfm.apply(change(unit))).all_in(Outcome.APPLIED)
    assert bench.effects("create") == 1
    (day,) = await bench.wfm.schedules(
        [f"{unit}-agent-0"], DateRange(MONDAY + DAY, MONDAY + 2 * DAY)
    )
    assert "one_to_one" in {segment.code_id for segment in day.segments}


async def test_a_remote_without_keys_does_what_it_is_told_again(bench: Bench) -> None:
    entry = {"key": KEY, "who": "a", "start": TEN.isoformat(), "end": TEN.isoformat()}
    for _ in range(2):
        await bench.line.ask("wfm/create", keyed=False, entry=entry)
    assert bench.effects("create") == 2


async def test_what_is_taken_back_is_gone_and_gone_once(bench: Bench) -> None:
    await bench.wfm.apply(change("unit-1"))
    for _ in range(2):
        assert (await bench.wfm.undo(KEY, "u")).all_in(Outcome.UNDONE)
    assert bench.effects("remove") == 1
    assert (await bench.wfm.status(KEY)).all_in(Outcome.UNDONE)
    with pytest.raises(NotFound):
        await bench.wfm.undo("never", "u")


@pytest.mark.parametrize("unit", UNITS)
async def test_an_event_is_made_and_its_people_are_mailed_once(bench: Bench, unit: str) -> None:
    guest = Mailbox(name="Agent", address=f"{unit}-agent-0@contoso.example")
    ref = await bench.calendar.hold(event(unit))
    assert await bench.calendar.hold(event(unit)) == ref
    for _ in range(2):
        await bench.calendar.invite(ref, [guest])
    assert (await bench.calendar.read(ref)).attendees == {guest.address: "none"}
    assert (bench.effects("create"), bench.effects("invite")) == (1, 1)


@pytest.mark.parametrize("unit", UNITS)
async def test_a_cancelled_event_stays_so_and_its_room_is_free(bench: Bench, unit: str) -> None:
    ref = await bench.calendar.hold(event(unit))
    other = await bench.calendar.hold(event(unit, "r2"))
    assert (await bench.calendar.read(other)).room is RoomAnswer.DECLINED
    for _ in range(2):
        await bench.calendar.cancel(ref, "")
    assert await bench.calendar.find(ref.organiser, event(unit).key) is None
    with pytest.raises(CalendarRejected):
        await bench.calendar.hold(event(unit))
    third = await bench.calendar.hold(event(unit, "r3"))
    assert (await bench.calendar.read(third)).room is RoomAnswer.ACCEPTED


async def test_a_doomed_request_has_no_event(bench: Bench) -> None:
    with pytest.raises(CalendarRejected):
        await bench.calendar.hold(event("unit-1", "doomed"))
    assert bench.effects("create") == 0


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.NONE])
async def test_each_fault_leaves_the_effect_that_it_says(bench: Bench, fault: Fault) -> None:
    bench.dice.next = [fault]
    with pytest.raises((CalendarUnavailable, CalendarThrottled)):
        await bench.calendar.hold(event("unit-1"))
    assert bench.effects("create") == fault.applies
