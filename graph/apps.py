"""ports.Apps over Microsoft Graph: TeamsAppInstallation.ReadWriteSelfForUser.All, for our own app."""

import structlog
from kiota_abstractions.method import Method

from graph.client import GraphClient, GraphFault
from scheduling.ports.apps import AppsError, Installed

log = structlog.get_logger()

OUTCOMES = {403: Installed.REFUSED, 404: Installed.NOBODY, 409: Installed.THERE}
"""What a refusal means: a policy or a missing right, no such account (or app), there before."""


class GraphApps:
    """Installs one app of the tenant's catalogue. See ports.Apps."""

    def __init__(self, client: GraphClient, catalogue_id: str, base_url: str) -> None:
        """Install the app that the catalogue has under ``catalogue_id``, which is not its own id."""
        self._client = client
        self._app = f"{base_url}/appCatalogs/teamsApps/{catalogue_id}"

    async def install(self, object_id: str) -> Installed:
        """Install the app for a directory account; already there is success."""
        where = self._client.api.users.by_user_id(object_id).teamwork.installed_apps
        try:
            await self._client.call(Method.POST, where, body={"teamsApp@odata.bind": self._app})
        except GraphFault as fault:
            if fault.status in OUTCOMES:
                log.info("app_not_installed_anew", status=fault.status, code=fault.code)
                return OUTCOMES[fault.status]
            hint = "Graph asks us to wait" if fault.status == 429 else "no usable answer"
            raise AppsError(f"{hint} ({fault.code})", after=fault.after) from fault
        return Installed.MADE
