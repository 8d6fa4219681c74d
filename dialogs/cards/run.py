"""A run: what it would do day by day, how far it is booked, and how it ended."""

from collections import Counter
from collections.abc import Iterator, Mapping

from dialogs import verbs
from dialogs.cards.components import (
    Element,
    and_more,
    aside,
    box,
    buttons,
    card,
    choices,
    facts,
    heading,
    hidden,
    subject_data,
    table,
    tap,
    text,
    toggle,
)
from dialogs.cards.refusal import refusal_box
from dialogs.cards.rollout import (
    groups_to_book,
    replanned_box,
    rollout_figures,
    rollout_groups,
)
from dialogs.cards.run_care import care_of
from dialogs.cards.run_meetings import run_meetings
from dialogs.run_views import RunCardView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean
from dialogs.wording_recurring import CHANGES, EFFECTS, FIRST, LEFT_OUT, PASSED, STATES, WAITING
from dialogs.wording_refusals import trouble_words
from dialogs.wording_rules import excluded
from dialogs.wording_staffing import hardest
from scheduling.domain.runs import RunDay, RunPreview, RunState, RunView
from scheduling.domain.templates import UNLED, Passed, TeamChange, TeamChangeKind, TeamEffect

ROWS = (45, 25, 12)
NAMED = 20
CHANGED, WITHOUT = "changed", "without"


def run_cards(view: RunCardView, words: Words) -> Iterator[Element]:
    """Yield the run, then the same with fewer days."""
    run = view.run
    for most in ROWS:
        yield card(
            [
                heading(_title(run, words)),
                *refusal_box(words, view.refusal, view.facts),
                text(words.say(STATES[run.state]), weight="Bolder"),
                aside(_whose(run, words)),
                *_stand(run, words),
                *care_of(run, words, most),
                *_preview(run, words, most),
            ],
            _actions(run, words),
        )


def _title(run: RunView, words: Words) -> str:
    dates = words.days(run.dates)
    if run.course is None:
        return words.say("Recurring meetings, {dates}", dates=dates)
    return words.say("Roll-out of {course}, {dates}", course=clean(run.course), dates=dates)


def _whose(run: RunView, words: Words) -> str:
    return words.say(
        "{templates}; {unit}; asked for by {name}",
        templates=words.listed(clean(name) for name in run.template_names),
        unit=clean(run.unit_name),
        name=clean(run.requested_by),
    )


def _stand(run: RunView, words: Words) -> list[Element]:
    """Return how far a run is, or what stopped it."""
    if run.state is RunState.PLANNING:
        line = words.say(
            "This takes a minute or two for a large unit. This card changes by itself."
        )
        return [text(words.say(WAITING[run.trouble]) if run.trouble in WAITING else line)]
    if run.trouble is not None:
        return [box([text(trouble_words(words, run.trouble))], "warning")]
    far = run.progress
    if far is None:
        return []
    line = words.say(
        "{booked} of {all} booked",
        booked=words.number(far.booked),
        all=words.number(far.sessions),
    )
    lines: list[Element] = [text(line, size="Large")]
    if far.failed:
        lines.append(
            text(words.count("{n} could not be kept", "{n} could not be kept", far.failed))
        )
    for why, number in sorted(Counter(why for _, why in far.left_out).items()):
        reason = words.say(LEFT_OUT[why])
        lines.append(text(words.say("{n} {reason}", n=words.number(number), reason=reason)))
    if run.state is RunState.BOOKING:
        lines.append(aside(words.say("Stopping keeps what is booked; the rest is given back.")))
    if far.left_out or far.failed:
        lines.append(aside(words.say("The next run of the same dates fills what is missing.")))
    return lines


def _preview(run: RunView, words: Words, most: int) -> list[Element]:
    """Return what a run would do or did; nothing while another plan of it is being made."""
    preview = run.preview
    if preview is None or run.state is RunState.PLANNING:
        return []
    again = preview.rollout if run.state is RunState.PREVIEW else None
    return [
        *(replanned_box(again, words) if again else []),
        facts(_figures(run, preview, words)),
        *_unreconciled(preview, words),
        *_lost(run, preview, words),
        *(rollout_groups(run, preview.rollout, words, most) if preview.rollout else []),
        *_days(run, preview, words, most),
        *run_meetings(run, preview, words, most),
        *_without_a_time(run, preview, words),
        *_changes(run, preview, words),
        *_to_hold(run, preview, words),
        aside(words.say("Schedules and staffing as of {when}.", when=words.dated(preview.as_of))),
    ]


