"""The change file: what Aside wrote, for a scheduler to import, and our own memory of keys.

``changes.csv`` is only ever appended to. Rows of one change are numbered ``1/2``, ``2/2``; a change
whose last row never reached the disk has not happened. ``op`` is insert or remove; rows whose
``outcome`` is applied or undone are to be imported, the others record a refusal.
Times are wall times of the agent's zone with their offset. ``was`` tells what lay there: codes with
their minutes, in order.
"""

import csv
import fcntl
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from scheduling.domain.centre import Segment
from scheduling.domain.times import MINUTE, Interval
from scheduling.ports.wfm import Outcome
from wfm.files.cells import (
    CellError,
    parse_choice,
    parse_date,
    parse_instant,
    parse_whole,
    write_instant,
)
from wfm.files.client import guarded, sync_folder, unguarded
from wfm.files.problems import InvalidFiles, Problem
from wfm.ledger import Entry

NAME = "changes.csv"
HEADER = (
    "key",
    "part",
    "op",
    "outcome",
    "agent",
    "schedule_date",
    "start",
    "end",
    "zone",
    "code",
    "label",
    "was",
    "reason",
    "undoes",
    "recorded_at",
)


def write_entries(entries: Sequence[Entry], zones: Mapping[str, str]) -> str:
    """Return the entries of one change as CSV lines; ``zones`` gives each agent's IANA zone."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for number, entry in enumerate(entries, start=1):
        zone = zones.get(entry.agent_id, "UTC")
        cells = (
            entry.key,
            f"{number}/{len(entries)}",
            "remove" if entry.undoes else "insert",
            entry.outcome.value,
            entry.agent_id,
            entry.business_date.isoformat() if entry.business_date else "",
            write_instant(entry.interval.start, zone),
            write_instant(entry.interval.end, zone),
            zone,
            entry.code_id,
            _one_line(entry.label),
            "; ".join(f"{s.code_id}={s.interval.minutes}" for s in entry.was),
            entry.reason,
            entry.undoes or "",
            entry.recorded_at.isoformat(),
        )
        writer.writerow(guarded(cell) for cell in cells)
    return text.getvalue()


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def read_entries(data: bytes) -> tuple[tuple[Entry, ...], int]:
    """Return the entries of whole changes, and how many bytes of ``data`` they and the header take.

    What follows is a change that was cut off while it was written. InvalidFiles where a whole line
    has been edited so that it cannot be read.
    """
    whole = data[: data.rfind(b"\n") + 1]
    entries: list[Entry] = []
    group: list[Entry] = []
    kept = at = 0
    for number, line in enumerate(whole.splitlines(keepends=True), start=1):
        at += len(line)
        if number == 1:
            _check_header(line)
            kept = at
            continue
        part, parts, entry = _line(line, number)
        group = [*group, entry] if part > 1 else [entry]
        if part == parts:
            entries += group
            kept, group = at, []
    return tuple(entries), kept


def _check_header(line: bytes) -> None:
    if line.strip() != ",".join(HEADER).encode():
        raise InvalidFiles(
            [
                Problem(
                    place=NAME,
                    row=1,
                    what="the header is not Aside's",
                    todo="Move the file elsewhere: Aside starts a new one",
                )
            ]
        )


def _line(line: bytes, number: int) -> tuple[int, int, Entry]:
    try:
        cells = [unguarded(cell) for cell in next(csv.reader([line.decode()]))]
        row = dict(zip(HEADER, cells, strict=True))
        part, _, parts = row["part"].partition("/")
        return parse_whole(part), parse_whole(parts), _entry(row)
    except (CellError, ValueError, csv.Error) as error:
        problem = Problem(
            place=NAME,
            row=number,
            what=f"the row cannot be read ({error})",
            todo="Restore it: Aside alone writes this file",
        )
        raise InvalidFiles([problem]) from error


def _entry(row: Mapping[str, str]) -> Entry:
    start, end = (parse_instant(row[name], row["zone"]) for name in ("start", "end"))
    return Entry(
        key=row["key"],
        undoes=row["undoes"] or None,
        agent_id=row["agent"],
        business_date=parse_date(row["schedule_date"]) if row["schedule_date"] else None,
        interval=Interval(start, end),
        code_id=row["code"],
        label=row["label"],
        outcome=parse_choice(row["outcome"], Outcome),
        reason=row["reason"],
        was=tuple(_was(row["was"], start)),
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
    )


def _was(text: str, at: datetime) -> Iterator[Segment]:
    for part in text.split("; ") if text else ():
        code_id, _, minutes = part.rpartition("=")
        end = at + int(minutes) * MINUTE
        yield Segment(interval=Interval(at, end), code_id=code_id)
        at = end


class ChangeLog:
    """The change file of one folder. Its calls block; run them off the event loop."""

    def __init__(self, folder: Path) -> None:
        """Use the file in ``folder``; it is made by the first change."""
        self._path = folder / NAME

    def read(self) -> tuple[Entry, ...]:
        """Return every change that reached the disk whole."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        return read_entries(data)[0]

    @contextmanager
    def writing(self) -> Iterator[tuple[tuple[Entry, ...], Callable[[str], None]]]:
        """Hold the file alone; give its entries, and a function that appends lines durably.

        A change that was cut off is removed first. OSError where the file cannot be had.
        """
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            data = file.read()
            entries, kept = read_entries(data)

            def append(lines: str) -> None:
                if kept < len(data):
                    file.truncate(kept)
                if not kept:
                    file.write((",".join(HEADER) + "\n").encode())
                file.write(lines.encode())
                file.flush()
                os.fsync(file.fileno())
                if not data:
                    sync_folder(self._path.parent)

            yield entries, append


def by_day(entries: Sequence[Entry]) -> dict[tuple[str, date], tuple[Entry, ...]]:
    """Return the entries that concern an agent's day, in order."""
    found: dict[tuple[str, date], list[Entry]] = {}
    for entry in entries:
        if entry.business_date:
            found.setdefault((entry.agent_id, entry.business_date), []).append(entry)
    return {place: tuple(each) for place, each in found.items()}
