"""What a form on one part of the set-up asks, and its inputs as plain data again."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from datetime import timedelta
from enum import StrEnum, auto
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from scheduling.domain.house import Intraday, Keep, Noise, ServiceClock
from scheduling.domain.meetings import MeetingType, PlaceKind, Room, SearchParameters
from scheduling.domain.people import Role
from scheduling.domain.rules import CAPS
from scheduling.domain.setup import Floor, Location, Setup
from scheduling.storage import plain
from scheduling.storage.edits import GONE, Edit, patched
from scheduling.storage.plain import WEEKDAYS, Path, Plain, hints_of

NEW = "+"
"""The subject of a form for something that there is not yet."""
NEW_ID = "id"
"""The last name of the path under which a form asks what something new is called."""


NOTHING = "-"
"""What is chosen where an optional choice is left open."""


class Area(StrEnum):
    """A part of the set-up that has a form of its own."""

    TYPES = auto()
    PARAMETERS = auto()
    MAPPING = auto()
    AUTOMATIC = auto()
    LOCATIONS = auto()
    ROOMS = auto()
    FLOORS = auto()
    ALLOWANCE = auto()
    QUIET = auto()
    CLOCK = auto()
    INTRADAY = auto()
    RETENTION = auto()
    EVERYTHING = auto()
    """A whole file, or an earlier version; it has no form."""


SEVERAL: Mapping[Area, type] = {
    Area.TYPES: MeetingType,
    Area.PARAMETERS: SearchParameters,
    Area.LOCATIONS: Location,
    Area.ROOMS: Room,
    Area.FLOORS: Floor,
}
"""Areas with many subjects, each by its id."""
ONE: Mapping[Area, tuple[str, type]] = {
    Area.CLOCK: ("clock", ServiceClock),
    Area.INTRADAY: ("intraday", Intraday),
    Area.RETENTION: ("keep", Keep),
}
REMOVABLE = frozenset({Area.PARAMETERS, Area.LOCATIONS, Area.ROOMS, Area.FLOORS})

SCHEDULERS = frozenset({"parameters", "mapping", "floors", "allowance", "paused"})
"""Parts of the set-up that schedulers change as well; all else is for administrators."""


def owners(path: Path) -> frozenset[Role]:
    """Return who may change what is at ``path``."""
    both = frozenset({Role.ADMINISTRATOR, Role.SCHEDULER})
    if path[0] in SCHEDULERS:
        return both
    if path[0] == "types" and len(path) > 2 and path[2] == "auto_schedule":
        return both
    return frozenset({Role.ADMINISTRATOR})


AREA_OWNERS: Mapping[Area, frozenset[Role]] = {
    area: frozenset({Role.ADMINISTRATOR, Role.SCHEDULER})
    if area in (Area.PARAMETERS, Area.MAPPING, Area.AUTOMATIC, Area.FLOORS, Area.ALLOWANCE)
    else frozenset({Role.ADMINISTRATOR})
    for area in Area
}


class Kind(StrEnum):
    """How something is entered."""

    TEXT = auto()
    NUMBER = auto()
    DECIMAL = auto()
    FLAG = auto()
    ONE_OF = auto()
    SOME_OF = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One input of a form: what it is about, how it is entered, and its value as text.

    ``options`` are values and the titles of those that have one; others are named by the cards.
    ``least`` and ``most`` are for numbers, the most letters for text. ``about`` names what it is
    about where a form asks the same of several.
    """

    path: Path
    kind: Kind
    value: str
    options: tuple[tuple[str, str], ...] = ()
    least: float | None = None
    most: float | None = None
    optional: bool = False
    about: str = ""

    @property
    def name(self) -> str:
        """The input's name on a card."""
        return "/".join(self.path)


Offers = Mapping[str, Sequence[tuple[str, str]]]
"""For the name of a field, what may be chosen: ids and names out of the WFM."""


def asked(setup: Setup, area: Area, subject: str, offers: Offers) -> tuple[Asked, ...]:
    """Return the inputs of a form; LookupError for a subject that there is not."""
    if area in SEVERAL:
        return _asked_of_one(setup, area, subject, offers)
    if area in ONE:
        name, kind = ONE[area]
        return _fields(kind, plain.write(getattr(setup, name)), (name,), offers)
    if area is Area.MAPPING:
        named = ((name, kind.name) for name, kind in setup.types.items())
        return tuple(replace(_mapping(setup, name), about=about) for name, about in named)
    if area is Area.AUTOMATIC:
        offered = ((name, kind) for name, kind in setup.types.items() if kind.offered)
        return tuple(
            replace(_flag(("types", name, "auto_schedule"), kind.auto_schedule), about=kind.name)
            for name, kind in offered
        )
    if area is Area.ALLOWANCE:
        return _some(Setup, plain.write(setup), (), offers, ("allowance",))
    if area is Area.QUIET:
        noise = _fields(Noise, plain.write(setup.noise), ("noise",), offers)
        return (*noise, *_some(Setup, plain.write(setup), (), offers, ("notice",)))
    raise LookupError(f"{area.value} has no form")


def _asked_of_one(setup: Setup, area: Area, subject: str, offers: Offers) -> tuple[Asked, ...]:
    kind, known = SEVERAL[area], getattr(setup, area.value)
    if subject != NEW and subject not in known and area is not Area.FLOORS:
        raise LookupError(f"there is no {subject} among {area.value}")
    blank = plain.write(SearchParameters()) if area is Area.PARAMETERS else {}
    content = plain.write(known[subject]) if subject in known else blank
    path = (area.value, subject)
    naming = () if subject != NEW else (_naming(area),)
    shown = (*naming, *_fields(kind, content, path, offers))
    if area is Area.TYPES:
        places = ",".join(setup.places.get(subject, (PlaceKind.ONLINE,)))
        options = tuple((value, "") for value in PLACES)
        where = Asked(path=("places", subject), kind=Kind.ONE_OF, value=places, options=options)
        return (*shown, where, _mapping(setup, subject))
    return shown


