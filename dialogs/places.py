"""Where a session is to be, as one input: ``online``, ``room``, or one room as ``room:`` and its id."""

from scheduling.domain.meetings import PlaceKind

ROOM_PREFIX = "room:"


def write_place(place: PlaceKind | None, room_id: str | None) -> str:
    """Return the value of the input; empty for no place."""
    if room_id is not None:
        return ROOM_PREFIX + room_id
    return place.value if place else ""


def read_place(text: object) -> tuple[PlaceKind | None, str | None]:
    """Return the place and the one room that was chosen; None for what is neither."""
    if not isinstance(text, str):
        return None, None
    if text.startswith(ROOM_PREFIX) and len(text) > len(ROOM_PREFIX):
        return PlaceKind.ROOM, text.removeprefix(ROOM_PREFIX)
    return (PlaceKind(text), None) if text in set(PlaceKind) else (None, None)
