"""What every part of the set-up is called, what is wrong with an entry, and what a check says."""

from collections.abc import Mapping
from datetime import date

from dialogs.wording import Words, clean, mark
from dialogs.wording_recurring import weekday_words
from scheduling.domain.limits import Misfit
from scheduling.storage.edits import GONE
from scheduling.storage.plain import WEEKDAYS, Path, Plain
from scheduling.workflows.setup_form import Area
from scheduling.workflows.setup_port import Check, Subject

AREAS = {
    Area.TYPES: mark("Meeting type"),
    Area.PARAMETERS: mark("Search parameters"),
    Area.MAPPING: mark("Which search parameters each type uses"),
    Area.AUTOMATIC: mark("Auto-scheduling"),
    Area.LOCATIONS: mark("Location"),
    Area.ROOMS: mark("Room"),
    Area.FLOORS: mark("Staffing floor"),
    Area.ALLOWANCE: mark("Offline allowance"),
    Area.QUIET: mark("Quiet hours and notice"),
    Area.CLOCK: mark("Schedulers' service clock"),
    Area.INTRADAY: mark("Rush and quiet times"),
    Area.RETENTION: mark("Retention"),
    Area.EVERYTHING: mark("Everything"),
}
FRESH = {
    Area.TYPES: mark("New meeting type"),
    Area.PARAMETERS: mark("New search parameters"),
    Area.LOCATIONS: mark("New location"),
    Area.ROOMS: mark("New room"),
}

LABELS: Mapping[tuple[str, str], str] = {
    ("types", "id"): mark("Short name, which never changes"),
    ("types", "name"): mark("Name"),
    ("types", "subject"): mark("Neutral subject that others may read in a calendar"),
    ("types", "code_id"): mark("Activity code in the workforce system"),
    ("types", "minutes"): mark("Length in minutes"),
    ("types", "group"): mark("One session for all who are asked"),
    ("types", "quorum"): mark("Part of those asked who are enough, up to 1"),
    ("types", "private"): mark("Private in calendars"),
    ("types", "confidential"): mark("Confidential: never scheduled by itself, kept out of history"),
    ("types", "auto_schedule"): mark("Scheduled by itself, without a proposal"),
    ("types", "tier"): mark("How much it matters when not all can be placed"),
    ("types", "walk_away"): mark("Contacts past their goal above which it is rather not held"),
    ("types", "notice"): mark("Notice before Aside moves it"),
    ("types", "offered"): mark("May be asked for"),
    ("types", "registers"): mark("Register of who attended"),
    ("types", "scored"): mark("Register takes a score of each person"),
    ("places", ""): mark("Where it may happen, the first choice first"),
    ("mapping", ""): mark("Search parameters"),
    ("parameters", "id"): mark("Short name, which never changes"),
    ("parameters", "window"): mark("Times of day"),
    ("parameters", "weekdays"): mark("Weekdays"),
    ("parameters", "lead"): mark("Lead time in minutes"),
    ("parameters", "edge"): mark("Minutes kept free at both ends of a shift"),
    ("parameters", "sessions_a_day"): mark("Sessions a day for one person"),
    ("parameters", "offline_a_day"): mark("Offline minutes a day for one person"),
    ("parameters", "offline_a_week"): mark("Offline minutes a week for one person"),
    ("caps", "team_cap"): mark("Most of a team in sessions at once"),
    ("caps", "site_cap"): mark("Most of a site in sessions at once"),
    ("caps", "unit_cap"): mark("Most of the business unit in sessions at once"),
    ("caps", "activity_cap"): mark("Most of an activity in sessions at once"),
    ("caps", "skill_cap"): mark("Most with a rare skill in sessions at once"),
    ("locations", "id"): mark("Short name, which never changes"),
    ("locations", "site_id"): mark("Site in the workforce system"),
    ("locations", "buildings"): mark("Buildings as rooms name them, with commas between"),
    ("locations", "holidays"): mark("Holidays, with commas between"),
    ("rooms", "id"): mark("Mailbox address of the room"),
    ("rooms", "name"): mark("Name"),
    ("rooms", "capacity"): mark("Seats"),
    ("rooms", "site_id"): mark("Site in the workforce system"),
    ("rooms", "building"): mark("Building"),
    ("rooms", "floor"): mark("Floor of the building"),
    ("rooms", "equipment"): mark("Equipment, with commas between"),
    ("rooms", "wheelchair"): mark("Wheelchair access"),
    ("rooms", "closed"): mark("Closed: not offered for now"),
    ("floors", "deficit"): mark("Largest deficit that bookings may cause, in FTE; empty for none"),
    ("floors", "heads"): mark("Fewest people of a site who stay"),
    ("allowance", ""): mark("Offline minutes planned for one person a week"),
    ("noise", "awake"): mark("Times of day when messages are sent"),
    ("noise", "settle"): mark("Wait after a shift begins"),
    ("noise", "digest"): mark("Time of the daily digest"),
    ("noise", "pushes_a_day"): mark("Messages a day for one person"),
    ("noise", "present"): mark("Time after asking in which the card is enough, without a message"),
    ("notice", ""): mark("Notice before Aside moves a session"),
    ("clock", "acknowledge"): mark("Time to take on a failed request"),
    ("clock", "resolve"): mark("Time to decide it"),
    ("clock", "before_last"): mark("Time before the last possible start by which it is decided"),
    ("clock", "nudges"): mark("Parts of the time after which schedulers are reminded"),
    ("clock", "group_after"): mark("Failures of one cause that become one card"),
    ("clock", "group_within"): mark("Time within which they count"),
    ("intraday", "short"): mark("FTE under the requirement that make a rush"),
    ("intraday", "spare"): mark("FTE over the requirement that make a quiet time"),
    ("intraday", "lasting"): mark("How long either must last"),
    ("intraday", "offer"): mark("How long an offer stands"),
    ("intraday", "every"): mark("How often staffing is looked at"),
    ("keep", "drafts"): mark("Days for drafts"),
    ("keep", "notices"): mark("Days for notices"),
    ("keep", "conversations"): mark("Days for chats of those who left"),
    ("keep", "keyed_events"): mark("Days for invitations by mail"),
    ("keep", "requests"): mark("Days for requests"),
    ("keep", "histories"): mark("Days for the engine's histories"),
    ("keep", "audit"): mark("Days for the audit"),
    ("paused", ""): mark("Auto-scheduling is paused"),
    ("paused", "by"): mark("Auto-scheduling is paused, by"),
    ("paused", "since"): mark("Auto-scheduling is paused, since"),
    ("paused", "until"): mark("Auto-scheduling is paused, until"),
}
"""By the part of the set-up and the name within it."""

