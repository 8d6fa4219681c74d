"""A group of a course that has too few people: kept, or cancelled so that its people wait."""

from collections.abc import Iterator, Mapping

from dialogs import verbs
from dialogs.cards.components import Element, aside, card, heading, subject_data, tap, text
from dialogs.cards.refusal import refusal_box
from dialogs.course_views import SmallGroupView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from scheduling.domain.courses import SmallGroupState
from scheduling.workflows.small_groups_port import SmallGroup

DECIDED: Mapping[SmallGroupState, str] = {
    SmallGroupState.KEPT: mark("✓ {name} keeps it: it takes place as booked."),
    SmallGroupState.CANCELLED: mark(
        "✗ {name} has cancelled it: its people are told, and wait for the next roll-out."
    ),
}


def small_group_cards(view: SmallGroupView, words: Words) -> Iterator[Element]:
    """Yield the group with the two answers, or what was decided."""
    group = view.group
    body = [
        heading(words.say("Too few people: {course}", course=clean(group.course_name))),
        *refusal_box(words, view.refusal, view.facts),
        text(words.when(group.first, group.zone), weight="Bolder"),
        text(_parts(group, words), spacing="None"),
        text(_people(group, words)),
    ]
    if group.state in DECIDED:
        name = clean(group.decided_by or words.say("Somebody"))
        body.append(text(words.say(DECIDED[group.state], name=name)))
        yield card(body)
        return
    if group.people >= group.least:
        yield card(
            [*body, text(words.say("✓ It has enough people again: nothing is to be decided."))]
        )
        return
    data = {**subject_data(group.id, group.version), verbs.SEATS: group.people}
    body.append(aside(words.say("Nothing is cancelled unless you say so.")))
    keep = tap(words.say("Keep it"), Verb.GROUP_KEEP, data, style="positive")
    cancel = tap(words.say("Cancel it and let them wait"), Verb.GROUP_CANCEL, data)
    yield card(body, [keep, cancel])


def _parts(group: SmallGroup, words: Words) -> str:
    return words.count(
        "{n} part, taught by {name}",
        "{n} parts until {day}, the first taught by {name}",
        group.parts,
        day=words.day(group.last),
        name=clean(group.facilitator_name),
    )


def _people(group: SmallGroup, words: Words) -> str:
    return words.count(
        "{n} person has a seat; its smallest group is {least}.",
        "{n} people have seats; its smallest group is {least}.",
        group.people,
        least=words.number(group.least),
    )
