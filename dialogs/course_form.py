"""A course's form: from a course to inputs, and from untrusted inputs to a course."""

from collections.abc import Mapping
from dataclasses import replace

from dialogs import verbs
from dialogs.taps import several, whole_number
from dialogs.templating import LONGEST_NAME, NO, YES, Reader, Wrong
from scheduling.domain.courses import (
    MOST_DAYS_APART,
    MOST_PARTS,
    MOST_PREPARE,
    MOST_SETTLE_DAYS,
    MOST_VALID_DAYS,
    Course,
    CoursePart,
)
from scheduling.domain.meetings import (
    LEAST_MINUTES,
    MOST_ATTENDEES,
    MOST_MINUTES,
    RARE_SKILL,
    PlaceKind,
    Tier,
)
from scheduling.domain.registers import HIGHEST_SCORE
from scheduling.domain.skills import SkillLevel
from scheduling.domain.templates import Audience
from scheduling.domain.times import FieldError
from scheduling.workflows.courses_port import CourseOffers

MOST_CONTACT = 24 * 60
MOST_CHOICES = 120
"""Trainers to be chosen from in all parts together: more, and the card is too large to be sent."""
SEMICOLON = "; "

NAMED = {
    "parts": verbs.PARTS,
    "trainer_ids": verbs.TRAINERS,
    "most": verbs.GROUP_MOST,
    "least": verbs.GROUP_LEAST,
    "per_team": verbs.PER_TEAM,
    "per_skill": verbs.PER_SKILL,
    "part_trainers": verbs.TRAINERS,
    "prepare": verbs.PREPARE,
    "contact_a_day": verbs.CONTACT,
    "valid_days": verbs.VALID,
    "no_show": verbs.NO_SHOW,
    "passing": verbs.PASSING,
    "settle_days": verbs.SETTLE,
    "requires": verbs.REQUIRES,
    "minutes": verbs.PARTS,
    "least_days": verbs.LEAST_DAYS,
    "most_days": verbs.MOST_DAYS,
}
"""Which input shows a field of a course or a part."""


def _empty_inputs(offers: CourseOffers) -> dict[str, str]:
    """Return every input of the form of a new course."""
    return {
        verbs.NAME: "",
        verbs.TYPE: offers.types[0][0] if offers.types else "",
        verbs.TEAMS: ",".join(site for site, _ in offers.sites),
        verbs.SKILLS: "",
        verbs.ACTIVITIES: "",
        verbs.PARTS: "60",
        verbs.LEAST_DAYS: "0",
        verbs.MOST_DAYS: "28",
        verbs.PLACE: PlaceKind.ONLINE.value,
        verbs.EQUIPMENT: "",
        verbs.TRAINERS: "",
        verbs.QUALIFICATION: "",
        verbs.SAME_TRAINER: YES,
        verbs.GROUP_LEAST: "4",
        verbs.GROUP_MOST: "10",
        verbs.PER_TEAM: "",
        verbs.PER_SKILL: "",
        verbs.PREPARE: "0",
        verbs.CONTACT: "",
        verbs.REQUIRES: "",
        verbs.VALID: "",
        verbs.DUE: "",
        verbs.TIER: Tier.NORMAL.value,
        verbs.PILOT: NO,
        verbs.NO_SHOW: "5",
        verbs.PASSING: "",
        verbs.SETTLE: "3",
    }


