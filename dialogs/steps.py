"""What a message or a tap leads to: the draft's next payload, and one command. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs import verbs
from dialogs.drafting import (
    choices_from,
    decisions_from,
    from_inputs,
    from_payload,
    problems_of,
    to_payload,
)
from dialogs.grammar.understand import Understood
from dialogs.problems import Problem, ProblemKind, problem
from dialogs.taps import Tap
from dialogs.verbs import Verb
from dialogs.wishes import Wish, fill, gaps, to_ask, type_of
from scheduling.domain.asks import Ask
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import Draft, DraftState
from scheduling.workflows.desk_port import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowForm:
    """Ask what is missing."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """Search, and show the proposal; ``refusal`` says why it is shown again."""

    ask: Ask
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitAutomatic:
    """Take a ticket at once: the type schedules itself."""

    ask: Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """Take a ticket for the proposal that was shown."""

    choices: Mapping[str, int]
    escalate: bool
    decisions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRequest:
    """Show, undo or cancel what the draft became; ``verb`` is REFRESH, UNDO or CANCEL."""

    verb: Verb
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowHelp:
    """Nothing is under way: say what can be asked."""


Command = ShowForm | Propose | SubmitAutomatic | Submit | OnRequest | ShowHelp


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a draft is to become before the command is run."""

    state: DraftState
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The next step of a draft; ``saved`` None leaves it as it is."""

    command: Command
    saved: Saved | None = None


def first_step(understood: Understood, roster: Roster) -> Step:
    """Return what a message that asks for something leads to.

    A type that schedules itself still shows its proposal where the type itself was inferred, a
    name recognised in spite of a slip, or where words are left over that may mean the contrary.
    """
    sure = understood.sure and not understood.leftovers and verbs.TYPE in understood.wish.said
    return _asked(understood.wish, understood.problems, roster, sure=sure)


def unclaimed_step(understood: Understood, roster: Roster) -> Step:
    """Return what a correction leads to that corrects nothing: the form, filled, to be asked."""
    asked = (problem("", ProblemKind.NOTHING_TO_CHANGE), *understood.problems)
    return _asked(understood.wish, asked, roster, sure=False)


def first_tap(tap: Tap, roster: Roster) -> Step:
    """Return what a button leads to that asks for people at once; nothing is ever booked by it."""
    wish, trouble = from_inputs(Wish(), tap.inputs, roster)
    return _asked(fill(wish, roster), trouble, roster, sure=False)


def empty_form() -> Step:
    """Return the form with nothing in it; nothing is wrong yet."""
    return Step(
        command=ShowForm(problems=()),
        saved=Saved(state=DraftState.ASKING, payload=to_payload(Wish())),
    )


def discarded() -> Step:
    """Return what becomes of a draft that is not wanted any more."""
    return Step(command=ShowHelp(), saved=Saved(state=DraftState.DISCARDED, payload={}))


def step(draft: Draft, tap: Tap, roster: Roster) -> Step:
    """Return what a tap on a draft's card leads to, whatever the card's age and content."""
    if draft.state in {DraftState.SUBMITTED, DraftState.DISCARDED}:
        return _over(draft, tap)
    if tap.verb is Verb.REFRESH:
        return shown(draft, roster)
    if tap.version != draft.version:
        return shown(draft, roster, Refusal.STALE)
    if tap.verb is Verb.DISCARD:
        return discarded()
    if tap.verb in {Verb.PROPOSE, Verb.BOOK, Verb.ESCALATE, Verb.DECIDE}:
        return _decided(draft, tap, roster)
    return shown(draft, roster)


def _over(draft: Draft, tap: Tap) -> Step:
    """Return what a tap on a card leads to that is no draft any more; a second tap is like a first."""
    if draft.request_id is None:
        return Step(command=ShowHelp())
    verb = tap.verb if tap.verb in {Verb.UNDO, Verb.CANCEL} else Verb.REFRESH
    return Step(command=OnRequest(verb=verb, request_id=draft.request_id))


def shown(draft: Draft, roster: Roster, refusal: Refusal | None = None) -> Step:
    """Return the draft's own card once more; ``refusal`` says why."""
    if draft.state is not DraftState.PROPOSED:
        return Step(command=ShowForm(problems=problems_of(draft.payload)))
    wish = from_payload(draft.payload)
    if problems := gaps(wish, roster):
        return Step(command=ShowForm(problems=problems))
    return Step(command=Propose(ask=to_ask(wish, roster), refusal=refusal))


def _decided(draft: Draft, tap: Tap, roster: Roster) -> Step:
    """Book what the card shows; where an input was changed, that must be proposed first."""
    wish = from_payload(draft.payload)
    changed, trouble = from_inputs(wish, tap.inputs, roster)
    as_shown = changed == wish and not trouble and draft.state is DraftState.PROPOSED
    if tap.verb is Verb.PROPOSE or not as_shown:
        return _asked(fill(changed, roster), trouble, roster, sure=True)
    choices = choices_from(tap.inputs, wish)
    if tap.verb is Verb.DECIDE:
        decisions = decisions_from(tap.inputs, wish)
        return Step(command=Submit(choices=choices, escalate=True, decisions=decisions))
    return Step(command=Submit(choices=choices, escalate=tap.verb is Verb.ESCALATE))


def _asked(wish: Wish, trouble: tuple[Problem, ...], roster: Roster, *, sure: bool) -> Step:
    fields = {each.field for each in trouble}
    problems = (*trouble, *(each for each in gaps(wish, roster) if each.field not in fields))
    payload = to_payload(wish, problems)
    if problems:
        return Step(
            command=ShowForm(problems=problems),
            saved=Saved(state=DraftState.ASKING, payload=payload),
        )
    kind = type_of(wish, roster)
    if kind and kind.auto_schedule and sure:
        return Step(
            command=SubmitAutomatic(ask=to_ask(wish, roster)),
            saved=Saved(state=DraftState.ASKING, payload=payload),
        )
    return Step(
        command=Propose(ask=to_ask(wish, roster)),
        saved=Saved(state=DraftState.PROPOSED, payload=payload),
    )
