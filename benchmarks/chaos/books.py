"""What the remotes hold: exceptions in the WFM, events in the calendar.

A keyed remote knows a key again. One without keys makes what it is told to, as often as it is told;
it keeps the key as a note that can be searched for, and nothing more.
"""

import itertools
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True, kw_only=True)
class Entry:
    """One exception or event. ``who`` is the agent or the organiser, instants are ISO in UTC."""

    id: str
    key: str
    who: str
    start: str
    end: str
    room: str | None = None
    declined: bool = False
    code: str | None = None
    people: list[str] = field(default_factory=list)
    live: bool = True
    acknowledged: bool = False

    def overlaps(self, start: str, end: str) -> bool:
        """Whether the two share a minute."""
        return _at(self.start) < _at(end) and _at(start) < _at(self.end)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Book:
    """The entries of one remote."""

    def __init__(self, prefix: str) -> None:
        """Start empty; ids begin with ``prefix``."""
        self._ids = (f"{prefix}-{n}" for n in itertools.count(1))
        self._entries: dict[str, Entry] = {}
        self._by_key: dict[str, list[Entry]] = {}

    def create(self, told: dict[str, Any], *, keyed: bool) -> tuple[Entry, bool]:
        """Make an entry of what was told, or know its key again: (entry, whether it is new)."""
        known = self._by_key.setdefault(told["key"], [])
        if keyed and known:
            return known[0], False
        entry = Entry(id=next(self._ids), **told)
        self._ask_room(entry)
        known.append(entry)
        self._entries[entry.id] = entry
        return entry, True

    def move(self, entry_id: str, told: dict[str, Any]) -> tuple[Entry, bool]:
        """Put an entry elsewhere: (entry, whether it was not there); KeyError for no such entry."""
        entry = self._entries[entry_id]
        there = all(getattr(entry, name) == value for name, value in told.items())
        for name, value in told.items():
            setattr(entry, name, value)
        self._ask_room(entry)
        return entry, not there

    def _ask_room(self, entry: Entry) -> None:
        entry.declined = bool(entry.room) and any(
            other.room == entry.room and not other.declined
            for other in self._live(entry.start, entry.end)
            if other is not entry
        )

    def remove(self, entry_id: str) -> tuple[Entry, bool]:
        """End an entry: (entry, whether it was still there); KeyError where there never was one."""
        entry = self._entries[entry_id]
        was, entry.live = entry.live, False
        return entry, was

    def invite(self, entry_id: str, address: str, *, keyed: bool) -> tuple[Entry, bool]:
        """Add somebody: (entry, whether an invitation went out); KeyError for no such entry.

        A remote without keys mails again whoever is added again.
        """
        entry = self._entries[entry_id]
        if address in entry.people and keyed:
            return entry, False
        if address not in entry.people:
            entry.people.append(address)
        return entry, True

    def withdraw(self, entry_id: str, address: str) -> tuple[Entry, bool]:
        """Take somebody off: (entry, whether they were on it); KeyError for no such entry."""
        entry = self._entries[entry_id]
        was = address in entry.people
        entry.people = [one for one in entry.people if one != address]
        return entry, was

    def get(self, entry_id: str) -> Entry | None:
        """Return one entry, also an ended one."""
        return self._entries.get(entry_id)

    def find(self, key: str) -> list[Entry]:
        """Return everything that was made under a key, also what has ended."""
        return self._by_key.get(key, [])

    def of(self, names: Collection[str]) -> list[Entry]:
        """Return the live entries of agents, organisers, attendees or rooms."""
        wanted = set(names)
        return [e for e in self._entries.values() if e.live and wanted & _names(e)]

    def _live(self, start: str, end: str) -> Iterator[Entry]:
        return (e for e in self._entries.values() if e.live and e.overlaps(start, end))


def _names(entry: Entry) -> set[str]:
    room = {entry.room} if entry.room and not entry.declined else set()
    return {entry.who, *entry.people, *room}


def as_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain JSON."""
    return asdict(entry)
