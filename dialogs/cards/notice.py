"""Short messages to somebody whom a request concerns, one by one or together as a digest.

They may be read on a locked screen: they name the facilitator to an attendee, the attendee to a
facilitator, the time and the place; never a reason, a note, or another attendee. In the
schedulers' thread, which others read, nobody is named.
"""

from collections.abc import Iterator, Mapping

from dialogs.cards.components import (
    Element,
    aside,
    card,
    draft_data,
    heading,
    subheading,
    tap,
    text,
)
from dialogs.cards.sessions import place_words
from dialogs.verbs import Verb
from dialogs.views import DigestView, NoticeView
from dialogs.wording import Words, clean, mark
from dialogs.wording_selfcare import CAUSES
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.requests import SessionView, Target, TargetState
from scheduling.domain.times import Interval

FOR_ATTENDEE: Mapping[NoticeKind, str] = {
    NoticeKind.BOOKED: mark("New in your schedule: a session led by {name}"),
    NoticeKind.CANCELLED: mark("Cancelled: a session led by {name}"),
    NoticeKind.MOVED: mark("Moved: a session led by {name}"),
    NoticeKind.SWAPPED: mark("Swapped: a session led by {name}"),
    NoticeKind.ROOM_CHANGED: mark("Another room: a session led by {name}"),
    NoticeKind.ROOM_LOST: mark("Without a room for now: a session led by {name}"),
    NoticeKind.LED_BY: mark("{name} leads your session now"),
}
FOR_TRAINER: Mapping[NoticeKind, str] = {
    NoticeKind.BOOKED: mark("New: a session that you lead, with {name}"),
    NoticeKind.CANCELLED: mark("Cancelled: a session that you lead, with {name}"),
    NoticeKind.MOVED: mark("Moved: a session that you lead, with {name}"),
    NoticeKind.SWAPPED: mark("Swapped: a session that you lead, now with {name}"),
    NoticeKind.GAVE_UP: mark("{name} cannot attend a session that you lead"),
    NoticeKind.ROOM_CHANGED: mark("Another room: a session that you lead, with {name}"),
    NoticeKind.ROOM_LOST: mark("Without a room: a session that you lead, with {name}"),
    NoticeKind.LEFT: mark("{name} has left, and is in a session that you lead"),
    NoticeKind.LED_BY: mark("You lead this session now, with {name}"),
    NoticeKind.RELIEVED: mark("Somebody else leads your session now, with {name}"),
    NoticeKind.NO_SUBSTITUTE: mark("Nobody else can lead your session, with {name}, so far"),
    NoticeKind.REGISTER_DUE: mark("Who attended? A session that you led, with {name}"),
}
FOR_REQUESTER: Mapping[NoticeKind, str] = {
    NoticeKind.FAILED: mark("Not booked yet: your request for {name}"),
    NoticeKind.DECIDED: mark("The schedulers have decided on your request for {name}"),
    NoticeKind.CANCELLED: mark("Cancelled: a session that you asked for, with {name}"),
    NoticeKind.MOVED: mark("Moved: a session that you asked for, with {name}"),
    NoticeKind.SWAPPED: mark("Swapped: a session that you asked for, now with {name}"),
    NoticeKind.GAVE_UP: mark("{name} cannot attend a session that you asked for"),
    NoticeKind.ROOM_CHANGED: mark("Another room: a session that you asked for, with {name}"),
    NoticeKind.ROOM_LOST: mark("Without a room: a session that you asked for, with {name}"),
    NoticeKind.LEFT: mark("{name} has left, and is in a session that you asked for"),
    NoticeKind.TOO_FEW: mark("Fewer can come than needed to a meeting that you asked for"),
    NoticeKind.OVERDUE: mark("The schedulers are late with your request for {name}"),
    NoticeKind.LED_BY: mark("Another trainer leads a session that you asked for, with {name}"),
    NoticeKind.ABSENT: mark("A session that you asked for was missed; it is with {name}"),
}
IN_THREAD: Mapping[NoticeKind, str] = {
    NoticeKind.MOVED: mark("A session of this request was moved."),
    NoticeKind.GAVE_UP: mark("A session of this request lost its attendee."),
    NoticeKind.ROOM_CHANGED: mark("A session of this request has another room."),
    NoticeKind.REGISTER_DUE: mark("Who attended? A register is still open."),
}
TITLES: Mapping[Concern, Mapping[NoticeKind, str]] = {
    Concern.ATTENDEE: FOR_ATTENDEE,
    Concern.TRAINER: FOR_TRAINER,
    Concern.REQUESTER: FOR_REQUESTER,
    Concern.SCHEDULERS: IN_THREAD,
}
CHANGED = mark("Something has changed in your schedule")
"""What a notice says for which there is no sentence; your own calendar and cards tell the rest."""

