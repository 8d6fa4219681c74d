"""What could give way to a rush: how short it is, the sessions by how much each helps, the effect."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.cards.charts import service_table
from dialogs.cards.components import (
    NOTHING,
    Element,
    aside,
    box,
    card,
    choices,
    heading,
    subject_data,
    tap,
    text,
)
from dialogs.scheduler_views import ReliefView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean
from dialogs.wording_staffing import figures_words
from scheduling.workflows.rushes_port import Candidate, Relief

ROWS = (30, 12, 6)
LONGEST = 40
"""Letters of each name in a line that also says when and how much."""


def relief_cards(view: ReliefView, words: Words) -> Iterator[Element]:
    """Yield the relief, then the same with fewer sessions to choose from."""
    relief = view.relief
    for most in ROWS:
        body = [heading(_title(view, words))]
        if not view.brief:
            body += [*_ended(relief, words), *_short(relief, words)]
            body += [*_came(relief, words), *_sessions(relief, words, most)]
            body += _effect(relief, words)
            body.append(aside(figures_words(words, relief.as_of, relief.reconciled)))
        yield card(body, _actions(view, words))


def _title(view: ReliefView, words: Words) -> str:
    """Return the heading, which is all that a brief card says."""
    relief = view.relief
    if not relief.shortages:
        return words.say("What could give way today")
    if view.brief or not relief.chosen:
        return words.say("Short-staffed now")
    return words.count(
        "Short-staffed now: release {n} of {all}?",
        "Short-staffed now: release {n} of {all}?",
        len(relief.chosen),
        all=words.number(len(relief.candidates)),
    )


def _ended(relief: Relief, words: Words) -> list[Element]:
    lines = []
    if relief.over:
        lines.append(words.say("✓ The rush is over."))
    if relief.decided_by and relief.gave_way:
        lines.append(
            words.count(
                "✓ {name} released {n} session.",
                "✓ {name} released {n} sessions.",
                relief.gave_way,
                name=clean(relief.decided_by),
            )
        )
    elif relief.decided_by:
        lines.append(words.say("{name} lets it be.", name=clean(relief.decided_by)))
    return [box([text(line, spacing="Small") for line in lines], "good")] if lines else []


def _short(relief: Relief, words: Words) -> list[Element]:
    if not relief.shortages:
        return [] if relief.over else [text(words.say("No activity is short-staffed right now."))]
    lines = [
        words.say(
            "▼ {demand}: at least {fte} short in the coming time",
            demand=clean(one.demand_name),
            fte=words.number(one.fte, 1),
        )
        for one in relief.shortages
    ]
    return [box([text(line, spacing="Small") for line in lines], "warning")]


def _came(relief: Relief, words: Words) -> list[Element]:
    """Return what came of a release just now."""
    if not (relief.released or relief.left):
        return []
    lines = []
    if relief.released:
        names = words.listed(relief.released)
        lines.append(words.say("✓ Released: {names}. They are being told.", names=names))
        lines.append(words.say("Each has first claim on a new time, under its old ticket."))
    if relief.left:
        left = words.count(
            "{n} could not be released any more: it has begun, is being changed or must be today.",
            "{n} could not be released any more: they have begun, are being changed or must be today.",
            relief.left,
        )
        lines.append(left)
    return [box([text(line, spacing="Small") for line in lines], "good")]


def _sessions(relief: Relief, words: Words, most: int) -> list[Element]:
    if not relief.candidates:
        return [text(words.say("No session of today can give way."))]
    chosen = set(relief.chosen)
    shown = sorted(relief.candidates, key=lambda one: one.session_id not in chosen)[:most]
    options = [(one.session_id, _line(one, words)) for one in shown]
    picked = ",".join(one.session_id for one in shown if one.session_id in chosen)
    label = words.say("Sessions, the most helpful first")
    fields = [choices(verbs.SESSIONS, label, options, picked, isMultiSelect=True, style="expanded")]
    if rest := len(relief.candidates) - len(shown):
        fields.append(aside(words.count("and {n} that helps less", "and {n} that help less", rest)))
    return fields


def _line(one: Candidate, words: Words) -> str:
    what = words.say(
        "{when}: {type} with {name}, led by {leader}",
        when=words.clock(one.interval.start),
        type=clean(one.type_name, LONGEST),
        name=clean(one.attendee_name, LONGEST),
        leader=clean(one.facilitator_name, LONGEST),
    )
    if one.helps <= 0:
        return words.say("{what} · helps nothing now", what=what)
    return words.say(
        "{what} · gives back {hours} FTE-hours", what=what, hours=words.number(one.helps, 2)
    )


def _effect(relief: Relief, words: Words) -> list[Element]:
    if not relief.days:
        return []
    said = words.say("From now to the end of the day, as it is and with the chosen released.")
    return [*service_table(words, relief.days, 6), aside(said)]


def _actions(view: ReliefView, words: Words) -> list[Element]:
    relief = view.relief
    data = subject_data(relief.rush_id) if relief.rush_id else NOTHING
    if view.brief:
        return [tap(words.say("Show me the details"), Verb.RUSH, data)]
    if not relief.candidates:
        return []
    data = {**data, verbs.UNIT: relief.unit_id}
    release = tap(words.say("Release the chosen"), Verb.RELEASE, data, style="positive")
    weigh = tap(words.say("Show the effect"), Verb.RELIEF, data)
    undecided = relief.rush_id and not relief.decided_by and not relief.over
    let_be = [tap(words.say("Not now"), Verb.RUSH_DISMISS, data)] if undecided else []
    return [release, weigh, *let_be]
