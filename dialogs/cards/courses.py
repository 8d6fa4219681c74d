"""Courses: the list with how far each is, a course's form, and what a roll-out takes."""

from collections.abc import Iterable, Iterator

from dialogs import verbs
from dialogs.cards.components import (
    LONGEST_ON_BUTTON,
    Element,
    and_more,
    aside,
    box,
    buttons,
    card,
    choices,
    date_input,
    facts,
    heading,
    number_input,
    rows_of,
    subheading,
    subject_data,
    tap,
    text,
)
from dialogs.cards.refusal import refusal_box
from dialogs.course_views import CoursePlanView, CoursesView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean
from dialogs.wording_courses import (
    group_words,
    not_now_words,
    parts_words,
)
from dialogs.wording_recurring import STATES
from scheduling.domain.rollouts import Capacity
from scheduling.domain.runs import RunView
from scheduling.workflows.courses_port import CoursePlan, CourseView

ROWS = (10, 6, 3)
ROLLOUTS = 5
MOST_SEATS = 20_000


def courses_cards(view: CoursesView, words: Words) -> Iterator[Element]:
    """Yield the courses, then fewer of them."""
    new = tap(words.say("New course"), Verb.COURSE_OPEN, {})
    for most in ROWS:
        yield card(
            [
                heading(words.say("Courses")),
                *refusal_box(words, view.refusal, view.facts),
                *_courses(view, words, most),
                *_rollouts(view.rollouts, words),
            ],
            [new],
        )


def _courses(view: CoursesView, words: Words, most: int) -> list[Element]:
    if not view.courses:
        line = words.say(
            "There is none yet. A course says what is taught to whom, by whom, in which parts;"
            " nothing is booked before you have seen the groups."
        )
        return [text(line)]
    shown = [_course(each, words) for each in view.courses[:most]]
    shown += and_more(words, len(view.courses) - most)
    return shown


def _course(view: CourseView, words: Words) -> Element:
    course, short = view.course, clean(view.course.name, LONGEST_ON_BUTTON)
    data = subject_data(course.id)
    return box(
        [
            text(clean(course.name), weight="Bolder"),
            text(_what(view, words), spacing="None"),
            *_who_teaches(view, words),
            text(_far(view, words), spacing="None"),
            *_trouble(view, words),
            *rows_of(
                [
                    tap(words.say("Roll out {name}", name=short), Verb.COURSE_PLAN, data),
                    tap(words.say("Change {name}", name=short), Verb.COURSE_OPEN, data),
                    tap(words.say("End {name}", name=short), Verb.COURSE_END, data),
                ]
            ),
        ]
    )


def _what(view: CourseView, words: Words) -> str:
    course = view.course
    return words.say(
        "{parts}; {groups}; taught by {trainers}",
        parts=parts_words(words, tuple(part.minutes for part in course.parts)),
        groups=group_words(words, course.least, course.most),
        trainers=_trainers(view, words, course.trainer_ids),
    )


def _trainers(view: CourseView, words: Words, ids: Iterable[str]) -> str:
    return words.listed((clean(view.names.get(i, i)) for i in ids), "or")


def _who_teaches(view: CourseView, words: Words) -> list[Element]:
    """Return which parts only some of the trainers may teach, and the skills they need."""
    lines = [
        words.say(
            "Part {n} only by {trainers}",
            n=words.number(number),
            trainers=_trainers(view, words, part.trainer_ids),
        )
        for number, part in enumerate(view.course.parts, 1)
        if part.trainer_ids
    ]
    if view.course.qualification:
        skills = words.listed(str(one).replace(">=", "≥") for one in view.course.qualification)
        lines.append(words.say("Trainers need {skills}", skills=skills))
    return [text(line, spacing="None") for line in lines]


def _far(view: CourseView, words: Words) -> str:
    """Return how far the audience is, with the day on which it is due."""
    line = words.say(
        "{done} of {all} have completed it, {needed} need a seat",
        done=words.number(view.done),
        all=words.number(view.audience),
        needed=words.number(view.needed),
    )
    if view.back:
        line = words.count(
            "{line}, {n} of them was not there and goes first",
            "{line}, {n} of them were not there and go first",
            view.back,
            line=line,
        )
    if view.course.due is None:
        return line
    return words.say("{line}; due on {day}", line=line, day=words.day(view.course.due))


def _trouble(view: CourseView, words: Words) -> list[Element]:
    lines = []
    if view.lost:
        lines.append(
            words.count(
                "▲ {n} team, site or agent of it is no longer in the workforce system",
                "▲ {n} teams, sites or agents of it are no longer in the workforce system",
                len(view.lost),
            )
        )
    if view.gone:
        lines.append(
            words.count(
                "▲ {n} of its trainers is no longer here",
                "▲ {n} of its trainers are no longer here",
                len(view.gone),
            )
        )
    lines += trouble_of_teaching(view, words)
    return [text(line, spacing="None") for line in lines]


def trouble_of_teaching(view: CourseView, words: Words) -> list[str]:
    """Return what nobody who is here may teach, and skills that nobody has."""
    lines = []
    if view.untaught.together:
        line = words.say(
            "▲ Nobody who is here may teach all parts: choose other trainers, or let the parts have"
            " different ones"
        )
        lines.append(line)
    for number in view.untaught.parts:
        line = words.say("▲ Nobody who is here may teach part {n}", n=words.number(number))
        lines.append(line)
    if view.unknown:
        names = words.listed(map(clean, sorted(view.unknown)))
        lines.append(words.say("▲ Nobody in the workforce system has {skills}", skills=names))
    return lines


