"""What planners may ask of templates and runs; see ``runs_desk`` for who answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from scheduling.domain.people import Actor
from scheduling.domain.runs import RunView
from scheduling.domain.templates import Template
from scheduling.domain.times import DateRange


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateView:
    """A template as its owner or a scheduler sees it.

    ``names`` are those of the teams, sites, agents and people in it; ``attendees`` how many it is
    for now; ``lost`` the ids of its audience that the hierarchy has no more; ``unled`` how many
    have no manager to meet; not ``typed``: there is no meeting type of that id in the set-up;
    ``unowned``: its owner has left, or may not keep it any more;
    ``meetings`` are how many there are each time, of a type for several people.
    """

    template: Template
    type_name: str
    names: Mapping[str, str]
    attendees: int
    lost: frozenset[str]
    unled: int
    typed: bool = True
    unowned: bool = False
    meetings: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What a template may be made of, each as (id, name); ``today`` is the actor's date.

    ``people`` are the agents whom the actor may name, each as (id, name, team id).
    """

    types: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str, str], ...]
    facilitators: tuple[tuple[str, str], ...]
    today: date


class Planner(Protocol):
    """The desk of recurring meetings. Every call authorises first and may raise ``Refused``.

    Schedulers may do everything within their unit; a manager with templates for own teams and agents only.
    """

    async def offers(self, actor: Actor) -> Offers:
        """Return what the actor may make a template of."""
        ...

    async def template(self, actor: Actor, template_id: str) -> TemplateView:
        """Return one template that the actor may run; NO_TEMPLATE."""
        ...

    async def templates(self, actor: Actor) -> tuple[TemplateView, ...]:
        """Return the templates that the actor may run, by name."""
        ...

    async def save(self, actor: Actor, template: Template) -> TemplateView:
        """Keep a new template (version 0) or the next version of one; BAD_TEMPLATE, STALE."""
        ...

    async def end(self, actor: Actor, template_id: str) -> None:
        """Let a template ask for nothing more; what is booked stays. NO_TEMPLATE."""
        ...

    async def start(
        self, actor: Actor, dates: DateRange, template_ids: Collection[str] = ()
    ) -> RunView:
        """Plan the templates (all that the actor may run) over ``dates``; nothing is booked.

        NO_TEMPLATE, BAD_DATES, RUN_UNDER_WAY.
        """
        ...

    async def runs(self, actor: Actor) -> tuple[RunView, ...]:
        """Return the newest runs that the actor may see, newest first."""
        ...

    async def run(self, actor: Actor, run_id: str) -> RunView:
        """Return a run; UNKNOWN_DRAFT where there is none that the actor may see."""
        ...

    async def hold(
        self, actor: Actor, run_id: str, version: int, days: Collection[date]
    ) -> RunView:
        """Keep exactly ``days`` out of what will be booked; STALE."""
        ...

    async def confirm(self, actor: Actor, run_id: str, version: int) -> RunView:
        """Book what was planned; STALE where the preview is another by now, RUN_UNDER_WAY."""
        ...

    async def discard(self, actor: Actor, run_id: str) -> RunView:
        """Forget a run of which nothing is booked; stop one that is being booked."""
        ...
