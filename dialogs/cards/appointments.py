"""Cards about people: find one, see how they stand, give roles, an account or a deputy."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.cards.components import (
    Element,
    aside,
    box,
    card,
    choices,
    date_input,
    facts,
    heading,
    show,
    tap,
    text,
    text_input,
)
from dialogs.cards.refusal import refusal_box
from dialogs.setup_views import PeopleView, StandingView
from dialogs.verbs import SUBJECT, VERSION, Verb
from dialogs.wording import Words, clean, entry
from dialogs.wording_rules import ROLE_TITLES
from dialogs.wording_setup import misfit_words
from scheduling.domain.limits import Misfit
from scheduling.domain.people import Role
from scheduling.workflows.appointing import GIVEN
from scheduling.workflows.appointments_port import Match, Standing
from scheduling.workflows.setup_form import NOTHING

OFFERED = (150, 40, 10)


def people_cards(view: PeopleView, words: Words) -> Iterator[Element]:
    """Yield the search and whom it found."""
    found = view.found
    body = [
        heading(words.say("People")),
        text_input(verbs.NAME, words.say("Part of a name"), entry(found.typed, 100), 100),
    ]
    options = [(each.id, _match(words, each)) for each in found.matches]
    if options:
        body.append(choices(verbs.WHO, words.say("Who"), options, options[0][0], style="expanded"))
    else:
        body.append(text(words.say("Nobody has a name like that.")))
    if found.more:
        body.append(aside(words.say("There are more: write more of the name.")))
    opened = [tap(words.say("Open"), Verb.PERSON, {}, style="positive")] if options else []
    find = tap(words.say("Find"), Verb.PEOPLE, {})
    yield card(body, [*opened, find, tap(words.say("Back"), Verb.SETUP, {})])


def _match(words: Words, match: Match) -> str:
    if not match.place:
        return clean(match.name)
    return words.say("{name} ({place})", name=clean(match.name), place=clean(match.place))


def standing_cards(view: StandingView, words: Words) -> Iterator[Element]:
    """Yield a person as they stand, then the same with fewer people and teams to choose from."""
    standing = view.standing
    for most in OFFERED:
        changed = [box([text(words.say("This is in force now."))], "good")] if view.changed else []
        yield card(
            [
                heading(clean(standing.person.name)),
                *changed,
                *refusal_box(words, view.refusal, {}),
                *_wrong(words, standing),
                _facts(words, standing),
                *_roles(words, standing, most),
            ],
            _actions(words, standing, most),
        )


def _wrong(words: Words, standing: Standing) -> list[Element]:
    if standing.wrong is None:
        return []
    name, kind = standing.wrong
    said = misfit_words(words, Misfit(path=(name,), kind=kind))
    return [box([text(words.say("Please correct: {said}", said=said))], "warning")]


def _facts(words: Words, standing: Standing) -> Element:
    person, deputy = standing.person, standing.deputy
    source = (
        words.say("this card")
        if standing.appointed
        else words.say("the workforce system and people.csv")
    )
    rows = [
        (words.say("Roles are from"), source),
        (
            words.say("Teams account"),
            words.say("linked") if person.object_id else words.say("not linked"),
        ),
        (words.say("Mailbox"), words.say("yes") if person.address else words.say("no")),
    ]
    if deputy is not None:
        name = clean(standing.deputies.get(deputy.deputy_id, deputy.deputy_id))
        days = {"first": words.day(deputy.first), "last": words.day(deputy.last)}
        said = words.say("{name}, from {first} to {last}", name=name, **days)
        rows.append((words.say("Deputy"), said))
    return facts(rows)


def _roles(words: Words, standing: Standing, most: int) -> list[Element]:
    roles = [(role.value, words.say(ROLE_TITLES[role])) for role in Role if role in GIVEN]
    chosen = ",".join(sorted(standing.person.roles & GIVEN))
    led = ",".join(sorted(standing.person.leads))
    teams = sorted(standing.teams.items(), key=lambda team: (team[0] not in led, team[1]))[:most]
    named = [(team, clean(name)) for team, name in teams]
    return [
        choices(
            verbs.ROLES, words.say("Roles"), roles, chosen, isMultiSelect=True, style="expanded"
        ),
        *(
            [choices(verbs.LEADS, words.say("Teams led"), named, led, isMultiSelect=True)]
            if named
            else []
        ),
    ]


def _actions(words: Words, standing: Standing, most: int) -> list[Element]:
    data = {SUBJECT: standing.person.id}
    recall = [tap(words.say("As it was"), Verb.RECALL, data)] if standing.appointed else []
    return [
        tap(words.say("Give these roles"), Verb.APPOINT, data, style="positive"),
        *recall,
        _account(words, standing, data),
        _deputy(words, standing, data, most),
        *_undo(words, standing, data),
        tap(words.say("Other people"), Verb.PEOPLE, {}),
    ]


def _undo(words: Words, standing: Standing, data: Element) -> list[Element]:
    if standing.newest is None:
        return []
    label = words.say("Undo the last change")
    return [tap(label, Verb.TAKE_BACK, {**data, VERSION: standing.newest})]


def _account(words: Words, standing: Standing, data: Element) -> Element:
    if standing.person.object_id:
        return tap(words.say("Unlink the account"), Verb.UNBIND, data)
    label = words.say("Address or object id of the account")
    field = text_input(verbs.ACCOUNT, label, "", 200)
    return show(words.say("Link an account"), [field], [tap(words.say("Link"), Verb.BIND, data)])


def _deputy(words: Words, standing: Standing, data: Element, most: int) -> Element:
    deputy = standing.deputy
    people = sorted(standing.deputies.items(), key=lambda each: each[1])[:most]
    options = [(NOTHING, words.say("nobody")), *((i, clean(name)) for i, name in people)]
    first = deputy.first if deputy else standing.today
    last = deputy.last if deputy else standing.today
    chosen = deputy.deputy_id if deputy else NOTHING
    fields = [
        choices(verbs.DEPUTY, words.say("Who acts for them"), options, chosen, style="filtered"),
        date_input(verbs.FIRST, words.say("From"), first.isoformat()),
        date_input(verbs.LAST, words.say("To and including"), last.isoformat()),
    ]
    return show(words.say("Deputy"), fields, [tap(words.say("Save"), Verb.DEPUTISE, data)])
