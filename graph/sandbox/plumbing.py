"""What every request to the stand-in goes through: journal, sign-in, limits, faults, refusals."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web

from graph.sandbox.model import GraphRefusal
from graph.sandbox.tenant import Sandbox

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MAILBOX = re.compile(r"^/v1\.0/users/([^/]+)/")
CONCURRENCY = "Application is over its MailboxConcurrency limit."


@dataclass(slots=True, kw_only=True)
class Fault:
    """Something to go wrong ``times`` times, on calls of ``method`` whose path matches ``path``.

    ``status`` None breaks the connection instead of answering. ``after_commit`` does the work
    first, so that only the answer is lost. ``latency`` is in seconds; with ``status`` 0 the
    call is only slow.
    """

    path: str = ""
    method: str | None = None
    status: int | None = 503
    code: str = "ServiceUnavailable"
    retry_after: float | None = None
    after_commit: bool = False
    latency: float = 0.0
    times: int = 1

    def meets(self, request: web.Request) -> bool:
        """Whether this fault is for ``request``; uses up one of its times if so."""
        right_method = self.method in (None, request.method)
        if self.times < 1 or not right_method or not re.search(self.path, request.path):
            return False
        self.times -= 1
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request as the journal keeps it: no token, only whether there was one."""

    method: str
    path: str
    query: dict[str, str]
    prefer: str
    authorised: bool
    status: int
    body: Any
    answer: Any


@dataclass(slots=True, kw_only=True)
class Traffic:
    """What passes, what is to go wrong, and which tokens are good."""

    journal: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    in_flight: Counter[str] = field(default_factory=Counter)


TENANT = web.AppKey("tenant", Sandbox)
TRAFFIC = web.AppKey("traffic", Traffic)


async def read_json(request: web.Request) -> dict[str, Any]:
    """Return the body as an object; 400 as a GraphRefusal."""
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise GraphRefusal(400, "BadRequest", "Unable to read JSON request payload.")
    return body


async def read_action(request: web.Request) -> dict[str, Any]:
    """Return an action's parameters, whose case Graph does not mind, in lower case."""
    return {name.lower(): value for name, value in (await read_json(request)).items()}


def refused(refusal: GraphRefusal) -> web.Response:
    """Return Graph's error envelope."""
    error = {"error": {"code": refusal.code, "message": str(refusal), "innerError": {}}}
    return web.json_response(error, status=refusal.status, headers=refusal.headers)


def _loaded(text: str | None) -> object:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


@web.middleware
async def keep_journal(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Write down every Graph request with its answer."""
    answer = await handler(request)
    if request.path.startswith("/v1.0/"):
        entry = Entry(
            method=request.method,
            path=request.path,
            query=dict(request.query),
            prefer=", ".join(request.headers.getall("Prefer", [])),
            authorised="Authorization" in request.headers,
            status=answer.status,
            body=_loaded(await request.text()),
            answer=_loaded(answer.text) if isinstance(answer, web.Response) else None,
        )
        request.app[TRAFFIC].journal.append(entry)
    return answer


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals, and addresses that are not served, into Graph's error envelope."""
    try:
        return await handler(request)
    except GraphRefusal as refusal:
        return refused(refusal)
    except web.HTTPNotFound:
        return refused(GraphRefusal(404, "BadRequest", "Resource not found for the segment."))
    except web.HTTPMethodNotAllowed as error:
        return refused(GraphRefusal(405, "BadRequest", error.reason))


@web.middleware
async def require_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a Graph request pass only with a token that this authority gave out."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    good = scheme == "Bearer" and token in request.app[TRAFFIC].tokens
    if request.path.startswith("/v1.0/") and not good:
        raise GraphRefusal(401, "InvalidAuthenticationToken", "Access token is empty or invalid.")
    return await handler(request)


@web.middleware
async def limit_mailboxes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse more calls at once on one mailbox than Exchange allows."""
    found = MAILBOX.match(request.path)
    mailbox = found[1].lower() if found else ""
    flying = request.app[TRAFFIC].in_flight
    if mailbox and flying[mailbox] >= request.app[TENANT].settings.concurrency:
        raise GraphRefusal(429, "ApplicationThrottled", CONCURRENCY, {"Retry-After": "1"})
    flying[mailbox] += 1
    try:
        return await handler(request)
    finally:
        flying[mailbox] -= 1


@web.middleware
async def inject_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let go wrong what was ordered to."""
    faults = request.app[TRAFFIC].faults
    graph = request.path.startswith("/v1.0/")
    fault = next((each for each in faults if graph and each.meets(request)), None)
    if fault is None:
        return await handler(request)
    await asyncio.sleep(fault.latency)
    if fault.status == 0:
        return await handler(request)
    if fault.after_commit:
        await handler(request)
    if fault.status is None:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=502)
    after = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    raise GraphRefusal(fault.status, fault.code, "Injected fault.", after)


@web.middleware
async def settle_rooms(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the rooms answer what is due, before and after each request."""
    tenant = request.app[TENANT]
    tenant.settle()
    answer = await handler(request)
    tenant.settle()
    return answer


MIDDLEWARES = (
    keep_journal,
    answer_refusals,
    require_token,
    limit_mailboxes,
    inject_faults,
    settle_rooms,
)


async def put_fault(request: web.Request) -> web.Response:
    """POST /_sandbox/faults: order a Fault, given as JSON with its field names."""
    request.app[TRAFFIC].faults.append(Fault(**await read_json(request)))
    return web.Response(status=204)


async def show_journal(request: web.Request) -> web.Response:
    """GET /_sandbox/journal: what was asked so far, oldest first."""
    return web.json_response([asdict(entry) for entry in request.app[TRAFFIC].journal])


async def put_response(request: web.Request) -> web.Response:
    """POST /_sandbox/respond {uid, address, response}: answer as a person or a room's delegate."""
    body, tenant = await read_json(request), request.app[TENANT]
    for meeting in tenant.meetings:
        if meeting.uid == body["uid"]:
            tenant.respond(meeting, body["address"], body["response"])
            return web.Response(status=204)
    raise GraphRefusal(404, "ErrorItemNotFound", "No meeting has that iCalUId.")


CONTROL = [
    web.post("/_sandbox/faults", put_fault),
    web.get("/_sandbox/journal", show_journal),
    web.post("/_sandbox/respond", put_response),
]
