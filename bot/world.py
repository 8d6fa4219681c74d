"""The demo's world on this machine: a centre as files, a stand-in tenant, a mail sink."""

import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox as Maildir
from pydantic import SecretStr

from bot.settings import GraphGroup
from graph.sandbox.model import RoomMailbox, SandboxSettings, User
from graph.sandbox.profile import TenantProfile, read_profile
from graph.sandbox.server import Running, start
from graph.sandbox.tenant import Sandbox
from scheduling.domain.meetings import Room
from scheduling.domain.people import Person
from scheduling.ports.clock import Clock
from scheduling.ports.wfm import Wfm
from wfm.centre.generate import generate
from wfm.files.adapter import FilesWfm
from wfm.files.template import write_folder
from wfm.files.validate import load_people, validate

SEED = 20
ROOM_NAMES = ("Quiet", "Window", "Corner")
CAPACITIES = (2, 4, 10)
READER = "aside@contoso.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where the demo's WFM files are, the running stand-in of Microsoft 365, and the bot's address."""

    folder: Path
    wfm: Wfm
    graph: Running
    people: Sequence[Person]
    rooms: tuple[Room, ...]
    bot_url: str = ""
    mail_folder: Path | None = None

    def listening(self, bot_url: str, mail_folder: Path) -> "World":
        """Return this world with the bot in it, and where mail to its people ends up."""
        return replace(self, bot_url=bot_url, mail_folder=mail_folder)

    def account(self, person: Person) -> User:
        """Return a person's account in the stand-in tenant."""
        return self.graph.sandbox.users[str(person.address).lower()]

    def graph_group(self) -> GraphGroup:
        """Return the settings that reach the stand-in tenant."""
        own = self.graph.settings(READER)
        return GraphGroup(
            tenant_id=own.tenant_id,
            client_id=own.client_id,
            secret=SecretStr(own.secret or ""),
            reader_mailbox=READER,
            base_url=own.base_url,
            host=own.host,
            authority=own.authority,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSink:
    """A local mail server that keeps what it is sent in ``folder`` (a Maildir)."""

    port: int
    folder: Path


def generate_folder(folder: Path, now: datetime, seed: int = SEED) -> None:
    """Write a generated centre from this week's Monday on into ``folder``, exported at ``now``."""
    today = now.date()
    centre = generate(seed, today - timedelta(days=today.weekday()))
    fresh = {
        demand_id: replace(series, as_of=now.replace(minute=0, second=0, microsecond=0))
        for demand_id, series in centre.staffing.items()
    }
    write_folder(replace(centre, staffing=fresh), folder)


def problems_of(location: Path) -> list[str]:
    """Return everything that is wrong with somebody's own export, a sentence each."""
    return [str(problem) for problem in validate(location)]


@contextmanager
def mail_sink(folder: Path) -> Iterator[MailSink]:
    """Run a mail server on a free loopback port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(Maildir(folder), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield MailSink(port=port, folder=folder)
    finally:
        controller.stop()


@asynccontextmanager
async def open_world(
    location: Path, clock: Clock, profile: str | None = None
) -> AsyncIterator[World]:
    """Serve a stand-in tenant with an account for everybody in the files, and rooms per site.

    ``profile`` is what the doctor wrote of a tenant (JSON): it then behaves like that one.
    ValueError where it is none.
    """
    like = read_profile(profile) if profile is not None else TenantProfile()
    wfm = await FilesWfm.open(location, clock)
    people = load_people(location)
    users = {READER: User(address=READER, name="Aside")}
    mailboxes: list[RoomMailbox] = []
    for unit in await wfm.units():
        named = [(agent.name, agent.address) for agent in await wfm.agents(unit.id)]
        named += [(person.name, person.address) for person in people]
        for name, address in named:
            if address:
                users.setdefault(address.lower(), User(address=address, name=name))
        for site in unit.sites:
            mailboxes += _rooms_of(site.id, site.name)
    rooms = [like.furnish(mailbox) for mailbox in mailboxes]
    settings = like.settings(SandboxSettings())
    graph = await start(Sandbox(clock, users=users.values(), rooms=rooms, settings=settings))
    try:
        yield World(
            folder=location.parent if location.suffix else location,
            wfm=wfm,
            graph=graph,
            people=people,
            rooms=tuple(_room(mailbox) for mailbox in mailboxes),
        )
    finally:
        await graph.stop()


def _rooms_of(site_id: str, site_name: str) -> list[RoomMailbox]:
    return [
        RoomMailbox(
            address=f"{site_id}.{name}@rooms.example".lower(),
            name=f"{site_name} {name}",
            capacity=capacity,
            building=site_name,
            floor="2",
        )
        for name, capacity in zip(ROOM_NAMES, CAPACITIES, strict=True)
    ]


def _room(mailbox: RoomMailbox) -> Room:
    return Room(
        id=mailbox.address,
        name=mailbox.name,
        capacity=int(mailbox.capacity or 0),
        building=mailbox.building,
        floor=mailbox.floor,
    )
