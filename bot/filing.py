"""What a card shows as a file in one's own chat; as words where no file can be given."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channel.files import FileOffer, Upload
from bot.channel.turns import FileAnswered, Reply, Turn
from bot.maker import CardMaker
from dialogs import verbs
from dialogs.agenda_views import AgendaView
from dialogs.calendar_file import as_text, calendar_file, file_name
from dialogs.conversation import Conversation
from dialogs.participation_file import participation_file, participation_name, participation_text
from dialogs.register_views import ParticipationView
from dialogs.verbs import Verb
from dialogs.views import View
from dialogs.wording import Words, mark
from scheduling.domain.people import Actor
from scheduling.ports.clock import Clock

DESCRIPTION = mark("Your week, for any calendar. Later files bring moved sessions up to date.")
OF_PARTICIPATION = mark("Who took part in what, for a spreadsheet.")
FILE_VERBS = frozenset({Verb.AGENDA_FILE, Verb.PARTICIPATION_FILE})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A file, what it says in words, and what is needed to make it anew."""

    name: str
    description: str
    content: bytes
    lines: str
    context: Mapping[str, str]


class Files:
    """Offers a file, and makes it anew once the person agrees: rights may have changed."""

    def __init__(
        self, conversation: Conversation, maker: CardMaker, clock: Clock, *, able: bool
    ) -> None:
        """Read views through ``conversation``; ``able``: there are hosts to put files at."""
        self._conversation = conversation
        self._maker = maker
        self._clock = clock
        self._able = able

    def offered(self, view: View, actor: Actor) -> Reply:
        """Return what follows a tap on the button in one's own chat: the offer, or the same in words."""
        made = self._made(view, self._maker.words(actor))
        if made is None:
            return Reply()
        if not self._able:
            return Reply(otherwise=made.lines or None)
        offer = FileOffer(
            name=made.name,
            description=made.description,
            size=len(made.content),
            context=made.context,
        )
        return Reply(file=offer, otherwise=made.lines or None)

    async def answered(self, actor: Actor, turn: Turn, answer: FileAnswered) -> Reply:
        """Return the file to put, made of what is true now; nothing after a no."""
        if answer.place is None or not self._able:
            return Reply()
        where = turn.conversation.conversation_id
        data: Mapping[str, object] = dict(answer.context)
        verb = Verb.PARTICIPATION_FILE if verbs.PERIOD in data else Verb.AGENDA_FILE
        view = await self._conversation.act(actor, where, verb, data)
        made = self._made(view, self._maker.words(actor))
        if made is None:
            return Reply()
        upload = Upload(place=answer.place, content=made.content)
        return Reply(upload=upload, otherwise=made.lines or None)

    def _made(self, view: View, words: Words) -> _Made | None:
        match view:
            case AgendaView(agenda=agenda):
                return _Made(
                    name=file_name(agenda),
                    description=words.say(DESCRIPTION),
                    content=calendar_file(agenda, self._clock.now()),
                    lines=as_text(agenda, words),
                    context={verbs.WEEK: agenda.monday.isoformat()},
                )
            case ParticipationView(participation=found):
                return _Made(
                    name=participation_name(found),
                    description=words.say(OF_PARTICIPATION),
                    content=participation_file(found, words),
                    lines=participation_text(found, words),
                    context={
                        verbs.PERIOD: str(found.days),
                        verbs.TYPE: found.type_id or verbs.EVERY_TYPE,
                    },
                )
            case _:
                return None
