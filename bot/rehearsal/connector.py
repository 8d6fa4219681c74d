"""The connector's API of Teams, for tests: what the bot posts lands in rooms."""

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import Protocol
from urllib.parse import unquote

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.rehearsal.rooms import Call, Failure, Post, Room

PAGE = 2
DRIVE = "/drive/"
"""Where files are put: another server in Teams, which asks for no token of the bot."""


class Signer(Protocol):
    """Whose tokens count; the tests' own issuer."""

    def mint(self, *, service_url: str) -> str:
        """Return a token for a call to the bot."""
        ...

    def gave(self, authorization: str | None) -> bool:
        """Whether a call of the bot carries a token that was given out."""
        ...


class ConnectorServer:
    """Serves conversations, activities and rosters; ``calls`` is the record of all requests."""

    def __init__(self, identity: Signer | None) -> None:
        """With an ``identity`` every request must carry a token that it gave."""
        self.rooms: dict[str, Room] = {}
        self.calls: list[Call] = []
        self.files: dict[str, bytes] = {}
        self._identity = identity
        self._failures: list[Failure] = []
        self._numbers = count(1)
        self._changed = asyncio.Condition()

    def app(self) -> web.Application:
        """Return the web application."""

        @web.middleware
        async def middle(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith(DRIVE):
                return await handler(request)
            return await self._serve(request, handler)

        app = web.Application(middlewares=[middle])
        root = "/v3/conversations"
        app.router.add_post(root, self._create)
        app.router.add_post(root + "/{c}/activities", self._post)
        app.router.add_put(root + "/{c}/activities/{a}", self._put)
        app.router.add_delete(root + "/{c}/activities/{a}", self._delete)
        app.router.add_get(root + "/{c}/pagedmembers", self._members)
        app.router.add_put(DRIVE + "{name}", self._keep_file)
        return app

    async def _keep_file(self, request: web.Request) -> web.Response:
        """Take a whole file as a person's OneDrive does, of which a token is none of the business."""
        content = await request.read()
        whole = f"bytes 0-{len(content) - 1}/{len(content)}"
        if request.headers.get("Content-Range") != whole or "Authorization" in request.headers:
            return web.Response(status=400)
        self.files[request.match_info["name"]] = content
        return web.Response(status=201)

    def new_id(self) -> str:
        """Return a fresh activity id in the manner of Teams: a number that grows."""
        return str(1_790_000_000_000 + next(self._numbers))

    def fail(
        self,
        method: str = "POST",
        status: int = 502,
        *,
        times: int = 1,
        retry_after: int | None = None,
        code: str = "ServiceError",
        lost: bool = False,
    ) -> None:
        """Fail the next ``times`` requests of ``method``.

        Status 0 breaks the line without an answer; ``lost`` fails after the work was done.
        """
        self._failures.append(
            Failure(
                method=method,
                status=status,
                times=times,
                retry_after=retry_after,
                code=code,
                lost=lost,
            )
        )

    def calls_of(self, method: str) -> list[Call]:
        """Return the requests of one method."""
        return [call for call in self.calls if call.method == method]

    async def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait until ``holds``, looked at anew whenever the bot has called."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(holds)

    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        authorization = request.headers.get("Authorization")
        self.calls.append(
            Call(
                method=request.method,
                path=unquote(request.path),
                body=await request.json() if request.can_read_body else {},
                authorization=authorization,
            )
        )
        if self._identity is not None and not self._identity.gave(authorization):
            return web.Response(status=401)
        failure = self._failure(request.method)
        if failure is not None and not failure.lost:
            return self._failed(request, failure)
        response = await handler(request)
        async with self._changed:
            self._changed.notify_all()
        return self._failed(request, failure) if failure is not None else response

    def _failure(self, method: str) -> Failure | None:
        failure = next((f for f in self._failures if f.method == method), None)
        if failure is not None:
            failure.times -= 1
            self._failures = [f for f in self._failures if f.times > 0]
        return failure

    def _failed(self, request: web.Request, failure: Failure) -> web.Response:
        if failure.status == 0 and request.transport is not None:
            request.transport.close()
            return web.Response()
        body = {"error": {"code": failure.code, "message": failure.code}}
        after = failure.retry_after
        headers = {"Retry-After": str(after)} if after is not None else None
        return web.json_response(body, status=failure.status, headers=headers)

    def _room(self, request: web.Request) -> tuple[Room, str | None]:
        root, _, thread = request.match_info["c"].partition(";messageid=")
        room = self.rooms.get(root)
        if room is None:
            raise web.HTTPNotFound
        refused = room.refuses or (None if room.installed else "BotNotInConversationRoster")
        if refused is not None:
            text = json.dumps({"error": {"code": refused}})
            raise web.HTTPForbidden(text=text, content_type="application/json")
        if thread in room.gone:
            raise web.HTTPNotFound
        return room, thread or None

    def _find(self, request: web.Request) -> tuple[Room, Post]:
        room, _ = self._room(request)
        for post in room.posts:
            if post.id == request.match_info["a"]:
                return room, post
        raise web.HTTPNotFound

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        wanted = body["members"][0]["id"].removeprefix("29:")
        room = self.rooms.get(f"a:{wanted}")
        if room is None or not room.installed:
            return web.json_response({"error": {"code": "BotNotInConversationRoster"}}, status=403)
        return web.json_response({"id": room.id}, status=201)

    async def _post(self, request: web.Request) -> web.Response:
        room, thread = self._room(request)
        post = Post(id=self.new_id(), activity=await request.json(), thread=thread)
        room.posts.append(post)
        return web.json_response({"id": post.id}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        _, post = self._find(request)
        post.replace(await request.json())
        return web.json_response({"id": post.id})

    async def _delete(self, request: web.Request) -> web.Response:
        room, post = self._find(request)
        room.posts.remove(post)
        return web.Response(status=200)

    async def _members(self, request: web.Request) -> web.Response:
        room, _ = self._room(request)
        begin = int(request.query.get("continuationToken", "0"))
        page = [
            {
                "id": user.account_id,
                "aadObjectId": user.object_id,
                "name": user.name,
                "tenantId": user.tenant_id,
                "userRole": "guest" if user.guest else "user",
            }
            for user in room.members[begin : begin + PAGE]
        ]
        more = begin + PAGE < len(room.members)
        token = {"continuationToken": str(begin + PAGE)} if more else {}
        return web.json_response({"members": page} | token)
