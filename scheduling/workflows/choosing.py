"""What a requester chose on a proposal: times, and for those without one what is to be done. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from scheduling.domain.asks import Ask
from scheduling.domain.people import Role
from scheduling.domain.proposals import Option, Proposal, ProposedSession, Unplaced
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.rules import Rule
from scheduling.workflows.desk_port import ASK, LEAVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a request is made of: ``options`` by attendee, and who is handed to the schedulers.

    ``granted`` are the rules that the requester loosened, for the options they chose so alone.
    """

    ask: Ask
    options: Mapping[str, Option]
    unplaced: tuple[Unplaced, ...]
    granted: frozenset[Rule]
    escalate: bool


def chosen_of(
    proposal: Proposal,
    choices: Mapping[str, int],
    decisions: Mapping[str, str],
    *,
    escalate: bool,
) -> Chosen:
    """Return what was chosen; NOT_YOUR_ROLE for a way out that a manager may not grant.

    Without ``decisions`` the unplaced stay in the request, and ``escalate`` says whether the
    schedulers are asked. With them whoever is left out is in the request no more.
    """
    options = {
        session.attendee_id: _option(session.options, choices.get(session.attendee_id, 0))
        for session in proposal.sessions
    }
    if not decisions:
        _require_apart(proposal, options)
        return Chosen(
            ask=proposal.ask,
            options=options,
            unplaced=proposal.unplaced,
            granted=frozenset(),
            escalate=escalate and bool(proposal.unplaced),
        )
    granted: frozenset[Rule] = frozenset()
    asked = []
    for one in proposal.unplaced:
        said = decisions.get(one.attendee_id, ASK)
        if said == ASK:
            asked.append(one)
        elif said != LEAVE:
            way = one.ways_out[_index(said, len(one.ways_out))]
            if way.granted_by is not Role.MANAGER:
                raise takes(way.granted_by)
            options[one.attendee_id] = way.option
            granted |= way.rules
    _require_apart(proposal, options)
    wanted = {*options, *(one.attendee_id for one in asked)}
    if not wanted:
        raise Refused(Refusal.NOBODY_CHOSEN)
    ids = tuple(i for i in proposal.ask.attendee_ids if i in wanted)
    return Chosen(
        ask=replace(proposal.ask, attendee_ids=ids),
        options=options,
        unplaced=tuple(asked),
        granted=granted,
        escalate=bool(asked),
    )


def _index(said: str, count: int) -> int:
    """Return which way out was meant; STALE for what the card did not offer."""
    if not (said.isascii() and said.isdigit() and len(said) < 3 and int(said) < count):
        raise Refused(Refusal.STALE)
    return int(said)


def _option(options: tuple[Option, ...], index: int) -> Option:
    return options[index] if 0 <= index < len(options) else options[0]


def _require_apart(proposal: Proposal, chosen: Mapping[str, Option]) -> None:
    """Refuse choices that need the facilitator in two sessions at once, naming both."""
    people: tuple[ProposedSession | Unplaced, ...] = (*proposal.sessions, *proposal.unplaced)
    names = {one.attendee_id: one.attendee_name for one in people}
    order = sorted(chosen.items(), key=lambda each: each[1].interval)
    for (one, first), (other, second) in pairwise(order):
        if first.interval.overlaps(second.interval):
            raise Refused(Refusal.CHOICES_CLASH, {"names": [names[one], names[other]]})
