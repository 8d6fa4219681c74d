"""From mentions to who attends and who leads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dialogs import verbs
from dialogs.grammar.mentions import Mention, Part
from dialogs.grammar.people import Directory, Target, split_names, unknown
from dialogs.problems import ProblemKind, problem
from dialogs.views import Problem
from scheduling.workflows.desk_port import RosterPerson

_MOST_WORDS_IN_A_NAME = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who attends, who leads (None: not said), what to ask, and the words that named nobody.

    Of those, ``unclear`` are a time or a place; ``leftovers`` are the others.
    ``sure`` is False where a name was recognised in spite of a slip; ``group`` where a team or
    everyone was meant; ``people_said`` where who attends was said or changed at all.
    """

    attendee_ids: tuple[str, ...]
    facilitator_id: str | None
    sure: bool
    group: bool
    problems: tuple[Problem, ...]
    leftovers: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    people_said: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Who was to attend before these words were said; ``adding``: the new ones come as well."""

    people: tuple[RosterPerson, ...] = ()
    adding: bool = False


@dataclass(frozen=True, slots=True)
class _Resolved:
    mention: Mention
    targets: tuple[Target, ...]
    leader: Target | None = None


def resolve(
    mentions: list[Mention],
    groups: Mapping[int, Target],
    directory: Directory,
    coming: Coming = Coming(),
) -> Parties:
    """Return who is meant by the mentions; ``groups`` are the held ones, by their start."""
    leaders = [_leader(each, directory) for each in mentions if each.part is Part.LEAD]
    leftovers: list[str] = []
    unclear: list[str] = []
    resolved: list[_Resolved] = []
    for mention in mentions:
        if mention.part is Part.LEAD:
            continue
        if mention.me:
            me = _me(directory)
            resolved.append(_Resolved(mention, (), leader=me))
        elif (found := _resolve(mention, groups, directory)) is not None:
            resolved.append(found)
        elif mention.placed:
            unclear.append(mention.said)
        else:
            leftovers.append(mention.said)
    wished = [each for each in resolved if each.mention.part is not Part.LEAVE]
    others = bool(coming.people) or any(e.targets and e.leader is None for e in wished)
    asked: list[Target] = []
    for each in wished:
        if each.leader is not None and (others or each.mention.me):
            leaders.append(each.leader)
        else:
            asked.extend(each.targets)
    left_out = [each for each in resolved if each.mention.part is Part.LEAVE]
    parties = _parties(asked, left_out, leaders, coming)
    return replace(parties, leftovers=tuple(leftovers), unclear=tuple(unclear))


def _me(directory: Directory) -> Target:
    mine = [p for p in directory.roster.facilitators if p.id == directory.roster.me.id]
    if mine:
        return Target(people=tuple(mine))
    return _leading(unknown(directory.roster.me.name, ()))


def _leader(mention: Mention, directory: Directory) -> Target:
    if mention.me:
        return _me(directory)
    found, _ = split_names(mention.words, mention.said, directory.facilitators)
    if len(found) > 1:
        said = [mention.said]
        return Target(problem=problem(verbs.FACILITATOR, ProblemKind.SAID_TWICE, said=said))
    return _leading(found[0]) if found else _leading(unknown(mention.said, ()))


def _leading(found: Target) -> Target:
    if found.problem is None:
        return found
    return replace(found, problem=replace(found.problem, field=verbs.FACILITATOR))


def _resolve(
    mention: Mention, groups: Mapping[int, Target], directory: Directory
) -> _Resolved | None:
    """Return whom a mention means; None for words that need not be a name and are none."""
    if mention.start in groups:
        return _Resolved(mention, (groups[mention.start],))
    words, said, marked = mention.words, mention.said, mention.part is not Part.NONE
    if not words or len(words) > _MOST_WORDS_IN_A_NAME:
        return _Resolved(mention, (unknown(said, ()),)) if marked else None
    if directory.names_team(words):
        return _Resolved(mention, (directory.team(words, said),))
    targets, whole = split_names(words, said, directory.people)
    if not whole and directory.is_team(words) and (marked or mention.held):
        targets = [directory.team(words, said)]
    elif not whole and marked:
        return _Resolved(mention, tuple(targets), leader=_only_leads(mention, directory))
    elif not whole and not any(directory.knows(word) for word in words):
        return None
    return _Resolved(mention, tuple(targets))


def _only_leads(mention: Mention, directory: Directory) -> Target | None:
    """Return the facilitator of that name, who is not somebody to be asked for."""
    found, whole = split_names(mention.words, mention.said, directory.facilitators)
    return _leading(found[0]) if whole and len(found) == 1 else None


def _parties(
    asked: list[Target], left_out: list[_Resolved], leaders: list[Target], coming: Coming
) -> Parties:
    people: dict[str, RosterPerson] = {}
    grouped: set[str] = set()
    for each in asked:
        if each.problem is None:
            people |= {person.id: person for person in each.people}
            grouped |= {person.id for person in each.people if each.group}
    problems = [each.problem for each in (*asked, *leaders) if each.problem]
    people_said = bool(asked or left_out)
    if coming.people and people_said:
        people, trouble = _changed(people, coming, named=bool(asked), instead=bool(left_out))
        problems.extend(trouble)
    for gone, trouble in (_left_out(each, people) for group in left_out for each in group.targets):
        problems.extend(trouble)
        people = {person_id: p for person_id, p in people.items() if person_id not in gone}
    lead_ids = {person.id for each in leaders if not each.problem for person in each.people}
    if len(lead_ids) > 1:
        said = sorted(person.name for each in leaders for person in each.people)
        problems.append(problem(verbs.FACILITATOR, ProblemKind.SAID_TWICE, said=said))
    every = (*asked, *leaders, *(each for group in left_out for each in group.targets))
    return Parties(
        attendee_ids=tuple(i for i in people if i not in grouped or i not in lead_ids),
        facilitator_id=next(iter(lead_ids)) if len(lead_ids) == 1 else None,
        sure=all(each.sure for each in every),
        group=bool(grouped),
        problems=tuple(problems),
        people_said=people_said,
    )


def _changed(
    people: dict[str, RosterPerson], coming: Coming, *, named: bool, instead: bool
) -> tuple[dict[str, RosterPerson], list[Problem]]:
    """Return who comes after a change; whom of several somebody replaces is asked."""
    before = {person.id: person for person in coming.people}
    if not named or instead or coming.adding:
        return before | people, []
    if len(people) >= len(before) or not people:
        return people or before, []
    said = [person.name for person in (before | people).values()]
    return before, [problem(verbs.ATTENDEES, ProblemKind.SAID_TWICE, said=said)]


def _left_out(
    target_left: Target, people: Mapping[str, RosterPerson]
) -> tuple[set[str], list[Problem]]:
    """Return who stays away; of several of a name, the one who would have come."""
    gone = {person.id for person in target_left.people}
    if target_left.problem is None:
        return gone, []
    coming = gone & set(people)
    if target_left.problem.kind == ProblemKind.AMBIGUOUS_NAME and len(coming) == 1:
        return coming, []
    return set(), [target_left.problem]
