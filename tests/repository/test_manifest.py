"""The app package holds what Teams asks of one, in both languages, and nothing that Aside cannot answer."""

import json
import re
import runpy
import shutil
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.channel.wire import MESSAGE_ACTION
from dialogs.grammar.understand import Intent, Understood, understand
from scheduling.workflows.desk_port import Roster
from tests.unit.dialogs.conftest import make_roster

APP_ID = "9f6d2a10-0000-4000-8000-0000000000b0"
WEBSITE = "https://aside.example"
SCHEMAS = ".aside/manifest-schema/node_modules/@microsoft/app-manifest/build/json-schemas/teams"


@pytest.fixture(scope="module")
def builder(root: Path) -> dict[str, Any]:
    """Return what ``manifest/build.py`` defines."""
    return runpy.run_path(str(root / "manifest" / "build.py"))


@pytest.fixture(scope="module")
def package(
    builder: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[zipfile.ZipFile]:
    """Build the package as ``make package`` does."""
    path = tmp_path_factory.mktemp("package") / "aside.zip"
    builder["build"](APP_ID, WEBSITE, builder["release"](), path)
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def manifest(package: zipfile.ZipFile) -> dict[str, Any]:
    """Return the manifest as it was built."""
    found: dict[str, Any] = json.loads(package.read("manifest.json"))
    return found


@pytest.fixture(scope="module")
def german(package: zipfile.ZipFile) -> dict[str, str]:
    """Return the German texts by their place in the manifest."""
    found: dict[str, str] = json.loads(package.read("de.json"))
    return {place: text for place, text in found.items() if place != "$schema"}


@pytest.fixture(scope="module")
def roster() -> Roster:
    """Return a manager's roster."""
    return make_roster()


@pytest.mark.parametrize("part", ["manifest.json", "de.json"])
def test_microsofts_schema_takes_it(root: Path, package: zipfile.ZipFile, part: str) -> None:
    if shutil.which("npm") is None:
        pytest.skip("no npm, which brings Microsoft's schema")
    document = json.loads(package.read(part))
    *_, version, name = document["$schema"].split("/")
    schema = root / SCHEMAS / version / name
    if not schema.exists():
        pytest.skip("Microsoft's schema is not installed: make manifest-schema does it")
    rules = json.loads(schema.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(rules).validate(document)
    newest = max(schema.parents[1].glob("v1.*"), key=lambda one: int(one.name.partition(".")[2]))
    assert version == newest.name


def test_the_icons_have_the_sizes_that_teams_asks_for(
    manifest: dict[str, Any], package: zipfile.ZipFile
) -> None:
    assert size_of(package.read(manifest["icons"]["color"])) == (192, 192)
    assert size_of(package.read(manifest["icons"]["outline"])) == (32, 32)


def size_of(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_every_text_is_told_in_german(manifest: dict[str, Any], german: Mapping[str, str]) -> None:
    shown = {f"{part}.{size}" for part in ("name", "description") for size in ("short", "full")}
    for number, commands in enumerate(manifest["bots"][0]["commandLists"]):
        shown |= {
            f"bots[0].commandLists[{number}].commands[{at}].{name}"
            for at in range(len(commands["commands"]))
            for name in ("title", "description")
        }
    shown |= {f"composeExtensions[0].commands[0].{name}" for name in ("title", "description")}
    assert set(german) == shown


def test_each_scope_has_its_own_list_of_commands(manifest: dict[str, Any]) -> None:
    bot = manifest["bots"][0]
    listed = [scope for commands in bot["commandLists"] for scope in commands["scopes"]]
    assert listed == bot["scopes"] == ["personal", "team", "groupChat"]


def test_every_command_is_a_sentence_that_means_the_same_in_both_languages(
    manifest: dict[str, Any], german: Mapping[str, str], roster: Roster
) -> None:
    for number, commands in enumerate(manifest["bots"][0]["commandLists"]):
        for at, command in enumerate(commands["commands"]):
            place = f"bots[0].commandLists[{number}].commands[{at}].title"
            english = understand(command["title"], roster)
            assert english.intent is not Intent.UNKNOWN, command["title"]
            assert english.problems == ()
            assert meant(english) == meant(understand(german[place], roster)), german[place]


def meant(understood: Understood) -> tuple[object, ...]:
    order = understood.order.kind if understood.order else None
    return understood.intent, order, understood.wish.attendee_ids


def test_the_message_action_is_the_one_that_is_answered(manifest: dict[str, Any]) -> None:
    (extension,) = manifest["composeExtensions"]
    (command,) = extension["commands"]
    assert command["id"] == MESSAGE_ACTION
    assert command["context"] == ["message"]
    assert command["fetchTask"] is True


def test_it_holds_this_registration_and_release(
    root: Path, manifest: dict[str, Any], package: zipfile.ZipFile
) -> None:
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"$', project, re.MULTILINE)
    assert version is not None
    assert manifest["version"] == version[1]
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID
    assert manifest["developer"]["privacyUrl"] == f"{WEBSITE}/privacy"
    assert b"{{" not in package.read("manifest.json")


@pytest.mark.parametrize(
    ("app_id", "website", "version"),
    [
        ("not-an-id", WEBSITE, "0.1.0"),
        (APP_ID, "http://a.example", "0.1.0"),
        (APP_ID, "https://a.example/", "0.1.0"),
        (APP_ID, WEBSITE, "0.1"),
        (APP_ID, WEBSITE, "0.01.0"),
    ],
)
def test_what_teams_would_refuse_is_refused_here(
    builder: dict[str, Any], app_id: str, website: str, version: str
) -> None:
    with pytest.raises(ValueError, match=r"badly formed|is not an https address|not a version"):
        builder["manifest"](app_id, website, version)


@pytest.mark.parametrize(
    ("name", "value"), [("ASIDE_BOT__APP_ID", APP_ID), ("ASIDE_BOT__WEBSITE", WEBSITE)]
)
def test_a_setting_that_is_missing_is_named(
    builder: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["build.py"])
    with pytest.raises(SystemExit):
        builder["main"]()
    assert "ASIDE_BOT__APP_ID and ASIDE_BOT__WEBSITE" in capsys.readouterr().err


def test_the_package_is_built_from_the_settings(
    builder: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASIDE_BOT__APP_ID", APP_ID)
    monkeypatch.setenv("ASIDE_BOT__WEBSITE", WEBSITE)
    built = tmp_path / "aside.zip"
    monkeypatch.setattr("sys.argv", ["build.py", "--version", "1.2.3", "-o", str(built)])
    builder["main"]()
    with zipfile.ZipFile(built) as archive:
        assert json.loads(archive.read("manifest.json"))["version"] == "1.2.3"
