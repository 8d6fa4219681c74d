"""How a tenant behaves, as the doctor saw it: which of the stand-in's switches it shows, and nothing else.

No name, address or id is in it, so that it may be passed on; the stand-in replays it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from graph.sandbox.model import (
    IfMatch,
    JoinLink,
    OnAttendees,
    RoomMailbox,
    RoomMode,
    SandboxSettings,
)

FORMAT = 1
CHOICES = {
    "room_mode": RoomMode,
    "on_attendees": OnAttendees,
    "join_link": JoinLink,
    "if_match": IfMatch,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantProfile:
    """The switches of ``SandboxSettings`` and ``RoomMailbox`` by their names; None was not seen."""

    room_mode: RoomMode | None = None
    room_delay: float | None = None
    allow_conflicts: bool | None = None
    on_attendees: OnAttendees | None = None
    join_link: JoinLink | None = None
    if_match: IfMatch | None = None
    keep_cancelled: bool | None = None
    leave_out_links: bool | None = None

    def seen(self) -> dict[str, Any]:
        """Return what was seen, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def text(self) -> str:
        """Return the profile as JSON."""
        return json.dumps({"format": FORMAT} | self.seen(), indent=2) + "\n"

    def settings(self, base: SandboxSettings) -> SandboxSettings:
        """Return ``base`` with the switches that were seen."""
        known = {field.name for field in fields(SandboxSettings)}
        return replace(base, **{k: v for k, v in self.seen().items() if k in known})

    def furnish(self, room: RoomMailbox) -> RoomMailbox:
        """Let a room decide as the tenant's did; the same room is returned."""
        room.mode = self.room_mode or room.mode
        room.allow_conflicts = bool(self.allow_conflicts)
        return room


def read_profile(text: str) -> TenantProfile:
    """Return the profile that ``text`` holds; ValueError says what is wrong with it."""
    found = json.loads(text)
    if not isinstance(found, Mapping) or found.get("format") != FORMAT:
        raise ValueError(f"this is no profile of format {FORMAT}")
    seen = {name: value for name, value in found.items() if name != "format"}
    for field in fields(TenantProfile):
        if field.name in seen:
            seen[field.name] = _read(field.name, seen[field.name])
    try:
        return TenantProfile(**seen)
    except TypeError as error:
        raise ValueError("the profile names a switch that there is not") from error


def _read(name: str, value: object) -> object:
    if name in CHOICES:
        return CHOICES[name](str(value))
    kind = (int, float) if name == "room_delay" else bool
    if not isinstance(value, kind) or (name == "room_delay" and isinstance(value, bool)):
        raise ValueError(f"{name} is not as a profile has it")
    return value
