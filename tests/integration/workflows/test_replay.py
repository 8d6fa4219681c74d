"""What an earlier release began, this one finishes, wherever it was cut off.

A promise whose steps were changed under its old name is named here; CONTRIBUTING.md says what to
do instead.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOS, _sys_db
from dbos._error import DBOSUnexpectedStepError
from sqlalchemy.engine import make_url

from scheduling.domain.requests import RequestState, SessionState, Target, TargetState
from scheduling.domain.times import DAY, DateRange
from scheduling.ports.calendar import EventDraft, EventRef, Mailbox
from scheduling.ports.wfm import ChangeSet, Insert
from scheduling.storage import bookings, owners
from scheduling.storage.bookings import SessionRow
from scheduling.storage.owners import Unfinished
from scheduling.workflows import book, writes
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.promises import use_runtime
from scheduling.workflows.search import Search
from tests.integration.workflows.fakes import Event, FakeCalendar
from tests.integration.workflows.histories import HISTORIES, TABLES
from tests.integration.workflows.house import QUICK, House
from tests.integration.workflows.small_centre import centre
from wfm.centre.memory import MemoryWfm

ENGINE_TABLES = ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")
WRITERS = ("resume", "book", "undo")
"""The promises after which what stands is written, with all that they lead to."""

LONG = 8

History = dict[str, Any]


def histories() -> list[Any]:
    """Return every recorded history as a parameter, named by its release and its file."""
    return [
        pytest.param(json.loads(path.read_text()), id=f"{path.parent.name}/{path.stem}")
        for path in sorted(HISTORIES.glob("*/*.json"))
    ]


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a fresh file; steps are matched by the same code on either database."""
    empty: Path = request.getfixturevalue("empty_file")
    path = tmp_path / "aside.db"
    path.write_bytes(empty.read_bytes())
    return f"sqlite:///{path}"


@dataclass
class Replays:
    """A house in which histories are taken up where they were cut off."""

    house: House
    mismatches: list[str] = field(default_factory=list)

    async def end_of(self, history: History, steps: int) -> str:
        """Let today's code go on after so many steps; the status in which the workflow ends."""
        self.mismatches.clear()
        self._load_rows(history, steps)
        await self._rebuild_world()
        await self._enqueue(history, steps)
        await self.house.quiet()
        (status,) = await DBOS.list_workflows_async(workflow_ids=[history["id"]])
        return str(status.status)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(str(make_url(self.house.store.url).database), timeout=30)

    def _load_rows(self, history: History, steps: int) -> None:
        """Make the tables hold what they held after so many steps, and the engine nothing."""
        held = dict(history["before"])
        for step in history["steps"][:steps]:
            held.update(step["rows"])
        with self._connect() as connection:
            for table in chain(reversed(TABLES), ("timer",), ENGINE_TABLES):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            for table in TABLES:
                for row in held[table]:
                    names = ", ".join(f'"{name}"' for name in row)
                    marks = ", ".join("?" * len(row))
                    connection.execute(
                        f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - our own names
                        list(row.values()),
                    )

    async def _sessions(self) -> Sequence[SessionRow]:
        with self._connect() as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM session")]
        async with self.house.store.read() as tx:
            return [await bookings.require(tx, one) for one in ids]

    async def _rebuild_world(self) -> None:
        """Let the WFM and the calendar hold what the rows say was written."""
        house = self.house
        house.wfm = MemoryWfm(centre(), house.clock)
        house.calendar = FakeCalendar()
        for row in await self._sessions():
            if row.targets[Target.WFM] is TargetState.DONE:
                await _lay(house.wfm, row)
            _hold(house.calendar, row)
        services = replace(
            house.runtime.services,
            wfm=house.wfm,
            calendar=house.calendar,
            patient_calendar=house.calendar,
        )
        reader = FactsReader(house.wfm, house.clock, QUICK)
        use_runtime(replace(house.runtime, services=services, search=Search(services, reader)))

    async def _enqueue(self, history: History, steps: int) -> None:
        """Give the engine the workflow with its first steps, in one transaction."""
        engine, name, key = self.house.engine, history["workflow"], history["id"]
        async with self.house.store.write() as tx:
            if history["partition"]:
                await engine.enqueue_unit(
                    tx,
                    name,
                    key,
                    *history["inputs"],
                    unit_id=history["partition"],
                    ticket=history["priority"],
                )
            else:
                await engine.enqueue_followup(tx, name, key, *history["inputs"])
            for step in history["steps"][:steps]:
                await tx.exec_driver_sql(
                    "INSERT INTO operation_outputs (workflow_uuid, function_id, function_name,"
                    " output, error, serialization, retention_timestamp)"
                    " VALUES (?, ?, ?, ?, ?, 'portable_json', 0)",
                    (
                        key,
                        step["function_id"],
                        step["function_name"],
                        step["output"],
                        step["error"],
                    ),
                )

    async def standing(self) -> int:
        """Return how many sessions are planned or booked now."""
        return sum(row.state.value in bookings.ACTIVE_SESSIONS for row in await self._sessions())

    async def unowned(self) -> Sequence[Unfinished]:
        """Return the requests that wait for a human whom nobody has asked."""
        async with self.house.store.read() as tx:
            going = await owners.unfinished(tx)
        return [one for one in going if one.state is RequestState.ESCALATED and not one.undecided]


