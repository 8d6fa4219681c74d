"""A Graph server of our own over HTTP, for the demo and the tests.

``await start(Sandbox(clock, users=[...], rooms=[...], settings=SandboxSettings(...)))`` serves it.
"""

from graph.sandbox.model import (
    IfMatch,
    JoinLink,
    OnAttendees,
    RoomMailbox,
    RoomMode,
    SandboxSettings,
    User,
)
from graph.sandbox.plumbing import Fault
from graph.sandbox.server import Running, start
from graph.sandbox.tenant import Sandbox

__all__ = [
    "Fault",
    "IfMatch",
    "JoinLink",
    "OnAttendees",
    "RoomMailbox",
    "RoomMode",
    "Running",
    "Sandbox",
    "SandboxSettings",
    "User",
    "start",
]
