"""What those who set the house up are to see, before it becomes a card."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default

from scheduling.domain.refusals import Refusal
from scheduling.workflows.appointments_port import Found, Standing
from scheduling.workflows.setup_port import Applied, Form, History, Overview, Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupOverviewView:
    """The checks, and what may be changed; ``refusal`` tells what did not happen."""

    overview: Overview
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFormView:
    """A form on a part of the set-up, with errors beside their inputs."""

    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPreviewView:
    """What a change would do; ``refusal`` tells why it is not in force."""

    preview: Preview
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupAppliedView:
    """A version that has come into force."""

    applied: Applied


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupHistoryView:
    """The newest versions, to go back to one of them."""

    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """Who fits a name, to choose one."""

    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingView:
    """A person's roles, teams, account and deputy; ``refusal`` tells what did not happen."""

    standing: Standing
    changed: bool = False
    refusal: Refusal | None = None


SetupView = (
    SetupOverviewView
    | SetupFormView
    | SetupPreviewView
    | SetupAppliedView
    | SetupHistoryView
    | PeopleView
    | StandingView
)
