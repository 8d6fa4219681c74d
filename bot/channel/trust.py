"""Whom the edge believes: one cloud, one tenant, one bot; and which hosts it may speak to."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import ip_address

_PATH = r"(?:/[A-Za-z0-9_-]+)*/?"
_TAIL = r"[A-Za-z0-9._~:/?!$&'()*+,;=%@-]{0,4000}"
"""Path and query: no backslash, blank, fragment or control letter."""
_LOOPBACK = r"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?"


class ChannelMisconfigured(Exception):
    """The settings would open the edge to anybody; the message says which to change."""


class CloudName(StrEnum):
    """The Microsoft clouds that Teams runs in."""

    PUBLIC = "public"
    GCC = "gcc"
    GCC_HIGH = "gcchigh"
    DOD = "dod"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Addresses that belong together; they are only ever switched as one.

    ``metadata`` is the OpenID document of the Bot Framework's token issuer, ``login`` the
    directory's token host, ``scope`` the resource a token for the connector is asked for,
    ``service`` the one host a serviceUrl may name, ``graph`` Microsoft Graph's host.
    """

    issuer: str
    metadata: str
    login: str
    scope: str
    service: str
    graph: str


PUBLIC = Cloud(
    issuer="https://api.botframework.com",
    metadata="https://login.botframework.com/v1/.well-known/openidconfiguration",
    login="https://login.microsoftonline.com",
    scope="https://api.botframework.com",
    service="smba.trafficmanager.net",
    graph="https://graph.microsoft.com",
)
GCC_HIGH = Cloud(
    issuer="https://api.botframework.us",
    metadata="https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
    login="https://login.microsoftonline.us",
    scope="https://api.botframework.us",
    service="smba.infra.gov.teams.microsoft.us",
    graph="https://graph.microsoft.us",
)
CLOUDS = {
    CloudName.PUBLIC: PUBLIC,
    CloudName.GCC: replace(PUBLIC, service="smba.infra.gcc.teams.microsoft.com"),
    CloudName.GCC_HIGH: GCC_HIGH,
    CloudName.DOD: replace(
        GCC_HIGH,
        service="smba.infra.dod.teams.microsoft.us",
        graph="https://dod-graph.microsoft.us",
    ),
}
"""Every cloud by name. GCC has its own Teams hosts, but the public login, issuer and Graph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Who may speak to the bot, and where the bot may speak to.

    ``app_id`` None means that no token is asked for. That, and ``http`` serviceUrls on this
    machine, need ``development``, and development needs ``host``, the address the server listens
    on, to be loopback; ChannelMisconfigured is raised otherwise. In development no other
    serviceUrl is admitted. ``tenant_id`` may be None in development only. ``file_hosts`` are the
    tenant's own SharePoint and OneDrive hosts, at which files for people are put.
    """

    app_id: str | None
    tenant_id: str | None
    host: str
    cloud: Cloud = PUBLIC
    development: bool = False
    file_hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.development and not _is_loopback(self.host):
            raise ChannelMisconfigured(
                f"development mode listens on this machine only, not on {self.host}: set the host"
                " to 127.0.0.1, or turn development mode off"
            )
        if not self.development and not (self.app_id and self.tenant_id):
            raise ChannelMisconfigured(
                "without the bot's app id and tenant id anybody could speak to it: set both, or"
                " turn development mode on, which listens on this machine only"
            )

    def admits_service(self, url: str) -> bool:
        """Whether a serviceUrl or a request to one may be followed, judged on the exact text.

        One pattern over the whole text, rather than a parser's parts: what a parser and an HTTP
        client read differently (user names, ports, backslashes, dots) has no place in it.
        """
        return self._admits(re.escape(self.cloud.service), _PATH, url)

    @property
    def files(self) -> bool:
        """Whether files can be given to people: the hosts to put them at are known."""
        return bool(self.file_hosts)

    def admits_upload(self, url: str) -> bool:
        """Whether a file may be put at ``url``, judged on the exact text as for serviceUrls."""
        hosts = "|".join(re.escape(host) for host in self.file_hosts)
        return self.files and self._admits(hosts, f"/{_TAIL}", url)

    def _admits(self, hosts: str, path: str, url: str) -> bool:
        """Whether ``url`` is these patterns' or, in development, of this machine."""
        host = _LOOPBACK if self.development else f"https://(?:{hosts})"
        return re.fullmatch(host + path, url) is not None

    def is_bot(self, account_id: str) -> bool:
        """Whether a channel account is our bot, with Teams' ``28:`` before the app id or bare."""
        return self.app_id is None or account_id in {self.app_id, f"28:{self.app_id}"}


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