PLACES = ("room,online", "online,room", "room", "online")
"""Where a type may happen, the default first."""


def _naming(area: Area) -> Asked:
    return Asked(path=(area.value, NEW, NEW_ID), kind=Kind.TEXT, value="", most=100)


def _mapping(setup: Setup, name: str) -> Asked:
    options = tuple((each, each) for each in setup.parameters)
    value = setup.mapping.get(name, options[0][0])
    return Asked(path=("mapping", name), kind=Kind.ONE_OF, value=value, options=options)


def _flag(path: Path, on: object) -> Asked:
    return Asked(path=path, kind=Kind.FLAG, value="true" if on else "false")


def _fields(
    kind: type, content: Mapping[str, Plain], path: Path, offers: Offers
) -> tuple[Asked, ...]:
    names = [f.name for f in fields(kind) if f.name != "id" and not f.metadata.get("mapped")]
    return _some(kind, content, path, offers, names)


def _some(
    kind: Any,  # noqa: ANN401 - a dataclass
    content: Mapping[str, Plain],
    path: Path,
    offers: Offers,
    names: Sequence[str],
) -> tuple[Asked, ...]:
    described = {f.name: f for f in fields(kind)}
    found: list[Asked] = []
    for name in names:
        value = content.get(name, _usual(described[name]))
        if name == "caps":
            found += [_cap(value or {}, scope.value, (*path, name)) for scope in sorted(CAPS)]
        else:
            hint = hints_of(kind)[name]
            found.append(_one(hint, described[name], value, (*path, name), offers))
    return tuple(found)


def _usual(described: "Field[Any]") -> Plain:
    if described.default is not MISSING:
        return plain.write(described.default)
    if described.default_factory is not MISSING:
        value = described.default_factory()
        return None if is_dataclass(value) else plain.write(value)
    return None


def _cap(caps: Mapping[str, Plain], scope: str, path: Path) -> Asked:
    value = "" if caps.get(scope) is None else str(caps[scope])
    return Asked(path=(*path, scope), kind=Kind.TEXT, value=value, most=10, optional=True)


def _one(hint: Any, described: "Field[Any]", value: Plain, path: Path, offers: Offers) -> Asked:  # noqa: ANN401
    optional = get_origin(hint) in (Union, UnionType)
    inner = next(a for a in get_args(hint) if a is not NoneType) if optional else hint
    name = described.name
    if name == "weekdays":
        options = tuple((day, "") for day in WEEKDAYS)
        return Asked(path=path, kind=Kind.SOME_OF, value=",".join(value or ()), options=options)
    if name in offers:
        options = tuple(offers[name])
        if value and value not in dict(options):
            options = (*options, (str(value), str(value)))
        return Asked(
            path=path, kind=Kind.ONE_OF, value=value or "", options=options, optional=optional
        )
    if inner is bool:
        return _flag(path, value)
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        options = tuple((each.value, "") for each in inner)
        return Asked(path=path, kind=Kind.ONE_OF, value=str(value or ""), options=options)
    if inner in (int, float):
        least, most = described.metadata.get("least", 0), described.metadata.get("most")
        shown = "" if value is None else f"{value:g}" if inner is float else str(value)
        kind = Kind.DECIMAL if inner is float else Kind.NUMBER
        return Asked(path=path, kind=kind, value=shown, least=least, most=most, optional=optional)
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    longest = 20 if inner is timedelta else described.metadata.get("longest", plain.LONGEST)
    many = get_origin(inner) in (tuple, frozenset)
    return Asked(path=path, kind=Kind.TEXT, value=shown, most=longest, optional=optional or many)


def entered(
    form: Sequence[Asked], inputs: Mapping[str, str], before: Plain, new_id: str = NEW
) -> Plain:
    """Return ``before`` with a form's inputs in it, as they were typed; nothing is checked here.

    Inputs that the form does not have are ignored; one that is missing leaves what was.
    """
    edits = []
    for one in form:
        if one.path[-1] == NEW_ID:
            continue
        typed = inputs.get(one.name, one.value).strip()
        none = "caps" in one.path and not typed
        after = GONE if none else _typed(one, typed)
        edits.append(Edit(path=called(one.path, new_id), before=GONE, after=after))
    return patched(before, edits)


def called(path: Path, new_id: str) -> Path:
    """Return a path within something new under the id that it is given."""
    return tuple(new_id if name == NEW else name for name in path)


def _typed(one: Asked, typed: str) -> Plain:
    """Return a text as the plain data that it looks like; what it does not fit is told by reading."""
    if one.path[0] == "places":
        return typed.split(",")
    if one.path[-1] in LISTS:
        parts = [part.strip() for part in typed.split(",") if part.strip()]
        return [_number(part) for part in parts] if one.path[-1] == "nudges" else parts
    if typed in ("", NOTHING) and one.optional:
        return None
    if one.kind is Kind.FLAG:
        return {"true": True, "false": False}.get(typed, typed)
    if one.kind in (Kind.NUMBER, Kind.DECIMAL) or "caps" in one.path:
        return _number(typed)
    return typed


LISTS = frozenset({"weekdays", "buildings", "equipment", "holidays", "nudges"})


def _number(typed: str) -> Plain:
    """Return a number as it is written with a point or a comma; the text itself where it is none."""
    for read in (int, float):
        try:
            return read(typed.replace(",", "."))
        except ValueError:
            continue
    return typed
