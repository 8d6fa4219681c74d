"""Skills as the WFM holds them, and what is asked of somebody's."""

from collections.abc import Mapping
from dataclasses import dataclass

HIGHEST_LEVEL = 100
AT_LEAST = ">="


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SkillLevel:
    """A skill at ``level`` or a higher one. Written ``Cards >= 2``; ``Cards`` alone is any level."""

    skill: str
    level: int = 0

    def __post_init__(self) -> None:
        if not self.skill.strip() or not 0 <= self.level <= HIGHEST_LEVEL:
            raise ValueError(f"a skill has a name, and a level from 0 to {HIGHEST_LEVEL}")

    @classmethod
    def read(cls, text: str) -> "SkillLevel":
        """Return what is written; ValueError where it is no skill."""
        name, at_least, level = text.rpartition(AT_LEAST)
        return cls(skill=name.strip(), level=int(level)) if at_least else cls(skill=text.strip())

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.skill} {AT_LEAST} {self.level}" if self.level else self.skill

    def met_by(self, skills: Mapping[str, int]) -> bool:
        """Whether somebody with ``skills`` (level by name) has it."""
        return skills.get(self.skill, -1) >= self.level


def all_met(asked: tuple[SkillLevel, ...], skills: Mapping[str, int]) -> bool:
    """Whether somebody with ``skills`` has all that is ``asked``."""
    return all(one.met_by(skills) for one in asked)
