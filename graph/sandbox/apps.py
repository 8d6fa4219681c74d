"""The stand-in's apps: which are installed for whom, and who must not have any."""

import re

from aiohttp import web

from graph.sandbox.model import GraphRefusal
from graph.sandbox.plumbing import TENANT, read_json

BOUND = "teamsApp@odata.bind"


async def install(request: web.Request) -> web.Response:
    """POST /users/{id}/teamwork/installedApps."""
    tenant = request.app[TENANT]
    account = tenant.user(request.match_info["user"])
    bound = str((await read_json(request)).get(BOUND, ""))
    found = re.fullmatch(r"https?://[^/]+/v1\.0/appCatalogs/teamsApps/([\w-]+)", bound)
    if found is None:
        raise GraphRefusal(400, "BadRequest", "Bind value is not a teams app.")
    if found[1] != tenant.settings.catalogue_id:
        raise GraphRefusal(404, "NotFound", "App not found in the catalogue.")
    if account.apps_blocked:
        raise GraphRefusal(403, "Forbidden", "App is blocked by app permission policy.")
    if account.app_installed:
        raise GraphRefusal(409, "Conflict", "App is already installed.")
    account.app_installed = True
    if tenant.on_installed is not None:
        await tenant.on_installed(account)
    return web.Response(status=201)


async def installed(request: web.Request) -> web.Response:
    """GET /users/{id}/teamwork/installedApps, ours if it is there."""
    account = request.app[TENANT].user(request.match_info["user"])
    ours = [{"id": f"installation-{account.id}"}] if account.app_installed else []
    return web.json_response({"value": ours})


async def remove(request: web.Request) -> web.Response:
    """DELETE /users/{id}/teamwork/installedApps/{installation}."""
    account = request.app[TENANT].user(request.match_info["user"])
    if not account.app_installed or request.match_info["at"] != f"installation-{account.id}":
        raise GraphRefusal(404, "NotFound", "No such installation.")
    account.app_installed = False
    return web.Response(status=204)


ROUTES = [
    web.post("/v1.0/users/{user}/teamwork/installedApps", install),
    web.get("/v1.0/users/{user}/teamwork/installedApps", installed),
    web.delete("/v1.0/users/{user}/teamwork/installedApps/{at}", remove),
]
