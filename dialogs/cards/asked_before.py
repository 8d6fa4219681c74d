"""What others have asked for already, on the proposal of whoever asks for the same."""

from collections.abc import Sequence

from dialogs.cards.components import Element, aside, box, text
from dialogs.wording import Words, clean, mark
from scheduling.domain.proposals import AskedBefore

MOST = 5
"""So many are named; the others are counted."""

_LINES = {
    (True, True): mark("{asker} has asked for this with {name}: booked for {when}."),
    (True, False): mark("{asker} has asked for this with {name}: it is under way."),
    (False, True): mark("{asker} has asked for this meeting: booked for {when}."),
    (False, False): mark("{asker} has asked for this meeting: it is under way."),
}
"""By whether one person is meant, and whether there is a time."""


def asked_before_box(before: Sequence[AskedBefore], words: Words) -> list[Element]:
    """Return by whom it was asked and for when, in a box; nothing where nobody has."""
    if not before:
        return []
    lines = [text(_line(one, words)) for one in before[:MOST]]
    if (rest := len(before) - MOST) > 0:
        lines.append(text(words.count("and {n} more", "and {n} more", rest)))
    end = aside(words.say("Book only if you want another one besides."))
    return [box([*lines, end], "warning")]


def _line(one: AskedBefore, words: Words) -> str:
    asker = clean(one.asked_by)
    if one.on_behalf_of:
        asker = words.say("{name} on behalf of {other}", name=asker, other=clean(one.on_behalf_of))
    facts = {"asker": asker, "name": clean(one.attendee_name)}
    if one.interval is not None:
        facts["when"] = words.when(one.interval, one.zone)
    return words.say(_LINES[bool(one.attendee_name), one.interval is not None], **facts)
