"""What people are given here as a YAML file: roles, teams led, accounts, deputies."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.yaml_file import BadFile, fault_of, parsed, scalar
from dialogs.wording import Words, clean
from scheduling.domain.limits import Misfit
from scheduling.domain.people import Appointment, Person
from scheduling.storage import plain
from scheduling.storage.appointments import NOTHING
from scheduling.storage.plain import Misread, Path
from scheduling.workflows.appointing import GIVEN

BELONGS = "people belong here, each by their id"
HEAD = """\
# Who may do what, over what the WFM and people.csv say. Change what you like, then:
#   aside people import FILE --dry-run    what is wrong with it, and what would change
#   aside people import FILE              one change, which aside people undo takes back
# Who is left out stays as they are, and so does what is left out of somebody. null takes it away:
# roles: null are again those of the WFM and people.csv, which the comment names.
#   leads: ids of teams    account: the object id of the Teams account
#   deputy: {deputy_id: tom, first: 2026-12-01, last: 2026-12-12}
"""


def written(given: Mapping[str, Appointment], everyone: Sequence[Person]) -> str:
    """Return who was given anything, or has a role beyond an agent's, as YAML."""
    lines = [HEAD]
    for person in everyone:
        if person.id in given or person.has(*GIVEN):
            lines += _lines(person, given.get(person.id, NOTHING))
    return "\n".join(lines) + "\n"


def _lines(person: Person, given: Appointment) -> Iterator[str]:
    """Yield a person; who has the roles of the WFM and ``people.csv`` is said to have them."""
    yield f"{scalar(person.id)}:  # {clean(person.name)}"
    for part, value in plain.write(given).items():
        comment = (
            f"  # {', '.join(sorted(person.roles))}" if (part, value) == ("roles", None) else ""
        )
        if part != "leads" or given.roles is not None:
            yield f"  {part}: {scalar(value)}{comment}"


def read(text: str, given: Mapping[str, Appointment], words: Words) -> Mapping[str, Appointment]:
    """Return what the people in ``text`` are to have; BadFile tells everything that is wrong."""
    content, lines = parsed(text, words, BELONGS)
    whole = {who: _whole(part, given.get(who, NOTHING)) for who, part in content.items()}
    try:
        return plain.read(dict[str, Appointment], whole)
    except Misread as error:
        raise refused(error.misfits, lines, words) from None


def _whole(part: Any, before: Appointment) -> Any:  # noqa: ANN401 - plain
    if not isinstance(part, dict):
        return part
    recalled: dict[str, Any] = {"leads": []} if "roles" in part and part["roles"] is None else {}
    return {**plain.write(before), **recalled, **part}


def faults(text: str, misfits: Sequence[Misfit], words: Words) -> BadFile:
    """Return what cannot be given to whom, with its lines in ``text``."""
    return refused(misfits, parsed(text, words, BELONGS)[1], words)


def refused(misfits: Sequence[Misfit], lines: Mapping[Path, int], words: Words) -> BadFile:
    """Return misfits as faults of a file."""
    return BadFile([fault_of(words, lines, misfit) for misfit in misfits])
