"""What was found about booked sessions of runs, and the change or work item that came of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeState
from scheduling.domain.proposals import Option
from scheduling.domain.requests import RequestState, SessionState
from scheduling.domain.selfcare import Care, CaredFor, Cause
from scheduling.domain.times import Interval
from scheduling.storage import bookings, people
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.storage.codec import dump, load

Options = dict[str, Option]
STAYS = frozenset({ChangeState.DROPPED, ChangeState.EXPIRED})
"""How a change ends that somebody did not want."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRow:
    """Care for one session at one time for one cause; ``id`` says which, so that it is done once.

    Either a change was begun about it or a work item made; ``tries`` counts the changes. How it
    stands follows from them.
    """

    id: str
    run_id: str
    unit_id: str
    request_id: str
    session_id: str
    cause: Cause
    tries: int
    change_id: str | None
    work_item_id: str | None
    was: Interval
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBooked:
    """A booked session of a run, and its meeting type; a gathering's with those of its attendees."""

    run_id: str
    type_id: str
    session: SessionRow
    members: tuple[SessionRow, ...] = ()

    @property
    def rows(self) -> tuple[SessionRow, ...]:
        """The session, and those of a gathering's attendees."""
        return (self.session, *self.members)

    @property
    def attending(self) -> tuple[SessionRow, ...]:
        """The rows of those who attend it."""
        return self.members if self.session.gathers else (self.session,)


def care_id(session: SessionRow, cause: Cause) -> str:
    """Return the id of the care for a session as it stands now.

    Staffing moves a session once at most: forecasts come and go.
    """
    if cause is Cause.DEMAND:
        return f"{session.id}:{cause.value}"
    return f"{session.id}:{session.moves}:{cause.value}"


async def booked(tx: AsyncConnection, unit_id: str, now: datetime) -> Sequence[RunBooked]:
    """Return a unit's booked sessions ahead that a run booked, by start; none under change.

    Several people together are one, that of their gathering.
    """
    session, request = t.session.c, t.request.c
    found = await tx.execute(
        sa.select(t.session, t.run.c.id.label("run_id"), request.type_id)
        .join(t.request, request.id == session.request_id)
        .join(t.batch_part, t.batch_part.c.request_id == request.id)
        .join(t.run, t.run.c.id == t.batch_part.c.batch_id)
        .where(
            session.unit_id == unit_id,
            session.state == SessionState.BOOKED.value,
            session.start > now,
            session.change_id.is_(None),
            session.stands_for.is_(None),
            session.gathering_id.is_(None),
            request.state.in_([RequestState.BOOKED.value, RequestState.PARTLY_BOOKED.value]),
        )
        .order_by(session.start, session.id)
    )
    rows = [
        (row["run_id"], row["type_id"], bookings.session_of(dict(row))) for row in found.mappings()
    ]
    members = await _members(tx, unit_id, now)
    return [
        RunBooked(run_id=run_id, type_id=type_id, session=one, members=members.get(one.id, ()))
        for run_id, type_id, one in rows
        if not one.gathers or one.id in members
    ]


async def _members(
    tx: AsyncConnection, unit_id: str, now: datetime
) -> Mapping[str, tuple[SessionRow, ...]]:
    """Return the booked rows of a unit's attendees of gatherings ahead, by the gathering's id."""
    session = t.session.c
    rows = await tx.execute(
        sa.select(t.session)
        .where(
            session.unit_id == unit_id,
            session.state == SessionState.BOOKED.value,
            session.start > now,
            session.change_id.is_(None),
            session.stands_for.is_(None),
            session.gathering_id.is_not(None),
        )
        .order_by(session.id)
    )
    found: defaultdict[str, list[SessionRow]] = defaultdict(list)
    for row in rows.mappings():
        found[row["gathering_id"]].append(bookings.session_of(dict(row)))
    return {gathering_id: tuple(some) for gathering_id, some in found.items()}


async def looked_after(tx: AsyncConnection, request_ids: Collection[str]) -> set[str]:
    """Return which of these requests a run made, so that their sessions are cared for."""
    part = t.batch_part.c
    found = await tx.scalars(
        sa.select(part.request_id)
        .join(t.run, t.run.c.id == part.batch_id)
        .where(part.request_id.in_(list(request_ids)))
    )
    return {str(one) for one in found}


async def units(tx: AsyncConnection, now: datetime) -> Sequence[str]:
    """Return the units that have a run whose dates are not over."""
    found = await tx.scalars(sa.select(t.run.c.unit_id).where(t.run.c.end >= now.date()).distinct())
    return sorted(found)


def _row(row: Mapping[str, Any]) -> CareRow:
    fields = {name: row[name] for name in CareRow.__dataclass_fields__}
    loaded = {"cause": Cause(row["cause"]), "was": load(Interval, row["was"])}
    return CareRow(**{**fields, **loaded})


