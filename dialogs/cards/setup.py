"""Cards for those who set the house up: checks, forms with errors beside inputs, previews, undo."""

from collections.abc import Iterator, Sequence

from dialogs import verbs
from dialogs.cards.components import (
    LONGEST_ON_BUTTON,
    Element,
    aside,
    box,
    card,
    choices,
    heading,
    number_input,
    subheading,
    table,
    tap,
    text,
    text_input,
)
from dialogs.cards.refusal import refusal_box
from dialogs.setup_views import (
    SetupAppliedView,
    SetupFormView,
    SetupHistoryView,
    SetupOverviewView,
    SetupPreviewView,
)
from dialogs.taps import whole_number
from dialogs.verbs import SETTING_PREFIX, SUBJECT, VERSION, Verb
from dialogs.wording import Words, clean, entry, mark
from dialogs.wording_setup import (
    OTHERWISE,
    SKIPPED,
    asked_words,
    check_words,
    misfit_words,
    place_words,
    subject_words,
    value_words,
)
from scheduling.domain.limits import Misfit
from scheduling.storage.edits import Edit
from scheduling.storage.setups import ChangeState
from scheduling.workflows.rehearsal import DAYS, Rehearsal
from scheduling.workflows.setup_form import NOTHING, Asked, Kind
from scheduling.workflows.setup_port import Check, Form, Overview, Preview, Subject, VersionLine

LISTED = (40, 15, 5)
"""How many differences, rows or choices each smaller card shows."""
CHOSEN = (200, 60, 20)
WORLD = 1_000_000


def overview_cards(view: SetupOverviewView, words: Words) -> Iterator[Element]:
    """Yield the overview, then the same with fewer things to choose from."""
    overview = view.overview
    for most in CHOSEN:
        body = [
            heading(words.say("Set-up")),
            *refusal_box(words, view.refusal, view.facts),
            aside(_in_force(words, overview)),
            *([text(words.say("Auto-scheduling is paused."))] if overview.paused else []),
            subheading(words.say("Checks")),
            *(_check(words, check) for check in overview.checks),
            *_subjects(words, overview, most),
        ]
        yield card(body, _overview_actions(words, overview))


def _in_force(words: Words, overview: Overview) -> str:
    name = clean(overview.by_name) or words.say("Aside itself")
    return words.say(
        "Version {number} is in force, since {when}, by {name}.",
        number=words.number(overview.number),
        when=words.dated(overview.at),
        name=name,
    )


def _check(words: Words, check: Check) -> Element:
    said = check_words(words, check)
    if check.ok:
        return text(words.say("✓ {said}", said=said), spacing="Small")
    return box([text(words.say("To do: {said}", said=said))], "warning")


def _subjects(words: Words, overview: Overview, most: int) -> list[Element]:
    options = [(_key(each), subject_words(words, each)) for each in overview.subjects[:most]]
    if not options:
        return []
    style = {"style": "filtered"}
    return [choices(verbs.CHANGED, words.say("What to change"), options, options[0][0], **style)]


def _key(subject: Subject) -> str:
    return f"{subject.area.value}/{subject.id}" if subject.id else subject.area.value


def _overview_actions(words: Words, overview: Overview) -> list[Element]:
    waits = [
        tap(
            words.say("See {name}'s change", name=clean(each.by_name, LONGEST_ON_BUTTON)),
            Verb.SETUP_CHANGE,
            {SUBJECT: each.change_id},
        )
        for each in overview.waiting[:2]
    ]
    people = [tap(words.say("People"), Verb.PEOPLE, {})] if overview.administrator else []
    opened = [tap(words.say("Change it"), Verb.SETUP_OPEN, {}, style="positive")]
    history = tap(words.say("Earlier versions"), Verb.SETUP_HISTORY, {})
    return [*(opened if overview.subjects else []), *waits, history, *people]


def form_cards(view: SetupFormView, words: Words) -> Iterator[Element]:
    """Yield the form; each error stands right above its input, what has no input at the top."""
    form = view.form
    by_name: dict[str, list[Misfit]] = {}
    known = {one.name for one in form.asked}
    for misfit in form.misfits:
        by_name.setdefault(_nearest(misfit, known), []).append(misfit)
    body = [heading(subject_words(words, form.subject))]
    if form.misfits:
        body.append(text(words.say("Nothing was changed: please look at what is marked.")))
    body += [_wrong(words, each, placed=True) for each in by_name.get("", ())]
    for one in form.asked:
        body += [_wrong(words, each, placed=False) for each in by_name.get(one.name, ())]
        body.append(_input(words, one))
    body.append(aside(words.say("Nothing changes before you have seen what it would do.")))
    yield card(body, _form_actions(words, form))


