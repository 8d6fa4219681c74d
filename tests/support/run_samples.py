"""Sample views of recurring meetings: templates, a template's form, and runs in each state."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from dialogs.run_views import RunCardView, TemplateFormView, TemplatesView
from dialogs.templating import shown_inputs
from dialogs.verbs import MINUTES, NAME
from dialogs.views import View
from scheduling.domain.commits import CommitProgress, LeftOut
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.proposals import DayService
from scheduling.domain.refusals import Refusal
from scheduling.domain.rules import Rule
from scheduling.domain.runs import MeetingPlan, Offline, RunDay, RunPreview, RunState, RunView
from scheduling.domain.selfcare import Care, CaredFor, Cause
from scheduling.domain.templates import (
    Audience,
    Frequency,
    LostAudience,
    Membership,
    Passed,
    Recurrence,
    TeamChange,
    TeamChangeKind,
    TeamEffect,
    Template,
)
from scheduling.domain.times import DateRange
from scheduling.workflows.runs_port import Offers, TemplateView
from tests.support.card_facts import HOSTILE, LONG, NOW, half_hour

MONTH = DateRange(date(2026, 12, 1), date(2027, 1, 1))
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
OFFERS = Offers(
    types=(("one_to_one", "One-to-one"), ("coaching", "Coaching")),
    teams=(("billing", "Billing"), ("retention", "Retention")),
    people=(
        ("asha", "Asha Patel", "billing"),
        ("ben", "Ben Osei", "billing"),
        ("cy", HOSTILE, "retention"),
    ),
    facilitators=(("mia", "Mia Chen"), ("theo", HOSTILE)),
    today=date(2026, 11, 20),
)
TEMPLATE = Template(
    id="t1",
    name="Monthly one-to-one",
    unit_id="north",
    owner_id="sam",
    type_id="one_to_one",
    audience=Audience(team_ids=frozenset({"billing", "retention"})),
    recurrence=Recurrence(frequency=Frequency.MONTHLY, weekdays=frozenset(range(5))),
    start=date(2026, 1, 1),
    least_days=14,
)
NAMES = {"billing": "Billing", "retention": "Retention", "asha": "Asha Patel", "ben": "Ben Osei"}
SHOWN = TemplateView(
    template=TEMPLATE,
    type_name="One-to-one",
    names=NAMES,
    attendees=31,
    lost=frozenset(),
    unled=0,
)


def template_views() -> dict[str, View]:
    """Return the list of templates and their form."""
    third = Recurrence(frequency=Frequency.MONTHLY, weekdays=frozenset({1}), nth=3)
    many = tuple(
        replace(
            SHOWN,
            template=replace(TEMPLATE, id=f"t{n}", name=f"{LONG} {n}", recurrence=third),
            lost=frozenset({"gone"}),
            unled=n,
            typed=n > 0,
            unowned=n == 1,
        )
        for n in range(14)
    )
    hostile = replace(
        SHOWN,
        template=replace(TEMPLATE, name=HOSTILE, facilitator_id="theo", place=PlaceKind.ROOM),
        type_name=HOSTILE,
        names={**NAMES, "billing": HOSTILE, "theo": HOSTILE},
    )

    def listed(*some: TemplateView, **changes: object) -> TemplatesView:
        base = TemplatesView(templates=some, runs=(), first=FIRST, last=LAST)
        return replace(base, **changes)  # type: ignore[arg-type]  # any field by name

    form = TemplateFormView(
        template_id="", version=0, offers=OFFERS, typed=shown_inputs(None, OFFERS)
    )
    wrong = {**shown_inputs(TEMPLATE, OFFERS), MINUTES: "4", NAME: ""}
    return {
        "templates-empty": listed(),
        "templates-one": listed(SHOWN, runs=(run(RunState.PREVIEW), run(RunState.BOOKED))),
        "templates-many": listed(*many),
        "templates-teams": listed(
            replace(SHOWN, type_name="Team meeting", meetings=2),
            replace(
                SHOWN,
                template=replace(TEMPLATE, id="t2", facilitator_id="mia"),
                type_name="Team meeting",
                names={**NAMES, "mia": "Mia Chen"},
                meetings=1,
            ),
        ),
        "templates-hostile": listed(hostile),
        "templates-error": listed(SHOWN, refusal=Refusal.BAD_DATES, facts={"most": 62}),
        "template-new": form,
        "template-change": replace(
            form, template_id="t1", version=3, typed=shown_inputs(TEMPLATE, OFFERS)
        ),
        "template-error": replace(
            form,
            template_id="t1",
            version=3,
            typed=wrong,
            wrong=frozenset({MINUTES, NAME}),
            refusal=Refusal.BAD_TEMPLATE,
        ),
    }


def run_views() -> dict[str, View]:
    """Return a run in each state."""
    preview = run(RunState.PREVIEW)
    large = replace(preview, preview=_preview(days=23, unplaced=140))
    none = replace(preview, preview=_preview(days=0, unplaced=0))
    held = replace(preview, held=frozenset({FIRST, FIRST + timedelta(days=1)}))
    lost = replace(preview.preview.lost[0], template_name=HOSTILE)
    hostile = replace(
        preview,
        preview=replace(preview.preview, lost=(lost,)),
        template_names=(HOSTILE, LONG),
        unit_name=HOSTILE,
        requested_by=HOSTILE,
        names={**NAMES, "asha": HOSTILE, "billing": LONG},
    )
    far = CommitProgress(
        sessions=480,
        reserved=50,
        booked=312,
        failed=2,
        left_out=(("asha", LeftOut.TAKEN), ("ben", LeftOut.TOO_SOON)),
        ended=False,
    )
    done = replace(far, reserved=0, booked=476, ended=True)
    return {
        "run-planning": RunCardView(run=run(RunState.PLANNING)),
        "run-waiting": RunCardView(run=replace(run(RunState.PLANNING), trouble="wfm_away")),
        "run-preview": RunCardView(run=preview),
        "run-empty": RunCardView(run=none),
        "run-many": RunCardView(run=large),
        "run-held": RunCardView(run=held),
        "run-meetings": RunCardView(run=_together(3)),
        "run-meetings-many": RunCardView(run=_together(60)),
        "run-meetings-hostile": RunCardView(run=replace(hostile, preview=_together(2).preview)),
        "run-hostile": RunCardView(run=hostile),
        "run-booking": RunCardView(run=replace(run(RunState.BOOKING), progress=far)),
        "run-booked": RunCardView(run=replace(run(RunState.BOOKED), progress=done)),
        "run-cared-for": RunCardView(
            run=replace(run(RunState.BOOKED), progress=done, care=_care())
        ),
        "run-cared-for-one": RunCardView(
            run=replace(run(RunState.BOOKED), progress=done, care=_care()[:1])
        ),
        "run-cared-for-many": RunCardView(
            run=replace(run(RunState.BOOKED), progress=done, care=_care(leader="Mia Chen") * 20)
        ),
        "run-discarded": RunCardView(run=run(RunState.DISCARDED)),
        "run-failed": RunCardView(run=replace(run(RunState.FAILED), trouble="wfm_away")),
        "run-error": RunCardView(run=preview, refusal=Refusal.STALE),
    }


def _care(leader: str = "Mia Chen") -> tuple[CaredFor, ...]:
    """Return one session for each way in which care can stand, and each cause."""
    causes = (*Cause, Cause.SCHEDULE)
    names = ("Asha Patel", HOSTILE, LONG, "Ben Osei", "Asha Patel")
    return tuple(
        CaredFor(
            attendee_name=names[n] if n != 1 else "",
            leader_name=leader,
            people=1 if n != 1 else 8,
            zone="Europe/London",
            was=half_hour(17 + n, 10),
            becomes=None if care is Care.HANDED else half_hour(19 + n, 14),
            cause=causes[n],
            care=care,
        )
        for n, care in enumerate(Care)
    )


def run(state: RunState) -> RunView:
    """Return a run of December."""
    planned = state not in {RunState.PLANNING, RunState.FAILED}
    return RunView(
        id="r1",
        version=2,
        unit_id="north",
        unit_name="North",
        zone="Europe/London",
        dates=MONTH,
        state=state,
        template_names=("Monthly one-to-one",),
        requested_by="Sam Reed",
        created_at=NOW,
        preview=_preview(days=3, unplaced=2) if planned else None,
        names=NAMES,
    )


def _together(number: int) -> RunView:
    """Return a run of team meetings, of which one is on a day that is held."""
    meetings = tuple(
        MeetingPlan(
            template_id="t1",
            who_id="billing" if n else "retention",
            facilitator_id="asha",
            day=FIRST + timedelta(days=n % 28),
            interval=half_hour(17, 10),
            zone="Asia/Kolkata" if n == 1 else "Europe/London",
            place=PlaceKind.ROOM if n == 1 else PlaceKind.ONLINE,
            room_name="Elm" if n == 1 else None,
            coming=11 if n else 1,
            missing_ids=("asha", "ben")[:n],
        )
        for n in range(number)
    )
    preview = replace(_preview(days=3, unplaced=0), meetings=meetings)
    return replace(run(RunState.PREVIEW), preview=preview, held=frozenset({FIRST}))


def _preview(*, days: int, unplaced: int) -> RunPreview:
    membership = Membership(team_id="billing", manager_id="mia")
    return RunPreview(
        days=tuple(_day(n) for n in range(days)),
        unplaced=(
            (frozenset({Rule.ON_SHIFT, Rule.EXCEPTION}), unplaced - unplaced // 2),
            (frozenset(), unplaced // 2),
        )
        if unplaced
        else (),
        unplaced_ids=tuple(f"t1:2026-12-01:{'asha' if n % 2 else 'ben'}" for n in range(unplaced)),
        passed={Passed.ABSENT: 3, Passed.NEW: 1, Passed.LEADER_GONE: 2, Passed.UNREAD: 1},
        lost=(
            LostAudience(template_id="t1", template_name="Weekly", id="billing", people=12),
            LostAudience(template_id="t1", template_name="Team meeting", id=None, people=1),
        ),
        kept=12,
        changes=(
            TeamChange(
                agent_id="asha",
                kind=TeamChangeKind.JOINED,
                after=membership,
                effect=TeamEffect.PLANNED,
                day=FIRST,
                leader_id="mia",
            ),
            TeamChange(
                agent_id="ben",
                kind=TeamChangeKind.LEFT,
                before=membership,
                effect=TeamEffect.NONE,
            ),
        ),
        gone=4,
        cost=18.2,
        bound=18.0,
        as_of=NOW,
        reconciled=days != 23,
        seconds=41.0,
        offline=Offline(used=1800, allowed=5400) if unplaced else None,
    )


def _day(number: int) -> RunDay:
    day = FIRST + timedelta(days=number)
    calls = DayService(
        demand_id="calls",
        demand_name="Calls",
        day=day,
        goal=0.8,
        goal_seconds=20,
        before=0.841,
        after=0.829 if number else 0.794,
        stressed=0.75,
        lowest_net=-0.6,
        understaffed_hours=0.0 if number else 0.5,
    )
    return RunDay(
        day=day,
        sessions=18 - number % 5,
        minutes=540 - 30 * (number % 5),
        services=(calls,),
        worst=datetime(2026, 12, 1, 14, 30, tzinfo=UTC) + timedelta(days=number),
        worst_net=0.8 if number else -0.6,
        understaffed_before=2.1,
        changed=3 if number == 1 else 18 - number % 5,
        worst_zone="Asia/Kolkata" if number == 1 else "Europe/London",
    )
