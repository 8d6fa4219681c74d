"""A register: everybody was there, the exceptions are tapped; and the registers that there are.

Nothing but the heading may be read on a locked screen, so no heading names who was where.
"""

from collections.abc import Iterator, Mapping

from dialogs import verbs
from dialogs.cards.components import (
    NOTHING,
    Element,
    and_more,
    aside,
    box,
    buttons,
    card,
    choices,
    heading,
    hidden,
    number_input,
    subject_data,
    tap,
    text,
    toggle,
)
from dialogs.cards.refusal import refusal_box
from dialogs.register_views import AbsentView, RegisterCardView, RegistersView
from dialogs.taps import whole_number
from dialogs.verbs import Verb
from dialogs.wording import LONGEST_NAME, Words, clean, mark
from scheduling.domain.refusals import Refusal
from scheduling.domain.registers import HIGHEST_SCORE, AttendanceState
from scheduling.workflows.registers_port import Entry, RegisterBrief, RegisterFacts

STATES = {
    AttendanceState.ATTENDED: mark("There"),
    AttendanceState.LATE: mark("Came late"),
    AttendanceState.NO_SHOW: mark("Did not come"),
    AttendanceState.EXCUSED: mark("Excused"),
}
TITLES = {
    AttendanceState.LATE: mark("Who came late?"),
    AttendanceState.NO_SHOW: mark("Who did not come?"),
    AttendanceState.EXCUSED: mark("Who was excused?"),
}
ROWS = (12, 6, 3)
NAME_LENGTHS = (LONGEST_NAME, 32, 20)


def register_cards(view: RegisterCardView, words: Words) -> Iterator[Element]:
    """Yield the register, then the same with shorter names."""
    register = view.register
    entering = register.may_change and (register.closed_at is None or view.editing)
    for longest in NAME_LENGTHS:
        rows = _entered(view, words, longest) if entering else _closed(register, words, longest)
        yield card(
            [
                heading(words.say("Register: {type}", type=clean(register.type_name))),
                text(words.when(register.interval, register.zone), weight="Bolder"),
                text(
                    words.say("Led by {name}", name=clean(register.facilitator_name)),
                    spacing="None",
                ),
                *refusal_box(words, view.refusal, view.facts),
                *rows,
                *_until(register, words),
            ],
            _actions(register, words, entering=entering, editing=view.editing),
        )


def _until(register: RegisterFacts, words: Words) -> list[Element]:
    if register.locked:
        return [
            aside(words.say("Locked: changes are for learning and development or a scheduler."))
        ]
    return [
        aside(words.say("Can be changed until {moment}.", moment=words.dated(register.lock_at)))
    ]


def _entered(view: RegisterCardView, words: Words, longest: int) -> list[Element]:
    register = view.register
    typed = _values(register) if view.typed is None else view.typed
    if len(register.entries) == 1:
        fields: list[Element] = [_one(register.entries[0], typed, words, longest)]
    else:
        intro = words.count(
            "{n} person was expected. Everybody counts as there unless you say otherwise.",
            "{n} people were expected. Everybody counts as there unless you say otherwise.",
            len(register.entries),
        )
        fields = [text(intro), *_exceptions(view, typed, words, longest)]
    return [*fields, *_scores(view, typed, words, longest)]


def _values(register: RegisterFacts) -> dict[str, str]:
    """Return what the inputs hold for a register as it is."""
    found = {verbs.ATTENDED: register.entries[0].state.value} if register.entries else {}
    for state in TITLES:
        people = [one.person_id for one in register.entries if one.state is state]
        found[verbs.EXCEPTION_PREFIX + state] = ",".join(people)
    for one in register.entries:
        found[verbs.SCORE_PREFIX + one.person_id] = "" if one.score is None else str(one.score)
    return found


def _one(entry: Entry, typed: Mapping[str, str], words: Words, longest: int) -> Element:
    """Return the one question there is about one person."""
    value = typed.get(verbs.ATTENDED, AttendanceState.ATTENDED.value)
    known = {one.value for one in STATES}
    return choices(
        verbs.ATTENDED,
        words.say("How did {name} attend?", name=clean(entry.name, longest)),
        [(state.value, words.say(title)) for state, title in STATES.items()],
        value if value in known else AttendanceState.ATTENDED.value,
        style="expanded",
    )


def _exceptions(
    view: RegisterCardView, typed: Mapping[str, str], words: Words, longest: int
) -> list[Element]:
    """Return a question for each exception; each is opened by a button unless it has an answer."""
    people = [(one.person_id, clean(one.name, longest)) for one in view.register.entries]
    shown: list[Element] = []
    for state, title in TITLES.items():
        name = verbs.EXCEPTION_PREFIX + state
        value = typed.get(name, "")
        question = choices(
            name, words.say(title), people, value, isMultiSelect=True, style="expanded"
        )
        shown += _opened(words.say(title), f"ask-{state.value}", question, opened=bool(value))
    return shown


def _opened(title: str, name: str, *inner: Element, opened: bool) -> list[Element]:
    return list(inner) if opened else [toggle(title, name), hidden(name, inner)]


