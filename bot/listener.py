"""The application behind the edge: a turn becomes a view, a view a card, a card a reply."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import structlog

from bot.change_cards import subject_of as change_subject
from bot.channel.references import Conversation as Place
from bot.channel.references import ConversationKind, References
from bot.channel.turns import (
    Choice,
    FileAnswered,
    Installed,
    Reply,
    RosterChanged,
    Said,
    Sent,
    Shared,
    Tapped,
    Turn,
    Typed,
    Update,
)
from bot.filing import FILE_VERBS, Files
from bot.identity import Identity
from bot.maker import CardMaker
from bot.messenger import told_subject
from bot.metrics import Metrics
from bot.posting import Posted
from bot.show import Showing
from dialogs.agenda_views import PetitionView
from dialogs.change_views import (
    ChangeCardView,
    ChangingView,
    GivingUpView,
    SwapChoicesView,
    WhichSessionView,
)
from dialogs.conversation import Conversation
from dialogs.course_views import SmallGroupView, TeachingView
from dialogs.register_views import AttendanceView, RegisterCardView
from dialogs.run_views import RecurringView, RunCardView
from dialogs.setup_views import SetupView
from dialogs.verbs import OF_SHARED_CARDS, SUBJECT, Verb
from dialogs.views import (
    FormView,
    ProposalView,
    RefusalView,
    RequestCardView,
    View,
    WorkItemCardView,
)
from dialogs.wording import mark
from dialogs.wording_refusals import refusal_words
from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal
from scheduling.storage.cards import CardPlace, of_run
from scheduling.storage.trouble import StoreUnavailable

log = structlog.get_logger()

HELP = "help"
ANSWERED = mark("I have answered in our own chat.")
OPEN_CHAT = mark("I only talk about people in private. Open a chat with me first, then ask again.")


class AsideListener:
    """Answers every turn. What is personal is only ever shown in a personal chat."""

    def __init__(
        self,
        *,
        conversation: Conversation,
        identity: Identity,
        references: References,
        maker: CardMaker,
        showing: Showing,
        metrics: Metrics,
        files: Files,
    ) -> None:
        """Keep the parts; one listener serves all conversations."""
        self._conversation = conversation
        self._identity = identity
        self._references = references
        self._maker = maker
        self._showing = showing
        self._metrics = metrics
        self._files = files

    async def on_turn(self, turn: Turn) -> Reply:
        """Answer one turn."""
        with self._metrics.turn(type(turn.content).__name__.lower()):
            try:
                return await self._answered(turn)
            except StoreUnavailable as error:
                log.warning("store_unavailable", cause=error.cause.value)
                return self._store_away(turn)

    async def _answered(self, turn: Turn) -> Reply:
        if isinstance(turn.content, RosterChanged):
            self._showing.soon(self._showing.readers_changed())
        match turn.content:
            case Said(text=text):
                return await self._said(turn, text)
            case Tapped() as tapped:
                return await self._tapped(turn, tapped)
            case Typed() as typed:
                return await self._typed(turn, typed)
            case Installed() if turn.conversation.kind is ConversationKind.PERSONAL:
                return await self._installed(turn)
            case FileAnswered() | Shared():
                return await self._invoked(turn, turn.content)
            case _:
                return Reply()

    async def _invoked(self, turn: Turn, content: FileAnswered | Shared) -> Reply:
        """Answer what Teams itself asks: about a file that was offered, or a message action.

        Files are offered in one's own chat, and answered nowhere else.
        """
        actor = await self._identity.actor(turn.speaker)
        if isinstance(content, FileAnswered):
            if turn.conversation.kind is not ConversationKind.PERSONAL:
                return Reply()
            return await self._files.answered(actor, turn, content)
        if content.data is None:
            author = await self._identity.person_id(content.author_id or "")
            view = await self._conversation.share(actor, author)
            if isinstance(view, RefusalView):
                self._metrics.refused(view.refusal)
                return Reply(text=refusal_words(self._maker.words(actor), view.refusal, view.facts))
            return Reply(card=self._maker.card(view, actor))
        data = content.data

        async def asked(chat: str) -> View:
            return await self._conversation.act(actor, chat, Verb.ASK_FOR, data)

        return await self._answer_in_private(actor, asked)

    def _store_away(self, turn: Turn) -> Reply:
        """Say so to whoever is speaking; who that is in the hierarchy cannot be looked up now."""
        speaker = turn.speaker
        if speaker.object_id is None or isinstance(turn.content, Typed):
            return Reply()
        nobody = Actor(
            object_id=speaker.object_id,
            tenant_id=speaker.tenant_id,
            name=speaker.name,
            locale=speaker.locale,
            person=None,
        )
        shared = turn.conversation.kind is not ConversationKind.PERSONAL
        view = RefusalView(refusal=Refusal.STORE_AWAY, facts={}, shared=shared)
        self._metrics.refused(view.refusal)
        return Reply(card=self._maker.card(view, nobody))

    async def _installed(self, turn: Turn) -> Reply:
        """Welcome who added the app, and say nothing to whom we installed it for, maybe by night."""
        if turn.speaker.object_id is None:
            return Reply()
        actor = await self._identity.actor(turn.speaker)
        if actor.person and await self._showing.messenger.arrived(actor.person.id):
            return Reply()
        return await self._said(turn, HELP)

    async def _said(self, turn: Turn, text: str) -> Reply:
        if turn.speaker.object_id is None:
            return Reply()
        actor = await self._identity.actor(turn.speaker)
        if turn.conversation.kind is not ConversationKind.PERSONAL:
            return await self._answer_in_private(
                actor, lambda chat: self._conversation.message(actor, chat, text)
            )
        place = turn.conversation
        view = await self._conversation.message(actor, place.conversation_id, text)
        card = self._maker.card(view, actor, turn.speaker.account_id)
        return Reply(card=card, sent=self._remember(view, place, actor))

    async def _answer_in_private(
        self, actor: Actor, answer: Callable[[str], Awaitable[View]]
    ) -> Reply:
        """In a chat that others read, say only that the answer is elsewhere."""
        personal = await self._references.personal_for(actor.object_id)
        if personal is None:
            return Reply(text=self._maker.words(actor).say(OPEN_CHAT))
        view = await answer(personal.conversation_id)
        sent = self._remember(view, personal, actor)
        delivered = await self._showing.poster.post(personal, self._maker.card(view, actor), sent)
        words = self._maker.words(actor)
        return Reply(text=words.say(ANSWERED if delivered is Posted.SENT else OPEN_CHAT))

    async def _tapped(self, turn: Turn, tapped: Tapped) -> Reply:
        actor = await self._identity.actor(turn.speaker)
        if turn.conversation.kind is not ConversationKind.PERSONAL:
            return await self._tapped_among_others(turn, tapped, actor)
        place = turn.conversation.base().conversation_id
        view = await self._conversation.act(actor, place, tapped.verb, tapped.data)
        if tapped.verb == Verb.REQUEST and isinstance(view, RequestCardView):
            self._show_again(view, turn.conversation, actor)
            view = await self._conversation.act(actor, place, Verb.STATUS, {})
        if isinstance(view, ChangingView) and not tapped.automatic and tapped.card_id:
            view = await self._beside(view, turn.conversation, tapped.card_id, actor)
        card = self._maker.card(view, actor, turn.speaker.account_id)
        self._metrics.refused(getattr(view, "refusal", None))
        if not tapped.automatic:
            self._show_others(view)
        await self._place_run(turn, tapped, view)
        reply = Reply(card=card, update=self._update(tapped, view, card))
        if reply.update is not None and (keep := self._remember(view, turn.conversation, actor)):
            await keep(reply.update.activity_id)
        if tapped.verb in FILE_VERBS:
            more = self._files.offered(view, actor)
            return replace(reply, file=more.file, otherwise=more.otherwise)
        return reply

    async def _tapped_among_others(self, turn: Turn, tapped: Tapped, actor: Actor) -> Reply:
        """Answer a tap on a card that others read: what is no such card's own, in private.

        The card itself is brought up to date by ``Showing`` alone.
        """
        if tapped.verb not in OF_SHARED_CARDS:
            if tapped.automatic:
                return Reply()
            return await self._answer_in_private(
                actor,
                lambda chat: self._conversation.act(actor, chat, tapped.verb, tapped.data),
            )
        place = turn.conversation.base().conversation_id
        view = await self._conversation.act(actor, place, tapped.verb, tapped.data)
        if isinstance(view, RefusalView):
            view = replace(view, shared=True)
            self._metrics.refused(view.refusal)
        if not tapped.automatic:
            self._show_others(view)
        return Reply(card=self._maker.card(view, actor, turn.speaker.account_id))

    async def _beside(
        self, view: ChangingView, place: Place, activity_id: str, actor: Actor
    ) -> View:
        """Show a change in a card of its own where a request's was tapped, else in place."""
        change_cards = self._showing.change_cards
        if change_cards is None:
            return view
        if not await change_cards.shows_request(place, activity_id):
            await change_cards.keep(view, actor, place, activity_id)
            return view
        self._show_again(view, place, actor)
        about = {SUBJECT: request_of(view)}
        return await self._conversation.act(actor, place.conversation_id, Verb.REQUEST, about)

    def _show_again(self, view: View, place: Place, actor: Actor) -> None:
        """Post a view in a card of its own, which goes on being brought up to date."""
        card, sent = self._maker.card(view, actor), self._remember(view, place, actor)
        self._showing.soon(self._showing.poster.post(place, card, sent))

    async def _place_run(self, turn: Turn, tapped: Tapped, view: View) -> None:
        """Keep where a run is shown: there its card follows it."""
        if isinstance(view, RunCardView) and tapped.card_id is not None:
            keep = self._showing.poster.placing(of_run(view.run.id), turn.conversation.base())
            await keep(tapped.card_id)
            self._showing.soon(self._showing.run_changed(view.run.id))

    def _show_others(self, view: View) -> None:
        """Bring the stored card up to date; never after a refresh, which the edit would repeat."""
        if isinstance(view, RequestCardView) and view.refusal is None:
            self._showing.soon_request(view.request.id)
        if isinstance(view, WorkItemCardView) and view.refusal is None:
            self._showing.soon_item(view.item.id)
        if isinstance(view, RegisterCardView) and view.register.closed_at and not view.editing:
            sent = self._showing.sent_changed(NoticeKind.REGISTER_DUE, view.register.session_id)
            self._showing.soon(sent)
        if isinstance(view, SmallGroupView) and view.refusal is None:
            sent = self._showing.sent_changed(NoticeKind.SMALL_GROUP, view.group.id)
            self._showing.soon(sent)
        if isinstance(view, ChangeCardView) and view.refusal is None:
            self._showing.soon(self._showing.change_changed(view.change.id))

    def _update(self, tapped: Tapped, view: View, card: Mapping[str, object]) -> Update | None:
        """Return the change of the stored card that nobody but its owner sees.

        Requests and work items are brought up to date by ``Showing``, in order.
        """
        if tapped.automatic or tapped.card_id is None:
            return None
        if isinstance(
            view, (AttendanceView, FormView, ProposalView, RecurringView, SetupView, TeachingView)
        ):
            return Update(activity_id=tapped.card_id, card=card)
        return None

    async def _typed(self, turn: Turn, typed: Typed) -> Reply:
        actor = await self._identity.actor(turn.speaker)
        found = await self._conversation.typeahead(actor, typed.dataset, typed.query)
        choices = tuple(Choice(title=one.title, value=one.value) for one in found[: typed.most])
        return Reply(choices=choices)

    def _remember(self, view: View, place: Place, actor: Actor) -> Sent | None:
        """Return what keeps the id of the activity that will hold this view's card."""
        if isinstance(view, RequestCardView) and view.draft_id is None:
            return self._remember_copy(view, place, actor)
        subject = subject_of(view, actor)
        if subject is None:
            return None
        keep = self._showing.poster.placing(subject, place)

        async def sent(activity_id: str) -> None:
            await keep(activity_id)
            self._show_others(view)
            if isinstance(view, RunCardView):
                self._showing.soon(self._showing.run_changed(view.run.id))

        return sent

    def _remember_copy(self, view: RequestCardView, place: Place, actor: Actor) -> Sent | None:
        reader = actor.person
        if reader is None:
            return None

        async def sent(activity_id: str) -> None:
            where = CardPlace(
                subject=f"draft:{view.request.draft_id}",
                conversation_id=place.conversation_id,
                activity_id=activity_id,
            )
            await self._showing.remember_copy(where, reader.id)
            self._showing.soon_request(view.request.id)

        return sent


def subject_of(view: View, actor: Actor) -> str | None:
    """Return what a card is about, where it will change: ``draft:...``, ``change:...`` or None."""
    if isinstance(view, (FormView, ProposalView)):
        return f"draft:{view.draft.id}"
    if isinstance(view, RequestCardView):
        return f"draft:{view.draft_id}"
    if isinstance(view, RunCardView):
        return of_run(view.run.id)
    if isinstance(view, ChangeCardView) and actor.person is not None:
        return change_subject(view.change, actor.person)
    if isinstance(view, PetitionView) and view.petition.mine:
        return told_subject(NoticeKind.WISHED, view.petition.id, view.petition.agent_id)
    return None


def request_of(view: ChangingView) -> str | None:
    """Return the id of the request whose session is to be changed."""
    match view:
        case ChangeCardView(change=change):
            return change.session.request_id
        case SwapChoicesView(choices=choices):
            return choices.session.request_id
        case WhichSessionView(sessions=sessions) | GivingUpView(sessions=sessions):
            return sessions[0].request_id if sessions else None
