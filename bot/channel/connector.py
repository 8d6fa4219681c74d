"""The way out to Teams: posts, edits, deletes and rosters over one pooled connection."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog
from yarl import URL

from bot.channel.bodies import read_capped
from bot.channel.credentials import SignInFailed, Tokens
from bot.channel.messages import HARD, SOFT, parts_of, size_of
from bot.channel.pace import Pace, Sleep, WouldWait
from bot.channel.references import BlockReason, Conversation, References
from bot.channel.trust import Trust

TRIES = 4
LONGEST_PAUSE = 20.0
PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)
LARGEST_ANSWER = 1024 * 1024
MOST_PAGES = 200
PAGE = 200

log = structlog.get_logger()


class ChannelError(Exception):
    """Teams did not do what was asked. Messages hold no text, name or token."""


class OutcomeUnknown(ChannelError):
    """A post's answer was lost: it may or may not be there. Never post it again."""


class NotSent(ChannelError):
    """Nothing reached Teams: no connection, no token, a foreign host, or too long a queue."""


class Unavailable(ChannelError):
    """Teams gave no usable answer to something that may be asked again later."""


class Throttled(ChannelError):
    """Teams asked to slow down for longer than we wait; nothing was posted."""


class Blocked(ChannelError):
    """Teams refuses posts here until something changes; ``reason`` says what."""

    def __init__(self, reason: BlockReason) -> None:
        """Keep the reason."""
        super().__init__(f"Teams refuses posts here: {reason.value}")
        self.reason = reason


class Gone(ChannelError):
    """There is no such conversation or activity (any longer)."""


class TooLarge(ChannelError):
    """The message is larger than Teams takes, and cannot be cut."""


class Rejected(ChannelError):
    """Teams refused what we sent; the message names the status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in a conversation; ``guest`` and ``tenant_id`` say whether they are ours."""

    account_id: str
    object_id: str | None
    name: str
    tenant_id: str | None = None
    guest: bool = False


