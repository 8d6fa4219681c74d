"""What the edge hands to the application, and what it takes back: no SDK, no wire."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.channel.files import FileOffer, Upload, UploadPlace
from bot.channel.references import Conversation

Card = Mapping[str, Any]
"""An Adaptive Card as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who acted: an account of our tenant, as the token-checked activity names it.

    ``object_id`` is None on lifecycle events only, which carry no authority. ``account_id`` is
    the account's id in Teams, as ``refresh.userIds`` wants it. ``name`` is cleaned of control
    and bidirectional characters, not escaped.
    """

    object_id: str | None
    tenant_id: str
    account_id: str
    name: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message typed by a person; ``text`` is plain, without the mention of the bot."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """A button of a card, or (``automatic``) a card that refreshes itself on sight.

    ``data`` is the button's data and the card's inputs: it comes from the client and proves
    nothing. ``card_id`` is the activity that holds the card. ``private`` says that the answer
    reaches this person only (Action.Execute); the Action.Submit fallback changes the card for
    everybody.
    """

    verb: str
    data: Mapping[str, Any]
    card_id: str | None
    automatic: bool = False
    private: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Letters typed into a field with suggestions; ``data`` holds the associated inputs."""

    query: str
    dataset: str
    data: Mapping[str, Any]
    most: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The message action on somebody's message: ``data`` is None until a form is sent.

    What the message says is not read: it is nobody's business here.
    """

    author_id: str | None
    author_name: str
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The app was added here, or brought up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uninstalled:
    """The app was taken away here; the conversation's reference is already gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """The channel has another name; the conversation's reference has it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChanged:
    """People came or went: directory ids where Teams gives them, else its own; none where it does not."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswered:
    """The answer to a file that was offered: ``place`` None is a no. ``card_id`` holds the offer."""

    context: Mapping[str, Any]
    place: UploadPlace | None
    card_id: str | None


Content = (
    FileAnswered
    | Said
    | Tapped
    | Typed
    | Shared
    | Installed
    | Uninstalled
    | Renamed
    | RosterChanged
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that happened in Teams, checked and in our own words.

    ``correlation_id`` is bound to every log line of the turn and shown where something fails.
    """

    speaker: Speaker
    conversation: Conversation
    activity_id: str
    content: Content
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A suggestion for a field: what is shown, and what the field then holds."""

    title: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A stored card to bring up to date for everybody who sees it."""

    activity_id: str
    card: Card


Sent = Callable[[str], Awaitable[None]]
"""Told the id of the activity that now holds the reply's card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the application wants shown; empty means nothing.

    A message is answered by posting ``card`` or ``text``; a private tap by putting ``card`` in
    the place of the tapped one, for that person; a Submit tap by replacing the tapped card for
    everybody in a personal chat, and by ``update`` alone elsewhere. ``text`` is shown as it is,
    never as markup. ``update`` is sent after the answer. ``sent`` hears of posts, not of cards
    replaced in place. ``choices`` answers Typed. After the answer, in a personal chat alone,
    ``file`` is offered, or ``upload`` is put and shown; where that fails, or neither is given,
    ``otherwise`` is said.
    """

    card: Card | None = None
    text: str | None = None
    choices: tuple[Choice, ...] = ()
    update: Update | None = None
    file: FileOffer | None = None
    upload: Upload | None = None
    otherwise: str | None = None
    sent: Sent | None = field(default=None, compare=False)


class Listener(Protocol):
    """The application behind the edge."""

    async def on_turn(self, turn: Turn) -> Reply:
        """Answer one turn, within two seconds.

        Whatever it raises is logged under the correlation id and shown as an apology.
        """
        ...
