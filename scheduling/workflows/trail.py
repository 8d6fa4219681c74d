"""What an audit line says about how a decision came to be: digests of settings and of facts."""

from collections.abc import Collection

from scheduling.domain.asks import Ask
from scheduling.domain.rules import Rule
from scheduling.storage import audit
from scheduling.workflows.problems import World
from scheduling.workflows.services import Services


def parameters(services: Services, type_id: str) -> str:
    """Return the version of the set-up, and a digest of the type, its places and the house rules."""
    catalogue = services.catalogue
    rules = audit.digest(catalogue.types[type_id], catalogue.places[type_id], services.policy)
    return f"{services.setups.number}:{rules}"


def inputs(ask: Ask, relaxed: Collection[Rule], world: World) -> str:
    """Return the digest of what a search saw: the ask, shifts, staffing, calendars and bookings."""
    facts = world.facts
    return audit.digest(
        ask,
        sorted(relaxed),
        facts.as_of,
        {i: facts.days.get(i, ()) for i in ask.attendee_ids},
        [facts.series[i] for i in sorted(facts.series)],
        {resource: sorted(spans) for resource, spans in sorted(world.busy.items())},
        {resource: sorted(spans) for resource, spans in sorted(world.reserved.items())},
        sorted(room.id for room in world.rooms),
    )
