"""Who can be reached, and by what: those to whom something is missing, and what that means."""

from collections.abc import Iterator, Sequence

from dialogs.cards.components import Element, aside, card, heading, table, tap, text
from dialogs.verbs import Verb
from dialogs.views import ReachView
from dialogs.wording import Words, clean, mark
from scheduling.domain.reach import Account, App, Reach

APPS = {
    App.ASKED: mark("✗ the app was installed, and has not been heard of yet"),
    App.REFUSED: mark("✗ a policy keeps the app out"),
    App.BLOCKED: mark("✗ takes no messages from Aside"),
    App.UNKNOWN: mark("✗ has not opened Aside in Teams yet"),
}
CLOSED = mark("✗ the account is closed")
NO_MAILBOX = mark("✗ no mailbox: booked in the WFM only")
INVITED = mark("✓ invited by calendar")
WRITTEN_TO = mark("✓ written to in Teams")
SHOWN = (60, 25, 8)


def reach_cards(view: ReachView, words: Words) -> Iterator[Element]:
    """Yield the list of those to whom something is missing, then with fewer of them."""
    lacking = sorted((one for one in view.people if not one.whole), key=_worst_first)
    for most in SHOWN:
        yield card(
            _body(view, lacking, words, most), [tap(words.say("Look again"), Verb.REACH, {})]
        )


def _worst_first(one: Reach) -> tuple[bool, bool, str]:
    return one.mailbox, one.chat, one.name


def _body(view: ReachView, lacking: Sequence[Reach], words: Words, most: int) -> list[Element]:
    body = [heading(words.say("Who can be reached"))]
    whole = len(view.people) - len(lacking)
    if not view.people:
        return [*body, text(words.say("There is nobody whom you may ask for sessions."))]
    sentence = words.count(
        "{n} person is invited by calendar and written to in Teams.",
        "{n} people are invited by calendar and written to in Teams.",
        whole,
    )
    body.append(text(sentence))
    if lacking:
        headers = (words.say("Who"), words.say("Calendar"), words.say("Teams"))
        body.append(table(headers, [_row(one, words) for one in lacking[:most]], (2, 3, 3)))
    rest = len(lacking) - most
    if rest > 0:
        body.append(aside(words.count("{n} more person", "{n} more people", rest)))
    return body


def _row(one: Reach, words: Words) -> tuple[str, str, str]:
    calendar = words.say(INVITED if one.mailbox else NO_MAILBOX)
    return clean(one.name), calendar, words.say(_teams(one))


def _teams(one: Reach) -> str:
    if one.account in (Account.DISABLED, Account.MISSING):
        return CLOSED
    return WRITTEN_TO if one.chat else APPS[one.app]
