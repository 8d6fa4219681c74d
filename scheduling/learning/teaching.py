"""Who may teach which part of a course: by name, and by their skills where the WFM knows those."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course
from scheduling.domain.skills import all_met

Skills = Mapping[str, Mapping[str, int]]
"""The levels of those whom the WFM holds, by id; whoever is not there is not in the WFM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untaught:
    """What of a course nobody may teach: ``parts`` by number from 1, or all of them ``together``.

    ``together`` is where each part has a trainer, none has all of them, and one is to teach all.
    """

    parts: tuple[int, ...] = ()
    together: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.parts) or self.together


def skills_of(agents: Iterable[Agent]) -> Skills:
    """Return the skills of the agents whom the WFM holds."""
    return {agent.id: agent.skills for agent in agents}


def trainers_of(course: Course, part: int, skills: Skills) -> tuple[str, ...]:
    """Return who may teach the part with index ``part``: named for it and, if known, qualified."""
    return tuple(
        each
        for each in course.named_for(part)
        if each not in skills or all_met(course.qualification, skills[each])
    )


def untaught(course: Course, there: Collection[str], skills: Skills) -> Untaught:
    """Return what of a course nobody of those who are ``there`` may teach."""
    able = [set(trainers_of(course, at, skills)) & set(there) for at in range(len(course.parts))]
    empty = tuple(number for number, some in enumerate(able, 1) if not some)
    together = not empty and course.same_trainer and not set.intersection(*able)
    return Untaught(parts=empty, together=together)
