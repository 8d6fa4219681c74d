"""What the doctor finds, and what it is to try: light, for the command line loads nothing else."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried. ``fix`` says what to do where it did not work."""

    what: str
    ok: bool
    said: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to try on: addresses of a room and a person, and of who leads (None: the reader mailbox).

    ``notify`` is a public https address that leads to ``listen`` on this machine, None to leave
    notifications out; ``profile`` is the file that what was learnt is written to.
    """

    room: str
    person: str
    lead: str | None = None
    notify: str | None = None
    listen: int = 3979
    profile: Path = Path("aside-profile.json")
