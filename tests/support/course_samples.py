"""Sample views of courses: the list, a form, what a roll-out takes, and a roll-out's run."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from dialogs.course_form import shown_inputs
from dialogs.course_views import CourseFormView, CoursePlanView, CoursesView, SmallGroupView
from dialogs.run_views import RunCardView
from dialogs.verbs import GROUP_LEAST, PARTS, TRAINERS
from dialogs.views import View
from scheduling.domain.courses import Course, CoursePart, SmallGroupState
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.refusals import Refusal
from scheduling.domain.rollouts import GroupPlan, LeftOver, NotNow, RareSkill, RolloutPreview
from scheduling.domain.rules import Rule
from scheduling.domain.runs import RunState, RunView
from scheduling.domain.skills import SkillLevel
from scheduling.domain.templates import Audience
from scheduling.domain.times import DateRange, Interval
from scheduling.learning.seats import capacity
from scheduling.learning.teaching import Untaught
from scheduling.workflows.courses_port import CourseOffers, CoursePlan, CourseView
from scheduling.workflows.small_groups_port import SmallGroup
from tests.support.card_facts import HOSTILE, LONG
from tests.support.run_samples import run

JANUARY = DateRange(date(2027, 1, 4), date(2027, 2, 1))
COURSE = Course(
    id="c1",
    name="Empathy 2",
    unit_id="north",
    owner_id="lea",
    type_id="training",
    parts=(
        CoursePart(minutes=60),
        CoursePart(minutes=90, least_days=7, place=PlaceKind.ROOM, equipment=frozenset({"screen"})),
    ),
    audience=Audience(team_ids=frozenset({"billing"})),
    trainer_ids=("ted", "tara"),
    most=8,
    prepare=15,
    due=date(2027, 1, 31),
)
SKILLED = replace(
    COURSE,
    parts=(COURSE.parts[0], replace(COURSE.parts[1], trainer_ids=("ted",))),
    audience=replace(COURSE.audience, skills=(SkillLevel(skill="Cards", level=2),)),
    qualification=(SkillLevel(skill="Coaching", level=3),),
    per_skill=2,
)
NAMES = {
    "billing": "Billing",
    "leeds": "Leeds",
    "calls": "Calls",
    "ted": "Ted Moss",
    "tara": "Tara Quinn",
    "c0": "Empathy 1",
    "asha": "Asha Patel",
    "ben": "Ben Osei",
}
SHOWN = CourseView(
    course=COURSE,
    type_name="Training",
    names=NAMES,
    audience=48,
    needed=31,
    not_now={NotNow.DONE: 12, NotNow.BOOKED: 3, NotNow.NOT_READY: 2},
    lost=frozenset(),
    gone=frozenset(),
)
OFFERS = CourseOffers(
    types=(("training", "Training"), ("team_meeting", HOSTILE)),
    teams=(("billing", "Billing"), ("retention", "Retention")),
    sites=(("leeds", "Leeds"),),
    activities=(("calls", "Calls"),),
    trainers=(("ted", "Ted Moss"), ("tara", HOSTILE)),
    courses=(("c0", "Empathy 1"), ("c1", "Empathy 2")),
    skills=(("Cards", 4), (HOSTILE, 2)),
    today=date(2026, 12, 28),
)


def course_views() -> dict[str, View]:
    """Return the list of courses, a form, a plan and roll-outs, in each state."""
    hostile = replace(
        SHOWN,
        course=replace(COURSE, name=HOSTILE, due=None),
        names={**NAMES, "ted": HOSTILE, "billing": HOSTILE},
        lost=frozenset({"gone"}),
        gone=frozenset({"ted", "tara"}),
    )
    many = tuple(
        replace(SHOWN, course=replace(COURSE, id=f"c{n}", name=f"{LONG} {n}")) for n in range(14)
    )
    return {
        "courses-empty": CoursesView(courses=(), rollouts=()),
        "courses-one": CoursesView(courses=(SHOWN,), rollouts=(rolled(RunState.PREVIEW),)),
        "courses-many": CoursesView(courses=many, rollouts=()),
        "courses-skilled": CoursesView(
            courses=(
                replace(SHOWN, course=SKILLED),
                replace(SHOWN, course=SKILLED, untaught=Untaught(parts=(2,))),
                replace(
                    SHOWN,
                    course=COURSE,
                    untaught=Untaught(together=True),
                    unknown=frozenset({HOSTILE}),
                ),
            ),
            rollouts=(),
        ),
        "courses-back": CoursesView(courses=(replace(SHOWN, back=2),), rollouts=()),
        "courses-hostile": CoursesView(courses=(hostile,), rollouts=()),
        "courses-error": CoursesView(courses=(SHOWN,), rollouts=(), refusal=Refusal.NO_COURSE),
        **_forms(),
        **_small_groups(),
        **_plans(hostile),
        **_rollouts(),
    }


def _forms() -> dict[str, View]:
    """Return the form of a new course, of a known one, with who may teach which part, and in error."""
    form = CourseFormView(course_id="", version=0, offers=OFFERS, typed=shown_inputs(None, OFFERS))
    typed = shown_inputs(COURSE, OFFERS)
    wrong = {**typed, PARTS: "4", TRAINERS: "", GROUP_LEAST: "99"}
    return {
        "course-new": form,
        "course-change": replace(
            form, course_id="c1", version=3, typed=typed, pool=COURSE.trainer_ids
        ),
        "course-skilled": replace(
            form,
            course_id="c1",
            version=3,
            typed=shown_inputs(SKILLED, OFFERS),
            pool=COURSE.trainer_ids,
            refusal=Refusal.BAD_COURSE,
            facts={"part": 2},
        ),
        "course-error": replace(
            form,
            course_id="c1",
            version=3,
            typed=wrong,
            wrong=frozenset({PARTS, TRAINERS, GROUP_LEAST}),
            refusal=Refusal.BAD_COURSE,
        ),
    }


def _small_groups() -> dict[str, View]:
    """Return a group that has too few people: to be decided, kept, cancelled, hostile, stale."""
    group = SmallGroup(
        id="r1:2",
        version=1,
        course_name=COURSE.name,
        people=2,
        least=4,
        parts=2,
        first=Interval(
            datetime(2027, 1, 7, 10, 0, tzinfo=UTC), datetime(2027, 1, 7, 11, 0, tzinfo=UTC)
        ),
        last=date(2027, 1, 14),
        zone="Europe/London",
        facilitator_name="Ted Moss",
        state=SmallGroupState.OPEN,
        decided_by=None,
    )
    kept = replace(group, version=2, state=SmallGroupState.KEPT, decided_by="Lea Brandt")
    cancelled = replace(kept, state=SmallGroupState.CANCELLED, people=0, parts=1)
    hostile = replace(kept, course_name=HOSTILE, facilitator_name=LONG, decided_by=HOSTILE)
    found = {
        "open": SmallGroupView(group=group),
        "refilled": SmallGroupView(group=replace(group, people=4), refusal=Refusal.STALE),
        "kept": SmallGroupView(group=kept),
        "cancelled": SmallGroupView(group=cancelled),
        "hostile": SmallGroupView(group=hostile),
        "stale": SmallGroupView(group=kept, refusal=Refusal.STALE),
    }
    return {f"small-group-{name}": view for name, view in found.items()}


def _plans(hostile: CourseView) -> dict[str, View]:
    plan = _plan(31)
    return {
        "course-plan": CoursePlanView(plan=plan),
        "course-plan-empty": CoursePlanView(plan=_plan(0)),
        "course-plan-short": CoursePlanView(plan=replace(plan, seats=16, waits=15)),
        "course-plan-mandatory": CoursePlanView(
            plan=replace(
                plan, waits=15, view=replace(SHOWN, course=replace(COURSE, tier=Tier.MANDATORY))
            )
        ),
        "course-plan-pilot": CoursePlanView(plan=replace(_plan(3), piloting=True, waits=28)),
        "course-plan-late": CoursePlanView(plan=_plan(5000)),
        "course-plan-hostile": CoursePlanView(
            plan=replace(plan, view=hostile, places=(("billing", HOSTILE),))
        ),
        "course-plan-error": CoursePlanView(
            plan=plan, refusal=Refusal.BAD_DATES, facts={"most": 62}
        ),
    }


def _plan(people: int) -> CoursePlan:
    return CoursePlan(
        view=SHOWN,
        dates=JANUARY,
        capacity=capacity(COURSE, [people], JANUARY),
        seats=None,
        waits=0,
        piloting=False,
        within=frozenset(),
        places=(("billing", "Billing"), ("leeds", "Leeds"), ("calls", "Calls")),
    )


def _rollouts() -> dict[str, View]:
    preview = rolled(RunState.PREVIEW)
    held = replace(preview, held=frozenset({_day(0)}))
    return {
        "rollout-preview": RunCardView(run=preview),
        "rollout-many": RunCardView(run=rolled(RunState.PREVIEW, groups=60, waiting=90)),
        "rollout-none": RunCardView(run=rolled(RunState.PREVIEW, groups=0)),
        "rollout-held": RunCardView(run=held),
        "rollout-replanned": RunCardView(run=_replanned({NotNow.BOOKED: 3, NotNow.GONE: 1})),
        "rollout-course-changed": RunCardView(run=_replanned({})),
        "rollout-hostile": RunCardView(
            run=replace(preview, course=HOSTILE, names={**NAMES, "ted": HOSTILE, "asha": LONG})
        ),
        "rollout-booked": RunCardView(run=rolled(RunState.BOOKED)),
        "rollout-failed": RunCardView(
            run=replace(rolled(RunState.FAILED), trouble="no_trainer", preview=None)
        ),
    }


def _replanned(why: dict[NotNow, int]) -> RunView:
    run = rolled(RunState.PREVIEW)
    assert run.preview is not None
    assert run.preview.rollout is not None
    rollout = replace(run.preview.rollout, replanned=why)
    return replace(run, preview=replace(run.preview, rollout=rollout))


def rolled(state: RunState, *, groups: int = 2, waiting: int = 2) -> RunView:
    """Return a roll-out of the course in January."""
    base = run(state)
    preview = base.preview or run(RunState.PREVIEW).preview
    assert preview is not None
    rollout = RolloutPreview(
        capacity=capacity(COURSE, [16], JANUARY),
        groups=tuple(_group(n) for n in range(groups)),
        left_over=(
            LeftOver(
                rules=frozenset({Rule.GROUP}),
                person_ids=("ben",),
                ways=((frozenset({Rule.GROUP}), 0.4), (frozenset({Rule.DATES}), 0.0)),
            ),
            LeftOver(
                rules=frozenset({Rule.SKILL_CAP}),
                person_ids=("asha", "cleo"),
                rare=(RareSkill(name="Danish", most=2, people=5),),
            ),
        ),
        not_now={NotNow.DONE: 12, NotNow.WAITS: waiting},
        waiting=tuple("asha" if n % 2 else "ben" for n in range(waiting)),
        drawn=True,
        seats_free=1,
        covered=date(2027, 1, 20) if groups else None,
    )
    return replace(
        base,
        dates=JANUARY,
        template_names=(COURSE.name,),
        course=COURSE.name,
        names=NAMES,
        preview=replace(
            preview,
            days=tuple(replace(d, day=_day(n)) for n, d in enumerate(preview.days) if groups),
            passed={},
            kept=0,
            changes=(),
            gone=0,
            unplaced=((frozenset({Rule.GROUP, Rule.ON_SHIFT}), 1),),
            unplaced_ids=("c1:ben",),
            rollout=rollout,
        ),
    )


def _day(number: int) -> date:
    return date(2027, 1, 5) + timedelta(days=number % 20)


def _group(number: int) -> GroupPlan:
    day = _day(number)
    start = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    first = Interval(start, start + timedelta(minutes=60))
    later = start + timedelta(days=7)
    second = Interval(later, later + timedelta(minutes=90))
    return GroupPlan(
        number=number + 1,
        attendee_ids=("asha", "ben", "cleo"),
        days=(day, day + timedelta(days=7)),
        parts=((first, "ted", None), (second, "ted", "Leeds Aire")),
        price=1.4,
    )
