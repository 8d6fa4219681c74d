"""Files in a personal chat: offered by a card, and put where Teams says once the person agrees.

The address to put a file at comes from the client with its agreement and proves nothing: it must
be on one of the hosts that the settings name. No token is ever sent along, and no redirect is
followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from yarl import URL

from bot.channel.connector import ChannelError, Unavailable
from bot.channel.trust import Trust

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"
PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOffer:
    """A file that a person may have: ``size`` in bytes; ``context`` comes back with their answer."""

    name: str
    description: str
    size: int
    context: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPlace:
    """Where Teams wants a file to be put, as the client says: nothing of it is trusted."""

    upload_url: str
    content_url: str
    name: str
    unique_id: str
    file_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file's bytes, and where they are to go."""

    place: UploadPlace
    content: bytes


def offering(offer: FileOffer) -> dict[str, Any]:
    """Return the message that asks whether the person wants the file."""
    content = {
        "description": offer.description,
        "sizeInBytes": offer.size,
        "acceptContext": dict(offer.context),
        "declineContext": dict(offer.context),
    }
    return _message(CONSENT, offer.name, content)


def delivered(place: UploadPlace) -> dict[str, Any]:
    """Return the message that shows the file in the chat."""
    content = {"uniqueId": place.unique_id, "fileType": place.file_type}
    found = _message(INFO, place.name, content)
    found["attachments"][0]["contentUrl"] = place.content_url
    return found


def _message(kind: str, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "message",
        "attachments": [{"contentType": kind, "name": name, "content": dict(content)}],
    }


class Uploads:
    """Puts files where Teams says, if that is one of our cloud's own hosts."""

    def __init__(self, session: aiohttp.ClientSession, trust: Trust) -> None:
        """Put through ``session``; ``trust`` knows the hosts."""
        self._session = session
        self._trust = trust

    async def put(self, upload: Upload) -> None:
        """Put the whole file; ChannelError for a foreign host or any answer but success."""
        place, size = upload.place, len(upload.content)
        if not (
            self._trust.admits_upload(place.upload_url)
            and self._trust.admits_upload(place.content_url)
        ):
            raise ChannelError("the address to put a file at is not one of our hosts'")
        headers = {
            "Content-Range": f"bytes 0-{size - 1}/{size}",
            "Content-Type": "application/octet-stream",
        }
        try:
            async with self._session.put(
                URL(place.upload_url, encoded=True),
                data=upload.content,
                headers=headers,
                timeout=PATIENCE,
                allow_redirects=False,
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            raise Unavailable(f"a file could not be put: {type(error).__name__}") from error
        if status not in {200, 201, 202}:
            raise Unavailable(f"a file could not be put: {status}")
