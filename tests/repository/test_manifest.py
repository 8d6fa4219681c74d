"""The app package holds what Teams asks of one. The published schema is not ours to copy."""

import json
import runpy
import struct
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

APP_ID = "9f6d2a10-0000-4000-8000-0000000000b0"


def text(most: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": most}


SCOPES = {
    "type": "array",
    "uniqueItems": True,
    "items": {"enum": ["personal", "team", "groupChat"]},
}
HTTPS = {"type": "string", "pattern": "^https://", "maxLength": 2048}
COMMAND = {
    "required": ["title", "description"],
    "properties": {"title": text(32), "description": text(128)},
    "additionalProperties": False,
}
COMMANDS = {
    "required": ["scopes", "commands"],
    "properties": {"scopes": SCOPES, "commands": {"maxItems": 10, "items": COMMAND}},
}
SCHEMA = {
    "required": [
        "$schema",
        "manifestVersion",
        "version",
        "id",
        "developer",
        "name",
        "icons",
        "bots",
    ],
    "properties": {
        "manifestVersion": {"const": "1.19"},
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "id": {"const": APP_ID},
        "developer": {
            "required": ["name", "websiteUrl", "privacyUrl", "termsOfUseUrl"],
            "properties": {
                "name": text(32),
                "websiteUrl": HTTPS,
                "privacyUrl": HTTPS,
                "termsOfUseUrl": HTTPS,
            },
        },
        "name": {"properties": {"short": text(30), "full": text(100)}},
        "description": {"properties": {"short": text(80), "full": text(4000)}},
        "accentColor": {"type": "string", "pattern": "^#[0-9A-F]{6}$"},
        "bots": {
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "required": ["botId", "scopes"],
                "properties": {
                    "botId": {"const": APP_ID},
                    "scopes": SCOPES,
                    "commandLists": {"maxItems": 3, "items": COMMANDS},
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def builder() -> dict[str, Any]:
    """Return what ``manifest/build.py`` defines."""
    return runpy.run_path(str(Path(__file__).resolve().parents[2] / "manifest" / "build.py"))


def test_the_package_holds_a_valid_manifest_and_two_icons(
    builder: dict[str, Any], tmp_path: Path
) -> None:
    package = tmp_path / "aside.zip"
    builder["build"](APP_ID, "https://aside.example", package)
    with zipfile.ZipFile(package) as archive:
        jsonschema.validate(json.loads(archive.read("manifest.json")), SCHEMA)
        assert size_of(archive.read("color.png")) == (192, 192)
        assert size_of(archive.read("outline.png")) == (32, 32)


def size_of(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    ("app_id", "website"),
    [
        ("not-an-id", "https://a.example"),
        (APP_ID, "http://a.example"),
        (APP_ID, "https://a.example/"),
    ],
)
def test_what_teams_would_refuse_is_refused_here(
    builder: dict[str, Any], app_id: str, website: str
) -> None:
    with pytest.raises(ValueError, match=r"badly formed|is not an https address"):
        builder["manifest"](app_id, website)