def _figures(run: RunView, preview: RunPreview, words: Words) -> list[tuple[str, str]]:
    caused = sum(day.caused for day in preview.days)
    anyway = sum(day.understaffed_before for day in preview.days)
    figures = [
        (words.say("Sessions"), words.number(preview.sessions)),
        (words.say("Offline time"), _offline(preview, words)),
        (
            words.say("Short-staffed"),
            words.say(
                "{caused} FTE-hours caused; {anyway} there anyway",
                caused=words.staff(caused),
                anyway=words.staff(anyway),
            ),
        ),
        (words.say("Without a time"), words.number(len(preview.unplaced_ids))),
    ]
    if preview.rollout:
        figures += rollout_figures(preview.rollout, words)
    if preview.kept:
        figures.append((words.say("Held or booked already"), words.number(preview.kept)))
    figures += _not_planned(preview, words)
    if preview.gone:
        figures.append((words.say("In the last plan only"), words.number(preview.gone)))
    if run.held:
        figures.append((words.say("Days on hold"), words.number(len(run.held))))
    return figures


def _offline(preview: RunPreview, words: Words) -> str:
    """Return the hours off the phones, against what is allowed."""
    hours = words.number(preview.minutes / 60, 1)
    if preview.offline is None:
        return words.say("{n} h", n=hours)
    left = preview.offline.allowed - preview.offline.used - preview.minutes
    figures = {
        "n": hours,
        "used": words.number(preview.offline.used / 60, 1),
        "allowed": words.number(preview.offline.allowed / 60, 1),
        "left": words.number(abs(left) / 60, 1),
    }
    if left < 0:
        return words.say(
            "{n} h beside {used} h planned before; ▲ {left} h over the {allowed} h allowed",
            **figures,
        )
    return words.say(
        "{n} h beside {used} h planned before; {left} of {allowed} h allowed are left", **figures
    )


def _not_planned(preview: RunPreview, words: Words) -> Iterator[tuple[str, str]]:
    """Yield how many of the audience have no meeting, apart by whether they should have one."""
    unread = frozenset({Passed.UNREAD})
    for title, reasons in (
        (words.say("Nobody to meet"), UNLED),
        (words.say("▲ Left out"), unread),
        (words.say("Need none"), frozenset(Passed) - UNLED - unread),
    ):
        if some := {why: n for why, n in preview.passed.items() if why in reasons}:
            yield title, _passed(some, words)


def _passed(passed: Mapping[Passed, int], words: Words) -> str:
    """Return how many of the audience have no meeting in these dates, by reason."""
    return words.listed(
        words.say("{n} {reason}", n=words.number(number), reason=words.say(PASSED[why]))
        for why, number in sorted(passed.items())
    )


def _unreconciled(preview: RunPreview, words: Words) -> list[Element]:
    if preview.reconciled:
        return []
    line = words.say("▲ The workforce system's staffing does not add up: figures are approximate.")
    return [box([text(line)], "warning")]


def _lost(run: RunView, preview: RunPreview, words: Words) -> list[Element]:
    """Return which parts of audiences the WFM has no more, and how many are not planned for that."""
    names = run.names or {}
    lines = []
    for one in preview.lost:
        what = words.say("people named one by one") if one.id is None else names.get(one.id, one.id)
        lines.append(
            words.count(
                "▲ {template}: {what} no longer in the workforce system; {n} person not planned",
                "▲ {template}: {what} no longer in the workforce system; {n} people not planned",
                one.people,
                template=clean(one.template_name),
                what=clean(what),
            )
        )
    return [box([text(line) for line in lines], "warning")] if lines else []


def _days(run: RunView, preview: RunPreview, words: Words, most: int) -> list[Element]:
    if not preview.days:
        return [text(words.say("There is nothing to book on these dates."))]
    headers = [words.say("Day"), words.say("Service"), words.say("Lowest staffing")]
    rows = [_day(run, day, words) for day in preview.days[:most]]
    shown: list[Element] = [table(headers, rows, [3, 3, 3])]
    if rest := max(0, len(preview.days) - most):
        shown.append(aside(words.count("and {n} more day", "and {n} more days", rest)))
    return shown


def _day(run: RunView, day: RunDay, words: Words) -> list[str]:
    parts = [
        words.day(day.day),
        words.count("{n} session", "{n} sessions", day.sessions),
        words.say("{n} h", n=words.number(day.minutes / 60, 1)),
    ]
    if day.day in run.held:
        parts.append(words.say("on hold"))
    elif 0 < day.changed < day.sessions:
        parts.append(words.count("{n} changed", "{n} changed", day.changed))
    return [", ".join(parts), _service(day, words), _lowest(day, words)]


def _service(day: RunDay, words: Words) -> str:
    hard = hardest(day.services)
    if hard is None:
        return words.say("not affected")
    return words.say(
        "{demand}: {before} to {after}, goal {goal}",
        demand=clean(hard.demand_name),
        before=words.percent(hard.before),
        after=words.percent(hard.after),
        goal=words.percent(hard.goal),
    )