async def _lay(wfm: MemoryWfm, row: SessionRow) -> None:
    day = row.interval.start.date()
    (found,) = await wfm.schedules([row.attendee_id], DateRange(day, day + DAY))
    insert = Insert(
        agent_id=row.attendee_id,
        interval=row.interval,
        code_id="one_to_one",
        label="One-to-one",
        version=found.version,
    )
    await wfm.apply(ChangeSet(key=writes.wfm_key(row), inserts=(insert,)))


def _hold(calendar: FakeCalendar, row: SessionRow) -> None:
    """Make the events of all rooms tried; only the last may stand."""
    for attempt in range(row.room_attempt + (row.event is not None)):
        last = attempt == row.room_attempt
        name = f"event-{len(calendar.events) + 1}"
        ref = EventRef(organiser="mia@contoso.example", event_id=name, ical_uid=name)
        draft = EventDraft(
            key=writes.event_key(row, attempt),
            organiser=Mailbox(name="Mia", address="mia@contoso.example"),
            interval=row.interval,
            zone=row.zone,
            subject="One-to-one",
            room=Mailbox(name=row.room_id, address=row.room_id) if row.room_id else None,
        )
        invited = row.targets[Target.INVITE] is TargetState.DONE
        calendar.events[draft.key] = Event(
            draft=draft,
            ref=row.event if last and row.event else ref,
            people=[f"{row.attendee_id}@contoso.example"] if invited else [],
            cancelled=not last or row.targets[Target.INVITE] is TargetState.UNDONE,
        )


@pytest.fixture
def replays(house: House, monkeypatch: pytest.MonkeyPatch) -> Replays:
    """Take histories up; a step that is not the recorded one is noted, whoever catches it."""
    made = Replays(house=house)

    class Noted(DBOSUnexpectedStepError):
        def __init__(
            self, *, workflow_id: str, step_id: int, expected_name: str, recorded_name: str
        ) -> None:
            super().__init__(workflow_id, step_id, expected_name, recorded_name)
            made.mismatches.append(f"step {step_id} is {expected_name}, was {recorded_name}")

    monkeypatch.setattr(_sys_db, "DBOSUnexpectedStepError", Noted)
    return made


def cuts(history: History) -> list[int]:
    """Return after how many steps to cut: after those that left something, and after the last.

    A step that would meet another one is met after the last as well; of a long history every
    other step will do.
    """
    left = [n for n, step in enumerate(history["steps"], 1) if step["rows"]]
    return sorted({*(left[::2] if len(left) > LONG else left), len(history["steps"])})


@pytest.mark.parametrize("history", histories())
async def test_what_an_earlier_release_began_is_finished(
    replays: Replays, history: History
) -> None:
    for steps in cuts(history):
        ended = await replays.end_of(history, steps)
        where = f"{history['workflow']} of {history['release']}, cut after {steps} steps"
        assert not replays.mismatches, f"{where}: {replays.mismatches}"
        assert ended == "SUCCESS", where
        assert not await replays.unowned(), where
        if history["workflow"] in WRITERS:
            standing = await replays.standing()
            held = replays.house.applied(), len(replays.house.calendar.live)
            assert held == (standing, standing), where


def test_every_promise_of_the_earlier_release_has_a_history() -> None:
    recorded = {json.loads(path.read_text())["workflow"] for path in HISTORIES.glob("8defaa8/*")}
    assert recorded == {"place", "resume", "book", "undo", "show", "show_queue", "announce"}


@DBOS.workflow(name="release_before_undoing")
async def release_before_undoing(request_id: str) -> None:
    """Undo a request as a careless change would: the same steps in another order."""
    await book.concerned_by(request_id)
    for session_id in await book.written(request_id):
        await book.release(session_id, SessionState.CANCELLED.value)
        await book.undo_wfm(session_id)


async def test_a_promise_changed_in_a_forbidden_way_is_named(replays: Replays) -> None:
    path = HISTORIES / "8defaa8" / "undo-two_booked-1.json"
    history = {**json.loads(path.read_text()), "workflow": "release_before_undoing"}
    await replays.end_of(history, 3)
    assert replays.mismatches == ["step 1 is concerned_by, was correlation_of"]
