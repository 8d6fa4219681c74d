"""What planners see of recurring meetings: templates, a template's form, and a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default
from datetime import date

from dialogs.problems import Problem
from scheduling.domain.refusals import Refusal
from scheduling.domain.runs import RunView
from scheduling.workflows.runs_port import Offers, TemplateView


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatesView:
    """The templates that the reader may run, with the dates that would be planned next."""

    templates: tuple[TemplateView, ...]
    runs: tuple[RunView, ...]
    first: date
    last: date
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFormView:
    """A template's form; ``template_id`` empty is a new one of version 0.

    ``typed`` holds every input as it is shown, ``wrong`` the inputs that cannot be used;
    ``refusal`` tells why nothing was kept, ``problems`` what of a sentence is left to be chosen.
    """

    template_id: str
    version: int
    offers: Offers
    typed: Mapping[str, str]
    wrong: frozenset[str] = frozenset()
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCardView:
    """A run: its preview by day, how far it is booked, or how it ended."""

    run: RunView
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


RecurringView = TemplatesView | TemplateFormView | RunCardView