def _lowest(day: RunDay, words: Words) -> str:
    if day.worst is None:
        return words.say("not affected")
    time = words.clock_at(day.worst, day.worst_zone)
    line = words.say("{time}: {net}", time=time, net=words.net(day.worst_net))
    if day.caused <= 0:
        return line
    caused = words.say("{n} FTE-hours short caused", n=words.staff(day.caused))
    return words.say("{first}; {second}", first=line, second=caused)


def _without_a_time(run: RunView, preview: RunPreview, words: Words) -> list[Element]:
    """Return why some have no time, by rule, and who they are, behind a button."""
    if not preview.unplaced:
        return []
    lines = []
    for rules, number in preview.unplaced:
        reasons = words.listed(excluded(words, rule) for rule in sorted(rules))
        if not rules:
            reasons = words.say("others have the times that were left")
        lines.append(text(words.say("{n}: {reasons}", n=words.number(number), reasons=reasons)))
    names = run.names or {}
    people = [i.rsplit(":", 1)[-1] for i in preview.unplaced_ids]
    lines.append(aside(words.listed(names.get(i, i) for i in people)))
    title = words.count("Why {n} has no time", "Why {n} have no time", len(preview.unplaced_ids))
    return [toggle(title, WITHOUT), hidden(WITHOUT, lines)]


def _changes(run: RunView, preview: RunPreview, words: Words) -> list[Element]:
    """Return the team changes since the last run, which confirming confirms."""
    if not preview.changes:
        return []
    names = run.names or {}
    lines: list[Element] = [
        text(_change(change, names, words)) for change in preview.changes[:NAMED]
    ]
    lines += and_more(words, len(preview.changes) - NAMED)
    title = words.count(
        "{n} team change since the last run",
        "{n} team changes since the last run",
        len(preview.changes),
    )
    return [toggle(title, CHANGED), hidden(CHANGED, lines)]


def _change(change: TeamChange, names: Mapping[str, str], words: Words) -> str:
    """Return what has changed for somebody, and what the plan makes of that."""
    membership = change.after or change.before
    team = membership.team_id if membership else ""
    said = words.say(
        CHANGES[change.kind],
        name=clean(names.get(change.agent_id, change.agent_id)),
        team=clean(names.get(team, team)),
    )
    if change.effect is None:
        return said
    first = change.kind is TeamChangeKind.JOINED and change.effect is TeamEffect.PLANNED
    leader = change.leader_id or ""
    return words.say(
        FIRST if first else EFFECTS[change.effect],
        change=said,
        day=words.day(change.day) if change.day else "",
        leader=clean(names.get(leader, leader)),
    )


def _to_hold(run: RunView, preview: RunPreview, words: Words) -> list[Element]:
    if run.state is not RunState.PREVIEW or not preview.days:
        return []
    options = [(day.day.isoformat(), words.day(day.day)) for day in preview.days]
    held = ",".join(day.isoformat() for day in sorted(run.held))
    data = subject_data(run.id, run.version)
    return [
        choices(
            verbs.DAYS,
            words.say("Days to keep out of it"),
            options,
            held,
            isMultiSelect=True,
            style="filtered",
        ),
        buttons(tap(words.say("Hold these days"), Verb.RUN_HOLD, data)),
    ]


def _actions(run: RunView, words: Words) -> list[Element]:
    data = subject_data(run.id, run.version)
    discard = tap(words.say("Discard"), Verb.RUN_DISCARD, data)
    if run.state is RunState.PREVIEW:
        number = _to_book(run)
        book = (
            words.say("Book {n}", n=words.number(number))
            if run.course is None
            else words.count("Book {n} group", "Book {n} groups", number)
        )
        return (
            [tap(book, Verb.RUN_CONFIRM, data, style="positive"), discard] if number else [discard]
        )
    if run.state is RunState.BOOKING:
        return [
            tap(words.say("Look again"), Verb.RUN_SHOW, data),
            tap(words.say("Stop here"), Verb.RUN_DISCARD, data),
        ]
    if run.state is RunState.PLANNING:
        return [tap(words.say("Look again"), Verb.RUN_SHOW, data), discard]
    if run.course is not None:
        return [tap(words.say("All courses"), Verb.COURSES, {})]
    return [tap(words.say("All of them"), Verb.TEMPLATES, {})]


def _to_book(run: RunView) -> int:
    if run.preview is None:
        return 0
    if run.preview.rollout is not None:
        return groups_to_book(run, run.preview.rollout)
    return sum(day.sessions for day in run.preview.days if day.day not in run.held)
