"""Every view has a sample of each state that makes sense for it, or says why none does."""

from collections.abc import Mapping
from typing import get_args

import pytest

from dialogs.views import View
from tests.support.card_samples import SAMPLES

STATES = ("empty", "one", "many", "hostile", "error", "longest language")
ALWAYS = "there is always exactly one thing to show"
OWN = "it shows only words of ours and figures"
NEVER = "nothing can be refused on it"
ALL = "it always lists all there are"

TABLE: Mapping[str, tuple[str, str, str, str, str]] = {
    "AbsentView": ("absent-none", ALWAYS, "absent", "absent-hostile", NEVER),
    "AgendaView": ("week-empty", "week-one", "week-many", "week-hostile", NEVER),
    "CadenceView": ("cadence-none", "cadence-one", "cadence-many", "cadence-hostile", NEVER),
    "ChangeCardView": (
        "change-none",
        "change-moved",
        "change-proposed",
        "change-hostile",
        "change-refused",
    ),
    "CourseFormView": (
        "course-new",
        "course-change",
        ALWAYS,
        "hostile names are those of the list: courses-hostile",
        "course-error",
    ),
    "CoursePlanView": (
        "course-plan-empty",
        "course-plan",
        "course-plan-late",
        "course-plan-hostile",
        "course-plan-error",
    ),
    "CoursesView": (
        "courses-empty",
        "courses-one",
        "courses-many",
        "courses-hostile",
        "courses-error",
    ),
    "DigestView": ("never sent empty", "digest-one", "digest-many", "digest-hostile", NEVER),
    "FormView": ("form-empty", "form-filled", "form-problems", "form-hostile", "form-refused"),
    "EarlierView": (ALWAYS, "earlier-wanted", ALWAYS, OWN, NEVER),
    "EarlyOfferView": (ALWAYS, "offer-open", ALWAYS, "offer-hostile", "offer-not-had"),
    "GivingUpView": (
        "only where something goes with it",
        "giving-up",
        "giving-up-for-all",
        "giving-up-hostile",
        NEVER,
    ),
    "GroupView": ("group-decided", "group-one", "group-many", "group-hostile", NEVER),
    "HelpView": ("help", "help-agent", "help-every-role", OWN, "help-puzzled"),
    "LateNoticeView": (ALWAYS, "late-notice", ALWAYS, "late-notice-hostile", NEVER),
    "LateView": (ALWAYS, "late", "late-told", "it names nobody but the type", "late-again"),
    "SmallGroupView": (
        ALWAYS,
        "small-group-open",
        ALWAYS,
        "small-group-hostile",
        "small-group-stale",
    ),
    "SubstituteView": (
        ALWAYS,
        "substitute-sought",
        "substitute-which",
        "substitute-hostile",
        NEVER,
    ),
    "NotesView": ("notes-none", "notes-one", "notes-many", "notes-hostile", "notes-refused"),
    "NoticeView": (
        "notice-failed-empty",
        "notice-attendee-booked",
        "notice-moved-many",
        "notice-hostile",
        "notice-requester-failed",
    ),
    "NudgeView": (ALWAYS, "nudge-remind", ALWAYS, "nudge-hostile", NEVER),
    "ObstacleView": (ALWAYS, "obstacle-blocked", "obstacle-many", OWN, "obstacle-unknown"),
    "OrderFormView": ("order-empty", "order-move", ALWAYS, "order-hostile", NEVER),
    "PauseView": ("pause-nothing", "pause-on", ALWAYS, "pause-hostile", "pause-refused"),
    "ParticipationView": (
        "participation-none",
        "participation-unit",
        "participation-team",
        "participation-unit",
        "participation-masked",
    ),
    "PeopleView": ("people-none", "people-hostile", "people-many", "people-hostile", NEVER),
    "PetitionView": (ALWAYS, "wish-own-open", ALWAYS, "wish-hostile", "wish-own-declined"),
    "ProposalView": (
        "proposal-none",
        "proposal-one",
        "proposal-fifteen",
        "proposal-hostile",
        "proposal-again",
    ),
    "QueueView": ("queue-empty", "queue-one", "queue-many", "queue-hostile", "queue-refused"),
    "ReliefView": ("relief-nothing", "relief-one", "relief-offered", "relief-hostile", NEVER),
    "ReachView": ("reach-empty", "reach-one", "reach-many", "reach-many", NEVER),
    "RefusalView": (ALWAYS, "refusal-expired", ALWAYS, OWN, "refusal-unknown-person"),
    "RegisterCardView": (
        ALWAYS,
        "register-one",
        "register-forty",
        "register-hostile",
        "register-twice",
    ),
    "RegistersView": (
        "registers-none",
        "registers-one",
        "registers-many",
        "registers-many",
        NEVER,
    ),
    "RequestCardView": (
        "request-queued",
        "request-booked",
        "request-team",
        "request-hostile",
        "request-failed",
    ),
    "RunCardView": ("run-empty", "run-preview", "run-many", "run-hostile", "run-error"),
    "SessionCardView": (
        ALWAYS,
        "session-attend",
        "session-team",
        "session-hostile",
        "session-refused",
    ),
    "SetupAppliedView": (ALWAYS, "setup-applied", ALWAYS, OWN, NEVER),
    "SetupFormView": (
        "setup-form-new",
        "setup-form-types",
        ALL,
        "setup-form-hostile",
        "setup-form-wrong",
    ),
    "SetupHistoryView": (ALWAYS, "setup-history-first", "setup-history", OWN, NEVER),
    "SetupOverviewView": (
        ALWAYS,
        "setup-overview",
        "setup-overview-to-do",
        "setup-overview-to-do",
        "setup-overview-stale",
    ),
    "SetupPreviewView": (
        "setup-preview-nothing-to-try",
        "setup-preview-one",
        "setup-preview-many",
        OWN,
        "setup-preview-refused",
    ),
    "ShareView": (ALWAYS, "share-one", ALWAYS, "share-hostile", NEVER),
    "StandingView": (
        "standing-unlinked",
        "standing",
        "standing-many",
        "people are chosen by name before: people-hostile",
        "standing-refused",
    ),
    "StatusView": ("status-empty", "status-one", "status-many", "status-hostile", NEVER),
    "SwapChoicesView": ("swap-none", "swap-one", "swap-some", "swap-some", "swap-refused"),
    "TemplateFormView": ("template-new", "template-change", ALL, OWN, "template-error"),
    "TemplatesView": (
        "templates-empty",
        "templates-one",
        "templates-many",
        "templates-hostile",
        "templates-error",
    ),
    "WeekAheadView": (
        "never sent empty",
        "week-ahead",
        "week-ahead-many",
        "week-ahead-many",
        NEVER,
    ),
    "WorkItemCardView": (
        "item-no-way-out",
        "item-open",
        "item-many",
        "item-hostile",
        "item-refused",
    ),
    "WhichSessionView": (
        "one is acted on, and none is refused",
        "which-cannot",
        "which-cannot",
        "which-move",
        NEVER,
    ),
}
"""For each view, in the order of ``STATES``, a sample, or in words why there is none."""


@pytest.mark.parametrize("view", get_args(View), ids=lambda view: view.__name__)
def test_it_is_drawn_in_every_state_that_makes_sense(view: type[View]) -> None:
    for state, named in zip(STATES, TABLE[view.__name__], strict=False):
        shown = SAMPLES.get(named)
        assert shown is None or isinstance(shown.view, view), (state, named)
        assert shown is not None or " " in named, f"{state}: no sample {named}, and no reason"


@pytest.mark.parametrize("view", get_args(View), ids=lambda view: view.__name__)
def test_it_is_drawn_in_the_longest_language(view: type[View]) -> None:
    languages = {each.viewer.locale for each in SAMPLES.values() if isinstance(each.view, view)}
    assert "de-DE" in languages
