"""A stand-in tenant over HTTP, a signed-in client, a mail server on this machine."""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from graph.adapter import GraphCalendar
from graph.client import GraphClient, Profile
from graph.itip.settings import Encryption, MailSettings
from graph.sandbox import RoomMailbox, Running, Sandbox, SandboxSettings, User, start
from graph.sandbox.plumbing import Entry
from scheduling.ports.calendar import Mailbox
from tests.support.clocks import StoppedClock
from tests.support.mail import Inbox, MemoryStore

SCHEMA = Path(__file__).resolve().parents[3].parent / "shared/specs/msgraph_subset_openapi.json"
QUICK = Profile(retries=2, total=9.0, patience=60.0)


def pytest_configure(config: pytest.Config) -> None:
    """Bear with the SDK's generated builders, which warn of themselves when they are imported."""
    for message in ("GetQueryParameters is deprecated", "This class is deprecated"):
        config.addinivalue_line("filterwarnings", f"ignore:{message}:DeprecationWarning")


@pytest.fixture
def clock() -> StoppedClock:
    """Return a clock that the test moves."""
    return StoppedClock(datetime(2026, 10, 1, 9, tzinfo=UTC))


@pytest.fixture
def advance(clock: StoppedClock) -> Callable[[timedelta], None]:
    """Return a function that moves the clock on."""

    def move(by: timedelta) -> None:
        clock.instant += by

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
def store() -> MemoryStore:
    """Return an empty store."""
    return MemoryStore()


@pytest.fixture
async def mail_settings(inbox: Inbox) -> AsyncIterator[MailSettings]:
    """Serve the inbox, return how to reach it."""
    async with inbox.served() as port:
        yield MailSettings(
            host="127.0.0.1",
            port=port,
            encryption=Encryption.NONE,
            sender=Mailbox(name="Aside", address="aside@contoso.example"),
        )


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
