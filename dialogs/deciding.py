"""What a scheduler's tap on a work item asks for. Pure."""

from dataclasses import dataclass

from dialogs import verbs
from dialogs.taps import Tap, whole_number
from dialogs.verbs import Verb
from scheduling.domain.refusals import Refusal, Refused

MAX_WAY_OUT = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verb on a work item with what it needs: a way out's index, a reason or a note."""

    verb: Verb
    version: int
    way_out: int = 0
    prose: str = ""


def decision(tap: Tap) -> Decision:
    """Return the decision; Refused (STALE, REASON_NEEDED) where the card left out what it needs."""
    if tap.verb is Verb.ITEM:
        return Decision(verb=tap.verb, version=tap.version)
    if not tap.version:
        raise Refused(Refusal.STALE)
    if tap.verb is Verb.APPROVE:
        way_out = whole_number(tap.inputs.get(verbs.WAY_OUT))
        if way_out is None or way_out > MAX_WAY_OUT:
            raise Refused(Refusal.STALE)
        return Decision(verb=tap.verb, version=tap.version, way_out=way_out)
    prose = tap.inputs.get(verbs.NOTE if tap.verb is Verb.SEND_BACK else verbs.REASON, "").strip()
    if tap.verb is Verb.FORCE and not prose:
        raise Refused(Refusal.REASON_NEEDED)
    return Decision(verb=tap.verb, version=tap.version, prose=prose)
