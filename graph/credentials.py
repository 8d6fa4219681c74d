"""azure-identity credentials for each way of signing in."""

from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.identity.aio import (
    CertificateCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from graph.settings import CredentialKind, GraphSettings, is_loopback


class LoopbackTransport(AioHttpTransport):  # type: ignore[misc] # azure-core loads it lazily, untyped
    """Sends what azure-identity asks of ``https://<authority>`` to the same address by plain http.

    azure-identity insists on https; the stand-in authority on this machine has no certificate.
    """

    def __init__(self, authority: str) -> None:
        """Map only ``authority``, an http loopback address, and nothing else."""
        super().__init__()
        self._plain = authority
        self._asked = authority.replace("http://", "https://", 1)

    async def send(self, request: HttpRequest, **kwargs: Any) -> AsyncHttpResponse:  # noqa: ANN401 - azure's own signature
        """Send the request; ValueError for any other address."""
        if not request.url.startswith(f"{self._asked}/"):
            raise ValueError("the development authority was asked for a foreign address")
        request.url = request.url.replace(self._asked, self._plain, 1)
        answer: AsyncHttpResponse = await super().send(request, **kwargs)
        return answer


def _authority(settings: GraphSettings) -> dict[str, Any]:
    if not is_loopback(settings.authority):
        return {"authority": settings.authority}
    return {
        "authority": settings.authority.replace("http://", "https://", 1),
        "disable_instance_discovery": True,
        "transport": LoopbackTransport(settings.authority),
    }


def credential_for(settings: GraphSettings) -> AsyncTokenCredential:
    """Return the credential that ``settings`` describes; the caller closes it."""
    tenant, client = settings.tenant_id, settings.client_id
    if settings.kind is CredentialKind.MANAGED_IDENTITY:
        return ManagedIdentityCredential(client_id=client or None)
    where = _authority(settings)
    if settings.kind is CredentialKind.CERTIFICATE:
        return CertificateCredential(
            tenant,
            client,
            certificate_path=str(settings.certificate),
            password=settings.certificate_password,
            **where,
        )
    if settings.kind is CredentialKind.WORKLOAD:
        return WorkloadIdentityCredential(
            tenant_id=tenant, client_id=client, token_file_path=str(settings.token_file), **where
        )
    return ClientSecretCredential(tenant, client, settings.secret or "", **where)
