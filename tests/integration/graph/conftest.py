"""A stand-in tenant over HTTP, a signed-in client, a mail server on this machine."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from jsonschema import Draft202012Validator

from graph.adapter import GraphCalendar
from graph.client import GraphClient, Profile
from graph.itip.settings import Encryption, MailSettings
from graph.sandbox import RoomMailbox, Running, Sandbox, SandboxSettings, User, start
from graph.sandbox.plumbing import Entry
from scheduling.domain.times import Interval
from scheduling.ports.calendar import EventStore, Mailbox

SCHEMA = Path(__file__).resolve().parents[3].parent / "shared/specs/msgraph_subset_openapi.json"
QUICK = Profile(retries=2, total=9.0, patience=60.0)


def pytest_configure(config: pytest.Config) -> None:
    """Bear with the SDK's generated builders, which warn of themselves when they are imported."""
    for message in ("GetQueryParameters is deprecated", "This class is deprecated"):
        config.addinivalue_line("filterwarnings", f"ignore:{message}:DeprecationWarning")


@dataclass
class StoppedClock:
    """A clock that moves only when told to."""

    at: datetime = datetime(2026, 10, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class MemoryStore:
    """An EventStore that forgets at the end of the test."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def load(self, key: str) -> dict[str, object] | None:
        return self.values.get(key)

    async def save(self, key: str, value: dict[str, object]) -> None:
        self.values[key] = value

    async def taken(self, room_id: str, span: Interval) -> Sequence[Interval]:
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
        if self.refusals:
            return self.refusals.pop(0)
        parser = BytesParser(policy=default)
        self.mails.append(parser.parsebytes(envelope.content or b""))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def clock() -> StoppedClock:
    """Return a clock that the test moves."""
    return StoppedClock()


@pytest.fixture
def advance(clock: StoppedClock) -> Callable[[timedelta], None]:
    """Return a function that moves the clock on."""

    def move(by: timedelta) -> None:
        clock.at += by

    return move


@pytest.fixture
def pauses() -> list[float]:
    """Return the waits that the client was made to sit out, in seconds; none is slept."""
    return []


@pytest.fixture
async def running(clock: StoppedClock) -> AsyncIterator[Running]:
    """Serve a tenant of two people and two rooms."""
    people = {"fay": "Fay Finch", "asha": "Asha Rao", "bo": "Bo Lind"}
    rooms = {"oak": "Oak", "elm": "Elm"}
    sandbox = Sandbox(
        clock,
        users=[User(address=f"{at}@contoso.example", name=name) for at, name in people.items()],
        rooms=[
            RoomMailbox(address=f"{at}@contoso.example", name=name, building="HQ", video="Cam")
            for at, name in rooms.items()
        ],
        settings=SandboxSettings(federated_token="federated"),
    )
    running = await start(sandbox)
    yield running
    await running.stop()


@pytest.fixture
def reconfigure(running: Running) -> Callable[..., None]:
    """Return a function that flips the tenant's switches."""

    def flip(**changes: object) -> None:
        tenant = running.sandbox
        names = SandboxSettings.__dataclass_fields__
        kept = {name: getattr(tenant.settings, name) for name in names}
        tenant.settings = SandboxSettings(**(kept | changes))

    return flip


@pytest.fixture
async def client(running: Running, pauses: list[float]) -> AsyncIterator[GraphClient]:
    """Return a signed-in client that notes its pauses instead of taking them."""

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    settings = running.settings("fay@contoso.example")
    async with GraphClient(settings, profile=QUICK, pause=note) as ready:
        yield ready


@pytest.fixture
def calendar(client: GraphClient, clock: StoppedClock) -> GraphCalendar:
    """Return Graph's calendar over the tenant."""
    return GraphCalendar(client, clock, reader="fay@contoso.example")


@pytest.fixture
def inbox() -> Inbox:
    """Return what the mail server takes."""
    return Inbox()


@pytest.fixture
def store() -> EventStore:
    """Return an empty store."""
    return MemoryStore()


@pytest.fixture
async def mail_settings(inbox: Inbox) -> AsyncIterator[MailSettings]:
    """Serve the inbox, return how to reach it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox, loop=loop), "127.0.0.1", 0)
    yield MailSettings(
        host="127.0.0.1",
        port=server.sockets[0].getsockname()[1],
        encryption=Encryption.NONE,
        sender=Mailbox(name="Aside", address="aside@contoso.example"),
    )
    server.close()
    await server.wait_closed()


@pytest.fixture(scope="session")
def complaints() -> Callable[[Entry], Iterator[str]]:
    """Return a function that names what in a request or its answer breaks Microsoft's schema."""
    if not SCHEMA.exists():
        pytest.skip("the vendor's schema is kept beside the project, and is not here")
    document = json.loads(SCHEMA.read_text())

    def check(schema: Any, value: object) -> Iterator[str]:  # noqa: ANN401 - a JSON schema
        validator = Draft202012Validator({**schema, "components": document["components"]})
        yield from (error.message for error in validator.iter_errors(value))

    def all_of(entry: Entry) -> Iterator[str]:
        operation = _operation(document["paths"], entry)
        if operation is None:
            yield f"{entry.method} {entry.path} is not in the schema"
        elif entry.body is not None:
            yield from check(_content(operation["requestBody"]), entry.body)
        if operation is not None and entry.answer is not None:
            answers = operation["responses"]
            found = answers.get(str(entry.status)) or answers[f"{entry.status // 100}XX"]
            if "$ref" in found:
                found = document["components"]["responses"]["error"]
            yield from check(_content(found), entry.answer)

    return all_of


def _content(part: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = part["content"]["application/json"]["schema"]
    return schema


def _operation(paths: dict[str, Any], entry: Entry) -> dict[str, Any] | None:
    path = entry.path.removeprefix("/v1.0").replace("/graph.", "/microsoft.graph.")
    for template, operations in paths.items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path, re.IGNORECASE) and entry.method.lower() in operations:
            operation: dict[str, Any] = operations[entry.method.lower()]
            return operation
    return None
