"""A local identity provider: the Bot Framework's token issuer and the directory's token host."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.channel.trust import PUBLIC, Cloud
from bot.rehearsal.serving import served
from scheduling.ports.clock import Clock

ISSUER = PUBLIC.issuer


@cache
def private_key(number: int) -> rsa.RSAPrivateKey:
    """Return the RSA key ``number`` of this test run, made once."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(kid: str, number: int, endorsements: tuple[str, ...]) -> dict[str, Any]:
    """Return the public half of a key as the issuer publishes it."""
    jwk: dict[str, Any] = json.loads(
        jwt.algorithms.RSAAlgorithm.to_jwk(private_key(number).public_key())
    )
    return jwk | {"kid": kid, "use": "sig", "endorsements": list(endorsements)}


@dataclass(kw_only=True)
class Identity:
    """Publishes keys, signs tokens for inbound calls, and gives out tokens for outbound ones.

    ``cloud`` is the public cloud with its addresses here. ``fetches`` counts reads of the keys;
    while ``down`` is set every request is answered 503. ``given`` are the outbound tokens.
    """

    app_id: str
    clock: Clock
    url: str = ""
    endorsements: tuple[str, ...] = ("msteams",)
    number: int = 1
    fetches: int = 0
    down: bool = False
    given: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def open(cls, *, app_id: str, clock: Clock) -> AsyncIterator["Identity"]:
        """Serve a provider for the bot ``app_id``."""
        identity = cls(app_id=app_id, clock=clock)
        app = web.Application()
        app.router.add_get("/metadata", identity._metadata)
        app.router.add_get("/keys", identity._keys)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", identity._token)
        async with served(app) as url:
            identity.url = url
            yield identity

    @property
    def cloud(self) -> Cloud:
        """The public cloud, with this provider in the place of Microsoft's."""
        return replace(PUBLIC, metadata=f"{self.url}/metadata", login=self.url)

    @property
    def kid(self) -> str:
        """The id of the key now in use."""
        return f"key-{self.number}"

    def rotate(self) -> None:
        """Replace the signing key by a new one; the old one is no longer published."""
        self.number += 1

    def mint(
        self,
        *,
        service_url: str,
        header: dict[str, Any] | None = None,
        number: int | None = None,
        life: timedelta = timedelta(hours=1),
        without: tuple[str, ...] = (),
        **claims: object,
    ) -> str:
        """Return a token as Teams sends it, with ``claims`` in the place of the right ones."""
        now = self.clock.now()
        payload = {
            "iss": ISSUER,
            "aud": self.app_id,
            "serviceurl": service_url,
            "nbf": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
        } | claims
        kept = {name: value for name, value in payload.items() if name not in without}
        key = private_key(self.number if number is None else number)
        return jwt.encode(kept, key, "RS256", headers={"kid": self.kid} | (header or {}))

    def gave(self, authorization: str | None) -> bool:
        """Whether an Authorization header carries one of the outbound tokens."""
        return authorization is not None and authorization.removeprefix("Bearer ") in self.given

    async def _metadata(self, _request: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=503)
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, _request: web.Request) -> web.Response:
        self.fetches += 1
        return web.json_response({"keys": [public_jwk(self.kid, self.number, self.endorsements)]})

    async def _token(self, request: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=503)
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        self.given.append(f"outbound-{len(self.given) + 1}")
        return web.json_response({"access_token": self.given[-1], "expires_in": 3600})