def shown_inputs(course: Course | None, offers: CourseOffers) -> dict[str, str]:
    """Return every input of the form as it is first shown."""
    if course is None:
        return _empty_inputs(offers)
    asked, later = course.audience, course.parts[-1]
    return {
        verbs.NAME: course.name,
        verbs.TYPE: course.type_id,
        verbs.TEAMS: ",".join(sorted(asked.team_ids | asked.site_ids)),
        verbs.SKILLS: SEMICOLON.join(map(str, asked.skills)),
        verbs.ACTIVITIES: ",".join(sorted(course.activity_ids)),
        verbs.PARTS: ", ".join(str(part.minutes) for part in course.parts),
        verbs.LEAST_DAYS: str(later.least_days),
        verbs.MOST_DAYS: str(later.most_days),
        verbs.PLACE: course.parts[0].place.value,
        verbs.EQUIPMENT: ", ".join(sorted(course.parts[0].equipment)),
        verbs.TRAINERS: ",".join(course.trainer_ids),
        **(
            {
                f"{verbs.PART_TRAINERS}{number}": ",".join(part.trainer_ids)
                for number, part in enumerate(course.parts, 1)
            }
            if asks_parts(course)
            else {}
        ),
        verbs.QUALIFICATION: SEMICOLON.join(map(str, course.qualification)),
        verbs.SAME_TRAINER: YES if course.same_trainer else NO,
        verbs.GROUP_LEAST: str(course.least),
        verbs.GROUP_MOST: str(course.most),
        verbs.PER_TEAM: str(course.per_team or ""),
        verbs.PER_SKILL: str(course.per_skill or ""),
        verbs.PREPARE: str(course.prepare),
        verbs.CONTACT: str(course.contact_a_day or ""),
        verbs.REQUIRES: ",".join(sorted(course.requires)),
        verbs.VALID: str(course.valid_days or ""),
        verbs.DUE: course.due.isoformat() if course.due else "",
        verbs.TIER: course.tier.value,
        verbs.PILOT: YES if course.pilot else NO,
        verbs.NO_SHOW: str(round(course.no_show * 100)),
        verbs.PASSING: str(course.passing or ""),
        verbs.SETTLE: str(course.settle_days),
    }


def asks_parts(course: Course) -> bool:
    """Whether the form asks who may teach each part: of one part, or of too many, it does not."""
    return len(course.parts) > 1 and len(course.parts) * len(course.trainer_ids) <= MOST_CHOICES


def course_from(
    typed: Mapping[str, str], before: Course | None, version: int, offers: CourseOffers
) -> Course | Wrong:
    """Return the course that ``typed`` describes, over ``before``; or which inputs are wrong.

    What the form does not show stays as it was. Nothing in it is authorised.
    """
    reader = Reader(typed)
    name = typed.get(verbs.NAME, "").strip()[:LONGEST_NAME]
    if not name:
        reader.wrong.add(verbs.NAME)
    audience = _audience(reader, before, offers)
    qualification = _skills(reader, verbs.QUALIFICATION, offers)
    parts = _parts(reader, before, offers)
    numbers = _numbers(reader)
    due = reader.day(verbs.DUE)
    tier = _tier(typed)
    if reader.wrong or audience is None:
        return Wrong(frozenset(reader.wrong))
    try:
        return Course(
            id=before.id if before else "",
            version=version,
            name=name,
            unit_id="",
            owner_id="",
            type_id=typed.get(verbs.TYPE, ""),
            parts=parts,
            audience=audience,
            trainer_ids=tuple(_ids(typed, verbs.TRAINERS)),
            qualification=qualification,
            least=numbers[verbs.GROUP_LEAST] or 1,
            most=numbers[verbs.GROUP_MOST] or MOST_ATTENDEES,
            activity_ids=frozenset(_ids(typed, verbs.ACTIVITIES)),
            same_trainer=typed.get(verbs.SAME_TRAINER) != NO,
            per_team=numbers[verbs.PER_TEAM],
            per_skill=numbers[verbs.PER_SKILL],
            prepare=numbers[verbs.PREPARE] or 0,
            contact_a_day=numbers[verbs.CONTACT],
            requires=frozenset(_ids(typed, verbs.REQUIRES)),
            valid_days=numbers[verbs.VALID],
            due=due,
            tier=tier,
            pilot=typed.get(verbs.PILOT) == YES,
            no_show=(numbers[verbs.NO_SHOW] or 0) / 100,
            passing=numbers[verbs.PASSING],
            settle_days=numbers[verbs.SETTLE] or 0,
        )
    except FieldError as wrong:
        return Wrong(frozenset({NAMED[str(wrong.field[0])]}))


def _numbers(reader: Reader) -> dict[str, int | None]:
    return {
        name: reader.number(name, least, most)
        for name, least, most in (
            (verbs.GROUP_LEAST, 1, MOST_ATTENDEES),
            (verbs.GROUP_MOST, 1, MOST_ATTENDEES),
            (verbs.PER_TEAM, 1, MOST_ATTENDEES),
            (verbs.PER_SKILL, 1, RARE_SKILL),
            (verbs.PREPARE, 0, MOST_PREPARE),
            (verbs.CONTACT, LEAST_MINUTES, MOST_CONTACT),
            (verbs.VALID, 1, MOST_VALID_DAYS),
            (verbs.NO_SHOW, 0, 90),
            (verbs.PASSING, 1, HIGHEST_SCORE),
            (verbs.SETTLE, 0, MOST_SETTLE_DAYS),
        )
    }


