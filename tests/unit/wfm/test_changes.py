"""The change file: readable, repaired when cut off, and shared by processes."""

import asyncio
import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduling.domain.centre import AgentDay, Segment
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.ports.clock import Clock
from scheduling.ports.wfm import (
    BadRequest,
    ChangeSet,
    Insert,
    NotFound,
    Outcome,
    OutcomeUnknown,
    Unavailable,
)
from wfm.centre.model import Centre
from wfm.files.adapter import FilesWfm
from wfm.files.problems import InvalidFiles
from wfm.files.template import write_folder
from wfm.ledger import agent_day, lay

MONDAY = date(2026, 11, 23)


@pytest.fixture
def exported(tiny: Centre, tmp_path: Path) -> Path:
    write_folder(tiny, tmp_path)
    return tmp_path


@pytest.fixture
def days(tiny: Centre) -> list[AgentDay]:
    """Return days, one per agent, that begin with an hour of work."""
    found: dict[str, AgentDay] = {}
    for day in tiny.days.values():
        first = day.segments[0]
        if day.business_date >= MONDAY and first.code_id == "work" and first.interval.minutes >= 60:
            found.setdefault(day.agent_id, day)
    return list(found.values())


def opening(day: AgentDay) -> Interval:
    start = day.segments[0].interval.start + timedelta(minutes=15)
    return Interval(start, start + timedelta(minutes=30))


def change(key: str, *days: AgentDay, label: str = "One-to-one") -> ChangeSet:
    return ChangeSet(
        key=key,
        inserts=tuple(
            Insert(
                agent_id=day.agent_id,
                interval=opening(day),
                code_id="one_to_one",
                label=label,
                version=day.version,
            )
            for day in days
        ),
    )


async def read(wfm: FilesWfm, day: AgentDay) -> AgentDay:
    dates = DateRange(day.business_date, day.business_date + DAY)
    return (await wfm.schedules([day.agent_id], dates))[0]


async def test_the_change_file_is_what_a_scheduler_can_import(
    exported: Path, clock: Clock, days: list[AgentDay]
) -> None:
    wfm = FilesWfm(exported, clock)
    await wfm.apply(change("booking-1", days[0], label="=One-to-one"))
    await wfm.undo("booking-1", "booking-1/undo")
    with (exported / "changes.csv").open(encoding="utf-8", newline="") as file:
        insert, remove = csv.DictReader(file)
    assert (insert["op"], insert["outcome"]) == ("insert", "applied")
    assert (remove["op"], remove["outcome"], remove["undoes"]) == ("remove", "undone", "booking-1")
    assert (insert["agent"], insert["code"], insert["was"]) == (
        days[0].agent_id,
        "one_to_one",
        "work=30",
    )
    assert insert["label"] == "'=One-to-one"
    assert insert["start"].endswith(("+00:00", "+01:00"))


async def test_another_process_sees_the_change_at_once(
    exported: Path, clock: Clock, days: list[AgentDay]
) -> None:
    one, other = FilesWfm(exported, clock), FilesWfm(exported, clock)
    await other.units()
    receipt = await one.apply(change("k", days[0]))
    assert await other.apply(change("k", days[0])) == receipt
    assert (await read(other, days[0])) == (await read(one, days[0]))


async def test_writers_at_the_same_time_do_not_take_the_same_minutes(
    exported: Path, clock: Clock, days: list[AgentDay]
) -> None:
    writers = [FilesWfm(exported, clock) for _ in range(4)]
    receipts = await asyncio.gather(
        *(wfm.apply(change(f"k{n}", days[0])) for n, wfm in enumerate(writers))
    )
    assert sum(receipt.all_in(Outcome.APPLIED) for receipt in receipts) == 1
    assert sum(receipt.all_in(Outcome.CONFLICT) for receipt in receipts) == 3


async def test_a_change_that_was_cut_off_has_not_happened_and_is_repaired(
    exported: Path, clock: Clock, days: list[AgentDay]
) -> None:
    wfm = FilesWfm(exported, clock)
    await wfm.apply(change("k1", days[0]))
    path = exported / "changes.csv"
    whole = path.read_bytes()
    await wfm.apply(change("k2", days[1], days[2]))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    with pytest.raises(NotFound):
        await wfm.status("k2")
    assert (await read(wfm, days[1])) == days[1]
    assert (await wfm.apply(change("k3", days[1]))).all_in(Outcome.APPLIED)
    repaired = path.read_bytes()
    assert repaired.startswith(whole)
    assert b"k2" not in repaired


async def test_a_header_that_was_cut_off_is_written_again(
    exported: Path, clock: Clock, days: list[AgentDay]
) -> None:
    (exported / "changes.csv").write_bytes(b"key,par")
    wfm = FilesWfm(exported, clock)
    assert (await wfm.apply(change("k", days[0]))).all_in(Outcome.APPLIED)
    assert (exported / "changes.csv").read_bytes().startswith(b"key,part,op,")


