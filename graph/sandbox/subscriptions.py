"""The stand-in's change notifications: the handshake, and what Graph refuses to subscribe to."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
from aiohttp import web

from graph.sandbox.model import GraphRefusal
from graph.sandbox.plumbing import TENANT, read_json
from graph.settings import is_loopback

LONGEST = timedelta(minutes=10_080)
MOST_STATE = 128
PATIENCE = aiohttp.ClientTimeout(total=10)
RESOURCE = re.compile(r"/?users/([^/]+)/events")


async def subscribe(request: web.Request) -> web.Response:
    """POST /subscriptions: made once the address has given the token back."""
    tenant, body = request.app[TENANT], await read_json(request)
    resource = RESOURCE.fullmatch(str(body.get("resource", "")))
    if resource is None:
        raise GraphRefusal(400, "ExtensionError", "The resource cannot be subscribed to.")
    tenant.mailbox(resource[1])
    until = _expiry(body)
    if not tenant.clock.now() < until <= tenant.clock.now() + LONGEST:
        raise GraphRefusal(400, "ExtensionError", "Subscription expiration is out of range.")
    if len(str(body.get("clientState", ""))) > MOST_STATE:
        raise GraphRefusal(400, "ExtensionError", "clientState is too long.")
    await _shake_hands(str(body.get("notificationUrl", "")))
    made = body | {"id": str(uuid4())}
    tenant.subscriptions[made["id"]] = made
    return web.json_response(made, status=201)


def _expiry(body: dict[str, Any]) -> datetime:
    try:
        until = datetime.fromisoformat(str(body["expirationDateTime"]))
    except (KeyError, ValueError) as error:
        raise GraphRefusal(400, "BadRequest", "expirationDateTime is not a time.") from error
    if until.tzinfo is None:
        raise GraphRefusal(400, "BadRequest", "expirationDateTime has no offset.")
    return until


async def _shake_hands(url: str) -> None:
    if urlsplit(url).scheme != "https" and not is_loopback(url):
        raise GraphRefusal(400, "InvalidRequest", "The notification URL must be https.")
    token = f"Validation: {uuid4()}"
    refused = GraphRefusal(400, "ValidationError", "Subscription validation request failed.")
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.post(url, params={"validationToken": token}) as answer,
        ):
            kind, text = answer.content_type, await answer.text()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise refused from error
    if (answer.status, kind, text) != (200, "text/plain", token):
        raise refused


async def unsubscribe(request: web.Request) -> web.Response:
    """DELETE /subscriptions/{id}."""
    if request.app[TENANT].subscriptions.pop(request.match_info["id"], None) is None:
        raise GraphRefusal(404, "ResourceNotFound", "The object was not found.")
    return web.Response(status=204)


ROUTES = [
    web.post("/v1.0/subscriptions", subscribe),
    web.delete("/v1.0/subscriptions/{id}", unsubscribe),
]
