"""What the workflows and the desk work with; put together by the composition root."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from scheduling.domain.house import Keep
from scheduling.optimizer.outcome import Answer, PeriodImpact, Zones
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Curve, Grid
from scheduling.ports.apps import Apps
from scheduling.ports.calendar import Calendar
from scheduling.ports.clock import Clock, Ids
from scheduling.ports.directory import Directory
from scheduling.ports.notifier import Notifier
from scheduling.ports.wfm import Wfm
from scheduling.storage.store import Store
from scheduling.workflows.setups import Catalogue, Policy, Setups


class Solver(Protocol):
    """Solves away from the event loop."""

    async def answer(self, problem: Problem, zone: Zones, *, patience: float = ...) -> Answer:
        """Return the plan, its forecast by local day of ``zone``, and what the check found.

        After ``patience`` seconds the search ends with what it has.
        """
        ...

    async def effect(
        self,
        grid: Grid,
        curves: tuple[Curve, ...],
        taken: Mapping[str, tuple[float, ...]],
        zone: str,
    ) -> tuple[PeriodImpact, ...]:
        """Return what taking FTE off demands per slot (negative: giving back) does to each day."""
        ...


def _uncounted(*_what: str) -> None:
    """Count nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything effects go through.

    ``calendar`` answers somebody who waits; ``patient_calendar`` is the same calendar for
    workflows, which sit out what it asks them to. ``count`` counts what the reconciler met,
    ``count_notice`` what has become of which kind of notice. ``channel`` is the name or id of the
    schedulers' channel; without a ``directory`` accounts are known by their object id only.
    ``catalogue``, ``policy`` and ``keep`` are of the set-up in force: read them when they are
    needed, and keep none. ``batch_solver`` lends a
    solver of its own to a run, so that nobody's search waits behind one; None lends ``solver``.
    """

    store: Store
    wfm: Wfm
    calendar: Calendar
    patient_calendar: Calendar
    notifier: Notifier
    solver: Solver
    clock: Clock
    ids: Ids
    setups: Setups
    directory: Directory | None = None
    channel: str = ""
    count: Callable[[str], None] = _uncounted
    count_notice: Callable[[str, str], None] = _uncounted
    apps: Apps | None = None
    batch_solver: Callable[[], AbstractAsyncContextManager[Solver]] | None = None

    @property
    def catalogue(self) -> Catalogue:
        """The meeting types now."""
        return self.setups.catalogue

    @property
    def policy(self) -> Policy:
        """The house rules now."""
        return self.setups.policy

    @property
    def keep(self) -> Keep:
        """How long everything is kept now."""
        return self.setups.keep
