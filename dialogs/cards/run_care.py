"""What a run's card says of self-care: what was done about its sessions since, and why."""

from collections import Counter

from dialogs.cards.components import Element, and_more, facts, hidden, table, toggle
from dialogs.wording import Words, clean
from dialogs.wording_selfcare import CARE, REASONS
from scheduling.domain.runs import RunView
from scheduling.domain.selfcare import Care, CaredFor

CARED = "cared"


def care_of(run: RunView, words: Words, most: int) -> list[Element]:
    """Return what self-care did since, by how it stands, and each session behind a button."""
    if not run.care:
        return []
    counts = Counter(one.care for one in run.care)
    figures = [(words.say(CARE[how]), words.number(counts[how])) for how in Care if counts[how]]
    rows = [
        [
            _who(one, words),
            _from_to(one, words),
            words.say(
                "{first}; {second}", first=words.say(CARE[one.care]), second=_why(one, words)
            ),
        ]
        for one in run.care[:most]
    ]
    lines: list[Element] = [
        table([words.say("Who"), words.say("When"), words.say("What and why")], rows, [2, 3, 3])
    ]
    lines += and_more(words, len(run.care) - most)
    title = words.count(
        "{n} session looked after since", "{n} sessions looked after since", len(run.care)
    )
    return [facts(figures), toggle(title, CARED), hidden(CARED, lines)]


def _who(one: CaredFor, words: Words) -> str:
    if one.attendee_name:
        return clean(one.attendee_name)
    leader = clean(one.leader_name)
    return words.count(
        "{n} person with {leader}", "{n} people with {leader}", one.people, leader=leader
    )


def _from_to(one: CaredFor, words: Words) -> str:
    before = words.start(one.was, one.zone)
    if one.becomes is None or one.becomes == one.was:
        return before
    return words.say("{before} → {after}", before=before, after=words.start(one.becomes, one.zone))


def _why(one: CaredFor, words: Words) -> str:
    return words.say(REASONS[one.cause])
