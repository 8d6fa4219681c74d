"""What the card of a move says of a part of a course: where it may be, and that the next may move."""

from dialogs.cards.components import Element, subject_data, tap, text
from dialogs.verbs import Verb
from dialogs.wording import Words
from scheduling.domain.changes import ChangeView
from scheduling.domain.proposals import Proposal


def part_line(change: ChangeView, words: Words) -> list[Element]:
    """Return between which times a part keeps its place among the others."""
    part = change.part
    if part is None:
        return []
    names = {"n": words.number(part.number), "all": words.number(part.parts)}
    opens = words.dated(part.opens) if part.opens else ""
    closes = words.dated(part.closes) if part.closes else ""
    if opens and closes:
        said = words.say(
            "Part {n} of {all}: it keeps its order and its days from {opens} until {closes}.",
            opens=opens,
            closes=closes,
            **names,
        )
    elif opens:
        said = words.say(
            "Part {n} of {all}: it keeps its order and its days from {opens} on.",
            opens=opens,
            **names,
        )
    elif closes:
        said = words.say(
            "Part {n} of {all}: it keeps its order and its days until {closes}.",
            closes=closes,
            **names,
        )
    else:
        said = words.say("Part {n} of {all}", **names)
    return [text(said, spacing="Small")]


def out_of_order(change: ChangeView, words: Words) -> list[Element]:
    """Return that the other parts may be what is in the way, and what can be done."""
    part = change.part
    if part is None or part.parts == 1:
        return []
    said = (
        words.say("Every part keeps its order and its days to the others. Move the next one first.")
        if part.next_id
        else words.say("Every part keeps its order and its days to the others.")
    )
    return [text(said)]


def move_next(change: ChangeView, proposal: Proposal, words: Words) -> list[Element]:
    """Return the way to move the next part first, where this one finds no time."""
    if proposal.sessions or change.part is None or change.part.next_id is None:
        return []
    data = subject_data(change.part.next_id)
    return [tap(words.say("Move the next part too"), Verb.MOVE_SESSION, data, style="positive")]
