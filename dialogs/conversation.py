"""The conversation: messages and taps to views. Decides nothing itself; see ``steps``."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import assert_never

from dialogs.agenda_views import ShareView
from dialogs.deciding import Decision, decision
from dialogs.drafting import from_payload, problems_of
from dialogs.grammar.understand import Intent, Understood, corrected, understand
from dialogs.helping import help_view
from dialogs.orders import Order, OrderKind
from dialogs.steps import (
    Command,
    OnRequest,
    Propose,
    ShowForm,
    ShowHelp,
    Step,
    Submit,
    SubmitAutomatic,
    discarded,
    empty_form,
    first_step,
    first_tap,
    shown,
    step,
    unclaimed_step,
)
from dialogs.taps import Tap, needed, read_tap
from dialogs.topics import Topic
from dialogs.typeahead import Choice, suggest
from dialogs.unclear import order_of, unclear
from dialogs.verbs import DRAFT, Verb
from dialogs.views import (
    FormView,
    OrderFormView,
    ProposalView,
    RefusalView,
    RequestCardView,
    View,
    Viewer,
    WorkItemCardView,
)
from dialogs.wishes import default_dates
from dialogs.wording import Words
from scheduling.domain.people import ASKERS, Actor
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.requests import Draft, DraftState, RequestView, WorkItemView
from scheduling.workflows.desk_port import Desk, Roster

_OVERTAKEN = frozenset(
    {Refusal.STALE, Refusal.SLOT_TAKEN, Refusal.CHOICES_CLASH, Refusal.ALREADY_ASKED}
)
_NOT_FOR_A_FORM = _OVERTAKEN | {
    Refusal.UNKNOWN_PERSON,
    Refusal.NOT_YOUR_ROLE,
    Refusal.UNKNOWN_DRAFT,
    Refusal.EXPIRED,
}
"""No change of what was asked helps against these."""
_OF_REQUESTS = frozenset({Verb.REFRESH, Verb.UNDO, Verb.CANCEL})
"""What a request's card in a second place may ask of it, by its own id."""
_WORK_ITEM_VERBS = frozenset(
    {
        Verb.ITEM,
        Verb.ASSIGN,
        Verb.APPROVE,
        Verb.FORCE,
        Verb.CONFIRM_FORCE,
        Verb.TRY_AGAIN,
        Verb.KEEP,
        Verb.SEND_BACK,
    }
)


