"""The HTTP door of the bot: one request in, checked, answered once, and never with a 500."""

import asyncio
import traceback
from collections.abc import Callable
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from botbuilder.core import TurnContext
from botbuilder.schema import Activity, ActivityTypes
from msrest.exceptions import ClientException

from bot.channel.adapter import CONVERSATION, AsideAdapter, invoke_response
from bot.channel.admission import Inbound, admit, read_activity
from bot.channel.bodies import LARGEST, parse, read_capped
from bot.channel.connector import ChannelError, Connector
from bot.channel.conversing import TURN, Conversing
from bot.channel.files import Uploads
from bot.channel.messages import as_json, message
from bot.channel.pace import ActorLimit
from bot.channel.references import References
from bot.channel.refusals import Refused
from bot.channel.seen import Answer, MemorySeen, Seen, key_of
from bot.channel.tokens import KeyCache, TokenCheck
from bot.channel.trust import Trust
from bot.channel.turns import Listener, Reply, Said, Shared, Turn, Uninstalled
from bot.channel.wire import content_of, conversation_of, invoke_answer, speaker_of
from scheduling.ports.clock import Clock, Ids

SLOWEST_BODY = 10.0
SLOW = 2.0

log = structlog.get_logger()

Apology = Callable[[str, str], str]


def apologise(locale: str, correlation_id: str) -> str:
    """Return what a person reads when a turn failed; ``correlation_id`` finds it in the log."""
    if locale.lower().startswith("de"):
        return (
            "Das hat nicht geklappt, der Fehler liegt bei uns. Bitte versuchen Sie es noch einmal;"
            f" bleibt es dabei, nennen Sie Ihrer Administration die Kennung {correlation_id}."
        )
    return (
        "That did not work, and the fault is ours. Please try again; if it stays like this, give"
        f" your administrator the reference {correlation_id}."
    )


