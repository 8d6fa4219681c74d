"""What was asked for already, on the proposal of whoever asks for the same."""

from collections.abc import Sequence

from dialogs.cards.components import Element, aside, box, draft_data, tap, text
from dialogs.verbs import SUBJECT, Verb
from dialogs.wording import Words, clean, mark
from scheduling.domain.proposals import AskedBefore
from scheduling.domain.requests import Draft

MOST = 5
"""So many are named; the others are counted."""

_LINES = {
    (True, True): mark("{asker} has asked for this with {name}: booked for {when}."),
    (True, False): mark("{asker} has asked for this with {name}: it is under way."),
    (False, True): mark("{asker} has asked for this meeting: booked for {when}."),
    (False, False): mark("{asker} has asked for this meeting: it is under way."),
}
"""By whether one person is meant, and whether there is a time."""
_OWN_LINES = {
    (True, True): mark("You already have one with {name}: {when}."),
    (True, False): mark("You have asked for one with {name} already: it is under way."),
    (False, True): mark("You already have this meeting: {when}."),
    (False, False): mark("You have asked for this meeting already: it is under way."),
}
"""The same of what the reader has asked for."""


def asked_before_box(before: Sequence[AskedBefore], words: Words) -> list[Element]:
    """Return by whom it was asked and for when, in a box; nothing where nobody has."""
    if not before:
        return []
    lines = [text(_line(one, words)) for one in before[:MOST]]
    if (rest := len(before) - MOST) > 0:
        lines.append(text(words.count("and {n} more", "and {n} more", rest)))
    end = aside(words.say("Book only if you want another one besides."))
    return [box([*lines, end], "warning")]


def move_instead(before: Sequence[AskedBefore], draft: Draft, words: Words) -> list[Element]:
    """Return the button that moves the one session that the reader has already, and ends the draft."""
    mine = [one.session_id for one in before if one.mine and one.session_id]
    if len(mine) != 1:
        return []
    data = {**draft_data(draft.id, draft.version), SUBJECT: mine[0]}
    return [tap(words.say("Move it instead"), Verb.MOVE_SESSION, data)]


def _line(one: AskedBefore, words: Words) -> str:
    asker = clean(one.asked_by)
    if one.on_behalf_of:
        asker = words.say("{name} on behalf of {other}", name=asker, other=clean(one.on_behalf_of))
    facts = {"asker": asker, "name": clean(one.attendee_name)}
    if one.interval is not None:
        facts["when"] = words.when(one.interval, one.zone)
    lines = _OWN_LINES if one.mine and not one.on_behalf_of else _LINES
    return words.say(lines[bool(one.attendee_name), one.interval is not None], **facts)
