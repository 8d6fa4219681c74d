"""Every calendar that Aside can use, each made ready with the same people and rooms."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from graph.adapter import GraphCalendar
from graph.client import GraphClient
from graph.itip.adapter import MailCalendar
from graph.itip.settings import Encryption, MailSettings
from graph.sandbox import OnAttendees, RoomMailbox, Sandbox, SandboxSettings, User, start
from scheduling.domain.meetings import Room
from scheduling.ports.calendar import Calendar, Mailbox, RoomAnswer
from tests.support.clocks import StoppedClock
from tests.support.mail import Inbox, MemoryStore

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
FACILITATOR = Mailbox(name="Fay Finch", address="fay@contoso.example")
AGENTS = (
    Mailbox(name="Asha Rao", address="asha@contoso.example"),
    Mailbox(name="Bo Lind", address="bo@contoso.example"),
)
TEAM = tuple(Mailbox(name=f"Agent {n}", address=f"agent{n}@contoso.example") for n in range(1, 16))
ROOMS = (
    Mailbox(name="Oak", address="oak@contoso.example"),
    Mailbox(name="Elm", address="elm@contoso.example"),
)
AFTER_INVITE = {
    OnAttendees.CHANGED_ONLY: RoomAnswer.ACCEPTED,
    OnAttendees.REACCEPT: RoomAnswer.ACCEPTED,
    OnAttendees.RESET: RoomAnswer.NONE,
    OnAttendees.DECLINE: RoomAnswer.DECLINED,
}


def pytest_configure(config: pytest.Config) -> None:
    """Bear with the SDK's generated builders, which warn of themselves when they are imported."""
    for message in ("GetQueryParameters is deprecated", "This class is deprecated"):
        config.addinivalue_line("filterwarnings", f"ignore:{message}:DeprecationWarning")


@dataclass(kw_only=True)
class World:
    """A calendar to be tested, and what the test may look at from outside of it."""

    calendar: Calendar
    after_invite: RoomAnswer
    people_are_known: bool
    invitations: Callable[[Mailbox], int]


@asynccontextmanager
async def graph_world(mode: OnAttendees) -> AsyncIterator[World]:
    sandbox = Sandbox(
        StoppedClock(NOW),
        users=[
            User(address=each.address, name=each.name) for each in (FACILITATOR, *AGENTS, *TEAM)
        ],
        rooms=[RoomMailbox(address=each.address, name=each.name, capacity=4) for each in ROOMS],
        settings=SandboxSettings(on_attendees=mode),
    )
    running = await start(sandbox)
    async with GraphClient(running.settings(FACILITATOR.address)) as client:
        yield World(
            calendar=GraphCalendar(client, sandbox.clock, reader=FACILITATOR.address),
            after_invite=AFTER_INVITE[mode],
            people_are_known=True,
            invitations=lambda who: len(list(sandbox.calendar(who.address))),
        )
    await running.stop()


@asynccontextmanager
async def mail_world() -> AsyncIterator[World]:
    inbox = Inbox()
    rooms = [Room(id=each.address, name=each.name, capacity=4) for each in ROOMS]

    def invitations(who: Mailbox) -> int:
        mine = [mail for mail in inbox.mails if who.address in mail["To"]]
        return len({mail["Message-ID"].partition(".")[0] for mail in mine})

    async with inbox.served() as port:
        settings = MailSettings(
            host="127.0.0.1",
            port=port,
            encryption=Encryption.NONE,
            sender=Mailbox(name="Aside", address="aside@contoso.example"),
            online_url="https://meet.contoso.example/coaching",
        )
        yield World(
            calendar=MailCalendar(settings, lambda: rooms, MemoryStore(), StoppedClock(NOW)),
            after_invite=RoomAnswer.ACCEPTED,
            people_are_known=False,
            invitations=invitations,
        )


@pytest.fixture(params=[*OnAttendees, "mail"], ids=lambda each: f"calendar-{each}")
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Each calendar in turn; Graph's once per way in which a room may take a new guest list."""
    made = mail_world() if request.param == "mail" else graph_world(request.param)
    async with made as ready:
        yield ready


@pytest.fixture
def calendar(world: World) -> Calendar:
    """Return the calendar under test."""
    return world.calendar


@pytest.fixture
def invitations(world: World) -> Callable[[Mailbox], int]:
    """Return how many events a person has been invited to, seen from the person's side."""
    return world.invitations


@pytest.fixture
def after_invite(world: World) -> RoomAnswer:
    """Return what the room says once people were invited; only Graph's switch makes it vary."""
    return world.after_invite


@pytest.fixture
def people_are_known(world: World) -> bool:
    """Return whether this calendar can see when people are busy."""
    return world.people_are_known
