"""What a run's card says besides where it is of a course: its groups, who waits, and ways out."""

from dialogs.cards.components import Element, and_more, aside, box, hidden, table, text, toggle
from dialogs.wording import Words, clean
from dialogs.wording_courses import not_now_words
from dialogs.wording_rules import granted
from dialogs.wording_staffing import price_words
from scheduling.domain.rollouts import GroupPlan, RolloutPreview
from scheduling.domain.runs import RunView

GROUPS, WAITING = "groups", "waiting"
NAMED = 40


def rollout_figures(rollout: RolloutPreview, words: Words) -> list[tuple[str, str]]:
    """Return the figures of a roll-out: seats, mop-up, the last day, and who needs none."""
    seats = sum(len(group.attendee_ids) for group in rollout.groups)
    figures = [
        (
            words.say("Groups"),
            words.say(
                "{groups} with {taken} seats taken, {free} free",
                groups=words.number(len(rollout.groups)),
                taken=words.number(seats),
                free=words.number(rollout.seats_free),
            ),
        ),
        (
            words.say("Likely to miss it"),
            words.count(
                "{people}; keep {n} more group for them",
                "{people}; keep {n} more groups for them",
                rollout.capacity.mop_up_groups,
                people=words.number(rollout.capacity.mop_up),
            ),
        ),
    ]
    if rollout.covered is not None:
        figures.append((words.say("Last day"), words.day(rollout.covered)))
    if counts := not_now_words(words, dict(rollout.not_now)):
        figures.append((words.say("No seat now"), counts))
    return figures


def replanned_box(rollout: RolloutPreview, words: Words) -> list[Element]:
    """Return that nothing was booked and why, where this plan replaces one that was to be."""
    if rollout.replanned is None:
        return []
    changed = not_now_words(words, dict(rollout.replanned))
    line = (
        words.say(
            "▲ Nothing was booked yet: of those who were planned for, {changed}. This is the plan"
            " for the others. Look at it, and book again.",
            changed=changed,
        )
        if changed
        else words.say(
            "▲ Nothing was booked yet: the course was changed since it was planned. This is a new"
            " plan. Look at it, and book again."
        )
    )
    return [box([text(line)], "warning")]


def rollout_groups(run: RunView, rollout: RolloutPreview, words: Words, most: int) -> list[Element]:
    """Return the groups, who has no seat with ways out, and the waiting list."""
    return [
        *_groups(run, rollout, words, most),
        *_rare(rollout, words),
        *_ways(rollout, words),
        *_waiting(run, rollout, words),
    ]


def _groups(run: RunView, rollout: RolloutPreview, words: Words, most: int) -> list[Element]:
    if not rollout.groups:
        return []
    headers = [words.say("Group"), words.say("When"), words.say("Taught by")]
    rows = [_group(run, group, words) for group in rollout.groups[:most]]
    shown: list[Element] = [table(headers, rows, [2, 4, 3])]
    if rest := max(0, len(rollout.groups) - most):
        shown.append(aside(words.count("and {n} more group", "and {n} more groups", rest)))
    return [toggle(words.say("Groups and their times"), GROUPS), hidden(GROUPS, shown)]


def _group(run: RunView, group: GroupPlan, words: Words) -> list[str]:
    names = run.names or {}
    people = words.count("{n} person", "{n} people", len(group.attendee_ids))
    line = words.say("{n}. {people}", n=words.number(group.number), people=people)
    if run.held & set(group.days):
        line = words.say("{line}, on hold", line=line)
    rooms = dict.fromkeys(
        clean(room) if room else words.say("online") for _, _, room in group.parts
    )
    trainers = dict.fromkeys(clean(names.get(who, who)) for _, who, _ in group.parts)
    return [
        line,
        words.listed(words.when(interval) for interval, _, _ in group.parts),
        words.say(
            "{trainers}, {places}", trainers=words.listed(trainers), places=words.listed(rooms)
        ),
    ]


def _rare(rollout: RolloutPreview, words: Words) -> list[Element]:
    """Return which rare skills keep somebody out."""
    return [text(line) for line in rare_words(words, rollout)]


def rare_words(words: Words, rollout: RolloutPreview) -> list[str]:
    """Return which rare skills leave somebody without a seat, and how many may be away at once."""
    return [
        words.say(
            "{n} without a seat: only {most} of the {people} with {skill} at once",
            n=words.number(len(left.person_ids)),
            most=words.number(one.most),
            people=words.number(one.people),
            skill=clean(one.name),
        )
        for left in rollout.left_over
        for one in left.rare
    ]


def _ways(rollout: RolloutPreview, words: Words) -> list[Element]:
    """Return what would seat those who have none, with its price."""
    lines = []
    for left in rollout.left_over:
        for rules, price in left.ways:
            lines.append(
                words.say(
                    "{n} without a seat: {way}, {price}",
                    n=words.number(len(left.person_ids)),
                    way=granted(words, rules),
                    price=price_words(words, price),
                )
            )
    return [text(line) for line in lines]


def _waiting(run: RunView, rollout: RolloutPreview, words: Words) -> list[Element]:
    """Return who waits, in their order, behind a button."""
    if not rollout.waiting:
        return []
    names = run.names or {}
    shown = [clean(names.get(each, each)) for each in rollout.waiting[:NAMED]]
    lines = [
        text(words.say("{n}. {name}", n=words.number(number), name=name))
        for number, name in enumerate(shown, 1)
    ]
    lines += and_more(words, len(rollout.waiting) - NAMED)
    how = (
        words.say(
            "Seats were short: the order was drawn. Whoever has the seed in the audit can draw it"
            " again; planning again draws the same until it is booked."
        )
        if rollout.drawn
        else words.say("Nobody was drawn for: whose validity ends first goes first.")
    )
    title = words.count("{n} on the waiting list", "{n} on the waiting list", len(rollout.waiting))
    return [toggle(title, WAITING), hidden(WAITING, [aside(how), *lines])]


def groups_to_book(run: RunView, rollout: RolloutPreview) -> int:
    """Return how many groups have no day on hold."""
    return sum(not run.held & set(group.days) for group in rollout.groups)