def _tier(typed: Mapping[str, str]) -> Tier:
    try:
        return Tier(typed.get(verbs.TIER, ""))
    except ValueError:
        return Tier.NORMAL


def _ids(typed: Mapping[str, str], name: str) -> list[str]:
    """Return the ids of a choice of several, each once, in their order."""
    return list(dict.fromkeys(several(typed.get(name))))


def _audience(reader: Reader, before: Course | None, offers: CourseOffers) -> Audience | None:
    """Return whom it is for: the sites and teams chosen, and who was named by a list before."""
    typed = reader.typed
    skills = _skills(reader, verbs.SKILLS, offers)
    chosen = frozenset(_ids(typed, verbs.TEAMS))
    sites = frozenset(site for site, _ in offers.sites)
    listed = before.audience if before else None
    try:
        return Audience(
            site_ids=chosen & sites,
            team_ids=chosen - sites,
            agent_ids=listed.agent_ids if listed else frozenset(),
            except_ids=listed.except_ids if listed else frozenset(),
            skills=skills,
        )
    except ValueError:
        reader.wrong.add(verbs.TEAMS)
        return None


def _skills(reader: Reader, name: str, offers: CourseOffers) -> tuple[SkillLevel, ...]:
    """Return the skills that are typed, each by the name that the WFM has for it."""
    known = {skill.casefold(): skill for skill, _ in offers.skills}
    found = set[SkillLevel]()
    for each in filter(str.strip, reader.typed.get(name, "").split(SEMICOLON.strip())):
        try:
            one = SkillLevel.read(each)
            found.add(replace(one, skill=known[one.skill.casefold()]))
        except (ValueError, KeyError):
            reader.wrong.add(name)
    return tuple(sorted(found))


def _parts(reader: Reader, before: Course | None, offers: CourseOffers) -> tuple[CoursePart, ...]:
    """Return the parts; what was left as it is shown stays as each part has it."""
    typed = reader.typed
    shown = shown_inputs(before, offers)
    minutes = [whole_number(each.strip()) for each in typed.get(verbs.PARTS, "").split(",")]
    if not 1 <= len(minutes) <= MOST_PARTS or not all(
        each and LEAST_MINUTES <= each <= MOST_MINUTES for each in minutes
    ):
        reader.wrong.add(verbs.PARTS)
        return ()
    least = reader.number(verbs.LEAST_DAYS, 0, MOST_DAYS_APART) or 0
    most = reader.number(verbs.MOST_DAYS, 0, MOST_DAYS_APART)
    most = MOST_DAYS_APART if most is None else most
    if most < least:
        reader.wrong.add(verbs.MOST_DAYS)
    if reader.wrong & {verbs.LEAST_DAYS, verbs.MOST_DAYS}:
        return ()
    place = PlaceKind.ROOM if typed.get(verbs.PLACE) == PlaceKind.ROOM else PlaceKind.ONLINE
    equipment = frozenset(
        each.strip() for each in typed.get(verbs.EQUIPMENT, "").split(",") if each.strip()
    )
    kept = before.parts if before and len(before.parts) == len(minutes) else ()
    asked = before is not None and asks_parts(before)
    made = []
    for number, length in enumerate(minutes):
        part = CoursePart(
            minutes=length or 0,
            least_days=least if number else 0,
            most_days=most,
            place=place,
            equipment=equipment,
            trainer_ids=tuple(_ids(typed, f"{verbs.PART_TRAINERS}{number + 1}")),
        )
        if kept:
            days = _same(typed, shown, verbs.LEAST_DAYS, verbs.MOST_DAYS)
            where = _same(typed, shown, verbs.PLACE, verbs.EQUIPMENT)
            part = replace(
                part,
                least_days=kept[number].least_days if days else part.least_days,
                most_days=kept[number].most_days if days else part.most_days,
                place=kept[number].place if where else part.place,
                equipment=kept[number].equipment if where else part.equipment,
                trainer_ids=part.trainer_ids if asked else kept[number].trainer_ids,
            )
        made.append(part)
    return tuple(made)


def _same(typed: Mapping[str, str], shown: Mapping[str, str], *names: str) -> bool:
    return all(typed.get(name, "") == shown[name] for name in names)
