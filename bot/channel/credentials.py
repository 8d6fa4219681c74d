"""Who we are to the connector: tokens by secret, certificate, federation or managed identity."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import aiohttp
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from bot.channel.bodies import read_capped
from scheduling.ports.clock import Clock

EARLY = timedelta(minutes=5)
ASSERTION_LIFE = timedelta(minutes=10)
PATIENCE = aiohttp.ClientTimeout(total=10)
LARGEST_ANSWER = 64 * 1024
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
IMDS = "http://169.254.169.254/metadata/identity/oauth2/token"


class SignInFailed(Exception):
    """No token for the connector. The message names the error code, never a secret or token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A bearer token and the seconds it lives from the moment it was given."""

    value: str = field(repr=False)
    seconds: float


class TokenSource(Protocol):
    """One way of getting a token for the connector."""

    async def fetch(self) -> AccessToken:
        """Return a fresh token; raise SignInFailed where there is none to be had."""
        ...


class ClientProof(Protocol):
    """What an app shows the token endpoint to prove itself."""

    async def fields(self, app_id: str, endpoint: str) -> Mapping[str, str]:
        """Return the form fields of the proof; SignInFailed where it cannot be made."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A client secret."""

    value: str = field(repr=False)

    async def fields(self, app_id: str, endpoint: str) -> Mapping[str, str]:
        """See ClientProof."""
        del app_id, endpoint
        return {"client_secret": self.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate and its RSA private key, both PEM; SignInFailed where they cannot be read."""

    certificate: bytes
    key: bytes = field(repr=False)
    clock: Clock

    async def fields(self, app_id: str, endpoint: str) -> Mapping[str, str]:
        """See ClientProof: an assertion as RFC 7523 has it, named by the SHA-256 thumbprint."""
        now = self.clock.now()
        claims = {
            "aud": endpoint,
            "iss": app_id,
            "sub": app_id,
            "jti": str(uuid4()),
            "nbf": now,
            "exp": now + ASSERTION_LIFE,
        }
        try:
            thumbprint = x509.load_pem_x509_certificate(self.certificate).fingerprint(
                hashes.SHA256()
            )
            headers = {"x5t#S256": jwt.utils.base64url_encode(thumbprint).decode()}
            assertion = jwt.encode(claims, self.key, algorithm="PS256", headers=headers)
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise SignInFailed(
                "the bot's certificate or key cannot be read; both must be PEM, the key RSA and"
                " without a password"
            ) from error
        return {"client_assertion_type": JWT_BEARER, "client_assertion": assertion}


@dataclass(frozen=True, slots=True, kw_only=True)
class Federated:
    """Workload federation: an assertion that the platform keeps fresh in a file."""

    path: Path

    async def fields(self, app_id: str, endpoint: str) -> Mapping[str, str]:
        """See ClientProof."""
        del app_id, endpoint
        try:
            assertion = await asyncio.to_thread(self.path.read_text, "ascii")
        except (OSError, ValueError) as error:
            raise SignInFailed(
                f"the federated token file {self.path.name} cannot be read"
            ) from error
        return {"client_assertion_type": JWT_BEARER, "client_assertion": assertion.strip()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """OAuth client credentials at the directory; ``login`` and ``scope`` are the cloud's."""

    session: aiohttp.ClientSession
    login: str
    tenant_id: str
    app_id: str
    scope: str
    proof: ClientProof

    async def fetch(self) -> AccessToken:
        """See TokenSource."""
        endpoint = f"{self.login}/{self.tenant_id}/oauth2/v2.0/token"
        form = {
            "grant_type": "client_credentials",
            "client_id": self.app_id,
            "scope": f"{self.scope}/.default",
            **await self.proof.fields(self.app_id, endpoint),
        }
        return await _ask(self.session, "POST", endpoint, data=form)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedIdentity:
    """A user-assigned identity of the Azure host.

    ``endpoint`` and ``header`` are App Service's IDENTITY_ENDPOINT and IDENTITY_HEADER; without
    them the virtual machine's metadata service is asked.
    """

    session: aiohttp.ClientSession
    app_id: str
    scope: str
    endpoint: str | None = None
    header: str | None = field(default=None, repr=False)

    async def fetch(self) -> AccessToken:
        """See TokenSource."""
        query = {"resource": self.scope, "client_id": self.app_id}
        if self.endpoint is not None:
            query["api-version"] = "2019-08-01"
            headers = {"X-IDENTITY-HEADER": self.header or ""}
            return await _ask(self.session, "GET", self.endpoint, params=query, headers=headers)
        query["api-version"] = "2018-02-01"
        headers = {"Metadata": "true"}
        return await _ask(self.session, "GET", IMDS, params=query, headers=headers)


async def _ask(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    **parts: Any,  # noqa: ANN401
) -> AccessToken:
    try:
        async with session.request(
            method, url, timeout=PATIENCE, allow_redirects=False, **parts
        ) as response:
            answer = json.loads(await read_capped(response.content, LARGEST_ANSWER))
        if response.status != 200:
            raise SignInFailed(f"sign-in was refused: {str(answer.get('error', ''))[:80]}")
        return AccessToken(
            value=str(answer["access_token"]), seconds=float(answer.get("expires_in", 3600))
        )
    except (aiohttp.ClientError, TimeoutError, ValueError, TypeError, KeyError) as error:
        raise SignInFailed(f"sign-in gave no usable answer: {type(error).__name__}") from error


class Tokens:
    """Keeps one token, renewed ``EARLY``; one request at a time, whoever asks."""

    def __init__(self, source: TokenSource, clock: Clock) -> None:
        """Keep where tokens come from."""
        self._source = source
        self._clock = clock
        self._token: AccessToken | None = None
        self._until: datetime | None = None
        self._lock = asyncio.Lock()

    async def bearer(self) -> str:
        """Return a token that is still good for ``EARLY``; SignInFailed where there is none."""
        async with self._lock:
            if self._token is None or self._until is None or self._clock.now() >= self._until:
                self._token = await self._source.fetch()
                life = timedelta(seconds=self._token.seconds)
                self._until = self._clock.now() + max(life - EARLY, life / 2)
            return self._token.value

    def refused(self, bearer: str) -> None:
        """Forget ``bearer``: the connector no longer takes it."""
        if self._token is not None and self._token.value == bearer:
            self._token = None
