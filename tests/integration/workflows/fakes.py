"""The world around the core, in memory."""

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scheduling.domain.meetings import Room
from scheduling.domain.service_clocks import Nudge
from scheduling.domain.times import Interval
from scheduling.optimizer import worker
from scheduling.optimizer.outcome import Answer, PeriodImpact, Zones
from scheduling.optimizer.pool import PATIENCE
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Curve, Grid
from scheduling.ports.calendar import (
    CalendarNotFound,
    CalendarUnavailable,
    EventDraft,
    EventRef,
    EventState,
    FreeBusy,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.notifier import Digest, Notice, Told
from scheduling.ports.wfm import Unavailable
from wfm.centre.memory import Fault, Faults


class CountedIds:
    """Ids that count down, unlike for each process.

    The queue breaks ties by id, so that the order of tickets is never the order of ids by chance.
    """

    def __init__(self, prefix: str) -> None:
        """Begin at the top."""
        self._prefix = prefix
        self._number = itertools.count(9999, -1)

    def new(self) -> str:
        """See Ids."""
        return f"{self._prefix}{next(self._number):04}"


class Weather(Faults):
    """The faults of a WFM that answers nothing while it is ``away``."""

    away = False

    def next(self, call: str) -> Fault:
        """See Faults."""
        return Fault(error=Unavailable("down")) if self.away else super().next(call)


class InProcess:
    """The solver on a thread of this process."""

    async def answer(self, problem: Problem, zone: Zones, *, patience: float = PATIENCE) -> Answer:
        """See Solver."""
        return await asyncio.to_thread(worker.answer, problem, zone, patience)

    async def effect(
        self,
        grid: Grid,
        curves: tuple[Curve, ...],
        taken: Mapping[str, tuple[float, ...]],
        zone: str,
    ) -> tuple[PeriodImpact, ...]:
        """See Solver."""
        return await asyncio.to_thread(worker.effect, grid, curves, taken, zone)


@dataclass
class Event:
    """One event of the stand-in calendar."""

    draft: EventDraft
    ref: EventRef
    people: list[str] = field(default_factory=list)
    cancelled: bool = False


class FakeCalendar:
    """ports.calendar.Calendar in memory.

    ``answers`` says what each room answers (accepted where it says nothing); ``errors`` are
    raised by the next calls of a name; ``before`` is awaited as each call begins; the free/busy of
    ``unread`` addresses cannot be read; ``elsewhere`` is what people have that is not ours, and
    ``contested`` when they have two appointments; while it is ``away`` nothing can be.
    """

    away = False

    def __init__(self) -> None:
        """Offer two rooms, all free."""
        self.events: dict[str, Event] = {}
        self.answers: dict[str, RoomAnswer] = {}
        self.replies: dict[str, str] = {}
        self.unread: set[str] = set()
        self.contested: dict[str, Interval] = {}
        self.errors: dict[str, deque[Exception]] = {}
        self.before: Callable[[str], Awaitable[None]] | None = None
        self.calls: list[str] = []
        self.moved = 0
        self.elsewhere: dict[str, list[Interval]] = {}
        self.listed = [
            Room(id=f"{name}@rooms.example", name=name.title(), capacity=4, building="Leeds")
            for name in ("elm", "oak")
        ]

    @property
    def live(self) -> list[Event]:
        """Events that are not cancelled."""
        return [event for event in self.events.values() if not event.cancelled]

    def fail(self, call: str, *errors: Exception) -> None:
        """Let the next calls of this name raise."""
        self.errors.setdefault(call, deque()).extend(errors)

    async def _begin(self, call: str) -> None:
        self.calls.append(call)
        if self.before:
            await self.before(call)
        if self.away:
            raise CalendarUnavailable("down")
        if self.errors.get(call):
            raise self.errors[call].popleft()

    async def rooms(self) -> Sequence[Room]:
        """See Calendar."""
        await self._begin("rooms")
        return self.listed

    async def free_busy(self, addresses: Collection[str], span: Interval) -> Sequence[FreeBusy]:
        """See Calendar."""
        await self._begin("free_busy")
        held = [(e.draft.room.address, e.draft.interval) for e in self.live if e.draft.room]
        held += [(a, i) for a, others in self.elsewhere.items() for i in others]
        ours = [(w, e.draft.interval) for e in self.live for w in (e.ref.organiser, *e.people)]
        return [
            FreeBusy(
                address=a,
                busy=tuple(i for who, i in held if who == a and i.overlaps(span)),
                entries=tuple(i for who, i in (*held, *ours) if who == a and i.overlaps(span)),
                known=a not in self.unread,
                contested=(self.contested[a],) if a in self.contested else (),
            )
            for a in addresses
        ]

    async def hold(self, draft: EventDraft) -> EventRef:
        """See Calendar."""
        await self._begin("hold")
        if draft.key not in self.events:
            name = f"event-{len(self.events) + 1}"
            ref = EventRef(organiser=draft.organiser.address, event_id=name, ical_uid=name)
            self.events[draft.key] = Event(draft=draft, ref=ref)
        return self.events[draft.key].ref

    def _find(self, ref: EventRef) -> Event:
        for event in self.events.values():
            if event.ref == ref:
                return event
        raise CalendarNotFound("no such event")

    async def read(self, ref: EventRef) -> EventState:
        """See Calendar."""
        await self._begin("read")
        event = self._find(ref)
        room = event.draft.room
        answer = self.answers.get(room.address, RoomAnswer.ACCEPTED) if room else RoomAnswer.NONE
        return EventState(
            ref=ref,
            interval=event.draft.interval,
            subject=event.draft.subject,
            room=answer,
            attendees={who: self.replies.get(who, "none") for who in event.people},
            join_url=None if room else "https://meet.example/1",
            cancelled=event.cancelled,
        )

    async def invite(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """See Calendar."""
        await self._begin("invite")
        event = self._find(ref)
        event.people = sorted({*event.people, *(one.address for one in people)})

    async def move(
        self, ref: EventRef, interval: Interval, zone: str, room: Mailbox | None
    ) -> None:
        """See Calendar."""
        await self._begin("move")
        event = self._find(ref)
        if event.cancelled:
            raise CalendarNotFound("cancelled")
        if event.draft.interval != interval:
            self.moved += 1
            for one in event.people:
                self.replies.pop(one, None)
        event.draft = replace(event.draft, interval=interval, zone=zone, room=room)

    async def withdraw(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """See Calendar."""
        await self._begin("withdraw")
        event = self._find(ref)
        event.people = sorted({*event.people} - {one.address for one in people})

    async def cancel(self, ref: EventRef, comment: str) -> None:
        """See Calendar."""
        del comment
        await self._begin("cancel")
        for event in self.events.values():
            event.cancelled |= event.ref == ref

    async def find(self, organiser: str, key: str) -> EventRef | None:
        """See Calendar."""
        await self._begin("find")
        event = self.events.get(key)
        there = event and not event.cancelled and event.ref.organiser == organiser
        return event.ref if event and there else None


class Recorder:
    """ports.notifier.Notifier that remembers what it was told; ``deaf`` are never reached.

    While Teams is ``away`` it takes nothing.
    """

    away = False

    def __init__(self) -> None:
        """Remember nothing yet."""
        self.requests: list[str] = []
        self.items: list[str] = []
        self.changes: list[str] = []
        self.runs: list[str] = []
        self.notices: list[Notice] = []
        self.groups: list[str] = []
        self.offers: list[str] = []
        self.rushes: list[str] = []
        self.nudges: list[tuple[str, Nudge, tuple[str, ...]]] = []
        self.digests: list[Digest] = []
        self.deaf: set[str] = set()

    async def request_changed(self, request_id: str) -> bool:
        """See Notifier."""
        if not self.away:
            self.requests.append(request_id)
        return not self.away

    async def work_item_changed(self, work_item_id: str) -> bool:
        """See Notifier."""
        if not self.away:
            self.items.append(work_item_id)
        return not self.away

    async def change_changed(self, change_id: str) -> bool:
        """See Notifier."""
        if not self.away:
            self.changes.append(change_id)
        return not self.away

    async def run_changed(self, run_id: str) -> bool:
        """See Notifier."""
        if not self.away:
            self.runs.append(run_id)
        return not self.away

    async def group_changed(self, group_id: str) -> bool:
        """See Notifier."""
        if not self.away:
            self.groups.append(group_id)
        return not self.away

    async def offer_changed(self, offer_id: str) -> bool:
        """See Notifier."""
        if not self.away:
            self.offers.append(offer_id)
        return not self.away

    async def rush_changed(self, rush_id: str) -> bool:
        """See Notifier."""
        if not self.away:
            self.rushes.append(rush_id)
        return not self.away

    async def nudge(self, work_item_id: str, nudge: Nudge, person_ids: Collection[str]) -> bool:
        """See Notifier."""
        if not self.away:
            self.nudges.append((work_item_id, nudge, tuple(person_ids)))
        return not self.away

    async def tell(self, notice: Notice) -> Told:
        """See Notifier."""
        if self.away:
            return Told.AWAY
        self.notices.append(notice)
        return Told.UNREACHED if notice.person_id in self.deaf else Told.REACHED

    async def obstacle_changed(self, cause: str) -> bool:
        """See Notifier."""
        return bool(cause)

    async def readers_changed(self) -> bool:
        """See Notifier."""
        return not self.away

    async def open_chat(self, object_id: str) -> bool:
        """See Notifier."""
        return bool(object_id)

    async def tell_together(self, digest: Digest) -> Told:
        """See Notifier."""
        if self.away:
            return Told.AWAY
        self.digests.append(digest)
        return Told.UNREACHED if digest.person_id in self.deaf else Told.REACHED
