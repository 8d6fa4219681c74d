"""The stand-in's people and places."""

import re
from collections.abc import Sequence

from aiohttp import web

from graph.sandbox import payloads
from graph.sandbox.model import GraphRefusal, User
from graph.sandbox.plumbing import TENANT

TERM = re.compile(r"(mail|userPrincipalName) eq '((?:[^']|'')*)'")


def listing(request: web.Request, values: Sequence[payloads.JSON], size: int) -> web.Response:
    """Return one page of ``values`` by $top (at most ``size``) and $skip, with its nextLink."""
    skip = int(request.query.get("$skip", "0"))
    top = min(int(request.query.get("$top", str(size))), size)
    page: payloads.JSON = {
        "@odata.context": "$metadata",
        "value": [payloads.selected(value, request.query) for value in values[skip : skip + top]],
    }
    if skip + top < len(values) and not request.app[TENANT].settings.leave_out_links:
        further = request.url.update_query({"$skip": str(skip + top)})
        page["@odata.nextLink"] = str(further)
    return web.json_response(page)


async def rooms(request: web.Request) -> web.Response:
    """GET /places/graph.room."""
    tenant = request.app[TENANT]
    values = [payloads.room(room) for room in tenant.rooms.values()]
    return listing(request, values, tenant.settings.page_size)


async def room_lists(request: web.Request) -> web.Response:
    """GET /places/graph.roomlist."""
    tenant = request.app[TENANT]
    names = sorted({room.listed_in for room in tenant.rooms.values() if room.listed_in})
    values = [payloads.room_list(name) for name in names]
    return listing(request, values, tenant.settings.page_size)


async def rooms_of_list(request: web.Request) -> web.Response:
    """GET /places/{room list's address}/graph.roomlist/rooms."""
    tenant = request.app[TENANT]
    name = request.match_info["place"].lower()
    members = [room for room in tenant.rooms.values() if (room.listed_in or "").lower() == name]
    values = [payloads.room(room) for room in members]
    return listing(request, values, tenant.settings.page_size)


async def place(request: web.Request) -> web.Response:
    """GET /places/{id or address}."""
    wanted = request.match_info["place"].lower()
    for room in request.app[TENANT].rooms.values():
        if wanted in (room.id, room.address):
            return web.json_response(payloads.room(room))
    raise GraphRefusal(404, "NotFound", "The place was not found.")


async def user(request: web.Request) -> web.Response:
    """GET /users/{id or sign-in name}."""
    account = request.app[TENANT].user(request.match_info["user"])
    return web.json_response(payloads.selected(payloads.user(account), request.query))


async def users(request: web.Request) -> web.Response:
    """GET /users, by $filter on mail and userPrincipalName."""
    tenant = request.app[TENANT]
    found = _filtered(list(tenant.users.values()), request.query.get("$filter"))
    values = [payloads.user(account) for account in found]
    return listing(request, values, tenant.settings.page_size)


def _filtered(accounts: list[User], wanted: str | None) -> list[User]:
    if wanted is None:
        return accounts
    terms = [TERM.fullmatch(part.strip()) for part in wanted.split(" or ")]
    addresses = {term[2].replace("''", "'").lower() for term in terms if term}
    if None in terms:
        raise GraphRefusal(400, "Request_UnsupportedQuery", "Unsupported filter.")
    return [account for account in accounts if account.address in addresses]


ROUTES = [
    web.get("/v1.0/places/{cast:(?i:(?:microsoft\\.)?graph\\.room)}", rooms),
    web.get("/v1.0/places/{cast:(?i:(?:microsoft\\.)?graph\\.roomlist)}", room_lists),
    web.get(
        "/v1.0/places/{place}/{cast:(?i:(?:microsoft\\.)?graph\\.roomlist)}/rooms", rooms_of_list
    ),
    web.get("/v1.0/places/{place}", place),
    web.get("/v1.0/users", users),
    web.get("/v1.0/users/{user}", user),
]
