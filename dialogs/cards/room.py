"""Why the room that was chosen cannot be had, above the times in others."""

from dialogs.cards.components import Element, aside, box, text
from dialogs.wording import Words, clean, mark
from scheduling.domain.proposals import Proposal, RoomLack

_LACKS = {
    RoomLack.ELSEWHERE: mark("{room} is not on the site of those who attend."),
    RoomLack.TOO_SMALL: mark("{room} is too small for this meeting."),
    RoomLack.NOT_FREE: mark("{room} is not free at a time that suits everybody."),
}


def room_missed_box(proposal: Proposal, words: Words) -> list[Element]:
    """Return what is wrong with the room, and what is shown in its place; nothing without one."""
    missed = proposal.room_missed
    if missed is None:
        return []
    lines = [text(words.say(_LACKS[missed.lack], room=clean(missed.room_name)))]
    if proposal.ask.room_id is None:
        lines.append(aside(words.say("These are the best times in other rooms.")))
    return [box(lines, "warning")]
