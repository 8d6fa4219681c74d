"""A Teams of our own over real HTTP: people, chats and cards, and the connector's API.

What the Agents Playground lacks is here: several people, views per person, refresh, suggestions,
deletes, retries and failures.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import aiohttp

from bot.rehearsal.chat import Chat
from bot.rehearsal.connector import ConnectorServer, Signer
from bot.rehearsal.rooms import TENANT, Delivered, Room, User
from bot.rehearsal.serving import served
from scheduling.ports.clock import Clock


class FakeTeams(ConnectorServer):
    """Open with ``FakeTeams.open``, set ``bot_url`` once the bot listens, then talk.

    >>> chat = teams.personal(teams.user("Mia Meyer"))
    >>> await chat.say("1:1 with Asha next week")
    >>> await chat.tap("Book")
    >>> await chat.until(lambda card: "Booked" in speak(card))
    """

    def __init__(
        self, *, clock: Clock, identity: Signer | None, session: aiohttp.ClientSession
    ) -> None:
        """Use ``open``."""
        super().__init__(identity)
        self.bot_url = ""
        self.service_url = ""
        self.last: Mapping[str, Any] = {}
        self._clock = clock
        self._session = session
        self._people = count(1)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, *, clock: Clock, identity: Signer | None = None, bot_url: str = ""
    ) -> AsyncIterator["FakeTeams"]:
        """Serve the connector. With an ``identity``, calls both ways carry tokens."""
        async with aiohttp.ClientSession() as session:
            teams = cls(clock=clock, identity=identity, session=session)
            teams.bot_url = bot_url
            async with served(teams.app()) as url:
                teams.service_url = f"{url}/"
                yield teams

    def user(
        self,
        name: str,
        *,
        object_id: str | None = None,
        locale: str = "en-GB",
        tenant_id: str = TENANT,
        guest: bool = False,
    ) -> User:
        """Return an account; its directory id is given, or made up."""
        made_up = f"00000000-0000-4000-8000-{next(self._people):012d}"
        return User(
            name=name,
            object_id=object_id or made_up,
            locale=locale,
            tenant_id=tenant_id,
            guest=guest,
        )

    def personal(self, user: User, *, installed: bool = True) -> Chat:
        """Return the chat of ``user`` with the bot, the same each time."""
        room_id = f"a:{user.object_id}"
        room = Room(id=room_id, kind="personal", members=[user], installed=installed)
        return self._chat(room, user)

    def group(self, name: str, *users: User) -> Chat:
        """Return a group chat as the first of ``users`` sees it; ``as_`` gives the others."""
        room_id = f"19:{name}@thread.v2"
        room = Room(id=room_id, kind="groupChat", members=list(users), name=name)
        return self._chat(room, users[0])

    def channel(self, team: str, name: str, *users: User) -> Chat:
        """Return a channel of a team as the first of ``users`` sees it."""
        room_id = f"19:{team}-{name}@thread.tacv2"
        room = Room(id=room_id, kind="channel", members=list(users), name=name, team=team)
        return self._chat(room, users[0])

    def _chat(self, room: Room, user: User) -> Chat:
        return Chat(teams=self, room=self.rooms.setdefault(room.id, room), user=user)

    def timestamp(self) -> str:
        """Return now as Teams writes it."""
        return self._clock.now().isoformat().replace("+00:00", "Z")

    async def deliver(self, activity: Mapping[str, Any], *, token: str | None = None) -> Delivered:
        """Post ``activity`` to the bot, with a right token unless one is given."""
        self.last = activity
        if token is None and self._identity is not None:
            token = self._identity.mint(service_url=str(activity.get("serviceUrl", "")))
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        async with self._session.post(self.bot_url, json=activity, headers=headers) as response:
            raw = await response.read()
            return Delivered(status=response.status, body=json.loads(raw) if raw else None)

    async def retry(self) -> Delivered:
        """Post the last activity once more, as Teams does that had no answer in time."""
        return await self.deliver(self.last)
