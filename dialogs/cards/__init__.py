"""Views to Adaptive Cards; each card is a pure function of its view and its reader."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from dialogs.agenda_views import (
    AgendaView,
    CadenceView,
    NotesView,
    PetitionView,
    SessionCardView,
    ShareView,
    StatusView,
)
from dialogs.cards.agenda import agenda_cards, session_cards
from dialogs.cards.appointments import people_cards, standing_cards
from dialogs.cards.cadence import cadence_cards
from dialogs.cards.changes import change_cards
from dialogs.cards.components import (
    HARD_LIMIT,
    SOFT_LIMIT,
    Element,
    draft_data,
    item_data,
    refreshed,
    size_of,
    subject_data,
)
from dialogs.cards.course_form import course_form_cards
from dialogs.cards.courses import course_plan_cards, courses_cards
from dialogs.cards.form import form_cards
from dialogs.cards.giving_up import giving_up_cards
from dialogs.cards.group import group_cards
from dialogs.cards.help import help_cards
from dialogs.cards.notes import notes_cards
from dialogs.cards.notice import digest_cards, notice_cards
from dialogs.cards.nudge import nudge_cards
from dialogs.cards.obstacle import obstacle_cards
from dialogs.cards.offer import earlier_cards, offer_cards
from dialogs.cards.order_form import order_form_cards
from dialogs.cards.participation import participation_cards
from dialogs.cards.pause import pause_cards
from dialogs.cards.petition import petition_cards
from dialogs.cards.proposal import proposal_cards
from dialogs.cards.queue import queue_cards, same_page
from dialogs.cards.reach import reach_cards
from dialogs.cards.recurring import template_form_cards, templates_cards
from dialogs.cards.refusal import refusal_cards, too_much_card
from dialogs.cards.register import absent_cards, register_cards, registers_cards
from dialogs.cards.relief import relief_cards
from dialogs.cards.request import request_cards, request_data
from dialogs.cards.run import run_cards
from dialogs.cards.setup import (
    applied_cards,
    history_cards,
    overview_cards,
    preview_cards,
)
from dialogs.cards.setup import form_cards as setup_form_cards
from dialogs.cards.share import share_cards
from dialogs.cards.small_group import small_group_cards
from dialogs.cards.status import status_cards
from dialogs.cards.swap import swap_cards
from dialogs.cards.trainer import late_cards, late_notice_cards, substitute_cards, week_ahead_cards
from dialogs.cards.which_session import which_cards
from dialogs.cards.work_item import work_item_cards
from dialogs.change_views import (
    ChangeCardView,
    GivingUpView,
    SwapChoicesView,
    WhichSessionView,
)
from dialogs.course_views import CourseFormView, CoursePlanView, CoursesView, SmallGroupView
from dialogs.register_views import (
    AbsentView,
    LateNoticeView,
    LateView,
    ParticipationView,
    RegisterCardView,
    RegistersView,
    SubstituteView,
    WeekAheadView,
)
from dialogs.run_views import RunCardView, TemplateFormView, TemplatesView
from dialogs.scheduler_views import (
    EarlierView,
    EarlyOfferView,
    GroupView,
    NudgeView,
    PauseView,
    QueueView,
    ReliefView,
)
from dialogs.setup_views import (
    PeopleView,
    SetupAppliedView,
    SetupFormView,
    SetupHistoryView,
    SetupOverviewView,
    SetupPreviewView,
    StandingView,
)
from dialogs.verbs import Verb
from dialogs.views import (
    DigestView,
    FormView,
    HelpView,
    NoticeView,
    ObstacleView,
    OrderFormView,
    ProposalView,
    ReachView,
    RefusalView,
    RequestCardView,
    View,
    Viewer,
    WorkItemCardView,
)
from dialogs.wording import Words
from scheduling.domain.proposals import redacted
from scheduling.domain.rules import Rule, redact


def render(view: View, viewer: Viewer, refresh_for: tuple[str, ...] = ()) -> Element:
    """Return the Adaptive Card 1.5 of ``view`` for ``viewer``.

    It is the fullest card of at most 28 KB (UTF-16), else the smallest there is; past 80 KB, which
    Teams may refuse, a card that says so. Teams refreshes it by itself for the first 60 user ids of ``refresh_for``. Who is not a scheduler never
    reads why somebody is away, whatever the view holds. ValueError for an unknown zone.
    """
    return render_with(Words.for_viewer(viewer), view, viewer, refresh_for)


def render_with(
    words: Words, view: View, viewer: Viewer, refresh_for: tuple[str, ...] = ()
) -> Element:
    """Return the card as ``render`` does, in the given words."""
    allowed = view if viewer.scheduler else _redacted(view)
    verb, data = _refresh(allowed)
    smallest: Element = {}
    for shown in MAKERS[type(allowed)](allowed, words):
        again = bool(data and refresh_for)
        smallest = refreshed(shown, verb, data, refresh_for) if again else shown
        if size_of(smallest) <= SOFT_LIMIT:
            break
    return smallest if size_of(smallest) <= HARD_LIMIT else too_much_card(words)


MAKERS: Mapping[type[Any], Callable[[Any, Words], Iterator[Element]]] = {
    AbsentView: absent_cards,
    AgendaView: agenda_cards,
    CadenceView: cadence_cards,
    CourseFormView: course_form_cards,
    CoursePlanView: course_plan_cards,
    CoursesView: courses_cards,
    SmallGroupView: small_group_cards,
    ParticipationView: participation_cards,
    ChangeCardView: change_cards,
    DigestView: digest_cards,
    EarlierView: earlier_cards,
    EarlyOfferView: offer_cards,
    FormView: form_cards,
    HelpView: help_cards,
    LateNoticeView: late_notice_cards,
    LateView: late_cards,
    SubstituteView: substitute_cards,
    NotesView: notes_cards,
    PetitionView: petition_cards,
    NoticeView: notice_cards,
    GroupView: group_cards,
    NudgeView: nudge_cards,
    PauseView: pause_cards,
    QueueView: queue_cards,
    ObstacleView: obstacle_cards,
    PeopleView: people_cards,
    OrderFormView: order_form_cards,
    ProposalView: proposal_cards,
    ReachView: reach_cards,
    RefusalView: refusal_cards,
    RegisterCardView: register_cards,
    RegistersView: registers_cards,
    ReliefView: relief_cards,
    RequestCardView: request_cards,
    RunCardView: run_cards,
    SessionCardView: session_cards,
    SetupAppliedView: applied_cards,
    SetupFormView: setup_form_cards,
    SetupHistoryView: history_cards,
    SetupOverviewView: overview_cards,
    SetupPreviewView: preview_cards,
    ShareView: share_cards,
    StandingView: standing_cards,
    StatusView: status_cards,
    TemplateFormView: template_form_cards,
    TemplatesView: templates_cards,
    WeekAheadView: week_ahead_cards,
    GivingUpView: giving_up_cards,
    SwapChoicesView: swap_cards,
    WhichSessionView: which_cards,
    WorkItemCardView: work_item_cards,
}
"""For each view what makes its cards, from the fullest to the smallest."""


def _refresh(view: View) -> tuple[Verb, Element]:
    """Return what asks for the card again; no data for cards that never change."""
    asks: tuple[Verb, Element] = Verb.REFRESH, {}
    match view:
        case FormView() | ProposalView():
            asks = Verb.REFRESH, draft_data(view.draft.id, view.draft.version)
        case RequestCardView():
            asks = Verb.REFRESH, request_data(view)
        case WorkItemCardView():
            asks = Verb.ITEM, item_data(view.item.id, view.item.version)
        case QueueView(queue=queue):
            asks = Verb.QUEUE, same_page(queue)
        case ReliefView(relief=relief) if relief.rush_id:
            asks = Verb.RUSH, subject_data(relief.rush_id)
        case GroupView(group=group):
            asks = Verb.GROUP, subject_data(group.id, group.seen)
        case ChangeCardView():
            asks = Verb.CHANGE, subject_data(view.change.id, view.change.version)
    return asks


def _folded(view: ProposalView | ChangeCardView) -> View:
    """Return the view with the absences of its proposal folded."""
    shown = view.proposal if isinstance(view, ProposalView) else view.change.proposal
    if shown is None:
        return view
    proposal = replace(shown, unplaced=redacted(shown.unplaced))
    if isinstance(view, ProposalView):
        return replace(view, proposal=proposal)
    return replace(view, change=replace(view.change, proposal=proposal))


def _redacted(view: View) -> View:
    """Return the view with every absence folded into "not available"."""
    match view:
        case ProposalView() | ChangeCardView():
            return _folded(view)
        case RequestCardView(request=request) | NoticeView(request=request):
            return replace(view, request=replace(request, unplaced=redacted(request.unplaced)))
        case WorkItemCardView(item=item):
            ways = tuple(replace(way, rules=redact(way.rules)) for way in item.ways_out)
            hidden = redacted(item.unplaced)
            return replace(view, item=replace(item, unplaced=hidden, ways_out=ways))
        case RunCardView(run=run) if run.preview is not None:
            folded = Counter[frozenset[Rule]]()
            for rules, number in run.preview.unplaced:
                folded[redact(rules)] += number
            preview = replace(run.preview, unplaced=tuple(folded.most_common()))
            if preview.rollout is not None:
                left = tuple(replace(o, rules=redact(o.rules)) for o in preview.rollout.left_over)
                rollout = replace(preview.rollout, left_over=left)
                preview = replace(preview, rollout=rollout)
            return replace(view, run=replace(run, preview=preview))
        case GroupView(group=group):
            shared = replace(group.shared, rules=redact(group.shared.rules))
            return replace(view, group=replace(group, shared=shared))
        case _:
            return view