async def test_a_foreign_or_edited_change_file_is_refused(
    exported: Path, clock: Clock, days: list[AgentDay]
) -> None:
    path = exported / "changes.csv"
    wfm = FilesWfm(exported, clock)
    await wfm.apply(change("k", days[0]))
    path.write_bytes(path.read_bytes().replace(b"applied", b"maybe"))
    with pytest.raises(InvalidFiles, match=r"changes\.csv, row 2: the row cannot be read"):
        await wfm.status("k")
    path.write_bytes(b"name,phone\nx,1\n")
    with pytest.raises(InvalidFiles, match="the header is not Aside's"):
        await wfm.apply(change("k2", days[0]))


async def test_an_import_that_brings_our_change_in_changes_nothing(
    exported: Path, clock: Clock, tiny: Centre, days: list[AgentDay]
) -> None:
    day = days[0]
    wfm = FilesWfm(exported, clock)
    await wfm.apply(change("k", day))
    ours = await read(wfm, day)
    place = (day.agent_id, day.business_date)
    write_folder(replace(tiny, days={**tiny.days, place: ours}), exported)
    assert await read(wfm, day) == ours
    assert (await wfm.status("k")).all_in(Outcome.APPLIED)
    assert (await wfm.undo("k", "u")).all_in(Outcome.UNDONE)
    assert await read(wfm, day) == day


async def test_an_import_that_overrules_our_change_wins(
    exported: Path, clock: Clock, tiny: Centre, days: list[AgentDay]
) -> None:
    day = days[0]
    wfm = FilesWfm(exported, clock)
    await wfm.apply(change("k", day))
    theirs = agent_day(
        day.agent_id,
        day.business_date,
        published=True,
        segments=lay(day.segments, [Segment(interval=opening(day), code_id="sick")]),
    )
    place = (day.agent_id, day.business_date)
    write_folder(replace(tiny, days={**tiny.days, place: theirs}), exported)
    assert await read(wfm, day) == theirs
    assert (await wfm.status("k")).all_in(Outcome.CONFLICT)


async def test_files_that_become_wrong_are_told_and_then_read_again(
    exported: Path, clock: Clock
) -> None:
    wfm = await FilesWfm.open(exported, clock)
    units = exported / "units.csv"
    good = units.read_text(encoding="utf-8")
    units.write_text("unit\nservice\n", encoding="utf-8")
    with pytest.raises(InvalidFiles):
        await wfm.units()
    units.write_text(good, encoding="utf-8")
    assert len(await wfm.units()) == 1


async def test_opening_wrong_files_tells_everything_at_once(folder: Path, clock: Clock) -> None:
    (folder / "codes.csv").unlink()
    (folder / "units.csv").write_text("unit\nservice\n", encoding="utf-8")
    with pytest.raises(BadRequest) as caught:
        await FilesWfm.open(folder, clock)
    assert isinstance(caught.value, InvalidFiles)
    assert len(caught.value.problems) == 2


async def test_a_folder_that_is_gone_is_unavailable(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(Unavailable):
        await FilesWfm.open(tmp_path / "gone", clock)


async def test_a_change_file_that_cannot_be_had_is_unavailable(
    exported: Path, clock: Clock, days: list[AgentDay]
) -> None:
    (exported / "changes.csv").mkdir()
    with pytest.raises(Unavailable):
        await FilesWfm(exported, clock).apply(change("k", days[0]))


async def test_a_write_that_fails_half_way_is_settled_by_status(
    exported: Path, clock: Clock, days: list[AgentDay], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    wfm = await FilesWfm.open(exported, clock)
    monkeypatch.setattr("wfm.files.changes.os.fsync", full)
    with pytest.raises(OutcomeUnknown) as caught:
        await wfm.apply(change("k", days[0]))
    monkeypatch.undo()
    assert caught.value.receipt.all_in(Outcome.UNKNOWN)
    assert (await wfm.status("k")).all_in(Outcome.APPLIED)


@pytest.mark.parametrize("key", ["two\nlines", "nul\0"])
async def test_a_key_with_control_characters_is_refused(
    exported: Path, clock: Clock, days: list[AgentDay], key: str
) -> None:
    with pytest.raises(BadRequest):
        await FilesWfm(exported, clock).apply(change(key, days[0]))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "'="])
async def test_no_cell_of_the_change_file_is_run_by_a_spreadsheet(
    exported: Path, days: list[AgentDay], clock: Clock, begins: str
) -> None:
    wfm = await FilesWfm.open(exported, clock)
    label = f'{begins}HYPERLINK("http://evil.example","x")'
    await wfm.apply(change("=1+1", days[0], label=label))
    with (exported / "changes.csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