def _rollouts(runs: tuple[RunView, ...], words: Words) -> list[Element]:
    if not runs:
        return []
    lines: list[Element] = [subheading(words.say("Roll-outs"))]
    for number, run in enumerate(runs[:ROLLOUTS], 1):
        n = words.number(number)
        line = words.say(
            "{n}. {course}, {dates}: {state}",
            n=n,
            course=clean(run.course or ""),
            dates=words.days(run.dates),
            state=words.say(STATES[run.state]),
        )
        opened = words.say("Open no. {n}", n=n)
        lines += [text(line), buttons(tap(opened, Verb.RUN_SHOW, subject_data(run.id)))]
    return lines


def course_plan_cards(view: CoursePlanView, words: Words) -> Iterator[Element]:
    """Yield what a roll-out takes, and what may be changed of it."""
    plan = view.plan
    data = subject_data(plan.view.course.id)
    yield card(
        [
            heading(words.say("Roll out {name}", name=clean(plan.view.course.name))),
            *refusal_box(words, view.refusal, view.facts),
            aside(_whom(plan, words)),
            facts(_figures(plan, plan.capacity, words)),
            *_warnings(plan, words),
            date_input(verbs.FIRST, words.say("From"), plan.dates.start.isoformat()),
            date_input(verbs.LAST, words.say("Until"), plan.dates.last.isoformat()),
            number_input(
                verbs.SEATS,
                words.say("At most so many seats (empty: all)"),
                plan.seats,
                1,
                MOST_SEATS,
            ),
            choices(
                verbs.WITHIN,
                words.say("Only for these teams, sites or activities (none: all of its audience)"),
                [(key, clean(name)) for key, name in plan.places],
                ",".join(sorted(plan.within)),
                isMultiSelect=True,
                style="filtered",
            ),
            aside(words.say("Nothing is booked yet: you see every group first.")),
        ],
        [
            tap(words.say("Find the groups"), Verb.COURSE_ROLL_OUT, data, style="positive"),
            tap(words.say("Count again"), Verb.COURSE_PLAN, data),
            tap(words.say("All courses"), Verb.COURSES, {}),
        ],
    )


def _whom(plan: CoursePlan, words: Words) -> str:
    """Return whom the numbers are of, and how they were arrived at."""
    asked = plan.view.course.audience
    ids = plan.within or asked.site_ids | asked.team_ids | plan.view.course.activity_ids
    names = [clean(plan.view.names.get(each, each)) for each in sorted(ids)]
    names += [clean(str(one)) for one in asked.skills]
    if asked.agent_ids and not plan.within:
        listed = words.count("{n} person by name", "{n} people by name", len(asked.agent_ids))
        names.append(listed)
    counts = not_now_words(words, dict(plan.view.not_now))
    line = words.count(
        "{n} person in {names}",
        "{n} people in {names}",
        plan.view.audience,
        names=words.listed(names),
    )
    return words.say("{who}: {counts}", who=line, counts=counts) if counts else line


def _figures(plan: CoursePlan, found: Capacity, words: Words) -> list[tuple[str, str]]:
    return [
        (words.say("To be taught now"), words.number(found.people)),
        (
            words.say("Groups"),
            words.say(
                "{groups} with {seats} seats, {sessions} sessions",
                groups=words.number(found.groups),
                seats=words.number(found.seats),
                sessions=words.number(found.sessions),
            ),
        ),
        (
            words.say("Likely to miss it"),
            words.count(
                "{people} ({share}); {n} more group",
                "{people} ({share}); {n} more groups",
                found.mop_up_groups,
                people=words.number(found.mop_up),
                share=words.percent(plan.view.course.no_show),
            ),
        ),
        (
            words.say("Trainers"),
            words.say(
                "{hours} h with preparation and those groups",
                hours=words.number(found.trainer_minutes / 60, 1),
            ),
        ),
        (
            words.say("Offline time"),
            words.say(
                "{all} h in all, {week} h a week",
                all=words.number(found.offline_minutes / 60, 1),
                week=words.number(found.offline_a_week / 60, 1),
            ),
        ),
        (
            words.say("Days with weekends"),
            words.say(
                "{needed} needed, {left} available",
                needed=words.number(found.days),
                left=words.number(found.days_left),
            ),
        ),
    ]


def _warnings(plan: CoursePlan, words: Words) -> list[Element]:
    found, course = plan.capacity, plan.view.course
    lines = trouble_of_teaching(plan.view, words)
    if not found.in_time:
        lines.append(
            words.say(
                "▲ By these trainers' hours not everyone can be taught by then: choose a later end,"
                " more trainers or larger groups."
            )
        )
    if 0 < found.people < course.least:
        lines.append(
            words.say(
                "▲ Fewer than the smallest group of {least}: make the group smaller, or wait for"
                " more people.",
                least=words.number(course.least),
            )
        )
    if plan.piloting:
        line = words.say("One group is taught first. The others are planned after it.")
        lines.append(line)
    elif plan.waits:
        lines.append(words.count("{n} waits for a seat.", "{n} wait for a seat.", plan.waits))
        lines.append(
            words.say("Seats are short: who gets one is drawn, and the draw is kept in the audit.")
            if course.drawn
            else words.say(
                "Mandatory training is not drawn for: whose validity ends first goes first."
            )
        )
    return [text(line) for line in lines]
