"""Reading JSON from outside: every size is capped before anything is built from it."""

import json
from typing import Any, NoReturn

import aiohttp

from bot.channel.refusals import Refused

LARGEST = 256 * 1024
DEEPEST = 32

_Container = dict[str, Any] | list[Any]


async def read_capped(stream: aiohttp.StreamReader, limit: int) -> bytes:
    """Return the whole of ``stream``; raise ValueError once it is longer than ``limit`` bytes."""
    raw = bytearray()
    async for chunk in stream.iter_any():
        raw += chunk
        if len(raw) > limit:
            raise ValueError(f"the body is longer than {limit} bytes")
    return bytes(raw)


def parse(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in ``raw``; raise Refused(400) for anything else.

    Refused as well: nesting deeper than ``DEEPEST``, not-a-number words, and characters that no
    database column and no UTF-8 log can hold (NUL, lone surrogates).
    """
    try:
        document = json.loads(raw, parse_constant=_no_constant)
        if b"\\u" in raw and not _storable(document):
            raise Refused(400, "body_not_text")
    except (ValueError, RecursionError) as error:
        raise Refused(400, "body_not_json") from error
    if not isinstance(document, dict):
        raise Refused(400, "body_not_an_object")
    if _deeper_than(document, DEEPEST):
        raise Refused(400, "body_too_deep")
    return document


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _storable(document: object) -> bool:
    try:
        return b"\\u0000" not in json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False


def _deeper_than(document: _Container, limit: int) -> bool:
    level = [document]
    for _ in range(limit):
        level = [inner for container in level for inner in _containers_in(container)]
        if not level:
            return False
    return True


def _containers_in(container: _Container) -> list[_Container]:
    values = container.values() if isinstance(container, dict) else container
    return [value for value in values if isinstance(value, dict | list)]
