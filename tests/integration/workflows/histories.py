"""The step histories of a release: what its promises did, step by step, and the rows they left.

``python -m tests.integration.workflows.histories RELEASE`` records them with the code it runs in.
"""

import asyncio
import json
import sqlite3
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbos import _dbos

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import RequestState
from scheduling.ports.calendar import CalendarForbidden, RoomAnswer
from scheduling.ports.wfm import Rejected
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor
from wfm.centre.memory import Fault

HISTORIES = Path(__file__).parents[2] / "fixtures" / "histories"

TABLES = (
    "unit",
    "draft",
    "soft_hold",
    "request",
    "session",
    "reservation",
    "work_item",
    "decision",
)
"""The tables whose rows a workflow finds and leaves; the house knows its people by itself."""

Rows = dict[str, list[dict[str, Any]]]


def rows_of(database: Path) -> Rows:
    """Return what the domain tables hold, as SQLite keeps it."""
    with sqlite3.connect(database) as connection:
        connection.row_factory = sqlite3.Row
        held = {
            table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - our own names
            for table in TABLES
        }
    for draft in held["draft"]:
        draft["proposal"] = None  # large, and no workflow reads it
    return held


class Recorder:
    """Looks over the engine's shoulder: the rows before each first step and after each step."""

    def __init__(self, database: Path) -> None:
        """Record what happens on ``database``."""
        self._database = database
        self.before: dict[str, Rows] = {}
        self.after: dict[tuple[str, int], Rows] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Record until the block ends; the engine is launched."""
        engine = _dbos._get_dbos_instance()._sys_db
        check, record = engine.check_operation_execution, engine.record_operation_result

        def checked(workflow_id: str, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - the engine's
            if workflow_id not in self.before:
                self.before[workflow_id] = rows_of(self._database)
            return check(workflow_id, *rest, **named)

        def recorded(result: Any, **named: Any) -> None:  # noqa: ANN401 - the engine's
            record(result, **named)
            step = result["workflow_uuid"], result["function_id"]
            self.after[step] = rows_of(self._database)

        engine.check_operation_execution = checked  # type: ignore[method-assign]
        engine.record_operation_result = recorded  # type: ignore[method-assign,assignment]
        yield

    def histories(self, release: str) -> Iterator[dict[str, Any]]:
        """Return the history of each workflow that ran, oldest first."""
        with sqlite3.connect(self._database) as connection:
            connection.row_factory = sqlite3.Row
            for flow in connection.execute(
                "SELECT s.*, i.inputs AS asked FROM workflow_status AS s"
                " JOIN workflow_input AS i USING (workflow_uuid) ORDER BY s.created_at, 1"
            ):
                steps = connection.execute(
                    "SELECT * FROM operation_outputs WHERE workflow_uuid = ? ORDER BY function_id",
                    [flow["workflow_uuid"]],
                )
                yield self._history(release, flow, list(steps))

    def _history(self, release: str, flow: sqlite3.Row, steps: list[sqlite3.Row]) -> dict[str, Any]:
        held = before = self.before[flow["workflow_uuid"]]
        told = []
        for step in steps:
            now = self.after.get((flow["workflow_uuid"], step["function_id"]), held)
            told.append(
                {
                    **{k: step[k] for k in ("function_id", "function_name", "output", "error")},
                    "rows": {table: now[table] for table in TABLES if now[table] != held[table]},
                }
            )
            held = now
        return {
            "release": release,
            "workflow": flow["name"],
            "id": flow["workflow_uuid"],
            "queue": flow["queue_name"],
            "partition": flow["queue_partition_key"],
            "priority": flow["priority"],
            "inputs": json.loads(flow["asked"])["positionalArgs"],
            "status": flow["status"],
            "before": before,
            "steps": told,
        }


async def two_booked(house: House) -> None:
    """Book two sessions online, and undo them."""
    request_id = await house.submit("north-1", "north-2")
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    await house.desk.undo(actor("mia"), request_id)
    await house.settled(request_id, RequestState.UNDONE)


async def no_room_answers(house: House) -> None:
    """Book where one room declines, and the other says nothing."""
    house.calendar.answers["elm@rooms.example"] = RoomAnswer.DECLINED
    house.calendar.answers["oak@rooms.example"] = RoomAnswer.NONE
    request_id = await house.submit("north-1", place=PlaceKind.ROOM)
    await house.settled(request_id, RequestState.BOOKED)


async def refused_by_the_wfm(house: House) -> None:
    """Book what the WFM will not have: taken back, and given to the schedulers, who force it."""
    house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    request_id = await house.submit("north-1")
    await house.settled(request_id, RequestState.ESCALATED)
    await house.quiet()
    item = await house.item(request_id)
    assert item is not None
    await house.desk.force(actor("sam"), item.id, item.version, "she is waiting")
    await house.settled(request_id, RequestState.BOOKED)


async def cancelled_meanwhile(house: House) -> None:
    """Cancel while it is being written."""
    begun: list[str] = []

    async def cancel(call: str) -> None:
        if call == "hold" and not begun:
            begun.append(call)
            await house.desk.cancel(actor("mia"), request_id)

    house.calendar.before = cancel
    request_id = await house.submit("north-1")
    await house.settled(request_id, RequestState.UNDONE)


async def invitation_refused(house: House) -> None:
    """Fail after the pivot: it stands, and a work item is made."""
    house.calendar.fail("invite", CalendarForbidden("no right"))
    await house.settled(await house.submit("north-1"), RequestState.BOOKED)


async def no_time_at_all(house: House) -> None:
    """Find no time for one of two, and send it back."""
    draft = await house.propose("north-1", "north-2")
    house.wfm.edit("north-2", TUESDAY, ())
    request_id = await house.take(draft, escalate=True)
    await house.settled(request_id)
    await house.quiet()


async def search_broken(house: House) -> None:
    """Fail to search at all."""
    draft = await house.propose("north-1")
    house.calendar.fail("free_busy", RuntimeError("a bug of ours"))
    await house.settled(await house.take(draft), RequestState.ESCALATED)


SCENES: dict[str, Callable[[House], Awaitable[None]]] = {
    scene.__name__: scene
    for scene in (
        two_booked,
        no_room_answers,
        refused_by_the_wfm,
        cancelled_meanwhile,
        invitation_refused,
        no_time_at_all,
        search_broken,
    )
}


async def play(name: str, database: Path) -> Recorder:
    """Play one scene on a new database; what was recorded of it."""
    recorder = Recorder(database)
    async with House.open(f"sqlite:///{database}", prefix="h") as house:
        with recorder.watching():
            await SCENES[name](house)
            await house.quiet()
    return recorder


def record(release: str, name: str, folder: Path) -> None:
    """Play one scene and write down the histories whose steps no earlier one had."""
    with tempfile.TemporaryDirectory() as place:
        recorder = asyncio.run(play(name, Path(place) / "aside.db"))
        known = {_shape(json.loads(path.read_text())) for path in folder.glob("*.json")}
        for history in recorder.histories(release):
            if history["steps"] and _shape(history) not in known:
                known.add(_shape(history))
                number = sum(1 for _ in folder.glob(f"{history['workflow']}-{name}*"))
                path = folder / f"{history['workflow']}-{name}-{number + 1}.json"
                path.write_text(json.dumps(history, indent=1, sort_keys=True) + "\n")


def _shape(history: dict[str, Any]) -> tuple[str, ...]:
    return (history["workflow"], *(step["function_name"] for step in history["steps"]))


def _record_all(release: str) -> None:
    folder = HISTORIES / release
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCENES:
        record(release, name, folder)


if __name__ == "__main__":
    _record_all(sys.argv[1])
