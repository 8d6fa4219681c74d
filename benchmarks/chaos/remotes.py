"""The ledger's remotes as Aside's ports: keys where a unit's remotes take them, else look, then write."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp

from benchmarks.chaos import centre as small
from scheduling.domain.centre import ActivityCode, Agent, AgentDay, Demand, StaffingSeries, Unit
from scheduling.domain.meetings import Room
from scheduling.domain.times import DateRange, Interval
from scheduling.ports.calendar import (
    CalendarNotFound,
    CalendarRejected,
    CalendarThrottled,
    CalendarUnavailable,
    EventDraft,
    EventRef,
    EventState,
    FreeBusy,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.wfm import (
    AgentOutcome,
    Capabilities,
    ChangeSet,
    NotFound,
    Outcome,
    OutcomeUnknown,
    RateLimited,
    Receipt,
    Unavailable,
)
from wfm.centre.model import Centre
from wfm.ledger import Entry, day_holding, overlaid

TIMEOUT = aiohttp.ClientTimeout(total=20)


class Lost(Exception):
    """The remote gave no answer, or failed: what was asked may have been done."""


class Refused(Exception):
    """The remote answered with this status and did nothing."""

    def __init__(self, status: int, after: float = 0.0) -> None:
        """Keep the status, and how many seconds to wait."""
        super().__init__(f"status {status}")
        self.status = status
        self.after = after


class Line:
    """Calls to the ledger."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Call ``url``."""
        self._session = session
        self._url = url

    async def ask(self, path: str, **told: object) -> Any:  # noqa: ANN401 - JSON
        """Return the answer; Lost or Refused where there is none."""
        try:
            async with self._session.post(
                f"{self._url}/{path}", json=told, timeout=TIMEOUT
            ) as response:
                if response.status == 200:
                    return await response.json()
                after = float(response.headers.get("Retry-After", 0))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Lost(type(error).__name__) from error
        if response.status == 500:
            raise Lost("500")
        raise Refused(response.status, after)


class LedgerWfm:
    """``ports.Wfm``: what never changes is read from the centre, exceptions from the ledger."""

    def __init__(self, line: Line, centre: Centre) -> None:
        """Lay the ledger's exceptions over ``centre``."""
        self._line = line
        self._centre = centre
        self._codes = {code.id: code for code in centre.codes}
        self._unit_of = {agent.id: agent.unit_id for agent in centre.agents}

    async def capabilities(self) -> Capabilities:
        """See Wfm."""
        return Capabilities(vendor="chaos", native_keys=True)

    async def units(self) -> Sequence[Unit]:
        """See Wfm."""
        return self._centre.units

    async def agents(self, unit_id: str) -> Sequence[Agent]:
        """See Wfm."""
        return self._centre.agents_of(unit_id)

    async def demands(self, unit_id: str) -> Sequence[Demand]:
        """See Wfm."""
        return self._centre.demands_of(unit_id)

    async def codes(self, unit_id: str) -> Sequence[ActivityCode]:
        """See Wfm."""
        return self._centre.codes_of(unit_id)

    async def staffing(self, unit_id: str, span: Interval) -> Sequence[StaffingSeries]:
        """See Wfm."""
        return self._centre.staffing_of(unit_id, span)

    async def schedules(self, agent_ids: Collection[str], dates: DateRange) -> Sequence[AgentDay]:
        """See Wfm."""
        names = list(agent_ids)
        laid: dict[tuple[str, object], list[Entry]] = {}
        for one in await self._ask("of", names=names):
            entry = self._entry(one)
            laid.setdefault((entry.agent_id, entry.business_date), []).append(entry)
        days = (self._centre.days.get((name, day)) for name in names for day in dates.days())
        return tuple(
            overlaid(day, laid.get((day.agent_id, day.business_date), ()), self._codes)
            for day in days
            if day
        )

    def _entry(self, one: dict[str, Any]) -> Entry:
        interval = _interval(one)
        day = day_holding(
            interval, small.ZONE, lambda date: self._centre.days.get((one["who"], date))
        )
        return Entry(
            key=one["key"],
            undoes=None,
            agent_id=one["who"],
            business_date=day.business_date if day else None,
            interval=interval,
            code_id=one["code"],
            label="",
            outcome=Outcome.APPLIED,
            reason="",
            was=(),
            recorded_at=interval.start,
        )

    async def apply(self, change: ChangeSet) -> Receipt:
        """See Wfm. One insert at a time: that is all that Aside asks for."""
        (insert,) = change.inserts
        keyed = small.keyed(self._unit_of[insert.agent_id])
        if not keyed and (found := await self._ask("find", key=change.key)):
            return _receipt(change.key, found)
        made = await self._ask(
            "create",
            keyed=keyed,
            entry={
                "key": change.key,
                "who": insert.agent_id,
                "code": insert.code_id,
                **_times(insert.interval),
            },
        )
        return _receipt(change.key, [made])

    async def status(self, key: str) -> Receipt:
        """See Wfm."""
        found = await self._ask("find", key=key)
        if not found:
            raise NotFound("no change with that key has arrived")
        return _receipt(key, found)

    async def undo(self, key: str, undo_key: str) -> Receipt:
        """See Wfm: delete what is there, and that is that, however often it is asked."""
        found = await self._ask("find", key=key)
        if not found:
            raise NotFound("no change with that key has arrived")
        gone = [
            await self._ask("remove", id=one["id"], keyed=small.keyed(self._unit_of[one["who"]]))
            for one in found
            if one["live"]
        ]
        return _receipt(undo_key, gone or found)

    async def _ask(self, verb: str, **told: object) -> Any:  # noqa: ANN401 - JSON
        try:
            return await self._line.ask(f"wfm/{verb}", **told)
        except Lost as lost:
            if verb in ("create", "remove"):
                receipt = Receipt(key=str(told), handle="", outcomes=())
                raise OutcomeUnknown("the answer was lost", receipt) from lost
            raise Unavailable("no answer") from lost
        except Refused as refused:
            if refused.status == 429:
                raise RateLimited("too many calls", refused.after) from refused
            raise Unavailable("not now") from refused


