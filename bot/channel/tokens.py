"""Is this call from Teams? The bearer token of the Bot Framework, checked against its issuer."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import jwt
import structlog

from bot.channel.bodies import read_capped
from bot.channel.refusals import Refused
from bot.channel.trust import Trust
from scheduling.ports.clock import Clock

LEEWAY = timedelta(minutes=5)
FRESH = timedelta(hours=24)
KEEP = timedelta(hours=72)
PAUSE = timedelta(seconds=30)
FETCH = aiohttp.ClientTimeout(total=5)
LARGEST_DOCUMENT = 1_000_000
MOST_KEYS = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A public RSA key of the issuer, and the channels it may sign for."""

    key: jwt.PyJWK
    endorsements: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """A token that passed: what it binds the activity to."""

    service_url: str
    endorsements: frozenset[str]

    def bind(self, channel_id: str, service_url: str) -> None:
        """Raise Refused(401) unless the token was issued for this channel and this serviceUrl."""
        if channel_id not in self.endorsements:
            raise Refused(401, "channel_not_endorsed")
        if service_url != self.service_url:
            raise Refused(401, "service_url_not_in_token")


class KeyCache:
    """The issuer's signing keys, fetched when first needed, daily, and on an unknown key id.

    At most one fetch runs at a time and at most one is begun per ``PAUSE``, whoever asks and
    however it ended: within it an unknown key id stays unknown. Where the issuer cannot be
    reached, keys serve for up to ``KEEP``.
    """

    def __init__(self, metadata: str, session: aiohttp.ClientSession, clock: Clock) -> None:
        """Keep where to ask: ``metadata`` is the URL of the OpenID document."""
        self._metadata = metadata
        self._session = session
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched: datetime | None = None
        self._tried: datetime | None = None
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> SigningKey | None:
        """Return the issuer's key ``kid``, or None where it is not one of the issuer's."""
        if kid not in self._keys or self._older_than(FRESH, self._fetched):
            async with self._lock:
                if self._older_than(PAUSE, self._tried):
                    await self._refresh()
        return None if self._older_than(KEEP, self._fetched) else self._keys.get(kid)

    def _older_than(self, age: timedelta, moment: datetime | None) -> bool:
        return moment is None or self._clock.now() - moment > age

    async def _refresh(self) -> None:
        self._tried = self._clock.now()
        try:
            document = await self._fetch(self._metadata)
            keys = await self._fetch(str(document["jwks_uri"]))
            self._keys = _signing_keys(keys)
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            log.warning("signing_keys_unavailable", error=type(error).__name__)
            return
        self._fetched = self._clock.now()

    async def _fetch(self, url: str) -> dict[str, Any]:
        if url.partition("://")[0] != self._metadata.partition("://")[0]:
            raise ValueError("the issuer's documents do not share one scheme")
        async with self._session.get(url, timeout=FETCH, allow_redirects=False) as response:
            if response.status != 200:
                raise ValueError(f"the issuer answered {response.status}")
            raw = await read_capped(response.content, LARGEST_DOCUMENT)
        document: dict[str, Any] = json.loads(raw)
        return document


def _signing_keys(document: Mapping[str, Any]) -> dict[str, SigningKey]:
    keys = {}
    for entry in document["keys"][:MOST_KEYS]:
        try:
            keys[str(entry["kid"])] = SigningKey(
                key=jwt.PyJWK(entry, algorithm="RS256"),
                endorsements=frozenset(map(str, entry.get("endorsements", ()))),
            )
        except (jwt.PyJWTError, KeyError, TypeError, AttributeError):
            continue  # not an RSA key that signs tokens; the others still serve
    return keys


class TokenCheck:
    """Checks the Authorization header of an inbound call: RS256 only, issuer, audience, times."""

    def __init__(self, trust: Trust, keys: KeyCache, clock: Clock) -> None:
        """Keep whom to believe; the trust has an app id, without which no token is asked for."""
        self._trust = trust
        self._keys = keys
        self._clock = clock

    async def check(self, authorization: str | None) -> Bearer:
        """Return what the token binds; raise Refused(401) for every way it can be wrong."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(401, "no_bearer_token")
        try:
            header = jwt.get_unverified_header(token)
            kid = header.get("kid")
            if header.get("alg") != "RS256" or not isinstance(kid, str):
                raise Refused(401, "not_rs256")
            signing = await self._keys.key(kid)
            if signing is None:
                raise Refused(401, "unknown_key")
            return self._bearer(signing, self._claims(token, signing))
        except jwt.PyJWTError as error:
            raise Refused(401, f"token_{type(error).__name__}") from error

    def _claims(self, token: str, signing: SigningKey) -> dict[str, Any]:
        # Times are checked below, against the injected clock rather than the library's own.
        return jwt.decode(
            token,
            signing.key,
            algorithms=["RS256"],
            audience=self._trust.app_id,
            issuer=self._trust.cloud.issuer,
            options={
                "require": ["exp", "iss", "aud", "serviceurl"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )

    def _bearer(self, signing: SigningKey, claims: Mapping[str, Any]) -> Bearer:
        now, leeway = self._clock.now().timestamp(), LEEWAY.total_seconds()
        expires, starts = claims["exp"], claims.get("nbf", 0)
        if not isinstance(expires, int | float) or not isinstance(starts, int | float):
            raise Refused(401, "token_times_malformed")
        if now > expires + leeway:
            raise Refused(401, "token_expired")
        if now < starts - leeway:
            raise Refused(401, "token_not_yet_valid")
        if not isinstance(claims["serviceurl"], str):
            raise Refused(401, "service_url_not_in_token")
        return Bearer(service_url=claims["serviceurl"], endorsements=signing.endorsements)
