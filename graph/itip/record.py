"""What we remember of an event that lives in mail: the only calendar it has is ours."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid5

from scheduling.domain.times import Interval
from scheduling.ports.calendar import EventDraft, Mailbox, RoomAnswer

UID_NAMESPACE = UUID("0a1c3f5e-32c4-4a52-a7b5-4c0f1e6d9b21")

OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One event. ``sequence`` is that of the last message decided on, ``sent`` of the last one sent.

    Both are -1 before anything is. ``stamp`` is when that message was decided on: a message sent
    again after a crash is the same message. ``leaving`` are those whom that message takes off the
    event; nobody else is sent it.
    """

    key: str
    uid: str
    organiser: Mailbox
    interval: Interval
    zone: str
    subject: str
    private: bool
    room: Mailbox | None
    answer: RoomAnswer
    stamp: datetime
    people: tuple[Mailbox, ...] = ()
    leaving: tuple[Mailbox, ...] = ()
    sequence: int = -1
    sent: int = -1
    cancelled: bool = False

    @property
    def everyone(self) -> tuple[Mailbox, ...]:
        """The organiser and the people, each once."""
        by_address = {each.address.lower(): each for each in (self.organiser, *self.people)}
        return tuple(by_address.values())

    @property
    def told(self) -> tuple[Mailbox, ...]:
        """Whom the last message decided on is for."""
        return self.leaving or self.everyone

    @property
    def over(self) -> bool:
        """Whether it is cancelled, and whoever was invited has been told."""
        return self.cancelled and self.sent >= self.sequence

    def next(
        self,
        stamp: datetime,
        *,
        people: tuple[Mailbox, ...],
        cancelled: bool = False,
        leaving: tuple[Mailbox, ...] = (),
    ) -> "Record":
        """Return the record with a further message decided on, of a higher sequence."""
        return replace(
            self,
            people=people,
            leaving=leaving,
            cancelled=cancelled,
            stamp=stamp,
            sequence=self.sequence + 1,
        )

    def takes(self, room: Mailbox | None) -> bool:
        """Whether the event has that room now."""
        return self.answer is RoomAnswer.ACCEPTED and _same(self.room, room)

    def stands_at(self, interval: Interval, room: Mailbox | None) -> bool:
        """Whether it is at that time and place already, and nothing more is to be decided."""
        there = _same(self.room, room) and self.answer is not RoomAnswer.DECLINED
        return there and self.interval == interval

    def moved(
        self,
        interval: Interval,
        zone: str,
        room: Mailbox | None,
        answer: RoomAnswer,
        stamp: datetime,
    ) -> "Record":
        """Return the record elsewhere, with a message decided on where somebody is to hear of it."""
        there = replace(self, interval=interval, zone=zone, room=room, answer=answer)
        if self.sequence < 0 or answer is RoomAnswer.DECLINED:
            return there
        return there.next(stamp, people=self.people, cancelled=False)

    @classmethod
    def of(cls, draft: EventDraft, answer: RoomAnswer, domain: str, stamp: datetime) -> Self:
        """Return a fresh record of ``draft``; its UID follows from the key alone."""
        return cls(
            key=draft.key,
            uid=f"{uuid5(UID_NAMESPACE, draft.key)}@{domain}",
            organiser=draft.organiser,
            interval=draft.interval,
            zone=draft.zone,
            subject=draft.subject,
            private=draft.private,
            room=draft.room,
            answer=answer,
            stamp=stamp,
        )

    def save(self) -> dict[str, object]:
        """Return it as JSON values.

        ``room_id``, ``start``, ``end`` and ``takes_room`` are what EventStore.taken reads.
        """
        return {
            "key": self.key,
            "uid": self.uid,
            "organiser": _pair(self.organiser),
            "start": self.interval.start.isoformat(),
            "end": self.interval.end.isoformat(),
            "zone": self.zone,
            "subject": self.subject,
            "private": self.private,
            "room": _pair(self.room) if self.room else None,
            "room_id": self.room.address.lower() if self.room else None,
            "takes_room": self.answer is RoomAnswer.ACCEPTED and not self.cancelled,
            "answer": str(self.answer),
            "stamp": self.stamp.isoformat(),
            "people": [_pair(person) for person in self.people],
            "leaving": [_pair(person) for person in self.leaving],
            "sequence": self.sequence,
            "sent": self.sent,
            "cancelled": self.cancelled,
        }

    @classmethod
    def load(cls, value: Mapping[str, Any]) -> Self:
        """Return the record that ``save`` wrote."""
        start, end, stamp = (datetime.fromisoformat(value[x]) for x in ("start", "end", "stamp"))
        return cls(
            key=value["key"],
            uid=value["uid"],
            organiser=_mailbox(value["organiser"]),
            interval=Interval(start, end),
            zone=value["zone"],
            subject=value["subject"],
            private=value["private"],
            room=_mailbox(value["room"]) if value["room"] else None,
            answer=RoomAnswer(value["answer"]),
            stamp=stamp,
            people=tuple(_mailbox(pair) for pair in value["people"]),
            leaving=tuple(_mailbox(pair) for pair in value.get("leaving", ())),
            sequence=value["sequence"],
            sent=value["sent"],
            cancelled=value["cancelled"],
        )


def _same(one: Mailbox | None, other: Mailbox | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.address.lower() == other.address.lower()


def _pair(mailbox: Mailbox) -> list[str]:
    return [mailbox.name, mailbox.address, *([OPTIONAL] if mailbox.optional else [])]


def _mailbox(pair: list[str]) -> Mailbox:
    return Mailbox(name=pair[0], address=pair[1], optional=OPTIONAL in pair[2:])