def _receipt(key: str, found: Sequence[dict[str, Any]]) -> Receipt:
    return Receipt(
        key=key,
        handle=found[0]["id"],
        outcomes=tuple(
            AgentOutcome(
                agent_id=one["who"], outcome=Outcome.APPLIED if one["live"] else Outcome.UNDONE
            )
            for one in found
        ),
    )


def _interval(one: dict[str, Any]) -> Interval:
    return Interval(
        datetime.fromisoformat(one["start"]).astimezone(UTC),
        datetime.fromisoformat(one["end"]).astimezone(UTC),
    )


def _times(interval: Interval) -> dict[str, str]:
    return {"start": interval.start.isoformat(), "end": interval.end.isoformat()}


class LedgerCalendar:
    """``ports.Calendar`` over the ledger's events."""

    def __init__(self, line: Line, rooms: Sequence[Room]) -> None:
        """Offer ``rooms``."""
        self._line = line
        self._rooms = rooms

    async def rooms(self) -> Sequence[Room]:
        """See Calendar."""
        return self._rooms

    async def free_busy(self, addresses: Collection[str], span: Interval) -> Sequence[FreeBusy]:
        """See Calendar."""
        names = list(addresses)
        events = [(one, _interval(one)) for one in await self._ask("of", names=names)]
        return [
            FreeBusy(
                address=address,
                busy=tuple(
                    interval
                    for one, interval in events
                    if interval.overlaps(span)
                    and (
                        address in (one["who"], *one["people"])
                        or (address == one["room"] and not one["declined"])
                    )
                ),
            )
            for address in names
        ]

    async def hold(self, draft: EventDraft) -> EventRef:
        """See Calendar."""
        keyed = _keyed(draft.organiser.address)
        if not keyed and (found := await self._ask("find", key=draft.key)):
            return _ref(_standing(found[0]))
        made = await self._ask(
            "create",
            keyed=keyed,
            entry={
                "key": draft.key,
                "who": draft.organiser.address,
                "room": draft.room.address if draft.room else None,
                **_times(draft.interval),
            },
        )
        return _ref(_standing(made))

    async def read(self, ref: EventRef) -> EventState:
        """See Calendar."""
        one = await self._event(ref)
        answer = RoomAnswer.DECLINED if one["declined"] else RoomAnswer.ACCEPTED
        return EventState(
            ref=ref,
            interval=_interval(one),
            subject="One-to-one",
            room=answer if one["room"] else RoomAnswer.NONE,
            attendees={who.lower(): "none" for who in one["people"]},
            join_url=None if one["room"] else "https://meet.example/1",
            cancelled=not one["live"],
        )

    async def invite(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """See Calendar. Whoever is on the event already is not asked again."""
        there = (await self._event(ref))["people"]
        for one in people:
            if one.address not in there:
                await self._ask(
                    "invite", id=ref.event_id, address=one.address, keyed=_keyed(ref.organiser)
                )

    async def move(
        self, ref: EventRef, interval: Interval, zone: str, room: Mailbox | None
    ) -> None:
        """See Calendar."""
        del zone
        elsewhere = {"room": room.address if room else None, **_times(interval)}
        await self._ask("move", id=ref.event_id, keyed=_keyed(ref.organiser), elsewhere=elsewhere)

    async def withdraw(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """See Calendar. Whoever is not on the event is not taken off it."""
        there = (await self._event(ref))["people"]
        for one in people:
            if one.address in there:
                await self._ask(
                    "withdraw", id=ref.event_id, address=one.address, keyed=_keyed(ref.organiser)
                )

    async def cancel(self, ref: EventRef, comment: str) -> None:
        """See Calendar."""
        del comment
        found = await self._ask("get", id=ref.event_id)
        if found and found[0]["live"]:
            await self._ask("remove", id=ref.event_id, keyed=_keyed(ref.organiser))

    async def find(self, organiser: str, key: str) -> EventRef | None:
        """See Calendar."""
        found = await self._ask("find", key=key)
        live = (one for one in found if one["live"] and one["who"] == organiser)
        return next((_ref(one) for one in live), None)

    async def _event(self, ref: EventRef) -> dict[str, Any]:
        found = await self._ask("get", id=ref.event_id)
        if not found:
            raise CalendarNotFound("no such event")
        return dict(found[0])

    async def _ask(self, verb: str, **told: object) -> Any:  # noqa: ANN401 - JSON
        try:
            return await self._line.ask(f"calendar/{verb}", **told)
        except Lost as lost:
            raise CalendarUnavailable("no answer") from lost
        except Refused as refused:
            if refused.status == 429:
                raise CalendarThrottled("too many calls", refused.after) from refused
            if refused.status == 422:
                raise CalendarRejected("the room is out of order") from refused
            raise CalendarUnavailable("not now") from refused


def _keyed(address: str) -> bool:
    """Whether the calendar of ``unit-1-somebody@...`` takes keys."""
    return small.keyed("-".join(address.split("-")[:2]))


def _standing(one: dict[str, Any]) -> dict[str, Any]:
    """Return an event that still is; CalendarRejected where its key was used up."""
    if not one["live"]:
        raise CalendarRejected("the event of that key was cancelled")
    return one


def _ref(one: dict[str, Any]) -> EventRef:
    return EventRef(organiser=one["who"], event_id=one["id"], ical_uid=one["id"])
