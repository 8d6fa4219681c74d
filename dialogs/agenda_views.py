"""What is to be seen of a person's week, their requests, and who is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default

from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import RequestView
from scheduling.domain.times import DateRange
from scheduling.workflows.agenda_port import Agenda, AgendaItem, Cadence
from scheduling.workflows.notes_port import NotedSubject
from scheduling.workflows.petitions_port import PetitionFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaView:
    """A reader's week."""

    agenda: Agenda


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCardView:
    """One session with what its reader may do."""

    item: AgendaItem
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The reader's requests that are under way or came back to them.

    ``others`` counts those that are too, but are not what was asked about.
    """

    requests: tuple[RequestView, ...]
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceView:
    """Who has had no session of a type for long."""

    cadence: Cadence


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesView:
    """The notes on a session or request that the reader may read; ``editing`` is a note's id."""

    noted: NotedSubject
    editing: str | None = None
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """The message action's dialog: a session with the author, when within ``dates``."""

    person_id: str
    name: str
    type_id: str
    type_name: str
    dates: DateRange


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionView:
    """An agent's own wish, as the agent or their manager sees it."""

    petition: PetitionFacts


ReadingView = (
    AgendaView | CadenceView | NotesView | PetitionView | SessionCardView | ShareView | StatusView
)
