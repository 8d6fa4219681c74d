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


ROUTES = [web.post("/v1.0/users/{user}/teamwork/installedApps", install)]
