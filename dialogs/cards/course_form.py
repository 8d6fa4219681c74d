"""A course's form: what it may be made of, and what of it cannot be used."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.cards.components import (
    NOTHING,
    Element,
    and_more,
    aside,
    card,
    choices,
    date_input,
    heading,
    number_input,
    subject_data,
    tap,
    text,
    text_input,
)
from dialogs.cards.refusal import refusal_box
from dialogs.course_form import MOST_CONTACT
from dialogs.course_views import CourseFormView
from dialogs.taps import whole_number
from dialogs.templating import LONGEST_NAME, NO, YES
from dialogs.verbs import Verb
from dialogs.wording import Words, clean
from dialogs.wording_courses import FIELDS, TIERS
from scheduling.domain.courses import (
    MOST_DAYS_APART,
    MOST_PREPARE,
    MOST_SETTLE_DAYS,
    MOST_VALID_DAYS,
)
from scheduling.domain.meetings import LEAST_MINUTES, MOST_ATTENDEES, RARE_SKILL, PlaceKind
from scheduling.domain.registers import HIGHEST_SCORE
from scheduling.workflows.courses_port import CourseOffers

LONGEST_SKILLS = 200
SKILLS_TOLD = 20


def course_form_cards(view: CourseFormView, words: Words) -> Iterator[Element]:
    """Yield the form of a course."""
    title = words.say("Change the course") if view.version else words.say("New course")
    wrong = [
        text(words.say("▸ Please look at “{field}”: it cannot be used.", field=_label(name, words)))
        for name in sorted(view.wrong)
    ]
    data = subject_data(view.course_id, view.version) if view.course_id else NOTHING
    yield card(
        [
            heading(title),
            *refusal_box(words, view.refusal, view.facts),
            *wrong,
            *_inputs(view, words),
            aside(words.say("Nothing is booked by keeping it: that takes a plan you confirm.")),
        ],
        [
            tap(words.say("Keep it"), Verb.COURSE_SAVE, data, style="positive"),
            tap(words.say("Back"), Verb.COURSES, {}),
        ],
    )


def _label(name: str, words: Words) -> str:
    return words.say(FIELDS[name])


def _inputs(view: CourseFormView, words: Words) -> list[Element]:
    typed, offers = view.typed, view.offers

    def chosen(name: str, options: list[tuple[str, str]], **style: object) -> Element:
        return choices(name, _label(name, words), options, typed[name], **style)

    def number(name: str, least: int, most: int) -> Element:
        found = whole_number(typed[name])
        given = found if found is not None and least <= found <= most else None
        return number_input(name, _label(name, words), given, least, most)

    def several(name: str, *pairs: tuple[str, str]) -> Element:
        options = [(key, clean(title)) for key, title in pairs]
        return chosen(name, options, isMultiSelect=True, style="filtered")

    def written(name: str, longest: int) -> Element:
        return text_input(name, _label(name, words), typed[name], longest)

    either = [(YES, words.say("Yes")), (NO, words.say("No"))]
    others = [pair for pair in offers.courses if pair[0] != view.course_id]
    return [
        written(verbs.NAME, LONGEST_NAME),
        chosen(verbs.TYPE, [(key, clean(name)) for key, name in offers.types]),
        several(verbs.TEAMS, *offers.sites, *offers.teams),
        written(verbs.SKILLS, LONGEST_SKILLS),
        *_known_skills(offers, words),
        several(verbs.ACTIVITIES, *offers.activities),
        written(verbs.PARTS, 60),
        number(verbs.LEAST_DAYS, 0, MOST_DAYS_APART),
        number(verbs.MOST_DAYS, 0, MOST_DAYS_APART),
        chosen(
            verbs.PLACE,
            [
                (PlaceKind.ONLINE.value, words.say("Online")),
                (PlaceKind.ROOM.value, words.say("A room")),
            ],
        ),
        written(verbs.EQUIPMENT, 100),
        several(verbs.TRAINERS, *offers.trainers),
        *_part_trainers(view, words),
        written(verbs.QUALIFICATION, LONGEST_SKILLS),
        chosen(verbs.SAME_TRAINER, either),
        number(verbs.GROUP_LEAST, 1, MOST_ATTENDEES),
        number(verbs.GROUP_MOST, 1, MOST_ATTENDEES),
        number(verbs.PER_TEAM, 1, MOST_ATTENDEES),
        number(verbs.PER_SKILL, 1, RARE_SKILL),
        number(verbs.PREPARE, 0, MOST_PREPARE),
        number(verbs.CONTACT, LEAST_MINUTES, MOST_CONTACT),
        several(verbs.REQUIRES, *others),
        number(verbs.VALID, 1, MOST_VALID_DAYS),
        date_input(verbs.DUE, _label(verbs.DUE, words), typed[verbs.DUE]),
        chosen(verbs.TIER, [(tier.value, words.say(title)) for tier, title in TIERS.items()]),
        chosen(verbs.PILOT, either),
        number(verbs.NO_SHOW, 0, 90),
        number(verbs.PASSING, 1, HIGHEST_SCORE),
        number(verbs.SETTLE, 0, MOST_SETTLE_DAYS),
    ]


def _known_skills(offers: CourseOffers, words: Words) -> list[Element]:
    """Return which skills somebody has, with the highest level of each."""
    if not offers.skills:
        return []
    names = [f"{clean(name)} ({words.number(most)})" for name, most in offers.skills[:SKILLS_TOLD]]
    rest = len(offers.skills) - SKILLS_TOLD
    line = words.say(
        "Skills there are, with their highest level: {skills}", skills=words.listed(names)
    )
    return [aside(line), *and_more(words, rest)]


def _part_trainers(view: CourseFormView, words: Words) -> list[Element]:
    """Return who of the trainers may teach each part, where the form asks it."""
    names = dict(view.offers.trainers)
    pool = [(i, clean(names.get(i, i))) for i in view.pool]
    return [
        choices(
            name,
            words.say(
                "Part {n} only by (none: any of them)",
                n=words.number(int(name.removeprefix(verbs.PART_TRAINERS))),
            ),
            pool,
            typed,
            isMultiSelect=True,
        )
        for name, typed in view.typed.items()
        if name.startswith(verbs.PART_TRAINERS)
    ]