class Edge:
    """Takes activities from Teams to a Listener, and its replies back.

    Refusals are 400, 401, 403, 413 or 429 with an empty body. Whatever fails behind them is
    logged by type and place under the correlation id, and shown to the person as an apology.
    """

    def __init__(  # noqa: PLR0913 every part is handed over by name, here and nowhere else
        self,
        *,
        trust: Trust,
        session: aiohttp.ClientSession,
        connector: Connector,
        listener: Listener,
        references: References,
        clock: Clock,
        ids: Ids,
        seen: Seen | None = None,
        limit: ActorLimit | None = None,
        apology: Apology = apologise,
    ) -> None:
        """Keep the parts; ``session`` is for the issuer's keys. Without an app id, no token."""
        self._trust = trust
        self._connector = connector
        self._references = references
        self._clock = clock
        self._ids = ids
        self._seen = seen or MemorySeen()
        self._limit = limit or ActorLimit()
        self._apology = apology
        self._adapter = AsideAdapter(connector)
        self._bot = Conversing(listener, connector, Uploads(session, trust))
        self._tokens = (
            TokenCheck(trust, KeyCache(trust.cloud.metadata, session, clock), clock)
            if trust.app_id
            else None
        )

    async def close(self) -> None:
        """Finish what was begun: updates that follow an answer."""
        await self._bot.close()

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one POST from the Bot Framework."""
        correlation_id = self._ids.new()
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            try:
                inbound, activity = await self._admitted(request)
                turn = self._turn_of(inbound, correlation_id)
            except Refused as refused:
                log.warning("activity_refused", status=refused.status, reason=refused.reason)
                return web.Response(status=refused.status)
            answer = await self._answer(turn, activity) if turn else Answer()
        json_type = "application/json" if answer.body else None
        return web.Response(status=answer.status, body=answer.body, content_type=json_type)

    async def _admitted(self, request: web.Request) -> tuple[Inbound, Activity]:
        bearer = None
        if self._tokens is not None:
            bearer = await self._tokens.check(request.headers.get("Authorization"))
        document = parse(await _body(request))
        inbound = read_activity(document)
        if bearer is not None:
            bearer.bind(inbound.channel_id, inbound.service_url)
        admit(inbound, self._trust, self._clock.now())
        if not self._limit.allows(inbound.sender.aad_object_id or inbound.conversation.id):
            raise Refused(429, "too_many_turns")
        return inbound, _activity(document)

    def _turn_of(self, inbound: Inbound, correlation_id: str) -> Turn | None:
        content = content_of(inbound)
        if content is None:
            return None
        return Turn(
            speaker=speaker_of(inbound),
            conversation=conversation_of(inbound),
            activity_id=inbound.id,
            content=content,
            correlation_id=correlation_id,
        )

    async def _answer(self, turn: Turn, activity: Activity) -> Answer:
        where = turn.conversation.conversation_id
        key = key_of(where, turn.activity_id, turn.speaker.account_id)
        begun = asyncio.get_running_loop().time()
        try:
            said = isinstance(turn.content, Said)  # a tap is held by its card's version
            if not await self._seen.claim(key, everywhere=said):
                return await self._seen.answer(key) or Answer(status=202)
            answer = await self._converse(turn, activity)
        except Exception as error:  # noqa: BLE001 the one place where any failure becomes words
            _log_failure(error)
            answer = await self._apologise(turn, activity, error)
        await self._settle(key, answer)
        took = asyncio.get_running_loop().time() - begun
        if took > SLOW:
            log.warning("turn_slow", seconds=round(took, 1), kind=type(turn.content).__name__)
        return answer

    async def _converse(self, turn: Turn, activity: Activity) -> Answer:
        if isinstance(turn.content, Uninstalled):
            await self._references.forget(turn.conversation.conversation_id)
        elif not isinstance(turn.content, Shared):  # used where the bot itself may not be
            await self._references.save(turn.conversation)
        context = TurnContext(self._adapter, activity)
        context.turn_state[CONVERSATION] = turn.conversation
        context.turn_state[TURN] = turn
        await self._adapter.run_pipeline(context, self._bot.on_turn)
        response = invoke_response(context)
        return Answer(status=response.status, body=response.body) if response else Answer()

    async def _apologise(self, turn: Turn, activity: Activity, error: Exception) -> Answer:
        text = self._apology(turn.speaker.locale, turn.correlation_id)
        if activity.type == ActivityTypes.invoke:
            return Answer(body=as_json(invoke_answer(turn.content, Reply(text=text))))
        if activity.type == ActivityTypes.message and not isinstance(error, ChannelError):
            try:
                await self._connector.send(turn.conversation, message(text=text))
            except ChannelError as silent:
                log.warning("apology_not_sent", error=type(silent).__name__)
        return Answer()

    async def _settle(self, key: str, answer: Answer) -> None:
        try:
            await self._seen.settle(key, answer)
        except Exception as error:  # noqa: BLE001 the answer is good, only its copy is lost
            _log_failure(error)


async def _body(request: web.Request) -> bytes:
    if "Content-Encoding" in request.headers:
        raise Refused(400, "body_compressed")
    if (request.content_length or 0) > LARGEST:
        raise Refused(413, "body_too_large")
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            return await read_capped(request.content, LARGEST)
    except ValueError as error:
        raise Refused(413, "body_too_large") from error
    except (TimeoutError, aiohttp.ClientError) as error:
        raise Refused(400, "body_incomplete") from error


def _activity(document: dict[str, Any]) -> Activity:
    try:
        return Activity.deserialize(document)
    except (ClientException, AttributeError, TypeError, ValueError, KeyError) as error:
        raise Refused(400, "not_an_activity") from error


def _log_failure(error: Exception) -> None:
    # Never the message or the traceback's locals: either may hold what people wrote.
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
    log.error("turn_failed", error=type(error).__name__, at=places)
