"""The demo's world on this machine: a generated centre as files, a stand-in tenant, a mail sink."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from graph.sandbox.model import RoomMailbox, User
from graph.sandbox.server import Running, start
from graph.sandbox.tenant import Sandbox
from scheduling.domain.people import Person
from scheduling.ports.clock import Clock
from wfm.centre.generate import generate
from wfm.files.adapter import FilesWfm
from wfm.files.template import write_folder
from wfm.files.validate import load_people

SEED = 20
ROOM_NAMES = ("Quiet", "Window", "Corner")
CAPACITIES = (2, 4, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where the demo's WFM files are, and the running stand-in of Microsoft 365."""

    folder: Path
    graph: Running
    people: Sequence[Person]
    reader_mailbox: str

    def account(self, person: Person) -> User:
        """Return a person's account in the stand-in tenant."""
        return self.graph.sandbox.users[str(person.address).lower()]


def generate_folder(folder: Path, today: date, seed: int = SEED) -> None:
    """Write a generated centre from this week's Monday on into ``folder``."""
    write_folder(generate(seed, today - timedelta(days=today.weekday())), folder)


@asynccontextmanager
async def open_world(folder: Path, clock: Clock) -> AsyncIterator[World]:
    """Serve a stand-in tenant with an account for everybody in the files, and rooms per site."""
    wfm = await FilesWfm.open(folder, clock)
    people = list(load_people(folder))
    users, rooms = [], []
    for unit in await wfm.units():
        users += [
            User(address=agent.address, name=agent.name)
            for agent in await wfm.agents(unit.id)
            if agent.address
        ]
        rooms += [
            RoomMailbox(
                address=f"{site.id}.{name}@rooms.example".lower(),
                name=f"{site.name} {name}",
                capacity=capacity,
                building=site.name,
                floor="2",
            )
            for site in unit.sites
            for name, capacity in zip(ROOM_NAMES, CAPACITIES, strict=True)
        ]
    users += [User(address=person.address, name=person.name) for person in people if person.address]
    reader = "aside@contoso.example"
    users.append(User(address=reader, name="Aside"))
    graph = await start(Sandbox(clock, users=users, rooms=rooms))
    try:
        yield World(folder=folder, graph=graph, people=people, reader_mailbox=reader)
    finally:
        await graph.stop()