WHERE_TO_LOOK: Mapping[NoticeKind, str] = {
    NoticeKind.LEFT: mark("The account is closed. The session stands until you cancel it."),
    NoticeKind.TOO_FEW: mark("It stands until you cancel it. The request shows who comes."),
    NoticeKind.FAILED: mark("The request shows why, and what can be done."),
    NoticeKind.DECIDED: mark("The request shows what they decided."),
    NoticeKind.OVERDUE: mark("They have been reminded. The request shows how it stands."),
}
INVITED = frozenset({TargetState.DONE, TargetState.UNDONE})
"""Who got an invite has it, or its cancellation, in the calendar."""

MOST = 12
"""So many entries of a digest are shown in full."""

SHOWN_SESSIONS = 3


def notice_cards(view: NoticeView, words: Words) -> Iterator[Element]:
    """Yield the notice; the times of its first sessions, the places unless it was cancelled."""
    body = [heading(_title(view, words)), *_lines(view, words)]
    if view.concern is not Concern.SCHEDULERS and _invited(view):
        body.append(aside(words.say("Your calendar shows the details.")))
    yield card(body, _actions(view, words))


def _actions(view: NoticeView, words: Words) -> list[Element]:
    if view.draft_id is None or view.kind not in WHERE_TO_LOOK:
        return []
    data = draft_data(view.draft_id, view.draft_version)
    return [tap(words.say("Show the request"), Verb.REFRESH, data)]


def digest_cards(view: DigestView, words: Words) -> Iterator[Element]:
    """Yield the digest with all entries, then with fewer."""
    for most in (MOST, MOST // 2, 1):
        yield card(_digest(view, words, most))


def _digest(view: DigestView, words: Words, most: int) -> list[Element]:
    body = [
        heading(words.say("What happened in your schedule")),
        aside(words.say("Since {moment}", moment=words.dated(view.since))),
    ]
    for one in view.notices[:most]:
        body += [subheading(_title(one, words)), *_lines(one, words)]
    rest = len(view.notices) - most
    if rest > 0:
        body.append(aside(words.count("{n} more change", "{n} more changes", rest)))
    body.append(aside(words.say("Your calendar shows the details.")))
    return body


def _title(view: NoticeView, words: Words) -> str:
    template = TITLES[view.concern].get(view.kind, CHANGED)
    return words.say(template, name=_name(view, words))


def _name(view: NoticeView, words: Words) -> str:
    """Return who else is in it: the facilitator, or those whom it is for."""
    request = view.request
    if view.concern is Concern.ATTENDEE:
        return clean(request.facilitator_name)
    those = request.sessions or request.unplaced
    names = list(dict.fromkeys(clean(one.attendee_name) for one in those))
    if len(names) == 1:
        return names[0]
    number = len(names) or len(request.ask.attendee_ids)
    return words.count("{n} person", "{n} people", number)


def _lines(view: NoticeView, words: Words) -> list[Element]:
    lines: list[Element] = []
    together = view.request.ask.together
    sessions = view.request.sessions[: 1 if together else len(view.request.sessions)]
    for session in sessions[:SHOWN_SESSIONS]:
        lines += _session(view, session, words)
    rest = len(sessions) - SHOWN_SESSIONS
    if rest > 0:
        lines.append(aside(words.count("{n} more session", "{n} more sessions", rest)))
    if view.kind is NoticeKind.NO_SUBSTITUTE:
        lines.append(text(words.say("The schedulers decide. Until then it is yours.")))
    if view.kind in WHERE_TO_LOOK and view.concern is Concern.REQUESTER:
        lines.append(text(words.say(WHERE_TO_LOOK[view.kind])))
    return lines


def _session(view: NoticeView, session: SessionView, words: Words) -> list[Element]:
    lines = [text(words.when(session.interval, session.zone), weight="Bolder")]
    if view.kind not in (NoticeKind.CANCELLED, NoticeKind.GAVE_UP):
        place = place_words(words, session.place, session.room_name)
        lines.append(text(place, spacing="None"))
    if view.kind is NoticeKind.MOVED and session.moved_from is not None:
        begun = session.moved_from
        before = Interval(begun, begun + (session.interval.end - session.interval.start))
        when = words.when(before, session.zone)
        lines.append(text(words.say("Before: {when}", when=when), spacing="None"))
    if session.id in view.why:
        lines.append(aside(words.say(CAUSES[view.why[session.id]])))
    return lines


def _invited(view: NoticeView) -> bool:
    return any(each.targets.get(Target.INVITE) in INVITED for each in view.request.sessions)
