"""One person's view of a conversation with the bot: say, tap, fill, look."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.rehearsal.reading import (
    NotShown,
    actions_of,
    fields_for,
    fields_of,
    find_action,
    require,
    speak,
)
from bot.rehearsal.rooms import APP_ID, Delivered, Post, Room, User

BOT = f"28:{APP_ID}"


class Client(Protocol):
    """What a chat needs of Teams."""

    service_url: str

    def new_id(self) -> str:
        """Return a fresh activity id."""
        ...

    def timestamp(self) -> str:
        """Return now as Teams writes it."""
        ...

    async def deliver(self, activity: Mapping[str, Any]) -> Delivered:
        """Post an activity to the bot."""
        ...

    async def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait until ``holds``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Tap:
    """What a tap brought: a card in place, a text under it, or a status that Teams calls an error."""

    status: int
    card: dict[str, Any] | None = None
    text: str = ""
    dialog: dict[str, Any] | None = None


@dataclass(kw_only=True)
class Chat:
    """A conversation as ``user`` sees it. ``thread`` is set for a channel's thread."""

    teams: Client
    room: Room
    user: User
    thread: str | None = None
    filled: dict[str, str] = field(default_factory=dict)
    dialog: dict[str, Any] | None = None
    shared: tuple[str, str, User] | None = None

    # Seeing

    def as_(self, user: User) -> "Chat":
        """Return the same conversation as ``user`` sees it."""
        return Chat(teams=self.teams, room=self.room, user=user, thread=self.thread)

    @property
    def posts(self) -> list[Post]:
        """The bot's posts here, oldest first; in a thread only the thread's."""
        if self.thread is None:
            return list(self.room.posts)
        return [post for post in self.room.posts if self.thread in {post.thread, post.id}]

    @property
    def post(self) -> Post:
        """The latest post that holds a card; NotShown where there is none."""
        for post in reversed(self.posts):
            if post.card is not None:
                return post
        raise NotShown(f"{self.user.name} sees no card here, only {self.texts}")

    @property
    def card(self) -> dict[str, Any]:
        """The latest card as this person sees it: their own view, or everybody's."""
        return self.seen(self.post)

    def seen(self, post: Post) -> dict[str, Any]:
        """Return the card of ``post`` as this person sees it."""
        card = post.views.get(self.user.account_id) or post.card
        if card is None:
            raise NotShown("that post has no card")
        return card

    @property
    def words(self) -> list[str]:
        """The latest card read aloud."""
        return speak(self.card)

    @property
    def titles(self) -> list[str]:
        """The titles of the latest card's buttons, those inside other buttons too."""
        return [str(action.get("title", "")) for action in actions_of(self.card)]

    @property
    def texts(self) -> list[str]:
        """The texts that the bot posted here, oldest first."""
        return [post.text for post in self.posts if post.text]

    async def until(
        self, holds: Callable[[dict[str, Any]], bool], seconds: float = 30.0
    ) -> dict[str, Any]:
        """Wait until the latest card holds what it should, refreshing it as Teams does."""
        cards: list[dict[str, Any]] = []
        while True:
            if any(post.card is not None for post in self.posts):
                await self.look()
                cards.append(self.card)
                if holds(cards[-1]):
                    return cards[-1]
            try:
                await self.teams.until(self._change(), seconds)
            except TimeoutError:
                shown = speak(cards[-1]) if cards else self.texts
                raise NotShown(f"after {seconds} s the card still says {shown}") from None

    def _change(self) -> Callable[[], bool]:
        before = self._state()
        return lambda: self._state() != before

    def _state(self) -> list[tuple[str, int]]:
        return [(post.id, post.updates) for post in self.posts]

    # Doing

    async def say(self, text: str) -> Post | None:
        """Send a message (with a mention where one is needed); return the bot's latest new post."""
        before = len(self.room.posts)
        activity = self._activity("message") | {"text": text, "textFormat": "plain"}
        if self.room.kind != "personal":
            activity["text"] = f"<at>Aside</at> {text}"
            mentioned = {"id": BOT, "name": "Aside"}
            activity["entities"] = [
                {"type": "mention", "text": "<at>Aside</at>", "mentioned": mentioned}
            ]
        await self.teams.deliver(activity)
        new = self.room.posts[before:]
        return new[-1] if new else None

    def fill(self, **values: str) -> None:
        """Type into the latest card's fields; they are sent with the next tap."""
        fields = fields_of(self.card)
        unknown = values.keys() - fields.keys()
        require(not unknown, f"no field {unknown}; there are {sorted(fields)}")
        self.filled |= values

    async def tap(
        self, title: str, *, post: Post | None = None, submit: bool = False, **values: str
    ) -> Tap:
        """Tap the button ``title`` with ``values`` in the fields; the card changes as in Teams.

        ``submit`` is an old client, which knows the fallback only. A required field that is
        empty stops the tap, as in Teams: NotShown.
        """
        post = post or self.post
        card = self.seen(post)
        action = find_action(card, title)
        inputs = (
            {} if action.get("associatedInputs") == "none" else self._inputs(card, action, values)
        )
        self.filled.clear()
        if action["type"] == "Action.Execute" and submit:
            action = action["fallback"]
        if action["type"] == "Action.Execute":
            return await self._execute(post, action, inputs, "manual")
        require(action["type"] == "Action.Submit", f"{title} is an {action['type']}")
        return await self.submit(post, action.get("data", {}) | inputs)

    async def submit(self, post: Post, data: Mapping[str, Any]) -> Tap:
        """Send ``data`` as an Action.Submit of ``post``."""
        activity = self._activity("message", post) | {"value": dict(data)}
        return Tap(status=(await self.teams.deliver(activity)).status)

    async def execute(self, verb: str, data: Mapping[str, Any], post: Post | None = None) -> Tap:
        """Send an Action.Execute as a client might that was tampered with."""
        return await self._execute(post or self.post, {"verb": verb, "data": data}, {}, "manual")

    async def look(self, post: Post | None = None) -> None:
        """Come upon the card: where it wants to refresh itself for this person, it does, once."""
        post = post or self.post
        refresh = (post.card or {}).get("refresh", {})
        mine = self.user.account_id in refresh.get("userIds", ())
        if mine and self.user.account_id not in post.looked:
            post.looked.add(self.user.account_id)
            await self._execute(post, refresh["action"], {}, "automatic")

    async def suggest(self, field_id: str, query: str, **associated: str) -> list[dict[str, Any]]:
        """Type ``query`` into a field with suggestions; return them as title and value."""
        source = fields_of(self.card)[field_id]["choices.data"]
        value = {
            "queryText": query,
            "queryOptions": {"skip": 0, "top": 15},
            "dataset": source["dataset"],
            "data": associated,
        }
        activity = self._invoke("application/search", value, self.post)
        body = (await self.teams.deliver(activity)).body or {}
        return list(body["value"]["results"])

    async def share(self, command: str, text: str, author: User, **form: object) -> Tap:
        """Use a message action on a message of ``author``; ``form`` sends its dialog."""
        name = "composeExtension/submitAction" if form else "composeExtension/fetchTask"
        payload = {
            "id": self.teams.new_id(),
            "body": {"contentType": "html", "content": f"<p>{text}</p>"},
            "from": {"user": {"id": author.object_id, "displayName": author.name}},
        }
        value = {"commandId": command, "commandContext": "message", "messagePayload": payload}
        delivered = await self.teams.deliver(self._invoke(name, value | {"data": form}))
        self.dialog = None
        task = (delivered.body or {}).get("task", {})
        shown = task.get("value")
        if isinstance(shown, dict):
            self.dialog = shown["card"]["content"]
            self.shared = (command, text, author)
            return Tap(status=delivered.status, dialog=self.dialog)
        return Tap(status=delivered.status, text=shown or "")

    async def send_dialog(self, title: str, **values: str) -> Tap:
        """Tap a button of the message action's dialog, with ``values`` in its fields."""
        if self.dialog is None or self.shared is None:
            raise NotShown("no dialog is open")
        action = find_action(self.dialog, title)
        require(action["type"] == "Action.Submit", "a dialog sends Action.Submit only")
        fields = fields_of(self.dialog)
        inputs = {name: str(values.get(name, f.get("value", ""))) for name, f in fields.items()}
        command, text, author = self.shared
        return await self.share(command, text, author, **action["data"], **inputs)

    async def answer_offer(self, *, accept: bool = True, **changed: str) -> Delivered:
        """Agree to the file that was offered last, or refuse it; ``changed`` tampers with the place."""
        post = next((one for one in reversed(self.posts) if one.offer), None)
        if post is None or post.offer is None:
            raise NotShown("no file is offered here")
        name = post.offer["name"]
        put_at = f"{self.teams.service_url}drive/{name}"
        place = {"contentUrl": put_at, "name": name, "uploadUrl": put_at, "fileType": "ics"}
        value: dict[str, Any] = {"type": "fileUpload", "action": "accept" if accept else "decline"}
        value["context"] = post.offer["content"]["acceptContext"]
        if accept:
            value["uploadInfo"] = place | {"uniqueId": self.teams.new_id()} | changed
        return await self.teams.deliver(self._invoke("fileConsent/invoke", value, post))

    async def install(self) -> Delivered:
        """Add the app here: Teams tells the bot twice, in two ways."""
        self.room.installed = True
        bot = {"id": BOT, "name": "Aside"}
        await self.teams.deliver(self._activity("conversationUpdate") | {"membersAdded": [bot]})
        return await self.teams.deliver(self._activity("installationUpdate") | {"action": "add"})

    async def join(self, user: User) -> Delivered:
        """Let somebody come into this conversation, of which Teams tells the bot."""
        self.room.members.append(user)
        return await self._roster("membersAdded", user)

    async def leave(self, user: User) -> Delivered:
        """Let somebody go, of which Teams tells the bot."""
        self.room.members.remove(user)
        return await self._roster("membersRemoved", user)

    async def _roster(self, change: str, user: User) -> Delivered:
        who = {"id": user.account_id, "aadObjectId": user.object_id}
        return await self.teams.deliver(self._activity("conversationUpdate") | {change: [who]})

    async def rename(self, name: str) -> Delivered:
        """Give this channel another name: Teams tells the bot in the team's general channel."""
        self.room.name = name
        activity = self._activity("conversationUpdate")
        activity["conversation"]["id"] = f"19:{self.room.team}@thread.tacv2"
        activity["channelData"]["eventType"] = "channelRenamed"
        return await self.teams.deliver(activity)

    async def delete(self) -> Delivered:
        """Delete this channel: Teams tells the bot in the team's general channel."""
        activity = self._activity("conversationUpdate")
        activity["conversation"]["id"] = f"19:{self.room.team}@thread.tacv2"
        activity["channelData"]["eventType"] = "channelDeleted"
        self.room.installed = False
        return await self.teams.deliver(activity)

    async def uninstall(self) -> Delivered:
        """Take the app away here."""
        self.room.installed = False
        return await self.teams.deliver(self._activity("installationUpdate") | {"action": "remove"})

    # How it is written on the wire

    async def _execute(
        self, post: Post, action: Mapping[str, Any], inputs: Mapping[str, str], trigger: str
    ) -> Tap:
        sent = {"type": "Action.Execute", "verb": action.get("verb", ""), "id": ""}
        sent |= {"data": {**action.get("data", {}), **inputs}}
        value = {"action": sent, "trigger": trigger}
        delivered = await self.teams.deliver(self._invoke("adaptiveCard/action", value, post))
        body = delivered.body or {}
        shown = body.get("value")
        if isinstance(shown, dict):
            post.views[self.user.account_id] = shown
            post.looked.add(self.user.account_id)
            return Tap(status=delivered.status, card=shown)
        return Tap(status=delivered.status, text=shown or "")

    def _inputs(
        self, card: Mapping[str, Any], action: Mapping[str, Any], values: Mapping[str, str]
    ) -> dict[str, str]:
        fields = fields_for(card, action)
        given = {**self.filled, **values}
        require(given.keys() <= fields.keys(), f"no such field; there are {sorted(fields)}")
        inputs = {name: str(given.get(name, f.get("value", ""))) for name, f in fields.items()}
        missing = [name for name, f in fields.items() if f.get("isRequired") and not inputs[name]]
        require(not missing, f"Teams asks for {missing} first")
        return {name: value for name, value in inputs.items() if value}

    def _invoke(
        self, name: str, value: Mapping[str, Any], post: Post | None = None
    ) -> dict[str, Any]:
        activity = self._activity("invoke", post) | {"name": name, "value": copy.deepcopy(value)}
        return activity | {"id": f"f:{activity['id']}"}

    def _activity(self, kind: str, post: Post | None = None) -> dict[str, Any]:
        activity_id = self.teams.new_id()
        conversation = {
            "id": self.room.id,
            "conversationType": self.room.kind,
            "tenantId": self.user.tenant_id,
        }
        data: dict[str, Any] = {"tenant": {"id": self.user.tenant_id}}
        if self.room.kind == "channel":
            thread = self.thread or (post and (post.thread or post.id)) or activity_id
            conversation["id"] += f";messageid={thread}"
            data["team"] = {"id": f"19:{self.room.team}@thread.tacv2", "name": self.room.team}
            data["channel"] = {"id": self.room.id, "name": self.room.name}
        sender = {
            "id": self.user.account_id,
            "name": self.user.name,
            "aadObjectId": self.user.object_id,
        }
        return {
            "type": kind,
            "id": activity_id,
            "timestamp": self.teams.timestamp(),
            "serviceUrl": self.teams.service_url,
            "channelId": "msteams",
            "from": sender | ({"userRole": "guest"} if self.user.guest else {}),
            "recipient": {"id": BOT, "name": "Aside"},
            "conversation": conversation,
            "channelData": data,
            "locale": self.user.locale,
        } | ({"replyToId": post.id} if post else {})