async def of_unit(tx: AsyncConnection, unit_id: str) -> Sequence[CareRow]:
    """Return the care for all sessions of a unit, oldest first."""
    found = await tx.execute(
        sa.select(t.self_care)
        .where(t.self_care.c.unit_id == unit_id)
        .order_by(t.self_care.c.at, t.self_care.c.id)
    )
    return [_row(dict(row)) for row in found.mappings()]


async def get(tx: AsyncConnection, care_id_: str) -> CareRow | None:
    """Return the care of an id, or None."""
    found = await tx.execute(sa.select(t.self_care).where(t.self_care.c.id == care_id_))
    row = found.mappings().first()
    return _row(dict(row)) if row else None


async def by_change(tx: AsyncConnection, change_id: str) -> CareRow | None:
    """Return the care that began a change, or None."""
    found = await tx.execute(sa.select(t.self_care).where(t.self_care.c.change_id == change_id))
    row = found.mappings().first()
    return _row(dict(row)) if row else None


async def keep(tx: AsyncConnection, row: CareRow) -> None:
    """Keep care for a session, in place of an earlier try of the same."""
    await forget(tx, row.id)
    values = {name: getattr(row, name) for name in CareRow.__dataclass_fields__}
    values |= {"cause": row.cause.value, "was": dump(Interval, row.was)}
    await tx.execute(t.self_care.insert().values(values))


async def forget(tx: AsyncConnection, care_id_: str) -> None:
    """Keep no longer that a session needed care: it holds again."""
    await tx.execute(t.self_care.delete().where(t.self_care.c.id == care_id_))


async def cared_for(tx: AsyncConnection, run_id: str, now: datetime) -> tuple[CaredFor, ...]:
    """Return what self-care did about the sessions of a run, the newest first."""
    care, change = t.self_care.c, t.change.c
    found = await tx.execute(
        sa.select(
            care.session_id,
            care.cause,
            care.was,
            care.work_item_id,
            t.session.c.attendee_id,
            t.session.c.facilitator_id,
            t.session.c.zone,
            change.state,
            change.chosen,
            change.expires_at,
        )
        .join(t.session, t.session.c.id == care.session_id)
        .outerjoin(t.change, change.id == care.change_id)
        .where(care.run_id == run_id)
        .order_by(care.at.desc(), care.id)
    )
    rows = [dict(row) for row in found.mappings()]
    names = await people.names(
        tx, {row[i] for row in rows for i in ("attendee_id", "facilitator_id")}
    )
    sizes = await _sizes(tx, {row["session_id"] for row in rows})
    return tuple(
        CaredFor(
            attendee_name=names.get(row["attendee_id"], ""),
            leader_name=names.get(row["facilitator_id"], ""),
            people=sizes.get(row["session_id"], 1),
            zone=row["zone"],
            was=load(Interval, row["was"]),
            becomes=_becomes(row),
            cause=Cause(row["cause"]),
            care=_care(row, now),
        )
        for row in rows
    )


async def _sizes(tx: AsyncConnection, session_ids: Collection[str]) -> Mapping[str, int]:
    """Return how many are in each of the gatherings among these."""
    session = t.session.c
    found = await tx.execute(
        sa.select(session.gathering_id, sa.func.count())
        .where(
            session.gathering_id.in_(list(session_ids)),
            session.stands_for.is_(None),
            session.state.in_(bookings.ACTIVE_SESSIONS),
        )
        .group_by(session.gathering_id)
    )
    return {row[0]: row[1] for row in found}


def _becomes(row: Mapping[str, Any]) -> Interval | None:
    option = load(Options, row["chosen"] or {}).get(row["session_id"])
    return option.interval if option else None


def _care(row: Mapping[str, Any], now: datetime) -> Care:
    """Return how care stands; what came to nothing is tried again at the next look."""
    if row["work_item_id"] is not None:
        return Care.HANDED
    if row["state"] is None:
        return Care.LEFT
    state = ChangeState(row["state"])
    if state is ChangeState.DONE:
        return Care.MOVED
    if state is ChangeState.PROPOSED and row["expires_at"] > now:
        return Care.ASKED
    return Care.LEFT if state in STAYS or state is ChangeState.PROPOSED else Care.MOVING


async def causes_of(tx: AsyncConnection, session_ids: Collection[str]) -> Mapping[str, Cause]:
    """Return why self-care moved sessions to where they are now; nothing of the others."""
    care, change, session = t.self_care.c, t.change.c, t.session.c
    found = await tx.execute(
        sa.select(session.id, care.cause, care.was, session.moved_from)
        .join(t.change, change.id == care.change_id)
        .join(
            t.session,
            sa.or_(session.id == care.session_id, session.gathering_id == care.session_id),
        )
        .where(
            session.id.in_(list(session_ids)),
            change.state == ChangeState.DONE.value,
            session.moved_from.is_not(None),
        )
    )
    return {
        row.id: Cause(row.cause) for row in found if load(Interval, row.was).start == row.moved_from
    }
