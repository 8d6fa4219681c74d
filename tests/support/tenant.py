"""A stand-in tenant for the doctor: Graph and Teams, with one room and one person to try on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.channel.references import Conversation as Place
from bot.channel.references import ConversationKind
from bot.findings import Finding, Trial
from bot.live import try_live
from bot.memory import StoredReferences
from bot.rehearsal.chat import Chat
from bot.rehearsal.rooms import TENANT
from bot.rehearsal.teams import FakeTeams
from bot.settings import GraphGroup, Settings, load_settings
from graph.sandbox import RoomMailbox, Running, Sandbox, User, start
from graph.sandbox.profile import TenantProfile, read_profile
from scheduling.storage.store import Store
from tests.support.clocks import StoppedClock
from tests.support.databases import with_tables

LEAD, ROOM, PERSON = "aside@contoso.example", "oak@rooms.example", "pat@contoso.example"


@dataclass(kw_only=True)
class Tenant:
    """A stand-in Graph and Teams, the settings that reach them, and what the doctor said."""

    clock: StoppedClock
    graph: Running
    teams: FakeTeams
    chat: Chat
    settings: Settings
    trial: Trial

    async def examined(self, **changes: Any) -> dict[str, Finding]:  # noqa: ANN401 - any field
        """Return what the doctor finds; its pauses move the clock on."""
        found: dict[str, Finding] = {}

        async def pause(seconds: float) -> None:
            self.clock.forward(seconds=seconds)

        trial = replace(self.trial, **changes)
        await try_live(
            self.settings,
            trial,
            lambda one: found.__setitem__(one.what, one),
            self.clock,
            pause,
        )
        return found

    async def failing(self, **changes: Any) -> dict[str, Finding]:  # noqa: ANN401 - any field
        """Return what failed."""
        found = await self.examined(**changes)
        return {what: one for what, one in found.items() if not one.ok}

    @property
    def room(self) -> RoomMailbox:
        """The room that is tried."""
        return self.graph.sandbox.rooms[ROOM]

    @property
    def person(self) -> User:
        """The account that is invited."""
        return self.graph.sandbox.users[PERSON]

    def switch(self, **changes: Any) -> None:  # noqa: ANN401 - any switch
        """Flip switches of the tenant."""
        tenant = self.graph.sandbox
        tenant.settings = replace(tenant.settings, **changes)

    def profile(self) -> TenantProfile:
        """Return what the doctor wrote."""
        return read_profile(self.trial.profile.read_text(encoding="utf-8"))

    def is_clean(self) -> bool:
        """Whether nothing of the doctor's is left."""
        tenant = self.graph.sandbox
        alive = [one for one in tenant.meetings if not one.cancelled]
        return not (alive or tenant.subscriptions or self.chat.posts or self.person.app_installed)

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path) -> AsyncIterator["Tenant"]:
        """Serve a tenant with a lead, a person and two rooms; the bot has a database in ``folder``."""
        clock = StoppedClock()
        sandbox = Sandbox(
            clock,
            users=[User(address=LEAD, name="Aside"), User(address=PERSON, name="Pat Canary")],
            rooms=[
                RoomMailbox(address=ROOM, name="Oak"),
                RoomMailbox(address="elm@x.example", name="E"),
            ],
        )
        graph = await start(sandbox)
        own = graph.settings(LEAD)
        settings = load_settings(
            development=True,
            database_url=with_tables(folder / "aside.db"),
            graph=GraphGroup(
                tenant_id=own.tenant_id,
                client_id=own.client_id,
                secret=own.secret,
                reader_mailbox=LEAD,
                base_url=own.base_url,
                host=own.host,
                authority=own.authority,
                catalogue_id=sandbox.settings.catalogue_id,
            ),
        )
        async with FakeTeams.open(clock=clock) as teams:
            user = teams.user("Pat Canary", object_id=sandbox.users[PERSON].id)
            await keep(settings, place(teams, "19:somewhere"))
            yield cls(
                clock=clock,
                graph=graph,
                teams=teams,
                chat=teams.personal(user),
                settings=settings,
                trial=Trial(room=ROOM, person=PERSON, profile=folder / "profile.json"),
            )
        await graph.stop()


def place(teams: FakeTeams, conversation_id: str) -> Place:
    """Return a channel that the bot was seen in."""
    return Place(
        conversation_id=conversation_id,
        kind=ConversationKind.CHANNEL,
        service_url=teams.service_url,
        tenant_id=TENANT,
        bot_id="28:bot",
        updated_at=StoppedClock().now(),
    )


async def keep(settings: Settings, *places: Place) -> None:
    """Let the bot know of places."""
    store = Store(settings.database_url)
    for one in places:
        await StoredReferences(store).save(one)
    await store.close()
