"""Auto-scheduling of a unit: how it stands, pause it until some time, resume it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from dialogs import verbs
from dialogs.cards.components import NOTHING, Element, aside, box, card, choices, heading, tap, text
from dialogs.cards.refusal import refusal_box
from dialogs.scheduler_views import PauseView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean
from scheduling.domain.times import DAY, MIDNIGHT, at_wall, zone_of
from scheduling.workflows.pausing_port import Standing

HOURS = (1, 2, 4)


def pause_cards(view: PauseView, words: Words) -> Iterator[Element]:
    """Yield how it stands, and what can be done about it."""
    standing = view.standing
    yield card(
        [
            heading(words.say("Auto-scheduling")),
            *refusal_box(words, view.refusal, view.facts),
            *_state(standing, words),
            *_types(standing, words),
            _until(view, words),
        ],
        _actions(standing, words),
    )


def _state(standing: Standing, words: Words) -> list[Element]:
    waiting = words.count(
        "{n} request is set aside for schedulers.",
        "{n} requests are set aside for schedulers.",
        standing.waiting,
    )
    if standing.since is None:
        lines = [text(words.say("✓ It is going on."), weight="Bolder")]
        if standing.resumed:
            went = words.count(
                "{n} request went back into the queue.",
                "{n} requests went back into the queue, in ticket order.",
                standing.resumed,
            )
            lines.append(text(went, spacing="Small"))
        return [box(lines, "good")]
    by = words.say(
        "by {name}, since {moment}",
        name=clean(standing.by_name) or words.say("Aside itself"),
        moment=words.dated(standing.since),
    )
    until = words.say("until somebody resumes it")
    if standing.until:
        until = words.say("until {moment}", moment=words.dated(standing.until))
    return [
        box(
            [
                text(words.say("▲ It is paused {until}", until=until), weight="Bolder"),
                text(by, spacing="Small"),
                text(waiting, spacing="Small"),
            ],
            "warning",
        )
    ]


def _types(standing: Standing, words: Words) -> list[Element]:
    if not standing.automatic:
        return [text(words.say("No meeting type schedules itself: a pause changes nothing."))]
    names = words.listed(standing.automatic)
    said = words.say("These types schedule themselves: {names}.", names=names)
    waits = words.say(
        "While it is paused, schedulers decide on them. Nothing is lost: what they have not decided "
        "goes on in ticket order."
    )
    return [text(said), aside(waits)]


def _until(view: PauseView, words: Words) -> Element:
    options = _options(view, words)
    chosen = view.chosen.isoformat() if view.chosen else options[0][0]
    return choices(verbs.UNTIL, words.say("Pause until"), options, chosen)


def _options(view: PauseView, words: Words) -> Sequence[tuple[str, str]]:
    """Return until when it can be paused, as instants in ISO 8601, but for ``NO_END``."""
    zone = view.standing.zone
    today = words.now.astimezone(zone_of(zone)).date()
    minute = words.now.replace(second=0, microsecond=0)
    moments = [minute + timedelta(hours=n) for n in HOURS]
    moments += [at_wall(today + n * DAY, MIDNIGHT, zone) for n in (1, 7 - today.weekday())]
    if view.chosen:
        moments.append(view.chosen)
    named = [(each.isoformat(), words.dated(each)) for each in sorted(set(moments))]
    return [(verbs.NO_END, words.say("somebody resumes it")), *named]


def _actions(standing: Standing, words: Words) -> list[Element]:
    if not standing.paused:
        return [tap(words.say("Pause"), Verb.PAUSE, NOTHING, style="positive")]
    return [
        tap(words.say("Resume"), Verb.RESUME, NOTHING, style="positive"),
        tap(words.say("Change the end"), Verb.PAUSE, NOTHING),
    ]
