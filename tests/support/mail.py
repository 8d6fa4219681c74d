"""A mail server on this machine, and a store for the calendar that writes mails."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from scheduling.domain.times import Interval


@dataclass
class MemoryStore:
    """An EventStore that forgets at the end of the test."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def load(self, key: str) -> dict[str, object] | None:
        """See EventStore."""
        return self.values.get(key)

    async def save(self, key: str, value: dict[str, object], was: dict[str, object] | None) -> bool:
        """See EventStore."""
        there = self.values.get(key) == was
        if there:
            self.values[key] = value
        return there

    async def taken(self, room_id: str, span: Interval) -> Sequence[Interval]:
        """See EventStore."""
        held = (
            Interval(datetime.fromisoformat(v["start"]), datetime.fromisoformat(v["end"]))
            for v in self.values.values()
            if v["room_id"] == room_id and v["takes_room"]
        )
        return [interval for interval in held if interval.overlaps(span)]


@dataclass
class Inbox:
    """What a mail server on this machine took; ``refusals`` are its next answers instead."""

    mails: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail, as aiosmtpd asks of a handler."""
        if self.refusals:
            return self.refusals.pop(0)
        parser = BytesParser(policy=default)
        self.mails.append(parser.parsebytes(envelope.content or b""))  # type: ignore[arg-type]
        return "250 OK"

    @asynccontextmanager
    async def served(self) -> AsyncIterator[int]:
        """Serve the inbox; yield the port."""
        loop = asyncio.get_running_loop()
        async with await loop.create_server(
            lambda: SMTP(self, loop=loop), "127.0.0.1", 0
        ) as server:
            yield server.sockets[0].getsockname()[1]
