"""The meetings of several people that a run would book: when, with whom, and who cannot come."""

from dialogs.cards.components import Element, and_more, table
from dialogs.cards.sessions import place_words
from dialogs.wording import Words, clean
from scheduling.domain.runs import MeetingPlan, RunPreview, RunView


def run_meetings(run: RunView, preview: RunPreview, words: Words, most: int) -> list[Element]:
    """Return a row for each meeting of a team, or of people who are listed."""
    if not preview.meetings:
        return []
    headers = [words.say("Meeting"), words.say("When and where"), words.say("Who comes")]
    rows = [_meeting(run, one, words) for one in preview.meetings[:most]]
    return [table(headers, rows, [2, 3, 3]), *and_more(words, len(preview.meetings) - most)]


def _meeting(run: RunView, one: MeetingPlan, words: Words) -> list[str]:
    names = run.names or {}

    def name(known: str) -> str:
        return clean(names.get(known, known))

    who = words.say("{team} with {leader}", team=name(one.who_id), leader=name(one.facilitator_id))
    if one.day in run.held:
        who = words.say("{who}, on hold", who=who)
    when = words.say(
        "{when}, {place}",
        when=words.when(one.interval, one.zone),
        place=place_words(words, one.place, one.room_name),
    )
    coming = words.count("{n} comes", "{n} come", one.coming)
    if not one.missing_ids:
        return [who, when, coming]
    missing = words.listed(name(each) for each in one.missing_ids)
    return [who, when, words.say("{coming}; without {missing}", coming=coming, missing=missing)]
