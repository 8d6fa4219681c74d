"""What a Microsoft 365 connection is made from; the composition root fills it in."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class CredentialKind(StrEnum):
    """How Aside proves who it is to Entra. Managed identity and federation hold no secret."""

    SECRET = "secret"  # noqa: S105 - the name of a kind
    CERTIFICATE = "certificate"
    MANAGED_IDENTITY = "managed_identity"
    WORKLOAD = "workload"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """One tenant's Graph connection. ValueError where a token could reach a wrong host.

    ``reader_mailbox`` is a mailbox inside the granted scope from which free/busy is read.
    ``host`` is the one host that may see a token; ``base_url`` must name it, so that a changed
    address alone cannot lead tokens astray. ``base_url`` and ``authority`` are https; http is
    for loopback development only. ``secret`` (SECRET), ``certificate`` (CERTIFICATE, a PEM file
    with the key) and ``token_file`` (WORKLOAD) are needed by their kind only. ``client_id`` may
    be empty for a system-assigned managed identity.
    """

    tenant_id: str
    client_id: str
    reader_mailbox: str
    kind: CredentialKind = CredentialKind.SECRET
    secret: str | None = field(default=None, repr=False)
    certificate: Path | None = None
    certificate_password: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    base_url: str = "https://graph.microsoft.com/v1.0"
    host: str = "graph.microsoft.com"
    authority: str = "https://login.microsoftonline.com"
    scope: str = "https://graph.microsoft.com/.default"

    def __post_init__(self) -> None:
        for url in (self.base_url, self.authority):
            require_safe(url)
        if urlsplit(self.base_url).hostname != self.host:
            raise ValueError(
                f"base_url {self.base_url} is not on {self.host}: set both, or neither"
            )
        needs = {
            CredentialKind.SECRET: self.secret,
            CredentialKind.CERTIFICATE: self.certificate,
            CredentialKind.WORKLOAD: self.token_file,
        }
        if self.kind in needs and not needs[self.kind]:
            raise ValueError(f"a {self.kind} credential lacks its {self.kind}; see GraphSettings")


def is_loopback(url: str) -> bool:
    """Whether ``url`` names this machine."""
    return urlsplit(url).hostname in LOOPBACK


def require_safe(url: str) -> None:
    """Raise ValueError unless tokens or secrets may go to ``url``."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
        raise ValueError(f"{parts.scheme}://{parts.hostname} is not https")
    if parts.username is not None or parts.query or parts.fragment or url.endswith("/"):
        raise ValueError(f"{parts.hostname}: a base address has no user, query or trailing slash")
