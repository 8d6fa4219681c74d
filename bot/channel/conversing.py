"""The SDK's activity handler, handing each turn to the application and showing its reply."""

import asyncio
from collections.abc import Coroutine

import structlog
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler

from bot.channel.connector import ChannelError, Connector
from bot.channel.files import Uploads, delivered, offering
from bot.channel.messages import as_json, message
from bot.channel.references import ConversationKind
from bot.channel.turns import FileAnswered, Listener, Reply, Tapped, Turn, Uninstalled, Update
from bot.channel.wire import invoke_answer

TURN = "aside.turn"

log = structlog.get_logger()


class Conversing(TeamsActivityHandler):  # type: ignore[misc]  # the SDK is not typed
    """Answers every activity through one Listener. The turn is in ``turn_state`` under ``TURN``."""

    def __init__(self, listener: Listener, connector: Connector, uploads: Uploads) -> None:
        """Keep who answers, and the ways out."""
        super().__init__()
        self._listener = listener
        self._connector = connector
        self._uploads = uploads
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
        self._later_than_answer(turn, reply)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """Answer a tap, a refresh, suggestions or a message action in the HTTP response."""
        turn = _turn(turn_context)
        reply = await self._listener.on_turn(turn)
        self._later_than_answer(turn, reply)
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

    def _later_than_answer(self, turn: Turn, reply: Reply) -> None:
        """Begin what follows the answer: an edit, a file that is offered, or one that was wanted.

        Files, and the words in their place, are for one person: in a personal chat alone.
        """
        if reply.update is not None:
            self._begin(self._update(turn, reply.update))
        if turn.conversation.kind is not ConversationKind.PERSONAL:
            return
        answered = isinstance(turn.content, FileAnswered)
        if answered or reply.file is not None or reply.upload is not None or reply.otherwise:
            self._begin(self._give_file(turn, reply))

    async def _give_file(self, turn: Turn, reply: Reply) -> None:
        """Offer a file, or put it and show it; where that cannot be done, say it in words."""
        try:
            if reply.file is not None:
                await self._connector.send(turn.conversation, offering(reply.file))
            if reply.upload is not None:
                await self._uploads.put(reply.upload)
                await self._connector.send(turn.conversation, delivered(reply.upload.place))
            if reply.file is None and reply.upload is None:
                await self._say_instead(turn, reply.otherwise)
        except Exception as error:  # noqa: BLE001 nobody waits for this who could be told
            log.warning("file_not_given", error=type(error).__name__)
            await self._say_instead(turn, reply.otherwise)
        await self._take_offer_away(turn)

    async def _say_instead(self, turn: Turn, text: str | None) -> None:
        try:
            if text:
                await self._connector.send(turn.conversation, message(text=text))
        except ChannelError as error:
            log.warning("words_not_sent", error=type(error).__name__)

    async def _take_offer_away(self, turn: Turn) -> None:
        """Delete the card of an offer that was answered: it cannot be answered twice."""
        answered = turn.content
        if not isinstance(answered, FileAnswered) or answered.card_id is None:
            return
        try:
            await self._connector.delete(turn.conversation, answered.card_id)
        except ChannelError as error:
            log.warning("offer_not_deleted", error=type(error).__name__)

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
