"""What is to be seen of who attends: registers, and what trainers are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default

from scheduling.domain.refusals import Refusal
from scheduling.workflows.agenda_port import Agenda
from scheduling.workflows.participation_port import Participation
from scheduling.workflows.registers_port import RegisterBrief, RegisterFacts
from scheduling.workflows.trainers_port import LateFacts, LedFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistersView:
    """The registers that the reader sees to, those to be closed first."""

    registers: tuple[RegisterBrief, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCardView:
    """One register: to be filled in while it is open or ``editing``, else as it was closed.

    ``typed`` is what was entered and could not be kept, by input; ``refusal`` tells why.
    """

    register: RegisterFacts
    editing: bool = False
    typed: Mapping[str, str] | None = None
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentView:
    """To who asked for a session: somebody was not there, and may be asked for anew."""

    register: RegisterFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class LateView:
    """To who leads a session that begins about now: how late it begins, and whether people know."""

    late: LateFacts
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateNoticeView:
    """To somebody who attends a session: it begins late."""

    late: LateFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstituteView:
    """To who cannot lead a session of a course: how the search for another trainer stands.

    ``asks`` which one is meant, or of one whether it is.
    """

    led: tuple[LedFacts, ...]
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekAheadView:
    """To a trainer: the sessions of the next week that they lead."""

    agenda: Agenda


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationView:
    """Who took part in what, as the reader may see it."""

    participation: Participation


AttendanceView = (
    AbsentView
    | ParticipationView
    | LateNoticeView
    | LateView
    | RegisterCardView
    | RegistersView
    | SubstituteView
    | WeekAheadView
)
