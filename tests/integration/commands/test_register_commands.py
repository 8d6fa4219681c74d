"""``aside register``: registers listed, shown, and exported as CSV."""

import asyncio
import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Person, Role
from scheduling.domain.registers import Attendance, AttendanceState
from scheduling.domain.requests import SessionState
from scheduling.domain.times import DateRange, Interval
from scheduling.storage import bookings, people, registers, requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.registers import Placed, RegisterRow
from scheduling.storage.requests import NewRequest
from scheduling.storage.store import Store
from tests.support.databases import with_tables

Aside = Callable[..., tuple[int, str]]
START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
TED = Person(
    id="ted", name="Ted Moss", zone="UTC", roles=frozenset({Role.TRAINER}), unit_id="north"
)
REGISTER = RegisterRow(
    session_id="closed-1",
    version=2,
    request_id="r1",
    unit_id="north",
    type_id="training",
    facilitator_id="ted",
    zone="Europe/Berlin",
    interval=Interval(START, START + timedelta(hours=1)),
    scored=True,
    nudges=0,
    opened_at=START,
    lock_at=START + timedelta(days=7),
    closed_at=START + timedelta(hours=2),
    closed_by="ted",
)
REQUEST = NewRequest(
    id="r1",
    unit_id="north",
    draft_id="d1",
    requester_id="ted",
    requester_object_id="oid-ted",
    ask=Ask(
        type_id="training",
        attendee_ids=("asha", "ben"),
        facilitator_id="ted",
        dates=DateRange(START.date(), START.date() + timedelta(days=1)),
        minutes=60,
        place=PlaceKind.ONLINE,
        together=True,
    ),
    chosen={},
    escalate=False,
    unplaced=(),
    created_at=START - timedelta(days=7),
)
LINES = (
    Attendance(person_id="asha", score=80),
    Attendance(person_id="ben", state=AttendanceState.NO_SHOW),
)


@pytest.fixture
def kept(nowhere: Path) -> Path:
    """Return a folder whose database has a closed register and an open one."""
    asyncio.run(_keep(nowhere / "aside.db"))
    return nowhere


async def _keep(database: Path) -> None:
    store = Store(with_tables(database))
    asha = replace(TED, id="asha", name="=Asha", roles=frozenset({Role.AGENT}))
    async with store.write() as tx:
        await people.sync(tx, [TED, asha, replace(asha, id="ben", name="Ben Osei")])
        await requests.insert(tx, REQUEST)
        for row in (REGISTER, replace(REGISTER, session_id="open-1", closed_at=None)):
            await bookings.reserve(tx, [_session(row)])
            placed = [Placed(line=one, team_id="billing", site_id="leeds") for one in LINES]
            await registers.insert(tx, row, placed)
    await store.close()


def _session(row: RegisterRow) -> SessionRow:
    """Return the session of a register, which takes nobody's time here."""
    return SessionRow(
        id=row.session_id,
        request_id=row.request_id,
        unit_id=row.unit_id,
        attendee_id=row.session_id,
        facilitator_id=f"leads-{row.session_id}",
        zone=row.zone,
        interval=row.interval,
        place=PlaceKind.ONLINE,
        room_id=None,
        state=SessionState.BOOKED,
    )


def test_registers_are_listed_open_ones_first(kept: Path, aside: Aside) -> None:
    del kept
    code, said = aside("register", "list")
    first, second = said.splitlines()
    assert code == 0
    assert first == "open-1  open    2026-11-24 10:00 UTC  training  Ted Moss"
    assert second == "closed-1  closed  2026-11-24 10:00 UTC  training  Ted Moss"
    assert aside("register", "list", "--open")[1].splitlines() == [first]
    assert aside("register", "list", "--most", "1")[1].splitlines() == [first]
    assert aside("register", "list", "--unit", "south")[1].startswith("There is none")


def test_a_register_is_shown_line_by_line(kept: Path, aside: Aside) -> None:
    del kept
    code, said = aside("register", "show", "closed-1")
    assert code == 0
    assert said.splitlines() == [
        "training, 2026-11-24 10:00 UTC, closed 2026-11-24 12:00 UTC",
        "asha  attended  =Asha  80",
        "ben  no_show   Ben Osei",
    ]
    assert "10:00 UTC, open" in aside("register", "show", "open-1")[1]
    code, said = aside("register", "show", "none")
    assert (code, "There is no register of none" in said) == (1, True)


def test_only_closed_registers_are_exported_and_no_name_runs_as_a_formula(
    kept: Path, aside: Aside
) -> None:
    output = kept / "registers.csv"
    code, said = aside("register", "export", "-o", str(output))
    assert (code, f"Wrote {output}: 2 lines" in said) == (0, True)
    asha, ben = csv.DictReader(output.read_text(encoding="utf-8-sig").splitlines())
    assert (asha["session"], asha["state"], asha["score"]) == ("closed-1", "attended", "80")
    assert (ben["name"], ben["state"], ben["score"]) == ("Ben Osei", "no_show", "")
    assert asha["start"] == "2026-11-24T11:00+01:00"
    assert asha["name"] == "'=Asha"


def test_an_export_is_of_the_days_that_were_asked_for(kept: Path, aside: Aside) -> None:
    output = kept / "registers.csv"
    days = ("--since", "2026-11-25", "--until", "2026-11-26")
    code, said = aside("register", "export", "-o", str(output), *days)
    assert (code, ": 0 lines" in said) == (0, True)
    output.unlink()
    days = ("--since", "2026-11-26", "--until", "2026-11-25")
    code, said = aside("register", "export", "-o", str(output), *days)
    assert (code, "nothing was written" in said) == (1, True)
    assert not output.exists()
