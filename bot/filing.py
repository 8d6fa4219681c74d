"""A person's week as a file in their own chat; as words where no file can be given."""

from collections.abc import Mapping

from bot.channel.files import FileOffer, Upload
from bot.channel.references import ConversationKind
from bot.channel.turns import FileAnswered, Reply, Turn
from bot.maker import CardMaker
from dialogs import verbs
from dialogs.agenda_views import AgendaView
from dialogs.calendar_file import as_text, calendar_file, file_name
from dialogs.conversation import Conversation
from dialogs.verbs import Verb
from dialogs.wording import mark
from scheduling.domain.people import Actor
from scheduling.ports.clock import Clock

DESCRIPTION = mark("Your week, for any calendar. Later files bring moved sessions up to date.")


class WeekFiles:
    """Offers the file of a week, and makes it anew once the person agrees: rights may have changed."""

    def __init__(
        self, conversation: Conversation, maker: CardMaker, clock: Clock, *, able: bool
    ) -> None:
        """Read weeks through ``conversation``; ``able``: there are hosts to put files at."""
        self._conversation = conversation
        self._maker = maker
        self._clock = clock
        self._able = able

    def offered(self, view: AgendaView, actor: Actor, turn: Turn) -> Reply:
        """Return what follows a tap on the button: the offer, or the week in words."""
        words = self._maker.words(actor)
        lines = as_text(view.agenda, words) or None
        if not self._able or turn.conversation.kind is not ConversationKind.PERSONAL:
            return Reply(otherwise=lines)
        content = calendar_file(view.agenda, self._clock.now())
        offer = FileOffer(
            name=file_name(view.agenda),
            description=words.say(DESCRIPTION),
            size=len(content),
            context={verbs.WEEK: view.agenda.monday.isoformat()},
        )
        return Reply(file=offer, otherwise=lines)

    async def answered(self, actor: Actor, turn: Turn, answer: FileAnswered) -> Reply:
        """Return the file to put, made of the week as it is now; nothing after a no."""
        if answer.place is None or not self._able:
            return Reply()
        where = turn.conversation.conversation_id
        data: Mapping[str, object] = {verbs.WEEK: answer.context.get(verbs.WEEK)}
        view = await self._conversation.act(actor, where, Verb.AGENDA_FILE, data)
        if not isinstance(view, AgendaView):
            return Reply()
        content = calendar_file(view.agenda, self._clock.now())
        lines = as_text(view.agenda, self._maker.words(actor)) or None
        return Reply(upload=Upload(place=answer.place, content=content), otherwise=lines)
