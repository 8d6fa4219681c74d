"""Graph over HTTP in Graph's own words: addresses, sign-in, retries, limits. It knows nothing of us.

msgraph-sdk builds the addresses and signs the requests; payloads stay JSON, because the SDK's
models cost 10 ms of CPU per entity and turn values they cannot read into None.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from copy import copy
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import structlog
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from kiota_http.middleware.options import RedirectHandlerOption, RetryHandlerOption
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.graph_request_adapter import GraphRequestAdapter, options
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]

from graph.credentials import credential_for
from graph.settings import GraphSettings

ERRORS = {"XXX": ODataError}
log = structlog.get_logger()

THROTTLED = 429
SERVER_ERROR = 500
PATIENCE = 120.0  # seconds of Retry-After that a worker sits out itself
IMMUTABLE_IDS = 'IdType="ImmutableId"'


class GraphFault(Exception):
    """Graph, or the way to it, failed.

    ``status`` is the HTTP status, None where no answer came; ``code`` is Graph's error code or
    our own word for it; ``after`` is how many seconds Graph asked us to wait.
    """

    def __init__(self, status: int | None, code: str, after: float | None = None) -> None:
        """Keep what decides on a retry; Graph's message may hold addresses and is dropped."""
        super().__init__(f"Graph answered {status or 'nothing'} ({code})")
        self.status = status
        self.code = code
        self.after = after

    @property
    def outcome_unknown(self) -> bool:
        """Whether a write may have been done although it failed."""
        return self.status is None or self.status >= SERVER_ERROR


class ForeignLink(ValueError):
    """A link leads away from the configured Graph host; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How long a caller can wait: ``retries`` after the first try, ``total`` seconds for all.

    A 429 is retried after Retry-After when that is at most ``patience`` seconds; 5xx and lost
    answers as well, because sending any call of ours twice does no more than sending it once.
    """

    retries: int
    total: float
    patience: float
    backoff: float = 1.0


INTERACTIVE = Profile(retries=1, total=9.0, patience=3.0)
WORKER = Profile(retries=4, total=600.0, patience=PATIENCE)


@dataclass(slots=True)
class Lanes:
    """At most 4 calls at once per mailbox (Exchange's limit), a modest cap over all, none once closed."""

    overall: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(16))
    mailboxes: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(4))
    )
    closed: asyncio.Event = field(default_factory=asyncio.Event)


def _http() -> tuple[httpx.AsyncClient, list[httpx.AsyncBaseTransport]]:
    """Return the SDK's HTTP client without its retries and redirects, and its connection pools.

    Ours know the caller's patience. msgraph-core's transport does not close the pools it wraps.
    """
    http = httpx.AsyncClient(timeout=httpx.Timeout(30, connect=5), http2=True)
    wrapped = (http._transport, *http._mounts.values())  # noqa: SLF001 - as msgraph-core does
    ours = {
        RetryHandlerOption.get_key(): RetryHandlerOption(max_retries=0, should_retry=False),
        RedirectHandlerOption.get_key(): RedirectHandlerOption(
            max_redirect=0, should_redirect=False
        ),
    }
    GraphClientFactory.create_with_default_middleware(client=http, options=options | ours)
    return http, [transport for transport in wrapped if transport is not None]


def _service(
    settings: GraphSettings, credential: AsyncTokenCredential, http: httpx.AsyncClient
) -> GraphServiceClient:
    provider = AzureIdentityAuthenticationProvider(
        credential, scopes=[settings.scope], allowed_hosts=[settings.host]
    )
    adapter = GraphRequestAdapter(provider, client=http)
    adapter.base_url = settings.base_url
    return GraphServiceClient(request_adapter=adapter)