EXAMPLES: Mapping[tuple[str, str], str] = {
    ("types", "notice"): "4d",
    ("parameters", "window"): "09:00-17:00",
    ("caps", "team_cap"): "10%",
    ("caps", "site_cap"): "10%",
    ("caps", "unit_cap"): "10%",
    ("caps", "activity_cap"): "10%",
    ("caps", "skill_cap"): "2",
    ("locations", "holidays"): "2026-12-25",
    ("noise", "awake"): "07:00-20:00",
    ("noise", "settle"): "5m",
    ("noise", "digest"): "08:45",
    ("notice", ""): "4d",
    ("clock", "acknowledge"): "30m",
    ("clock", "resolve"): "4h",
    ("clock", "group_within"): "1h",
    ("intraday", "lasting"): "30m",
    ("intraday", "offer"): "5m",
    ("intraday", "every"): "5m",
    ("clock", "before_last"): "1d",
    ("noise", "present"): "2m",
}
"""How what is typed as a text is written, the same in every language."""

VALUES: Mapping[str, str] = {
    "room,online": mark("In a room, else online"),
    "online,room": mark("Online, else in a room"),
    "room": mark("In a room"),
    "online": mark("Online"),
    "true": mark("yes"),
    "false": mark("no"),
    "mandatory": mark("Mandatory"),
    "due": mark("Due"),
    "normal": mark("Normal"),
    "groups": mark("Where several meet"),
    "always": mark("Always"),
    "never": mark("Never"),
}