def _nearest(misfit: Misfit, known: set[str]) -> str:
    """Return the input that a misfit belongs to, empty where there is none."""
    for length in range(len(misfit.path), 0, -1):
        name = "/".join(misfit.path[:length])
        if name in known:
            return name
    return ""


def _wrong(words: Words, misfit: Misfit, *, placed: bool) -> Element:
    said = misfit_words(words, misfit)
    if placed and misfit.path:
        place = place_words(words, misfit.path)
        said = words.say("{name}: {label}", name=place, label=said)
    return box([text(words.say("Please correct: {said}", said=said))], "warning")


def _input(words: Words, one: Asked) -> Element:
    name = SETTING_PREFIX + one.name
    label = clean(one.about) if one.about else asked_words(words, one.path)
    digits = whole_number(one.value.removeprefix("-"))
    if one.kind is Kind.NUMBER and (digits is not None or not one.value):
        value = None if digits is None else int(one.value)
        return number_input(name, label, value, int(one.least or 0), int(one.most or WORLD))
    if one.kind in (Kind.TEXT, Kind.NUMBER, Kind.DECIMAL):
        longest = int(one.most) if one.kind is Kind.TEXT and one.most else 200
        return text_input(name, label, entry(one.value, longest), longest)
    return _choice(words, name, label, one)


def _choice(words: Words, name: str, label: str, one: Asked) -> Element:
    options = one.options or (("true", ""), ("false", ""))
    none = [(NOTHING, words.say("nothing"))] if one.optional else []
    named = [(key, _title(words, key, title)) for key, title in options]
    several = {"isMultiSelect": True} if one.kind is Kind.SOME_OF else {}
    return choices(name, label, [*none, *named], one.value or (NOTHING if none else ""), **several)


def _title(words: Words, key: str, title: str) -> str:
    return clean(title) if title else value_words(words, key)


def _form_actions(words: Words, form: Form) -> list[Element]:
    data = {SUBJECT: _key(form.subject)}
    remove = [tap(words.say("Remove"), Verb.SETUP_REMOVE, data)] if form.removable else []
    return [
        tap(words.say("See what it would do"), Verb.SETUP_SAVE, data, style="positive"),
        *remove,
        tap(words.say("Back"), Verb.SETUP, {}),
    ]


def preview_cards(view: SetupPreviewView, words: Words) -> Iterator[Element]:
    """Yield the preview, then the same with fewer differences."""
    preview = view.preview
    for most in LISTED:
        yield card(
            [
                heading(words.say("What would change")),
                *refusal_box(words, view.refusal, view.facts),
                *([] if preview.own else [_made_by(words, preview)]),
                *_edits(words, preview.edits, most, (words.say("Now"), words.say("Then"))),
                *_second(words, preview),
                *_rehearsal(words, preview.rehearsal),
            ],
            _preview_actions(words, preview),
        )


def _made_by(words: Words, preview: Preview) -> Element:
    return text(words.say("{name} wants to change this.", name=clean(preview.by_name)))


def _edits(words: Words, edits: Sequence[Edit], most: int, sides: tuple[str, str]) -> list[Element]:
    headers = [words.say("Setting"), *sides]
    rows = [
        (
            place_words(words, edit.path),
            value_words(words, edit.before),
            value_words(words, edit.after),
        )
        for edit in edits[:most]
    ]
    rest = len(edits) - len(rows)
    more = [aside(words.count("{n} more change", "{n} more changes", rest))] if rest else []
    return [table(headers, rows, [3, 2, 2]), *more]


def _second(words: Words, preview: Preview) -> list[Element]:
    if not preview.lowers:
        return []
    if preview.state is ChangeState.WAITING:
        said = words.say(
            "This lowers a staffing floor and waits for a second person. Another administrator or "
            "scheduler writes setup to Aside and confirms it."
        )
    else:
        said = words.say(
            "This lowers a staffing floor, so a second administrator or scheduler has to confirm it."
        )
    return [box([text(said)], "attention")]


def _rehearsal(words: Words, found: Rehearsal | None) -> list[Element]:
    if found is None:
        return []
    title = words.say("On the requests of the last {days} days", days=str(DAYS))
    lines = rehearsal_lines(words, found)
    return [subheading(title), *(text(line, spacing="Small") for line in lines)]


