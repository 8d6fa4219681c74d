"""Courses in the chat: kept, planned by numbers first, and rolled out as a run."""

from dataclasses import replace
from datetime import date, timedelta

from dialogs import verbs
from dialogs.course_form import course_from, shown_inputs
from dialogs.course_views import CourseFormView, CoursePlanView, CoursesView, SmallGroupView
from dialogs.orders import Order, OrderKind
from dialogs.recurring import under_way
from dialogs.run_views import RunCardView
from dialogs.taps import Tap, needed, several, whole_number
from dialogs.templating import Wrong, dates_of
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.courses import Course
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import DAY, DateRange
from scheduling.workflows.courses_port import CourseOffers, CourseView, Teaching
from scheduling.workflows.runs_port import Planner
from scheduling.workflows.small_groups_port import SmallGroups

USUAL = timedelta(days=28)
"""How long a roll-out is planned over where nobody says until when."""
SHORTEST_NAME = 2


class CoursesTopic:
    """Answers orders and taps about courses."""

    orders = frozenset({OrderKind.COURSES, OrderKind.NEW_COURSE})
    verbs = frozenset(
        {
            Verb.COURSES,
            Verb.COURSE_OPEN,
            Verb.COURSE_SAVE,
            Verb.COURSE_END,
            Verb.COURSE_PLAN,
            Verb.COURSE_ROLL_OUT,
            Verb.GROUP_KEEP,
            Verb.GROUP_CANCEL,
        }
    )

    def __init__(self, teaching: Teaching, planner: Planner, groups: SmallGroups) -> None:
        """Talk to ``teaching``, to ``planner`` about runs, and about ``groups``; all authorise."""
        self._groups = groups
        self._teaching = teaching
        self._planner = planner

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Show the courses, or what it takes to roll out the one that was named."""
        del conversation_id
        if order.kind is OrderKind.NEW_COURSE:
            form, _ = await self._form(actor, "")
            return form
        said = order.prose.casefold()
        known = await self._teaching.courses(actor)
        named = [each for each in known if _is_named(each.course.name, said)]
        if not named:
            refusal = Refusal.NO_COURSE if any(map(str.isalnum, said)) else None
            return await self._overview(actor, refusal)
        found = max(named, key=lambda each: len(each.course.name))
        offers = await self._teaching.offers(actor)
        within = _within(offers, found, said)
        last = order.wish.dates.last if order.wish.dates else None
        first = offers.today + DAY
        if last is None or last < first:
            last = _usual_end(found, first)
        return await self._plan(actor, found.course.id, DateRange(first, last + DAY), None, within)

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap."""
        del conversation_id
        match tap.verb:
            case Verb.COURSE_OPEN:
                form, _ = await self._form(actor, tap.subject_id or "")
                return form
            case Verb.COURSE_SAVE:
                return await self._save(actor, tap)
            case Verb.COURSE_PLAN | Verb.COURSE_ROLL_OUT:
                return await self._on_plan(actor, tap)
            case Verb.COURSE_END:
                await self._teaching.end(actor, needed(tap.subject_id, Refusal.NO_COURSE))
            case Verb.GROUP_KEEP | Verb.GROUP_CANCEL:
                return await self._decide(actor, tap)
        return await self._overview(actor)

    async def _decide(self, actor: Actor, tap: Tap) -> View:
        """Keep a group that is too small, or cancel it; what was decided before is shown."""
        group_id, cancel = needed(tap.subject_id), tap.verb is Verb.GROUP_CANCEL
        try:
            seen = whole_number(tap.inputs.get(verbs.SEATS))
            people = -1 if seen is None else seen
            group = await self._groups.decide(
                actor, group_id, tap.version, people=people, cancel=cancel
            )
        except Refused as refused:
            if refused.refusal not in {Refusal.STALE, Refusal.SESSION_OVER}:
                raise
            group = await self._groups.group(actor, group_id)
            return SmallGroupView(group=group, refusal=refused.refusal, facts=refused.facts)
        return SmallGroupView(group=group)

    async def _overview(self, actor: Actor, refusal: Refusal | None = None) -> CoursesView:
        return CoursesView(
            courses=await self._teaching.courses(actor),
            rollouts=await self._teaching.rollouts(actor),
            refusal=refusal,
        )

    async def _on_plan(self, actor: Actor, tap: Tap) -> View:
        """Show what the roll-out that is asked for takes, or begin it."""
        course_id = needed(tap.subject_id, Refusal.NO_COURSE)
        dates = dates_of(tap.inputs)
        seats = whole_number(tap.inputs.get(verbs.SEATS)) or None
        within = tuple(several(tap.inputs.get(verbs.WITHIN)))
        if dates is None:
            today = (await self._teaching.offers(actor)).today
            view = await self._teaching.course(actor, course_id)
            usual = DateRange(today + DAY, _usual_end(view, today + DAY) + DAY)
            bad = Refusal.BAD_DATES if verbs.FIRST in tap.inputs else None
            return await self._plan(actor, course_id, usual, seats, within, bad)
        if tap.verb is Verb.COURSE_PLAN:
            return await self._plan(actor, course_id, dates, seats, within)
        return await self._start(actor, course_id, dates, seats, within)

    async def _plan(
        self,
        actor: Actor,
        course_id: str,
        dates: DateRange,
        seats: int | None,
        within: tuple[str, ...],
        refusal: Refusal | None = None,
    ) -> View:
        try:
            plan = await self._teaching.plan(actor, course_id, dates, seats, within)
        except Refused as refused:
            if refused.refusal is not Refusal.BAD_DATES:
                raise
            today = (await self._teaching.offers(actor)).today
            usual = DateRange(today + DAY, today + USUAL + DAY)
            plan = await self._teaching.plan(actor, course_id, usual, seats, within)
            return CoursePlanView(plan=plan, refusal=refused.refusal, facts=refused.facts)
        return CoursePlanView(plan=plan, refusal=refusal)

    async def _start(
        self,
        actor: Actor,
        course_id: str,
        dates: DateRange,
        seats: int | None,
        within: tuple[str, ...],
    ) -> View:
        """Begin a roll-out; where a run is under way, show that one and say so."""
        try:
            run = await self._teaching.start(actor, course_id, dates, seats, within)
        except Refused as refused:
            if refused.refusal is Refusal.BAD_DATES:
                return await self._plan(actor, course_id, dates, seats, within)
            if refused.refusal is Refusal.NO_TRAINER:
                plan = await self._teaching.plan(actor, course_id, dates, seats, within)
                return CoursePlanView(plan=plan, refusal=refused.refusal, facts=refused.facts)
            return await under_way(self._planner, actor, refused)
        return RunCardView(run=run)

    async def _form(self, actor: Actor, course_id: str) -> tuple[CourseFormView, Course | None]:
        """Return the form of a course, and the course, or an empty one."""
        offers = await self._teaching.offers(actor)
        found = (await self._teaching.course(actor, course_id)).course if course_id else None
        form = CourseFormView(
            course_id=course_id,
            version=found.version if found else 0,
            offers=offers,
            typed=shown_inputs(found, offers),
            pool=found.trainer_ids if found else (),
        )
        return form, found

    async def _save(self, actor: Actor, tap: Tap) -> View:
        """Keep a course; what cannot be used goes back to the form with what was typed.

        Teams leaves out inputs that are empty.
        """
        empty, before = await self._form(actor, tap.subject_id or "")
        form = replace(empty, typed={**dict.fromkeys(empty.typed, ""), **tap.inputs})
        made = course_from(form.typed, before, tap.version if before else 0, form.offers)
        if isinstance(made, Wrong):
            return _again(form, made)
        try:
            await self._teaching.save(actor, made)
        except Refused as refused:
            if refused.refusal not in {Refusal.BAD_COURSE, Refusal.STALE}:
                raise
            return _again(form, Wrong(frozenset(), refused.refusal, refused.facts))
        return await self._overview(actor)


def _again(form: CourseFormView, wrong: Wrong) -> CourseFormView:
    return replace(form, wrong=wrong.inputs, refusal=wrong.refusal, facts=wrong.facts)


def _within(offers: CourseOffers, view: CourseView, said: str) -> tuple[str, ...]:
    """Return the teams, sites and activities that were named beside the course."""
    rest = said.replace(view.course.name.casefold(), " ")
    places = (*offers.teams, *offers.sites, *offers.activities)
    return tuple(key for key, name in places if _is_named(name, rest))


def _is_named(name: str, said: str) -> bool:
    """Whether ``said`` has the name as whole words, a hyphen being a space."""
    wanted, given = _plain(name), _plain(said)
    return len(wanted.strip()) >= SHORTEST_NAME and wanted in given


def _plain(text: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
    return f" {' '.join(words)} "


def _usual_end(view: CourseView, first: date) -> date:
    due = view.course.due
    return due if due is not None and first <= due <= first + USUAL else first + USUAL