MISFITS: Mapping[str, tuple[str, ...]] = {
    "unknown": (mark("There is no such setting; is it {near}?"), mark("There is no such setting.")),
    "missing": (mark("This is needed."),),
    "no_mapping": (mark("Settings with names belong here."),),
    "no_list": (mark("A list belongs here."),),
    "no_key": (mark("A short name of letters, digits and . _ @ - belongs here."),),
    "known": (mark("{name} is there already."),),
    "too_many": (mark("At most {most} entries."),),
    "twice": (mark("Each only once."),),
    "no_choice": (mark("One of these: {known}."),),
    "no_weekdays": (mark("At least one of these: {known}."),),
    "no_cap": (mark("A number of people, or a part such as 10%."),),
    "no_window": (mark("Two times of day, such as 09:00-17:00."),),
    "no_clock": (mark("A time of day, such as 08:45 (in quotes in a file)."),),
    "no_day": (mark("A date, such as 2026-12-25."),),
    "no_whole_number": (mark("A whole number."),),
    "no_number": (mark("A number."),),
    "outside": (mark("From {least} to {most}."),),
    "no_length": (mark("A length of time, such as 30m, 4h or 2d."),),
    "no_instant": (mark("A date and time with its zone, such as 2026-11-23T09:00:00+00:00."),),
    "no_text": (mark("Some text."),),
    "too_long": (mark("At most {most} letters, on one line."),),
    "formatting": (mark("No < > { } and no links."),),
    "confidential": (mark("A confidential type is never scheduled by itself."),),
    "none_offered": (mark("At least one type must be offered."),),
    "no_parameters": (
        mark("There are no search parameters {name}; there are: {known}."),
        mark("There are no such search parameters."),
    ),
    "no_type": (
        mark("There is no meeting type {name}; there are: {known}."),
        mark("There is no such meeting type."),
    ),
    "type_kept": (
        mark("A type that was in use stays: say that it may not be asked for any more."),
    ),
    "no_yaml": (mark("This is not YAML: {why}."),),
    "unfit": (mark("This cannot be: {why}."),),
    "no_account": (mark("No enabled account of your organisation has that address or object id."),),
    "bound": (mark("That account belongs to somebody, or this person has another."),),
    "nobody": (mark("There is nobody of that id; aside people list shows who there is."),),
    "no_roles": (mark("Teams are led by roles that are given here: name the roles as well."),),
    "no_agent": (mark("Who is an agent the workforce system says."),),
    "no_team": (mark("There is no such team in the workforce system."),),
    "no_deputy": (
        mark("A deputy is somebody else of the same unit or of none, and no mere agent."),
    ),
    "dates": (mark("Choose a first and a last day, in this order."),),
}

CHECKS: Mapping[str, tuple[str, str]] = {
    "wfm": (
        mark("The workforce system answers. Business units: {units}; agents: {agents}."),
        mark("The workforce system does not answer. Check its files or its sign-in."),
    ),
    "codes": (
        mark("The activity codes of all meeting types are defined."),
        mark(
            "Activity codes are missing: {missing}. Define them in the workforce system, or choose "
            "others in the meeting types."
        ),
    ),
    "horizon": (
        mark("Schedules reach until {planned}, forecasts until {forecast}."),
        mark(
            "Schedules reach until {planned}, forecasts until {forecast}. Publish at least the "
            "coming week, or nothing can be found in it."
        ),
    ),
    "rooms": (
        mark("Rooms on offer: {count}."),
        mark(
            "Rooms on offer: {count}. These belong to no site: {lost}. Set up a location for "
            "their building, or grant the right to read places."
        ),
    ),
    "room_mailboxes": (
        mark("The calendars of the rooms can be read."),
        mark(
            "These rooms' calendars cannot be read, so they are never offered: {silent}. Check their "
            "mailboxes and the reader's right."
        ),
    ),
    "channel": (
        mark("The schedulers' channel is known."),
        mark(
            "The bot cannot write to a channel called {name}. Add the app to the team, and "
            "mention it once in the channel."
        ),
    ),
    "people": (
        mark("People with a mailbox: all {count}; not written to Aside yet: {unbound}."),
        mark(
            "People without a mailbox, who get no invite: {without} of {count}; not written to Aside "
            "yet: {unbound}. Add addresses in the workforce system or in people.csv."
        ),
    ),
    "administrators": (
        mark("Administrators with an account: {count}; people who may confirm: {deciders}."),
        mark(
            "Administrators with an account: {count}; people who may confirm: {deciders}. "
            "Two are needed to lower a floor: give one more person the role."
        ),
    ),
}
SILENT = mark("It could not be found out: {what} does not answer.")