def rehearsal_lines(words: Words, found: Rehearsal) -> list[str]:
    """Return what a dry run gave, a sentence a line."""
    if not found.asked:
        return [words.say("There were no requests to try it on.")]
    tried = found.done - sum(found.skipped.values())
    pairs = (
        (BOOKED, found.before.booked, found.after.booked),
        (FOUND, found.before.found, found.after.found),
        (UNDER, found.before.under_floor, found.after.under_floor),
    )
    lines = [
        words.say(
            "{tried} of {asked} requests were tried again.",
            tried=words.number(tried),
            asked=words.number(found.asked),
        ),
        *(
            words.say(template, before=words.number(before), after=words.number(after))
            for template, before, after in pairs
        ),
        *_skipped(words, found),
    ]
    return lines if found.ended else [*lines, words.say("It is still under way.")]


BOOKED = mark("Booked by itself: {after} sessions instead of {before}.")
FOUND = mark("A time was found for {after} sessions instead of {before}.")
UNDER = mark("Quarter hours pushed under the floor in force: {after} instead of {before}.")


def _skipped(words: Words, found: Rehearsal) -> list[str]:
    return [
        words.count(
            "{n} request could not be tried again: {why}.",
            "{n} requests could not be tried again: {why}.",
            count,
            why=words.say(SKIPPED.get(why, OTHERWISE)),
        )
        for why, count in sorted(found.skipped.items())
    ]


def _preview_actions(words: Words, preview: Preview) -> list[Element]:
    data = {SUBJECT: preview.change_id}
    back = tap(words.say("Back"), Verb.SETUP, {})
    if preview.state not in (ChangeState.PREVIEWED, ChangeState.WAITING):
        return [back]
    under_way = preview.rehearsal is not None and not preview.rehearsal.ended
    again = [tap(words.say("Look again"), Verb.SETUP_CHANGE, data)] if under_way else []
    waits = preview.own and preview.state is ChangeState.WAITING
    title = words.say("Confirm")
    if preview.lowers:
        own, other = words.say("Ask a second person"), words.say("Confirm as second")
        title = own if preview.own else other
    confirm = [] if waits else [tap(title, Verb.SETUP_CONFIRM, data, style="positive")]
    drop = tap(words.say("Drop this change"), Verb.SETUP_DROP, data)
    return [*confirm, *again, drop, back]


def applied_cards(view: SetupAppliedView, words: Words) -> Iterator[Element]:
    """Yield what has come into force, with Undo."""
    number = view.applied.number
    title = words.say("Version {number} is in force", number=words.number(number))
    sides = (words.say("Before"), words.say("Now"))
    for most in LISTED:
        yield card(
            [heading(title), *_edits(words, view.applied.edits, most, sides)],
            [
                tap(words.say("Undo"), Verb.SETUP_UNDO, {VERSION: number}),
                tap(words.say("Set-up"), Verb.SETUP, {}),
            ],
        )


def history_cards(view: SetupHistoryView, words: Words) -> Iterator[Element]:
    """Yield the newest versions, each with what it changed."""
    versions = view.history.versions
    earlier = [(str(each.number), _version(words, each)) for each in versions[1:]]
    for most in LISTED:
        body = [heading(words.say("Versions of the set-up"))]
        for each in versions:
            body.append(subheading(_version(words, each)))
            changed = [place_words(words, edit.path) for edit in each.changed]
            said = words.listed(changed) if changed else words.say("the first one")
            body.append(text(said, spacing="None"))
        if earlier:
            label = words.say("Go back to")
            body.append(choices(verbs.WHICH_VERSION, label, earlier[:most], earlier[0][0]))
        restore = tap(words.say("See what it would do"), Verb.SETUP_RESTORE, {}, style="positive")
        back = tap(words.say("Back"), Verb.SETUP, {})
        yield card(body, [*([restore] if earlier else []), back])


def _version(words: Words, line: VersionLine) -> str:
    name = clean(line.by_name) or words.say("Aside itself")
    facts = {"number": words.number(line.number), "when": words.dated(line.at), "name": name}
    if line.seconded_by_name:
        second = clean(line.seconded_by_name)
        return words.say("Version {number}, {when}, by {name} and {second}", second=second, **facts)
    if line.restores is not None:
        earlier = words.number(line.restores)
        return words.say(
            "Version {number}, {when}, by {name}: as {earlier} was", earlier=earlier, **facts
        )
    return words.say("Version {number}, {when}, by {name}", **facts)
