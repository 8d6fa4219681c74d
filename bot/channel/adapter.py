"""The Bot Framework's adapter, sending through our connector instead of the SDK's."""

from collections.abc import Sequence

from botbuilder.core import BotAdapter, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ConversationReference, ResourceResponse

from bot.channel.connector import Connector
from bot.channel.references import Conversation

CONVERSATION = "aside.conversation"
INVOKE_RESPONSE = "aside.invoke_response"


class AsideAdapter(BotAdapter):  # type: ignore[misc]  # the SDK is not typed
    """Carries turns of the SDK. Our conversation is in ``turn_state`` under ``CONVERSATION``.

    The stock adapters build two clients and a connection for every turn, retry nothing, and
    answer 500 to bad tokens.
    """

    def __init__(self, connector: Connector) -> None:
        """Keep the way out."""
        super().__init__()
        self._connector = connector

    async def send_activities(
        self, context: TurnContext, activities: Sequence[Activity]
    ) -> list[ResourceResponse]:
        """Post each activity; the answer to an invoke is kept for the HTTP response instead."""
        answers = []
        for activity in activities:
            if activity.type == ActivityTypes.invoke_response:
                context.turn_state[INVOKE_RESPONSE] = activity.value
                answers.append(ResourceResponse())
            else:
                posted = await self._connector.send(_where(context), activity.serialize())
                answers.append(ResourceResponse(id=posted))
        return answers

    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        """Put ``activity`` in the place of the post whose id it has."""
        await self._connector.update(_where(context), activity.id, activity.serialize())
        return ResourceResponse(id=activity.id)

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Take a post away."""
        await self._connector.delete(_where(context), reference.activity_id)


def invoke_response(context: TurnContext) -> InvokeResponse | None:
    """Return what the turn answered to its invoke, if anything."""
    return context.turn_state.get(INVOKE_RESPONSE)


def _where(context: TurnContext) -> Conversation:
    conversation: Conversation = context.turn_state[CONVERSATION]
    return conversation
