"""From mentions to who attends and who leads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dialogs import verbs
from dialogs.grammar.mentions import Mention, Part
from dialogs.grammar.people import Directory, Target, split_names, unknown
from dialogs.problems import Problem, ProblemKind, problem
from scheduling.workflows.desk_port import RosterPerson

_MOST_WORDS_IN_A_NAME = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who attends, who leads (None: not said), what to ask, and the words that named nobody.

    Of those, ``unclear`` are a time or a place; ``leftovers`` are the others.
    ``sure`` is False where a name was recognised in spite of a slip; ``group`` where a team or
    everyone was meant; ``people_said`` where who attends was said or changed at all, ``changes``
    where somebody is left out who would not have come.
    """

    attendee_ids: tuple[str, ...]
    facilitator_id: str | None
    sure: bool
    group: bool
    problems: tuple[Problem, ...]
    leftovers: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    people_said: bool = False
    changes: bool = False


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
    resolved, nobody = _resolved(mentions, groups, directory)
    leftovers = [each.said for each in nobody if not each.placed]
    unclear = [each.said for each in nobody if each.placed]
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


def _resolved(
    mentions: list[Mention], groups: Mapping[int, Target], directory: Directory
) -> tuple[list[_Resolved], list[Mention]]:
    """Return whom the mentions of attendees mean, and those that mean nobody."""
    resolved: list[_Resolved] = []
    nobody: list[Mention] = []
    for mention in (each for each in mentions if each.part is not Part.LEAD):
        if _says_which(mention, resolved, directory):
            resolved[-1] = _narrowed(resolved[-1], mention, directory)
        elif (found := _resolve(mention, groups, directory)) is not None:
            resolved.append(found)
        elif resolved and _goes_on(resolved[-1].mention, mention, directory):
            team = directory.team(mention.words, mention.said)
            resolved[-1] = replace(resolved[-1], targets=(team,))
        else:
            nobody.append(mention)
    return resolved, nobody


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
    if mention.me:
        return _Resolved(mention, (), leader=_me(directory))
    if mention.start in groups:
        return _Resolved(mention, (groups[mention.start],))
    words, said, marked = mention.words, mention.said, mention.part is not Part.NONE
    if not words or len(words) > _MOST_WORDS_IN_A_NAME:
        return _Resolved(mention, (unknown(said, ()),)) if marked else None
    if directory.names_team(words):
        return _Resolved(mention, (directory.team(words, said),))
    return _by_name(mention, directory, marked=marked)


def _by_name(mention: Mention, directory: Directory, *, marked: bool) -> _Resolved | None:
    words, said = mention.words, mention.said
    targets, whole = split_names(words, said, directory.people)
    if whole:
        return _Resolved(mention, tuple(targets))
    if (named := _named_with_team(mention, directory)) is not None:
        return _Resolved(mention, named)
    if directory.is_team(words) and (marked or mention.held):
        return _Resolved(mention, (directory.team(words, said),))
    if marked:
        return _Resolved(mention, tuple(targets), leader=_only_leads(mention, directory))
    if any(directory.knows(word) for word in words):
        return _Resolved(mention, tuple(targets))
    # "status of Zebedee's 1:1" can only be a name
    return _Resolved(mention, (unknown(mention.owner, ()),)) if mention.owner else None


def _says_which(mention: Mention, before: list[_Resolved], directory: Directory) -> bool:
    """Whether a mention is the team of the name before it: "Tom from Billing"."""
    return mention.placed and bool(before) and directory.is_team(mention.words)


def _goes_on(before: Mention, mention: Mention, directory: Directory) -> bool:
    """Whether a mention is the name of the team before it: "the team Sales"."""
    named = not directory.says_team(mention.words)
    return named and before.held and mention.start == before.start + len(before.said) + 1


def _narrowed(named: _Resolved, mention: Mention, directory: Directory) -> _Resolved:
    *others, last = named.targets or (Target(),)
    said = f"{named.mention.said} ({mention.said})"
    return replace(named, targets=(*others, directory.within(last, mention.words, said)))


def _named_with_team(mention: Mention, directory: Directory) -> tuple[Target, ...] | None:
    """Return whom a name with its team behind it means: "Tom (Billing)"."""
    for cut in range(1, len(mention.words)):
        if directory.is_team(mention.words[cut:]):
            found, whole = split_names(mention.words[:cut], mention.said, directory.people)
            if whole:
                last = directory.within(found[-1], mention.words[cut:], mention.said)
                return (*found[:-1], last)
    return None


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
    away = {person.id for group in left_out for each in group.targets for person in each.people}
    changes = bool(left_out) and not away & set(people)
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
        changes=changes,
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
