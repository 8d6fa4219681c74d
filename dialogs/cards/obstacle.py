"""Why Aside may not write somewhere in Teams: for schedulers and administrators. Nobody is named."""

from collections.abc import Iterator

from dialogs.cards.components import Element, card, facts, heading, text
from dialogs.views import ObstacleView
from dialogs.wording import Words, mark

HEADINGS = {
    "BotDisabledByAdmin": mark("An administrator has disabled Aside"),
    "BotNotInConversationRoster": mark("Aside was removed from a conversation"),
    "ConversationBlockedByUser": mark("Somebody has blocked Aside"),
    "MessageWritesBlocked": mark("A conversation takes no messages from Aside"),
    "SchedulersChannelGone": mark("Aside is not in the schedulers' channel any more"),
}
UNKNOWN = mark("Teams refuses messages from Aside")

DO = {
    "BotDisabledByAdmin": mark("Allow the app again in the Teams admin center."),
    "BotNotInConversationRoster": mark("Add the app to the chat or team again, or leave it be."),
    "ConversationBlockedByUser": mark(
        "Only the person can unblock it. They are still invited by their calendar."
    ),
    "MessageWritesBlocked": mark("Let apps post there again, in the settings of the team."),
    "SchedulersChannelGone": mark(
        "Add the app to the channel again, and mention it there once. Until then work items go to"
        " the chats of schedulers."
    ),
}
SOLVED = mark("✓ Solved. Aside writes there again.")
UNSOLVED = mark("✗ Not solved yet")
ASK = mark("Ask your Teams administrator.")


def obstacle_cards(view: ObstacleView, words: Words) -> Iterator[Element]:
    """Yield the obstacle: what it is, how many conversations have it, and what to do."""
    over = view.until is not None
    body = [
        heading(words.say(HEADINGS.get(view.cause, UNKNOWN))),
        text(words.say(SOLVED if over else UNSOLVED)),
        facts(_facts(view, words)),
    ]
    if not over:
        body.append(text(words.say(DO.get(view.cause, ASK))))
        body.append(text(words.say("It is noticed by itself when somebody there writes to Aside.")))
    yield card(body)


def _facts(view: ObstacleView, words: Words) -> Iterator[tuple[str, str]]:
    yield words.say("Since"), words.dated(view.since)
    if view.until is not None:
        yield words.say("Until"), words.dated(view.until)
    count = words.count("{n} conversation", "{n} conversations", view.affected)
    yield words.say("Affected"), count
