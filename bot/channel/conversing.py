"""The SDK's activity handler, handing each turn to the application and showing its reply."""

import asyncio
from collections.abc import Coroutine

import structlog
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler

from bot.channel.connector import Connector
from bot.channel.messages import as_json, message
from bot.channel.references import ConversationKind
from bot.channel.turns import Listener, Reply, Tapped, Turn, Uninstalled, Update
from bot.channel.wire import invoke_answer

TURN = "aside.turn"

log = structlog.get_logger()


class Conversing(TeamsActivityHandler):  # type: ignore[misc]  # the SDK is not typed
    """Answers every activity through one Listener. The turn is in ``turn_state`` under ``TURN``."""

    def __init__(self, listener: Listener, connector: Connector) -> None:
        """Keep who answers, and the way out."""
        super().__init__()
        self._listener = listener
        self._connector = connector
        self._later: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Wait for the updates that were still to be sent."""
        await asyncio.gather(*self._later)

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Answer a message: a post, or for a Submit tap the tapped card in its new state."""
        turn = _turn(turn_context)
        reply = await self._listener.on_turn(turn)
        if isinstance(turn.content, Tapped):
            await self._show_submitted(turn, turn.content, reply)
        else:
            await self._post(turn, reply)
        self._update_later(turn, reply.update)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """Answer a tap, a refresh, suggestions or a message action in the HTTP response."""
        turn = _turn(turn_context)
        reply = await self._listener.on_turn(turn)
        self._update_later(turn, reply.update)
        return InvokeResponse(status=200, body=as_json(invoke_answer(turn.content, reply)))

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """Tell the application that it was installed or removed."""
        await self._lifecycle(turn_context)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Tell the application who came and went."""
        await self._lifecycle(turn_context)

    async def _lifecycle(self, turn_context: TurnContext) -> None:
        turn = _turn(turn_context)
        reply = await self._listener.on_turn(turn)
        if not isinstance(turn.content, Uninstalled):
            await self._post(turn, reply)

    async def _post(self, turn: Turn, reply: Reply) -> None:
        if reply.card is None and reply.text is None:
            return
        posted = await self._connector.send(
            turn.conversation, message(card=reply.card, text=reply.text)
        )
        if reply.sent is not None:
            await reply.sent(posted)

    async def _show_submitted(self, turn: Turn, tapped: Tapped, reply: Reply) -> None:
        personal = turn.conversation.kind is ConversationKind.PERSONAL
        if reply.card is not None and personal and tapped.card_id:
            await self._connector.update(
                turn.conversation, tapped.card_id, message(card=reply.card)
            )
        elif reply.text is not None and personal:
            await self._connector.send(turn.conversation, message(text=reply.text))

    def _update_later(self, turn: Turn, update: Update | None) -> None:
        if update is not None:
            self._begin(self._update(turn, update))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _update(self, turn: Turn, update: Update) -> None:
        try:
            await self._connector.update(
                turn.conversation, update.activity_id, message(card=update.card)
            )
        except Exception as error:  # noqa: BLE001 nobody waits for this who could be told
            log.warning("update_failed", error=type(error).__name__)


def _turn(turn_context: TurnContext) -> Turn:
    turn: Turn = turn_context.turn_state[TURN]
    return turn