def _scores(
    view: RegisterCardView, typed: Mapping[str, str], words: Words, longest: int
) -> list[Element]:
    if not view.register.scored:
        return []
    fields = [
        number_input(
            verbs.SCORE_PREFIX + one.person_id,
            words.say("Score of {name}", name=clean(one.name, longest)),
            whole_number(typed.get(verbs.SCORE_PREFIX + one.person_id)),
            0,
            HIGHEST_SCORE,
        )
        for one in view.register.entries
    ]
    title = words.say("Scores, from 0 to {most}", most=words.number(HIGHEST_SCORE))
    wanted = view.refusal is Refusal.BAD_SCORE
    return _opened(title, "ask-scores", *fields, opened=wanted or len(fields) == 1)


def _closed(register: RegisterFacts, words: Words, longest: int) -> list[Element]:
    """Return what the register says: how many were there, who was an exception, and scores."""
    there = sum(one.state.there for one in register.entries)
    everybody = len(register.entries)
    lines = [
        text(
            words.count(
                "{there} of {n} person was there.",
                "{there} of {n} people were there.",
                everybody,
                there=words.number(there),
            )
        )
    ]
    for state in TITLES:
        names = [clean(one.name, longest) for one in register.entries if one.state is state]
        if names:
            said = words.say("{state}: {names}", state=words.say(STATES[state]), names=_list(names))
            lines.append(text(said, spacing="Small"))
    scored = [
        words.say("{name}: {score}", name=clean(one.name, longest), score=words.number(one.score))
        for one in register.entries
        if one.score is not None
    ]
    if scored:
        lines.append(text(words.say("Scores: {list}", list=_list(scored)), spacing="Small"))
    if register.closed_at is not None:
        by = words.say(
            "Closed by {name}, {moment}.",
            name=clean(register.closed_by or ""),
            moment=words.dated(register.closed_at),
        )
        lines.append(aside(by))
    return lines


def _list(parts: list[str]) -> str:
    return ", ".join(parts)


def _actions(
    register: RegisterFacts, words: Words, *, entering: bool, editing: bool
) -> list[Element]:
    data = subject_data(register.session_id, register.version)
    everything = tap(words.say("All registers"), Verb.REGISTERS, NOTHING)
    if entering:
        title = words.say("Save the changes") if editing else words.say("Close the register")
        actions = [tap(title, Verb.REGISTER_CLOSE, data, style="positive")]
        if editing and register.closed_at is not None:
            actions.append(tap(words.say("Leave it as it is"), Verb.REGISTER, data))
        return [*actions, everything]
    actions = _book_anew(register, words)
    if register.may_change:
        actions.append(tap(words.say("Change"), Verb.REGISTER_CHANGE, data))
    return [*actions, everything]


def _book_anew(register: RegisterFacts, words: Words) -> list[Element]:
    if not register.to_book:
        return []
    title = words.count("Book {n} person anew", "Book {n} people anew", len(register.to_book))
    data = {
        verbs.ATTENDEES: ",".join(register.to_book),
        verbs.TYPE: register.type_id,
        **NOTHING,
    }
    return [tap(title, Verb.ASK_FOR, data, style="positive")]


def absent_cards(view: AbsentView, words: Words) -> Iterator[Element]:
    """Yield what somebody who asked for a session is told: who was not there."""
    register = view.register
    absent = [clean(one.name) for one in register.absent]
    lines = [
        text(words.when(register.interval, register.zone), weight="Bolder"),
        text(
            words.say("{type}, led by {name}", **_who(register)),
            spacing="None",
        ),
    ]
    if absent:
        lines.append(text(words.say("Not there: {names}.", names=_list(absent))))
        lines.append(aside(words.say("Their next session of this type comes before others.")))
    else:
        lines.append(text(words.say("By now the register says that everybody was there.")))
    yield card(
        [heading(words.say("A session that you asked for was missed")), *lines],
        _book_anew(register, words),
    )


def _who(register: RegisterFacts) -> dict[str, str]:
    return {"type": clean(register.type_name), "name": clean(register.facilitator_name)}


def registers_cards(view: RegistersView, words: Words) -> Iterator[Element]:
    """Yield the registers, then fewer of them."""
    waiting = sum(not one.closed for one in view.registers)
    if waiting:
        said = words.count("{n} is to be closed.", "{n} are to be closed.", waiting)
    elif view.registers:
        said = words.say("All are closed.")
    else:
        said = words.say("There is none: a register opens when a session of several people ends.")
    for most in ROWS:
        rows = [_row(one, words) for one in view.registers[:most]]
        more = and_more(words, len(view.registers) - most)
        yield card([heading(words.say("Registers")), text(said), *rows, *more])


def _row(one: RegisterBrief, words: Words) -> Element:
    led = words.count(
        "{n} person, led by {name}",
        "{n} people, led by {name}",
        one.people,
        name=clean(one.facilitator_name),
    )
    state = words.say("✓ closed") if one.closed else words.say("… to be closed")
    title = words.say("Open {time}", time=words.dated(one.interval.start))
    return box(
        [
            text(
                words.say("{type}: {state}", type=clean(one.type_name), state=state),
                weight="Bolder",
            ),
            text(words.when(one.interval, one.zone), spacing="None"),
            text(led, spacing="None"),
            buttons(tap(title, Verb.REGISTER, subject_data(one.session_id))),
        ]
    )