class Conversation:
    """Answers one turn with one view. Every refusal of the desk becomes a view, none is raised."""

    def __init__(self, desk: Desk, topics: Iterable[Topic] = ()) -> None:
        """Talk to ``desk``, which authorises every call, and let each of ``topics`` answer its own."""
        self._desk = desk
        self._by_order = {order: topic for topic in topics for order in topic.orders}
        self._by_verb = {verb: topic for topic in topics for verb in topic.verbs}

    async def message(self, actor: Actor, conversation_id: str, text: str) -> View:
        """Answer a sentence: with the proposal, the one form, the ticket, or help."""
        try:
            roster = await self._roster(actor)
            understood = understand(text, roster)
            if understood.order is not None and understood.order.kind in self._by_order:
                return await self._on_order(actor, conversation_id, roster, understood.order)
            if understood.intent is Intent.HELP:
                return help_view(roster)
            if understood.intent in {Intent.UNKNOWN, Intent.ORDER}:
                return help_view(roster, puzzled=True)
            _require_asker(roster)
            if understood.intent is Intent.CORRECTION or understood.answers:
                changed = await self._changed(actor, conversation_id, roster, text, understood)
                if changed is not None:
                    return changed
            first = _first(understood, roster)
            return await self._open(actor, conversation_id, roster, first)
        except Refused as refused:
            return _refusal(refused)

    async def act(
        self, actor: Actor, conversation_id: str, verb: str, data: Mapping[str, object]
    ) -> View:
        """Answer a tap; ``data`` is the button's payload and the card's inputs, untrusted."""
        tap = read_tap(verb, data)
        try:
            if tap is not None and (view := await self._by_its_own_id(actor, conversation_id, tap)):
                return view
            roster = await self._roster(actor)
            if tap is None or tap.verb is Verb.HELP:
                return help_view(roster)
            _require_asker(roster)
            if tap.verb is Verb.START:
                return await self._open(actor, conversation_id, roster, empty_form())
            if tap.verb is Verb.ASK_FOR:
                first = first_tap(tap, roster)
                return await self._open(actor, conversation_id, roster, first)
            return await self._on_draft(actor, conversation_id, roster, tap)
        except Refused as refused:
            return _refusal(refused)

    async def _on_order(
        self, actor: Actor, conversation_id: str, roster: Roster, order: Order
    ) -> View:
        """Answer an order, or ask what it leaves open; "cancel that" discards what is open here."""
        if _means_the_card(order):
            draft = await self._desk.latest_draft(actor, conversation_id)
            if draft is not None:
                return await self._take(actor, roster, draft, discarded())
        return unclear(order, roster) or await self._ordered(actor, conversation_id, order)

    async def _ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        return await self._by_order[order.kind].ordered(actor, conversation_id, order)

    async def _order_sent(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer the card that asked what an order left open."""
        roster = await self._roster(actor)
        sent = order_of(tap, roster)
        if isinstance(sent, OrderFormView):
            return sent
        if sent is None or sent.kind not in self._by_order:
            return help_view(roster)
        return await self._ordered(actor, conversation_id, sent)

    async def _by_its_own_id(self, actor: Actor, conversation_id: str, tap: Tap) -> View | None:
        """Answer a tap that is about no draft: a topic's, a work item's, a request's."""
        if tap.verb in self._by_verb:
            await self._end_draft(actor, conversation_id, tap)
            return await self._by_verb[tap.verb].tapped(actor, conversation_id, tap)
        if tap.verb in _WORK_ITEM_VERBS:
            return await self._on_work_item(actor, tap)
        if tap.verb is Verb.ORDER:
            return await self._order_sent(actor, conversation_id, tap)
        if tap.verb in _OF_REQUESTS and tap.subject_id:
            command = OnRequest(verb=tap.verb, request_id=tap.subject_id)
            return await self._on_request(actor, None, command)
        return None

    async def _end_draft(self, actor: Actor, conversation_id: str, tap: Tap) -> None:
        """End the draft on whose card something else was chosen, and let go of its minutes."""
        if tap.draft_id is None:
            return
        try:
            draft = await self._desk.draft(actor, conversation_id, tap.draft_id)
            if draft.state is not DraftState.SUBMITTED and draft.version == tap.version:
                await self._desk.save_draft(actor, draft, DraftState.DISCARDED, draft.payload)
        except Refused:
            return  # somebody else's, or over: it is left as it is

    async def show(self, actor: Actor, conversation_id: str, draft_id: str) -> View:
        """Return the card of a draft as it is now."""
        return await self.act(actor, conversation_id, Verb.REFRESH, {DRAFT: draft_id})

    async def share(self, actor: Actor, person_id: str | None) -> View:
        """Answer the message action on a message of ``person_id``, None for who is not known."""
        try:
            roster = await self._desk.roster(actor)
            _require_asker(roster)
        except Refused as refused:
            return _refusal(refused)
        author = next((one for one in roster.people if one.id == person_id), None)
        kind = next((k for k in roster.types if not (k.group or k.confidential)), None)
        if author is None or kind is None:
            return RefusalView(refusal=Refusal.OUTSIDE_HIERARCHY, facts={})
        dates = default_dates(roster.today)
        return ShareView(
            person_id=author.id,
            name=author.name,
            type_id=kind.id,
            type_name=kind.name,
            dates=dates,
        )

    async def typeahead(self, actor: Actor, dataset: str, query: str) -> list[Choice]:
        """Return at most 15 suggestions from the actor's roster; none to who may not ask."""
        try:
            roster = await self._roster(actor)
            viewer = Viewer(locale=actor.locale, zone=roster.zone, now=roster.now)
            return suggest(roster, dataset, query, Words.for_viewer(viewer))
        except Refused:
            return []

    async def _roster(self, actor: Actor) -> Roster:
        """Return what the actor may ask about, in the language of their client."""
        roster = await self._desk.roster(actor)
        return replace(roster, me=replace(roster.me, locale=actor.locale))

    async def _open(self, actor: Actor, conversation_id: str, roster: Roster, first: Step) -> View:
        payload = first.saved.payload if first.saved else {}
        draft = await self._desk.open_draft(actor, conversation_id, payload)
        if first.saved and first.saved.state is draft.state:
            first = Step(command=first.command)
        return await self._take(actor, roster, draft, first)

    async def _changed(
        self,
        actor: Actor,
        conversation_id: str,
        roster: Roster,
        text: str,
        understood: Understood,
    ) -> View | None:
        """Change the speaker's latest open draft here; None where there is none it speaks of."""
        draft = await self._desk.latest_draft(actor, conversation_id)
        if draft is None:
            return None
        asked = problems_of(draft.payload)
        if understood.answers and not understood.wish.said & {each.field for each in asked}:
            return None
        meant = corrected(text, roster, from_payload(draft.payload), asked)
        return await self._take(actor, roster, draft, first_step(meant, roster))

    async def _on_draft(self, actor: Actor, conversation_id: str, roster: Roster, tap: Tap) -> View:
        draft = await self._desk.draft(actor, conversation_id, needed(tap.draft_id))
        return await self._take(actor, roster, draft, step(draft, tap, roster))

    async def _take(self, actor: Actor, roster: Roster, draft: Draft, taken: Step) -> View:
        """Take a step; where somebody else was faster, show the draft as it is now."""
        try:
            if taken.saved:
                state, payload = taken.saved.state, taken.saved.payload
                draft = await self._desk.save_draft(actor, draft, state, payload)
            return await self._run(actor, roster, draft, taken.command)
        except Refused as refused:
            if refused.refusal not in _OVERTAKEN:
                raise
            fresh = await self._desk.draft(actor, draft.conversation_id, draft.id)
            if fresh.state is DraftState.SUBMITTED and fresh.request_id:
                return await self._on_request(
                    actor, fresh, OnRequest(verb=Verb.REFRESH, request_id=fresh.request_id)
                )
            if refused.refusal is Refusal.ALREADY_ASKED:  # a card that says so is a new one
                fresh = await self._desk.save_draft(
                    actor, fresh, DraftState.PROPOSED, fresh.payload
                )
            again = shown(fresh, roster, refused.refusal)
            return await self._run(actor, roster, fresh, again.command)

    async def _run(self, actor: Actor, roster: Roster, draft: Draft, command: Command) -> View:
        match command:
            case ShowHelp():
                return help_view(roster, discarded=True)
            case ShowForm(problems=problems):
                return FormView(draft=draft, roster=roster, problems=problems)
            case Propose():
                return await self._propose(actor, roster, draft, command)
            case SubmitAutomatic() | Submit():
                return await self._submit(actor, draft, command)
            case OnRequest():
                return await self._on_request(actor, draft, command)
        assert_never(command)

    async def _propose(
        self, actor: Actor, roster: Roster, draft: Draft, command: Propose
    ) -> ProposalView | FormView:
        """Search; what is refused goes back to the form, so that nobody has to say it again."""
        try:
            proposal = await self._desk.propose(actor, draft, command.ask)
        except Refused as refused:
            if refused.refusal in _NOT_FOR_A_FORM:
                raise
            return FormView(
                draft=draft,
                roster=roster,
                problems=(),
                refusal=refused.refusal,
                facts=refused.facts,
            )
        return ProposalView(draft=draft, roster=roster, proposal=proposal, refusal=command.refusal)

    async def _submit(self, actor: Actor, draft: Draft, command: Submit | SubmitAutomatic) -> View:
        try:
            if isinstance(command, SubmitAutomatic):
                request = await self._desk.submit_automatic(actor, draft, command.ask)
            else:
                request = await self._desk.submit(
                    actor,
                    draft,
                    command.choices,
                    escalate=command.escalate,
                    decisions=command.decisions,
                )
        except Refused as refused:
            request_id = refused.facts.get("request_id")
            if refused.refusal is not Refusal.DUPLICATE or not isinstance(request_id, str):
                raise
            request = await self._desk.request(actor, request_id)
            return _request_card(request, draft, refused)
        return _request_card(request, draft)

    async def _on_request(self, actor: Actor, draft: Draft | None, command: OnRequest) -> View:
        calls = {Verb.UNDO: self._desk.undo, Verb.CANCEL: self._desk.cancel}
        call = calls.get(command.verb, self._desk.request)
        try:
            return _request_card(await call(actor, command.request_id), draft)
        except Refused as refused:
            if command.verb is Verb.REFRESH:
                raise
            request = await self._desk.request(actor, command.request_id)
            return _request_card(request, draft, refused)

    async def _on_work_item(self, actor: Actor, tap: Tap) -> View:
        item_id = needed(tap.work_item_id)
        try:
            return WorkItemCardView(item=await self._decide(actor, item_id, decision(tap)))
        except Refused as refused:
            if refused.refusal is Refusal.NOT_YOUR_ROLE:
                raise
            item = await self._desk.work_item(actor, item_id)
            return WorkItemCardView(item=item, refusal=refused.refusal, facts=refused.facts)

    async def _decide(self, actor: Actor, item_id: str, decided: Decision) -> WorkItemView:
        desk, version = self._desk, decided.version
        plain = {
            Verb.ASSIGN: desk.assign,
            Verb.CONFIRM_FORCE: desk.confirm_force,
            Verb.TRY_AGAIN: desk.try_again,
            Verb.KEEP: desk.keep,
        }
        if decided.verb in plain:
            return await plain[decided.verb](actor, item_id, version)
        match decided.verb:
            case Verb.APPROVE:
                return await desk.approve(actor, item_id, version, decided.way_out)
            case Verb.FORCE:
                return await desk.force(actor, item_id, version, decided.prose)
            case Verb.SEND_BACK:
                return await desk.send_back(actor, item_id, version, decided.prose)
            case _:
                return await desk.work_item(actor, item_id)


def _first(understood: Understood, roster: Roster) -> Step:
    if understood.intent is Intent.CORRECTION:
        return unclaimed_step(understood, roster)
    return first_step(understood, roster) if understood.intent is Intent.REQUEST else empty_form()


def _means_the_card(order: Order) -> bool:
    """Whether "cancel that" says nothing of any session, and so means what is open in the chat."""
    return order.kind is OrderKind.CANCEL and not order.wish.said and not order.problems


def _require_asker(roster: Roster) -> None:
    if not roster.asks:
        raise takes(*ASKERS)


def _refusal(refused: Refused) -> RefusalView:
    return RefusalView(refusal=refused.refusal, facts=refused.facts)


def _request_card(
    request: RequestView, draft: Draft | None, refused: Refused | None = None
) -> RequestCardView:
    return RequestCardView(
        request=request,
        draft_id=draft.id if draft else None,
        draft_version=draft.version if draft else 0,
        refusal=refused.refusal if refused else None,
        facts=refused.facts if refused else {},
    )