class GraphClient:
    """A signed-in Graph client; one per event loop. Calls raise GraphFault.

    Use as an async context manager, or call ``close``. ``sharing`` gives another profile over
    the same connection, token and limits.
    """

    def __init__(
        self,
        settings: GraphSettings,
        *,
        profile: Profile = WORKER,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Prepare; nothing is sent before the first call."""
        self._settings = settings
        self._credential = credential_for(settings)
        self._lanes = Lanes()
        self.profile = profile
        self._pause = pause
        http, self._pools = _http()
        self.api = _service(settings, self._credential, http)

    def sharing(self, profile: Profile) -> "GraphClient":
        """Return a client of another profile; closing either closes both."""
        twin = copy(self)
        twin.profile = profile
        return twin

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Send nothing more: a later call is a GraphFault, and who is under way closes behind itself.

        Work that outlives its engine would else open connections that nobody closes.
        """
        self._lanes.closed.set()
        await self._disconnect()

    async def _disconnect(self) -> None:
        for pool in self._pools:
            await pool.aclose()
        await self._credential.close()

    async def call(
        self,
        method: Method,
        where: BaseRequestBuilder,
        *,
        mailbox: str = "",
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        if_match: str | None = None,
    ) -> dict[str, Any]:
        """Send JSON, return the JSON answered ({} where there is none).

        ``where`` is one of the SDK's request builders; ``mailbox`` names the mailbox whose limit
        applies. The call may be sent again: it must be one that does no more the second time.
        With ``if_match`` it is done only while what it changes has that ETag, else a GraphFault.
        """
        request = RequestInformation(method, where.url_template, dict(where.path_parameters))
        request.query_parameters = {
            name.replace("$", "%24"): value for name, value in (query or {}).items()
        }
        if body is not None:
            request.set_stream_content(json.dumps(body).encode(), "application/json")
        if if_match is not None:
            request.headers.try_add("If-Match", if_match)
        return await self._patiently(request, mailbox)

    async def follow(self, link: str, *, mailbox: str = "") -> dict[str, Any]:
        """GET a nextLink or deltaLink; ForeignLink unless it is on the configured server."""
        if not self._is_ours(link):
            raise ForeignLink("a link from Graph leads to another host; it was not followed")
        request = RequestInformation(Method.GET)
        request.url = link
        return await self._patiently(request, mailbox)

    def _is_ours(self, link: str) -> bool:
        ours, theirs = urlsplit(self._settings.base_url), urlsplit(link)
        same_server = (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)
        return same_server and theirs.path.startswith(f"{ours.path}/")

    async def _patiently(self, request: RequestInformation, mailbox: str) -> dict[str, Any]:
        request.headers.try_add("Accept", "application/json")
        request.headers.try_add("Prefer", IMMUTABLE_IDS)
        try:
            async with asyncio.timeout(self.profile.total):
                return await self._with_retries(request, mailbox)
        except TimeoutError as error:
            raise GraphFault(None, "timeOut") from error

    async def _with_retries(self, request: RequestInformation, mailbox: str) -> dict[str, Any]:
        for attempt in range(self.profile.retries + 1):
            try:
                return await self._once(request, mailbox)
            except GraphFault as fault:
                wait = self._wait(fault, attempt)
                if wait is None or attempt == self.profile.retries:
                    raise
                log.info("graph_retry", status=fault.status, code=fault.code, wait=wait)
            await self._pause(wait)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, fault: GraphFault, attempt: int) -> float | None:
        """Return how many seconds to wait before another try; None for no other try."""
        if self._lanes.closed.is_set() or (fault.status != THROTTLED and not fault.outcome_unknown):
            return None
        wait = fault.after if fault.after is not None else self.profile.backoff * 2**attempt
        return wait if wait <= self.profile.patience else None

    async def _once(self, request: RequestInformation, mailbox: str) -> dict[str, Any]:
        async with AsyncExitStack() as lanes:
            if mailbox:
                await lanes.enter_async_context(self._lanes.mailboxes[mailbox.lower()])
            await lanes.enter_async_context(self._lanes.overall)
            if self._lanes.closed.is_set():
                raise GraphFault(None, "closed")
            try:
                raw = await self.api.request_adapter.send_primitive_async(request, "bytes", ERRORS)
            except APIError as error:
                raise _fault(error) from error
            except ClientAuthenticationError as error:
                raise GraphFault(401, "signInRefused") from error
            except (httpx.HTTPError, AzureError) as error:
                raise GraphFault(None, type(error).__name__) from error
            finally:
                if self._lanes.closed.is_set():
                    await self._disconnect()
        return _document(raw)


def _document(raw: bytes | None) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise GraphFault(None, "notJson") from error
    if not isinstance(document, dict):
        raise GraphFault(None, "notAnObject")
    return document


def _fault(error: APIError) -> GraphFault:
    main = getattr(error, "error", None)
    code = getattr(main, "code", None) or "withoutCode"
    headers = error.response_headers or {}
    try:
        after = float(headers.get("retry-after", ""))
    except ValueError:  # absent, or a date: the profile's backoff stands in
        after = None
    return GraphFault(error.response_status_code, code, after)
