"""Views to Adaptive Cards; each card is a pure function of its view and its reader."""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from dialogs.cards.appointments import people_cards, standing_cards
from dialogs.cards.components import (
    SOFT_LIMIT,
    Element,
    draft_data,
    item_data,
    refreshed,
    size_of,
)
from dialogs.cards.form import form_cards
from dialogs.cards.help import help_cards
from dialogs.cards.notice import digest_cards, notice_cards
from dialogs.cards.proposal import proposal_cards
from dialogs.cards.refusal import refusal_cards
from dialogs.cards.request import request_cards
from dialogs.cards.setup import (
    applied_cards,
    history_cards,
    overview_cards,
    preview_cards,
)
from dialogs.cards.setup import form_cards as setup_form_cards
from dialogs.cards.work_item import work_item_cards
from dialogs.setup_views import (
    PeopleView,
    SetupAppliedView,
    SetupFormView,
    SetupHistoryView,
    SetupOverviewView,
    SetupPreviewView,
    SetupView,
    StandingView,
)
from dialogs.verbs import Verb
from dialogs.views import (
    DigestView,
    FormView,
    HelpView,
    NoticeView,
    ProposalView,
    RefusalView,
    RequestCardView,
    View,
    Viewer,
    WorkItemCardView,
)
from dialogs.wording import Words
from scheduling.domain.proposals import redacted
from scheduling.domain.rules import redact


def render(view: View, viewer: Viewer, refresh_for: tuple[str, ...] = ()) -> Element:
    """Return the Adaptive Card 1.5 of ``view`` for ``viewer``.

    It is the fullest card of at most 28 KB (UTF-16), else the smallest there is. Teams refreshes
    it by itself for the first 60 user ids of ``refresh_for``. Who is not a scheduler never
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
    for shown in _cards(allowed, words):
        again = bool(data and refresh_for)
        smallest = refreshed(shown, verb, data, refresh_for) if again else shown
        if size_of(smallest) <= SOFT_LIMIT:
            break
    return smallest


def _cards(view: View, words: Words) -> Iterator[Element]:  # noqa: C901 - a line for each view
    made: Iterator[Element]
    match view:
        case HelpView():
            made = help_cards(view, words)
        case FormView():
            made = form_cards(view, words)
        case ProposalView():
            made = proposal_cards(view, words)
        case RequestCardView():
            made = request_cards(view, words)
        case WorkItemCardView():
            made = work_item_cards(view, words)
        case (
            SetupOverviewView()
            | SetupFormView()
            | SetupPreviewView()
            | SetupAppliedView()
            | SetupHistoryView()
            | PeopleView()
            | StandingView()
        ):
            made = _setup_cards(view, words)
        case RefusalView():
            made = refusal_cards(view, words)
        case NoticeView():
            made = notice_cards(view, words)
        case DigestView():
            made = digest_cards(view, words)
        case _:
            assert_never(view)
    return made


def _setup_cards(view: SetupView, words: Words) -> Iterator[Element]:
    made: Iterator[Element]
    match view:
        case SetupOverviewView():
            made = overview_cards(view, words)
        case SetupFormView():
            made = setup_form_cards(view, words)
        case SetupPreviewView():
            made = preview_cards(view, words)
        case SetupAppliedView():
            made = applied_cards(view, words)
        case SetupHistoryView():
            made = history_cards(view, words)
        case PeopleView():
            made = people_cards(view, words)
        case StandingView():
            made = standing_cards(view, words)
        case _:
            assert_never(view)
    return made


def _refresh(view: View) -> tuple[Verb, Element]:
    """Return what asks for the card again; no data for cards that never change."""
    match view:
        case FormView() | ProposalView():
            return Verb.REFRESH, draft_data(view.draft.id, view.draft.version)
        case RequestCardView():
            return Verb.REFRESH, draft_data(view.draft_id, view.draft_version)
        case WorkItemCardView():
            return Verb.ITEM, item_data(view.item.id, view.item.version)
        case _:
            return Verb.REFRESH, {}


def _redacted(view: View) -> View:
    """Return the view with every absence folded into "not available"."""
    match view:
        case ProposalView(proposal=proposal):
            hidden = redacted(proposal.unplaced)
            return replace(view, proposal=replace(proposal, unplaced=hidden))
        case RequestCardView(request=request) | NoticeView(request=request):
            return replace(view, request=replace(request, unplaced=redacted(request.unplaced)))
        case WorkItemCardView(item=item):
            ways = tuple(replace(way, rules=redact(way.rules)) for way in item.ways_out)
            hidden = redacted(item.unplaced)
            return replace(view, item=replace(item, unplaced=hidden, ways_out=ways))
        case _:
            return view