class Connector:
    """Sends to Teams. Every call waits its turn, and may raise a ChannelError.

    POST is repeated after 429, 412 and a refused token only, for then nothing was posted: Teams
    has no keys to post by, so after any other failure the outcome is unknown and stays so.
    Edits, deletes and reads are repeated with jitter. Where Teams refuses a conversation its
    reference is blocked with the reason; where it knows it no more, twice, it is forgotten.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        trust: Trust,
        tokens: Tokens | None,
        references: References,
        pace: Pace,
        rng: random.Random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Keep the parts; without ``tokens`` (development only) nothing proves who we are."""
        self._session = session
        self._trust = trust
        self._tokens = tokens
        self._references = references
        self._pace = pace
        self._rng = rng
        self._sleep = sleep

    async def send(self, conversation: Conversation, activity: Mapping[str, Any]) -> str:
        """Post ``activity`` and return its id; a long text becomes several posts, the last counts."""
        activity_id = ""
        for part in parts_of(activity):
            fitting = _fitting(part)
            async with self._noting(conversation):
                try:
                    answer = await self._post(conversation, fitting)
                except Gone:
                    answer = await self._post_again(conversation.base(), fitting)
            activity_id = str(answer.get("id", ""))
        return activity_id

    async def _post(
        self, conversation: Conversation, activity: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return await self._call(
            "POST", self._url(conversation, "activities"), conversation, activity
        )

    async def _post_again(
        self, conversation: Conversation, activity: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Post once more; a thread may be gone with its first message, and the channel still there."""
        await self._sleep(self._pause(0, None))
        try:
            return await self._post(conversation, activity)
        except Gone:
            await self._references.forget(conversation.conversation_id)
            raise

    @asynccontextmanager
    async def _noting(self, conversation: Conversation) -> AsyncIterator[None]:
        try:
            yield
        except Blocked as error:
            await self._references.block(conversation.conversation_id, error.reason)
            raise

    async def update(
        self, conversation: Conversation, activity_id: str, activity: Mapping[str, Any]
    ) -> None:
        """Put ``activity`` in the place of an earlier post."""
        url = self._url(conversation, "activities", activity_id)
        async with self._noting(conversation):
            await self._call("PUT", url, conversation, {**_fitting(activity), "id": activity_id})

    async def delete(self, conversation: Conversation, activity_id: str) -> None:
        """Take an earlier post away; already gone is success."""
        try:
            url = self._url(conversation, "activities", activity_id)
            await self._call("DELETE", url, conversation)
        except Gone:
            log.debug("activity_already_gone")

    async def create_conversation(self, near: Conversation, member_id: str) -> str:
        """Return the id of the bot's personal chat with a person (Teams or directory id).

        ``near`` is any conversation of the same tenant, for its serviceUrl and bot. Teams keeps
        one personal chat for each pair, so asking again after a lost answer does no harm.
        """
        body = {
            "bot": {"id": near.bot_id},
            "members": [{"id": member_id}],
            "isGroup": False,
            "tenantId": near.tenant_id,
            "channelData": {"tenant": {"id": near.tenant_id}},
        }
        url = near.service_url.rstrip("/") + "/v3/conversations"
        answer = await self._call("POST", url, near, body, repeatable=True)
        return str(answer.get("id", ""))

    async def members(self, conversation: Conversation) -> tuple[Member, ...]:
        """Return everybody in the conversation (in a channel: in its team), page by page."""
        found: list[Member] = []
        token = ""
        for _ in range(MOST_PAGES):
            more = f"&continuationToken={quote(token, safe='')}" if token else ""
            url = self._url(conversation.base(), "pagedmembers") + f"?pageSize={PAGE}{more}"
            page = await self._call("GET", url, conversation)
            found += [_member(entry) for entry in page.get("members") or ()]
            token = str(page.get("continuationToken") or "")
            if not token:
                break
        return tuple(found)

    def _url(self, conversation: Conversation, *parts: str) -> str:
        path = "/".join(quote(part, safe="") for part in (conversation.conversation_id, *parts))
        return f"{conversation.service_url.rstrip('/')}/v3/conversations/{path}"

    async def _call(
        self,
        method: str,
        url: str,
        conversation: Conversation,
        body: Mapping[str, Any] | None = None,
        *,
        repeatable: bool = False,
    ) -> Mapping[str, Any]:
        self._guard(conversation)
        repeatable = repeatable or method != "POST"
        for attempt in range(TRIES):
            try:
                await self._pace.turn(conversation.conversation_id, read=method == "GET")
                answer = await self._once(method, url, body)
            except WouldWait as error:
                raise NotSent(f"the queue to Teams is {error.after:.0f} s long") from error
            except _Again as again:
                if again.unknown and not repeatable:
                    raise OutcomeUnknown(f"{method} ended with {again.cause}") from again
                if attempt == TRIES - 1 or (again.after or 0) > LONGEST_PAUSE:
                    raise again.final() from again
                await self._sleep(self._pause(attempt, again.after))
            else:
                return answer
        raise NotSent("no try was made")

    def _guard(self, conversation: Conversation) -> None:
        if not self._trust.admits_service(conversation.service_url):
            raise NotSent("the conversation's serviceUrl is not one of our cloud's")
        if conversation.blocked is not None:
            raise Blocked(conversation.blocked)

    def _pause(self, attempt: int, after: float | None) -> float:
        jitter = self._rng.uniform(0.5, 1.0)
        if after is not None:
            return after + jitter
        return float(min(2.0**attempt, LONGEST_PAUSE) * jitter)

    async def _once(
        self, method: str, url: str, body: Mapping[str, Any] | None
    ) -> Mapping[str, Any]:
        bearer = await self._bearer()
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            async with self._session.request(
                method,
                URL(url, encoded=True),
                json=body,
                headers=headers,
                timeout=PATIENCE,
                allow_redirects=False,
            ) as response:
                raw = await read_capped(response.content, LARGEST_ANSWER)
        except aiohttp.ClientConnectorError as error:
            raise _Again("no connection", unknown=False) from error
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            raise _Again(type(error).__name__) from error
        if response.status == 401 and bearer and self._tokens:
            self._tokens.refused(bearer)
        return _answer(response.status, response.headers.get("Retry-After"), raw)

    async def _bearer(self) -> str | None:
        try:
            return await self._tokens.bearer() if self._tokens else None
        except SignInFailed as error:
            raise NotSent(str(error)) from error


class _Again(Exception):
    """A try that failed in a way that another try may mend."""

    def __init__(
        self, cause: str, *, unknown: bool = True, slow: bool = False, after: float | None = None
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.unknown = unknown
        self.slow = slow
        self.after = after

    def final(self) -> ChannelError:
        if self.slow:
            return Throttled(f"Teams still answered {self.cause} after {TRIES} tries")
        kind = Unavailable if self.unknown else NotSent
        return kind(f"{TRIES} tries ended with {self.cause}")


def _answer(status: int, after: str | None, raw: bytes) -> Mapping[str, Any]:
    if status in {401, 408, 412, 429} or status >= 500:
        raise _Again(
            str(status),
            unknown=status == 408 or status >= 500,
            slow=status in {412, 429},
            after=float(after) if after is not None and after.isdecimal() else None,
        )
    if status == 403:
        raise Blocked(_reason(raw))
    if status in {404, 410}:
        raise Gone("Teams knows no such conversation or activity")
    if status == 413:
        raise TooLarge("Teams found the message too large")
    if status >= 300:
        raise Rejected(f"Teams answered {status}")
    return _object(raw)


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(raw)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _reason(raw: bytes) -> BlockReason:
    # The code stands in "error.code", in its message, or in JSON inside a message string.
    text = raw.decode(errors="replace")
    return next((reason for reason in BlockReason if reason.value in text), BlockReason.OTHER)


def _fitting(activity: Mapping[str, Any]) -> Mapping[str, Any]:
    size = size_of(activity)
    if size > HARD:
        raise TooLarge(f"the message is {size} bytes, and Teams takes {HARD}")
    if size > SOFT:
        log.warning("message_large", bytes=size)
    return activity


def _member(entry: Mapping[str, Any]) -> Member:
    return Member(
        account_id=str(entry.get("id", "")),
        object_id=entry.get("aadObjectId") or entry.get("objectId"),
        name=str(entry.get("name", "")),
        tenant_id=entry.get("tenantId"),
        guest=entry.get("userRole") in {"guest", "anonymous"},
    )