def subject_words(words: Words, subject: Subject) -> str:
    """Return what a form is about."""
    if subject.id == "+":
        return words.say(FRESH[subject.area])
    area = words.say(AREAS[subject.area])
    if not subject.name:
        return area
    return words.say("{area}: {name}", area=area, name=clean(subject.name))


def label_of(words: Words, path: Path) -> str:
    """Return what a setting is called."""
    part, name = _known_as(path)
    template = LABELS.get((part, name)) or LABELS.get((part, ""))
    return words.say(template) if template else clean("/".join(path))


def asked_words(words: Words, path: Path) -> str:
    """Return what a setting is called where it is asked for: with how it is written."""
    label, example = label_of(words, path), EXAMPLES.get(_known_as(path))
    if example is None:
        return label
    return words.say("{label}, such as {example}", label=label, example=example)


def _known_as(path: Path) -> tuple[str, str]:
    part = "caps" if "caps" in path else path[0]
    return part, path[-1] if len(path) > 2 or part in PLAIN_PARTS else ""


PLAIN_PARTS = frozenset({"noise", "clock", "intraday", "keep"})


def place_words(words: Words, path: Path) -> str:
    """Return where a difference is: what it belongs to, and what it is called."""
    area = next((area for area in AREAS if area.value == path[0]), None)
    owner = clean(path[1]) if len(path) > 1 and path[0] not in PLAIN_PARTS else ""
    if len(path) == 2 and area is not None:
        return words.say("{area}: {name}", area=words.say(AREAS[area]), name=owner)
    label = label_of(words, path)
    return words.say("{name}: {label}", name=owner, label=label) if owner else label


def value_words(words: Words, value: Plain) -> str:
    """Return a plain value as it is read on a card."""
    if value is GONE or value is None:
        return words.say("nothing")
    if isinstance(value, bool):
        said = "true" if value else "false"
        return words.say(VALUES[said])
    if isinstance(value, float):
        return words.number(value, 2 if value != int(value) else 0)
    if isinstance(value, list):
        return words.listed(value) if value else words.say("nothing")
    if isinstance(value, dict):
        return clean(value.get("name") or words.count("{n} setting", "{n} settings", len(value)))
    return _word_of(words, value)


def _word_of(words: Words, value: object) -> str:
    if value in WEEKDAYS:
        return weekday_words(words, WEEKDAYS.index(value))
    return words.say(VALUES[str(value)]) if value in VALUES else clean(value)


def misfit_words(words: Words, misfit: Misfit) -> str:
    """Return what is wrong with an entry; the first sentence whose facts are all known."""
    facts = {name: clean(value, 200) for name, value in misfit.facts.items() if value}
    templates = MISFITS[misfit.kind]
    chosen = next((t for t in templates if all(n in facts for n in _holes(t))), templates[-1])
    return words.say(chosen, **facts)


def _holes(template: str) -> list[str]:
    return [part.partition("}")[0] for part in template.split("{")[1:]]


def check_words(words: Words, check: Check) -> str:
    """Return what a check found, and what to do where it is not as it must be."""
    if "error" in check.facts:
        return words.say(SILENT, what=words.say(REMOTES[check.kind]))
    good, bad = CHECKS[check.kind]
    facts = {name: _fact(words, name, value) for name, value in check.facts.items()}
    return words.say(good if check.ok else bad, **facts)


def _fact(words: Words, name: str, value: str) -> str:
    if name in ("planned", "forecast"):
        return words.day(date.fromisoformat(value)) if value else words.say("nothing")
    return clean(value, 200) if value else words.say("nothing")


REMOTES: Mapping[str, str] = {
    "wfm": mark("the workforce system"),
    "codes": mark("the workforce system"),
    "horizon": mark("the workforce system"),
    "rooms": mark("the calendar"),
    "room_mailboxes": mark("the calendar"),
    "channel": mark("the database"),
    "people": mark("the database"),
    "administrators": mark("the database"),
}

SKIPPED: Mapping[str, str] = {
    "late": mark("there was no time left"),
    "away": mark("the workforce system or the calendar did not answer"),
    "together": mark("one session for several people"),
    "gone": mark("somebody has left"),
    "no_schedule": mark("there is no schedule for those days any more"),
    "no_forecast": mark("there is no forecast for those days any more"),
    "code_missing": mark("the activity code is missing"),
    "unknown_draft": mark("the meeting type is missing"),
    "solver_away": mark("the search did not answer"),
}
OTHERWISE = mark("something else")
