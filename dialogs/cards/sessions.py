"""Where and when a session is, in the words every card uses alike."""

from collections.abc import Iterable

from dialogs.cards.components import Element, aside, text
from dialogs.wording import Words, clean
from dialogs.wording_rules import funnel_words, granted
from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role
from scheduling.domain.proposals import Option, ProposedSession, Unplaced, WayOut
from scheduling.domain.requests import SessionState, SessionView

Attending = ProposedSession | SessionView | Unplaced
"""Whatever says who attends."""
MOST_UNPLACED = 5


def place_words(words: Words, place: PlaceKind, room_name: str | None) -> str:
    """Return the room's name, or that it is online."""
    if place is PlaceKind.ONLINE:
        return words.say("online")
    return clean(room_name) if room_name else words.say("a room")


def option_words(words: Words, option: Option, zone: str) -> str:
    """Return when and where an option is."""
    return words.say(
        "{when} · {place}",
        when=words.when(option.interval, zone),
        place=place_words(words, option.place, option.room_name),
    )


def moves_line(words: Words, session: SessionView) -> list[Element]:
    """Return that a session was moved, and from when; or that it is being changed just now."""
    if session.state is SessionState.RELEASED:
        return [aside(words.say("↺ This time is free again; a new one is needed."))]
    if session.changing:
        return [aside(words.say("… It is being changed just now."))]
    if session.moved_from is None:
        return []
    return [aside(words.say("Moved from {when}", when=words.dated(session.moved_from)))]


def coming_words(words: Words, option: Option, sought: ProposedSession | Unplaced) -> str:
    """Return how many of those asked can come at that time, and who cannot."""
    away = [sought.names[i] for i in option.missing_ids if i in sought.names]
    if not away:
        return words.count("they can come", "all {n} can come", len(sought.names))
    return words.say(
        "{come} of {all} can come, not {names}",
        come=words.number(len(sought.names) - len(away)),
        all=words.number(len(sought.names)),
        names=words.listed(away),
    )


def title_words(words: Words, type_name: str, ask: Ask, people: Iterable[Attending]) -> str:
    """Return "One-to-one with Asha Patel", or for how many people the ``ask`` is.

    While a single name is not known, as in the queue, the type alone.
    """
    kind = clean(type_name)
    if ask.together or len(ask.attendee_ids) > 1:
        number = len(ask.attendee_ids)
        return words.count("{type} for {n} person", "{type} for {n} people", number, type=kind)
    name = next((each.attendee_name for each in people), None)
    return words.say("{type} with {name}", type=kind, name=clean(name)) if name else kind


def behalf_line(words: Words, name: str | None) -> list[Element]:
    """Return for whom a deputy asks, or nothing."""
    if not name:
        return []
    return [text(words.say("On behalf of {name}", name=clean(name)), isSubtle=True, spacing="None")]


def unplaced_lines(
    words: Words, unplaced: tuple[Unplaced, ...], *, with_ways_out: bool = False
) -> list[Element]:
    """Return for each person without a time why, in counts.

    ``with_ways_out`` adds what the requester could allow, where it can still be changed.
    """
    most = MOST_UNPLACED
    lines = [line for each in unplaced[:most] for line in _why(words, each, with_ways_out)]
    if len(unplaced) > most:
        rest = words.count("▸ and {n} more", "▸ and {n} more", len(unplaced) - most)
        lines.append(text(rest, spacing="Small"))
    return lines


def without_mailbox_line(words: Words, names: tuple[str, ...]) -> list[Element]:
    """Return who has to be told in person, or nothing."""
    if not names:
        return []
    return [
        text(
            words.say(
                "▸ No mailbox, so no invite: {names}. Booked in the workforce system only; "
                "please tell them yourself.",
                names=words.listed(names),
            ),
            spacing="Small",
        )
    ]


def unknown_calendars_line(words: Words, names: tuple[str, ...]) -> list[Element]:
    """Return whose other appointments are not known, or nothing."""
    if not names:
        return []
    return [
        text(
            words.say(
                "▸ I could not read the calendar of {names}; they may be busy.",
                names=words.listed(names),
            ),
            spacing="Small",
        )
    ]


def _why(words: Words, unplaced: Unplaced, with_ways_out: bool) -> list[Element]:
    name = words.say("▸ {name}: no time found", name=clean(unplaced.attendee_name))
    lines = [
        text(name, weight="Bolder", spacing="Small"),
        text(capital(funnel_words(words, unplaced)), spacing="None"),
    ]
    own = next((way for way in unplaced.ways_out if way.granted_by is Role.MANAGER), None)
    if own is not None and with_ways_out:
        lines.append(text(_allowing(words, own, unplaced), spacing="None"))
    return lines


def _allowing(words: Words, way: WayOut, unplaced: Unplaced) -> str:
    allowed = {
        "granted": granted(words, way.rules),
        "when": words.start(way.option.interval, unplaced.zone),
    }
    if unplaced.names:
        coming = coming_words(words, way.option, unplaced)
        return words.say(
            "You could allow {granted}, for example {when}: {coming}.", **allowed, coming=coming
        )
    return words.say("You could allow {granted}, for example {when}.", **allowed)


def capital(sentence: str) -> str:
    """Return a sentence that begins with a capital letter."""
    return sentence[:1].upper() + sentence[1:]
