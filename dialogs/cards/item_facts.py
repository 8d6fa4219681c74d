"""The facts of a work item: by when it is to be decided, and what a scheduler weighs besides."""

from datetime import datetime

from dialogs.wording import Words, clean, mark
from dialogs.wording_work_items import OTHERWISE, TIERS
from scheduling.domain.house import Paused
from scheduling.domain.requests import WorkItemState, WorkItemView


def circumstances(item: WorkItemView, words: Words) -> list[tuple[str, str]]:
    """Return its clock, what happens otherwise, and how often and when it was tried and held."""
    requester = clean(item.requester_name)
    return [
        *_clock(item, words),
        (words.say("Otherwise"), words.say(OTHERWISE[item.cause], requester=requester)),
        (words.say("Mandatory"), words.say(TIERS[item.tier])),
        (words.say("Failed so far"), words.count("{n} time", "{n} times", item.failures)),
        (words.say("Last held"), _last_held(item, words)),
    ]


def _clock(item: WorkItemView, words: Words) -> list[tuple[str, str]]:
    """Return by when the item is to be taken on, while nobody has, and decided."""
    until = item.resolve_by or item.decide_by
    decide_by = until_words(until, words) if until else words.say("as soon as you can")
    lines = [(words.say("Decide by"), decide_by)]
    if item.take_on_by and item.state is WorkItemState.OPEN:
        lines.insert(0, (words.say("Take on by"), until_words(item.take_on_by, words)))
    return lines


def until_words(moment: datetime, words: Words) -> str:
    """Return a moment with how far it is, marked where it has passed."""
    ahead, passed = mark("{moment} ({distance})"), mark("⚠ {moment} ({distance})")
    said = ahead if moment > words.now else passed
    return words.say(said, moment=words.moment(moment), distance=words.distance(moment))


def paused_words(paused: Paused, words: Words) -> str:
    """Return who paused auto-scheduling, and until when."""
    name = clean(paused.by_name) or words.say("a scheduler")
    if paused.until is None:
        return words.say("Paused by {name} until somebody resumes it", name=name)
    return words.say("Paused by {name} until {moment}", name=name, moment=words.dated(paused.until))


def asked_words(item: WorkItemView, words: Words) -> str:
    """Return who asked for what."""
    name = clean(item.requester_name)
    if item.on_behalf_of:
        name = words.say("{name} on behalf of {other}", name=name, other=clean(item.on_behalf_of))
    return words.say(
        "Asked for by {name}: {dates}, {minutes}",
        name=name,
        dates=words.days(item.ask.dates),
        minutes=words.minutes(item.ask.minutes),
    )


def _last_held(item: WorkItemView, words: Words) -> str:
    """Return when the last session was; for several people, the longest ago."""
    dates = list(item.last_held.values())
    held = [day for day in dates if day]
    never = len(dates) - len(held)
    if not held:
        return words.say("none in the history")
    oldest = words.day(min(held))
    if len(dates) == 1:
        return oldest
    if never:
        return words.count(
            "longest ago {day}; {n} without any",
            "longest ago {day}; {n} without any",
            never,
            day=oldest,
        )
    return words.say("longest ago {day}", day=oldest)
