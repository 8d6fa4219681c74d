"""Reading and checking somebody's own files, with every problem at once."""

from collections.abc import Iterable
from pathlib import Path

from scheduling.domain.people import Person
from wfm.centre.model import Centre
from wfm.files.client import Limits, read, sources
from wfm.files.mapping import PEOPLE_TABLES, centre_of, people_of
from wfm.files.problems import Problem, Problems
from wfm.files.tables import TABLES


def validate(location: Path, limits: Limits | None = None) -> tuple[Problem, ...]:
    """Return all that is wrong with the folder or workbook; empty when it can be used.

    OSError where ``location`` does not exist.
    """
    return _read(sources(location), limits or Limits())[1].all()


def load_people(location: Path, limits: Limits | None = None) -> tuple[Person, ...]:
    """Return the people of the folder or workbook who are not in the WFM.

    InvalidFiles where the tables people, units, sites or teams are wrong.
    """
    problems = Problems()
    names = [spec.name for spec in PEOPLE_TABLES]
    reading = read(sources(location), names, limits or Limits())
    for problem in reading.problems:
        problems.add(problem)
    people = people_of(reading.tables, problems)
    problems.raise_if_any()
    return people


def read_centre(paths: Iterable[Path], limits: Limits) -> Centre:
    """Return the centre that the files hold; InvalidFiles where anything is wrong."""
    centre, problems = _read(paths, limits)
    problems.raise_if_any()
    if centre is None:
        raise AssertionError("without a problem there is a centre")
    return centre


def _read(paths: Iterable[Path], limits: Limits) -> tuple[Centre | None, Problems]:
    problems = Problems()
    reading = read(paths, [spec.name for spec in TABLES], limits)
    for problem in reading.problems:
        problems.add(problem)
    return centre_of(reading.tables, problems), problems
