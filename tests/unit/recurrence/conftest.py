"""A template, people of it, and short ways to say dates."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from scheduling.domain.templates import Audience, Frequency, Recurrence, Standing, Template

MONTHLY = Recurrence(frequency=Frequency.MONTHLY)


@pytest.fixture
def template() -> Callable[..., Template]:
    """Return a maker of a monthly one-to-one with each agent's own manager, from January 2027."""

    def make(recurrence: Recurrence = MONTHLY, **changes: object) -> Template:
        base = Template(
            id="monthly",
            name="Monthly one-to-one",
            unit_id="north",
            owner_id="sam",
            type_id="one_to_one",
            audience=Audience(team_ids=frozenset({"billing"})),
            recurrence=recurrence,
            start=date(2027, 1, 1),
        )
        return replace(base, **changes)  # type: ignore[arg-type]  # any field by name

    return make


@pytest.fixture
def person() -> Callable[..., Standing]:
    """Return a maker of somebody of team Billing, led by Mia."""

    def make(agent_id: str = "asha", **changes: object) -> Standing:
        base = Standing(agent_id=agent_id, site_id="leeds", team_id="billing", manager_id="mia")
        return replace(base, **changes)  # type: ignore[arg-type]  # any field by name

    return make
