"""What the commands about registers read; they act as whoever may read the database."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.keeping import opened
from bot.settings import Settings
from dialogs.csv_file import csv_file
from scheduling.domain.registers import Attendance
from scheduling.domain.times import Interval, zone_of
from scheduling.storage import people, registers
from scheduling.storage.registers import RegisterRow

HEADER = (
    "session",
    "start",
    "end",
    "type",
    "facilitator_id",
    "person_id",
    "name",
    "team_id",
    "site_id",
    "state",
    "score",
    "closed_at",
)
FIRST, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


async def listed(
    settings: Settings, *, unit: str | None, open_only: bool, most: int
) -> Sequence[tuple[RegisterRow, str]]:
    """Return registers, each with the name of who led it."""
    async with opened(settings) as store, store.read() as tx:
        rows = await registers.listed(tx, unit_id=unit, open_only=open_only, most=most)
        named = await people.names(tx, {row.facilitator_id for row in rows})
    return [(row, named.get(row.facilitator_id, row.facilitator_id)) for row in rows]


async def one(
    settings: Settings, session_id: str
) -> tuple[RegisterRow, Sequence[tuple[str, Attendance]]] | None:
    """Return a register with its lines, each with the person's name; None where there is none."""
    async with opened(settings) as store, store.read() as tx:
        row = await registers.get(tx, session_id)
        if row is None:
            return None
        lines = await registers.lines(tx, session_id)
        named = await people.names(tx, {each.person_id for each in lines})
    return row, [(named.get(each.person_id, ""), each) for each in lines]


async def exported(
    settings: Settings, since: datetime | None, until: datetime | None, *, unit: str | None
) -> tuple[bytes, int]:
    """Return every line of the closed registers as CSV, times in the session's zone; how many."""
    span = Interval(since or FIRST, until or END)
    async with opened(settings) as store, store.read() as tx:
        found = await registers.closed_lines(tx, unit_id=unit, span=span)
        named = await people.names(tx, {placed.line.person_id for _, placed in found})
    rows = [
        [
            row.session_id,
            _local(row.interval.start, row.zone),
            _local(row.interval.end, row.zone),
            row.type_id,
            row.facilitator_id,
            placed.line.person_id,
            named.get(placed.line.person_id),
            placed.team_id,
            placed.site_id,
            placed.line.state.value,
            placed.line.score,
            _local(row.closed_at, row.zone) if row.closed_at else None,
        ]
        for row, placed in found
    ]
    return csv_file(HEADER, rows), len(rows)


def _local(instant: datetime, zone: str) -> str:
    return instant.astimezone(zone_of(zone)).isoformat(timespec="minutes")
